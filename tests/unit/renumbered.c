/* A connection that is seen on both sides of a firewall which gives its bytes other numbers, and leaps that are losses.
 */
#include "tests/unit/worker_rig.h"

#define MICROSECOND INT64_C(1000)
#define MILLISECOND (1000 * MICROSECOND)

enum { REQUESTS = 3, PIECES = 100 };

/* The segment as it is before the firewall, where the client is, and behind it; whoever sends it is seen first. */
static void say_twice(struct test *t, struct wire *behind, enum side from, unsigned flags, const char *payload)
{
    struct wire *copies[] = {from == CLIENT ? &t->wire : behind, from == CLIENT ? behind : &t->wire};
    uint64_t number = t->wire.number;
    moment time = t->wire.time;
    for (unsigned i = 0; i < 2; i++) {
        copies[i]->number = number + i;
        copies[i]->time = time + i * 5 * MICROSECOND;
        worker_frame(t->worker, wire_next(copies[i], (int)from, flags, payload));
    }
    t->wire.number = behind->number = number + 2;
    t->wire.time = behind->time = time + MILLISECOND;
}

static void seen_on_both_sides_of_a_firewall(uint32_t client, uint32_t server)
{
    struct test t;
    begin(&t);
    struct wire behind = t.wire;
    behind.end[CLIENT].seq += client;
    behind.end[SERVER].seq += server;
    say_twice(&t, &behind, CLIENT, TCP_SYN, "");
    say_twice(&t, &behind, SERVER, SA, "");
    say_twice(&t, &behind, CLIENT, TCP_ACK, "");
    for (unsigned i = 0; i < REQUESTS; i++) {
        say_twice(&t, &behind, CLIENT, PA, GET);
        say_twice(&t, &behind, SERVER, PA, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        for (unsigned piece = 0; piece < PIECES; piece++)
            say_twice(&t, &behind, SERVER, PA, "0123456789");
        say_twice(&t, &behind, CLIENT, TCP_ACK, "");
    }
    say_twice(&t, &behind, CLIENT, FA, "");
    say_twice(&t, &behind, SERVER, FA, "");
    say_twice(&t, &behind, CLIENT, TCP_ACK, "");
    finish(&t);
    unsigned exchanges = 0;
    for (size_t i = 0; i < t.count; i++) {
        const struct event *e = (const struct event *)t.told[i]->bytes;
        if (e->type == EVENT_FLOW)
            assert_int_equal(flow_at(&t, i)->gap_bytes[CLIENT] + flow_at(&t, i)->gap_bytes[SERVER], 0);
        if (e->type != EVENT_EXCHANGE)
            continue;
        const struct exchange *x = exchange_at(&t, i);
        assert_text(x, x->method, "GET");
        assert_int_equal(x->status, 200);
        assert_true(x->complete);
        exchanges++;
    }
    assert_int_equal(exchanges, REQUESTS);
    end(&t);
}

static void other_numbers_are_another_copy(void **state)
{
    (void)state;
    static const uint32_t shifts[] = {0x05000000, 0x28e00000, 0x3fffffff, 0x70000000, 0x90000000, 0xd7200000};
    for (size_t i = 0; i < sizeof shifts / sizeof *shifts; i++) {
        for (size_t k = 0; k < sizeof shifts / sizeof *shifts; k++)
            seen_on_both_sides_of_a_firewall(shifts[i], shifts[k]);
    }
}

/* @return exchanges that were told whole. */
static unsigned told_behind(uint32_t lost, moment pause)
{
    struct test t;
    begin(&t);
    shake_hands(&t);
    say(&t, CLIENT, PA, GET);
    say(&t, SERVER, PA, OK_EMPTY);
    t.wire.end[CLIENT].seq += lost;
    t.wire.time += pause;
    for (unsigned i = 0; i < 3; i++) {
        say(&t, CLIENT, PA, GET);
        say(&t, SERVER, PA, OK_EMPTY);
    }
    part(&t);
    finish(&t);
    unsigned whole = 0;
    for (size_t i = 0; i < t.count; i++)
        whole += ((const struct event *)t.told[i]->bytes)->type == EVENT_EXCHANGE && exchange_at(&t, i)->method.size;
    end(&t);
    return whole;
}

static void what_a_wire_can_carry_is_a_loss(void **state)
{
    (void)state;
    assert_true(told_behind(50 << 20, 0) > 1);
    assert_true(told_behind(500 << 20, 40 * MILLISECOND) > 1);
    assert_int_equal(told_behind(500 << 20, MILLISECOND), 1);
}

/* Where only the acknowledgements of what was lost are seen, they say how far it went. */
static void what_was_acknowledged_is_no_leap(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    shake_hands(&t);
    say(&t, CLIENT, PA, GET);
    say(&t, SERVER, PA, OK_EMPTY);
    for (unsigned i = 0; i < 10; i++) {
        t.wire.end[SERVER].seq += 30 << 20;
        t.wire.time -= MILLISECOND - MICROSECOND;
        say(&t, CLIENT, TCP_ACK, "");
    }
    say(&t, CLIENT, PA, GET);
    say(&t, SERVER, PA, OK_EMPTY);
    part(&t);
    finish(&t);
    assert_int_equal(exchange_at(&t, t.count - 2)->status, 200);
    assert_int_equal(t.count, 3);
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_numbers_are_another_copy),
        cmocka_unit_test(what_a_wire_can_carry_is_a_loss),
        cmocka_unit_test(what_was_acknowledged_is_no_leap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
