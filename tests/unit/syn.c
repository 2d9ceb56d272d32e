/* What is told of a SYN, whether or not anyone answers it. */
#include "tests/unit/worker_rig.h"

static void tells_syns(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    say(&t, CLIENT, TCP_SYN, "");
    worker_clock(t.worker, t.wire.time + INT64_C(29000000000));
    assert_int_equal(t.count, 0);
    worker_clock(t.worker, t.wire.time + INT64_C(31000000000));
    const struct flow_record *f = flow_at(&t, 0);
    assert_int_equal(f->state, FLOW_NEW);
    assert_int_equal(f->reason, FLOW_TIMEOUT);
    assert_int_equal(f->packets[CLIENT], 1);
    assert_int_equal(f->bytes[CLIENT], 54);
    assert_false(f->handshake);
    forget(&t);
    wire_begin(&t.wire, CLIENT_IP, 40001, SERVER_IP, PORT);
    t.wire.time += INT64_C(60000000000);
    say(&t, CLIENT, TCP_SYN, "");
    worker_frame(t.worker, wire_raw(&t.wire, SERVER, 0, t.wire.end[CLIENT].seq, TCP_RST | TCP_ACK, "", 0));
    f = flow_at(&t, 0);
    assert_int_equal(f->state, FLOW_REFUSED);
    assert_int_equal(f->reason, FLOW_RST);
    assert_int_equal(t.counters.of[COUNT_REFUSED], 1);
    worker_finish(t.worker);
    end(&t);
}

static bool shape_known(const struct flow_record *f)
{
    return !event_is_unknown(&f->event, EVENT_FLOW_SYN_WINDOW) && !event_is_unknown(&f->event, EVENT_FLOW_SYN_TTL) &&
           !event_is_unknown(&f->event, EVENT_FLOW_SYN_OPTIONS) && !event_is_unknown(&f->event, EVENT_FLOW_SYN_TOOL);
}

/* A SYN with MSS alone. */
static void say_syn(struct test *t, uint16_t window, uint8_t ttl)
{
    wire_next(&t->wire, CLIENT, TCP_SYN, "");
    static const uint8_t mss[] = {2, 4, 5, 0xb4};
    uint8_t *bytes = t->wire.bytes;
    memcpy(bytes + 54, mss, sizeof mss);
    wire_put16(bytes + 14 + 2, 44);
    bytes[14 + 8] = ttl;
    bytes[34 + 12] = 6 << 4;
    wire_put16(bytes + 34 + 14, window);
    t->wire.frame.bytes.size = t->wire.frame.wire_size = 58;
    worker_frame(t->worker, &t->wire.frame);
}

/* Of the first SYN, whether anyone answers or not; what comes again, or from the server, changes nothing. */
static void tells_the_shape_of_a_syn(void **state)
{
    (void)state;
    for (int answered = 0; answered < 3; answered++) {
        struct test t;
        begin(&t);
        say_syn(&t, 1024, 201);
        t.wire.end[CLIENT].seq--;
        say_syn(&t, 2048, 55);
        if (answered)
            say(&t, SERVER, TCP_SYN | TCP_ACK, "");
        if (answered == 2) {
            t.wire.end[CLIENT].seq--;
            say_syn(&t, 4096, 9);
            say(&t, CLIENT, TCP_ACK, "");
        }
        worker_finish(t.worker);
        const struct flow_record *f = flow_at(&t, 0);
        assert_true(shape_known(f));
        assert_int_equal(f->syn.window, 1024);
        assert_int_equal(f->syn.ttl, 201);
        assert_int_equal(f->syn.options, 1 << TCP_OPTION_MSS);
        end(&t);
    }
}

/* The next frame behind so many tags: 101, 102, and so on. */
static void say_tagged(struct test *t, enum side from, unsigned flags, unsigned tags)
{
    const struct frame *frame = wire_next(&t->wire, (int)from, flags, "");
    uint8_t bytes[128];
    struct frame tagged = *frame;
    memcpy(bytes, frame->bytes.data, 12);
    for (unsigned i = 0; i < tags; i++) {
        wire_put16(bytes + 12 + i * 4, 0x8100);
        wire_put16(bytes + 14 + i * 4, (uint16_t)(0xe000 | (101 + i)));
    }
    memcpy(bytes + 12 + tags * 4, frame->bytes.data + 12, frame->bytes.size - 12);
    tagged.bytes = (struct slice){bytes, frame->bytes.size + tags * 4};
    tagged.wire_size += tags * 4;
    worker_frame(t->worker, &tagged);
}

/* The two outermost of the first packet, whether anyone answers or not. */
static void tells_the_tags_of_a_syn(void **state)
{
    (void)state;
    for (unsigned tags = 0; tags <= 3; tags++) {
        for (int answered = 0; answered < 2; answered++) {
            struct test t;
            begin(&t);
            say_tagged(&t, CLIENT, TCP_SYN, tags);
            if (answered)
                say_tagged(&t, SERVER, TCP_SYN | TCP_ACK, 0);
            worker_finish(t.worker);
            const struct event *e = &flow_at(&t, 0)->event;
            assert_int_equal(e->vlans, tags < 2 ? tags : 2);
            assert_int_equal(e->vlan[0], tags > 0 ? 101 : 0);
            assert_int_equal(e->vlan[1], tags > 1 ? 102 : 0);
            end(&t);
        }
    }
}

