/* What is kept of an exchange, and when it is told. */
#include "tests/unit/worker_rig.h"

#include "proto/http/http2_error.h"
#include "tests/unit/draft_rig.h"

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

/* RFC 8446, 4.6.2: a server may ask for a certificate once it has read the request. */
static void a_certificate_may_come_before_the_answer(void **state)
{
    (void)state;
    struct desk k;
    struct tls_facts tls = {.client = TLS_CLIENT_ABSENT};
    desk_begin(&k);
    k.facts.tls = &tls;
    struct draft *before = desk_open(&k, 0), *behind = desk_open(&k, 0), *unanswered = desk_open(&k, 0);
    desk_head(behind, SERVER, HEAD_FINAL, DESK_FIELDS(IS(":status", "403")));
    tls.client = TLS_CLIENT_PRESENTED;
    desk_head(before, SERVER, HEAD_FINAL, DESK_FIELDS(IS(":status", "200")));
    desk_head(unanswered, CLIENT, HEAD_REQUEST, DESK_FIELDS(IS(":method", "GET")));
    desk_close(before);
    desk_close(behind);
    desk_close(unanswered);
    assert_int_equal(desk_exchange(&k, 0)->certificate, CERTIFICATE_PRESENTED);
    assert_int_equal(desk_exchange(&k, 1)->certificate, CERTIFICATE_ABSENT);
    assert_int_equal(desk_exchange(&k, 2)->certificate, CERTIFICATE_PRESENTED);
    desk_end(&k);
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

/* A token of the table is read once; another one, or one of no entry, anew. */
static void a_token_of_the_table_comes_again(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        uint32_t entry;
        uint8_t kind, same_as;
    } rows[] = {{"Bearer one", 7, CREDENTIAL_BEARER, 0},
                {"Bearer one", 7, CREDENTIAL_BEARER, 0},
                {"Bearer two", 8, CREDENTIAL_BEARER, 2},
                {"Bearer one", 7, CREDENTIAL_BEARER, 0},
                {"Bearer two", 0, CREDENTIAL_BEARER, 2},
                {"Basic dTpw", 9, CREDENTIAL_BASIC, 5},
                {"Basic dTpw", 9, CREDENTIAL_BASIC, 5},
                {"bearer eyJhbGciOiJ4In0.eyJpc3MiOiJpIn0.c2ln", 10, CREDENTIAL_JWT, 7},
                {"bearer eyJhbGciOiJ4In0.eyJpc3MiOiJpIn0.c2ln", 10, CREDENTIAL_JWT, 7}};
    enum { ROWS = sizeof rows / sizeof rows[0] };
    struct desk d;
    desk_begin(&d);
    for (size_t i = 0; i < ROWS; i++) {
        struct draft *draft = desk_open(&d, (uint32_t)(2 * i + 1));
        const struct desk_field token = {.name = "authorization", .value = rows[i].value, .entry = rows[i].entry};
        desk_head(draft, CLIENT, HEAD_REQUEST, DESK_FIELDS(IS(":method", "GET"), IS(":path", "/"), token));
        desk_close(draft);
        const struct exchange *x = desk_exchange(&d, i), *same = desk_exchange(&d, rows[i].same_as);
        assert_int_equal(x->auth_kind, rows[i].kind);
        assert_int_equal(slice_is(event_text(&x->event, x->jwt_issuer), "i"), rows[i].kind == CREDENTIAL_JWT);
        for (size_t j = 0; j < i; j++)
            assert_int_equal(x->digest == desk_exchange(&d, j)->digest, rows[j].same_as == rows[i].same_as);
        assert_true(x->digest == same->digest);
    }
    desk_end(&d);
}

