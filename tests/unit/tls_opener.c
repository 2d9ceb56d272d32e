/* OpenSSL's client and server talk, in every suite and version that both know; the key log opens all of it. */
#include "tests/unit/tls_follow.h"

#include "tests/tools/tls_seal.h"

static uint8_t sent[2][100000]; /* by side: what went over is a beginning of it */

static void fill(void)
{
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < sizeof sent[side]; i++)
            sent[side][i] = (uint8_t)(i * 31 + i / 251 + (size_t)side * 7);
    }
}

static const struct tls_suite *suite_of(const char *name)
{
    const struct tls_suite *suite;
    for (unsigned i = 0; (suite = tls_suite_at(i)) != NULL; i++) {
        if (strcmp(suite->name, name) == 0)
            return suite;
    }
    fail_msg("no suite %s", name);
    return NULL;
}

static size_t speak(struct tls_talk *t, size_t at, size_t size)
{
    tls_talk_send(t, 0, sent[0] + at, size);
    tls_talk_send(t, 1, sent[1] + at, size);
    return at + size;
}

static void told_is_sent(const struct follow *f, size_t size)
{
    for (int side = 0; side < 2; side++) {
        assert_int_equal(f->told_size[side], size);
        assert_memory_equal(f->told[side], sent[side], size);
    }
    assert_int_equal(f->finished, 2);
}

/* @return false: this OpenSSL does not speak it. */
static bool opens(const struct tls_talk_options *options)
{
    static const size_t sizes[] = {1, 15, 16, 17, 31, 32, 255, 1400, 16383, 16384, 40000};
    struct tls_talk *t = tls_talk_new(options);
    if (t == NULL)
        return false;
    struct follow f;
    size_t all = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        all = speak(t, all, sizes[i]);
    follow_init(&f, t, options);
    follow(&f, t, 0);
    assert_string_equal(f.suite->name, options->suite);
    told_is_sent(&f, all);
    bool aead = tls_cipher_info((enum tls_cipher)f.suite->cipher)->tag > 0;
    assert_int_equal(f.sized > 0, aead && !options->padding);
    follow_deinit(&f);
    tls_talk_free(t);
    return true;
}

/* What libssl is built without can be asked of nobody here: 3DES as a rule, Camellia and ARIA sometimes. A
 * certificate's own ECDH key it does not speak: tls_suite.c judges these. */
static void every_suite(void **state)
{
    (void)state;
    unsigned spoken = 0, unspoken = 0;
    const struct tls_suite *suite;
    for (unsigned i = 0; (suite = tls_suite_at(i)) != NULL; i++) {
        for (uint16_t version = TLS_1_0; version <= TLS_1_3; version++) {
            struct tls_talk_options options = {.suite = suite->name, .version = version};
            if (!tls_suite_fits(suite, version))
                continue;
            bool can = opens(&options);
            bool aes = strstr(suite->name, "_AES_") != NULL || strstr(suite->name, "CHACHA20") != NULL;
            bool common = aes && (version >= TLS_1_2 || suite->mac == TLS_SHA1);
            bool ecdh = strncmp(suite->name, "TLS_ECDH_", 9) == 0;
            if (!can && common && !ecdh)
                fail_msg("%s in %x is not spoken", suite->name, version);
            spoken += can;
            unspoken += !can;
        }
    }
    assert_true(spoken > 100);
    print_message("# %u talks opened, %u not spoken here\n", spoken, unspoken);
}

static void every_agreement(void **state)
{
    (void)state;
    static const char *const suites[] = {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
                                         "TLS_RSA_WITH_AES_128_CBC_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
                                         "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"};
    static const uint64_t off[] = {0, SSL_OP_NO_ENCRYPT_THEN_MAC, SSL_OP_NO_EXTENDED_MASTER_SECRET,
                                   SSL_OP_NO_ENCRYPT_THEN_MAC | SSL_OP_NO_EXTENDED_MASTER_SECRET,
                                   SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS | SSL_OP_NO_TICKET};
    for (size_t s = 0; s < sizeof suites / sizeof *suites; s++) {
        size_t end = strlen(suites[s]) - 4;
        bool since_1_0 = strcmp(suites[s] + end, "_SHA") == 0;
        for (uint16_t version = TLS_1_0; version <= TLS_1_2; version++) {
            for (size_t o = 0; o < sizeof off / sizeof *off; o++) {
                struct tls_talk_options options = {
                    .suite = suites[s], .version = version, .off = off[o], .client_certificate = o % 2 == 0};
                assert_int_equal(opens(&options), since_1_0 || version == TLS_1_2);
            }
        }
    }
}

