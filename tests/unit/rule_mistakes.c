#include "sensor/detect/rule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/rule_rig.h"

/* "#! COLUMN: MESSAGE" behind a line is what has to be said of it: lines of the file become those of what is printed.
 */
static char *expected_of(const char *text, size_t *mistakes)
{
    char *expected;
    size_t size;
    unsigned number = 0, of = 0;
    FILE *out = open_memstream(&expected, &size);
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
        char *message;
        number++;
        if (strncmp(line, "#! ", 3) != 0) {
            of = number;
            continue;
        }
        unsigned long column = strtoul(line + 3, &message, 10);
        fprintf(out, "r.yaml:%u:%lu: error:%.*s\n", of, column, (int)strcspn(message + 1, "\n"), message + 1);
        ++*mistakes;
    }
    fclose(out);
    return expected;
}

/* Its end among it. */
static size_t line_size(const char *line)
{
    size_t size = strcspn(line, "\n");
    return size + (line[size] == '\n');
}

static void names_each_mistake_at_its_place(void **state)
{
    (void)state;
    static char text[65536];
    const char *source = getenv("srcdir");
    char path[4096];
    snprintf(path, sizeof path, "%s/tests/unit/rule_mistakes.yaml", source ? source : ".");
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    size_t mistakes = 0;
    char *said, *expected = expected_of(text, &mistakes);
    assert_null(load(text, &said));
    const char *is = said, *wanted = expected;
    for (; *is && line_size(is) == line_size(wanted) && memcmp(is, wanted, line_size(is)) == 0; is += line_size(is))
        wanted += line_size(wanted);
    if (*is || *wanted)
        fail_msg("said %.*s where expected was %.*s", (int)line_size(is), is, (int)line_size(wanted), wanted);
    assert_true(mistakes >= 50);
    free(said);
    free(expected);
}

static void warns(void **state)
{
    (void)state;
    static const struct {
        const char *file, *said;
        size_t rules;
    } CASES[] = {
        {HEAD "detection:\n  s: {verb: a}\n  t: {verb: a}\n  _u: {verb: a}\n  condition: s\n",
         "r.yaml:7:3: warning: found search 't', which the condition does not name\n", 1},
        {HEAD "detection:\n  s: {responseStatus.code: [200, ALLOW]}\n  condition: s\n",
         "r.yaml:6:34: warning: found 'ALLOW', which the number http.status never is, expected a number\n", 1},
        {"# nothing\n", "r.yaml: warning: found nothing in it, expected a rule\n", 0},
        {"title: A\nlogsource: {product: windows}\n",
         "r.yaml:2:22: warning: found product 'windows', expected 'kubernetes': the rule is for another log and is "
         "left out\n",
         0},
        {"title: A\nlogsource: {category: application}\n",
         "r.yaml:2:12: warning: found no product, expected 'kubernetes': the rule is for another log and is left out\n",
         0},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *said;
        struct rule_set *set = load(CASES[i].file, &said);
        assert_string_equal(said, CASES[i].said);
        assert_non_null(set);
        assert_int_equal(rule_set_count(set), CASES[i].rules);
        rule_set_free(set);
        free(said);
    }
}

/* Neither depth nor length of a condition is the writer's to choose. */
static void bounds_conditions(void **state)
{
    (void)state;
    static char text[65536];
    for (int deep = 0; deep < 2; deep++) {
        size_t at = (size_t)snprintf(text, sizeof text, HEAD "detection:\n  s: {verb: a}\n  condition: ");
        for (int i = 0; i < 5000; i++)
            at += (size_t)snprintf(text + at, sizeof text - at, deep ? "not " : "s or ");
        snprintf(text + at, sizeof text - at, "s\n");
        char *said;
        assert_null(load(text, &said));
        assert_non_null(strstr(said, deep ? "expected less depth" : "the condition is too long"));
        free(said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_each_mistake_at_its_place),
        cmocka_unit_test(warns),
        cmocka_unit_test(bounds_conditions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
