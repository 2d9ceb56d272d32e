#include "sensor/detect/habit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SECOND (INT64_C(1000) * 1000 * 1000)

static const struct habit_request OWN = {
    .program = 1, .place = 2, .credential = 3, .request = 4, .own = true, .refused = true};

static void ask(struct habit *h, struct habit_request r, moment time)
{
    r.time = time;
    habit_add(h, &r);
}

static void three_times_and_two_seconds(void **state)
{
    (void)state;
    for (int hasty = 0; hasty < 2; hasty++) {
        struct habit h = {0};
        assert_false(habit_possible(&h));
        ask(&h, OWN, 10 * SECOND);
        ask(&h, OWN, 11 * SECOND);
        assert_true(habit_possible(&h));
        assert_false(habit_known(&h));
        ask(&h, OWN, 12 * SECOND - hasty);
        assert_int_equal(habit_known(&h), !hasty);
        ask(&h, OWN, 20 * SECOND);
        assert_true(habit_known(&h));
    }
}

/* A list worked through, however long and slow, is none; one of the first few that comes again is enough. */
static void the_same_again(void **state)
{
    (void)state;
    struct habit h = {0};
    for (uint64_t i = 1; i <= 100; i++) {
        struct habit_request r = OWN;
        r.request = i;
        ask(&h, r, (moment)i * SECOND);
        ask(&h, r, (moment)i * SECOND + 3 * SECOND);
    }
    assert_false(habit_known(&h));
    struct habit_request last = OWN;
    last.request = HABIT_REQUESTS + 1; /* had no place */
    ask(&h, last, 200 * SECOND);
    assert_false(habit_known(&h));
    last.request = HABIT_REQUESTS;
    ask(&h, last, 200 * SECOND);
    assert_true(habit_known(&h));
}

/* A second overlay is another place, and ends it; to be seen outside of one, too, does not. */
static void overlays(void **state)
{
    (void)state;
    static const struct {
        uint32_t networks[4];
        bool possible;
    } ROWS[] = {{{0, 0, 0, 0}, true}, {{5, 5, 5, 5}, true},  {{0, 5, 0, 5}, true},
                {{5, 0, 5, 0}, true}, {{5, 6, 5, 5}, false}, {{0, 5, 0, 6}, false}};
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct habit h = {0};
        for (int k = 0; k < 4; k++) {
            struct habit_request r = OWN;
            r.network = ROWS[i].networks[k];
            ask(&h, r, k * SECOND);
        }
        if (habit_possible(&h) != ROWS[i].possible || habit_known(&h) != ROWS[i].possible)
            fail_msg("row %zu", i);
    }
}

/* Each alone ends it, known or not, and for good. */
static void one_difference_ends_it(void **state)
{
    (void)state;
    for (int known = 0; known < 2; known++) {
        for (int what = 0; what < 4; what++) {
            struct habit h = {0};
            for (int i = 0; i < (known ? 3 : 1); i++)
                ask(&h, OWN, i * SECOND);
            assert_int_equal(habit_known(&h), known);
            struct habit_request other = OWN;
            *(what == 0 ? &other.program : what == 1 ? &other.place : &other.credential) += what < 3;
            other.own = what != 3;
            ask(&h, other, 4 * SECOND);
            assert_false(habit_possible(&h));
            for (int i = 5; i < 15; i++)
                ask(&h, OWN, i * SECOND);
            assert_false(habit_possible(&h));
            assert_false(habit_known(&h));
        }
    }
}

/* An open path that is granted is its own and shows nothing. */
static void only_refusals_count(void **state)
{
    (void)state;
    struct habit h = {0};
    struct habit_request granted = OWN;
    granted.refused = false;
    for (int i = 0; i < 10; i++)
        ask(&h, granted, i * SECOND);
    assert_true(habit_possible(&h));
    assert_false(habit_known(&h));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_times_and_two_seconds),
        cmocka_unit_test(the_same_again),
        cmocka_unit_test(overlays),
        cmocka_unit_test(one_difference_ends_it),
        cmocka_unit_test(only_refusals_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