static void padding_is_stripped(void **state)
{
    (void)state;
    struct tls_talk_options options = {.suite = "TLS_AES_128_GCM_SHA256", .version = TLS_1_3, .padding = 512};
    assert_true(opens(&options));
    options.client_certificate = true;
    assert_true(opens(&options));
}

static void keys_change(void **state)
{
    (void)state;
    static const char *const suites[] = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
                                         "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_CCM_SHA256",
                                         "TLS_AES_128_CCM_8_SHA256"};
    for (size_t s = 0; s < sizeof suites / sizeof *suites; s++) {
        struct tls_talk_options options = {.suite = suites[s], .version = TLS_1_3};
        struct tls_talk *t = tls_talk_new(&options);
        assert_non_null(t);
        size_t all = speak(t, 0, 100);
        tls_talk_update(t, 0, false);
        all = speak(t, all, 2000);
        tls_talk_update(t, 1, true);
        all = speak(t, all, 300);
        tls_talk_update(t, 1, false);
        tls_talk_update(t, 1, false);
        all = speak(t, all, 4000);
        struct follow f;
        follow_init(&f, t, &options);
        follow(&f, t, 0);
        assert_int_equal(f.updates, 5);
        told_is_sent(&f, all);
        follow_deinit(&f);
        tls_talk_free(t);
    }
}

/* A talk followed to the end of its handshake; the records behind are the test's. */
struct scene {
    struct tls_talk *talk;
    struct follow follow;
    size_t next;
};

static void set(struct scene *s, const struct tls_talk_options *options)
{
    s->talk = tls_talk_new(options);
    assert_non_null(s->talk);
    follow_init(&s->follow, s->talk, options);
    s->next = follow(&s->follow, s->talk, 0);
}

static void leave(struct scene *s)
{
    follow_deinit(&s->follow);
    tls_talk_free(s->talk);
}

static struct slice record_at(const struct scene *s, size_t i)
{
    const struct tls_talk_record *r = &s->talk->records[s->next + i];
    return (struct slice){.data = s->talk->wire + r->at, .size = r->size};
}

static enum tls_open open_next(struct scene *s, int side, struct slice record, struct tls_opened *opened)
{
    return tls_opener_open(s->follow.openers[side], record.data, slice_part(record, TLS_RECORD_HEADER, record.size),
                           s->follow.out, opened);
}

