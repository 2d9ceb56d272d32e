/* One connection whose telling is text: C(abc) pushed, C[3] a gap, C<fin> an end. For the tests of reassembly. */
#ifndef TESTS_UNIT_RIG_H
#define TESTS_UNIT_RIG_H

#include "proto/stream/reassembly.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { S = TCP_SYN, A = TCP_ACK, SA = TCP_SYN | TCP_ACK, F = TCP_FIN | TCP_ACK, R = TCP_RST, RA = TCP_RST | TCP_ACK };

/** One connection and what it told. Numbers of the tests are relative: a SYN is 0, the first byte 1. */
struct rig {
    struct stream stream;
    struct reassembly r;
    struct reassembly_limits limits;
    struct memory memory;
    struct reassembly_counts counts;
    uint32_t isn[2];
    moment clock;
    uint64_t number;
    uint32_t cut;   /* of the next segment */
    uint32_t stamp; /* likewise; 0: none */
    bool signature;
    char told[4096];
    int last; /* the side that was pushed last: its bytes are joined */
};

static inline void tell(struct rig *t, const char *text, size_t size)
{
    size_t used = strlen(t->told);
    assert_true(used + size + 1 < sizeof t->told);
    memcpy(t->told + used, text, size);
    t->told[used + size] = '\0';
}

static inline void tell_push(struct stream *s, enum side from, moment time, struct slice bytes)
{
    struct rig *t = (struct rig *)s;
    (void)time;
    assert_true(bytes.size > 0);
    if (t->last == (int)from)
        t->told[strlen(t->told) - 1] = '\0';
    else
        tell(t, from == CLIENT ? "C(" : "S(", 2);
    tell(t, (const char *)bytes.data, bytes.size);
    tell(t, ")", 1);
    t->last = (int)from;
}

static inline void tell_gap(struct stream *s, enum side from, moment time, uint64_t size)
{
    struct rig *t = (struct rig *)s;
    char text[32];
    (void)time;
    assert_true(size > 0);
    tell(t, text, (size_t)snprintf(text, sizeof text, "%c[%llu]", "CS"[from], (unsigned long long)size));
    t->last = -1;
}

static inline void tell_end(struct stream *s, enum side from, moment time, enum stream_end how)
{
    static const char *const names[] = {"fin", "reset", "idle", "evicted", "capture"};
    struct rig *t = (struct rig *)s;
    char text[32];
    (void)time;
    tell(t, text, (size_t)snprintf(text, sizeof text, "%c<%s>", "CS"[from], names[how]));
    t->last = -1;
}

static inline void tell_free(struct stream *s)
{
    (void)s;
}

static const struct stream_ops tell_ops = {tell_push, tell_gap, tell_end, tell_free};

static inline struct rig rig(void)
{
    return (struct rig){.limits = {.held_bytes = 1000, .held_segments = 10, .patience = 3, .hole_wait = 1000},
                        .memory = {.limit = 1 << 20},
                        .isn = {1000, 2000},
                        .last = -1};
}

static inline enum segment segment(struct rig *t, enum side from, uint32_t seq, uint32_t ack, unsigned flags,
                                   const char *text)
{
    if (!t->stream.ops) {
        t->stream.ops = &tell_ops;
        reassembly_init(&t->r, &t->stream);
    }
    struct packet p = {.time = ++t->clock,
                       .clock = t->clock,
                       .number = ++t->number,
                       .seq = t->isn[from] + seq,
                       .ack = flags & A ? t->isn[other_side(from)] + ack : 0,
                       .flags = (uint16_t)flags,
                       .payload = slice_of(text),
                       .stamped = t->stamp,
                       .stamp = t->stamp,
                       .signature = t->signature,
                       .cut = t->cut};
    t->cut = t->stamp = 0;
    t->signature = false;
    return reassembly_segment(&t->r, from, &p, &t->limits, &t->memory, &t->counts);
}

static inline void shake_hands(struct rig *t)
{
    assert_int_equal(segment(t, CLIENT, 0, 0, S, ""), SEGMENT_DELIVERED);
    assert_int_equal(segment(t, SERVER, 0, 1, SA, ""), SEGMENT_DELIVERED);
    assert_int_equal(segment(t, CLIENT, 1, 1, A, ""), SEGMENT_DELIVERED);
}

#define told(t, text)                                                                                                  \
    do {                                                                                                               \
        assert_string_equal((t)->told, text);                                                                          \
        (t)->told[0] = '\0';                                                                                           \
        (t)->last = -1;                                                                                                \
    } while (0)

/** Ends it, and what must hold then for every connection. */
static inline void finish(struct rig *t, const char *text)
{
    reassembly_end(&t->r, t->clock, END_CAPTURE, &t->memory, &t->counts);
    told(t, text);
    reassembly_end(&t->r, t->clock, END_IDLE, &t->memory, &t->counts);
    told(t, "");
    const struct reassembly_counts *c = &t->counts;
    assert_int_equal(c->payload, c->delivered + c->repeated + c->outside);
    assert_int_equal(t->memory.used, 0);
    assert_false(reassembly_holds(&t->r));
}

static inline void counted(const struct rig *t, unsigned delivered, unsigned repeated, unsigned outside, unsigned gap)
{
    assert_int_equal(t->counts.delivered, delivered);
    assert_int_equal(t->counts.repeated, repeated);
    assert_int_equal(t->counts.outside, outside);
    assert_int_equal(t->counts.gap, gap);
}

#endif
