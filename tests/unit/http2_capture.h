/* A talk as somebody captures it who misses some of it, played to the HTTP/2 parser. */
#ifndef TESTS_UNIT_HTTP2_CAPTURE_H
#define TESTS_UNIT_HTTP2_CAPTURE_H

#include "tests/unit/http2_talk.h"

static inline struct stream *capture_begin(const struct http2_shared *shared, bool late, struct record **r)
{
    *r = record_new();
    struct stream *s = http2_new(shared, !late, &record_events, *r);
    assert_non_null(s);
    return s;
}

/* Bytes on the heap of their own size, so that reading past them is seen. */
static inline void capture_cut(struct stream *s, enum side from, const uint8_t *bytes, size_t size, size_t cut)
{
    while (size) {
        size_t piece = cut && cut < size ? cut : size;
        uint8_t *own = malloc(piece);
        memcpy(own, bytes, piece);
        stream_push(s, from, 1, (struct slice){own, piece});
        free(own);
        bytes += piece;
        size -= piece;
    }
}

static inline void capture_finish(struct stream *s, const struct record *r)
{
    stream_end(s, CLIENT, 1, END_CAPTURE);
    stream_end(s, SERVER, 1, END_CAPTURE);
    stream_free(s);
    for (unsigned i = 0; i < r->count; i++)
        assert_true(r->things[i].over);
}

struct hole {
    size_t from, to; /* bytes of one side */
};

/* How a talk is captured. */
struct capture {
    struct hole hole[2];
    size_t skip;  /* so many bytes of both sides together were before it began */
    bool unknown; /* the sizes of gaps */
    bool late;
    bool deaf[2]; /* to a side */
    size_t cut;
    uint32_t streams;
    uint64_t fail_at; /* this request for memory fails; then 0 */
};

static inline void capture_push(struct stream *s, const struct capture *c, enum side from, const uint8_t *bytes,
                                size_t size, size_t at)
{
    size_t lost_from = c->hole[from].from > at ? c->hole[from].from - at : 0;
    size_t lost_to = c->hole[from].to > at ? c->hole[from].to - at : 0;
    lost_to = lost_to < size ? lost_to : size;
    lost_from = lost_from < lost_to ? lost_from : lost_to;
    capture_cut(s, from, bytes, lost_from, c->cut);
    if (lost_to > lost_from)
        stream_gap(s, from, 1, c->unknown ? GAP_UNKNOWN : lost_to - lost_from);
    capture_cut(s, from, bytes + lost_to, size - lost_to, c->cut);
}

static inline struct record *capture_play(const struct script *script, struct capture *c)
{
    static const struct hash_secret secret;
    struct memory memory = {.limit = 1 << 20};
    struct http2_shared shared = {.limits = {.block_bytes = 16384, .streams = c->streams ? c->streams : 8},
                                  .memory = &memory,
                                  .literals = literals_new(1, &secret, &memory)};
    struct record *r;
    struct stream *s = capture_begin(&shared, c->late, &r);
    memory.fail_at = c->fail_at;
    size_t at[2] = {0, 0}, skip = c->skip;
    for (size_t i = 0; i < script->count; i++) {
        const struct piece *p = &script->pieces[i];
        size_t before = skip < p->size ? skip : p->size;
        skip -= before;
        if (p->kind == PIECE_FIN)
            stream_end(s, p->from, 1, END_FIN);
        else if (p->kind == PIECE_GAP || p->kind == PIECE_GAP_UNKNOWN)
            stream_gap(s, p->from, 1, p->kind == PIECE_GAP ? p->size : GAP_UNKNOWN);
        else if (p->kind == PIECE_PUSH && !c->deaf[p->from])
            capture_push(s, c, p->from, script->bytes + p->at + before, p->size - before, at[p->from] + before);
        at[p->from] += p->size;
    }
    capture_finish(s, r);
    c->fail_at = memory.fail_at;
    literals_free(shared.literals);
    assert_int_equal(memory.used, 0);
    return r;
}

#endif
