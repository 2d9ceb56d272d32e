#include "sensor/flow/agents.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

/* The first two begin and end alike and are of one size, so that they share a place. */
static const struct {
    const char *text;
    enum agent_form form;
} rows[] = {
    {"kubectl/v1.28.15 (linux/amd64) kubernetes/8418565", AGENT_KUBERNETES},
    {"kubectl/v1.28.15 (linux/AMD64) kubernetes/8418565", AGENT_BROKEN},
    {"kubectl/v1.28.15 (linux/amd64) kubernetes/8418565/leader-election", AGENT_KUBERNETES},
    {"curl/8.5.0", AGENT_FREE},
    {"curl", AGENT_FREE}, /* shorter than what is kept */
    {"", AGENT_NONE},
};

enum { ROWS = sizeof rows / sizeof rows[0] };

static void forms_are_those_of_the_text(void **state)
{
    (void)state;
    static struct agents a;
    srand(3);
    for (unsigned run = 0; run < 1000; run++) {
        size_t i = (size_t)rand() % ROWS;
        assert_int_equal(agents_form(&a, slice_of(rows[i].text)), rows[i].form);
    }
    for (size_t i = 0; i < AGENTS_KEPT; i++)
        a.kept[i].form = AGENT_NONE;
    assert_int_equal(agents_form(&a, slice_of(rows[3].text)), AGENT_NONE); /* it was remembered */
}

/* As long as is kept, and longer: broken at the very end. */
static void long_ones(void **state)
{
    (void)state;
    static struct agents a;
    char text[AGENT_TEXT_MAX + 2];
    const char *begin = "kubectl/v1.28.15 (linux/amd64) kubernetes/8418565/";
    for (size_t size = AGENT_TEXT_MAX - 1; size < sizeof text; size++) {
        memset(text, 'a', sizeof text);
        memcpy(text, begin, strlen(begin));
        struct slice whole = {(const uint8_t *)text, size};
        for (unsigned run = 0; run < 2; run++) {
            text[9] = '1';
            assert_int_equal(agents_form(&a, whole), AGENT_KUBERNETES);
            text[9] = '-';
            assert_int_equal(agents_form(&a, whole), AGENT_BROKEN);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_are_those_of_the_text),
        cmocka_unit_test(long_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
