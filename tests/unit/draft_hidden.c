/* Heads of which not all is known. A field without a name or a value is written HIDDEN. */
#include "tests/unit/draft_rig.h"

#define GET_PODS IS(":method", "GET"), IS(":scheme", "http"), IS(":path", "/api/v1/pods"), IS(":authority", "a")
#define UUID_A   "2f1b46cf-9b57-43a5-8a0e-5b8f6c0d1e2a"
#define UUID_B   "2f1b46cf-9b57-43a5-8a0e-5b8f6c0d1e2b"

static bool has_text(const struct exchange *x, struct text t, const char *expected)
{
    return slice_is(event_text(&x->event, t), expected);
}

static bool unknown(const struct exchange *x, enum event_field_id field)
{
    return event_is_unknown(&x->event, field);
}

/* One exchange with this request and an empty 200. @return its record, until desk_end(). */
static const struct exchange *ask(struct desk *d, const struct desk_field *fields)
{
    desk_begin(d);
    struct draft *draft = desk_open(d, 3);
    desk_head(draft, CLIENT, HEAD_REQUEST, fields);
    desk_head(draft, SERVER, HEAD_FINAL, DESK_FIELDS(IS(":status", "200")));
    desk_close(draft);
    assert_int_equal(d->count, 1);
    return desk_exchange(d, 0);
}

enum { ANYTHING = 1 << SIGN_UNKNOWN_FIELD, NAME = 1 << SIGN_UNKNOWN_NAME, ALONE = 1 << SIGN_VALUE_ALONE };

static void a_known_head_hides_nothing(void **state)
{
    (void)state;
    struct desk d;
    const struct exchange *x = ask(&d, DESK_FIELDS(GET_PODS, IS("user-agent", "x/1")));
    assert_int_equal(x->event.unknown.words[0] | x->event.unknown.words[1], 0);
    assert_int_equal(x->signs, 1 << SIGN_PLAINTEXT);
    assert_int_equal(x->request, SEEN_WHOLE);
    assert_int_equal(x->answer, SEEN_WHOLE);
    assert_int_equal(x->stream_id, 3);
    assert_true(has_text(x, x->host, "a"));
    assert_true(has_text(x, x->verb, "list"));
    desk_end(&d);
}

