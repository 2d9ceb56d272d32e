#include "sensor/detect/knock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000000)

enum { WINDOW = 100 }; /* seconds */

static void knock(struct knocks *k, uint8_t host, uint16_t port, int64_t seconds)
{
    struct address endpoint = {.ip = {[15] = host}, .port = port};
    knocks_add(k, &endpoint, (uint64_t)host << 32 | port, seconds * SECOND, WINDOW * SECOND);
}

static void counts_endpoints_once(void **state)
{
    (void)state;
    struct knocks k = {0};
    knock(&k, 1, 443, 1000);
    knock(&k, 1, 443, 1001);
    knock(&k, 2, 443, 1002);
    knock(&k, 2, 80, 1003);
    assert_int_equal(k.count, 4);
    assert_int_equal(k.endpoints, 3);
    assert_int_equal(k.seen[2].port, 80);
    assert_int_equal(k.seen[2].ip[15], 2);
}

static void lists_so_many_and_counts_all(void **state)
{
    (void)state;
    struct knocks k = {0};
    for (uint8_t host = 1; host <= 200; host++)
        knock(&k, host, 443, 1000);
    assert_int_equal(k.count, 200);
    assert_int_equal(k.endpoints, KNOCK_ENDPOINTS);
    assert_int_equal(k.seen[KNOCK_ENDPOINTS - 1].ip[15], KNOCK_ENDPOINTS);
}

static void begins_again_with_a_window(void **state)
{
    (void)state;
    struct knocks k = {0};
    knock(&k, 1, 443, 1000);
    knock(&k, 2, 443, 1099);
    for (uint32_t rule = 1; rule <= KNOCK_RULES; rule++) {
        assert_false(knocks_are_listed(&k, rule));
        knocks_list(&k, rule);
        assert_true(knocks_are_listed(&k, rule));
    }
    assert_true(knocks_are_listed(&k, KNOCK_RULES + 1)); /* nobody knows */
    k.basis = ENDPOINT_PORT;
    assert_int_equal(k.endpoints, 2);
    knock(&k, 3, 443, 1100);
    assert_int_equal(k.count, 1);
    assert_int_equal(k.endpoints, 1);
    assert_int_equal(k.seen[0].ip[15], 3);
    assert_false(knocks_are_listed(&k, 1));
    assert_int_equal(k.basis, ENDPOINT_UNPROVEN);
}

/* A load balancer with more servers than are listed. */
static void finds_a_period_at_the_first(void **state)
{
    (void)state;
    struct knocks k = {0};
    for (int round = 0; round < 3; round++) {
        assert_false(beat_regular(&k.beat));
        for (uint8_t host = 1; host <= 9; host++)
            knock(&k, host, 6443, 1000 + round * 5);
    }
    knock(&k, 1, 6443, 1015);
    assert_true(beat_regular(&k.beat));
    knock(&k, 1, 6443, 1017);
    assert_false(beat_regular(&k.beat));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_endpoints_once),
        cmocka_unit_test(lists_so_many_and_counts_all),
        cmocka_unit_test(begins_again_with_a_window),
        cmocka_unit_test(finds_a_period_at_the_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
