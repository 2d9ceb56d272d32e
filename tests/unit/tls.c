/* OpenSSL's client and server talk; the stream reads what they sent from the wire and a key log. The two laws of
 * streams: cut anywhere, the same; a gap anywhere, and nothing is told that was not so. */
#include "tests/unit/tls_rig.h"

enum { SAID = 60000 };

static uint8_t said[2][SAID]; /* by side: what goes over is a beginning of it */

static void fill(void)
{
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < SAID; i++)
            said[side][i] = (uint8_t)(i * 31 + i / 251 + (size_t)side * 7);
    }
}

static size_t speak(struct tls_talk *t, size_t at, size_t size)
{
    tls_talk_send(t, 0, said[0] + at, size);
    tls_talk_send(t, 1, said[1] + at, size);
    return at + size;
}

static void told_is_said(const struct rig *r, size_t size)
{
    for (int side = 0; side < 2; side++) {
        assert_int_equal(r->side[side].gap_count, 0);
        assert_int_equal(r->side[side].size, size);
        assert_memory_equal(r->side[side].bytes, said[side], size);
    }
}

static const struct tls_talk_options tls13 = {.suite = "TLS_AES_128_GCM_SHA256", .version = TLS_1_3};
static const struct tls_talk_options tls12 = {.suite = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", .version = TLS_1_2};

static bool reads(const struct tls_talk_options *options)
{
    static const size_t sizes[] = {1, 100, 1400, 16384, 20000};
    struct tls_talk *t = tls_talk_new(options);
    if (t == NULL)
        return false;
    size_t all = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        all = speak(t, all, sizes[i]);
    struct rig r;
    rig_init(&r);
    rig_add_keys(&r, t);
    rig_hear(&r, t, 0, SIZE_MAX);
    told_is_said(&r, all);
    const struct tls_facts *f = rig_known(&r);
    assert_int_equal(f->version, options->version);
    assert_string_equal(tls_suite_find(f->suite)->name, options->suite);
    assert_true(tls_facts_has(f, TLS_SIGN_DONE) && tls_facts_has(f, TLS_SIGN_OPENED));
    assert_false(tls_facts_has(f, TLS_SIGN_CLOSED));
    assert_int_equal(f->client, options->client_certificate ? TLS_CLIENT_PRESENTED : TLS_CLIENT_ABSENT);
    rig_deinit(&r);
    tls_talk_free(t);
    return true;
}

static void every_suite(void **state)
{
    (void)state;
    unsigned spoken = 0;
    const struct tls_suite *suite;
    for (unsigned i = 0; (suite = tls_suite_at(i)) != NULL; i++) {
        for (uint16_t version = TLS_1_0; version <= TLS_1_3; version++) {
            struct tls_talk_options options = {.suite = suite->name, .version = version};
            if (tls_suite_fits(suite, version))
                spoken += reads(&options);
        }
    }
    assert_true(spoken > 50);
}

static void client_certificates(void **state)
{
    (void)state;
    for (int certificate = 0; certificate < 2; certificate++) {
        struct tls_talk_options new = tls13, old = tls12;
        new.client_certificate = old.client_certificate = certificate;
        assert_true(reads(&new));
        assert_true(reads(&old));
    }
}

static struct slice known_text(const struct rig *r, enum tls_text id)
{
    return tls_facts_text(rig_known(r), id);
}

static void colons(const X509 *x, const EVP_MD *kind, char *text)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    assert_int_equal(X509_digest(x, kind, digest, &size), 1);
    for (unsigned i = 0; i < size; i++)
        sprintf(text + (size_t)3 * i, "%02x:", digest[i]);
    text[(size_t)3 * size - 1] = '\0';
}

