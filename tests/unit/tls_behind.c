/* What is said behind the handshake and lost: a certificate that is asked for, a change of keys. OpenSSL's client and
 * server talk. */
#include "tests/unit/tls_rig.h"

enum { SAID = 100 }; /* at once */

static const struct tls_talk_options tls13 = {.suite = "TLS_AES_128_GCM_SHA256", .version = TLS_1_3};
static const struct tls_talk_options tls12 = {.suite = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", .version = TLS_1_2};

/* Both sides say the same, which is not what they say another time. */
static void speak(struct tls_talk *t, uint8_t what)
{
    uint8_t said[SAID];
    memset(said, what, sizeof said);
    for (int side = 0; side < 2; side++)
        tls_talk_send(t, side, said, sizeof said);
}

/* @return whether all of that was read, and last. */
static bool heard_last(const struct rig *r, enum side side, uint8_t what)
{
    const struct rig_side *s = &r->side[side];
    uint8_t said[SAID];
    memset(said, what, sizeof said);
    return s->size >= SAID && memcmp(s->bytes + s->size - SAID, said, SAID) == 0;
}

/* All but the records from `lost` to `last`. */
static void hear_but(struct rig *r, const struct tls_talk *t, size_t lost, size_t last)
{
    rig_connect(r);
    for (size_t i = 0; i < t->count; i++) {
        const struct tls_talk_record *record = &t->records[i];
        if (i < lost || i > last)
            rig_say(r, record->side, t->wire + record->at, record->size);
        else
            stream_gap(tls_stream(r->tls), (enum side)record->side, 1, record->size);
    }
}

/* Of the records from `cut` to `last` the snap length left the header. @param late  the keys come behind all that. */
static void hear_cut(struct rig *r, const struct tls_talk *t, size_t cut, size_t last, bool late)
{
    rig_init(r);
    r->bench->limits.waiting_bytes = late ? 1 << 20 : 0;
    r->bench->limits.waiting_time = 1000;
    if (!late)
        rig_add_keys(r, t);
    for (size_t i = 0; i < t->count; i++) {
        const struct tls_talk_record *record = &t->records[i];
        bool whole = i < cut || i > last;
        rig_say(r, record->side, t->wire + record->at, whole ? record->size : TLS_RECORD_HEADER);
        if (!whole)
            stream_gap(tls_stream(r->tls), (enum side)record->side, 1, record->size - TLS_RECORD_HEADER);
    }
    if (!late)
        return;
    rig_add_keys(r, t);
    tls_retry(r->tls, 2);
}

/* The place of what was cut is known, whether or not there was a key yet: what comes behind it is read. */
static void a_record_is_cut(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct tls_talk_options options = i & 1 ? tls12 : tls13;
        options.client_certificate = i & 2;
        struct tls_talk *t = tls_talk_new(&options);
        speak(t, 1);
        speak(t, 2);
        size_t first = 0; /* that is sealed: behind the hellos, and before TLS 1.3 behind each ChangeCipherSpec */
        bool sealed[2] = {false};
        for (size_t k = 0; k + 2 < t->count; k++) {
            const struct tls_talk_record *record = &t->records[k];
            uint8_t content = t->wire[record->at];
            bool is_sealed = options.version == TLS_1_3 ? content == TLS_APPLICATION_DATA : sealed[record->side];
            sealed[record->side] |= content == TLS_CHANGE_CIPHER_SPEC;
            if (!is_sealed)
                continue;
            first = first ? first : k;
            for (int late = 0; late < 2; late++) {
                struct rig r;
                hear_cut(&r, t, k, k, late);
                assert_true(heard_last(&r, CLIENT, 2) && heard_last(&r, SERVER, 2));
                rig_deinit(&r);
                hear_cut(&r, t, first, k, late);
                assert_true(heard_last(&r, CLIENT, 2) || k + 4 >= t->count);
                rig_deinit(&r);
            }
        }
        assert_true(first > 0);
        tls_talk_free(t);
    }
}

/* However many records in a row are lost of a question for a certificate and its reply: who has shown one is never one
 * without. */