/* What stands in the target is kept once: the parts are where it is, and read the same. */
static void parts_of_a_target_are_kept_once(void **state)
{
    (void)state;
    struct desk d;
    desk_begin(&d);
    static const char *const targets[] = {"/apis/apps/v1/namespaces/ns/deployments/web/scale",
                                          "/apis/apps/v1/namespaces/%6es/deployments/we%62/scale"};
    for (size_t i = 0; i < 2; i++) {
        struct draft *draft = desk_open(&d, (uint32_t)(2 * i + 1));
        desk_head(draft, CLIENT, HEAD_REQUEST, DESK_FIELDS(IS(":method", "GET"), IS(":path", targets[i])));
        desk_close(draft);
        const struct exchange *x = desk_exchange(&d, i);
        assert_true(slice_is(event_text(&x->event, x->group), "apps"));
        assert_true(slice_is(event_text(&x->event, x->api_version), "v1"));
        assert_true(slice_is(event_text(&x->event, x->resource), "deployments"));
        assert_true(slice_is(event_text(&x->event, x->name_space), "ns"));
        assert_true(slice_is(event_text(&x->event, x->name), "web"));
        assert_true(slice_is(event_text(&x->event, x->subresource), "scale"));
        assert_true(slice_is(event_text(&x->event, x->path), targets[0]));
        bool inside = x->name.at >= x->target.at && x->name.at < x->target.at + x->target.size;
        assert_int_equal(inside, i == 0);
        assert_int_equal(x->path.at == x->target.at, i == 0);
    }
    desk_end(&d);
}

/* In a place where no server reads it, it may be a credential all the same. */
static void credentials_elsewhere_are_masked(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    shake_hands(&t);
    say(&t, CLIENT, PA,
        "GET /api/v1/pods?watch=1&access_token=s3cr3t HTTP/1.1\r\nHost: me:s3cr3t@a\r\n"
        "User-Agent: x eyJhbGci.eyJzdWIi.s3cr3t\r\nVia: eyJhbGci.eyJzdWIi.s3cr3t\r\n"
        "X-Forwarded-For: eyJhbGci.eyJzdWIi.s3cr3t\r\n\r\n");
    say(&t, SERVER, PA, OK_EMPTY);
    finish(&t);
    const struct exchange *x = exchange_at(&t, 0);
    assert_text(x, x->target, "/api/v1/pods?watch=1&access_token=***");
    assert_text(x, x->verb, "watch");
    assert_text(x, x->host, "***@a");
    assert_text(x, x->agent, "x ***");
    assert_null(memmem(x, x->event.size, "s3cr3t", 6));
    end(&t);
}

static void say_lines(struct test *t, const char *line, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        char text[64];
        snprintf(text, sizeof text, line, i);
        say(t, CLIENT, PA, text);
    }
}