static const struct tls_talk_options kinds[] = {
    {.suite = "TLS_AES_128_GCM_SHA256", .version = TLS_1_3},
    {.suite = "TLS_AES_128_CCM_8_SHA256", .version = TLS_1_3},
    {.suite = "TLS_CHACHA20_POLY1305_SHA256", .version = TLS_1_3},
    {.suite = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", .version = TLS_1_2},
    {.suite = "TLS_ECDHE_ECDSA_WITH_AES_128_CCM", .version = TLS_1_2},
    {.suite = "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", .version = TLS_1_2},
    {.suite = "TLS_RSA_WITH_AES_128_CBC_SHA256", .version = TLS_1_2},
    {.suite = "TLS_RSA_WITH_AES_128_CBC_SHA256", .version = TLS_1_2, .off = SSL_OP_NO_ENCRYPT_THEN_MAC},
    {.suite = "TLS_RSA_WITH_AES_256_CBC_SHA", .version = TLS_1_0, .off = SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS},
    {.suite = "TLS_RSA_WITH_AES_256_CBC_SHA",
     .version = TLS_1_0,
     .off = SSL_OP_NO_ENCRYPT_THEN_MAC | SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

/* A bit turned anywhere, and it does not open; the opener stays, and opens what was sent. */
static void nothing_else_opens(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        struct scene s;
        set(&s, &kinds[k]);
        tls_talk_send(s.talk, 0, sent[0], 40);
        struct slice record = record_at(&s, 0);
        uint8_t copy[512];
        assert_true(record.size <= sizeof copy);
        uint64_t sequence = tls_opener_sequence(s.follow.openers[0]);
        struct tls_opened opened;
        for (size_t bit = 0; bit < 8 * record.size; bit++) {
            memcpy(copy, record.data, record.size);
            copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_int_not_equal(open_next(&s, 0, (struct slice){copy, record.size}, &opened), TLS_OPEN_OK);
        }
        for (size_t size = TLS_RECORD_HEADER; size < record.size; size++) {
            memcpy(copy, record.data, record.size);
            copy[4] = (uint8_t)(size - TLS_RECORD_HEADER);
            assert_int_not_equal(open_next(&s, 0, (struct slice){copy, size}, &opened), TLS_OPEN_OK);
            assert_int_equal(open_next(&s, 0, slice_part(record, 0, size), &opened), TLS_OPEN_MALFORMED);
        }
        assert_int_equal(tls_opener_sequence(s.follow.openers[0]), sequence);
        assert_int_not_equal(open_next(&s, 1, record, &opened), TLS_OPEN_OK);
        assert_int_equal(open_next(&s, 0, record, &opened), TLS_OPEN_OK);
        assert_int_equal(tls_opener_sequence(s.follow.openers[0]), sequence + 1);
        assert_int_equal(opened.content, TLS_APPLICATION_DATA);
        assert_int_equal(opened.plaintext.size, 40);
        assert_memory_equal(opened.plaintext.data, sent[0], 40);
        leave(&s);
    }
}

/* Three records are lost: trial finds the place of the fourth. CBC of TLS 1.0 wants the one in front of it, too. */
static void place_is_found_again(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        struct scene s;
        set(&s, &kinds[k]);
        for (size_t i = 0; i < 6; i++)
            tls_talk_send(s.talk, 0, sent[0] + 50 * i, 50);
        struct tls_opener *o = s.follow.openers[0];
        uint64_t sequence = tls_opener_sequence(o);
        struct slice fourth = record_at(&s, 3), sealed = slice_part(fourth, TLS_RECORD_HEADER, fourth.size);
        struct tls_opened opened;
        bool chained = kinds[k].version == TLS_1_0;
        for (uint64_t at = sequence; at < sequence + 6; at++) {
            enum tls_open how = tls_opener_try(o, at, fourth.data, sealed, s.follow.out, &opened);
            assert_int_equal(how == TLS_OPEN_OK, at == sequence + 3 && !chained);
            assert_int_equal(tls_opener_sequence(o), sequence);
        }
        assert_int_equal(open_next(&s, 0, record_at(&s, 0), &opened), TLS_OPEN_OK);
        assert_int_not_equal(open_next(&s, 0, fourth, &opened), TLS_OPEN_OK);
        tls_opener_seek(o, sequence + 3);
        assert_int_equal(open_next(&s, 0, fourth, &opened) == TLS_OPEN_OK, !chained);
        tls_opener_seek(o, sequence + 3);
        tls_opener_pass(o, sealed);
        assert_int_equal(open_next(&s, 0, record_at(&s, 4), &opened), TLS_OPEN_OK);
        assert_memory_equal(opened.plaintext.data, sent[0] + 200, 50);
        assert_int_equal(open_next(&s, 0, record_at(&s, 5), &opened), TLS_OPEN_OK);
        assert_memory_equal(opened.plaintext.data, sent[0] + 250, 50);
        leave(&s);
    }
}

/* CBC of TLS 1.0, at no known place: what is in front is passed over, then trial finds it. With RFC 7366 it does not:
 * its MAC would let garbage pass. */
static void chained_place_is_found_again(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        if (kinds[k].version != TLS_1_0)
            continue;
        struct scene s;
        set(&s, &kinds[k]);
        for (size_t i = 0; i < 4; i++)
            tls_talk_send(s.talk, 0, sent[0] + 50 * i, 50);
        struct tls_opener *o = s.follow.openers[0];
        uint64_t sequence = tls_opener_sequence(o);
        struct slice third = record_at(&s, 2), fourth = record_at(&s, 3);
        struct tls_opened opened;
        tls_opener_seek(o, sequence);
        tls_opener_pass(o, slice_part(third, TLS_RECORD_HEADER, third.size));
        bool behind = (kinds[k].off & SSL_OP_NO_ENCRYPT_THEN_MAC) == 0;
        for (uint64_t at = sequence; at < sequence + 6; at++) {
            enum tls_open how = tls_opener_try(o, at, fourth.data, slice_part(fourth, TLS_RECORD_HEADER, fourth.size),
                                               s.follow.out, &opened);
            assert_int_equal(how == TLS_OPEN_OK, at == sequence + 3 && !behind);
        }
        leave(&s);
    }
}

