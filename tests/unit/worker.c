/* What begins, continues and ends a connection. */
#include "tests/unit/worker_rig.h"

#define SECOND INT64_C(1000000000)

static void tells_an_exchange_and_its_connection(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    shake_hands(&t);
    say(&t, CLIENT, PA, GET);
    assert_int_equal(t.count, 0);
    answer_forbidden(&t);
    const struct exchange *x = exchange_at(&t, 0);
    assert_int_equal(x->status, 403);
    assert_int_equal(x->request, SEEN_WHOLE);
    assert_int_equal(x->answer, SEEN_WHOLE);
    assert_true(x->complete);
    assert_int_equal(x->event.unknown.words[0] | x->event.unknown.words[1], 0);
    assert_int_equal(x->response_bytes, strlen(FORBIDDEN_BODY));
    assert_text(x, x->method, "GET");
    assert_text(x, x->target, "/api/v1/pods");
    assert_text(x, x->agent, "x/1");
    assert_text(x, x->verb, "list");
    assert_text(x, x->resource, "pods");
    assert_text(x, x->reason, "Forbidden");
    assert_text(x, x->status_user, "system:anonymous");
    assert_text(x, x->audit_id, "one");
    assert_true(exchange_has(x, SIGN_KUBERNETES));
    assert_true(exchange_has(x, SIGN_STATUS));
    assert_int_equal(x->event.client.port, 40000);
    assert_int_equal(x->event.server.port, PORT);
    assert_int_equal(x->event.flow_id, 1);
    part(&t);
    finish(&t);
    const struct flow_record *f = flow_at(&t, 1);
    assert_int_equal(f->state, FLOW_CLOSED);
    assert_int_equal(f->reason, FLOW_FIN);
    assert_int_equal(f->protocol, PROTOCOL_HTTP1);
    assert_true(f->handshake);
    assert_true(f->from_start);
    assert_int_equal(f->exchanges, 1);
    assert_int_equal(f->packets[CLIENT], 5);
    assert_int_equal(f->packets[SERVER], 3);
    assert_int_equal(t.count, 2);
    end(&t);
}

static void a_port_used_again_is_another_connection(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    shake_hands(&t);
    say(&t, CLIENT, PA, GET);
    answer_forbidden(&t);
    part(&t);
    t.wire.end[CLIENT].seq = 900000000;
    t.wire.end[SERVER].seq = 77;
    shake_hands(&t);
    say(&t, CLIENT, PA, GET);
    answer_forbidden(&t);
    finish(&t);
    assert_int_equal(t.count, 4);
    assert_int_equal(exchange_at(&t, 0)->event.flow_id, 1);
    assert_int_equal(flow_at(&t, 1)->state, FLOW_CLOSED);
    assert_int_equal(exchange_at(&t, 2)->event.flow_id, 9);
    end(&t);
}

/* The same before anyone answered: each SYN is told. */
static void a_syn_with_another_number_is_another(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    say(&t, CLIENT, TCP_SYN, "");
    t.wire.end[CLIENT].seq = 900000000;
    shake_hands(&t);
    say(&t, CLIENT, PA, GET);
    say(&t, SERVER, PA, OK_EMPTY);
    finish(&t);
    assert_int_equal(flow_at(&t, 0)->state, FLOW_NEW);
    assert_int_equal(flow_at(&t, 0)->reason, FLOW_REUSED);
    assert_int_equal(exchange_at(&t, 1)->status, 200);
    assert_int_equal(flow_at(&t, 2)->event.flow_id, 2);
    end(&t);
}

/* Somebody may send a SYN into a connection that goes on, to end it for us alone. */
static void a_forged_syn_blinds_nobody(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    shake_hands(&t);
    worker_frame(t.worker, wire_raw(&t.wire, CLIENT, 3000000000U, 0, TCP_SYN, "", 0));
    worker_frame(t.worker, wire_raw(&t.wire, CLIENT, 2000000000U, 0, TCP_SYN, "", 0));
    say(&t, CLIENT, PA, GET);
    answer_forbidden(&t);
    finish(&t);
    size_t last = t.count - 1;
    assert_int_equal(exchange_at(&t, 1)->status, 403);
    assert_text(exchange_at(&t, 1), exchange_at(&t, 1)->target, "/api/v1/pods");
    assert_int_equal(flow_at(&t, 0)->state, FLOW_NEW); /* the first, when the second came */
    assert_int_equal(flow_at(&t, last)->state, FLOW_NEW);
    assert_int_equal(t.count, 4);
    end(&t);
}

