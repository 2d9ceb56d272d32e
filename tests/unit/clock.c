#include "sensor/capture/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000000)

static void clock_of_files(void **state)
{
    (void)state;
    static const int seconds[] = {100, 90, 101, 90, 1000, 990, 979, 980, 1001};
    static const int clocks[] = {100, 100, 101, 101, 1000, 1000, 1000, 1000, 1001};
    struct capture_clock c = {.reached = 0};
    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++)
        assert_int_equal(capture_clock_file(&c, seconds[i] * SECOND), clocks[i] * SECOND);
    assert_int_equal(c.jumps, 2); /* 101 to 90, 990 to 979: more than ten seconds */
}

/* Times before 1970 are no less times. */
static void clock_before_the_epoch(void **state)
{
    (void)state;
    struct capture_clock c = {.reached = 0};
    assert_int_equal(capture_clock_file(&c, -50 * SECOND), -50 * SECOND);
    assert_int_equal(capture_clock_file(&c, -45 * SECOND), -45 * SECOND);
    assert_int_equal(c.jumps, 0);
}

static void clock_of_interfaces(void **state)
{
    (void)state;
    const moment wall = 1000 * SECOND;
    struct capture_clock c = {.reached = 0};
    capture_clock_start(&c, wall, 5 * SECOND);
    /* Silence: one read timeout behind the wall. */
    assert_int_equal(capture_clock_idle(&c, 6 * SECOND), wall + 1 * SECOND - CLOCK_LIVE_DELAY);
    assert_int_equal(capture_clock_live(&c, wall + 2 * SECOND, 7 * SECOND), wall + 2 * SECOND);
    /* Ten seconds late, out of order: no jump, and never back. */
    assert_int_equal(capture_clock_live(&c, wall - 8 * SECOND, 7 * SECOND), wall + 2 * SECOND);
    assert_int_equal(c.jumps, 0);
    /* The machine's time is set forward by an hour: one jump, and the clock goes on as if it had not been. */
    assert_int_equal(capture_clock_live(&c, wall + 3603 * SECOND, 8 * SECOND), wall + 3 * SECOND);
    assert_int_equal(capture_clock_live(&c, wall + 3604 * SECOND, 9 * SECOND), wall + 4 * SECOND);
    assert_int_equal(capture_clock_idle(&c, 10 * SECOND), wall + 5 * SECOND - CLOCK_LIVE_DELAY);
    assert_int_equal(c.jumps, 1);
    /* And back. */
    assert_int_equal(capture_clock_live(&c, wall + 6 * SECOND, 11 * SECOND), wall + 6 * SECOND);
    assert_int_equal(capture_clock_live(&c, wall + 7 * SECOND, 12 * SECOND), wall + 7 * SECOND);
    assert_int_equal(c.jumps, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clock_of_files),
        cmocka_unit_test(clock_before_the_epoch),
        cmocka_unit_test(clock_of_interfaces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
