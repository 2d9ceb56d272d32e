/* OpenSSL's own handshakes as a short snap length leaves them: of what one side says at a time the first bytes. What is
 * said of the client's certificate is right or unknown, whatever the handshake was. */
#include "tests/unit/tls_rig.h"

#include "proto/tls/suite.h"

enum { SEGMENT = 1448, SNAP_96 = 30 };

static bool goes_on(const struct tls_talk *t, size_t i, bool alone)
{
    const struct tls_talk_record *r = &t->records[i];
    bool changes = t->wire[r->at] == TLS_CHANGE_CIPHER_SPEC;
    return i + 1 < t->count && r[1].side == r->side && (changes || !alone);
}

/* Each flight in segments, or each record `alone` in one, but for what follows a ChangeCipherSpec. Of each segment
 * `kept` bytes are there. */
static void hear_cut(struct rig *r, const struct tls_talk *t, bool alone, size_t kept)
{
    for (size_t i = 0; i < t->count; i++) {
        const struct tls_talk_record *first = &t->records[i];
        while (goes_on(t, i, alone))
            i++;
        size_t at = first->at, end = t->records[i].at + t->records[i].size;
        for (size_t size; at < end; at += size) {
            size = end - at < SEGMENT ? end - at : SEGMENT;
            rig_say(r, first->side, t->wire + at, kept < size ? kept : size);
            if (kept < size)
                stream_gap(tls_stream(r->tls), (enum side)first->side, 1, size - kept);
        }
    }
}

static struct tls_reading read_cut(const struct tls_talk *t, bool alone, size_t kept, bool *done)
{
    struct rig r;
    struct tls_reading reading;
    rig_init(&r);
    hear_cut(&r, t, alone, kept);
    tls_shape_read(tls_shape_of(r.tls), rig_known(&r), &reading);
    *done = tls_facts_has(rig_known(&r), TLS_SIGN_DONE);
    rig_deinit(&r);
    return reading;
}

static void talk(struct tls_talk *t)
{
    static const uint8_t text[300];
    for (size_t size = 40; size < sizeof text; size += 130) {
        tls_talk_send(t, 0, text, size);
        tls_talk_send(t, 1, text, size);
    }
}

/* @param known  how much is needed to know it; 0: it cannot be known. */
static void is_right(const struct tls_talk_options *options, enum tls_client expected, size_t known)
{
    struct tls_talk *t = tls_talk_new(options);
    assert_non_null(t);
    talk(t);
    for (size_t i = 2; i < 2 * SEGMENT; i += i < 400 ? 1 : 101) {
        bool alone = i % 2, done;
        size_t kept = i / 2;
        struct tls_reading r = read_cut(t, alone, kept, &done);
        assert_true(r.client == TLS_CLIENT_UNKNOWN || r.client == expected);
        if (known && kept >= known && kept <= 2 * SNAP_96)
            assert_true(r.client == expected && done);
        assert_false(r.early_goaway);
    }
    tls_talk_free(t);
}

static void full_handshakes(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++) {
        struct tls_talk_options options = {.suite = i & 1 ? "TLS_AES_128_GCM_SHA256" : "TLS_AES_256_GCM_SHA384",
                                           .version = TLS_1_3,
                                           .client_certificate = i & 2,
                                           .retry = i & 4};
        bool known = options.client_certificate && !options.retry;
        /* Who is not asked sends Finished alone, as who resumes a session does. */
        is_right(&options, options.client_certificate ? TLS_CLIENT_PRESENTED : TLS_CLIENT_ABSENT, known ? 11 : 0);
        options = (struct tls_talk_options){.suite = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                                            .version = TLS_1_2,
                                            .client_certificate = options.client_certificate};
        is_right(&options, options.client_certificate ? TLS_CLIENT_PRESENTED : TLS_CLIENT_ABSENT, 0);
    }
}

/* The server keeps the certificate of the first handshake. */
static void resumed_ones(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct tls_talk_options options = {.suite = "TLS_AES_128_GCM_SHA256", .version = TLS_1_3};
        if (i & 1)
            options = (struct tls_talk_options){.suite = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", .version = TLS_1_2};
        options.client_certificate = i & 2;
        struct tls_talk *first = tls_talk_new(&options);
        talk(first);
        options.session = tls_talk_session(first);
        is_right(&options, TLS_CLIENT_UNKNOWN, 0);
        SSL_SESSION_free(options.session);
        tls_talk_free(first);
    }
}

/* As large as an empty Certificate, and right behind a ChangeCipherSpec. */
static void early_data(void **state)
{
    (void)state;
    for (int refused = 0; refused < 2; refused++) {
        struct tls_talk_options options = {.suite = "TLS_AES_128_GCM_SHA256", .version = TLS_1_3, .takes_early = true};
        struct tls_talk *first = tls_talk_new(&options);
        talk(first);
        options.session = tls_talk_session(first);
        options.early = "GET /abc";
        options.takes_early = false;
        options.early_refused = refused;
        is_right(&options, TLS_CLIENT_UNKNOWN, 0);
        SSL_SESSION_free(options.session);
        tls_talk_free(first);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(full_handshakes), cmocka_unit_test(resumed_ones),
                                       cmocka_unit_test(early_data)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