static void says_whose(void **state)
{
    (void)state;
    struct tls_talk_options options = tls13;
    options.client_certificate = true;
    struct tls_talk *t = tls_talk_new(&options);
    struct rig r;
    char text[3 * EVP_MAX_MD_SIZE];
    rig_init(&r);
    rig_add_keys(&r, t);
    rig_hear(&r, t, 0, SIZE_MAX);
    X509 *server = SSL_get1_peer_certificate(t->ssl[0]), *client = SSL_get1_peer_certificate(t->ssl[1]);
    colons(server, EVP_sha1(), text);
    assert_true(slice_is(known_text(&r, TLS_TEXT_FINGERPRINT), text));
    colons(client, EVP_sha256(), text);
    assert_true(slice_is(known_text(&r, TLS_TEXT_CLIENT_SHA256), text));
    assert_true(slice_is(known_text(&r, TLS_TEXT_CLIENT_SUBJECT), "O=makers, O=readers, CN=kube-apiserver"));
    assert_true(slice_is(known_text(&r, TLS_TEXT_USER), "kube-apiserver"));
    assert_true(slice_is(known_text(&r, TLS_TEXT_GROUPS), "makers,readers"));
    X509_free(server);
    X509_free(client);
    rig_deinit(&r);
    tls_talk_free(t);
}

/* A session resumed: with what is known of the first one, and without. */
static void resumes(const struct tls_talk_options *options, bool seen, bool by_id)
{
    struct rig r;
    rig_init(&r);
    struct tls_talk *first = tls_talk_new(options);
    speak(first, 0, 10);
    rig_add_keys(&r, first);
    if (seen)
        rig_hear(&r, first, 0, SIZE_MAX);
    struct tls_talk_options again = *options;
    again.session = tls_talk_session(first);
    if (!by_id)
        SSL_SESSION_set1_id(again.session, NULL, 0);
    struct tls_talk *second = tls_talk_new(&again);
    assert_true(SSL_session_reused(second->ssl[0]));
    size_t all = speak(second, 0, 1000);
    /* TLS 1.2: as a server's log has it, which knows nothing of the second one. */
    if (options->version == TLS_1_3)
        rig_add_keys(&r, second);
    rig_connect(&r);
    rig_hear(&r, second, 0, SIZE_MAX);
    const struct tls_facts *f = rig_known(&r);
    assert_int_equal(f->resumed, options->version == TLS_1_3 ? TLS_RESUMED_PSK : TLS_RESUMED_TICKET);
    assert_int_equal(tls_facts_has(f, TLS_SIGN_SESSION_FOUND), seen);
    if (options->version == TLS_1_3 || seen)
        told_is_said(&r, all);
    else
        assert_true(tls_facts_has(f, TLS_SIGN_CLOSED) && r.opened == 0);
    if (!seen)
        assert_int_equal(f->client, TLS_CLIENT_UNKNOWN);
    else
        assert_int_equal(f->client, options->client_certificate ? TLS_CLIENT_PRESENTED : TLS_CLIENT_ABSENT);
    assert_true(slice_is(known_text(&r, TLS_TEXT_USER), seen && options->client_certificate ? "kube-apiserver" : ""));
    SSL_SESSION_free(again.session);
    tls_talk_free(first);
    tls_talk_free(second);
    rig_deinit(&r);
}

static void resumption(void **state)
{
    (void)state;
    for (int i = 0; i < 12; i++) {
        struct tls_talk_options options = i & 1 && i < 8 ? tls13 : tls12;
        options.client_certificate = i & 2;
        resumes(&options, i < 8 ? i & 4 : i & 1, i < 8);
    }
}

static void a_late_certificate(void **state)
{
    (void)state;
    struct tls_talk_options options = tls13;
    options.late_certificate = true;
    struct tls_talk *t = tls_talk_new(&options);
    struct rig r;
    rig_init(&r);
    rig_add_keys(&r, t);
    size_t all = speak(t, 0, 100), heard = t->count;
    rig_hear(&r, t, 0, SIZE_MAX);
    assert_int_equal(rig_known(&r)->client, TLS_CLIENT_ABSENT);
    tls_talk_ask(t, false);
    all = speak(t, all, 100);
    rig_hear(&r, t, heard, SIZE_MAX);
    assert_int_equal(rig_known(&r)->client, TLS_CLIENT_PRESENTED);
    told_is_said(&r, all);
    rig_deinit(&r);
    tls_talk_free(t);
}

