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

enum { TALK = 40 };

/* "S122 s32 X1 c25 ?58": s, c: sealed records of the server and the client; S, C: handshake messages in clear; Y, X:
 * ChangeCipherSpec; !, ?: a hole of so many bytes, 0: nobody knows of how many. */
struct step {
    char what;
    unsigned size;
};

static size_t steps_of(const char *text, struct step *steps)
{
    size_t count = 0;
    while (*text) {
        char *end;
        assert_true(count < TALK);
        steps[count].what = *text;
        steps[count++].size = (unsigned)strtoul(text + 1, &end, 10);
        text = end + (*end == ' ');
    }
    return count;
}

static void take(struct tls_shape *s, struct step step)
{
    uint64_t lost = step.size ? step.size : GAP_UNKNOWN;
    uint16_t size = (uint16_t)step.size;
    switch (step.what) {
    case '?': tls_shape_lost(s, CLIENT, lost); break;
    case '!': tls_shape_lost(s, SERVER, lost); break;
    case 'X': tls_shape_record(s, CLIENT, TLS_CHANGE_CIPHER_SPEC, size); break;
    case 'Y': tls_shape_record(s, SERVER, TLS_CHANGE_CIPHER_SPEC, size); break;
    case 'C': tls_shape_record(s, CLIENT, TLS_HANDSHAKE, size); break;
    case 'S': tls_shape_record(s, SERVER, TLS_HANDSHAKE, size); break;
    case 'c': tls_shape_record(s, CLIENT, TLS_APPLICATION_DATA, size); break;
    default: tls_shape_record(s, SERVER, TLS_APPLICATION_DATA, size);
    }
}

