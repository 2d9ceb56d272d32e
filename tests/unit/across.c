/* Connections of which each direction is in an overlay of its own, and tenants whose addresses are the same. */
#include "tests/unit/worker_rig.h"

enum { OUTER = 14 + 20 + 8 + 8, TO_SERVER = 7001, TO_CLIENT = 7002, OTHER = 7003 };

/* The next segment of this side, in VXLAN. @param vni  0: in none. */
static void say_in(struct test *t, uint32_t vni, enum side from, unsigned flags, const char *payload)
{
    static uint8_t bytes[OUTER + sizeof t->wire.bytes];
    struct frame f = *wire_next(&t->wire, (int)from, flags, payload);
    if (vni) {
        uint8_t *ip = bytes + 14, *udp = ip + 20, *vxlan = udp + 8;
        size_t size = f.bytes.size;
        memset(bytes, 0, OUTER);
        wire_put16(bytes + 12, 0x0800);
        ip[0] = 0x45;
        wire_put16(ip + 2, (uint32_t)(OUTER - 14 + size));
        ip[8] = 64;
        ip[9] = 17;
        wire_put32(ip + 12, 0x0a000001);
        wire_put32(ip + 16, 0x0a000002);
        wire_put16(udp, 50000);
        wire_put16(udp + 2, 4789);
        wire_put16(udp + 4, (uint32_t)(16 + size));
        vxlan[0] = 8;
        wire_put32(vxlan + 4, vni << 8);
        memcpy(bytes + OUTER, f.bytes.data, size);
        f.bytes = (struct slice){bytes, OUTER + size};
        f.wire_size += OUTER;
    }
    worker_frame(t->worker, &f);
}

static void shake_hands_in(struct test *t, uint32_t up, uint32_t down)
{
    say_in(t, up, CLIENT, TCP_SYN, "");
    say_in(t, down, SERVER, SA, "");
    say_in(t, up, CLIENT, TCP_ACK, "");
}

static void exchange_in(struct test *t, uint32_t up, uint32_t down)
{
    say_in(t, up, CLIENT, PA, GET);
    say_in(t, down, SERVER, PA, OK_EMPTY);
}

static void part_in(struct test *t, uint32_t up, uint32_t down)
{
    say_in(t, up, CLIENT, FA, "");
    say_in(t, down, SERVER, FA, "");
    say_in(t, up, CLIENT, TCP_ACK, "");
}

static void assert_whole(const struct test *t, size_t i, uint32_t vni)
{
    const struct exchange *x = exchange_at(t, i);
    assert_text(x, x->method, "GET");
    assert_int_equal(x->status, 200);
    assert_true(x->complete);
    assert_int_equal(x->event.tunnel_id, vni);
}

static void one_connection(uint32_t up, uint32_t down)
{
    struct test t;
    begin(&t);
    shake_hands_in(&t, up, down);
    exchange_in(&t, up, down);
    part_in(&t, up, down);
    finish(&t);
    assert_int_equal(t.count, 2);
    assert_whole(&t, 0, up);
    assert_int_equal(flow_at(&t, 1)->state, FLOW_CLOSED);
    assert_int_equal(flow_at(&t, 1)->packets[CLIENT], 5);
    assert_int_equal(flow_at(&t, 1)->packets[SERVER], 3);
    end(&t);
}

static void each_direction_has_its_own(void **state)
{
    (void)state;
    one_connection(TO_SERVER, TO_CLIENT);
    one_connection(TO_SERVER, 0);
    one_connection(0, TO_CLIENT);
}

static void joined_late(void **state)
{
    (void)state;
    for (unsigned first = CLIENT; first <= SERVER; first++) {
        struct test t;
        begin(&t);
        if (first == SERVER)
            say_in(&t, TO_CLIENT, SERVER, TCP_PSH | TCP_ACK, OK_EMPTY);
        exchange_in(&t, TO_SERVER, TO_CLIENT);
        exchange_in(&t, TO_SERVER, TO_CLIENT);
        finish(&t);
        assert_int_equal(t.count, first == CLIENT ? 3 : 4);
        assert_whole(&t, t.count - 2, first == CLIENT ? TO_SERVER : TO_CLIENT);
        assert_int_equal(flow_at(&t, t.count - 1)->exchanges, t.count - 1);
        end(&t);
    }
}