/* Who showed a certificate in the handshake, and none when asked again, has shown one. */
static void a_late_certificate_declined(void **state)
{
    (void)state;
    struct tls_talk_options options = tls13;
    options.client_certificate = options.late_certificate = true;
    struct tls_talk *t = tls_talk_new(&options);
    struct rig r;
    rig_init(&r);
    rig_add_keys(&r, t);
    size_t all = speak(t, 0, 100);
    tls_talk_ask(t, true);
    all = speak(t, all, 100);
    rig_hear(&r, t, 0, SIZE_MAX);
    told_is_said(&r, all);
    assert_int_equal(rig_known(&r)->client, TLS_CLIENT_PRESENTED);
    rig_deinit(&r);
    tls_talk_free(t);
}

static void keys_change(void **state)
{
    (void)state;
    struct tls_talk *t = tls_talk_new(&tls13);
    struct rig r;
    rig_init(&r);
    size_t all = speak(t, 0, 100);
    for (int i = 0; i < 4; i++) {
        tls_talk_update(t, i & 1, i & 2);
        all = speak(t, all, 100);
    }
    rig_add_keys(&r, t);
    rig_hear(&r, t, 0, 7);
    told_is_said(&r, all);
    rig_deinit(&r);
    tls_talk_free(t);
}

static void renegotiation(void **state)
{
    (void)state;
    struct tls_talk *t = tls_talk_new(&tls12);
    struct rig r;
    rig_init(&r);
    size_t all = speak(t, 0, 100);
    tls_talk_renegotiate(t);
    all = speak(t, all, 100);
    rig_add_keys(&r, t);
    rig_hear(&r, t, 0, SIZE_MAX);
    told_is_said(&r, all);
    assert_true(tls_facts_has(rig_known(&r), TLS_SIGN_RENEGOTIATED));
    rig_deinit(&r);
    tls_talk_free(t);
}

static void a_second_hello(void **state)
{
    (void)state;
    struct tls_talk_options options = tls13;
    options.retry = true;
    struct tls_talk *t = tls_talk_new(&options);
    struct rig r;
    rig_init(&r);
    size_t all = speak(t, 0, 100);
    rig_add_keys(&r, t);
    rig_hear(&r, t, 0, SIZE_MAX);
    told_is_said(&r, all);
    assert_true(tls_facts_has(rig_known(&r), TLS_SIGN_RETRY));
    rig_deinit(&r);
    tls_talk_free(t);
}

/* What comes behind TLS 1.2 seals its handshake, whatever its number is, and the client's certificate with it. */
static void other_versions(void **state)
{
    (void)state;
    static const uint8_t said_version[] = {0, 43, 0, 2, 3, 4};
    for (int i = 0; i < 4; i++) {
        struct tls_talk_options options = tls13;
        options.client_certificate = i & 1;
        struct tls_talk *t = tls_talk_new(&options);
        size_t end = t->records[1].at + t->records[1].size; /* the ServerHello's */
        uint8_t *found = memmem(t->wire, end, said_version, sizeof said_version);
        assert_non_null(found);
        memcpy(found + 4, i & 2 ? "\x7f\x1c" : "\x03\x05", 2);
        speak(t, 0, 200);
        struct rig r;
        rig_init(&r);
        rig_hear(&r, t, 0, SIZE_MAX);
        assert_int_equal(rig_known(&r)->version, i & 2 ? 0x7f1c : 0x0305);
        assert_int_equal(rig_known(&r)->resumed, TLS_RESUMED_NOT);
        assert_int_equal(rig_known(&r)->client, TLS_CLIENT_UNKNOWN);
        assert_true(tls_facts_has(rig_known(&r), TLS_SIGN_CLOSED) && tls_facts_has(rig_known(&r), TLS_SIGN_DONE));
        rig_deinit(&r);
        tls_talk_free(t);
    }
}

