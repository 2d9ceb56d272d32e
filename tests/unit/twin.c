#include "sensor/detect/twin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct hash_secret SECRET = {{1, 2, 3}};

/* A record of a connection: its hello, who speaks to whom, and its number. */
static bool learn(struct twins *t, uint32_t hello, uint8_t client, uint8_t server, uint64_t flow)
{
    struct event e = {.client.ip = {[15] = client}, .server.ip = {[15] = server}, .flow_id = flow};
    memcpy(e.tls.client_random, &hello, sizeof hello);
    return twins_learn(t, &e);
}

static bool passes_on(struct twins *t, uint8_t address)
{
    uint8_t ip[16] = {[15] = address};
    return twins_passes_on(t, ip);
}

static void behind_a_balancer(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct twins *t = twins_new(&SECRET, &memory);
    assert_false(learn(t, 7, 1, 5, 100));
    assert_false(passes_on(t, 5));
    assert_true(learn(t, 7, 5, 10, 101));
    assert_true(passes_on(t, 5));
    assert_false(passes_on(t, 1));
    assert_false(passes_on(t, 10));
    /* Both as often as they tell. */
    assert_false(learn(t, 7, 1, 5, 100));
    assert_true(learn(t, 7, 5, 10, 101));
    /* Another's hello, told again by somebody else, is a connection of its own. */
    assert_false(learn(t, 7, 2, 5, 102));
    assert_false(learn(t, 8, 5, 10, 103));
    twins_free(t);
    assert_int_equal(memory.used, 0);
}

/* Where the server has the last word in a handshake, the balancer's connection is told first. */
static void told_the_other_way_round(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct twins *t = twins_new(&SECRET, &memory);
    assert_false(learn(t, 7, 5, 10, 101));
    assert_false(learn(t, 7, 1, 5, 100));
    assert_true(passes_on(t, 5));
    assert_false(passes_on(t, 1));
    assert_true(learn(t, 7, 5, 10, 101));
    assert_false(learn(t, 7, 1, 5, 100));
    assert_false(learn(t, 7, 2, 6, 102));
    twins_free(t);
    assert_int_equal(memory.used, 0);
}

/* Plaintext, or a handshake that was not seen: nothing is alike in that. */
static void without_a_hello(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct twins *t = twins_new(&SECRET, &memory);
    assert_false(learn(t, 0, 1, 5, 100));
    assert_false(learn(t, 0, 5, 10, 101));
    twins_free(t);
    assert_int_equal(memory.used, 0);
}

static void remembers_the_last_ones(void **state)
{
    (void)state;
    enum { LAST = 7000, ALL = 200000 };
    struct memory memory = {.limit = 4 << 20};
    struct twins *t = twins_new(&SECRET, &memory);
    for (uint32_t i = 1; i <= ALL; i++) {
        assert_false(learn(t, i, 1, 5, i));
        if (i > LAST)
            assert_true(learn(t, i - LAST + 1, 5, 10, 1000000 + i));
    }
    assert_false(learn(t, 1, 5, 10, 7)); /* forgotten: a first one */
    assert_true(memory.peak < memory.limit / 3);
    twins_free(t);
    assert_int_equal(memory.used, 0);
}

/* Whoever makes balancers without end hides none that comes behind them. */
static void remembers_the_last_balancers(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct twins *t = twins_new(&SECRET, &memory);
    struct event e = {.flow_id = 1};
    for (uint32_t i = 1; i <= 50000; i++) {
        memcpy(e.tls.client_random, &i, sizeof i);
        e.client.ip[0] = 1;
        memcpy(e.server.ip, &i, sizeof i);
        assert_false(twins_learn(t, &e));
        e.flow_id++;
        e.client = e.server;
        assert_true(twins_learn(t, &e));
        e.flow_id++;
        assert_true(twins_passes_on(t, e.client.ip));
    }
    assert_true(memory.peak < memory.limit / 3);
    twins_free(t);
    assert_int_equal(memory.used, 0);
}

static void lives_without_memory(void **state)
{
    (void)state;
    for (uint64_t fail = 1; fail < 8; fail++) {
        struct memory memory = {.limit = 1 << 20, .fail_at = fail};
        struct twins *t = twins_new(&SECRET, &memory);
        for (uint32_t i = 1; t && i < 100; i++)
            learn(t, i, 1, 5, i);
        memory.fail_at = 0;
        twins_free(t);
        assert_int_equal(memory.used, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(behind_a_balancer),
        cmocka_unit_test(without_a_hello),
        cmocka_unit_test(told_the_other_way_round),
        cmocka_unit_test(remembers_the_last_ones),
        cmocka_unit_test(remembers_the_last_balancers),
        cmocka_unit_test(lives_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