static void a_certificate_is_lost(void **state)
{
    (void)state;
    for (int old = 0; old < 2; old++) {
        struct tls_talk_options options = old ? tls12 : tls13;
        options.late_certificate = true;
        struct tls_talk *t = tls_talk_new(&options);
        struct rig r;
        rig_init(&r);
        speak(t, 1);
        size_t heard = t->count;
        tls_talk_ask(t, false);
        speak(t, 2);
        rig_add_keys(&r, t);
        unsigned read = 0;
        for (size_t lost = heard; lost < t->count; lost++) {
            for (size_t last = lost; last < t->count; last++) {
                hear_but(&r, t, lost, last);
                bool goes_on = heard_last(&r, SERVER, 2);
                read += goes_on;
                assert_true(!goes_on || rig_known(&r)->client != TLS_CLIENT_ABSENT);
            }
        }
        assert_true(read > 0);
        hear_but(&r, t, t->count, t->count);
        assert_int_equal(rig_known(&r)->client, TLS_CLIENT_PRESENTED);
        rig_deinit(&r);
        tls_talk_free(t);
    }
}

/* The records behind it are opened with the keys that it changed to, whatever was lost with it. */
static void a_change_of_keys_is_lost(void **state)
{
    (void)state;
    for (int side = CLIENT; side <= SERVER; side++) {
        struct tls_talk *t = tls_talk_new(&tls13);
        struct rig r;
        rig_init(&r);
        speak(t, 1);
        size_t changes = t->count;
        tls_talk_update(t, side, false);
        assert_int_equal(t->count, changes + 1);
        speak(t, 2);
        speak(t, 3);
        tls_talk_update(t, side, false);
        speak(t, 4);
        rig_add_keys(&r, t);
        for (size_t last = changes; last < changes + 3; last++) {
            hear_but(&r, t, changes, last);
            assert_true(heard_last(&r, CLIENT, 4) && heard_last(&r, SERVER, 4));
        }
        rig_deinit(&r);
        for (size_t last = changes; last < changes + 3; last++) {
            for (int late = 0; late < 2; late++) {
                hear_cut(&r, t, changes, last, late);
                assert_true(heard_last(&r, CLIENT, 4) && heard_last(&r, SERVER, 4));
                rig_deinit(&r);
            }
        }
        tls_talk_free(t);
    }
}

/* Without a key it cannot be seen what a handshake anew says; but that there is one. */
static void a_handshake_anew_stays_closed(void **state)
{
    (void)state;
    for (int late = 0; late < 2; late++) {
        struct tls_talk_options options = tls12;
        options.late_certificate = true;
        struct tls_talk *t = tls_talk_new(&options);
        speak(t, 1);
        size_t once = t->count;
        tls_talk_ask(t, false);
        speak(t, 2);
        struct rig r;
        rig_init(&r);
        r.bench->limits.waiting_bytes = late ? 1 << 20 : 0; /* the keys are waited for, in vain */
        r.bench->limits.waiting_time = 1000;
        for (size_t i = 0; i < t->count; i++) {
            const struct tls_talk_record *record = &t->records[i];
            if (i == once)
                assert_int_equal(rig_known(&r)->client, TLS_CLIENT_ABSENT);
            rig_say(&r, record->side, t->wire + record->at, record->size);
        }
        tls_retry(r.tls, 2000);
        assert_true(tls_facts_has(rig_known(&r), TLS_SIGN_CLOSED));
        assert_int_equal(rig_known(&r)->client, TLS_CLIENT_UNKNOWN);
        rig_deinit(&r);
        tls_talk_free(t);
    }
}

/* A server that resumes a session by its ticket alone may give another one before it changes its keys, and the session
 * behind that is the same: RFC 5077, 3.1 and 3.4. A full handshake's is its own. */
