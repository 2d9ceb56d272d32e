/* Follows a talk of tests/tools/tls_talk.h from its records and its key log alone: what each side sent is opened. */
#ifndef TESTS_UNIT_TLS_FOLLOW_H
#define TESTS_UNIT_TLS_FOLLOW_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/tls/keys_reader.h"
#include "proto/tls/opener.h"
#include "tests/tools/tls_talk.h"

struct follow {
    unsigned sized; /* records whose plaintext's size was known before they were opened */
    struct memory memory;
    struct hash_secret secret;
    struct tls_ciphers *ciphers;
    struct tls_keys *keys;
    uint16_t version;
    bool encrypt_then_mac;
    const struct tls_suite *suite;
    uint8_t random[2][TLS_RANDOM];
    struct tls_opener *openers[2];
    uint8_t out[TLS_RECORD_MAX];
    uint8_t *told[2]; /* application data */
    size_t told_size[2];
    unsigned opened, finished, updates;
};

static inline void follow_init(struct follow *f, const struct tls_talk *t, const struct tls_talk_options *options)
{
    *f = (struct follow){.memory = {.limit = 1 << 24}, .version = options->version};
    f->encrypt_then_mac = (options->off & SSL_OP_NO_ENCRYPT_THEN_MAC) == 0;
    f->ciphers = tls_ciphers_new(&f->memory);
    f->keys = tls_keys_new(&f->secret, &f->memory);
    assert_non_null(f->ciphers);
    assert_non_null(f->keys);
    struct tls_keys_reader r;
    tls_keys_reader_init(&r, f->keys, NULL, NULL);
    tls_keys_reader_feed(&r, (struct slice){.data = (const uint8_t *)t->log, .size = t->log_size});
    tls_keys_reader_finish(&r);
    assert_int_equal(r.counts[TLS_LINE_MALFORMED], 0);
    assert_true(r.counts[TLS_LINE_ADDED] > 0);
}

static inline void follow_deinit(struct follow *f)
{
    tls_opener_free(f->openers[0]);
    tls_opener_free(f->openers[1]);
    tls_keys_free(f->keys);
    tls_ciphers_free(f->ciphers);
    free(f->told[0]);
    free(f->told[1]);
    assert_int_equal(f->memory.used, 0);
}

static inline void follow_open_with(struct follow *f, int side, const struct tls_record_keys *keys)
{
    tls_opener_free(f->openers[side]);
    f->openers[side] = tls_opener_new(f->ciphers, keys, &f->memory);
    assert_non_null(f->openers[side]);
}

static inline void follow_traffic(struct follow *f, int side, enum tls_label client, enum tls_label server)
{
    struct tls_record_keys keys;
    const struct tls_secret *secret = tls_keys_find(f->keys, f->random[0], side == 0 ? client : server);
    assert_non_null(secret);
    assert_true(tls_schedule_traffic(f->ciphers, f->suite, secret, &keys));
    follow_open_with(f, side, &keys);
}

static inline void follow_expand(struct follow *f, int side)
{
    struct tls_record_keys keys[2];
    const struct tls_secret *master = tls_keys_find(f->keys, f->random[0], TLS_LABEL_MASTER);
    assert_non_null(master);
    assert_true(tls_schedule_expand(f->ciphers, f->suite, f->version, master, f->random[0], f->random[1],
                                    f->encrypt_then_mac, keys));
    follow_open_with(f, side, &keys[side]);
}

/* The hellos, as far as keys depend on them. */
static inline void follow_clear(struct follow *f, int side, struct slice record)
{
    struct reader r = reader_of(record);
    uint8_t content = read_u8(&r);
    read_slice(&r, 4);
    if (content == TLS_CHANGE_CIPHER_SPEC && f->version != TLS_1_3)
        follow_expand(f, side);
    if (content != TLS_HANDSHAKE || read_u8(&r) != (side == 0 ? 1 : 2))
        return;
    read_slice(&r, 3 + 2);
    memcpy(f->random[side], read_slice(&r, TLS_RANDOM).data, TLS_RANDOM);
    if (side == 0)
        return;
    read_slice(&r, read_u8(&r));
    f->suite = tls_suite_find(read_u16(&r));
    assert_non_null(f->suite);
    assert_true(tls_suite_fits(f->suite, f->version));
    for (int of = 0; of < 2 && f->version == TLS_1_3; of++)
        follow_traffic(f, of, TLS_LABEL_CLIENT_HANDSHAKE, TLS_LABEL_SERVER_HANDSHAKE);
}

static inline void follow_opened(struct follow *f, int side, const struct tls_opened *opened)
{
    struct slice text = opened->plaintext;
    f->opened++;
    if (opened->content == TLS_APPLICATION_DATA && text.size > 0) {
        f->told[side] = realloc(f->told[side], f->told_size[side] + text.size);
        assert_non_null(f->told[side]);
        memcpy(f->told[side] + f->told_size[side], text.data, text.size);
        f->told_size[side] += text.size;
    }
    if (opened->content != TLS_HANDSHAKE)
        return;
    assert_true(text.size >= 4);
    if (text.data[0] == 20) {
        f->finished++;
        if (f->version == TLS_1_3)
            follow_traffic(f, side, TLS_LABEL_CLIENT_TRAFFIC, TLS_LABEL_SERVER_TRAFFIC);
    } else if (text.data[0] == 24) {
        f->updates++;
        assert_true(tls_opener_update(f->openers[side]));
    }
}

/** Records from `from` on. @return how many there are. */
static inline size_t follow(struct follow *f, const struct tls_talk *t, size_t from)
{
    for (size_t i = from; i < t->count; i++) {
        const struct tls_talk_record *r = &t->records[i];
        struct slice record = {.data = t->wire + r->at, .size = r->size};
        bool spec = f->version == TLS_1_3 && record.data[0] == TLS_CHANGE_CIPHER_SPEC;
        if (f->openers[r->side] == NULL || spec) {
            follow_clear(f, r->side, record);
            continue;
        }
        struct tls_opened opened;
        assert_int_equal(tls_opener_open(f->openers[r->side], record.data,
                                         slice_part(record, TLS_RECORD_HEADER, record.size), f->out, &opened),
                         TLS_OPEN_OK);
        size_t size;
        if (tls_opener_plain_size(f->openers[r->side], record.size - TLS_RECORD_HEADER, &size)) {
            assert_int_equal(size, opened.plaintext.size);
            f->sized++;
        }
        follow_opened(f, r->side, &opened);
    }
    return t->count;
}

#endif