/* A bare one over IPv4 has 40 bytes; one with options over IPv6 in VXLAN has 144. */
static void tells_the_size_of_a_syn(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {40, 54, 127, 128, 144, 167};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (int answered = 0; answered < 2; answered++) {
            struct test t;
            begin(&t);
            for (int twice = 0; twice < 2; twice++) {
                struct frame frame = *wire_raw(&t.wire, CLIENT, 7, 0, TCP_SYN, "", 0);
                frame.wire_size = sizes[i];
                worker_frame(t.worker, &frame);
            }
            if (answered)
                worker_frame(t.worker, wire_raw(&t.wire, SERVER, 70, 8, SA, "", 0));
            worker_finish(t.worker);
            assert_int_equal(flow_at(&t, 0)->bytes[CLIENT], 2 * sizes[i]);
            end(&t);
        }
    }
}

static void an_unseen_syn_has_no_shape(void **state)
{
    (void)state;
    for (int with_syn_ack = 0; with_syn_ack < 2; with_syn_ack++) {
        struct test t;
        begin(&t);
        wire_next(&t.wire, CLIENT, TCP_SYN, "");
        t.wire.number--; /* it was not captured */
        if (with_syn_ack)
            say(&t, SERVER, TCP_SYN | TCP_ACK, "");
        say(&t, CLIENT, PA, GET);
        part(&t);
        finish(&t);
        const struct flow_record *f = flow_at(&t, t.count - 1);
        assert_int_equal(f->from_start, with_syn_ack);
        assert_false(shape_known(f));
        assert_int_equal(event_field_get(EVENT_FLOW_SYN_TTL, &f->event).kind, VALUE_UNKNOWN);
        assert_int_equal(f->syn.window | f->syn.ttl | f->syn.options, 0);
        end(&t);
    }
}

/* A sweep is bounded in memory; each SYN is told all the same. */
static void sweeps_are_bounded_and_told(void **state)
{
    (void)state;
    enum { SYNS = 500 };
    struct test t;
    begin_with(&t, worker_least() + (192 << 10));
    for (unsigned i = 0; i < SYNS; i++) {
        struct wire w = t.wire;
        wire_begin(&t.wire, CLIENT_IP + i, 40000, SERVER_IP, PORT);
        t.wire.time = w.time;
        t.wire.number = w.number;
        say(&t, CLIENT, TCP_SYN, "");
    }
    assert_true(t.counters.of[COUNT_EVICTED_HALF_OPEN] > 0);
    finish(&t);
    assert_int_equal(t.count, SYNS);
    assert_int_equal(t.counters.of[COUNT_HALF_OPEN], SYNS);
    end(&t);
}

/* Frames may be older than the clock, when two taps differ; their deadlines run on the clock all the same. */
static void old_syns_wait_as_long(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    moment clock = t.wire.time + INT64_C(60000000000);
    worker_clock(t.worker, clock);
    struct frame f = *wire_next(&t.wire, CLIENT, TCP_SYN, "");
    f.clock = clock;
    worker_frame(t.worker, &f);
    worker_clock(t.worker, clock + INT64_C(29000000000));
    assert_int_equal(t.count, 0);
    worker_clock(t.worker, clock + INT64_C(31000000000));
    assert_int_equal(flow_at(&t, 0)->event.time, f.time);
    assert_int_equal(flow_at(&t, 0)->event.order.clock, clock + INT64_C(30000000000));
    finish(&t);
    end(&t);
}

/* A SYN without bytes may come again with some (RFC 7413): they count where its peer acknowledges them. */
static void bytes_of_a_syn_that_comes_again(void **state)
{
    (void)state;
    const uint32_t behind = 1001 + (uint32_t)strlen(GET);
    struct test t;
    begin(&t);
    worker_frame(t.worker, wire_raw(&t.wire, CLIENT, 1000, 0, TCP_SYN, "", 0));
    worker_frame(t.worker, wire_raw(&t.wire, CLIENT, 1000, 0, TCP_SYN, GET, strlen(GET)));
    worker_frame(t.worker, wire_raw(&t.wire, SERVER, 5000, behind, SA, "", 0));
    worker_frame(t.worker, wire_raw(&t.wire, CLIENT, behind, 5001, TCP_ACK, "", 0));
    worker_frame(t.worker, wire_raw(&t.wire, SERVER, 5001, behind, PA, OK_EMPTY, strlen(OK_EMPTY)));
    finish(&t);
    assert_text(exchange_at(&t, 0), exchange_at(&t, 0)->target, "/api/v1/pods");
    assert_int_equal(exchange_at(&t, 0)->status, 200);
    assert_int_equal(t.counters.of[COUNT_GAP_BYTES], 0);
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_syns),
        cmocka_unit_test(tells_the_shape_of_a_syn),
        cmocka_unit_test(tells_the_tags_of_a_syn),
        cmocka_unit_test(tells_the_size_of_a_syn),
        cmocka_unit_test(an_unseen_syn_has_no_shape),
        cmocka_unit_test(sweeps_are_bounded_and_told),
        cmocka_unit_test(old_syns_wait_as_long),
        cmocka_unit_test(bytes_of_a_syn_that_comes_again),
    };
    return cmocka_run_group_tests_name("syn", tests, NULL, NULL);
}
