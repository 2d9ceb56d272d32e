/* PROXY lines ahead of a connection's own bytes: however they are cut, what follows is read as if it began there, and
 * the records say whom the line names; what is no line, or was lost, names nobody. */
#include "sensor/flow/preamble.h"

#include "proto/packet/address.h"
#include "tests/unit/worker_rig.h"

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define BYTES(text)                                                                                                    \
    {                                                                                                                  \
        (const uint8_t *)(text), sizeof(text) - 1                                                                      \
    }
#define SETTINGS "\0\0\0\4\0\0\0\0\0"
/* :method GET, :scheme http, :path /, :authority h: RFC 7541, appendix A and section 6.2.2 */
#define HEADERS "\0\0\6\1\5\0\0\0\1\x82\x86\x84\x01\x01h"
#define PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#define HELLO                                                                                                          \
    "\x16\x03\x01\0\x05\1\0\0\1"                                                                                       \
    "a"

struct line {
    struct slice bytes;
    enum proxied_by by;
    const char *from;
};

static const struct line lines[] = {
    {BYTES("PROXY TCP4 192.0.2.77 198.51.100.1 50000 6443\r\n"), PROXIED_CLIENT, "192.0.2.77"},
    {BYTES("PROXY TCP6 2001:db8:1111:2222:3333:4444:5555:6666 2001:db8:1111:2222:3333:4444:5555:7777 65535 65535\r\n"),
     PROXIED_CLIENT, "2001:db8:1111:2222:3333:4444:5555:6666"},
    {BYTES("PROXY UNKNOWN\r\n"), PROXIED_NOBODY, NULL},
    {BYTES(SIGNATURE "\x21\x11\0\x0c\xc0\0\2\x4d\xc6\x33\x64\1\xc3\x50\x19\x2b"), PROXIED_CLIENT, "192.0.2.77"},
    /* with TLVs: an ALPN, and padding */
    {BYTES(SIGNATURE "\x21\x11\0\x18\xc0\0\2\x4d\xc6\x33\x64\1\xc3\x50\x19\x2b\1\0\2h2\4\0\4\0\0\0\0"), PROXIED_CLIENT,
     "192.0.2.77"},
    {BYTES(SIGNATURE "\x20\0\0\0"), PROXIED_ITSELF, NULL},
    {BYTES(SIGNATURE "\x21\0\0\0"), PROXIED_NOBODY, NULL},
};

struct own {
    struct slice bytes;
    enum protocol protocol;
    const char *target; /* of its exchange; NULL: there is none */
};

static const struct own owns[] = {
    {BYTES(GET), PROTOCOL_HTTP1, "/api/v1/pods"},
    {BYTES("\r\n" GET), PROTOCOL_HTTP1, "/api/v1/pods"},
    {BYTES(PREFACE SETTINGS HEADERS), PROTOCOL_HTTP2, "/"},
    {BYTES(HELLO), PROTOCOL_TLS, NULL},
};

enum { LINES = sizeof lines / sizeof *lines, OWNS = sizeof owns / sizeof *owns };

static void send_bytes(struct test *t, enum side from, struct slice bytes)
{
    struct wire *w = &t->wire;
    worker_frame(t->worker,
                 wire_raw(w, (int)from, w->end[from].seq, w->end[!from].seq, PA, (const char *)bytes.data, bytes.size));
    w->end[from].seq += (uint32_t)bytes.size;
}

static void send_cut(struct test *t, struct slice all, size_t at)
{
    if (at)
        send_bytes(t, CLIENT, slice_part(all, 0, at));
    if (at < all.size)
        send_bytes(t, CLIENT, slice_part(all, at, all.size));
}

static void send_singly(struct test *t, struct slice all)
{
    for (size_t i = 0; i < all.size; i++)
        send_bytes(t, CLIENT, slice_part(all, i, i + 1));
}

static struct slice joined(uint8_t room[static 512], struct slice a, struct slice b)
{
    memcpy(room, a.data, a.size);
    memcpy(room + a.size, b.data, b.size);
    return (struct slice){room, a.size + b.size};
}

static void says(const struct event *e, enum proxied_by by, const char *from)
{
    uint8_t ip[16] = {0};
    if (from)
        assert_true(address_parse(slice_of(from), ip));
    assert_int_equal(e->proxied, by);
    assert_memory_equal(e->proxied_for, ip, sizeof ip);
}

/* The exchange that asks for this; all of the connection's say the same of the line. */
static const struct exchange *asks(const struct test *t, const char *target, enum proxied_by by, const char *from)
{
    const struct exchange *found = NULL;
    for (size_t i = 0; i < t->count; i++) {
        const struct exchange *x = (const struct exchange *)t->told[i]->bytes;
        if (x->event.type != EVENT_EXCHANGE)
            continue;
        says(&x->event, by, from);
        if (slice_is(event_text(&x->event, x->target), target)) {
            assert_null(found);
            found = x;
        }
    }
    assert_non_null(found);
    return found;
}