/* Both ports are followed, and the first that is seen is the server's: what comes later turns the connection round. */
static void turned_round(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    wire_begin(&t.wire, CLIENT_IP, 8080, SERVER_IP, PORT);
    say_in(&t, TO_CLIENT, SERVER, PA, "the end of a body");
    say_in(&t, TO_SERVER, CLIENT, PA, "and of another");
    say_in(&t, TO_CLIENT, SERVER, PA, OK_EMPTY);
    for (int i = 0; i < 2; i++)
        exchange_in(&t, TO_SERVER, TO_CLIENT);
    finish(&t);
    assert_int_equal(t.count, 4);
    for (size_t i = 1; i < 3; i++)
        assert_whole(&t, i, TO_CLIENT);
    assert_int_equal(flow_at(&t, 3)->exchanges, 3);
    end(&t);
}

static void the_port_is_used_again(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    for (unsigned life = 0; life < 3; life++) {
        t.wire.end[CLIENT].seq = 1000 + life * 100000000;
        t.wire.end[SERVER].seq = 5000 + life * 100000000;
        shake_hands_in(&t, TO_SERVER, TO_CLIENT);
        exchange_in(&t, TO_SERVER, TO_CLIENT);
        if (life != 1)
            part_in(&t, TO_SERVER, TO_CLIENT);
    }
    finish(&t);
    unsigned exchanges = 0, flows = 0;
    for (size_t i = 0; i < t.count; i++) {
        const struct event *e = (const struct event *)t.told[i]->bytes;
        if (e->type == EVENT_EXCHANGE)
            assert_whole(&t, i, TO_SERVER);
        exchanges += e->type == EVENT_EXCHANGE;
        flows += e->type == EVENT_FLOW;
    }
    assert_int_equal(exchanges, 3);
    assert_int_equal(flows, 3);
    end(&t);
}

static void a_refusal_comes_back_in_another(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    say_in(&t, TO_SERVER, CLIENT, TCP_SYN, "");
    say_in(&t, TO_CLIENT, SERVER, TCP_RST | TCP_ACK, "");
    finish(&t);
    assert_int_equal(t.count, 1);
    assert_int_equal(flow_at(&t, 0)->state, FLOW_REFUSED);
    end(&t);
}

/* The same addresses and ports, at the same time. */
static void tenants_stay_apart(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    struct wire_end mine[2], other[2];
    memcpy(mine, t.wire.end, sizeof mine);
    memcpy(other, t.wire.end, sizeof other);
    other[CLIENT].seq = 70000000;
    other[SERVER].seq = 80000000;
    for (unsigned step = 0; step < 3; step++) {
        void (*const steps[])(struct test *, uint32_t, uint32_t) = {shake_hands_in, exchange_in, part_in};
        memcpy(t.wire.end, mine, sizeof mine);
        steps[step](&t, TO_SERVER, TO_SERVER);
        memcpy(mine, t.wire.end, sizeof mine);
        memcpy(t.wire.end, other, sizeof other);
        steps[step](&t, OTHER, OTHER);
        memcpy(other, t.wire.end, sizeof other);
    }
    finish(&t);
    assert_int_equal(t.count, 4);
    assert_whole(&t, 0, TO_SERVER);
    assert_whole(&t, 1, OTHER);
    end(&t);
}

/* Of one only the client is seen, of the other only the server: what does not fit by its numbers is no answer. */
static void halves_of_two_tenants_are_no_whole(void **state)
{
    (void)state;
    enum { NO_SYN, SYN_AND_MORE, SYN_ALONE, CASES };
    for (unsigned of_client = NO_SYN; of_client < CASES; of_client++) {
        struct test t;
        begin(&t);
        if (of_client != NO_SYN)
            say_in(&t, TO_SERVER, CLIENT, TCP_SYN, "");
        if (of_client != SYN_ALONE)
            say_in(&t, TO_SERVER, CLIENT, PA, GET);
        t.wire.end[CLIENT].seq += 300000000;
        if (of_client != NO_SYN)
            say_in(&t, OTHER, SERVER, SA, "");
        say_in(&t, OTHER, SERVER, PA, OK_EMPTY);
        finish(&t);
        unsigned flows = 0;
        for (size_t i = 0; i < t.count; i++) {
            const struct event *e = (const struct event *)t.told[i]->bytes;
            flows += e->type == EVENT_FLOW;
            if (e->type == EVENT_EXCHANGE)
                assert_true(!exchange_at(&t, i)->status || !exchange_at(&t, i)->method.size);
        }
        assert_int_equal(flows, 2);
        end(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_direction_has_its_own),
        cmocka_unit_test(joined_late),
        cmocka_unit_test(turned_round),
        cmocka_unit_test(the_port_is_used_again),
        cmocka_unit_test(a_refusal_comes_back_in_another),
        cmocka_unit_test(tenants_stay_apart),
        cmocka_unit_test(halves_of_two_tenants_are_no_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