static const struct exchange *last_exchange(const struct test *t)
{
    const struct exchange *x = NULL;
    for (size_t i = 0; i < t->count; i++) {
        const struct event *e = (const struct event *)t->told[i]->bytes;
        if (e->type == EVENT_EXCHANGE)
            x = (const struct exchange *)e;
    }
    assert_non_null(x);
    return x;
}

/* Nor with bytes in it, as of TCP Fast Open, nor where the client acts as a server: none answers it. */
static void a_forged_syn_with_more_blinds_nobody(void **state)
{
    (void)state;
    static const struct {
        uint8_t flags;
        const char *bytes;
    } forged[] = {{TCP_SYN, "bytes"}, {SA, ""}, {SA, "bytes"}};
    for (size_t i = 0; i < sizeof forged / sizeof forged[0]; i++) {
        struct test t;
        begin(&t);
        shake_hands(&t);
        for (int twice = 0; twice < 2; twice++)
            worker_frame(t.worker, wire_raw(&t.wire, CLIENT, 3000000000U, 77, forged[i].flags, forged[i].bytes, 0));
        say(&t, CLIENT, PA, GET);
        answer_forbidden(&t);
        finish(&t);
        const struct exchange *x = last_exchange(&t);
        assert_text(x, x->target, "/api/v1/pods");
        assert_int_equal(x->status, 403);
        assert_int_equal(t.counters.of[COUNT_FLOWS], 1);
        end(&t);
    }
}

/* The same without an end that was seen: what is answered is the connection from then on. */
static void an_answered_syn_is_another_connection(void **state)
{
    (void)state;
    for (int with_syn_ack = 0; with_syn_ack < 2; with_syn_ack++) {
        struct test t;
        begin(&t);
        shake_hands(&t);
        t.wire.end[CLIENT].seq = 3000000000U;
        t.wire.end[SERVER].seq = 77;
        say(&t, CLIENT, TCP_SYN, "");
        if (with_syn_ack)
            say(&t, SERVER, SA, "");
        else
            wire_next(&t.wire, SERVER, SA, "");
        say(&t, CLIENT, PA, GET);
        answer_forbidden(&t);
        t.wire.number -= !with_syn_ack;
        finish(&t);
        assert_int_equal(t.counters.of[COUNT_FLOWS], 2);
        /* without the SYN-ACK the client alone proves nothing: its request went to the old connection */
        const struct exchange *x = exchange_at(&t, t.count - 2);
        assert_int_equal(x->status, 403);
        assert_int_equal(x->event.flow_id, 4);
        assert_int_equal(x->request, with_syn_ack ? SEEN_WHOLE : SEEN_NOT);
        end(&t);
    }
}

/* SYNs from both sides of a connection that goes on: neither is a connection. The server's own goes to no followed
 * port, or, where the client's port is one, stands in the way of the client's. */
static void forged_syns_of_both_sides(void **state)
{
    (void)state;
    for (int both_followed = 0; both_followed < 2; both_followed++) {
        struct test t;
        begin(&t);
        wire_begin(&t.wire, CLIENT_IP, both_followed ? 8080 : 40000, SERVER_IP, PORT);
        shake_hands(&t);
        if (both_followed)
            worker_frame(t.worker, wire_raw(&t.wire, CLIENT, 3000000000U, 0, TCP_SYN, "", 0));
        worker_frame(t.worker, wire_raw(&t.wire, SERVER, 2500000000U, 0, TCP_SYN, "", 0));
        say(&t, CLIENT, PA, GET);
        answer_forbidden(&t);
        worker_clock(t.worker, t.wire.time + INT64_C(7200000000000));
        finish(&t);
        assert_int_equal(exchange_at(&t, 0)->status, 403);
        assert_int_equal(t.counters.of[COUNT_FLOWS], 1);
        assert_int_equal(t.counters.of[COUNT_HALF_OPEN], both_followed);
        assert_int_equal(t.counters.of[COUNT_STRAY], both_followed);
        end(&t);
    }
}

