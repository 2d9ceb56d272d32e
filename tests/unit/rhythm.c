/* What a monitor's requests look like, and what others' do. */
#include "sensor/detect/rhythm.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define MS (INT64_C(1000) * 1000)

static struct rhythm beats(const int *ms, size_t count)
{
    struct rhythm r = {.many = false};
    for (size_t i = 0; i < count; i++)
        rhythm_beat(&r, 7, INT64_C(1700000000000) * MS + ms[i] * MS);
    return r;
}

#define REGULAR(...)                                                                                                   \
    ({                                                                                                                 \
        struct rhythm r = beats((const int[]){__VA_ARGS__}, sizeof((const int[]){__VA_ARGS__}) / sizeof(int));         \
        rhythm_regular(&r);                                                                                            \
    })

static void a_period_is_kept(void **state)
{
    (void)state;
    assert_true(REGULAR(0, 5000, 10000, 15000));
    assert_true(REGULAR(0, 5100, 9900, 15000, 20500));
    assert_true(REGULAR(0, 1000, 2240, 3250));
    assert_true(REGULAR(0, 60000, 120000, 180000));
    assert_true(REGULAR(0, 60000, 120000, 194000));
}

static void few_or_odd_beats_are_none(void **state)
{
    (void)state;
    assert_false(REGULAR(0));
    assert_false(REGULAR(0, 5000));
    assert_false(REGULAR(0, 5000, 10000));
    assert_false(REGULAR(0, 5000, 10000, 15000, 22000));
    assert_false(REGULAR(0, 60000, 120000, 196000));
    assert_false(REGULAR(0, 1000, 9000, 11000));
}

/* @param failed  when it came and was not served; 0 ends them. */
static bool regular_with(const int *ms, size_t count, const int *failed)
{
    struct rhythm r = {.many = false};
    for (size_t i = 0; i < count; i++) {
        for (; *failed && *failed < ms[i]; failed++)
            rhythm_failed(&r, INT64_C(1700000000000) * MS + *failed * MS);
        rhythm_beat(&r, 7, INT64_C(1700000000000) * MS + ms[i] * MS);
    }
    return rhythm_regular(&r);
}

/* Measured: curl every four seconds, over a restart of the server; one connection refused, one given up after two. */
static void what_the_server_delays_breaks_nothing(void **state)
{
    (void)state;
    const int ms[] = {0, 4000, 8000, 18050, 22070, 26090, 36140, 40160};
    assert_true(regular_with(ms, 8, (const int[]){12030, 14030, 30110, 32110, 0}));
    assert_false(regular_with(ms, 8, (const int[]){0}));
    /* Another server is down all the time, or each is asked for a connection besides. */
    assert_true(
        regular_with((const int[]){0, 4000, 8000, 12000, 16000}, 5, (const int[]){2000, 6000, 10000, 14000, 0}));
    assert_true(regular_with((const int[]){0, 9000, 13000, 17000, 21000, 25000, 29000}, 7,
                             (const int[]){2000, 10000, 14000, 18000, 22000, 26000, 0}));
    assert_false(
        regular_with((const int[]){0, 4000, 10000, 11500, 20000}, 5, (const int[]){2000, 6000, 10500, 14000, 0}));
    assert_false(regular_with((const int[]){0, 4000, 9500, 12000, 19000}, 5, (const int[]){2000, 0}));
}

/* A program at work asks as fast as it is answered. */
static void haste_is_no_rhythm(void **state)
{
    (void)state;
    assert_false(REGULAR(0, 100, 200, 300, 400, 500));
    assert_false(REGULAR(0, 0, 0, 0, 0));
}

/* Packets are lost, also of the first intervals: what is between two beats may be several. */
static void missed_beats_break_nothing(void **state)
{
    (void)state;
    assert_true(REGULAR(0, 5000, 15000, 20000, 40000, 45000));
    assert_true(REGULAR(0, 15000, 20000, 25000, 30000));
    assert_true(REGULAR(0, 2000, 4000, 20000, 22000));
    assert_false(REGULAR(0, 5000, 15000, 30000));         /* no interval was seen twice */
    assert_false(REGULAR(0, 5000, 10000, 15000, 65000));  /* more than are missed in a row */
    assert_false(REGULAR(0, 5000, 10000, 15000, 23000));  /* between one and two */
    assert_false(REGULAR(0, 16000, 8000, 4000, 2000));    /* what comes out of order is passed by */
    assert_false(REGULAR(0, 16000, 24000, 28000, 30000)); /* each time half as long */
}

