/* Behind a gap the place of a side's next record in its sequence is found by trial: so far, and no further. And of
 * several secrets with one client random that is taken which opens a record. */
#include "tests/unit/tls_rig.h"

static const struct tls_talk_options talks[] = {
    {.suite = "TLS_AES_128_GCM_SHA256", .version = TLS_1_3},
    {.suite = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", .version = TLS_1_2},
};

enum { RECORDS = 70, TRIALS = 64 /* as the rig has it */ };

/* All that was said, but for so many records of the client behind the handshake.
 * @return how many bytes of the client's were read: it says one in each record. */
static size_t read_without(const struct tls_talk *t, size_t handshake, unsigned lost)
{
    struct rig r;
    rig_init(&r);
    rig_add_keys(&r, t);
    size_t gap = 0;
    for (size_t i = 0, missed = 0; i < t->count; i++) {
        const struct tls_talk_record *record = &t->records[i];
        if (i >= handshake && record->side == CLIENT && missed < lost) {
            missed++;
            gap += record->size;
            continue;
        }
        if (gap && record->side == CLIENT) {
            stream_gap(tls_stream(r.tls), CLIENT, 1, gap);
            gap = 0;
        }
        rig_say(&r, record->side, t->wire + record->at, record->size);
    }
    size_t read = r.side[CLIENT].size;
    rig_deinit(&r);
    return read;
}

static void so_many_may_be_lost(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof talks / sizeof *talks; i++) {
        struct tls_talk *t = tls_talk_new(&talks[i]);
        size_t handshake = t->count;
        for (int n = 0; n < RECORDS; n++)
            tls_talk_send(t, CLIENT, (const uint8_t *)"x", 1);
        for (unsigned lost = 0; lost <= TRIALS; lost += 16)
            assert_int_equal(read_without(t, handshake, lost), RECORDS - lost);
        assert_int_equal(read_without(t, handshake, TRIALS + 1), 0);
        tls_talk_free(t);
    }
}

/* The lines of a log with other secrets. `longer`: of another size as well, which no AES-128 of TLS 1.3 has. */
static void add_wrong(struct rig *r, const struct tls_talk *t, unsigned number, bool longer)
{
    static const char more[] = "0123456789abcdef0123456789abcdef";
    char line[512];
    for (const char *at = t->log, *end = at + t->log_size; at < end;) {
        const char *over = memchr(at, '\n', (size_t)(end - at));
        assert_non_null(over);
        int size = (int)(over - at), last = 4;
        assert_true(size > last && (size_t)size + sizeof more + 1 < sizeof line);
        char digits[5];
        snprintf(digits, sizeof digits, "%04x", number);
        bool right = memcmp(digits, over - last, (size_t)last) == 0; /* by chance */
        int written =
            snprintf(line, sizeof line, "%.*s%s%s\n", size - last, at, right ? "ffff" : digits, longer ? more : "");
        rig_add_lines(r, line, (size_t)written);
        at = over + 1;
    }
}

static bool says(const struct rig *r, size_t bytes)
{
    return r->side[CLIENT].size == bytes && r->side[SERVER].size == bytes;
}

static struct tls_talk *talk_of(const struct tls_talk_options *options)
{
    struct tls_talk *t = tls_talk_new(options);
    assert_non_null(t);
    for (int i = 0; i < 10; i++) {
        tls_talk_send(t, CLIENT, (const uint8_t *)"x", 1);
        tls_talk_send(t, SERVER, (const uint8_t *)"y", 1);
    }
    return t;
}

static void the_secret_that_fits(void **state)
{
    (void)state;
    static const struct tls_talk_options all[] = {
        {.suite = "TLS_AES_128_GCM_SHA256", .version = TLS_1_3},
        {.suite = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", .version = TLS_1_2},
        /* A record's IV is the end of the one before it. */
        {.suite = "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", .version = TLS_1_0},
        {.suite = "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", .version = TLS_1_0, .off = SSL_OP_NO_ENCRYPT_THEN_MAC},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        for (unsigned wrong = 0; wrong <= TLS_LOGGED_SAME; wrong += 64) {
            struct tls_talk_options options = all[i];
            options.client_certificate = true;
            struct tls_talk *t = talk_of(&options);
            struct rig r;
            rig_init(&r);
            for (unsigned n = 0; n < wrong; n++)
                add_wrong(&r, t, n, n == 0 && options.version == TLS_1_3);
            rig_add_keys(&r, t);
            rig_hear(&r, t, 0, SIZE_MAX);
            bool kept = wrong < TLS_LOGGED_SAME; /* else the log's last line was one too many */
            assert_int_equal(says(&r, 10), kept);
            assert_int_equal(tls_facts_has(rig_known(&r), TLS_SIGN_OPENED), kept);
            if (kept)
                assert_int_equal(rig_known(&r)->client, TLS_CLIENT_PRESENTED);
            rig_deinit(&r);
            tls_talk_free(t);
        }
    }
}

/* One of the first ten records is lost: of a handshake that is the record that would have shown the right secret. */
static void the_secret_that_fits_behind_a_gap(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof talks / sizeof *talks; i++) {
        struct tls_talk *t = talk_of(&talks[i]);
        for (size_t lost = 0; lost < 10; lost++) {
            size_t read[2][2];
            for (int wrong = 0; wrong < 2; wrong++) {
                struct rig r;
                rig_init(&r);
                if (wrong)
                    add_wrong(&r, t, 1, false);
                rig_add_keys(&r, t);
                for (size_t n = 0; n < t->count; n++) {
                    const struct tls_talk_record *record = &t->records[n];
                    if (n == lost)
                        stream_gap(tls_stream(r.tls), (enum side)record->side, 1, record->size);
                    else
                        rig_say(&r, record->side, t->wire + record->at, record->size);
                }
                read[wrong][CLIENT] = r.side[CLIENT].size;
                read[wrong][SERVER] = r.side[SERVER].size;
                rig_deinit(&r);
            }
            assert_memory_equal(read[0], read[1], sizeof read[0]);
        }
        tls_talk_free(t);
    }
}

/* What is kept of the session is the secret that opened its records. */
static void a_session_has_the_secret_that_fits(void **state)
{
    (void)state;
    struct tls_talk_options options = talks[1];
    struct tls_talk *first = talk_of(&options);
    options.session = tls_talk_session(first);
    struct tls_talk *second = talk_of(&options);
    assert_true(SSL_session_reused(second->ssl[0]));
    struct rig r;
    rig_init(&r);
    add_wrong(&r, first, 1, false);
    rig_add_keys(&r, first);
    rig_hear(&r, first, 0, SIZE_MAX);
    assert_true(says(&r, 10));
    rig_connect(&r);
    rig_hear(&r, second, 0, SIZE_MAX);
    assert_true(says(&r, 10));
    rig_deinit(&r);
    SSL_SESSION_free(options.session);
    tls_talk_free(first);
    tls_talk_free(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(so_many_may_be_lost), cmocka_unit_test(the_secret_that_fits),
                                       cmocka_unit_test(the_secret_that_fits_behind_a_gap),
                                       cmocka_unit_test(a_session_has_the_secret_that_fits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