/* The client cannot prove by itself that a server took its second SYN. */
static void a_client_cannot_leave_its_connection(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    shake_hands(&t);
    worker_frame(t.worker, wire_raw(&t.wire, CLIENT, 2000000000U, 0, TCP_SYN, "", 0));
    worker_frame(t.worker, wire_raw(&t.wire, CLIENT, 2000000001U, 77, TCP_ACK, "", 0));
    say(&t, CLIENT, PA, GET);
    answer_forbidden(&t);
    finish(&t);
    const struct exchange *x = last_exchange(&t);
    assert_text(x, x->target, "/api/v1/pods");
    assert_int_equal(x->status, 403);
    end(&t);
}

static void a_refused_second_syn_is_told_so(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    shake_hands(&t);
    worker_frame(t.worker, wire_raw(&t.wire, CLIENT, 2000000000U, 0, TCP_SYN, "", 0));
    worker_frame(t.worker, wire_raw(&t.wire, SERVER, 0, 2000000001U, TCP_RST | TCP_ACK, "", 0));
    finish(&t);
    assert_int_equal(flow_at(&t, 0)->state, FLOW_REFUSED);
    assert_int_equal(t.count, 2);
    end(&t);
}

/* What came before a SYN, and turned the sides around, has no hold on what comes behind it. */
static void a_syn_begins_anew_whatever_was_before(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    say(&t, CLIENT, PA, "HTTP/1.1 200 OK\r\n\r\n");
    assert_int_equal(t.count, 0);
    t.wire.end[CLIENT].seq = 900;
    shake_hands(&t);
    say(&t, CLIENT, PA, "GET");
    say(&t, CLIENT, PA, " /api HTTP/1.1\r\nHost: a\r\n\r\n");
    say(&t, SERVER, PA, OK_EMPTY);
    finish(&t);
    assert_text(exchange_at(&t, 0), exchange_at(&t, 0)->target, "/api");
    assert_int_equal(exchange_at(&t, 0)->status, 200);
    assert_int_equal(t.counters.of[COUNT_FLOWS_UNFOLLOWED], 1);
    end(&t);
}

/* Who acknowledges what the server has sent, and is at its address, knows its number; others have to guess. */
static void a_guessed_acknowledgement_proves_nothing(void **state)
{
    (void)state;
    static const uint32_t acks[] = {5001, 5000, 4000, 2000000000};
    for (size_t i = 0; i < sizeof acks / sizeof *acks; i++) {
        struct test t;
        begin(&t);
        say(&t, CLIENT, TCP_SYN, "");
        say(&t, SERVER, SA, "");
        worker_frame(t.worker, wire_raw(&t.wire, CLIENT, 1001, acks[i], TCP_ACK, "", 0));
        finish(&t);
        assert_int_equal(flow_at(&t, 0)->handshake, i == 0);
        end(&t);
    }
}

static void joins_late(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    say(&t, SERVER, PA, "something of an earlier answer\n");
    say(&t, CLIENT, PA, GET);
    answer_forbidden(&t);
    finish(&t);
    const struct exchange *x = exchange_at(&t, 0);
    assert_int_equal(x->status, 403);
    assert_text(x, x->target, "/api/v1/pods");
    assert_int_equal(t.count, 2);
    assert_false(flow_at(&t, 1)->from_start);
    end(&t);
}

/* Both ports are followed and no SYN was seen: the content tells the client. */
static void content_tells_the_client(void **state)
{
    (void)state;
    for (int server_first = 0; server_first < 2; server_first++) {
        struct test t;
        begin(&t);
        wire_begin(&t.wire, CLIENT_IP, 8080, SERVER_IP, PORT);
        if (server_first)
            say(&t, SERVER, PA, OK_EMPTY);
        say(&t, CLIENT, PA, GET);
        say(&t, SERVER, PA, OK_EMPTY);
        finish(&t);
        size_t last = server_first ? 1 : 0;
        assert_text(exchange_at(&t, last), exchange_at(&t, last)->target, "/api/v1/pods");
        assert_int_equal(exchange_at(&t, last)->event.server.port, PORT);
        assert_int_equal(exchange_at(&t, last)->status, 200);
        end(&t);
    }
}