/* It asks by several connections, or again at once: few times, and then it waits. */
static void what_comes_close_belongs_to_a_beat(void **state)
{
    (void)state;
    assert_true(REGULAR(0, 20, 5000, 5020, 10000, 10030, 15000, 15020));
    assert_true(REGULAR(0, 300, 600, 900, 5000, 5300, 10000, 15000));
    assert_false(REGULAR(0, 300, 600, 900, 1200, 5000, 10000, 15000));
    assert_false(REGULAR(0, 200, 400, 600, 800, 1000, 1200, 1400, 1600, 1800, 2000, 2200, 2400, 2600));
}

/* It is restarted once in a while; a program at work comes out of step more often. */
/* More than a monitor asks beside a beat weighs as much as three that are late. */
static void much_that_is_close_is_work(void **state)
{
    (void)state;
    assert_true(REGULAR(0, 5000, 10000, 15000, 20000, 25000, 25100, 25200, 25300, 30000, 35000));
    assert_false(REGULAR(0, 5000, 10000, 15000, 20000, 25000, 25100, 25200, 25300, 25400, 30000, 35000));
}

/* However long it goes on: hundreds of millions of requests are some days' work. */
static void work_without_end_is_work(void **state)
{
    (void)state;
    struct beat b = {.what = 7, .period = 5000 * MS, .close = 100, .kept = 1000, .broken = (1U << 30) - 20};
    for (int i = 0; i < 20; i++) {
        beat_add(&b, 7, i * MS);
        assert_false(beat_regular(&b));
        assert_true(beat_spoilt(&b));
    }
}

static void few_that_are_broken_are_forgiven(void **state)
{
    (void)state;
    assert_false(REGULAR(0, 5000, 10000, 15000, 20000, 27000, 32000));
    assert_true(REGULAR(0, 5000, 10000, 15000, 20000, 25000, 30000, 35000, 42000, 47000, 52000, 57000, 62000));
    assert_false(REGULAR(0, 1000, 1100, 9000, 11000, 11200, 30000, 31000, 39000, 47000));
}

static void each_path_has_its_own(void **state)
{
    (void)state;
    struct rhythm r = {.many = false};
    for (int i = 0; i < 4; i++) {
        rhythm_beat(&r, 1, (i * 5000 + 1) * MS);
        rhythm_beat(&r, 2, (i * 5000 + 3) * MS);
    }
    assert_true(rhythm_regular(&r));
    for (uint64_t path = 3; path <= RHYTHM_PATHS; path++)
        rhythm_beat(&r, path, 20000 * MS);
    assert_true(rhythm_regular(&r));
    rhythm_beat(&r, RHYTHM_PATHS + 1, 20000 * MS);
    assert_false(rhythm_regular(&r));
}

/* Three rounds of a load balancer, which asks several servers. */
static void several_paths_show_it_sooner(void **state)
{
    (void)state;
    for (uint64_t paths = 1; paths <= 4; paths++) {
        struct rhythm r = {.many = false};
        for (int round = 0; round < 3; round++) {
            assert_false(rhythm_regular(&r));
            for (uint64_t path = 1; path <= paths; path++)
                rhythm_beat(&r, path, (round * 5000 + (int)path) * MS);
        }
        assert_int_equal(rhythm_regular(&r), paths >= 3);
        rhythm_beat(&r, 1, 17000 * MS);
        rhythm_beat(&r, 1, 25000 * MS);
        assert_int_equal(rhythm_regular(&r), paths >= 4); /* one of them is out of step */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_period_is_kept),
        cmocka_unit_test(few_or_odd_beats_are_none),
        cmocka_unit_test(haste_is_no_rhythm),
        cmocka_unit_test(missed_beats_break_nothing),
        cmocka_unit_test(what_the_server_delays_breaks_nothing),
        cmocka_unit_test(what_comes_close_belongs_to_a_beat),
        cmocka_unit_test(much_that_is_close_is_work),
        cmocka_unit_test(work_without_end_is_work),
        cmocka_unit_test(few_that_are_broken_are_forgiven),
        cmocka_unit_test(each_path_has_its_own),
        cmocka_unit_test(several_paths_show_it_sooner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