/* Without a key nothing is opened, nothing kept, and what the hellos say is known all the same. */
static void without_a_key(void **state)
{
    (void)state;
    for (int version = 0; version < 2; version++) {
        struct tls_talk *t = tls_talk_new(version ? &tls13 : &tls12);
        struct rig r;
        rig_init(&r);
        speak(t, 0, 20000);
        rig_hear(&r, t, 0, 1000);
        const struct tls_facts *f = rig_known(&r);
        assert_int_equal(r.opened, 0);
        assert_true(tls_facts_has(f, TLS_SIGN_CLOSED) && tls_facts_has(f, TLS_SIGN_DONE));
        assert_int_equal(f->version, version ? TLS_1_3 : TLS_1_2);
        assert_int_equal(f->client, version ? TLS_CLIENT_UNKNOWN : TLS_CLIENT_ABSENT);
        assert_int_equal(known_text(&r, TLS_TEXT_JA4).size, 36);
        assert_true(r.memory.peak < 200000);
        rig_deinit(&r);
        tls_talk_free(t);
    }
}

/* Keys come late: what waited is opened then, as if they had been there; up to the bounds. Of what was too much the
 * records were counted, so that those behind it are opened. */
static void a_key_comes_late(void **state)
{
    (void)state;
    enum { IN_TIME, TOO_MUCH, TOO_LATE, CASES };
    for (int i = 0; i < 2 * CASES; i++) {
        int what = i / 2;
        struct tls_talk *t = tls_talk_new(i & 1 ? &tls13 : &tls12);
        struct rig r;
        rig_init(&r);
        r.bench->limits.waiting_bytes = what == TOO_MUCH ? 9000 : 200000;
        r.bench->limits.waiting_time = 1000;
        size_t all = 0, heard;
        for (int k = 0; k < (what == TOO_MUCH ? 10 : 1); k++)
            all = speak(t, all, what == TOO_MUCH ? 1000 : 5000);
        heard = t->count;
        rig_hear(&r, t, 0, SIZE_MAX);
        assert_int_equal(r.opened, 0);
        assert_true(tls_waits(r.tls));
        rig_add_keys(&r, t);
        tls_retry(r.tls, what == TOO_LATE ? 1 : 10);
        size_t before = r.side[0].size;
        all = speak(t, all, 100);
        rig_hear(&r, t, heard, SIZE_MAX);
        if (what == IN_TIME)
            told_is_said(&r, all);
        for (int side = 0; side < 2 && what == TOO_MUCH; side++) {
            assert_true(before < all - 100);
            assert_int_equal(r.side[side].gap_count, 1);
            assert_memory_equal(r.side[side].bytes + r.side[side].size - 100, said[side] + all - 100, 100);
        }
        rig_deinit(&r);
        tls_talk_free(t);
    }
}

/* A log is written as the handshake goes on, and read at any moment of it; nobody says whether more comes. */
static void keys_come_line_by_line(void **state)
{
    (void)state;
    for (int missing = 0; missing < 2; missing++) {
        struct tls_talk *t = tls_talk_new(&tls13);
        struct rig r;
        rig_init(&r);
        r.bench->limits.waiting_bytes = 200000;
        r.bench->limits.waiting_time = 1000;
        size_t all = speak(t, 0, 5000);
        bool sides[2] = {false, false};
        const char *line = t->log, *end = t->log + t->log_size;
        for (const char *next; line < end; line = next) {
            next = (const char *)memchr(line, '\n', (size_t)(end - line)) + 1;
            sides[0] |= strncmp(line, "CLIENT_TRAFFIC_SECRET_0", 23) == 0;
            sides[1] |= strncmp(line, "SERVER_TRAFFIC_SECRET_0", 23) == 0;
            bool whole = sides[0] && sides[1];
            if (whole && missing)
                break;
            rig_add_lines(&r, line, (size_t)(next - line));
            if (line == t->log)
                rig_hear(&r, t, 0, SIZE_MAX);
            tls_retry(r.tls, 10);
            assert_int_equal(tls_waits(r.tls), !whole);
            assert_int_equal(r.opened > 0, whole);
        }
        if (missing) {
            tls_retry(r.tls, 2000); /* what is there has to do */
            assert_false(tls_waits(r.tls));
            assert_true(r.opened > 0);
        } else {
            told_is_said(&r, all);
        }
        rig_deinit(&r);
        tls_talk_free(t);
    }
}