/* A client may use a followed port as its own. */
static void a_server_elsewhere_is_left(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    wire_begin(&t.wire, CLIENT_IP, PORT, SERVER_IP, 80);
    shake_hands(&t);
    say(&t, CLIENT, PA, GET);
    say(&t, SERVER, PA, OK_EMPTY);
    finish(&t);
    assert_int_equal(t.count, 0);
    assert_int_equal(t.counters.of[COUNT_OTHER_PORTS], 2); /* SYN and SYN-ACK */
    assert_int_equal(t.counters.of[COUNT_UNREAD], strlen(GET) + strlen(OK_EMPTY));
    end(&t);
}

/* What waited behind a hole when that was found out is not told either. */
static void nothing_is_told_of_one_that_is_left(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    wire_begin(&t.wire, CLIENT_IP, PORT, SERVER_IP, 80);
    say(&t, CLIENT, PA, "x\r\n");
    t.wire.end[CLIENT].seq += 10;
    say(&t, CLIENT, PA, "t: a\r\n\r\n" GET);
    say(&t, CLIENT, PA, GET);
    finish(&t);
    assert_int_equal(t.count, 0);
    assert_int_equal(t.counters.of[COUNT_FLOWS_UNFOLLOWED], 1);
    end(&t);
}

/* A line of a log looked like a request; then the client is heard. */
static void one_that_was_left_is_taken_up_again(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    say(&t, SERVER, PA, "GET /x HTTP/1.1\r\n");
    say(&t, CLIENT, PA, GET);
    answer_forbidden(&t);
    finish(&t);
    assert_int_equal(t.count, 2);
    assert_int_equal(exchange_at(&t, 0)->status, 403);
    assert_int_equal(flow_at(&t, 1)->event.server.port, PORT);
    end(&t);
}