static struct tls_shape shape_of(const char *text)
{
    struct tls_shape s = {.used = 0};
    struct step steps[TALK];
    size_t count = steps_of(text, steps);
    for (size_t i = 0; i < count; i++)
        take(&s, steps[i]);
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
    assert_int_equal(r.behind[0], 243 - 17);
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

/* What a snap length of 96 leaves: of each segment the first header or two. */
static void behind_lost_hellos(void **state)
{
    (void)state;
    static const struct tls_facts lost = {.signs = 1u << TLS_SIGN_LOST};
    static const char http2[] = "C512 S122 !1321 !213 X1 c25 ?58 s139 s62 c81 s30 s26 c64 s34 s249 s243 c26 c19 s19";
    struct tls_reading r = read_as(http2, lost);
    assert_int_equal(r.client, TLS_CLIENT_ABSENT);
    assert_int_equal(r.inside, TLS_INSIDE_HTTP2);
    assert_true(r.asked && r.sized && r.early_goaway && !r.hole && !r.cut);
    assert_int_equal(r.answers, 1);
    assert_int_equal(r.answer[0].head, 249 - 17);
    assert_int_equal(r.answer[0].body, 243 - 17);
    assert_int_equal(r.first_request, 64 - 17);
    r = read_as("C512 S122 !1321 X1 c25 ?74 c229 s139 s375 c19 s19", lost);
    assert_int_equal(r.inside, TLS_INSIDE_HTTP1);
    assert_int_equal(r.answer[0].head, 375 - 17);
    assert_int_equal(r.answer[0].more, 0);
    /* A certificate, with its CertificateVerify in the same segment or not. */
    r = read_as("C512 S122 !1321 X1 c799 ?344 c81 s62 c26 c180 s121 s191", lost);
    assert_int_equal(r.client, TLS_CLIENT_PRESENTED);
    assert_int_equal(r.answer[0].head, 121 - 17);
    assert_int_equal(r.answer[0].body, 191 - 17);
    r = read_as("C512 S122 !1321 X1 c799 c281 ?58 c81 s62 c26 c180 s121 s191", lost);
    assert_int_equal(r.client, TLS_CLIENT_PRESENTED);
    assert_int_equal(r.first_request, 180 - 17);
    /* What was lost may be more of the answer, or another one. */
    r = read_as("C512 S122 !1321 X1 c25 ?74 c229 s139 s375 !200", lost);
    assert_true(r.answers == 1 && r.answer[0].more == 1 && r.cut);
    r = read_as("C512 S122 !1321 X1 c25 ?58 s139 s62 c81 c26 c64 s34 s249 s243 c26 ?0", lost);
    assert_true(r.answers == 1 && !r.early_goaway && r.cut);
    /* The server's Finished was found when the next record came. */
    r = read_as("C512 S122 !1321 X1 c25 c53 c229 s53 s139 s375 c19 s19", lost);
    assert_int_equal(r.inside, TLS_INSIDE_HTTP1);
    assert_int_equal(r.answer[0].head, 375 - 17);
}

/* Each has a hole, or an order, that leaves open what the client's first record is. */
static void no_certificate_is_said(void **state)
{
    (void)state;
    static const struct tls_facts lost = {.signs = 1u << TLS_SIGN_LOST};
    static const char *const talks[] = {
        "C512 X1 c25 S122 !1321 c53 c81 s62 s34 s249 s243",       /* early data */
        "C512 !1321 X1 c25 ?58 c81 c26 s62 c64 s34 s249 s243",    /* so it may be: nobody saw the server speak before */
        "C512 S122 !1321 X1 ?0 c25 c53 c81 s62 c26 c64 s34 s249", /* something came before it */
        "C512 S122 !1321 ?6 c25 c53 c81 s62 c26 c64 s34 s249",    /* perhaps a ChangeCipherSpec */
        "C512 S122 !1321 X1 C40 c25 c53 s62 c64 s34 s249 s243",   /* TLS 1.2, or another ClientHello */
        "C512 S122 !1321 X1 c53 c81 s62 c26 c64 s34 s249 s243",   /* not asked, or resumed */
        "C512 S122 !1321 X1 c19",
    };
    for (size_t i = 0; i < sizeof talks / sizeof *talks; i++) {
        struct tls_reading r = read_as(talks[i], lost);
        assert_int_equal(r.client, TLS_CLIENT_UNKNOWN);
        assert_false(r.early_goaway && r.asked);
    }
    /* A hole where the second flight should begin, or something that is no part of it: it may not be TLS 1.3. */
    assert_int_equal(shape_of("C512 S122 !1321 X1 ?45 c64").stage, TLS_SHAPE_OTHER);
    assert_int_equal(shape_of("C512 S122 !1321 X1 C40 c64").stage, TLS_SHAPE_OTHER);
    assert_int_equal(shape_of("C512 S122 !1321 X1 c25").stage, TLS_SHAPE_FLIGHT);
}

/* Whether what is said of a part is said of the whole, too. */
static void is_less(const struct tls_reading *part, const struct tls_reading *whole)
{
    assert_true(part->client == TLS_CLIENT_UNKNOWN || part->client == whole->client);
    assert_true(part->inside == TLS_INSIDE_UNKNOWN || part->inside == whole->inside);
    assert_true(!part->asked || whole->asked);
    assert_true(!part->early_goaway || whole->early_goaway);
    assert_true(part->answers <= whole->answers);
    for (unsigned i = 0; i < part->answers; i++) {
        const struct tls_answer *a = &part->answer[i], *b = &whole->answer[i];
        bool more = i + 1u == part->answers && part->cut;
        assert_int_equal(a->head, b->head);
        assert_true(more ? a->more <= b->more + 1 && a->body <= b->body : a->more == b->more && a->body == b->body);
    }
}

static bool is_of_server(struct step step)
{
    return strchr("SsY", step.what) != NULL;
}

/* A talk without what one side says from `from` to `to`. It is told before what the other side says behind it, which
 * acknowledges it. */
static struct tls_shape with_hole(const struct step *steps, size_t count, size_t from, size_t to, bool known)
{
    struct tls_shape s = {.used = 0};
    bool server = is_of_server(steps[from]);
    unsigned bytes = 0;
    for (size_t i = 0; i < count; i++) {
        bool lost = i >= from && i < to && is_of_server(steps[i]) == server;
        if (bytes && !lost) {
            take(&s, (struct step){server ? '!' : '?', known ? bytes : 0});
            bytes = 0;
        }
        if (lost)
            bytes += TLS_RECORD_HEADER + steps[i].size;
        else
            take(&s, steps[i]);
    }
    if (bytes)
        take(&s, (struct step){server ? '!' : '?', known ? bytes : 0});
    return s;
}

static void every_hole(const char *talk)
{
    static const struct tls_facts lost = {.signs = 1u << TLS_SIGN_LOST};
    struct tls_facts read = tls13();
    struct step steps[TALK];
    size_t count = steps_of(talk, steps);
    struct tls_reading whole = read_as(talk, read), part;
    for (size_t from = 0; from < count; from++) {
        for (size_t to = from + 1; to <= count; to++) {
            for (unsigned how = 0; how < 4; how++) {
                struct tls_shape s = with_hole(steps, count, from, to, how & 1);
                bool hellos = how & 2 && from >= 2;
                tls_shape_read(&s, hellos ? &read : &lost, &part);
                is_less(&part, &whole);
            }
        }
    }
}

/* Any run of records of one side is lost, where it is known how many bytes that is and where not; the hellos were read
 * or not. */
static void a_hole_anywhere(void **state)
{
    (void)state;
    static const char *const talks[] = {
        "s32 s153 s956 s281 s53 X1 c25 c53 s139 s62 c81 s30 s26 c64 s34 s249 s243 c26 c19 s19",
        "s32 s153 s956 s281 s53 X1 c25 c53 s139 s62 c81 s30 s26 c64 s249 s243 c26 c70 s66 s300 c19",
        "s32 s153 s956 s281 s53 X1 c25 c53 s139 s62 c81 s30 s26 c64 c34 s34 s249 s243 c26 c19 s19",
        "s32 s153 s956 s281 s53 X1 c25 c53 s139 s62 c81 s30 s26 c64 s34 s249 s243 c26 c70 s66 s300",
        "s32 s130 s1007 s281 s53 X1 c799 c281 c53 c81 c69 s921 s50 s39 s121 s191 c26 c60 s70 s1000",
        "s38 s153 s956 s281 s53 X1 c25 c53 c229 s139 s375 s900 c97 s611 c19 s19",
        "s38 s153 s956 s281 s53 X1 c25 c53 c81 s139 s375 s26 s22 c81 s500 c19 s19",
        "s38 s153 s956 s281 s53 X1 c582 c95 c53 c229 s720 s375 c97 s375 s611 c19 s19",
    };
    for (size_t i = 0; i < sizeof talks / sizeof *talks; i++) {
        char talk[200] = "C512 S122 Y1 ";
        every_hole(strcat(talk, talks[i]));
    }
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
        cmocka_unit_test(behind_lost_hellos),
        cmocka_unit_test(no_certificate_is_said),
        cmocka_unit_test(a_hole_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
