#include "sensor/complaint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void prints(const struct complaint_list *list, const char *expected)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    complaint_list_print(list, out);
    fclose(out);
    assert_string_equal(text, expected);
    free(text);
}

static void nothing(void **state)
{
    (void)state;
    struct complaint_list *list = complaint_list_new();
    assert_int_equal(complaint_errors(list), 0);
    prints(list, "");
    complaint_list_free(list);
}

/* Files as they came, then lines, columns, and what was said first. */
static void in_order(void **state)
{
    (void)state;
    struct complaint_list *list = complaint_list_new();
    complain(list, false, "b", 7, 2, "fourth");
    complain(list, true, "a", 9, 1, "last %d", 9);
    complain(list, false, "b", 7, 1, "second");
    complain(list, false, "b", 7, 1, "third");
    complain(list, false, "a", 0, 0, "of the file");
    complain(list, false, "a", 3, 0, "of a line");
    complain(list, true, "b", 2, 5, "first");
    assert_int_equal(complaint_errors(list), 5);
    const char *expected = "b:2:5: warning: first\n"
                           "b:7:1: error: second\n"
                           "b:7:1: error: third\n"
                           "b:7:2: error: fourth\n"
                           "a: error: of the file\n"
                           "a:3: error: of a line\n"
                           "a:9:1: warning: last 9\n";
    prints(list, expected);
    prints(list, expected);
    complaint_list_free(list);
}

/* The name and the text are the list's own. */
static void copied(void **state)
{
    (void)state;
    struct complaint_list *list = complaint_list_new();
    char name[] = "file", text[] = "text";
    complain(list, false, name, 1, 1, "%s", text);
    memset(name, 'x', 4);
    memset(text, 'x', 4);
    prints(list, "file:1:1: error: text\n");
    complaint_list_free(list);
}

static void one_line_stays_one_line(void **state)
{
    (void)state;
    struct complaint_list *list = complaint_list_new();
    complain(list, false, "f\n", 1, 1, "found \"a\nb\x1b[31m\x7f\xc3\xa9\"");
    prints(list, "f\\x0a:1:1: error: found \"a\\x0ab\\x1b[31m\\x7f\xc3\xa9\"\n");
    complaint_list_free(list);
}

static void very_many(void **state)
{
    (void)state;
    struct complaint_list *list = complaint_list_new();
    for (unsigned i = 0; i < 100000; i++)
        complain(list, i % 2 == 0, "f", i + 1, 1, "wrong");
    assert_int_equal(complaint_errors(list), 50000);
    char *text;
    size_t size, lines = 0;
    FILE *out = open_memstream(&text, &size);
    complaint_list_print(list, out);
    fclose(out);
    for (size_t i = 0; i < size; i++)
        lines += text[i] == '\n';
    assert_int_equal(lines, 201);
    assert_non_null(strstr(text, "\nand 99800 more\n"));
    free(text);
    complaint_list_free(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing),   cmocka_unit_test(in_order),
        cmocka_unit_test(copied),    cmocka_unit_test(one_line_stays_one_line),
        cmocka_unit_test(very_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