static void recognises_what_is_not_read_yet(void **state)
{
    (void)state;
    static const char HELLO[] = "\x16\x03\x01\x01\x01\x01\xff\x03\x03randomrandom";
    struct test t;
    begin(&t);
    shake_hands(&t);
    worker_frame(t.worker, wire_raw(&t.wire, CLIENT, t.wire.end[CLIENT].seq, t.wire.end[SERVER].seq, PA, HELLO,
                                    sizeof HELLO - 1));
    finish(&t);
    assert_int_equal(flow_at(&t, 0)->protocol, PROTOCOL_TLS);
    assert_true(flow_at(&t, 0)->tls_client_hello);
    assert_int_equal(t.counters.of[COUNT_TLS], 1);
    end(&t);
    begin(&t);
    shake_hands(&t);
    say(&t, CLIENT, PA, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    finish(&t);
    assert_int_equal(flow_at(&t, 0)->protocol, PROTOCOL_HTTP2);
    end(&t);
}

static void ends_without_memory(void **state)
{
    (void)state;
    unsigned told = 0;
    for (size_t memory = worker_least(), most = memory + (24 << 10); memory < most; memory += 256) {
        struct test t;
        begin_with(&t, memory);
        shake_hands(&t);
        say(&t, CLIENT, PA, "GET /api");
        say(&t, CLIENT, PA, "/v1/pods HTTP/1.1\r\nHost: a\r\n\r\n");
        answer_forbidden(&t);
        part(&t);
        finish(&t);
        told += t.count > 1;
        end(&t);
    }
    assert_true(told > 3);
}

/* So many that some share the place where a connection is looked for first, each packet of another than the one before:
 * whose it is shows in its path. */
static void connections_take_turns(void **state)
{
    (void)state;
    enum { CONNECTIONS = 250, ROUNDS = 2 };
    struct test t;
    begin(&t);
    struct wire_end(*ends)[2] = calloc(CONNECTIONS, sizeof *ends);
    for (unsigned round = 0; round <= ROUNDS; round++) {
        for (unsigned i = 0; i < CONNECTIONS; i++) {
            char text[128];
            uint16_t port = (uint16_t)(2000 + i * i * 31 % 59999); /* another for each, and no order in them */
            struct wire_end client = {CLIENT_IP, port, 1000}, server = {SERVER_IP, PORT, 5000};
            t.wire.end[CLIENT] = round ? ends[i][CLIENT] : client;
            t.wire.end[SERVER] = round ? ends[i][SERVER] : server;
            snprintf(text, sizeof text, "GET /healthz/%u HTTP/1.1\r\nHost: a\r\n\r\n", port);
            if (round == 0)
                shake_hands(&t);
            else
                say(&t, CLIENT, PA, text);
            if (round)
                say(&t, SERVER, PA, OK_EMPTY);
            memcpy(ends[i], t.wire.end, sizeof ends[i]);
        }
        assert_int_equal(t.count, round ? CONNECTIONS : 0);
        for (size_t i = 0; i < t.count; i++) {
            char path[32];
            const struct exchange *x = exchange_at(&t, i);
            snprintf(path, sizeof path, "/healthz/%u", x->event.client.port);
            assert_text(x, x->target, path);
            assert_int_equal(x->status, 200);
        }
        forget(&t);
    }
    finish(&t);
    assert_int_equal(t.count, CONNECTIONS);
    free(ends);
    end(&t);
}

/* As rare as it is: the later flow is lost, and nothing of it gets into the other. */
static void flows_of_one_hash_do_not_mix(void **state)
{
    (void)state;
    struct test t;
    begin_as(&t, 16 << 20, 0);
    struct wire_end ends[2][2];
    for (unsigned i = 0; i < 2; i++) {
        t.wire.end[CLIENT] = (struct wire_end){CLIENT_IP + 256 * i, 2000, 1000};
        t.wire.end[SERVER] = (struct wire_end){SERVER_IP, PORT, 5000};
        shake_hands(&t);
        memcpy(ends[i], t.wire.end, sizeof ends[i]);
    }
    for (unsigned i = 2; i-- > 0;) {
        memcpy(t.wire.end, ends[i], sizeof ends[i]);
        say(&t, CLIENT, PA, i ? "GET /other HTTP/1.1\r\nHost: b\r\n\r\n" : GET);
        say(&t, SERVER, PA, i ? "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n" : OK_EMPTY);
    }
    assert_int_equal(t.count, 1);
    assert_text(exchange_at(&t, 0), exchange_at(&t, 0)->target, "/api/v1/pods");
    assert_int_equal(exchange_at(&t, 0)->status, 200);
    finish(&t);
    assert_int_equal(t.count, 2);
    assert_int_equal(flow_at(&t, 1)->exchanges, 1);
    end(&t);
}

/* A second apart, each asks once and is idle then. @return the most memory that was used. */
static uint64_t memory_of_idle_ones(unsigned connections)
{
    struct test t;
    begin(&t);
    for (unsigned i = 0; i < connections; i++) {
        t.wire.end[CLIENT] = (struct wire_end){CLIENT_IP, (uint16_t)(2000 + i), 1000};
        t.wire.end[SERVER] = (struct wire_end){SERVER_IP, PORT, 5000};
        shake_hands(&t);
        say(&t, CLIENT, PA, GET);
        say(&t, SERVER, PA, OK_EMPTY);
        assert_int_equal(t.count, 1);
        forget(&t);
        t.wire.time += SECOND;
    }
    worker_count(t.worker);
    uint64_t peak = t.counters.of[COUNT_MEMORY_PEAK];
    finish(&t);
    end(&t);
    return peak;
}

/* DESIGN's budget; both times their table is three quarters full. */
static void an_idle_connection_is_512_bytes(void **state)
{
    (void)state;
    enum { FEW = 1500 };
    assert_in_range(memory_of_idle_ones(2 * FEW) - memory_of_idle_ones(FEW), 1, FEW * 512);
}

static void goes_on_after_a_rest(void **state)
{
    (void)state;
    static const char *const request[] = {"GET /api/v1/pods HT", "TP/1.1\r\nHost: a\r\n\r\n"};
    struct test t;
    begin(&t);
    shake_hands(&t);
    for (unsigned i = 1; i <= 3; i++) {
        say(&t, CLIENT, PA, request[0]);
        t.wire.time += 90 * SECOND; /* in the midst of something it does not rest */
        say(&t, CLIENT, PA, request[1]);
        answer_forbidden(&t);
        t.wire.time += 90 * SECOND;
        assert_int_equal(t.count, i);
        assert_text(exchange_at(&t, i - 1), exchange_at(&t, i - 1)->target, "/api/v1/pods");
        assert_int_equal(exchange_at(&t, i - 1)->status, 403);
    }
    part(&t);
    finish(&t);
    assert_int_equal(t.count, 4);
    assert_int_equal(flow_at(&t, 3)->exchanges, 3);
    assert_int_equal(flow_at(&t, 3)->protocol, PROTOCOL_HTTP1);
    assert_int_equal(flow_at(&t, 3)->gave_up, GAVE_UP_NOT);
    end(&t);
}

/* An hour behind its last packet, not behind the last that said something. */
static void rests_for_an_hour(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    shake_hands(&t);
    say(&t, CLIENT, PA, GET);
    answer_forbidden(&t);
    moment last = 0;
    for (unsigned i = 0; i < 3; i++) {
        t.wire.time += 1000 * SECOND;
        last = t.wire.time;
        say(&t, CLIENT, TCP_ACK, "");
    }
    worker_clock(t.worker, last + 3599 * SECOND);
    assert_int_equal(t.count, 1);
    worker_clock(t.worker, last + 3600 * SECOND);
    assert_int_equal(t.count, 2);
    assert_int_equal(flow_at(&t, 1)->reason, FLOW_TIMEOUT);
    assert_int_equal(flow_at(&t, 1)->last, last);
    finish(&t);
    end(&t);
}

static void a_long_issuer_is_marked_as_cut(void **state)
{
    (void)state;
    char issuer[401] = "", request[600]; /* "iii" is aWlp */
    for (unsigned i = 0; i < 100; i++)
        strcat(issuer, "aWlp");
    snprintf(request, sizeof request,
             "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer e30.eyAiaXNzIjoi%sIn0.\r\n\r\n", issuer);
    struct test t;
    begin(&t);
    shake_hands(&t);
    say(&t, CLIENT, PA, request);
    finish(&t);
    assert_in_range(exchange_at(&t, 0)->jwt_issuer.size, 200, 299);
    assert_true(exchange_at(&t, 0)->event.cut);
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_an_exchange_and_its_connection),
        cmocka_unit_test(a_port_used_again_is_another_connection),
        cmocka_unit_test(a_syn_with_another_number_is_another),
        cmocka_unit_test(a_forged_syn_blinds_nobody),
        cmocka_unit_test(a_forged_syn_with_more_blinds_nobody),
        cmocka_unit_test(an_answered_syn_is_another_connection),
        cmocka_unit_test(forged_syns_of_both_sides),
        cmocka_unit_test(a_client_cannot_leave_its_connection),
        cmocka_unit_test(a_refused_second_syn_is_told_so),
        cmocka_unit_test(a_syn_begins_anew_whatever_was_before),
        cmocka_unit_test(a_guessed_acknowledgement_proves_nothing),
        cmocka_unit_test(connections_take_turns),
        cmocka_unit_test(flows_of_one_hash_do_not_mix),
        cmocka_unit_test(an_idle_connection_is_512_bytes),
        cmocka_unit_test(goes_on_after_a_rest),
        cmocka_unit_test(rests_for_an_hour),
        cmocka_unit_test(joins_late),
        cmocka_unit_test(content_tells_the_client),
        cmocka_unit_test(a_server_elsewhere_is_left),
        cmocka_unit_test(nothing_is_told_of_one_that_is_left),
        cmocka_unit_test(one_that_was_left_is_taken_up_again),
        cmocka_unit_test(recognises_what_is_not_read_yet),
        cmocka_unit_test(ends_without_memory),
        cmocka_unit_test(a_long_issuer_is_marked_as_cut),
    };
    return cmocka_run_group_tests_name("worker", tests, NULL, NULL);
}
