/* A TLS stream with what it is lent, and what it told: plaintext of both sides, gaps, ends, facts. */
#ifndef TESTS_UNIT_TLS_RIG_H
#define TESTS_UNIT_TLS_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/tls/keys_reader.h"
#include "proto/tls/tls.h"
#include "tests/tools/tls_talk.h"

enum { RIG_ROOM = 400000, RIG_GAPS = 64 };

/** What was read of one side: bytes, and before which of them something is missing. */
struct rig_side {
    uint8_t *bytes;
    size_t size;
    size_t gaps[RIG_GAPS];
    uint64_t gap_sizes[RIG_GAPS]; /* may be GAP_UNKNOWN */
    size_t gap_count;
    bool ended;
};

struct rig {
    struct stream inside; /* what reads the plaintext */
    struct tls_bench *bench;
    struct tls *tls;
    struct memory memory;
    struct hash_secret secret;
    struct tls_keys *keys;
    struct rig_side side[2];
    unsigned opened, facts_told, records;
    enum gave_up gave_up;
};

static inline void rig_push(struct stream *s, enum side from, moment time, struct slice bytes)
{
    struct rig_side *side = &((struct rig *)s)->side[from];
    (void)time;
    assert_true(bytes.size > 0 && side->size + bytes.size <= RIG_ROOM);
    assert_false(side->ended);
    memcpy(side->bytes + side->size, bytes.data, bytes.size);
    side->size += bytes.size;
}

static inline void rig_gap(struct stream *s, enum side from, moment time, uint64_t size)
{
    struct rig_side *side = &((struct rig *)s)->side[from];
    (void)time;
    assert_true(size > 0 && side->gap_count < RIG_GAPS);
    side->gap_sizes[side->gap_count] = size;
    side->gaps[side->gap_count++] = side->size;
}

static inline void rig_end(struct stream *s, enum side from, moment time, enum stream_end how)
{
    (void)time, (void)how;
    ((struct rig *)s)->side[from].ended = true;
}

static inline void rig_facts(void *owner, const struct tls_facts *facts)
{
    struct rig *r = owner;
    r->facts_told++;
    if (r->tls)
        assert_ptr_equal(facts, tls_facts_of(r->tls));
}

static inline struct stream *rig_opened(void *owner)
{
    struct rig *r = owner;
    assert_int_equal(r->opened++, 0);
    return &r->inside;
}

static inline void rig_record(void *owner, enum side from, enum tls_content content)
{
    (void)from, (void)content;
    ((struct rig *)owner)->records++;
}

static inline void rig_gave_up(void *owner, moment time, enum gave_up reason)
{
    (void)time;
    ((struct rig *)owner)->gave_up = reason;
}

/** Another connection, with the same keys and sessions. */
static inline void rig_connect(struct rig *r)
{
    static const struct stream_ops ops = {.push = rig_push, .gap = rig_gap, .end = rig_end};
    static const struct tls_events events = {
        .facts = rig_facts, .opened = rig_opened, .record = rig_record, .gave_up = rig_gave_up};
    static const struct address server = {.ip = {1, 2, 3}, .port = 6443};
    if (r->tls)
        stream_free(tls_stream(r->tls));
    for (int side = 0; side < 2; side++)
        r->side[side] = (struct rig_side){.bytes = r->side[side].bytes};
    r->opened = r->facts_told = r->records = 0;
    r->inside.ops = &ops;
    r->tls = NULL;
    r->tls = tls_new(r->bench, true, &server, &events, r);
    assert_non_null(r->tls);
}

static inline void rig_init(struct rig *r)
{
    *r = (struct rig){.memory = {.limit = 1 << 24}};
    r->bench = calloc(1, sizeof *r->bench);
    assert_non_null(r->bench);
    r->keys = tls_keys_new(&r->secret, &r->memory);
    r->bench->limits = (struct tls_limits){.handshake_bytes = 65536, .early_bytes = 32768};
    r->bench->locksmith = (struct tls_locksmith){
        .ciphers = tls_ciphers_new(&r->memory), .keys = r->keys, .memory = &r->memory, .trials = 64};
    r->bench->sessions = tls_sessions_new(sizeof(struct tls_kept), &r->secret, &r->memory);
    for (int side = 0; side < 2; side++) {
        r->side[side].bytes = malloc(RIG_ROOM);
        assert_non_null(r->side[side].bytes);
    }
    rig_connect(r);
}

static inline void rig_deinit(struct rig *r)
{
    stream_free(tls_stream(r->tls));
    tls_keys_free(r->keys);
    tls_sessions_free(r->bench->sessions);
    tls_ciphers_free(r->bench->locksmith.ciphers);
    free(r->bench);
    free(r->side[0].bytes);
    free(r->side[1].bytes);
    assert_int_equal(r->memory.used, 0);
}

static inline void rig_add_lines(struct rig *r, const char *lines, size_t size)
{
    struct tls_keys_reader reader;
    tls_keys_reader_init(&reader, r->keys, NULL, NULL);
    tls_keys_reader_feed(&reader, (struct slice){(const uint8_t *)lines, size});
    tls_keys_reader_finish(&reader);
}

static inline void rig_add_keys(struct rig *r, const struct tls_talk *t)
{
    rig_add_lines(r, t->log, t->log_size);
}

/** From own memory, so that a read past it is seen. */
static inline void rig_say(struct rig *r, int side, const uint8_t *bytes, size_t size)
{
    uint8_t *own = malloc(size ? size : 1);
    assert_non_null(own);
    memcpy(own, bytes, size);
    stream_push(tls_stream(r->tls), (enum side)side, 1, (struct slice){own, size});
    free(own);
}

/** Records from `from` on, each in pieces of so many bytes. */
static inline void rig_hear(struct rig *r, const struct tls_talk *t, size_t from, size_t piece)
{
    for (size_t i = from; i < t->count; i++) {
        const struct tls_talk_record *record = &t->records[i];
        for (size_t at = 0; at < record->size; at += piece)
            rig_say(r, record->side, t->wire + record->at + at, piece < record->size - at ? piece : record->size - at);
    }
}

static inline const struct tls_facts *rig_known(const struct rig *r)
{
    return tls_facts_of(r->tls);
}

static inline void rig_end_both(struct rig *r)
{
    stream_end(tls_stream(r->tls), CLIENT, 2, END_FIN);
    stream_end(tls_stream(r->tls), SERVER, 2, END_FIN);
}

#endif