static void a_ticket_is_renewed(void **state)
{
    (void)state;
    static const uint8_t renewed[] = {22, 3, 3, 0, 4 + 4 + 2 + 3, 4, 0, 0, 4 + 2 + 3, 0, 0, 1, 0, 0, 3, 'n', 'e', 'w'};
    static const struct address server = {.ip = {1, 2, 3}, .port = 6443};
    for (int with_certificate = 0; with_certificate < 2; with_certificate++) {
        struct tls_talk_options options = tls12;
        options.client_certificate = with_certificate;
        struct tls_talk *first = tls_talk_new(&options);
        options.session = tls_talk_session(first);
        SSL_SESSION_set1_id(options.session, NULL, 0);
        options.client_certificate = false;
        struct tls_talk *second = tls_talk_new(&options);
        assert_true(SSL_session_reused(second->ssl[0]));
        struct rig r;
        rig_init(&r);
        rig_add_keys(&r, first);
        rig_hear(&r, first, 0, SIZE_MAX);
        rig_connect(&r);
        bool given = false;
        for (size_t i = 0; i < second->count; i++) {
            const struct tls_talk_record *record = &second->records[i];
            if (!given && record->side == SERVER && second->wire[record->at] == TLS_CHANGE_CIPHER_SPEC) {
                rig_say(&r, SERVER, renewed, sizeof renewed);
                given = true;
            }
            rig_say(&r, record->side, second->wire + record->at, record->size);
        }
        assert_true(given);
        int expected = with_certificate ? TLS_CLIENT_PRESENTED : TLS_CLIENT_ABSENT;
        assert_int_equal(rig_known(&r)->resumed, TLS_RESUMED_TICKET);
        assert_int_equal(rig_known(&r)->client, expected);
        const struct tls_session *kept =
            tls_sessions_find(r.bench->sessions, (struct slice){(const uint8_t *)&server, sizeof server},
                              TLS_SESSION_BY_TICKET, slice_of("new"));
        struct tls_kept facts;
        assert_non_null(kept);
        memcpy(&facts, kept->facts, sizeof facts);
        assert_int_equal(facts.client, expected);
        assert_int_equal(kept->master.size, 48);
        rig_deinit(&r);
        SSL_SESSION_free(options.session);
        tls_talk_free(first);
        tls_talk_free(second);
    }
}

/* Who declines in a handshake anew has no certificate any more, and what that said is nobody's. */
static void a_certificate_is_withdrawn(void **state)
{
    (void)state;
    static const uint8_t of_client[] = {TLS_TEXT_USER,          TLS_TEXT_GROUPS,          TLS_TEXT_CLIENT_SUBJECT,
                                        TLS_TEXT_CLIENT_ISSUER, TLS_TEXT_CLIENT_SHA256,   TLS_TEXT_CLIENT_FINGERPRINT,
                                        TLS_TEXT_CLIENT_SERIAL, TLS_TEXT_CLIENT_NOT_AFTER};
    struct tls_talk_options options = tls12;
    options.client_certificate = true;
    struct tls_talk *t = tls_talk_new(&options);
    struct rig r;
    rig_init(&r);
    rig_add_keys(&r, t);
    speak(t, 1);
    size_t heard = t->count;
    rig_hear(&r, t, 0, SIZE_MAX);
    for (size_t i = 0; i < sizeof of_client; i++)
        assert_true(tls_facts_text(rig_known(&r), (enum tls_text)of_client[i]).size > 0);
    tls_talk_ask(t, true);
    speak(t, 2);
    rig_add_keys(&r, t);
    rig_hear(&r, t, heard, SIZE_MAX);
    assert_true(heard_last(&r, CLIENT, 2) && heard_last(&r, SERVER, 2));
    assert_int_equal(rig_known(&r)->client, TLS_CLIENT_ABSENT);
    for (size_t i = 0; i < sizeof of_client; i++)
        assert_int_equal(tls_facts_text(rig_known(&r), (enum tls_text)of_client[i]).size, 0);
    assert_true(tls_facts_text(rig_known(&r), TLS_TEXT_SUBJECT).size > 0);
    rig_deinit(&r);
    tls_talk_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_record_is_cut),
                                       cmocka_unit_test(a_handshake_anew_stays_closed),
                                       cmocka_unit_test(a_ticket_is_renewed),
                                       cmocka_unit_test(a_certificate_is_lost),
                                       cmocka_unit_test(a_certificate_is_withdrawn),
                                       cmocka_unit_test(a_change_of_keys_is_lost)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