/* The ends of the connection are its own, whatever the line says. */
static const struct flow_record *flow_told(const struct test *t, enum protocol protocol, enum gave_up gave_up)
{
    const struct flow_record *f = flow_at(t, t->count - 1);
    assert_int_equal(f->protocol, protocol);
    assert_int_equal(f->gave_up, gave_up);
    assert_int_equal(f->event.client.port, 40000);
    assert_memory_equal(f->event.client.ip + 12, "\xc0\0\2\1", 4);
    assert_int_equal(f->event.server.port, PORT);
    assert_int_equal(t->counters.of[COUNT_GAVE_UP_MALFORMED], gave_up == GAVE_UP_MALFORMED);
    assert_int_equal(t->counters.of[COUNT_PROTOCOL_OTHER], protocol == PROTOCOL_OTHER);
    return f;
}

static void check_read(struct test *t, const struct line *line, const struct own *own)
{
    part(t);
    finish(t);
    says(&flow_told(t, own->protocol, GAVE_UP_NOT)->event, line->by, line->from);
    assert_int_equal(t->counters.of[COUNT_EXCHANGES], own->target != NULL);
    if (own->target) {
        const struct exchange *x = asks(t, own->target, line->by, line->from);
        assert_int_equal(x->request, SEEN_WHOLE);
        assert_int_equal(x->event.client.port, 40000);
    }
    end(t);
}

static void read_however_cut(void **state)
{
    (void)state;
    uint8_t room[512];
    for (size_t i = 0; i < LINES * OWNS; i++) {
        const struct line *line = &lines[i / OWNS];
        const struct own *own = &owns[i % OWNS];
        struct slice all = joined(room, line->bytes, own->bytes);
        enum { BEHIND = 8 }; /* what is cut further behind is as without a line */
        size_t most = line->bytes.size + BEHIND;
        for (size_t at = 0; at <= most; at++) {
            struct test t;
            begin(&t);
            shake_hands(&t);
            if (at == most)
                send_singly(&t, all);
            else
                send_cut(&t, all, at);
            check_read(&t, line, own);
        }
    }
}

/* What begins like a line, and then is none, is read like anything else. */
static void nothing_is_lost_without_a_line(void **state)
{
    (void)state;
    static const struct own others[] = {
        {BYTES("P\xc3T / HTTP/1.1"), PROTOCOL_OTHER, NULL},
        {BYTES("PUT /put HTTP/1.1\r\nHost: a\r\n\r\n"), PROTOCOL_HTTP1, "/put"},
        {BYTES("PROXY /proxy HTTP/1.1\r\nHost: a\r\n\r\n"), PROTOCOL_HTTP1, "/proxy"},
        {BYTES("PROXYING /ing HTTP/1.1\r\nHost: a\r\n\r\n"), PROTOCOL_HTTP1, "/ing"},
        {BYTES("\r\n\r\n" GET), PROTOCOL_HTTP1, "/api/v1/pods"},
        {BYTES(PREFACE SETTINGS HEADERS), PROTOCOL_HTTP2, "/"},
    };
    static const struct line none = {.by = PROXIED_NOT};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        for (size_t at = 0; at <= others[i].bytes.size; at++) {
            struct test t;
            begin(&t);
            shake_hands(&t);
            if (at == others[i].bytes.size)
                send_singly(&t, others[i].bytes);
            else
                send_cut(&t, others[i].bytes, at);
            check_read(&t, &none, &others[i]);
        }
    }
}

/* Without its CR nobody knows whether a line goes on; the server's answer does, and the client's end. */
static void a_request_by_that_name_is_let_go(void **state)
{
    (void)state;
    for (int answered = 0; answered < 2; answered++) {
        struct test t;
        begin(&t);
        shake_hands(&t);
        say(&t, CLIENT, PA, "PROXY /x HTTP/1.1\nHost: a\n\n");
        if (answered)
            say(&t, SERVER, PA, OK_EMPTY);
        part(&t);
        finish(&t);
        const struct exchange *x = asks(&t, "/x", PROXIED_NOT, NULL);
        assert_int_equal(x->status, answered ? 200 : 0);
        assert_int_equal(x->complete, answered);
        says(&flow_told(&t, PROTOCOL_HTTP1, GAVE_UP_NOT)->event, PROXIED_NOT, NULL);
        end(&t);
    }
}

