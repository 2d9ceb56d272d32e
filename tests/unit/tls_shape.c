/* Sizes as they stand on the wire, of real handshakes: TLS 1.3 seals with 17 bytes, AES-GCM of TLS 1.2 with 24. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "proto/tls/shape.h"
#include "proto/tls/suite.h"

enum { AES_128_GCM_SHA256 = 0x1301, ECDHE_RSA_AES_128_GCM = 0xc02f, ECDHE_RSA_AES_128_CBC = 0xc013 };

/* "s32 s130 c25 c53" */
static struct tls_shape shape_of(const char *text)
{
    struct tls_shape s = {.used = 0};
    while (*text) {
        char *end;
        unsigned long size = strtoul(text + 1, &end, 10);
        enum side from = *text == 's' || *text == 'S' ? SERVER : CLIENT;
        if (*text == '?')
            tls_shape_lost(&s, CLIENT, GAP_UNKNOWN);
        else
            tls_shape_record(&s, from, TLS_APPLICATION_DATA, (uint16_t)size);
        text = end + (*end == ' ');
    }
    return s;
}

static struct tls_reading read_as(const char *text, struct tls_facts facts)
{
    struct tls_shape s = shape_of(text);
    struct tls_reading r;
    tls_shape_read(&s, &facts, &r);
    return r;
}

/* What an ALPN of several was offered for. */
static struct tls_facts tls13(void)
{
    static uint8_t offered[] = "h2,http/1.1";
    struct tls_facts f = {.version = TLS_1_3, .suite = AES_128_GCM_SHA256, .bytes = offered};
    f.texts[TLS_TEXT_OFFERED].size = sizeof offered - 1;
    tls_facts_sign(&f, TLS_SIGN_CLIENT_HELLO);
    return f;
}

#define FLIGHT "s32 s153 s956 s281 s53 c25 c53 "

static void a_stranger_over_http2(void **state)
{
    (void)state;
    struct tls_reading r = read_as(FLIGHT "s139 s62 c81 s30 s26 c64 s34 s249 s243 c26 c19 s19", tls13());
    assert_int_equal(r.client, TLS_CLIENT_ABSENT);
    assert_true(r.asked);
    assert_int_equal(r.inside, TLS_INSIDE_HTTP2);
    assert_true(r.early_goaway);
    assert_int_equal(r.answers, 1);
    assert_int_equal(r.answer[0].head, 249 - 17);
    assert_int_equal(r.answer[0].body, 243 - 17);
    assert_int_equal(r.requests, 1);
    assert_int_equal(r.first_request, 64 - 17);
}

/* The same but for one thing: no early GOAWAY. */
static void what_is_no_early_goaway(void **state)
{
    (void)state;
    static const char *const talks[] = {
        FLIGHT "s139 s62 c81 s30 s26 c64 s249 s243 s34 c26",          /* behind the answer */
        FLIGHT "s139 s62 c81 s30 s26 c64 c34 s34 s249 s243 c26",      /* the client's PING may be acknowledged */
        FLIGHT "s139 s62 c81 s30 s26 s34 c64 s249 s243 c26",          /* before the request */
        FLIGHT "s139 s62 c81 s30 s26 c64 s34 s249 s243 c65 s66 s200", /* another request is served */
        FLIGHT "s139 s62 c81 s30 s26 c64 ?0 s34 s249 s243 c26",       /* something was lost before it */
        "s32 s153 s956 s281 s53 c25 ?0 c53 s62 c81 c64 s34 s249 s243",
    };
    for (size_t i = 0; i < sizeof talks / sizeof *talks; i++)
        assert_false(read_as(talks[i], tls13()).early_goaway);
}

