#include "sensor/detect/rule_pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* As the configuration writes it. */
static bool fits(const char *written, struct slice text)
{
    struct rule_arena arena = {.memory = {.limit = 1 << 20}};
    struct rule_pattern p;
    assert_true(rule_pattern_read(&p, &arena, slice_of(written), (struct pattern_form){.plain = true}));
    bool matches = rule_pattern_matches(&p, text);
    rule_arena_release(&arena);
    return matches;
}

static void matches(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
        bool match;
    } cases[] = {
        {"", "", true},
        {"", "a", false},
        {"a", "", false},
        {"*", "", true},
        {"*", "any", true},
        {"**", "", true},
        {"?", "", false},
        {"?", "a", true},
        {"abc", "ABC", true},
        {"ABC", "abc", true},
        {"abc", "abcd", false},
        {"abc*", "abcd", true},
        {"*cd", "abcd", true},
        {"*c", "abcd", false},
        {"a*d", "abcd", true},
        {"a*b*d", "abcd", true},
        {"a*c*b", "abcd", false},
        {"*aab", "aaaab", true},
        {"a?c", "abc", true},
        {"a?c", "ac", false},
        {"caf?/1", "caf\xC3\xA9/1", true}, /* a character, not a byte */
        {"caf??z", "caf\xC3\xA9z", false},
        {"a?c",
         "a\xFF"
         "c",
         true},
        {"*?", "\xC3\xA9", true},
        {"*.b", "a.b", true},
        {"*.b", "b", false},
        {"*ab*ab", "abab", true},
        {"*ab*ab", "aba", false},
        {"probe/*", "probe/1.2 (x)", true},
        {"[a]", "a", false},
        {"[a]", "[a]", true},
        {"a\\*", "a\\b", true},
        {"a\\*", "a*", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (fits(cases[i].pattern, slice_of(cases[i].text)) != cases[i].match)
            fail_msg("\"%s\" and \"%s\"", cases[i].pattern, cases[i].text);
    }
    struct rule_arena arena = {.memory = {.limit = 1 << 20}};
    struct rule_pattern p;
    assert_true(rule_pattern_read(&p, &arena, slice_of("*a?b*"), (struct pattern_form){.plain = true}));
    assert_int_equal(rule_pattern_literals(&p), 2);
    rule_arena_release(&arena);
    assert_true(fits("a*c", (struct slice){(const uint8_t *)"a\0c", 3}));
    assert_false(fits("a", (struct slice){(const uint8_t *)"a\0", 2}));
}

/* What makes others try for ever. */
static void long_ones(void **state)
{
    (void)state;
    char text[4096], pattern[64] = "";
    memset(text, 'a', sizeof text);
    for (unsigned i = 0; i < 20; i++)
        strcat(pattern, "a*");
    strcat(pattern, "b");
    assert_false(fits(pattern, (struct slice){(const uint8_t *)text, sizeof text}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(matches), cmocka_unit_test(long_ones)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