static void a_bad_line_ends_it(void **state)
{
    (void)state;
    static const struct slice bad[] = {
        BYTES("PROXY TCP4 192.0.2.77 198.51.100.1 50000 66443\r\n" GET),
        BYTES("PROXY TCP6 192.0.2.77 198.51.100.1 50000 6443\r\n" GET),
        BYTES("PROXY TCP9 a b 1 2\r\n" GET),
        BYTES(
            "PROXY TCP6 2001:db8:1111:2222:3333:4444:5555:6666 2001:db8:1111:2222:3333:4444:5555:7777 65535 655350000 "
            "\r\n" GET),
        BYTES(SIGNATURE "\x31\x11\0\x0c\xc0\0\2\x4d\xc6\x33\x64\1\xc3\x50\x19\x2b" GET),
        BYTES(SIGNATURE "\x21\x11\0\x0b\xc0\0\2\x4d\xc6\x33\x64\1\xc3\x50\x19" GET),
        BYTES(SIGNATURE "\x21\x11\x08\1" GET),
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        for (int singly = 0; singly < 2; singly++) {
            struct test t;
            begin(&t);
            shake_hands(&t);
            if (singly)
                send_singly(&t, bad[i]);
            else
                send_bytes(&t, CLIENT, bad[i]);
            part(&t);
            finish(&t);
            says(&flow_told(&t, PROTOCOL_OTHER, GAVE_UP_MALFORMED)->event, PROXIED_NOT, NULL);
            assert_int_equal(t.count, 2); /* the anomaly, and the connection */
            assert_int_equal(t.counters.of[COUNT_EXCHANGES], 0);
            end(&t);
        }
    }
}

/* A knock at the door. */
static void a_line_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < LINES; i++) {
        for (int how = 0; how < 3; how++) {
            struct test t;
            begin(&t);
            shake_hands(&t);
            send_bytes(&t, CLIENT, lines[i].bytes);
            if (how == 1)
                part(&t);
            else if (how == 2)
                say(&t, CLIENT, TCP_RST | TCP_ACK, "");
            finish(&t);
            says(&flow_told(&t, PROTOCOL_UNKNOWN, GAVE_UP_NOT)->event, lines[i].by, lines[i].from);
            assert_int_equal(t.count, 1);
            end(&t);
        }
    }
}

/* What the client leaves half is malformed; what was broken off may have gone on. */
static void half_a_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < LINES; i++) {
        bool text = lines[i].bytes.data[0] == 'P', unknown = lines[i].by == PROXIED_NOBODY;
        size_t begun = text && unknown ? 13 : text ? 9 : 12; /* "PROXY UNKNOWN", "PROXY TCP", the signature */
        for (size_t at = 1; at < lines[i].bytes.size; at++) {
            for (int how = 0; how < 3; how++) {
                struct test t;
                begin(&t);
                shake_hands(&t);
                send_bytes(&t, CLIENT, slice_part(lines[i].bytes, 0, at));
                if (how == 1)
                    part(&t);
                else if (how == 2)
                    say(&t, CLIENT, TCP_RST | TCP_ACK, "");
                finish(&t);
                bool line = at >= begun, malformed = line && how == 1;
                const struct flow_record *f = flow_at(&t, t.count - 1);
                if (line)
                    flow_told(&t, malformed ? PROTOCOL_OTHER : PROTOCOL_UNKNOWN,
                              malformed ? GAVE_UP_MALFORMED : GAVE_UP_NOT);
                says(&f->event, line && how != 1 ? PROXIED_LOST : PROXIED_NOT, NULL);
                assert_int_equal(t.counters.of[COUNT_EXCHANGES], 0);
                end(&t);
            }
        }
    }
}

/* Whichever part of it is missing: what follows is found, and of the line nothing is believed. */
static void a_gap_inside(void **state)
{
    (void)state;
    for (size_t i = 0; i < LINES; i++) {
        for (size_t at = 0; at < lines[i].bytes.size; at++) {
            for (int all = 0; all < 2; all++) {
                size_t behind = all ? lines[i].bytes.size : at + 1;
                struct test t;
                begin(&t);
                shake_hands(&t);
                if (at)
                    send_bytes(&t, CLIENT, slice_part(lines[i].bytes, 0, at));
                t.wire.end[CLIENT].seq += (uint32_t)(behind - at);
                if (behind < lines[i].bytes.size)
                    send_bytes(&t, CLIENT, slice_part(lines[i].bytes, behind, lines[i].bytes.size));
                say(&t, CLIENT, PA, "GET /first HTTP/1.1\r\nHost: a\r\n\r\n"); /* a binary line runs into it */
                answer_forbidden(&t);
                say(&t, CLIENT, PA, GET);
                answer_forbidden(&t);
                part(&t);
                finish(&t);
                asks(&t, "/api/v1/pods", PROXIED_LOST, NULL);
                says(&flow_told(&t, PROTOCOL_HTTP1, GAVE_UP_NOT)->event, PROXIED_LOST, NULL);
                end(&t);
            }
        }
    }
}