/* Servers read them all, and so does who wants to hide behind them. */
static void many_lines_hide_nothing(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    shake_hands(&t);
    say(&t, CLIENT, PA, "GET /api/v1/pods HTTP/1.1\r\nHost: a\r\n");
    say_lines(&t, "a%u:b\r\n", 2000);
    say_lines(&t, "X-Forwarded-For: 192.0.2.%u\r\nVia: 1.1 front-%1$u\r\n", 200);
    say(&t, CLIENT, PA, "User-Agent: x/1\r\nX-Forwarded-For: 198.51.100.7\r\n\r\n");
    answer_forbidden(&t);
    finish(&t);
    const struct exchange *x = exchange_at(&t, 0);
    assert_true(x->complete);
    assert_int_equal(x->event.unknown.words[0] | x->event.unknown.words[1], 0);
    assert_text(x, x->agent, "x/1");
    assert_text(x, x->via, "1.1 front-199");
    assert_text(x, x->reason, "Forbidden");
    static const char last[] = ", 192.0.2.198, 192.0.2.199, 198.51.100.7";
    struct slice list = event_text(&x->event, x->event.forwarded_for);
    assert_int_equal(list.size, 512);
    assert_true(slice_is(slice_part(list, list.size - strlen(last), list.size), last));
    assert_true(x->event.size < 4096);
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

#define TOKEN_PROTOCOL "Sec-WebSocket-Protocol: base64url.bearer.authorization.k8s.io.c2VjcmV0\r\n"
#define ASKS_WEBSOCKET "Upgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"

/* One exchange with these request fields. @return its record, until the next call. */
static const struct exchange *exchange_with(struct test *t, const char *fields, const char *behind)
{
    char request[1024];
    snprintf(request, sizeof request, "GET /healthz HTTP/1.1\r\nHost: a\r\n%s\r\n%s", fields, behind);
    begin(t);
    shake_hands(t);
    say(t, CLIENT, PA, request);
    say(t, SERVER, PA, OK_EMPTY);
    finish(t);
    return exchange_at(t, t->count - 2);
}

/* A token in a subprotocol counts on any line, beside an Authorization that does not, and only with WebSocket. */
static void subprotocols_bear_tokens(void **state)
{
    (void)state;
    static const struct {
        const char *fields;
        enum credential_kind kind;
        bool asks, perhaps;
    } rows[] = {
        {ASKS_WEBSOCKET TOKEN_PROTOCOL "Sec-WebSocket-Protocol: v4.channel.k8s.io\r\n", CREDENTIAL_WEBSOCKET, true,
         false},
        {ASKS_WEBSOCKET "Sec-WebSocket-Protocol: v4.channel.k8s.io\r\n" TOKEN_PROTOCOL, CREDENTIAL_WEBSOCKET, true,
         false},
        {ASKS_WEBSOCKET TOKEN_PROTOCOL "Authorization: Basic x\r\n", CREDENTIAL_WEBSOCKET, true, false},
        {ASKS_WEBSOCKET "Authorization: Basic x\r\n" TOKEN_PROTOCOL, CREDENTIAL_WEBSOCKET, true, false},
        {ASKS_WEBSOCKET TOKEN_PROTOCOL "Authorization: Bearer t\r\n", CREDENTIAL_BEARER, true, false},
        {TOKEN_PROTOCOL, CREDENTIAL_NONE, false, false},
        {TOKEN_PROTOCOL "Connection: Upgrade\r\nUpgrade: h2c, websocket\r\n", CREDENTIAL_NONE, false, false},
        {TOKEN_PROTOCOL "Connection: close\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n", CREDENTIAL_WEBSOCKET,
         false, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct test t;
        const struct exchange *x = exchange_with(&t, rows[i].fields, "");
        assert_int_equal(x->auth_kind, rows[i].kind);
        assert_int_equal(exchange_has(x, SIGN_WEBSOCKET), rows[i].asks);
        assert_int_equal(exchange_has(x, SIGN_WEBSOCKET_PERHAPS), rows[i].perhaps);
        assert_int_equal(x->digest != 0, rows[i].kind != CREDENTIAL_NONE);
        end(&t);
    }
}

/* No server takes a credential, or whom to impersonate, from behind the body. */
static void trailers_say_nothing(void **state)
{
    (void)state;
    struct test t;
    const struct exchange *x = exchange_with(&t, "Transfer-Encoding: chunked\r\n",
                                             "0\r\nAuthorization: Bearer x\r\nImpersonate-User: y\r\n\r\n");
    assert_int_equal(x->request, SEEN_WHOLE);
    assert_int_equal(x->auth_kind, CREDENTIAL_NONE);
    assert_false(exchange_has(x, SIGN_IMPERSONATES));
    end(&t);
}

static void informational_heads_are_not_the_answer(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    shake_hands(&t);
    say(&t, CLIENT, PA, GET);
    say(&t, SERVER, PA,
        "HTTP/1.1 103 Early Hints\r\nServer: x\r\nAudit-Id: y\r\n"
        "X-Kubernetes-Pf-Flowschema-Uid: z\r\n\r\n" OK_EMPTY);
    finish(&t);
    const struct exchange *x = exchange_at(&t, 0);
    assert_int_equal(x->status, 200);
    assert_int_equal(x->signs, 1 << SIGN_PLAINTEXT);
    assert_int_equal(x->audit_id.size, 0);
    end(&t);
}

/* A server that has ended before anything told what is spoken: what comes then ends as well. */
static void an_end_may_come_before_the_first_byte(void **state)
{
    (void)state;
    for (int late = 0; late < 2; late++) {
        struct test t;
        begin(&t);
        if (!late)
            shake_hands(&t);
        say(&t, SERVER, late ? FA | TCP_PSH : FA, late ? "the end of something" : "");
        say(&t, CLIENT, PA, GET);
        say(&t, CLIENT, FA, "");
        say(&t, SERVER, TCP_ACK, "");
        assert_text(exchange_at(&t, 0), exchange_at(&t, 0)->target, "/api/v1/pods");
        finish(&t);
        assert_int_equal(t.count, 2);
        end(&t);
    }
}

/* The thirty seconds count from the end of the head. */
static void a_slow_head_gains_nothing(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    shake_hands(&t);
    say(&t, CLIENT, PA, "GET /api/v1/pods HTTP/1.1\r\nHost: a\r\n");
    t.wire.time += TELL_AFTER / 3 * 5;
    say(&t, CLIENT, PA, "Authorization: Bearer x\r\n\r\n");
    t.wire.time += TELL_AFTER / 3 * 2;
    say(&t, SERVER, PA, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
    finish(&t);
    assert_int_equal(exchange_at(&t, 0)->status, 401);
    assert_int_equal(exchange_at(&t, 0)->auth_kind, CREDENTIAL_BEARER);
    assert_int_equal(t.counters.of[COUNT_EXCHANGES], 1);
    end(&t);
}

#define HTTP2_GET(path)                                                                                                \
    DESK_FIELDS(IS(":method", "GET"), IS(":scheme", "http"), IS(":path", path), IS(":authority", "a"))

/* Whoever resets first has ended the stream; it is answered or not. */
static void resets_are_told(void **state)
{
    (void)state;
    for (int answered = 0; answered < 2; answered++) {
        struct desk d;
        desk_begin(&d);
        struct draft *draft = desk_open(&d, 7);
        desk_head(draft, CLIENT, HEAD_REQUEST, HTTP2_GET("/api/v1/pods"));
        draft_done(draft, CLIENT, MESSAGE_WHOLE);
        if (answered)
            desk_head(draft, SERVER, HEAD_FINAL, DESK_FIELDS(IS(":status", "200")));
        draft_reset(draft, answered ? SERVER : CLIENT, answered ? 2 : 8);
        draft_reset(draft, CLIENT, 5);
        draft_done(draft, SERVER, MESSAGE_RESET);
        draft_over(draft);
        const struct exchange *x = desk_exchange(&d, 0);
        assert_string_equal(http2_error_name(x->reset_error), answered ? "INTERNAL_ERROR" : "CANCEL");
        assert_int_equal(x->reset_by, answered ? RESET_BY_SERVER : RESET_BY_CLIENT);
        assert_false(x->complete);
        assert_int_equal(x->answer, answered ? SEEN_WHOLE : SEEN_NOT);
        assert_int_equal(x->stream_id, 7);
        desk_end(&d);
    }
}

/* A stream whose end was not seen may have been reset, or not have been, where a reset came behind what was lost; one
 * that came to its end was not. */
static void whether_it_was_reset_may_be_unknown(void **state)
{
    (void)state;
    for (int cut = 0; cut < 3; cut++) {
        struct desk d;
        desk_begin(&d);
        struct draft *draft = desk_open(&d, 7);
        desk_head(draft, CLIENT, HEAD_REQUEST, HTTP2_GET("/api/v1/pods"));
        draft_done(draft, CLIENT, MESSAGE_WHOLE);
        desk_head(draft, SERVER, HEAD_FINAL, DESK_FIELDS(IS(":status", "200")));
        if (cut == 2) {
            d.facts.gaps++;
            draft_reset(draft, CLIENT, 5);
        }
        draft_done(draft, SERVER, cut ? MESSAGE_CUT : MESSAGE_WHOLE);
        draft_over(draft);
        const struct event *e = &desk_exchange(&d, 0)->event;
        assert_int_equal(event_is_unknown(e, EVENT_HTTP2_ERROR), cut > 0);
        assert_int_equal(event_is_unknown(e, EVENT_HTTP2_RESET_BY), cut > 0);
        desk_end(&d);
    }
}

static void a_watch_over_http2_is_told_while_it_runs(void **state)
{
    (void)state;
    struct desk d;
    desk_begin(&d);
    struct draft *draft = desk_open(&d, 1);
    desk_head(draft, CLIENT, HEAD_REQUEST, HTTP2_GET("/api/v1/pods?watch=1"));
    assert_int_equal(d.count, 0);
    desk_head(draft, SERVER, HEAD_FINAL, DESK_FIELDS(IS(":status", "200"), HIDDEN));
    assert_int_equal(d.count, 1);
    draft_reset(draft, CLIENT, 8); /* what comes now is passed by */
    draft_done(draft, SERVER, MESSAGE_RESET);
    draft_over(draft);
    assert_int_equal(d.count, 1);
    desk_end(&d);
}

/* A head that was lost is a request all the same, where its stream is known; in HTTP/1 it may be no request. */
static void a_lost_head_is_told_of_http2(void **state)
{
    (void)state;
    for (uint32_t stream_id = 0; stream_id < 2; stream_id++) {
        struct desk d;
        desk_begin(&d);
        struct draft *draft = desk_open(&d, stream_id);
        draft_head(draft, CLIENT, HEAD_REQUEST, false);
        draft_over(draft);
        assert_int_equal(d.count, stream_id);
        if (stream_id) {
            assert_true(event_is_unknown(&desk_exchange(&d, 0)->event, EVENT_HTTP_METHOD));
            assert_true(event_is_unknown(&desk_exchange(&d, 0)->event, EVENT_KUBE_VERB));
        }
        desk_end(&d);
    }
}

/* Answered on stream 1: the 101 says nothing of the request. */
static void h2c_goes_on_as_stream_1(void **state)
{
    (void)state;
    struct desk d;
    desk_begin(&d);
    struct draft *draft = desk_open(&d, 0);
    desk_head(draft, CLIENT, HEAD_REQUEST,
              DESK_FIELDS(IS(":method", "GET"), IS(":path", "/api/v1/pods"), IS("Host", "a"), IS("Upgrade", "h2c")));
    draft_done(draft, CLIENT, MESSAGE_WHOLE);
    desk_head(draft, SERVER, HEAD_FINAL, DESK_FIELDS(IS(":status", "101"), IS("Server", "x"), IS("Audit-Id", "y")));
    draft_done(draft, SERVER, MESSAGE_SWITCHED);
    draft_carry_on(draft, true);
    desk_head(draft, SERVER, HEAD_FINAL, DESK_FIELDS(IS(":status", "403"), IS("audit-id", "z")));
    draft_done(draft, SERVER, MESSAGE_WHOLE);
    draft_over(draft);
    const struct exchange *x = desk_exchange(&d, 0);
    assert_int_equal(x->version, HTTP_1_1);
    assert_int_equal(x->stream_id, 1);
    assert_int_equal(x->status, 403);
    assert_text(x, x->audit_id, "z");
    assert_false(exchange_has(x, SIGN_BACKEND));
    assert_true(x->complete);
    assert_int_equal(x->event.unknown.words[0] | x->event.unknown.words[1], 0);
    desk_end(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_awaited_so_long),
        cmocka_unit_test(a_watch_is_told_while_it_runs),
        cmocka_unit_test(an_upgrade_is_told_at_its_answer),
        cmocka_unit_test(records_have_a_place),
        cmocka_unit_test(segments_may_be_small),
        cmocka_unit_test(a_lost_request_leaves_its_answer),
        cmocka_unit_test(swapped_directions_are_the_same),
        cmocka_unit_test(bearer_tokens_leave_a_digest_only),
        cmocka_unit_test(a_token_of_the_table_comes_again),
        cmocka_unit_test(parts_of_a_target_are_kept_once),
        cmocka_unit_test(credentials_elsewhere_are_masked),
        cmocka_unit_test(many_lines_hide_nothing),
        cmocka_unit_test(long_targets_grow_the_record),
        cmocka_unit_test(subprotocols_bear_tokens),
        cmocka_unit_test(trailers_say_nothing),
        cmocka_unit_test(informational_heads_are_not_the_answer),
        cmocka_unit_test(a_certificate_may_come_before_the_answer),
        cmocka_unit_test(a_slow_head_gains_nothing),
        cmocka_unit_test(an_end_may_come_before_the_first_byte),
        cmocka_unit_test(resets_are_told),
        cmocka_unit_test(whether_it_was_reset_may_be_unknown),
        cmocka_unit_test(a_watch_over_http2_is_told_while_it_runs),
        cmocka_unit_test(a_lost_head_is_told_of_http2),
        cmocka_unit_test(h2c_goes_on_as_stream_1),
    };
    return cmocka_run_group_tests_name("draft", tests, NULL, NULL);
}
