/* Frames in, records out: what begins, continues and ends a connection, and when an exchange is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/kube/credential.h"
#include "proto/stream/sniff.h"
#include "sensor/event/exchange.h"
#include "sensor/event/field.h"
#include "sensor/event/flow_record.h"
#include "sensor/flow/worker.h"
#include "tests/tools/wire.h"

enum { CLIENT_IP = 0xc0000201, SERVER_IP = 0xc6336401, PORT = 6443 };
enum { SA = TCP_SYN | TCP_ACK, PA = TCP_PSH | TCP_ACK, FA = TCP_FIN | TCP_ACK };

#define GET "GET /api/v1/pods HTTP/1.1\r\nHost: a\r\nUser-Agent: x/1\r\n\r\n"
#define FORBIDDEN_BODY                                                                                                 \
    "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\","                               \
    "\"message\":\"pods is forbidden: User \\\"system:anonymous\\\" cannot list resource\","                           \
    "\"reason\":\"Forbidden\",\"details\":{\"kind\":\"pods\"},\"code\":403}"
#define OK_EMPTY "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

enum { TOLD_MOST = 600 };

struct test {
    struct worker *worker;
    struct counters counters;
    struct wire wire;
    struct event_room *told[TOLD_MOST];
    size_t count;
};

static void take(void *owner, const struct event *e)
{
    struct test *t = owner;
    assert_true(t->count < TOLD_MOST);
    assert_true(e->size <= EVENT_MAX);
    t->told[t->count] = malloc(sizeof *t->told[0]);
    memcpy(t->told[t->count++]->bytes, e, e->size);
}

static void reached(void *owner, moment clock)
{
    (void)owner, (void)clock;
}

static void begin_with(struct test *t, size_t memory)
{
    *t = (struct test){0};
    struct worker_options *options = calloc(1, sizeof *options);
    options->memory = memory;
    for (size_t i = 0; i < sizeof options->secret.bytes; i++)
        options->secret.bytes[i] = (uint8_t)(i * 167 + 13);
    port_set_add(&options->ports, PORT);
    port_set_add(&options->ports, 8080);
    t->worker = worker_new(options, &t->counters, (struct event_sink){take, reached, t});
    free(options);
    wire_begin(&t->wire, CLIENT_IP, 40000, SERVER_IP, PORT);
}

static void begin(struct test *t)
{
    begin_with(t, 16 << 20);
}

static void forget(struct test *t)
{
    while (t->count)
        free(t->told[--t->count]);
}

static void finish(struct test *t)
{
    worker_finish(t->worker);
    const char *sum = NULL;
    t->counters.of[COUNT_FRAMES] = t->wire.number;
    sum = counters_check(&t->counters);
    if (sum)
        fail_msg("the sum of %s does not come out", sum);
}

static void end(struct test *t)
{
    forget(t);
    assert_int_equal(worker_free(t->worker), 0);
}

static void say(struct test *t, enum side from, unsigned flags, const char *payload)
{
    worker_frame(t->worker, wire_next(&t->wire, from, flags, payload));
}

static void shake_hands(struct test *t)
{
    say(t, CLIENT, TCP_SYN, "");
    say(t, SERVER, SA, "");
    say(t, CLIENT, TCP_ACK, "");
}

static void part(struct test *t)
{
    say(t, CLIENT, FA, "");
    say(t, SERVER, FA, "");
    say(t, CLIENT, TCP_ACK, "");
}

static void answer_forbidden(struct test *t)
{
    char text[1024];
    snprintf(text, sizeof text,
             "HTTP/1.1 403 Forbidden\r\nAudit-Id: one\r\nContent-Type: application/json\r\n"
             "Content-Length: %zu\r\n\r\n%s",
             strlen(FORBIDDEN_BODY), FORBIDDEN_BODY);
    say(t, SERVER, PA, text);
}

static const struct exchange *exchange_at(const struct test *t, size_t i)
{
    assert_true(i < t->count);
    const struct exchange *x = (const struct exchange *)t->told[i]->bytes;
    assert_int_equal(x->event.type, EVENT_EXCHANGE);
    return x;
}

static const struct flow_record *flow_at(const struct test *t, size_t i)
{
    assert_true(i < t->count);
    const struct flow_record *f = (const struct flow_record *)t->told[i]->bytes;
    assert_int_equal(f->event.type, EVENT_FLOW);
    return f;
}

static void assert_text(const struct exchange *x, struct text t, const char *expected)
{
    struct slice s = event_text(&x->event, t);
    if (!slice_is(s, expected))
        fail_msg("found \"%.*s\", expected \"%s\"", (int)s.size, (const char *)s.data, expected);
}

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
    assert_int_equal(x->event.unknown, 0);
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

/* A sweep is bounded in memory; each SYN is told all the same. */
static void sweeps_are_bounded_and_told(void **state)
{
    (void)state;
    enum { SYNS = 500 };
    struct test t;
    begin_with(&t, 256 << 10);
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

static void an_answer_is_awaited_so_long(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    shake_hands(&t);
    moment asked = t.wire.time;
    say(&t, CLIENT, PA, GET);
    worker_clock(t.worker, asked + TELL_AFTER - 1);
    assert_int_equal(t.count, 0);
    worker_clock(t.worker, asked + TELL_AFTER + 5);
    const struct exchange *x = exchange_at(&t, 0);
    assert_int_equal(x->status, 0);
    assert_true(event_is_unknown(&x->event, EVENT_HTTP_STATUS));
    assert_int_equal(x->event.order.clock, asked + TELL_AFTER);
    t.wire.time = asked + TELL_AFTER + 1000;
    answer_forbidden(&t); /* told once */
    finish(&t);
    assert_int_equal(t.count, 2);
    end(&t);
}

static void a_watch_is_told_while_it_runs(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    shake_hands(&t);
    say(&t, CLIENT, PA, "GET /api/v1/pods?watch=1 HTTP/1.1\r\nHost: a\r\n\r\n");
    say(&t, SERVER, PA, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    assert_text(exchange_at(&t, 0), exchange_at(&t, 0)->verb, "watch");
    assert_int_equal(exchange_at(&t, 0)->status, 200);
    say(&t, SERVER, PA, "3\r\nabc\r\n");
    finish(&t);
    assert_int_equal(t.count, 2);
    end(&t);
}

static void an_upgrade_is_told_at_its_answer(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    shake_hands(&t);
    say(&t, CLIENT, PA,
        "GET /api/v1/namespaces/a/pods/b/exec HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: "
        "websocket\r\n\r\n");
    say(&t, SERVER, PA, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    assert_int_equal(exchange_at(&t, 0)->status, 101);
    assert_text(exchange_at(&t, 0), exchange_at(&t, 0)->subresource, "exec");
    assert_true(exchange_has(exchange_at(&t, 0), SIGN_WEBSOCKET));
    say(&t, CLIENT, PA, GET); /* no longer HTTP */
    finish(&t);
    assert_int_equal(t.count, 2);
    end(&t);
}

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

/* What one packet tells has one clock and number, and a count that goes up. */
static void records_have_a_place(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    shake_hands(&t);
    say(&t, CLIENT, PA, GET GET);
    say(&t, SERVER, PA, OK_EMPTY OK_EMPTY);
    const struct event *a = &exchange_at(&t, 0)->event, *b = &exchange_at(&t, 1)->event;
    assert_int_equal(a->order.number, 5);
    assert_int_equal(b->order.number, 5);
    assert_int_equal(b->order.count, a->order.count + 1);
    finish(&t);
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

/* The same in segments of one byte, and joined late in segments of one byte. */
static void segments_may_be_small(void **state)
{
    (void)state;
    for (int late = 0; late < 2; late++) {
        struct test t;
        begin(&t);
        if (!late)
            shake_hands(&t);
        for (const char *at = GET; *at; at++)
            say(&t, CLIENT, PA, (char[]){*at, 0});
        for (const char *at = OK_EMPTY; *at; at++)
            say(&t, SERVER, PA, (char[]){*at, 0});
        finish(&t);
        assert_text(exchange_at(&t, 0), exchange_at(&t, 0)->target, "/api/v1/pods");
        assert_int_equal(exchange_at(&t, 0)->status, 200);
        assert_int_equal(t.count, 2);
        end(&t);
    }
}

static void a_lost_request_leaves_its_answer(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    shake_hands(&t);
    wire_next(&t.wire, CLIENT, PA, GET); /* not captured */
    t.wire.number--;
    answer_forbidden(&t);
    say(&t, CLIENT, PA, "GET /version HTTP/1.1\r\nHost: a\r\n\r\n");
    say(&t, SERVER, PA, OK_EMPTY);
    finish(&t);
    const struct exchange *x = exchange_at(&t, 0);
    assert_int_equal(x->status, 403);
    assert_int_equal(x->request, SEEN_NOT);
    assert_true(event_is_unknown(&x->event, EVENT_HTTP_URL));
    assert_true(event_is_unknown(&x->event, EVENT_KUBE_VERB));
    assert_text(exchange_at(&t, 1), exchange_at(&t, 1)->target, "/version");
    assert_int_equal(exchange_at(&t, 1)->status, 200);
    assert_int_equal(flow_at(&t, 2)->gap_bytes[CLIENT], strlen(GET));
    end(&t);
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

static void swapped_directions_are_the_same(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    shake_hands(&t);
    struct frame request = *wire_next(&t.wire, CLIENT, PA, GET);
    uint8_t bytes[512];
    memcpy(bytes, request.bytes.data, request.bytes.size);
    request.bytes.data = bytes;
    answer_forbidden(&t);
    assert_int_equal(t.count, 0);
    worker_frame(t.worker, &request);
    finish(&t);
    const struct exchange *x = exchange_at(&t, 0);
    assert_text(x, x->target, "/api/v1/pods");
    assert_int_equal(x->status, 403);
    end(&t);
}

static void bearer_tokens_leave_a_digest_only(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    shake_hands(&t);
    for (int i = 0; i < 2; i++) {
        say(&t, CLIENT, PA, "GET /api HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer s3cr3t-t0ken\r\n\r\n");
        say(&t, SERVER, PA, OK_EMPTY);
    }
    finish(&t);
    const struct exchange *a = exchange_at(&t, 0), *b = exchange_at(&t, 1);
    assert_int_equal(a->auth_kind, CREDENTIAL_BEARER);
    assert_true(a->digest != 0);
    assert_int_equal(a->digest, b->digest);
    assert_null(memmem(a, a->event.size, "s3cr3t", 6));
    end(&t);
}

/* A record that has to grow while parts of its own target are written behind it. */
static void long_targets_grow_the_record(void **state)
{
    (void)state;
    enum { NAME = 7450, PIECE = 1000 };
    char *request = calloc(1, NAME + 200), piece[PIECE + 1];
    strcpy(request, "GET /apis/some.group/v1/namespaces/spaces/things/");
    size_t before = strlen(request);
    memset(request + before, 'n', NAME);
    strcat(request, " HTTP/1.1\r\nHost: a\r\n\r\n");
    struct test t;
    begin(&t);
    shake_hands(&t);
    for (const char *at = request; *at; at += strlen(piece)) {
        snprintf(piece, sizeof piece, "%s", at);
        say(&t, CLIENT, PA, piece);
    }
    say(&t, SERVER, PA, OK_EMPTY);
    finish(&t);
    const struct exchange *x = exchange_at(&t, 0);
    assert_text(x, x->group, "some.group");
    assert_text(x, x->name_space, "spaces");
    assert_text(x, x->resource, "things");
    assert_int_equal(x->target.size, before - strlen("GET ") + NAME);
    assert_int_equal(x->name.size, 512);
    assert_true(x->event.cut);
    free(request);
    end(&t);
}

static void ends_without_memory(void **state)
{
    (void)state;
    for (size_t memory = 0; memory < 24 << 10; memory += 256) {
        struct counters counters = {0};
        (void)counters;
        struct test t = {0};
        struct worker_options *options = calloc(1, sizeof *options);
        options->memory = memory;
        port_set_add(&options->ports, PORT);
        t.worker = worker_new(options, &t.counters, (struct event_sink){take, reached, &t});
        free(options);
        if (!t.worker)
            continue;
        wire_begin(&t.wire, CLIENT_IP, 40000, SERVER_IP, PORT);
        shake_hands(&t);
        say(&t, CLIENT, PA, "GET /api");
        say(&t, CLIENT, PA, "/v1/pods HTTP/1.1\r\nHost: a\r\n\r\n");
        answer_forbidden(&t);
        part(&t);
        finish(&t);
        end(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_an_exchange_and_its_connection),
        cmocka_unit_test(tells_syns),
        cmocka_unit_test(sweeps_are_bounded_and_told),
        cmocka_unit_test(a_port_used_again_is_another_connection),
        cmocka_unit_test(a_syn_with_another_number_is_another),
        cmocka_unit_test(joins_late),
        cmocka_unit_test(content_tells_the_client),
        cmocka_unit_test(a_server_elsewhere_is_left),
        cmocka_unit_test(an_answer_is_awaited_so_long),
        cmocka_unit_test(a_watch_is_told_while_it_runs),
        cmocka_unit_test(an_upgrade_is_told_at_its_answer),
        cmocka_unit_test(deadlines_run_in_their_order),
        cmocka_unit_test(records_have_a_place),
        cmocka_unit_test(recognises_what_is_not_read_yet),
        cmocka_unit_test(segments_may_be_small),
        cmocka_unit_test(a_lost_request_leaves_its_answer),
        cmocka_unit_test(a_hole_does_not_keep_a_connection_alive),
        cmocka_unit_test(swapped_directions_are_the_same),
        cmocka_unit_test(bearer_tokens_leave_a_digest_only),
        cmocka_unit_test(long_targets_grow_the_record),
        cmocka_unit_test(ends_without_memory),
    };
    return cmocka_run_group_tests_name("worker", tests, NULL, NULL);
}
