/* When what is kept of connections ends: at its deadline, or because memory is short. */
#include "tests/unit/worker_rig.h"

/* Deadlines of one moment of looking are done in the order in which they ran out, each at its own time. */
static void deadlines_run_in_their_order(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    say(&t, CLIENT, TCP_SYN, ""); /* until 30 s */
    wire_begin(&t.wire, CLIENT_IP, 40001, SERVER_IP, PORT);
    t.wire.number = 1;
    t.wire.time += INT64_C(1000000000);
    shake_hands(&t);
    say(&t, CLIENT, PA, GET); /* the exchange until 31 s, its connection an hour */
    worker_clock(t.worker, t.wire.time + INT64_C(7200000000000));
    assert_int_equal(t.count, 3);
    assert_int_equal(flow_at(&t, 0)->state, FLOW_NEW);
    assert_int_equal(exchange_at(&t, 1)->event.flow_id, 2);
    assert_int_equal(flow_at(&t, 2)->reason, FLOW_TIMEOUT);
    moment before = 0;
    for (size_t i = 0; i < t.count; i++) {
        const struct event *e = (const struct event *)t.told[i]->bytes;
        assert_true(e->order.clock > before);
        before = e->order.clock;
    }
    finish(&t);
    end(&t);
}

/* However shortly before it was looked, what runs out is told at its moment, and no earlier. */
static void a_deadline_is_met_to_the_moment(void **state)
{
    (void)state;
    static const moment waits[] = {30, 120, 5}; /* an unanswered SYN, a connection that said nothing, a closed one */
    for (unsigned i = 0; i < 3; i++) {
        struct test t;
        begin(&t);
        if (i == 0)
            say(&t, CLIENT, TCP_SYN, "");
        else
            shake_hands(&t);
        if (i == 2)
            part(&t);
        moment due = t.wire.frame.clock + waits[i] * 1000000000;
        for (moment before = 1 << 30; before > 0; before /= 2) {
            worker_clock(t.worker, due - before);
            assert_int_equal(t.count, 0);
        }
        worker_clock(t.worker, due);
        assert_int_equal(t.count, 1);
        finish(&t);
        end(&t);
    }
}

/* Time alone does not make a gap of what nobody acknowledged; the connection ages all the same. */
static void a_hole_does_not_keep_a_connection_alive(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    shake_hands(&t);
    worker_frame(t.worker,
                 wire_raw(&t.wire, CLIENT, t.wire.end[CLIENT].seq + 10, t.wire.end[SERVER].seq, PA, GET, strlen(GET)));
    worker_clock(t.worker, t.wire.time + INT64_C(110000000000));
    assert_int_equal(t.count, 0);
    worker_clock(t.worker, t.wire.time + INT64_C(130000000000));
    assert_true(t.count > 0);
    finish(&t);
    assert_int_equal(flow_at(&t, t.count - 1)->reason, FLOW_TIMEOUT);
    end(&t);
}

/* Where memory is short, what is over goes first, and what nobody answered before what somebody did. */
static void what_costs_least_goes_first(void **state)
{
    (void)state;
    struct test t;
    char bytes[1000] = {0};
    begin_with(&t, worker_least() + (192 << 10));
    for (uint16_t port = 40000; port < 40003; port++) {
        struct wire w = t.wire;
        wire_begin(&t.wire, CLIENT_IP, port, SERVER_IP, PORT);
        t.wire.time = w.time;
        t.wire.number = w.number;
        if (port == 40000)
            say(&t, CLIENT, TCP_SYN, "");
        else
            shake_hands(&t);
        if (port == 40001)
            part(&t);
    }
    /* Behind a hole all of it waits: it is the third's own memory that is short. */
    for (uint32_t i = 1; i < 500 && t.count == 0; i++)
        worker_frame(t.worker, wire_raw(&t.wire, CLIENT, t.wire.end[CLIENT].seq + i * 1000, t.wire.end[SERVER].seq, PA,
                                        bytes, sizeof bytes));
    assert_true(t.count >= 2);
    assert_int_equal(flow_at(&t, 0)->event.client.port, 40001);
    assert_int_equal(flow_at(&t, 0)->state, FLOW_CLOSED);
    assert_int_equal(flow_at(&t, 1)->event.client.port, 40000);
    assert_int_equal(flow_at(&t, 1)->reason, FLOW_EVICTED);
    finish(&t);
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deadlines_run_in_their_order),
        cmocka_unit_test(a_deadline_is_met_to_the_moment),
        cmocka_unit_test(a_hole_does_not_keep_a_connection_alive),
        cmocka_unit_test(what_costs_least_goes_first),
    };
    return cmocka_run_group_tests_name("deadline", tests, NULL, NULL);
}
