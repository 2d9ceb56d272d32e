/* Floods: told at thresholds, forgotten in time. */
#include "proto/http/flood.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const moment MS = 1000000;

/* @param every  milliseconds between one and the next. @return how often it was told; the last count in `told`. */
static unsigned rises(struct flood *f, enum flood_kind kind, moment *now, unsigned times, moment every, uint32_t *told)
{
    unsigned rises = 0;
    for (unsigned i = 0; i < times; i++) {
        if (flood_rises(f, kind, *now)) {
            rises++;
            *told = f->count;
        }
        *now += every * MS;
    }
    return rises;
}

static void each_tenfold_is_told(void **state)
{
    (void)state;
    struct flood f = {0};
    moment now = INT64_C(1700000000000) * MS;
    uint32_t told = 0;
    assert_int_equal(rises(&f, FLOOD_RESETS, &now, 99, 1, &told), 0);
    assert_int_equal(rises(&f, FLOOD_RESETS, &now, 1, 1, &told), 1);
    assert_int_equal(told, 100);
    assert_int_equal(rises(&f, FLOOD_RESETS, &now, 899, 1, &told), 0);
    assert_int_equal(rises(&f, FLOOD_RESETS, &now, 9100, 1, &told), 2);
    assert_int_equal(told, 10000);
}

/* A client whose server hangs gives up one request a second, for as long as it likes. */
static void what_comes_slowly_is_none(void **state)
{
    (void)state;
    struct flood f = {0};
    moment now = 1;
    uint32_t told = 0;
    assert_int_equal(rises(&f, FLOOD_RESETS, &now, 5000, 1000, &told), 0);
    assert_int_equal(rises(&f, FLOOD_RESETS, &now, 5000, 110, &told), 0);
    assert_int_equal(rises(&f, FLOOD_RESETS, &now, 300, 40, &told), 1);
}

/* Once told it goes on, also if it comes more slowly, up to a pause of ten seconds. */
static void one_flood_is_told_once(void **state)
{
    (void)state;
    struct flood f = {0};
    moment now = 1;
    uint32_t told = 0;
    assert_int_equal(rises(&f, FLOOD_SETTINGS, &now, 100, 1, &told), 1);
    assert_int_equal(rises(&f, FLOOD_SETTINGS, &now, 400, 9000, &told), 0);
    now += 10000 * MS;
    assert_int_equal(rises(&f, FLOOD_SETTINGS, &now, 99, 1, &told), 0);
    assert_int_equal(rises(&f, FLOOD_SETTINGS, &now, 1, 1, &told), 1);
    assert_int_equal(told, 100);
}

static void what_is_never_ordinary_is_counted_for_good(void **state)
{
    (void)state;
    struct flood f = {0};
    moment now = 1;
    uint32_t told = 0;
    assert_int_equal(rises(&f, FLOOD_BAD_FRAMES, &now, 9, 60000, &told), 1);
    assert_int_equal(told, 1);
    assert_int_equal(rises(&f, FLOOD_BAD_FRAMES, &now, 91, 60000, &told), 2);
    assert_int_equal(told, 100);
}

static void the_count_has_an_end(void **state)
{
    (void)state;
    struct flood f = {.count = UINT32_MAX - 1};
    for (int i = 0; i < 3; i++)
        assert_false(flood_rises(&f, FLOOD_PROMISES, 1));
    assert_int_equal(f.count, UINT32_MAX);
}

static void each_kind_has_a_mark(void **state)
{
    (void)state;
    static const enum http_mark marks[FLOOD_KINDS] = {
        [FLOOD_RESETS] = MARK_RAPID_RESET,   [FLOOD_SETTINGS] = MARK_SETTINGS_FLOOD,
        [FLOOD_PINGS] = MARK_PING_FLOOD,     [FLOOD_EMPTY] = MARK_EMPTY_FLOOD,
        [FLOOD_PROMISES] = MARK_SERVER_PUSH, [FLOOD_CONTINUATIONS] = MARK_CONTINUATION_FLOOD,
        [FLOOD_BAD_FRAMES] = MARK_BAD_FRAME};
    for (enum flood_kind kind = 0; kind < FLOOD_KINDS; kind++)
        assert_int_equal(flood_mark(kind), marks[kind]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_tenfold_is_told),   cmocka_unit_test(what_comes_slowly_is_none),
        cmocka_unit_test(one_flood_is_told_once), cmocka_unit_test(what_is_never_ordinary_is_counted_for_good),
        cmocka_unit_test(the_count_has_an_end),   cmocka_unit_test(each_kind_has_a_mark),
    };
    return cmocka_run_group_tests_name("flood", tests, NULL, NULL);
}