/* Whether a client of TLS 1.3 asked for anything shows by sizes alone, opened or not; and is not guessed at. */
static void who_asks_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 16; i++) {
        struct tls_talk_options options = i & 8 ? tls12 : tls13;
        options.suite = i & 8 ? options.suite : i & 4 ? "TLS_AES_256_GCM_SHA384" : options.suite;
        options.client_certificate = i & 2;
        struct tls_talk *t = tls_talk_new(&options);
        struct rig r;
        rig_init(&r);
        if (i & 1)
            rig_add_keys(&r, t);
        for (size_t heard = 0; heard < 3; heard++) {
            size_t from = heard ? t->count : 0;
            if (heard)
                speak(t, 0, heard == 1 ? 2 : 18); /* the end of a line; GET / HTTP/1.0 */
            rig_hear(&r, t, from, SIZE_MAX);
            bool sure = heard < 2 && !options.client_certificate && options.version == TLS_1_3;
            assert_int_equal(tls_shape_asked_nothing(tls_shape_of(r.tls), tls_facts_of(r.tls)), sure);
        }
        rig_deinit(&r);
        tls_talk_free(t);
    }
}

/* the laws */

static void cut_anywhere(void **state)
{
    (void)state;
    for (int version = 0; version < 2; version++) {
        struct tls_talk_options options = version ? tls13 : tls12;
        options.client_certificate = true;
        struct tls_talk *t = tls_talk_new(&options);
        size_t all = speak(t, 0, 300);
        unsigned told = 0;
        for (size_t piece = 1; piece < 700; piece += 1 + piece / 8) {
            struct rig r;
            rig_init(&r);
            rig_add_keys(&r, t);
            rig_hear(&r, t, 0, piece);
            told_is_said(&r, all);
            assert_int_equal(rig_known(&r)->client, TLS_CLIENT_PRESENTED);
            assert_true(told == 0 || told == r.facts_told);
            told = r.facts_told;
            rig_deinit(&r);
        }
        tls_talk_free(t);
    }
}

/* Whether the bytes are there, in this order, with nothing but what is missing between them; a gap stands where
 * something is missing. */
static void is_part(const struct rig_side *side, const uint8_t *whole, size_t size)
{
    size_t at = 0, of = 0;
    bool exact = true; /* of is known, and not only the least that it can be */
    for (size_t g = 0; g <= side->gap_count; g++) {
        size_t end = g < side->gap_count ? side->gaps[g] : side->size, piece = end - at;
        const uint8_t *found = piece ? memmem(whole + of, size - of, side->bytes + at, piece) : whole + of;
        assert_non_null(found);
        assert_true(!exact || found == whole + of);
        exact |= piece > 0;
        of = (size_t)(found - whole) + piece;
        at = end;
        bool known = g < side->gap_count && side->gap_sizes[g] != GAP_UNKNOWN;
        exact &= g == side->gap_count || known;
        of += known ? side->gap_sizes[g] : 0;
        assert_true(of <= size);
    }
    assert_true(side->gap_count > 0 || of == size || side->size == 0);
}

