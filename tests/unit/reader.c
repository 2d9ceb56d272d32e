/* Who reads a connection: HTTP/2 by prior knowledge, by h2c, and found by its frames beside the search for HTTP/1. */
#include "sensor/flow/reader.h"
#include "tests/tools/walk_rig.h"
#include "tests/unit/draft_rig.h"
#include "tests/unit/http2_talk.h"
#include "tests/unit/worker_rig.h"

#define ASK(path) ":method GET | :scheme http | :authority h | :path " path
#define AGENT     " | user-agent x/1"
#define UPGRADE                                                                                                        \
    "GET /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: "           \
    "AAMAAABk\r\n\r\n"
#define SWITCH "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"

static void send_bytes(struct test *t, enum side from, const void *bytes, size_t size)
{
    struct wire *w = &t->wire;
    worker_frame(t->worker, wire_raw(w, (int)from, w->end[from].seq, w->end[!from].seq, PA, bytes, size));
    w->end[from].seq += (uint32_t)size;
}

/* A segment a line; lines that were before the capture are left out. Each talk has its own tables. */
static void talk(struct test *t, const char *const *lines, size_t count)
{
    struct script *script = script_new(lines, count);
    for (size_t i = 0; i < script->count; i++) {
        const struct piece *p = &script->pieces[i];
        if (p->kind == PIECE_PUSH)
            send_bytes(t, p->from, script->bytes + p->at, p->size);
        else
            t->wire.end[p->from].seq += (uint32_t)p->size;
    }
    script_free(script);
}

