#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sensor/budget.h"

static size_t sum(const struct budget *b, size_t used)
{
    return used + b->keys + b->findings;
}

/* Nothing is lent before somebody asks how much is used. */
static void divides_all(void **state)
{
    (void)state;
    struct budget b = budget_divide(256 << 20);
    assert_int_equal(b.connections + b.keys + b.findings, 256 << 20);
    assert_int_equal(b.connections, 176 << 20);
    assert_int_equal(b.findings, 64 << 20);
}

/* However they grow and shrink, all together stays below the budget, by a sixteenth of what connections may use. */
static void never_passes_the_budget(void **state)
{
    (void)state;
    static const size_t totals[] = {1 << 20, (1 << 20) + 12345, 256 << 20};
    for (size_t t = 0; t < sizeof totals / sizeof totals[0]; t++) {
        struct budget b = budget_divide(totals[t]);
        size_t stride = b.connections / 1000, margin = b.connections / 16 - stride - 16;
        for (size_t used = 0; used <= b.connections; used += stride) {
            budget_lend(&b, used);
            assert_true(sum(&b, used) + (b.findings > b.own ? margin : 0) <= totals[t]);
        }
        assert_int_equal(b.findings, b.own);
        for (size_t used = b.connections; used > stride; used -= stride) {
            budget_lend(&b, used);
            assert_true(sum(&b, used) + (b.findings > b.own ? margin : 0) <= totals[t]);
        }
        assert_int_equal(b.findings, b.own + b.connections / 16 * 14);
    }
}

/* What swings a little about the edge of a step changes nothing each time. */
static void does_not_swing(void **state)
{
    (void)state;
    struct budget b = budget_divide(256 << 20);
    size_t edge = b.connections / 16 * 3;
    assert_true(budget_lend(&b, edge));
    for (unsigned i = 0; i < 10; i++) {
        assert_false(budget_lend(&b, edge - 1));
        assert_false(budget_lend(&b, edge));
    }
    assert_true(budget_lend(&b, 0));
}

/* Of nearly nothing nothing can be lent. */
static void of_nothing(void **state)
{
    (void)state;
    for (size_t total = 0; total < 64; total++) {
        struct budget b = budget_divide(total);
        for (size_t used = 0; used < 64; used++) {
            budget_lend(&b, used);
            assert_true(b.findings <= total);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(divides_all), cmocka_unit_test(never_passes_the_budget),
                                       cmocka_unit_test(does_not_swing), cmocka_unit_test(of_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