/* Where a field that is not known stands says what it can be. */
static void places_tell(void **state)
{
    (void)state;
    static const struct {
        struct desk_field fields[8];
        unsigned signs;
        enum credential_kind kind;
    } rows[] = {
        {{HIDDEN, IS(":method", "GET"), HIDDEN, IS(":path", "/"), LAST}, 0, CREDENTIAL_NONE},
        {{IS(":method", "GET"), IS(":path", "/"), HIDDEN, LAST}, ANYTHING, CREDENTIAL_NONE},
        {{IS(":method", "GET"), IS("user-agent", "x"), HIDDEN, IS(":path", "/"), LAST}, ANYTHING, CREDENTIAL_NONE},
        {{HIDDEN, NAMED(":path"), LAST}, 0, CREDENTIAL_NONE},
        {{VALUE(7, "Bearer t"), IS(":path", "/"), LAST}, 0, CREDENTIAL_NONE},
        {{IS(":path", "/"), VALUE(7, "Bearer t"), LAST}, ALONE, CREDENTIAL_BEARER},
        {{IS(":path", "/"), INDEXED(7, "bearer a.b.c"), LAST}, ALONE, CREDENTIAL_BEARER},
        {{IS(":path", "/"), VALUE(7, "Bearer  t"), LAST}, NAME, CREDENTIAL_NONE},
        {{IS(":path", "/"), VALUE(7, "Basic dDp0"), LAST}, NAME, CREDENTIAL_NONE},
        {{IS(":path", "/"), VALUE(7, "jo"), LAST}, NAME, CREDENTIAL_NONE},
        {{IS(":path", "/"), VALUE(7, "system:anonymous"), LAST}, ANYTHING, CREDENTIAL_NONE},
        {{IS(":path", "/"), NAMED("authorization"), LAST}, ANYTHING, CREDENTIAL_NONE},
        {{IS(":path", "/"), IS("authorization", "Basic x"), NAMED("authorization"), LAST}, 0, CREDENTIAL_BASIC},
        {{IS(":path", "/"), NAMED("authorization"), IS("authorization", "Bearer t"), LAST}, ANYTHING, CREDENTIAL_NONE},
        {{IS(":path", "/"), VALUE(7, "Bearer t"), IS("authorization", "Basic x"), LAST}, 0, CREDENTIAL_BASIC},
        {{IS(":path", "/"), IS("authorization", "Basic x"), VALUE(7, "Bearer t"), LAST}, NAME, CREDENTIAL_BASIC},
        {{IS(":path", "/"), HIDDEN, IS("authorization", "Bearer t"), LAST}, ANYTHING, CREDENTIAL_BEARER},
        {{IS(":path", "/"), NAMED("impersonate-user"), LAST}, 1 << SIGN_IMPERSONATES, CREDENTIAL_NONE},
        {{IS(":path", "/"), NAMED("impersonate-extra-scopes"), LAST}, 1 << SIGN_IMPERSONATES, CREDENTIAL_NONE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct desk d;
        const struct exchange *x = ask(&d, rows[i].fields);
        unsigned signs = x->signs & (ANYTHING | NAME | ALONE | 1 << SIGN_IMPERSONATES);
        if (signs != rows[i].signs || x->auth_kind != rows[i].kind || (x->digest != 0) != (rows[i].kind != 0))
            fail_msg("row %zu: signs %#x, kind %u", i, signs, x->auth_kind);
        desk_end(&d);
    }
}

/* What was not seen and may be hidden is unknown; what was seen is known, and the rest is known to be absent. */
static void hidden_fields_are_unknown(void **state)
{
    (void)state;
    static const enum event_field_id of_path[] = {EVENT_HTTP_URL, EVENT_KUBE_VERB, EVENT_KUBE_RESOURCE,
                                                  EVENT_KUBE_PATH_KIND, EVENT_KUBE_NAME};
    static const enum event_field_id of_head[] = {EVENT_HTTP_USER_AGENT, EVENT_KUBE_AGENT, EVENT_FORWARDED_FOR,
                                                  EVENT_FORWARDED_VIA,   EVENT_AUTH_KIND,  EVENT_AUTH_DIGEST,
                                                  EVENT_AUTH_ISSUER};
    static const struct {
        struct desk_field fields[8];
        bool path, head;
    } rows[] = {
        {{IS(":method", "GET"), HIDDEN, IS(":scheme", "http"), IS(":authority", "a"), LAST}, true, false},
        {{IS(":method", "GET"), HIDDEN, IS(":path", "/api/v1/pods"), LAST}, false, false},
        {{IS(":method", "GET"), IS(":scheme", "http"), HIDDEN, IS("accept", "*/*"), LAST}, true, true},
        {{GET_PODS, HIDDEN, LAST}, false, true},
        {{GET_PODS, VALUE(9, "jo"), LAST}, false, true},
        {{NAMED(":path"), IS(":method", "GET"), LAST}, true, false},
        {{GET_PODS, NAMED("accept"), LAST}, false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct desk d;
        const struct exchange *x = ask(&d, rows[i].fields);
        for (size_t k = 0; k < sizeof of_path / sizeof *of_path; k++) {
            if (unknown(x, of_path[k]) != rows[i].path)
                fail_msg("row %zu: %s", i, event_fields[of_path[k]].name);
        }
        for (size_t k = 0; k < sizeof of_head / sizeof *of_head; k++) {
            if (unknown(x, of_head[k]) != rows[i].head)
                fail_msg("row %zu: %s", i, event_fields[of_head[k]].name);
        }
        assert_false(unknown(x, EVENT_HTTP_METHOD));
        assert_false(unknown(x, EVENT_HTTP_STATUS));
        desk_end(&d);
    }
}

/* What was read may be the second Authorization. */
static void a_hidden_field_may_be_the_credential(void **state)
{
    (void)state;
    static const struct {
        struct desk_field fields[6];
        bool unknown;
    } rows[] = {
        {{IS(":method", "GET"), IS(":path", "/"), IS("authorization", ""), LAST}, false},
        {{IS(":method", "GET"), IS(":path", "/"), HIDDEN, IS("authorization", ""), LAST}, true},
        {{IS(":method", "GET"), IS(":path", "/"), HIDDEN, IS("authorization", "Basic x"), LAST}, true},
        {{IS(":method", "GET"), IS(":path", "/"), IS("authorization", "Basic x"), HIDDEN, LAST},
         true}, /* no matter where */
        {{IS(":method", "GET"), IS(":path", "/"), HIDDEN, IS("authorization", "Bearer t"), LAST}, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct desk d;
        const struct exchange *x = ask(&d, rows[i].fields);
        if (unknown(x, EVENT_AUTH_KIND) != rows[i].unknown)
            fail_msg("row %zu: kind %u", i, x->auth_kind);
        desk_end(&d);
    }
}

static void names_without_values(void **state)
{
    (void)state;
    struct desk d;
    const struct exchange *x = ask(&d, DESK_FIELDS(IS(":method", "GET"), IS(":path", "/"), NAMED(":authority"),
                                                   IS("host", "b"), NAMED("user-agent"), NAMED("via")));
    assert_true(unknown(x, EVENT_HTTP_HOSTNAME));
    assert_true(unknown(x, EVENT_HTTP_USER_AGENT));
    assert_true(unknown(x, EVENT_KUBE_AGENT));
    assert_true(unknown(x, EVENT_FORWARDED_VIA));
    assert_false(unknown(x, EVENT_FORWARDED_FOR));
    assert_false(unknown(x, EVENT_AUTH_KIND));
    assert_int_equal(x->host.size, 0);
    desk_end(&d);
}

/* As Go's Header.Get has it, and so the audit log: a second one changes nothing, and is never taken for the first. */
static void the_first_of_a_name_counts(void **state)
{
    (void)state;
    static const struct {
        struct desk_field fields[8];
        const char *agent, *host; /* NULL: unknown */
    } rows[] = {
        {{GET_PODS, IS("user-agent", "x/1"), NAMED("user-agent"), LAST}, "x/1", "a"},
        {{GET_PODS, NAMED("user-agent"), IS("user-agent", "x/1"), LAST}, NULL, "a"},
        {{GET_PODS, IS("user-agent", "x/1"), NAMED("user-agent"), NAMED("user-agent"), LAST}, "x/1", "a"},
        {{GET_PODS, IS("user-agent", ""), NAMED("user-agent"), LAST}, "", "a"},
        {{GET_PODS, NAMED("host"), LAST}, "", "a"},
        {{IS(":method", "GET"), IS(":path", "/"), NAMED("host"), IS("host", "b"), LAST}, "", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct desk d;
        const struct exchange *x = ask(&d, rows[i].fields);
        bool host = rows[i].host != NULL, agent = rows[i].agent != NULL;
        if (unknown(x, EVENT_HTTP_USER_AGENT) == agent || unknown(x, EVENT_KUBE_AGENT) == agent ||
            !has_text(x, x->agent, agent ? rows[i].agent : ""))
            fail_msg("row %zu: agent", i);
        if (unknown(x, EVENT_HTTP_HOSTNAME) == host || !has_text(x, x->host, host ? rows[i].host : ""))
            fail_msg("row %zu: host", i);
        desk_end(&d);
    }
}

/* Whose name is empty is nobody, and the first name counts (http.Header.Get); what of it is not known may be anybody.
 */
static void an_empty_name_impersonates_nobody(void **state)
{
    (void)state;
    struct desk d;
    const struct exchange *x = ask(&d, DESK_FIELDS(GET_PODS, IS("impersonate-user", "")));
    assert_false(exchange_has(x, SIGN_IMPERSONATES));
    desk_end(&d);
    x = ask(&d, DESK_FIELDS(GET_PODS, IS("impersonate-user", ""), IS("impersonate-user", "jo")));
    assert_false(exchange_has(x, SIGN_IMPERSONATES));
    desk_end(&d);
    x = ask(&d, DESK_FIELDS(GET_PODS, IS("impersonate-user", "jo"), IS("impersonate-user", "")));
    assert_true(exchange_has(x, SIGN_IMPERSONATES));
    desk_end(&d);
    x = ask(&d, DESK_FIELDS(GET_PODS, IS("impersonate-user", ""), IS("impersonate-group", "all")));
    assert_true(exchange_has(x, SIGN_IMPERSONATES));
    desk_end(&d);
    x = ask(&d, DESK_FIELDS(GET_PODS, NAMED("impersonate-user")));
    assert_true(exchange_has(x, SIGN_IMPERSONATES));
    desk_end(&d);
}

/* The server takes the authority for the host where both are there. */
static void the_authority_is_the_host(void **state)
{
    (void)state;
    struct desk d;
    const struct exchange *x =
        ask(&d, DESK_FIELDS(IS(":method", "GET"), IS(":authority", "a"), IS(":path", "/"), IS("host", "b")));
    assert_true(has_text(x, x->host, "a"));
    desk_end(&d);
    x = ask(&d, DESK_FIELDS(IS(":method", "GET"), IS(":path", "/"), IS("host", "b")));
    assert_true(has_text(x, x->host, "b"));
    desk_end(&d);
    /* Go's server asks for a Host where the authority is empty, and takes the first one. */
    x = ask(&d, DESK_FIELDS(IS(":method", "GET"), IS(":authority", ""), IS(":path", "/"), IS("host", "b"),
                            IS("host", "c")));
    assert_true(has_text(x, x->host, "b"));
    desk_end(&d);
    x = ask(&d, DESK_FIELDS(IS(":method", "GET"), IS(":path", "/"), IS("host", ""), IS("host", "c")));
    assert_int_equal(x->host.size, 0);
    desk_end(&d);
    x = ask(&d, DESK_FIELDS(IS(":method", "CONNECT"), IS(":authority", "a:1")));
    assert_true(has_text(x, x->target, "a:1"));
    assert_true(has_text(x, x->verb, "connect"));
    desk_end(&d);
    x = ask(&d, DESK_FIELDS(HIDDEN, IS(":method", "CONNECT"), IS(":authority", "a:1")));
    assert_int_equal(x->target.size, 0);
    assert_true(unknown(x, EVENT_HTTP_URL));
    desk_end(&d);
}

/* A WebSocket over HTTP/2 is an extended CONNECT: the token in its subprotocol is read by who stands behind a front.
 * Fields of HTTP/1 ask for none. */
static void websocket_over_http2(void **state)
{
    (void)state;
    struct desk d;
    const struct exchange *x =
        ask(&d, DESK_FIELDS(IS(":method", "CONNECT"), IS(":protocol", "websocket"), IS(":path", "/api/v1/pods"),
                            IS(":authority", "a"),
                            IS("sec-websocket-protocol", "base64url.bearer.authorization.k8s.io.c2VjcmV0, x")));
    assert_true(has_text(x, x->connect_protocol, "websocket"));
    assert_true(has_text(x, x->target, "/api/v1/pods"));
    assert_int_equal(x->auth_kind, CREDENTIAL_WEBSOCKET);
    assert_int_not_equal(x->digest, 0);
    assert_true(exchange_has(x, SIGN_WEBSOCKET) && !exchange_has(x, SIGN_WEBSOCKET_PERHAPS));
    desk_end(&d);
    for (int other = 0; other < 2; other++) {
        x = ask(&d, DESK_FIELDS(IS(":method", other ? "CONNECT" : "GET"), IS(other ? ":protocol" : "x", "other"),
                                IS(":path", "/api/v1/pods"), IS(":authority", "a"), IS("upgrade", "websocket"),
                                IS("connection", "upgrade"),
                                IS("sec-websocket-protocol", "base64url.bearer.authorization.k8s.io.c2VjcmV0, x")));
        assert_int_equal(x->auth_kind, CREDENTIAL_NONE);
        assert_int_equal(x->digest, 0);
        assert_false(exchange_has(x, SIGN_WEBSOCKET) || exchange_has(x, SIGN_WEBSOCKET_PERHAPS));
        desk_end(&d);
    }
}

/* An answer by its fields, with the body of a Status. @return its record, until desk_end(). */
static const struct exchange *answer(struct desk *d, const struct desk_field *fields)
{
    static const char STATUS[] = "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\","
                                 "\"message\":\"pods is forbidden: User \\\"jo\\\" cannot list resource\","
                                 "\"reason\":\"Forbidden\",\"details\":{\"kind\":\"pods\"},\"code\":403}";
    desk_begin(d);
    struct draft *draft = desk_open(d, 1);
    desk_head(draft, CLIENT, HEAD_REQUEST, DESK_FIELDS(GET_PODS));
    desk_head(draft, SERVER, HEAD_FINAL, fields);
    draft_body(draft, SERVER, slice_of(STATUS), 0);
    desk_close(draft);
    return desk_exchange(d, 0);
}

static void answers_hide_fields(void **state)
{
    (void)state;
    struct desk d;
    const struct exchange *x = answer(&d, DESK_FIELDS(IS(":status", "403"), HIDDEN));
    assert_int_equal(x->status, 403);
    assert_int_equal(x->answer, SEEN_PART);
    assert_true(unknown(x, EVENT_KUBE_AUDIT_ID));
    assert_true(has_text(x, x->status_user, "jo")); /* its type may be hidden: the body says what it is */
    assert_true(has_text(x, x->reason, "Forbidden"));
    assert_false(unknown(x, EVENT_KUBE_REASON));
    desk_end(&d);
    x = answer(&d, DESK_FIELDS(IS(":status", "403"), IS("content-type", "text/html"), HIDDEN));
    assert_int_equal(x->reason.size, 0);
    assert_true(unknown(x, EVENT_KUBE_REASON));
    desk_end(&d);
    x = answer(&d, DESK_FIELDS(IS(":status", "200"), HIDDEN));
    assert_false(unknown(x, EVENT_KUBE_REASON)); /* read of errors alone */
    desk_end(&d);
    x = answer(&d, DESK_FIELDS(HIDDEN, IS("date", "now")));
    assert_int_equal(x->status, 0);
    assert_int_equal(x->answer, SEEN_PART);
    assert_true(unknown(x, EVENT_HTTP_STATUS));
    assert_true(unknown(x, EVENT_KUBE_REASON));
    assert_true(unknown(x, EVENT_KUBE_MESSAGE_USER));
    assert_int_equal(d.counters.of[COUNT_UNANSWERED], 0);
    desk_end(&d);
}

/* Answers on one connection, in order. */
static void answer_next(struct desk *d, const struct desk_field *fields)
{
    struct draft *draft = desk_open(d, 1);
    desk_head(draft, CLIENT, HEAD_REQUEST, DESK_FIELDS(GET_PODS));
    desk_head(draft, SERVER, HEAD_FINAL, fields);
    desk_close(draft);
}

static void expect_audit_id(const struct desk *d, const char *expected)
{
    const struct exchange *x = desk_exchange(d, d->count - 1);
    assert_true(has_text(x, x->audit_id, expected));
    assert_int_equal(x->audit_id_basis, *expected ? BASIS_INFERRED : BASIS_NONE);
    assert_int_equal(unknown(x, EVENT_KUBE_AUDIT_ID), !*expected);
    assert_false(exchange_has(x, SIGN_KUBERNETES)); /* other servers have ids of requests */
}

static void a_fresh_uuid_is_the_audit_id(void **state)
{
    (void)state;
    struct desk d;
    desk_begin(&d);
    answer_next(&d, DESK_FIELDS(IS(":status", "200"), VALUE(5, UUID_A)));
    expect_audit_id(&d, "");
    answer_next(&d, DESK_FIELDS(IS(":status", "200"), VALUE(5, UUID_B), HIDDEN, VALUE(6, "x")));
    expect_audit_id(&d, UUID_B);
    answer_next(&d, DESK_FIELDS(IS(":status", "200"), VALUE(8, UUID_A), INDEXED(5, UUID_B))); /* another name */
    expect_audit_id(&d, "");
    answer_next(&d, DESK_FIELDS(IS(":status", "200"), VALUE(8, UUID_B)));
    expect_audit_id(&d, UUID_B);
    answer_next(&d, DESK_FIELDS(IS(":status", "200"), VALUE(8, UUID_B))); /* again */
    expect_audit_id(&d, "");
    for (int i = 0; i < 4; i++) { /* which? */
        const char *uuid = i % 2 ? UUID_A : UUID_B;
        answer_next(&d, DESK_FIELDS(IS(":status", "200"), VALUE(8, uuid), VALUE(5, uuid)));
        expect_audit_id(&d, "");
    }
    answer_next(&d, DESK_FIELDS(IS(":status", "200"), VALUE(8, UUID_B)));
    expect_audit_id(&d, "");
    answer_next(&d, DESK_FIELDS(IS(":status", "200"), HIDDEN));
    answer_next(&d, DESK_FIELDS(IS(":status", "200"), VALUE(8, UUID_A)));
    expect_audit_id(&d, UUID_A);
    d.facts.gaps++; /* of the client's side, or of a body */
    answer_next(&d, DESK_FIELDS(IS(":status", "200"), VALUE(8, UUID_B)));
    expect_audit_id(&d, UUID_B);
    for (uint32_t anew = 1; anew < 3; anew++) { /* a number may mean another name now */
        answer_next(&d, DESK_FIELDS(IS(":status", "200"), {.value = UUID_A, .stranger = 8, .anew = anew}));
        expect_audit_id(&d, "");
        answer_next(&d, DESK_FIELDS(IS(":status", "200"), {.value = UUID_B, .stranger = 8, .anew = anew}));
        expect_audit_id(&d, UUID_B);
    }
    static const char *const not_uuids[] = {
        "2f1b46cf-9b57-43a5-8a0e-5b8f6c0d1e2", "2f1b46cf-9b57-43a5-8a0e_5b8f6c0d1e2a",
        "2f1b46cg-9b57-43a5-8a0e-5b8f6c0d1e2a", "2f1b46cf19b57-43a5-8a0e-5b8f6c0d1e2a"};
    for (size_t i = 0; i < sizeof not_uuids / sizeof *not_uuids; i++) {
        answer_next(&d, DESK_FIELDS(IS(":status", "200"), VALUE(8, not_uuids[i])));
        expect_audit_id(&d, "");
    }
    desk_end(&d);
}

/* An Audit-Id under its name is read, and an id beside it is another's. */
static void a_named_audit_id_wins(void **state)
{
    (void)state;
    struct desk d;
    desk_begin(&d);
    for (int i = 0; i < 3; i++) {
        answer_next(&d, DESK_FIELDS(IS(":status", "200"), IS("audit-id", "one"), VALUE(5, i % 2 ? UUID_A : UUID_B)));
        const struct exchange *x = desk_exchange(&d, d.count - 1);
        assert_true(has_text(x, x->audit_id, "one"));
        assert_int_equal(x->audit_id_basis, BASIS_NONE);
        assert_true(exchange_has(x, SIGN_KUBERNETES));
    }
    desk_end(&d);
}

/* What an informational head hides is not the answer's. */
static void informational_heads_hide_nothing(void **state)
{
    (void)state;
    struct desk d;
    desk_begin(&d);
    struct draft *draft = desk_open(&d, 1);
    desk_head(draft, CLIENT, HEAD_REQUEST, DESK_FIELDS(GET_PODS));
    desk_head(draft, SERVER, HEAD_INFORMATIONAL, DESK_FIELDS(IS(":status", "103"), HIDDEN, VALUE(5, UUID_A)));
    desk_head(draft, SERVER, HEAD_FINAL, DESK_FIELDS(IS(":status", "200")));
    desk_close(draft);
    const struct exchange *x = desk_exchange(&d, 0);
    assert_int_equal(x->answer, SEEN_WHOLE);
    assert_int_equal(d.facts.audit.stranger, 0);
    desk_end(&d);
}

/* Nor do trailers, which stand behind everything. */
static void trailers_hide_nothing(void **state)
{
    (void)state;
    struct desk d;
    desk_begin(&d);
    struct draft *draft = desk_open(&d, 1);
    desk_head(draft, CLIENT, HEAD_REQUEST, DESK_FIELDS(GET_PODS));
    desk_head(draft, CLIENT, HEAD_TRAILERS, DESK_FIELDS(HIDDEN, VALUE(4, "Bearer x")));
    desk_head(draft, SERVER, HEAD_FINAL, DESK_FIELDS(IS(":status", "200")));
    desk_head(draft, SERVER, HEAD_TRAILERS, DESK_FIELDS(HIDDEN));
    desk_close(draft);
    const struct exchange *x = desk_exchange(&d, 0);
    assert_int_equal(x->signs, 1 << SIGN_PLAINTEXT);
    assert_int_equal(x->auth_kind, CREDENTIAL_NONE);
    assert_int_equal(x->answer, SEEN_WHOLE);
    desk_end(&d);
}

/* Whether a list is a watch may stand in what is not kept of a long target. */
static void what_is_not_kept_of_a_target_is_not_known(void **state)
{
    enum { LONG = 8300 };
    static const struct {
        const char *begin, *end, *verb; /* "": not known */
        bool name_unknown, resource_unknown;
    } targets[] = {{"/api/v1/pods?labelSelector=", "&watch=true", "", true, false},
                   {"/api/v1/pods?watch=true&labelSelector=", "", "watch", true, false},
                   {"/api/v1/pods/p?labelSelector=", "&watch=true", "get", false, false},
                   {"/api/v1/pods/", "/log", "", true, true},
                   {"/version?", "", "get", false, false}};
    (void)state;
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        char target[LONG + 100] = "";
        memset(target, 'a', LONG);
        memcpy(target, targets[i].begin, strlen(targets[i].begin));
        strcpy(target + LONG, targets[i].end);
        struct desk d;
        const struct exchange *x = ask(&d, DESK_FIELDS(IS(":method", "GET"), IS(":path", target)));
        assert_int_equal(unknown(x, EVENT_KUBE_VERB), !targets[i].verb[0]);
        assert_true(has_text(x, x->verb, targets[i].verb));
        assert_int_equal(unknown(x, EVENT_KUBE_NAME), targets[i].name_unknown);
        assert_int_equal(unknown(x, EVENT_KUBE_RESOURCE), targets[i].resource_unknown);
        desk_end(&d);
    }
}

/* What the HTTP server itself refuses nobody heard of, unless it may have borne a credential. */
static void a_hidden_field_may_be_heard(void **state)
{
    (void)state;
    static const struct {
        struct desk_field more;
        unsigned unheard;
    } rows[] = {{IS("accept", "x"), 1}, {IS("authorization", "Bearer t"), 0}, {HIDDEN, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct desk d;
        desk_begin(&d);
        struct draft *draft = desk_open(&d, 1);
        desk_head(draft, CLIENT, HEAD_REQUEST, DESK_FIELDS(GET_PODS, rows[i].more));
        desk_head(draft, SERVER, HEAD_FINAL, DESK_FIELDS(IS(":status", "400"), IS("content-type", "text/plain")));
        desk_close(draft);
        assert_int_equal(d.facts.unheard, rows[i].unheard);
        desk_end(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_known_head_hides_nothing),
        cmocka_unit_test(places_tell),
        cmocka_unit_test(hidden_fields_are_unknown),
        cmocka_unit_test(a_hidden_field_may_be_the_credential),
        cmocka_unit_test(names_without_values),
        cmocka_unit_test(the_first_of_a_name_counts),
        cmocka_unit_test(an_empty_name_impersonates_nobody),
        cmocka_unit_test(the_authority_is_the_host),
        cmocka_unit_test(websocket_over_http2),
        cmocka_unit_test(answers_hide_fields),
        cmocka_unit_test(a_hidden_field_may_be_heard),
        cmocka_unit_test(a_fresh_uuid_is_the_audit_id),
        cmocka_unit_test(a_named_audit_id_wins),
        cmocka_unit_test(informational_heads_hide_nothing),
        cmocka_unit_test(trailers_hide_nothing),
        cmocka_unit_test(what_is_not_kept_of_a_target_is_not_known),
    };
    return cmocka_run_group_tests_name("draft_hidden", tests, NULL, NULL);
}
