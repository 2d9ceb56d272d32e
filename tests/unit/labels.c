#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "proto/kube/labels.h"

/* In memory of just its size, so that a sanitizer sees a read behind it. */
static bool valid(const void *text, size_t size)
{
    uint8_t *copy = malloc(size + (size == 0));
    memcpy(copy, text, size);
    bool answer = labels_valid((struct slice){.data = copy, .size = size});
    free(copy);
    return answer;
}

/* Asked of labels.Parse of apimachinery 0.20.2. */
static const struct {
    const char *text;
    size_t size;
    bool valid;
} rows[] = {
    {"", 0, true},
    {"a", 1, true},
    {"!a", 2, true},
    {"a=b", 3, true},
    {"a==b", 4, true},
    {"a!=b", 4, true},
    {"a = b", 5, true},
    {"a\t=\tb", 5, true},
    {"a=", 2, true},
    {"a==", 3, true},
    {"a!=", 3, true},
    {"a=,b", 4, true},
    {"a,b=c", 5, true},
    {"in", 2, true},
    {"notin", 5, true},
    {"in in (in)", 10, true},
    {"a in (b)", 8, true},
    {"a in(b)", 7, true},
    {"a in ()", 7, true},
    {"a in (,)", 8, true},
    {"a in (,,)", 9, false},
    {"a in (,,,)", 10, true},
    {"a in (b,,c)", 11, true},
    {"a in (b,,)", 10, false},
    {"a in (b,c,)", 11, true},
    {"a notin (b, c)", 14, true},
    {"a in (b", 7, false},
    {"a in b", 6, false},
    {"a in (b c)", 10, false},
    {"a in (b)c", 9, false},
    {"a in (b), c", 11, true},
    {"a in ((b))", 10, false},
    {"a in (b=c)", 10, false},
    {"in=notin", 8, true},
    {"a=in", 4, true},
    {"(a)", 3, false},
    {"((", 2, false},
    {")", 1, false},
    {",a", 2, false},
    {"a,", 2, false},
    {"a,,b", 4, false},
    {"=b", 2, false},
    {"!", 1, false},
    {"!!a", 3, false},
    {"! a", 3, true},
    {"!a=b", 4, false},
    {"!a,b", 4, true},
    {"a b", 3, false},
    {"a=b c", 5, false},
    {"a=b=c", 5, false},
    {"a===b", 5, false},
    {"a!==b", 5, false},
    {"a=!b", 4, false},
    {"a~b", 3, false},
    {"a=*", 3, false},
    {"a>1", 3, true},
    {"a<007", 5, true},
    {"a>", 2, false},
    {"a>x", 3, false},
    {"a>-1", 4, false},
    {"a>1.5", 5, false},
    {"a>9223372036854775807", 21, true},
    {"a>9223372036854775808", 21, false},
    {"a>=1", 4, false},
    {"-a", 2, false},
    {"a-", 2, false},
    {"a.b_c-d", 7, true},
    {"_", 1, false},
    {"A9", 2, true},
    {"a=-x", 4, false},
    {"a=x.", 4, false},
    {"a=X_y", 5, true},
    {"a=b/c", 5, false},
    {"a/b", 3, true},
    {"a/b/c", 5, false},
    {"/a", 2, false},
    {"a/", 2, false},
    {"a/!", 3, false},
    {"a.b/C_d", 7, true},
    {"A.b/c", 5, false},
    {"a_b/c", 5, false},
    {"a..b/c", 6, false},
    {".a/b", 4, false},
    {"a./b", 4, false},
    {"-a/b", 4, false},
    {"a-/b", 4, false},
    {"a-.b/c", 6, false},
    {"a.-b/c", 6, false},
    {"a-b.c/d", 7, true},
    {"a=\351", 3, false},
    {"\351", 1, false},
    {"a\r\n=b", 5, true},
    {"a\013=b", 4, false},
    {"a\000b", 3, false},
    {"a\000,b", 4, true},
    {"a=\000b", 4, true},
    {"a,\000b", 4, true},
    {"\000(", 2, true},
    {"a,\000", 3, false},
};

static void reads_as_the_server_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (valid(rows[i].text, rows[i].size) != rows[i].valid)
            fail_msg("row %zu: %s", i, rows[i].text);
    }
}

/* `size` times `byte`, between two texts. */
static bool valid_long(const char *before, char byte, size_t size, const char *after)
{
    char text[300];
    size_t at = strlen(before);
    memcpy(text, before, at);
    memset(text + at, byte, size);
    memcpy(text + at + size, after, strlen(after));
    return valid(text, at + size + strlen(after));
}

static void lengths_have_limits(void **state)
{
    (void)state;
    assert_true(valid_long("", 'x', 63, ""));
    assert_false(valid_long("", 'x', 64, ""));
    assert_true(valid_long("a=", 'x', 63, ""));
    assert_false(valid_long("a=", 'x', 64, ""));
    assert_true(valid_long("a>", '0', 63, ""));
    assert_false(valid_long("a>", '0', 64, ""));
    assert_true(valid_long("", 'b', 253, "/a"));
    assert_false(valid_long("", 'b', 254, "/a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_as_the_server_does),
        cmocka_unit_test(lengths_have_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