static void certificates(void **state)
{
    (void)state;
    struct tls_reading r = read_as("s32 s130 s1007 s281 s53 c799 c281 c53 c81 c69 s921 s50 s39 s121 s191", tls13());
    assert_int_equal(r.client, TLS_CLIENT_PRESENTED);
    assert_int_equal(r.answers, 1);
    assert_int_equal(r.answer[0].head, 121 - 17);
    assert_int_equal(r.answer[0].body, 191 - 17);
    /* All in one record, as some libraries send it. */
    r = read_as("s2000 c61 c81 c64 s50 s249 s243", tls13());
    assert_int_equal(r.client, TLS_CLIENT_ABSENT);
    /* Resumed: what the first handshake had is not known. */
    struct tls_facts resumed = tls13();
    resumed.resumed = TLS_RESUMED_PSK;
    r = read_as("s32 s53 c53 c81 c64 s50 s249 s243", resumed);
    assert_int_equal(r.client, TLS_CLIENT_UNKNOWN);
    /* Not asked. */
    r = read_as("s32 s956 s281 s53 c53 c81 c64 s50 s249 s243", tls13());
    assert_int_equal(r.client, TLS_CLIENT_ABSENT);
    assert_false(r.asked);
    /* Early data stands where the flight should. */
    struct tls_facts early = tls13();
    tls_facts_sign(&early, TLS_SIGN_EARLY_DATA);
    r = read_as("c25 s32 s53 c53", early);
    assert_int_equal(r.client, TLS_CLIENT_UNKNOWN);
    /* The client's alert instead. */
    r = read_as("s32 s153 s956 s281 s53 c19", tls13());
    assert_true(r.distrusts);
    assert_int_equal(r.client, TLS_CLIENT_UNKNOWN);
}

static void http1(void **state)
{
    (void)state;
    struct tls_reading r = read_as("s38 s153 s956 s281 s53 c25 c53 c104 s139 s393 c19 s19", tls13());
    assert_int_equal(r.inside, TLS_INSIDE_HTTP1);
    assert_int_equal(r.answers, 1);
    assert_int_equal(r.answer[0].head, 393 - 17);
    r = read_as("s42 s153 s956 s281 s53 c25 c53 s139 c96 s608 c97 s611 c19", tls13());
    assert_int_equal(r.requests, 2);
    assert_int_equal(r.answer[1].head, 611 - 17);
    assert_int_equal(r.first_request, 96 - 17);
    r = read_as("s38 s153 s956 s281 s53 c25 c53 s139 c19", tls13());
    assert_true(r.quiet);
    assert_int_equal(r.requests, 0);
}

static void tls12(void **state)
{
    (void)state;
    static uint8_t texts[] = "h2";
    struct tls_facts f = {
        .version = TLS_1_2, .suite = ECDHE_RSA_AES_128_GCM, .bytes = texts, .client = TLS_CLIENT_ABSENT};
    tls_facts_sign(&f, TLS_SIGN_REQUESTED);
    f.texts[TLS_TEXT_ALPN].size = 2;
    struct tls_reading r = read_as("s69 c88 s37 s33 c64 s41 s257 s250 c33", f);
    assert_true(r.early_goaway);
    assert_int_equal(r.answer[0].head, 257 - 24);
    /* Blocks hide the sizes; the certificate was in clear. */
    f.suite = ECDHE_RSA_AES_128_CBC;
    r = read_as("s69 c88 s37 s33 c64 s41 s257 s250 c33", f);
    assert_false(r.sized || r.early_goaway || r.answers);
    assert_int_equal(r.client, TLS_CLIENT_ABSENT);
}

static void nothing_is_told(void **state)
{
    (void)state;
    struct tls_facts f = tls13();
    tls_facts_sign(&f, TLS_SIGN_OPENED);
    assert_int_equal(read_as(FLIGHT "s62 c81 c64 s34 s249 s243", f).answers, 0);
    f = (struct tls_facts){.version = 0};
    assert_int_equal(read_as(FLIGHT "s62 c81 c64 s34 s249 s243", f).client, TLS_CLIENT_UNKNOWN);
    struct tls_shape s = {.used = 0};
    for (unsigned i = 0; i < 100; i++)
        tls_shape_record(&s, SERVER, TLS_APPLICATION_DATA, 100);
    assert_int_equal(s.records[SERVER], 100);
    assert_int_equal(s.used, TLS_SHAPE_RECORDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stranger_over_http2),
        cmocka_unit_test(what_is_no_early_goaway),
        cmocka_unit_test(certificates),
        cmocka_unit_test(http1),
        cmocka_unit_test(tls12),
        cmocka_unit_test(nothing_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