static void passed_over(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        struct scene s;
        set(&s, &kinds[k]);
        for (size_t i = 0; i < 3; i++)
            tls_talk_send(s.talk, 1, sent[1] + 50 * i, 50);
        struct slice record = record_at(&s, 0);
        struct tls_opened opened;
        tls_opener_pass(s.follow.openers[1], slice_part(record, TLS_RECORD_HEADER, record.size));
        for (size_t i = 1; i < 3; i++) {
            assert_int_equal(open_next(&s, 1, record_at(&s, i), &opened), TLS_OPEN_OK);
            assert_memory_equal(opened.plaintext.data, sent[1] + 50 * i, 50);
        }
        leave(&s);
    }
}

/* libssl is built without 3DES, pads no record of CBC by more than it must, and sends no empty ones of AEAD. */
static void sealed_by_hand(void **state)
{
    (void)state;
    static const struct {
        const char *suite;
        uint16_t version;
        bool encrypt_then_mac;
    } rows[] = {{"TLS_RSA_WITH_3DES_EDE_CBC_SHA", TLS_1_2, false},   {"TLS_RSA_WITH_3DES_EDE_CBC_SHA", TLS_1_1, true},
                {"TLS_RSA_WITH_AES_128_CBC_SHA256", TLS_1_2, false}, {"TLS_RSA_WITH_AES_128_CCM", TLS_1_2, false},
                {"TLS_RSA_WITH_AES_128_GCM_SHA256", TLS_1_2, false}, {"TLS_AES_128_GCM_SHA256", TLS_1_3, false}};
    struct memory memory = {.limit = 1 << 20};
    struct tls_ciphers *ciphers = tls_ciphers_new(&memory);
    static uint8_t record[1024], out[1024];
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        struct tls_record_keys keys = {.suite = suite_of(rows[row].suite),
                                       .version = rows[row].version,
                                       .encrypt_then_mac = rows[row].encrypt_then_mac};
        memcpy(keys.key, sent[0], sizeof keys.key);
        memcpy(keys.mac_key, sent[1], sizeof keys.mac_key);
        memcpy(keys.iv, sent[1], sizeof keys.iv);
        struct tls_opener *o = tls_opener_new(ciphers, &keys, &memory);
        assert_non_null(o);
        for (uint64_t sequence = 0; sequence < 256; sequence++) {
            struct slice text = slice_of(sequence % 2 ? "GET /api" : "");
            struct tls_opened opened;
            size_t size = tls_seal(&keys, sequence, TLS_APPLICATION_DATA, text, (size_t)sequence, record);
            assert_int_equal(tls_opener_open(o, record, (struct slice){record + 5, size - 5}, out, &opened),
                             TLS_OPEN_OK);
            assert_int_equal(opened.content, TLS_APPLICATION_DATA);
            assert_true(slice_same(opened.plaintext, text));
        }
        tls_opener_free(o);
    }
    tls_ciphers_free(ciphers);
    assert_int_equal(memory.used, 0);
}

/* Four records of RC4, of other sizes each. */
struct rc4_talk {
    struct memory memory;
    struct tls_ciphers *ciphers;
    struct tls_opener *opener;
    uint8_t records[4][128], out[128];
    size_t sizes[4];
};

static void rc4_set(struct rc4_talk *t, const char *suite, uint16_t version)
{
    *t = (struct rc4_talk){.memory = {.limit = 1 << 20}};
    t->ciphers = tls_ciphers_new(&t->memory);
    struct tls_record_keys keys = {.suite = suite_of(suite), .version = version};
    memcpy(keys.key, sent[0], sizeof keys.key);
    memcpy(keys.mac_key, sent[1], sizeof keys.mac_key);
    t->opener = tls_opener_new(t->ciphers, &keys, &t->memory);
    assert_non_null(t->opener);
    struct tls_rc4 stream;
    tls_rc4_init(&stream, (struct slice){keys.key, 16});
    for (size_t i = 0; i < 4; i++)
        t->sizes[i] =
            tls_seal_stream(&keys, i, TLS_APPLICATION_DATA, (struct slice){sent[0], 20 * i}, &stream, t->records[i]);
}

static void rc4_leave(struct rc4_talk *t)
{
    tls_opener_free(t->opener);
    tls_ciphers_free(t->ciphers);
    assert_int_equal(t->memory.used, 0);
}

static struct slice rc4_sealed(struct rc4_talk *t, size_t i)
{
    return (struct slice){t->records[i] + TLS_RECORD_HEADER, t->sizes[i] - TLS_RECORD_HEADER};
}

static bool rc4_opens(struct rc4_talk *t, size_t i)
{
    struct tls_opened opened;
    if (tls_opener_open(t->opener, t->records[i], rc4_sealed(t, i), t->out, &opened) != TLS_OPEN_OK)
        return false;
    assert_true(slice_same(opened.plaintext, (struct slice){sent[0], 20 * i}));
    return true;
}