static void hear_with_a_gap(struct rig *r, const struct tls_talk *t, size_t from, size_t size)
{
    size_t at = 0;
    for (size_t i = 0; i < t->count; i++) {
        const struct tls_talk_record *record = &t->records[i];
        size_t begin = record->at, end = record->at + record->size;
        size_t lost_from = from < begin ? begin : from > end ? end : from;
        size_t lost_to = from + size < begin ? begin : from + size > end ? end : from + size;
        rig_say(r, record->side, t->wire + begin, lost_from - begin);
        if (lost_to > lost_from)
            stream_gap(tls_stream(r->tls), (enum side)record->side, 1, lost_to - lost_from);
        rig_say(r, record->side, t->wire + lost_to, end - lost_to);
        at = end;
    }
    assert_int_equal(at, t->wire_size);
}

static void a_gap_anywhere(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 40, 400, 3000};
    for (int i = 0; i < 4; i++) {
        struct tls_talk_options options = i & 1 ? tls13 : tls12;
        options.client_certificate = i & 2;
        struct tls_talk *t = tls_talk_new(&options);
        size_t all = 0;
        for (int round = 0; round < 6; round++)
            all = speak(t, all, 100 + 10 * (size_t)round);
        unsigned whole = 0, some = 0, sized = 0;
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            for (size_t at = 0; at < t->wire_size; at += 13) {
                struct rig r;
                rig_init(&r);
                rig_add_keys(&r, t);
                hear_with_a_gap(&r, t, at, sizes[s]);
                const struct tls_facts *f = rig_known(&r);
                assert_true(f->client == TLS_CLIENT_UNKNOWN ||
                            f->client == (options.client_certificate ? TLS_CLIENT_PRESENTED : TLS_CLIENT_ABSENT));
                assert_true(f->version == 0 || f->version == options.version);
                assert_int_equal(f->resumed, TLS_RESUMED_NOT);
                for (int side = 0; side < 2 && r.opened; side++) {
                    is_part(&r.side[side], said[side], all);
                    some += r.side[side].size > 0;
                    for (size_t g = 0; g < r.side[side].gap_count; g++)
                        sized += r.side[side].gap_sizes[g] != GAP_UNKNOWN;
                    whole += r.side[side].size == all;
                }
                rig_deinit(&r);
            }
        }
        /* Most of it is read, mostly. */
        assert_true(some > 100 && whole > 50 && sized > 50);
        tls_talk_free(t);
    }
}

/* Each request for memory fails once: it is given up, nothing is kept, and what is told is so. */
static void without_memory(void **state)
{
    (void)state;
    struct tls_talk *t = tls_talk_new(&tls13);
    size_t all = speak(t, 0, 300);
    bool failed = true;
    for (uint64_t i = 1; failed; i++) {
        struct rig r;
        rig_init(&r);
        rig_add_keys(&r, t);
        uint64_t refused = r.memory.refused;
        r.memory.fail_at = i;
        rig_hear(&r, t, 0, 100);
        failed = r.memory.refused > refused;
        r.memory.fail_at = 0;
        for (int side = 0; side < 2 && r.opened; side++)
            is_part(&r.side[side], said[side], all);
        if (!failed)
            told_is_said(&r, all);
        rig_deinit(&r);
    }
    tls_talk_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_suite),        cmocka_unit_test(client_certificates),
        cmocka_unit_test(says_whose),         cmocka_unit_test(resumption),
        cmocka_unit_test(a_late_certificate), cmocka_unit_test(keys_change),
        cmocka_unit_test(renegotiation),      cmocka_unit_test(a_second_hello),
        cmocka_unit_test(without_memory),     cmocka_unit_test(without_a_key),
        cmocka_unit_test(a_key_comes_late),   cmocka_unit_test(keys_come_line_by_line),
        cmocka_unit_test(who_asks_nothing),   cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(a_gap_anywhere),     cmocka_unit_test(a_late_certificate_declined),
        cmocka_unit_test(other_versions),
    };
    fill();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