#define TALK(t, ...)                                                                                                   \
    talk(t, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

/* The only exchange of that stream that was told. */
static const struct exchange *exchange_of(const struct test *t, uint32_t stream)
{
    const struct exchange *found = NULL;
    for (size_t i = 0; i < t->count; i++) {
        const struct exchange *x = (const struct exchange *)t->told[i]->bytes;
        if (x->event.type != EVENT_EXCHANGE || x->stream_id != stream)
            continue;
        assert_null(found);
        found = x;
    }
    assert_non_null(found);
    return found;
}

static void tell_is(const struct test *t, uint32_t stream, const char *target, unsigned status)
{
    const struct exchange *x = exchange_of(t, stream);
    assert_text(x, x->target, target);
    assert_int_equal(x->status, status);
}

/* The last record is the connection's. */
static const struct flow_record *flow_told(const struct test *t, enum protocol protocol)
{
    const struct flow_record *f = flow_at(t, t->count - 1);
    assert_int_equal(f->protocol, protocol);
    assert_int_equal(f->gave_up, 0);
    return f;
}

static void prior_knowledge(void **state)
{
    (void)state;
    for (int server_first = 0; server_first < 2; server_first++) {
        struct test t;
        begin(&t);
        shake_hands(&t);
        if (server_first)
            TALK(&t, "S settings 3=250", "C preface", "C settings 3=100");
        else
            TALK(&t, "C preface", "C settings 3=100", "S settings 3=250");
        TALK(&t, "C headers 1 +end | " ASK("/api/v1/pods") AGENT, "C headers 3 +end | " ASK("/version"),
             "S headers 3 +end | :status 200", "S headers 1 | :status 403 | audit-id one", "S data 1 +end | {}");
        part(&t);
        finish(&t);
        tell_is(&t, 1, "/api/v1/pods", 403);
        tell_is(&t, 3, "/version", 200);
        assert_text(exchange_of(&t, 1), exchange_of(&t, 1)->audit_id, "one");
        assert_true(exchange_of(&t, 1)->complete);
        assert_int_equal(exchange_of(&t, 1)->version, HTTP_2);
        assert_int_equal(flow_told(&t, PROTOCOL_HTTP2)->exchanges, 2);
        end(&t);
    }
}

/* Frames show which protocol it is; either direction alone. Each segment is read once: what came into the tables before
 * and behind is found there. */
static void found_by_its_frames(void **state)
{
    (void)state;
    for (int deaf = -1; deaf <= SERVER; deaf++) {
        struct test t;
        begin(&t);
        if (deaf != CLIENT)
            TALK(&t, "-C headers 1 +end | " ASK("/1") AGENT, "C headers 3 +end | " ASK("/3") " | user-agent y/3",
                 "C headers 5 +end | " ASK("/5") " | q r", "C headers 7 +end | " ASK("/7") " | user-agent y/3");
        if (deaf != SERVER)
            TALK(&t, "-S headers 1 +end | :status 403 | a b", "S headers 5 +end | :status 205 | audit-id of-some",
                 "S headers 3 +end | :status 403 | c d", "S headers 7 +end | :status 201 | audit-id of-some");
        finish(&t);
        tell_is(&t, 3, deaf == CLIENT ? "" : "/3", 0);
        tell_is(&t, 5, deaf == CLIENT ? "" : "/5", deaf == SERVER ? 0 : 205);
        tell_is(&t, 7, deaf == CLIENT ? "" : "/7", deaf == SERVER ? 0 : 201);
        const struct exchange *x = exchange_of(&t, 7);
        assert_text(x, x->agent, deaf == CLIENT ? "" : "y/3");
        assert_text(x, x->audit_id, deaf == SERVER ? "" : "of-some");
        assert_false(flow_told(&t, PROTOCOL_HTTP2)->from_start);
        end(&t);
    }
}

/* In the middle of a frame, and with a line in it that begins as a request of HTTP/1 does. */
static void found_behind_something(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    send_bytes(&t, SERVER, "of a body\nGET /\n", 16);
    TALK(&t, "S data 1 +end | rest", "C headers 3 +end | " ASK("/3"), "S headers 3 +end | :status 203",
         "C headers 5 +end | " ASK("/5"), "S headers 5 +end | :status 205");
    finish(&t);
    tell_is(&t, 3, "/3", 203);
    tell_is(&t, 5, "/5", 205);
    flow_told(&t, PROTOCOL_HTTP2);
    end(&t);
}

/* No exchange says so, but the frames do; at the end, too. */
static void found_without_an_exchange(void **state)
{
    (void)state;
    for (int at_the_end = 0; at_the_end < 2; at_the_end++) {
        struct test t;
        begin(&t);
        TALK(&t, "C ping");
        if (!at_the_end)
            TALK(&t, "S ping");
        finish(&t);
        flow_told(&t, PROTOCOL_HTTP2);
        assert_int_equal(t.counters.of[COUNT_HTTP2], 1);
        assert_int_equal(t.count, 1);
        end(&t);
    }
}

static void the_first_bytes_are_missing(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    shake_hands(&t);
    TALK(&t, "S settings 3=250");
    t.wire.end[CLIENT].seq += 40; /* the preface, and the server acknowledges it */
    TALK(&t, "S ack", "C headers 1 +end | " ASK("/1"), "C headers 3 +end | " ASK("/3"));
    for (int i = 0; i < 40; i++)
        TALK(&t, "S ping");
    TALK(&t, "S headers 1 +end | :status 201", "S headers 3 +end | :status 203");
    finish(&t);
    tell_is(&t, 1, "/1", 201);
    tell_is(&t, 3, "/3", 203);
    flow_told(&t, PROTOCOL_HTTP2);
    end(&t);
}

/* Both ports are followed, and the server was taken for the client: what was searched so far is forgotten. */
static void content_tells_the_client(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    wire_begin(&t.wire, CLIENT_IP, 8080, SERVER_IP, PORT);
    TALK(&t, "S settings 3=250", "C preface", "C settings 3=100", "C headers 1 +end | " ASK("/1"),
         "S headers 1 +end | :status 201", "C headers 3 +end | " ASK("/3"), "S headers 3 +end | :status 203");
    finish(&t);
    tell_is(&t, 1, "/1", 201);
    tell_is(&t, 3, "/3", 203);
    assert_int_equal(exchange_of(&t, 1)->event.server.port, PORT);
    flow_told(&t, PROTOCOL_HTTP2);
    end(&t);
}

/* A client's SETTINGS that come by themselves look like a server's: they turn nobody away. */
static void a_client_has_settings_too(void **state)
{
    (void)state;
    for (int both_followed = 0; both_followed < 2; both_followed++) {
        struct test t;
        begin(&t);
        wire_begin(&t.wire, CLIENT_IP, both_followed ? 8080 : 40000, SERVER_IP, PORT);
        if (both_followed)
            TALK(&t, "C preface");
        TALK(&t, "C settings 3=100", "C headers 1 +end | " ASK("/1"), "S headers 1 +end | :status 201");
        finish(&t);
        tell_is(&t, 1, "/1", 201);
        assert_int_equal(exchange_of(&t, 1)->event.server.port, PORT);
        flow_told(&t, PROTOCOL_HTTP2);
        end(&t);
    }
}

static void http1_is_found_beside(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    send_bytes(&t, SERVER, "\0\0\0\0\0\0\0\0", 8);
    say(&t, SERVER, PA, "of an answer\n");
    say(&t, CLIENT, PA, GET);
    answer_forbidden(&t);
    finish(&t);
    tell_is(&t, 0, "/api/v1/pods", 403);
    flow_told(&t, PROTOCOL_HTTP1);
    end(&t);
}

/* The request is stream 1, its answer the one of HTTP/2. */
static void h2c_goes_on_as_stream_1(void **state)
{
    (void)state;
    for (int late = 0; late < 2; late++) {
        struct test t;
        begin(&t);
        if (late)
            say(&t, SERVER, PA, "of an answer\n");
        else
            shake_hands(&t);
        say(&t, CLIENT, PA, UPGRADE);
        say(&t, SERVER, PA, SWITCH);
        TALK(&t, "S settings 3=250", "C preface", "C settings 3=100", "S headers 1 | :status 403 | audit-id one",
             "S data 1 +end | {}", "C headers 3 +end | " ASK("/3"), "S headers 3 +end | :status 203 | audit-id three");
        part(&t);
        finish(&t);
        tell_is(&t, 1, "/up", 403);
        assert_text(exchange_of(&t, 1), exchange_of(&t, 1)->audit_id, "one");
        tell_is(&t, 3, "/3", 203);
        assert_true(exchange_of(&t, 1)->complete);
        assert_int_equal(flow_told(&t, PROTOCOL_HTTP2)->exchanges, 2);
        end(&t);
    }
}

/* The capture begins with the server's word, while both are searched: frames are found first, or the 101 is. */
static void h2c_without_its_request(void **state)
{
    (void)state;
    for (int in_one = 0; in_one < 2; in_one++) {
        struct test t;
        begin(&t);
        char both[512];
        size_t size = sizeof SWITCH - 1;
        memcpy(both, SWITCH, size);
        struct script *script = script_new((const char *[]){"S settings 3=250", "S headers 1 +end | :status 200"}, 2);
        memcpy(both + size, script->bytes, script->size);
        if (in_one) {
            send_bytes(&t, SERVER, both, size + script->size);
        } else {
            send_bytes(&t, SERVER, both, size);
            send_bytes(&t, SERVER, script->bytes, script->size);
        }
        script_free(script);
        TALK(&t, "C preface", "C settings 3=100", "C headers 3 +end | " ASK("/3"));
        finish(&t);
        tell_is(&t, 1, "", 200);
        assert_int_equal(exchange_of(&t, 1)->request, SEEN_NOT);
        tell_is(&t, 3, "/3", 0);
        flow_told(&t, PROTOCOL_HTTP2);
        end(&t);
    }
}

/* The 101 is lost, and some of what follows: the frames show what it was. */
static void h2c_whose_switch_was_lost(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    shake_hands(&t);
    say(&t, CLIENT, PA, UPGRADE);
    t.wire.end[SERVER].seq += sizeof SWITCH - 1;
    TALK(&t, "S settings 3=250 +lose=0-4", "S ping", "C preface", "C settings 3=100", "C ping +times=2", "C ping");
    for (int i = 0; i < 40; i++)
        TALK(&t, "C ping");
    TALK(&t, "S headers 1 +end | :status 201", "C headers 3 +end | " ASK("/3"), "S headers 3 +end | :status 203");
    finish(&t);
    tell_is(&t, 1, "/up", 201);
    tell_is(&t, 3, "/3", 203);
    assert_int_equal(flow_told(&t, PROTOCOL_HTTP2)->gap_bytes[SERVER], sizeof SWITCH - 1 + 4);
    end(&t);
}

static void h2c_and_nothing_more(void **state)
{
    (void)state;
    for (int late = 0; late < 3; late++) {
        struct test t;
        begin(&t);
        if (late == 0)
            shake_hands(&t);
        if (late < 2)
            say(&t, CLIENT, PA, UPGRADE);
        say(&t, SERVER, PA, SWITCH);
        if (late == 1)
            say(&t, SERVER, TCP_RST | TCP_ACK, "");
        finish(&t);
        if (late < 2)
            tell_is(&t, 1, "/up", 0);
        assert_int_equal(t.count, late < 2 ? 2 : 1);
        flow_told(&t, PROTOCOL_HTTP2);
        end(&t);
    }
}

static const char *const everything[] = {"C preface",
                                         "C settings 3=100",
                                         "S settings 3=250",
                                         "C headers 1 +end +cut=5 | " ASK("/1") AGENT,
                                         "S headers 1 +cut=3 | :status 200 | a b",
                                         "S data 1 +end | hello",
                                         "C headers 3 +end | " ASK("/3") AGENT,
                                         "S headers 3 | :status 403 | content-type application/json",
                                         "S data 3 +end | {}",
                                         "C headers 5 +end | " ASK("/5"),
                                         "S goaway 5 11 | calm",
                                         "(S data 5 | x",
                                         "C ping",
                                         "S ping",
                                         "C ping"};

/* One packet, as its connection gets it. */
static void give(struct connection *c, struct wire *w, enum side from, unsigned flags, const void *bytes, size_t size)
{
    struct packet p;
    const struct frame *f = wire_raw(w, (int)from, w->end[from].seq, w->end[!from].seq, flags, bytes, size);
    w->end[from].seq += (uint32_t)size + (flags & TCP_SYN ? 1 : 0);
    assert_int_equal(walk_alone(f, 16, &p), WALK_SEGMENT);
    connection_packet(c, from, &p, f->wire_size);
}

/* @param how  0: joined late; 1: from the start; 2: h2c; 3: h2c, joined late. */
static void converse(struct connection *c, struct wire *w, int how)
{
    if (how == 1 || how == 2) {
        give(c, w, CLIENT, TCP_SYN, "", 0);
        give(c, w, SERVER, SA, "", 0);
    }
    if (how == 2)
        give(c, w, CLIENT, PA, UPGRADE, sizeof UPGRADE - 1);
    if (how >= 2)
        give(c, w, SERVER, PA, SWITCH, sizeof SWITCH - 1);
    struct script *script = script_new(everything, sizeof everything / sizeof *everything);
    for (size_t i = 0; i < script->count; i++) {
        const struct piece *piece = &script->pieces[i];
        if (piece->kind == PIECE_PUSH)
            give(c, w, piece->from, PA, script->bytes + piece->at, piece->size);
        else
            w->end[piece->from].seq += (uint32_t)piece->size;
    }
    script_free(script);
}

/* Whichever request for memory fails: what was opened is ended, and nothing is left. */
static void memory_may_fail(void **state)
{
    (void)state;
    for (int how = 0; how < 4; how++) {
        bool failed = true;
        for (uint64_t fail_at = 1; failed; fail_at++) {
            struct desk d;
            desk_begin(&d);
            struct flow_bench *b = &d.bench;
            port_set_add(&b->ports, PORT);
            b->reassembly = (struct reassembly_limits){.held_bytes = 1 << 16, .held_segments = 16, .patience = 1};
            b->http1 = (struct http1_limits){.head_bytes = 4096, .open = 8};
            b->http2 = (struct http2_shared){.limits = {.block_bytes = 4096, .streams = 8}, .memory = &b->memory};
            b->http2.literals = literals_new(1, &b->secret, &b->memory);
            struct wire w;
            struct packet p;
            wire_begin(&w, CLIENT_IP, 40000, SERVER_IP, PORT);
            walk_alone(wire_raw(&w, CLIENT, 0, 0, PA, "", 0), 16, &p);
            b->memory.fail_at = fail_at;
            struct connection *c = connection_new(b, &p, true);
            if (c) {
                converse(c, &w, how);
                connection_end(c, w.time, FLOW_SHUTDOWN);
                const struct flow_record *f = (const struct flow_record *)d.told[d.count - 1];
                assert_int_equal(f->event.type, EVENT_FLOW);
                assert_true(f->protocol == PROTOCOL_HTTP2 || f->gave_up);
            }
            failed = b->memory.fail_at == 0;
            assert_true(failed || d.count >= 4);
            assert_true(b->drafts.oldest == NULL);
            literals_free(b->http2.literals);
            desk_end(&d);
        }
    }
}

/* To end a connection that rests takes no memory: nothing of it is given up. */
static void a_rest_ends_without_memory(void **state)
{
    (void)state;
    struct desk d;
    desk_begin(&d);
    struct flow_bench *b = &d.bench;
    b->http1 = (struct http1_limits){.head_bytes = 4096, .open = 8};
    struct wire w;
    struct packet p;
    wire_begin(&w, CLIENT_IP, 40000, SERVER_IP, PORT);
    walk_alone(wire_raw(&w, CLIENT, 0, 0, PA, "", 0), 16, &p);
    struct connection *c = connection_new(b, &p, true);
    give(c, &w, CLIENT, TCP_SYN, "", 0);
    give(c, &w, SERVER, SA, "", 0);
    give(c, &w, CLIENT, PA, GET, sizeof GET - 1);
    give(c, &w, SERVER, PA, OK_EMPTY, sizeof OK_EMPTY - 1);
    assert_int_equal(d.count, 1);
    reader_rest(c);
    assert_null(c->reader);
    b->memory.limit = b->memory.used;
    give(c, &w, CLIENT, FA, "", 0);
    connection_end(c, w.time, FLOW_TIMEOUT);
    assert_int_equal(d.count, 2);
    const struct flow_record *f = (const struct flow_record *)d.told[1];
    assert_int_equal(f->gave_up, GAVE_UP_NOT);
    assert_int_equal(d.counters.of[COUNT_GAVE_UP_MEMORY], 0);
    desk_end(&d);
}

/* It goes on behind the end of one side, too. */
static void a_side_may_end_while_it_rests(void **state)
{
    (void)state;
    for (int ended = CLIENT; ended <= SERVER; ended++) {
        struct test t;
        begin(&t);
        shake_hands(&t);
        say(&t, CLIENT, PA, GET);
        answer_forbidden(&t);
        t.wire.time += 90 * INT64_C(1000000000);
        say(&t, (enum side)ended, FA, "");
        if (ended == CLIENT)
            answer_forbidden(&t);
        else
            say(&t, CLIENT, PA, GET);
        assert_int_equal(t.count, 2); /* nobody will answer it: told at once */
        assert_int_equal(exchange_at(&t, 1)->request, ended == CLIENT ? SEEN_NOT : SEEN_WHOLE);
        assert_int_equal(exchange_at(&t, 1)->status, ended == CLIENT ? 403 : 0);
        finish(&t);
        end(&t);
    }
}

/* Behind a CONNECT the server may begin as clients do: who the client is was settled before. */
static void a_tunnel_turns_no_sides(void **state)
{
    (void)state;
    static const char HELLO[] = "\x16\x03\x01\x01\x01\x01\0\0\xfd\x03\x03randomrandom";
    struct test t;
    begin(&t);
    say(&t, CLIENT, PA, "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n");
    say(&t, SERVER, PA, "HTTP/1.1 200 OK\r\n\r\n");
    send_bytes(&t, SERVER, HELLO, sizeof HELLO - 1);
    finish(&t);
    const struct flow_record *f = flow_at(&t, t.count - 1);
    assert_int_equal(exchange_at(&t, 0)->event.server.port, PORT);
    assert_int_equal(f->event.server.port, PORT);
    assert_int_equal(f->packets[CLIENT], 1);
    assert_int_equal(f->packets[SERVER], 2);
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prior_knowledge),
        cmocka_unit_test(found_by_its_frames),
        cmocka_unit_test(found_behind_something),
        cmocka_unit_test(found_without_an_exchange),
        cmocka_unit_test(the_first_bytes_are_missing),
        cmocka_unit_test(content_tells_the_client),
        cmocka_unit_test(a_client_has_settings_too),
        cmocka_unit_test(http1_is_found_beside),
        cmocka_unit_test(h2c_goes_on_as_stream_1),
        cmocka_unit_test(h2c_without_its_request),
        cmocka_unit_test(h2c_whose_switch_was_lost),
        cmocka_unit_test(h2c_and_nothing_more),
        cmocka_unit_test(memory_may_fail),
        cmocka_unit_test(a_rest_ends_without_memory),
        cmocka_unit_test(a_side_may_end_while_it_rests),
        cmocka_unit_test(a_tunnel_turns_no_sides),
    };
    return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
