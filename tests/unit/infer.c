#include "sensor/detect/infer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "sensor/event/field.h"
#include "tests/unit/infer_rig.h"

static struct infer *infer;

static bool has(const struct flow_record *f, enum auth_evidence e)
{
    return f->auth_evidence >> e & 1;
}

static void early_goaways(void **state)
{
    (void)state;
    struct flow_record f = stranger(300);
    infer_pass(infer, &f, false);
    assert_int_equal(f.auth_state, AUTH_ANONYMOUS);
    assert_int_equal(f.auth_outcome, OUTCOME_FORBIDDEN);
    assert_int_equal(f.auth_basis, BASIS_INFERRED);
    assert_true(has(&f, EVIDENCE_EARLY_GOAWAY) && has(&f, EVIDENCE_NO_CERTIFICATE) && has(&f, EVIDENCE_SIZE_OF_403));
    uint8_t alone = f.auth_confidence;
    f = stranger(300);
    infer_pass(infer, &f, true);
    assert_true(has(&f, EVIDENCE_REPEATED));
    assert_true(f.auth_confidence > alone && alone > 0 && f.auth_confidence <= 100);
}

/* Each differs from a stranger in one thing. */
static void what_is_no_stranger(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 7; i++) {
        struct flow_record f = stranger(300);
        struct tls_reading *r = &f.shape;
        switch (i) {
        case 0: r->early_goaway = false; break; /* a client with a short token gets that, too */
        case 1: r->client = TLS_CLIENT_PRESENTED; break;
        case 2: r->client = TLS_CLIENT_UNKNOWN; break;
        case 3: r->first_request = 1000; break; /* a token was sent */
        case 4: r->answer[0] = (struct tls_answer){234, 11, 1}; break;
        case 5: r->answers = 0; break;
        default: r->early_goaway = false, r->inside = TLS_INSIDE_HTTP1, r->answer[0] = (struct tls_answer){600, 0, 0};
        }
        infer_pass(infer, &f, true);
        assert_int_equal(f.auth_state, AUTH_UNKNOWN);
        assert_int_equal(f.auth_confidence, 0);
        assert_true(event_is_unknown(&f.event, EVENT_AUTH_STATE));
    }
}

/* Measured: a service account's token from curl, from a Go client, from kubectl; no token, and all that a browser
 * sends. */
