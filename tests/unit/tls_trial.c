/* Connections without one of their hellos, or without both, or with another than the one that counts: OpenSSL's client
 * and server talk, the hellos are lost, the key log has others, too. */
#include "tests/unit/tls_rig.h"

#include "proto/tls/trial.h"

enum { SAID = 300, OTHERS = 20 };

enum lost { NOTHING, CLIENT_HELLO = 1, SERVER_HELLO = 2, BOTH = 3 };

static uint8_t said[2][SAID];

static struct tls_talk *talk(const struct tls_talk_options *options)
{
    struct tls_talk *t = tls_talk_new(options);
    assert_non_null(t);
    for (size_t at = 0; at < SAID; at += SAID / 3) {
        tls_talk_send(t, 0, said[0] + at, SAID / 3);
        tls_talk_send(t, 1, said[1] + at, SAID / 3);
    }
    return t;
}

static void add_others(struct rig *r, const struct tls_talk_options *options, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct tls_talk *other = tls_talk_new(options);
        assert_non_null(other);
        rig_add_keys(r, other);
        tls_talk_free(other);
    }
}

/* The first record of each side is its hello. */
static void hear_without(struct rig *r, const struct tls_talk *t, enum lost lost)
{
    bool begun[2] = {false, false};
    for (size_t i = 0; i < t->count; i++) {
        const struct tls_talk_record *record = &t->records[i];
        bool hello = !begun[record->side];
        begun[record->side] = true;
        if (hello && lost & (record->side == 0 ? CLIENT_HELLO : SERVER_HELLO))
            stream_gap(tls_stream(r->tls), (enum side)record->side, 1, record->size);
        else
            rig_say(r, record->side, t->wire + record->at, record->size);
    }
}

static bool reads_all(const struct rig *r)
{
    for (int side = 0; side < 2; side++) {
        if (r->side[side].size != SAID || memcmp(r->side[side].bytes, said[side], SAID) != 0)
            return false;
    }
    return true;
}

static bool reads_nothing(const struct rig *r)
{
    return r->side[0].size == 0 && r->side[1].size == 0;
}

static void opened_without(const struct tls_talk_options *options, enum lost lost, bool expected)
{
    struct tls_talk *t = talk(options);
    struct rig r;
    rig_init(&r);
    add_others(&r, options, OTHERS / 2);
    rig_add_keys(&r, t);
    add_others(&r, options, OTHERS / 2);
    hear_without(&r, t, lost);
    const struct tls_facts *f = rig_known(&r);
    assert_true(expected ? reads_all(&r) : reads_nothing(&r));
    assert_int_equal(tls_facts_has(f, TLS_SIGN_OPENED), expected);
    assert_int_equal(tls_facts_has(f, TLS_SIGN_CLOSED), !expected);
    assert_int_equal(tls_facts_has(f, TLS_SIGN_CLIENT_HELLO), !(lost & CLIENT_HELLO));
    assert_int_equal(tls_facts_has(f, TLS_SIGN_SERVER_HELLO), !(lost & SERVER_HELLO));
    if (expected) {
        assert_int_equal(f->version, options->version);
        assert_string_equal(tls_suite_find(f->suite)->name, options->suite);
        assert_true(tls_facts_has(f, TLS_SIGN_DONE) && tls_facts_has(f, TLS_SIGN_LOST));
    }
    if (f->client != TLS_CLIENT_UNKNOWN)
        assert_int_equal(f->client, options->client_certificate ? TLS_CLIENT_PRESENTED : TLS_CLIENT_ABSENT);
    rig_deinit(&r);
    tls_talk_free(t);
}

static void tls13(void **state)
{
    static const char *const suites[] = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
                                         "TLS_CHACHA20_POLY1305_SHA256"};
    (void)state;
    for (size_t i = 0; i < sizeof suites / sizeof *suites; i++) {
        for (int certificate = 0; certificate < 2; certificate++) {
            struct tls_talk_options options = {.suite = suites[i], .version = TLS_1_3};
            options.client_certificate = certificate;
            for (enum lost lost = CLIENT_HELLO; lost <= BOTH; lost++)
                opened_without(&options, lost, true);
        }
    }
}