static void a_gap_behind(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    shake_hands(&t);
    send_bytes(&t, CLIENT, lines[0].bytes);
    t.wire.end[CLIENT].seq += 10;
    say(&t, CLIENT, PA, GET);
    answer_forbidden(&t);
    part(&t);
    finish(&t);
    asks(&t, "/api/v1/pods", lines[0].by, lines[0].from);
    end(&t);
}

/* No line is looked for in what comes from the midst: a client could write it there. */
static void joined_late(void **state)
{
    (void)state;
    for (int requests = 0; requests < 2; requests++) {
        struct test t;
        begin(&t);
        send_bytes(&t, CLIENT, lines[0].bytes);
        if (requests)
            say(&t, CLIENT, PA, GET);
        finish(&t);
        if (requests)
            asks(&t, "/api/v1/pods", PROXIED_LOST, NULL);
        says(&flow_at(&t, t.count - 1)->event, PROXIED_LOST, NULL);
        end(&t);
    }
}

/* A server that speaks first waits for no line: what looks like one is the client's own. Nor does one that speaks in
 * the midst of it. */
static void the_server_speaks(void **state)
{
    (void)state;
    for (size_t at = 0; at < lines[0].bytes.size; at++) {
        struct test t;
        begin(&t);
        shake_hands(&t);
        if (at)
            send_bytes(&t, CLIENT, slice_part(lines[0].bytes, 0, at));
        say(&t, SERVER, PA, "220 x\r\n");
        send_bytes(&t, CLIENT, slice_part(lines[0].bytes, at, lines[0].bytes.size));
        part(&t);
        finish(&t);
        says(&flow_told(&t, PROTOCOL_OTHER, at >= 9 ? GAVE_UP_MALFORMED : GAVE_UP_NOT)->event, PROXIED_NOT, NULL);
        assert_int_equal(t.counters.of[COUNT_EXCHANGES], 0);
        end(&t);
    }
}

static void a_second_line_is_no_line(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    shake_hands(&t);
    send_bytes(&t, CLIENT, lines[0].bytes);
    send_bytes(&t, CLIENT, lines[3].bytes);
    part(&t);
    finish(&t);
    says(&flow_told(&t, PROTOCOL_OTHER, GAVE_UP_NOT)->event, lines[0].by, lines[0].from);
    end(&t);
}

static void without_data_there_is_none(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    shake_hands(&t);
    part(&t);
    finish(&t);
    says(&flow_told(&t, PROTOCOL_UNKNOWN, GAVE_UP_NOT)->event, PROXIED_NOT, NULL);
    end(&t);
}

/* The longest line, byte by byte, under every failure of memory: given up, or read; nothing is left. */
static void memory_may_fail(void **state)
{
    (void)state;
    static uint8_t longest[PROXY_LINE_MAX];
    memcpy(longest, lines[3].bytes.data, lines[3].bytes.size);
    longest[14] = (PROXY_LINE_MAX - 16) >> 8;
    longest[15] = (uint8_t)(PROXY_LINE_MAX - 16);
    bool failed = true;
    for (uint64_t fail_at = 1; failed; fail_at++) {
        struct memory m = {.limit = 1 << 20, .fail_at = fail_at};
        struct preamble p = {0};
        struct proxied line = {0};
        enum preamble_found found = PREAMBLE_MORE;
        for (size_t i = 0; i < sizeof longest && found == PREAMBLE_MORE; i++) {
            struct slice byte = {longest + i, 1};
            assert_false(p.over);
            found = preamble_push(&p, &m, &byte, &line);
            assert_true(m.used <= PROXY_LINE_MAX);
            assert_true(found != PREAMBLE_LINE || byte.size == 0);
        }
        failed = m.fail_at == 0;
        assert_int_equal(found, failed ? PREAMBLE_NO_MEMORY : PREAMBLE_LINE);
        assert_true(p.over);
        assert_true(failed || (line.size == PROXY_LINE_MAX && m.used == 0 && fail_at == 3));
        preamble_forget(&p, &m);
        assert_int_equal(m.used, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_however_cut),
        cmocka_unit_test(nothing_is_lost_without_a_line),
        cmocka_unit_test(a_request_by_that_name_is_let_go),
        cmocka_unit_test(a_bad_line_ends_it),
        cmocka_unit_test(a_line_alone),
        cmocka_unit_test(half_a_line),
        cmocka_unit_test(a_gap_inside),
        cmocka_unit_test(a_gap_behind),
        cmocka_unit_test(joined_late),
        cmocka_unit_test(the_server_speaks),
        cmocka_unit_test(a_second_line_is_no_line),
        cmocka_unit_test(without_data_there_is_none),
        cmocka_unit_test(memory_may_fail),
    };
    return cmocka_run_group_tests_name("preamble", tests, NULL, NULL);
}