static void tokens(void **state)
{
    (void)state;
    static const struct {
        enum tls_inside inside;
        uint16_t size;
        bool token;
    } rows[] = {{TLS_INSIDE_HTTP2, 716, true},  {TLS_INSIDE_HTTP2, 810, true}, {TLS_INSIDE_HTTP2, 841, true},
                {TLS_INSIDE_HTTP2, 507, false}, {TLS_INSIDE_HTTP1, 943, true}, {TLS_INSIDE_HTTP1, 716, false},
                {TLS_INSIDE_HTTP2, 0, false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct tls_reading r = {.inside = (uint8_t)rows[i].inside, .first_request = rows[i].size};
        assert_int_equal(infer_is_token(infer, &r), rows[i].token);
    }
}

static void rejected(void **state)
{
    (void)state;
    static const struct {
        enum tls_inside inside;
        struct tls_answer answer;
    } rows[] = {{TLS_INSIDE_HTTP2, {103, 138, 1}}, {TLS_INSIDE_HTTP2, {104, 174, 1}}, {TLS_INSIDE_HTTP2, {125, 166, 1}},
                {TLS_INSIDE_HTTP1, {358, 0, 0}},   {TLS_INSIDE_HTTP1, {366, 0, 0}},   {TLS_INSIDE_HTTP1, {330, 0, 0}},
                {TLS_INSIDE_HTTP2, {103, 113, 1}}, {TLS_INSIDE_HTTP1, {305, 0, 0}}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct flow_record f = stranger(0);
        f.shape.early_goaway = false;
        f.shape.client = i % 2 ? TLS_CLIENT_PRESENTED : TLS_CLIENT_ABSENT;
        f.shape.inside = (uint8_t)rows[i].inside;
        f.shape.answer[0] = rows[i].answer;
        infer_pass(infer, &f, false);
        assert_int_equal(f.auth_state, AUTH_REJECTED);
        assert_int_equal(f.auth_outcome, OUTCOME_REFUSED);
        f.shape.answer[1] = f.shape.answer[0]; /* behind the first one a head over HTTP/2 is shorter */
        assert_int_equal(infer_answer(infer, &f, 1) == ANSWER_OF_401, rows[i].inside == TLS_INSIDE_HTTP1);
        f.shape.asked = false; /* no server with certificates for clients */
        infer_pass(infer, &f, false);
        assert_int_equal(f.auth_state, AUTH_UNKNOWN);
        f.shape.asked = true;
        f.shape.answer[0].more++; /* in more records than a small answer has */
        infer_pass(infer, &f, false);
        assert_int_equal(f.auth_state, AUTH_UNKNOWN);
        f.shape.answer[0].more--;
        f.shape.answer[0].head++; /* a size more, which over HTTP/2 is within what varies */
        f.shape.answer[0].body = (uint16_t)(f.shape.answer[0].body + (f.shape.answer[0].body != 0));
        infer_pass(infer, &f, false);
        assert_int_equal(f.auth_state, AUTH_UNKNOWN);
    }
}

/* Measured on the server library of 1.36.4: 104 bytes to who has a wrong token; a 403 without flow control, 127. */
static void refused_to_head(void **state)
{
    (void)state;
    static const uint16_t heads[] = {104, 232, 104, 104, 127};
    for (unsigned i = 0; i < 5; i++) {
        struct flow_record f = stranger(0);
        f.shape.answer[0] = (struct tls_answer){.head = heads[i], .body = i == 2 ? 300 : 0, .more = i == 2};
        f.shape.early_goaway = i != 3;
        infer_pass(infer, &f, false);
        assert_int_equal(f.auth_state == AUTH_REJECTED, i == 0);
    }
}

/* In a resumed session of TLS 1.2 nobody is asked for a certificate, and he is refused all the same. */
static void refused_and_resumed(void **state)
{
    (void)state;
    struct flow_record f = stranger(0);
    f.shape.answer[0] = (struct tls_answer){.head = 120, .body = 81, .more = 1};
    f.shape.asked = false;
    infer_pass(infer, &f, false);
    assert_int_equal(f.auth_state, AUTH_REJECTED);
}

/* Measured on the same: several requests at once, all of them refused; heads come late, with a body, or with the first
 * one, or bodies not at all. Then near misses, a 400 before a 403 as it was measured, and a head like that of /version
 * without flow control. */
static void several_refused(void **state)
{
    (void)state;
    static const struct {
        uint16_t head, behind[TLS_SHAPE_BEHIND];
        bool goaway, refused;
    } rows[] = {{103, {43, 138, 138}, true, true},
                {103, {42, 42, 138, 138, 138}, true, true},
                {103, {42, 138, 42, 138, 42, 138, 138}, true, true},
                {103, {43, 138, 138}, false, false},
                {106, {138, 44}, true, true},
                {106, {138, 180, 138, 17}, true, true},
                {150, {166, 166, 43, 166}, true, true},
                {150, {290}, true, false},
                {103, {43, 138, 140}, true, false},
                {103, {43, 138, 166}, true, false},
                {103, {43, 43}, true, false},
                {232, {43, 138, 138}, true, false},
                {128, {104, 656, 241}, true, false},
                {101, {200, 72}, true, false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct flow_record f = stranger(0);
        struct tls_answer *a = &f.shape.answer[0];
        f.shape.early_goaway = rows[i].goaway;
        memcpy(f.shape.behind, rows[i].behind, sizeof f.shape.behind);
        *a = (struct tls_answer){.head = rows[i].head};
        for (; a->more < TLS_SHAPE_BEHIND && f.shape.behind[a->more]; a->more++)
            a->body = (uint16_t)(a->body + f.shape.behind[a->more]);
        infer_pass(infer, &f, false);
        assert_int_equal(f.auth_state == AUTH_REJECTED, rows[i].refused);
    }
}

/* A server of which a 401 was read, once with a body of 140 bytes, once of 180. */
static void read_refusals(void **state)
{
    (void)state;
    static const struct {
        enum tls_inside inside;
        struct tls_answer answer;
        bool known;
    } rows[] = {
        {TLS_INSIDE_HTTP2, {103, 149, 1}, true},  {TLS_INSIDE_HTTP2, {125, 189, 1}, true},
        {TLS_INSIDE_HTTP2, {103, 140, 1}, false}, {TLS_INSIDE_HTTP2, {103, 150, 1}, false},
        {TLS_INSIDE_HTTP2, {232, 149, 1}, false}, /* a head with more in it */
        {TLS_INSIDE_HTTP2, {103, 149, 2}, false}, {TLS_INSIDE_HTTP1, {341, 0, 0}, true},
        {TLS_INSIDE_HTTP1, {381, 0, 0}, true},    {TLS_INSIDE_HTTP1, {342, 0, 0}, false},
        {TLS_INSIDE_HTTP1, {140, 0, 0}, false},   {TLS_INSIDE_HTTP1, {341, 9, 1}, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct flow_record f = stranger(0);
        f.shape.early_goaway = false;
        f.shape.inside = (uint8_t)rows[i].inside;
        f.shape.answer[0] = rows[i].answer;
        infer_pass(infer, &f, false);
        assert_int_equal(f.auth_state, AUTH_UNKNOWN);
        f.refusals[0] = 140;
        f.refusals[1] = 180;
        infer_pass(infer, &f, false);
        assert_int_equal(f.auth_state, rows[i].known ? AUTH_REJECTED : AUTH_UNKNOWN);
    }
}

static void holes(void **state)
{
    (void)state;
    struct flow_record f = stranger(300);
    f.shape = (struct tls_reading){.client = TLS_CLIENT_ABSENT, .asked = true, .cut = true};
    infer_pass(infer, &f, true);
    assert_int_equal(f.auth_state, AUTH_UNKNOWN);
    assert_true(has(&f, EVIDENCE_HOLE));
}

static void endpoints(void **state)
{
    (void)state;
    struct flow_record f = stranger(300);
    assert_true(infer_is_api_server(infer, &f));
    f.shape.asked = false;
    assert_false(infer_is_api_server(infer, &f));
    f.shape.asked = true;
    f.shape.early_goaway = false; /* 403s and health checks are as large as answers of anyone are */
    assert_false(infer_is_api_server(infer, &f));
    f.shape.answer[0] = (struct tls_answer){234, 11, 1};
    assert_false(infer_is_api_server(infer, &f));
    f.shape.answer[0] = (struct tls_answer){103, 138, 1};
    assert_true(infer_is_api_server(infer, &f));
    /* Who is answered 401 is answered nothing else: over HTTP/2 the later heads are shorter. */
    f.shape.answers = 2;
    f.shape.answer[1] = (struct tls_answer){40, 138, 1};
    assert_true(infer_is_api_server(infer, &f));
    f.shape.answer[1].body++;
    assert_false(infer_is_api_server(infer, &f));
    f.shape.inside = TLS_INSIDE_HTTP1;
    f.shape.answer[0] = f.shape.answer[1] = (struct tls_answer){358, 0, 0};
    assert_true(infer_is_api_server(infer, &f));
    for (unsigned at = 0; at < 2; at++) { /* a web site's, one of which is by chance as large as that */
        f.shape.answer[at].head = 431;
        assert_false(infer_is_api_server(infer, &f));
        f.shape.answer[at].head = 358;
    }
    f.shape.inside = TLS_INSIDE_HTTP2;
    f.shape.answers = 1;
    f.shape.answer[0] = (struct tls_answer){500, 9000, 3};
    assert_false(infer_is_api_server(infer, &f));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(early_goaways),
                                       cmocka_unit_test(what_is_no_stranger),
                                       cmocka_unit_test(tokens),
                                       cmocka_unit_test(rejected),
                                       cmocka_unit_test(read_refusals),
                                       cmocka_unit_test(refused_to_head),
                                       cmocka_unit_test(refused_and_resumed),
                                       cmocka_unit_test(several_refused),
                                       cmocka_unit_test(holes),
                                       cmocka_unit_test(endpoints)};
    infer = shipped_infer();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    infer_free(infer, &infer_memory);
    return failed || infer_memory.used;
}