/* The server's random is in its hello alone. */
static void before_tls13(void **state)
{
    static const char *const suites[] = {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"};
    (void)state;
    for (size_t i = 0; i < sizeof suites / sizeof *suites; i++) {
        struct tls_talk_options options = {.suite = suites[i], .version = TLS_1_2};
        opened_without(&options, CLIENT_HELLO, true);
        opened_without(&options, SERVER_HELLO, false);
        opened_without(&options, BOTH, false);
    }
}

static void other_keys_open_nothing(void **state)
{
    (void)state;
    for (uint16_t version = TLS_1_2; version <= TLS_1_3; version++) {
        struct tls_talk_options options = {.suite = version == TLS_1_3 ? "TLS_AES_128_GCM_SHA256"
                                                                       : "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                                           .version = version};
        struct tls_talk *t = talk(&options);
        for (enum lost lost = CLIENT_HELLO; lost <= BOTH; lost++) {
            struct rig r;
            rig_init(&r);
            add_others(&r, &options, OTHERS);
            hear_without(&r, t, lost);
            assert_true(reads_nothing(&r));
            assert_false(tls_facts_has(rig_known(&r), TLS_SIGN_OPENED));
            assert_true(tls_facts_has(rig_known(&r), TLS_SIGN_CLOSED));
            rig_deinit(&r);
        }
        tls_talk_free(t);
    }
}

/* A client that shows its certificate, and the talk that resumes its session. */
struct resumed {
    struct tls_talk *first, *second;
    SSL_SESSION *session;
};

static struct resumed resume(void)
{
    struct tls_talk_options options = {
        .suite = "TLS_AES_128_GCM_SHA256", .version = TLS_1_3, .client_certificate = true};
    struct resumed t = {.first = talk(&options)};
    options.session = t.session = tls_talk_session(t.first);
    options.client_certificate = false;
    t.second = talk(&options);
    assert_true(SSL_session_reused(t.second->ssl[0]));
    return t;
}

static void forget(struct resumed *t)
{
    SSL_SESSION_free(t->session);
    tls_talk_free(t->second);
    tls_talk_free(t->first);
}

/* That a session is resumed, without a certificate in this handshake, stood in the ServerHello: nobody may say then
 * that the client has none. */
static void what_is_resumed_is_unknown(void **state)
{
    (void)state;
    for (enum lost lost = CLIENT_HELLO; lost <= BOTH; lost++) {
        struct resumed t = resume();
        struct rig r;
        rig_init(&r);
        rig_add_keys(&r, t.first);
        rig_add_keys(&r, t.second);
        hear_without(&r, t.second, lost);
        assert_true(reads_all(&r));
        assert_int_equal(rig_known(&r)->client, TLS_CLIENT_UNKNOWN);
        rig_deinit(&r);
        forget(&t);
    }
}

/* A ClientHello that waited for a proof that a record begins there is read behind its answer. That one has said that a
 * session is resumed, and it stays so. */
static void an_answer_read_first(void **state)
{
    (void)state;
    struct resumed t = resume();
    assert_true(t.second->records[0].side == 0 && t.second->records[1].side == 1);
    struct rig r;
    rig_init(&r);
    rig_add_keys(&r, t.second);
    for (size_t i = 0; i < t.second->count; i++) {
        const struct tls_talk_record *record = &t.second->records[i < 2 ? 1 - i : i];
        rig_say(&r, record->side, t.second->wire + record->at, record->size);
    }
    assert_true(reads_all(&r));
    assert_true(tls_facts_has(rig_known(&r), TLS_SIGN_CLIENT_HELLO));
    assert_int_equal(rig_known(&r)->resumed, TLS_RESUMED_PSK);
    assert_int_equal(rig_known(&r)->client, TLS_CLIENT_UNKNOWN);
    rig_deinit(&r);
    forget(&t);
}

/* One of a later handshake is another's, however little was seen of the first. */
static void a_handshake_anew(void **state)
{
    (void)state;
    const struct tls_talk_options options = {.suite = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", .version = TLS_1_2};
    struct tls_talk *t = talk(&options);
    tls_talk_renegotiate(t);
    for (int side = 0; side < 2; side++)
        tls_talk_send(t, side, said[side], SAID);
    struct rig r;
    rig_init(&r);
    rig_add_keys(&r, t);
    hear_without(&r, t, CLIENT_HELLO);
    assert_true(r.side[0].size == 2 * SAID && r.side[1].size == 2 * SAID);
    rig_deinit(&r);
    tls_talk_free(t);
}

enum { HELLO_RANDOM = 11, HELLO_MOST = 4096 }; /* where it stands in the record */

static void add_to_be16(uint8_t *at, unsigned more)
{
    unsigned sum = ((unsigned)at[0] << 8 | at[1]) + more;
    at[0] = (uint8_t)(sum >> 8);
    at[1] = (uint8_t)sum;
}

/* An Encrypted ClientHello that is accepted, as a sensor sees it: the outer one has a random of its own, and the keys
 * are logged under the inner one's. */
static size_t hide_hello(const struct tls_talk *t, uint8_t *out, bool offer)
{
    static const uint8_t ech[] = {0xfe, 0x0d, 0, 4, 0, 0, 1, 0};
    const struct tls_talk_record *record = &t->records[0];
    assert_true(record->side == 0 && record->size + sizeof ech <= HELLO_MOST);
    memcpy(out, t->wire + record->at, record->size);
    memset(out + HELLO_RANDOM, 0xaa, TLS_RANDOM);
    if (!offer)
        return record->size;
    size_t suites = HELLO_RANDOM + TLS_RANDOM + 1u + out[HELLO_RANDOM + TLS_RANDOM];
    size_t methods = suites + 2u + ((size_t)out[suites] << 8 | out[suites + 1]);
    memcpy(out + record->size, ech, sizeof ech);
    add_to_be16(out + 3, sizeof ech);
    add_to_be16(out + 7, sizeof ech);
    add_to_be16(out + methods + 1u + out[methods], sizeof ech);
    return record->size + sizeof ech;
}

/* Live, nobody knows that no key comes before the wait is over. */
static void a_hidden_hello(void **state)
{
    (void)state;
    for (int i = 0; i < 16; i++) {
        bool offer = i & 1, certificate = i & 2, logged = i & 4, live = i & 8;
        struct tls_talk_options options = {.suite = "TLS_AES_128_GCM_SHA256", .version = TLS_1_3};
        options.client_certificate = certificate;
        struct tls_talk *t = talk(&options);
        uint8_t hello[HELLO_MOST];
        size_t size = hide_hello(t, hello, offer);
        struct rig r;
        rig_init(&r);
        r.bench->limits.waiting_bytes = live ? 200000 : 0;
        add_others(&r, &options, OTHERS);
        if (logged)
            rig_add_keys(&r, t);
        rig_say(&r, 0, hello, size);
        rig_hear(&r, t, 1, SIZE_MAX);
        if (live) {
            assert_true(reads_nothing(&r));
            tls_retry(r.tls, 1000);
        }
        bool opens = offer && logged;
        assert_true(opens ? reads_all(&r) : reads_nothing(&r));
        const struct tls_facts *f = rig_known(&r);
        assert_int_equal(tls_facts_has(f, TLS_SIGN_ECH), offer);
        assert_int_equal(tls_facts_has(f, TLS_SIGN_OPENED), opens);
        assert_int_equal(tls_facts_has(f, TLS_SIGN_CLOSED), !opens);
        assert_false(tls_facts_has(f, TLS_SIGN_LOST));
        assert_int_equal(f->client, !opens        ? TLS_CLIENT_UNKNOWN
                                    : certificate ? TLS_CLIENT_PRESENTED
                                                  : TLS_CLIENT_ABSENT);
        rig_deinit(&r);
        tls_talk_free(t);
    }
}

/* Connections that never were. */
static void add_made(struct rig *r, unsigned count)
{
    static const char *const labels[] = {"CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET",
                                         "CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0"};
    static unsigned number;
    for (unsigned i = 0; i < count; i++, number++) {
        for (size_t label = 0; label < sizeof labels / sizeof *labels; label++) {
            char line[256];
            struct tls_mistake mistake;
            int size = snprintf(line, sizeof line, "%s %064x %064x", labels[label], number, number);
            assert_int_equal(tls_keys_add(r->keys, (struct slice){(uint8_t *)line, (size_t)size}, &mistake),
                             TLS_LINE_ADDED);
        }
    }
}

/* @param nearby  the capture shows the hello of one whose keys stand that much behind this one's in the log; 0: of
 * none.
 */
static bool opened_among(unsigned older, unsigned newer, unsigned nearby)
{
    struct tls_talk_options options = {.suite = "TLS_AES_128_GCM_SHA256", .version = TLS_1_3};
    struct tls_talk *t = talk(&options), *near = talk(&options);
    struct rig r;
    rig_init(&r);
    add_made(&r, older);
    rig_add_keys(&r, t);
    if (nearby) {
        add_made(&r, nearby - 1);
        rig_add_keys(&r, near);
        hear_without(&r, near, NOTHING);
        assert_true(reads_all(&r));
        rig_connect(&r);
    }
    add_made(&r, newer);
    hear_without(&r, t, CLIENT_HELLO);
    bool all = reads_all(&r);
    assert_true(all || reads_nothing(&r));
    rig_deinit(&r);
    tls_talk_free(near);
    tls_talk_free(t);
    return all;
}

/* Of a long log both ends are tried, or what is near to where the capture is. */
static void bounded(void **state)
{
    (void)state;
    enum { TRIED = 256 };
    assert_true(opened_among(TRIED / 2 - 1, 2 * TRIED, 0));
    assert_true(opened_among(2 * TRIED, TRIED / 2 - 1, 0));
    assert_false(opened_among(TRIED / 2, TRIED / 2, 0));
    assert_true(opened_among(TRIED, TRIED, 1));
    assert_true(opened_among(TRIED, TRIED, TRIED / 2 - 1));
    assert_false(opened_among(TRIED, TRIED, TRIED / 2 + 1));
}

/* Of a connection of which the log has no keys, without its hellos. */
static bool tried_with_all(struct rig *r, const struct tls_talk *stranger)
{
    rig_connect(r);
    hear_without(r, stranger, BOTH);
    assert_true(reads_nothing(r));
    return !tls_facts_has(rig_known(r), TLS_SIGN_UNTRIED);
}

/* Anybody can send what needs a search. They become shorter, and what stands near is found still; traffic pays for long
 * ones again. */
static void too_much_in_vain(void **state)
{
    (void)state;
    enum { MADE = 100, MOST = 300, LEFT = 1 << 28, PAID = 1 << 26 };
    struct tls_talk_options options = {.suite = "TLS_AES_128_GCM_SHA256", .version = TLS_1_3};
    struct tls_talk *t = talk(&options), *near = talk(&options), *stranger = talk(&options);
    struct rig r;
    rig_init(&r);
    add_made(&r, MADE);
    rig_add_keys(&r, t);
    rig_add_keys(&r, near);
    add_made(&r, MADE);
    assert_true(tried_with_all(&r, stranger));
    assert_in_range(r.bench->locksmith.trial_debt, 1, TLS_TRIAL_DEBT_MOST / 100);
    r.bench->locksmith.trial_debt = TLS_TRIAL_DEBT_MOST - LEFT;
    unsigned tried = 1;
    while (tried < MOST && tried_with_all(&r, stranger))
        tried++;
    assert_in_range(tried, 10, MOST - 1);
    rig_connect(&r);
    hear_without(&r, near, NOTHING);
    assert_true(reads_all(&r));
    rig_connect(&r);
    hear_without(&r, t, CLIENT_HELLO);
    assert_true(reads_all(&r) && !tls_facts_has(rig_known(&r), TLS_SIGN_UNTRIED));
    assert_false(tried_with_all(&r, stranger));
    tls_trial_earn(&r.bench->locksmith, PAID);
    assert_true(tried_with_all(&r, stranger));
    rig_deinit(&r);
    tls_talk_free(stranger);
    tls_talk_free(near);
    tls_talk_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tls13),
        cmocka_unit_test(before_tls13),
        cmocka_unit_test(other_keys_open_nothing),
        cmocka_unit_test(what_is_resumed_is_unknown),
        cmocka_unit_test(an_answer_read_first),
        cmocka_unit_test(a_handshake_anew),
        cmocka_unit_test(a_hidden_hello),
        cmocka_unit_test(bounded),
        cmocka_unit_test(too_much_in_vain),
    };
    for (size_t i = 0; i < SAID; i++) {
        said[0][i] = (uint8_t)(i * 7);
        said[1][i] = (uint8_t)(i * 11 + 3);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