static const struct {
    const char *suite;
    uint16_t version;
} rc4_rows[] = {{"TLS_RSA_EXPORT_WITH_RC4_40_MD5", TLS_1_0},
                {"TLS_RSA_WITH_RC4_128_MD5", TLS_1_1},
                {"TLS_ECDHE_RSA_WITH_RC4_128_SHA", TLS_1_2}};

enum { RC4_ROWS = sizeof rc4_rows / sizeof *rc4_rows };

/* What does not open moves nothing: a bit turned anywhere, then the record as it was; and the next ones. */
static void keystream_goes_on(void **state)
{
    (void)state;
    for (size_t row = 0; row < RC4_ROWS; row++) {
        struct rc4_talk t;
        rc4_set(&t, rc4_rows[row].suite, rc4_rows[row].version);
        for (size_t i = 0; i < 4; i++) {
            for (size_t bit = 0; bit < 8 * t.sizes[i]; bit++) {
                t.records[i][bit / 8] ^= (uint8_t)(1 << bit % 8);
                assert_false(rc4_opens(&t, i));
                t.records[i][bit / 8] ^= (uint8_t)(1 << bit % 8);
            }
            uint8_t header[] = {TLS_APPLICATION_DATA, 3, 3, 0, 15};
            struct tls_opened opened;
            assert_int_equal(tls_opener_open(t.opener, header, slice_part(rc4_sealed(&t, i), 0, 15), t.out, &opened),
                             TLS_OPEN_MALFORMED); /* no MAC is so short */
            assert_true(rc4_opens(&t, i));
            assert_false(rc4_opens(&t, i));
        }
        rc4_leave(&t);
    }
}

/* A record of a known size is passed over, whatever its bytes are; without its size the place is lost for good. */
static void keystream_is_lost(void **state)
{
    (void)state;
    static const uint8_t unknown[128];
    for (size_t row = 0; row < RC4_ROWS; row++) {
        struct rc4_talk t;
        struct tls_opened opened;
        rc4_set(&t, rc4_rows[row].suite, rc4_rows[row].version);
        assert_true(rc4_opens(&t, 0));
        for (uint64_t at = 0; at < 8; at++)
            assert_int_equal(tls_opener_try(t.opener, at, t.records[2], rc4_sealed(&t, 2), t.out, &opened),
                             TLS_OPEN_BAD);
        tls_opener_pass(t.opener, (struct slice){unknown, rc4_sealed(&t, 1).size});
        assert_true(rc4_opens(&t, 2));
        tls_opener_pass(t.opener, slice_of(""));
        assert_false(rc4_opens(&t, 3));
        rc4_leave(&t);
        rc4_set(&t, rc4_rows[row].suite, rc4_rows[row].version);
        tls_opener_seek(t.opener, 1);
        assert_false(rc4_opens(&t, 1));
        assert_false(rc4_opens(&t, 0));
        rc4_leave(&t);
    }
}

/* Each request for memory refused in turn: NULL, and nothing is kept. */
static void without_memory(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct tls_ciphers *ciphers = tls_ciphers_new(&memory);
    struct tls_record_keys keys = {.suite = tls_suite_find(0x1301), .version = TLS_1_3};
    size_t before = memory.used;
    memory.fail_at = 1;
    assert_null(tls_opener_new(ciphers, &keys, &memory));
    assert_int_equal(memory.used, before);
    struct tls_opener *o = tls_opener_new(ciphers, &keys, &memory);
    assert_non_null(o);
    assert_true(memory.used > before + tls_cipher_info(keys.suite->cipher)->taken);
    tls_opener_free(o);
    tls_opener_free(NULL);
    tls_ciphers_free(ciphers);
    memory.fail_at = 1;
    assert_null(tls_ciphers_new(&memory));
    assert_int_equal(memory.used, 0);
}

int main(void)
{
    fill();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_suite),
        cmocka_unit_test(every_agreement),
        cmocka_unit_test(padding_is_stripped),
        cmocka_unit_test(keys_change),
        cmocka_unit_test(nothing_else_opens),
        cmocka_unit_test(place_is_found_again),
        cmocka_unit_test(chained_place_is_found_again),
        cmocka_unit_test(passed_over),
        cmocka_unit_test(sealed_by_hand),
        cmocka_unit_test(keystream_goes_on),
        cmocka_unit_test(keystream_is_lost),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
