/* The segments of one side that wait, by offset. No byte is held twice: the first seen wins.
 *
 * `held` of a side is the last of a ring whose `after` is the first, so that both ends are at hand: what is out of
 * order nearly always comes behind the last. */
#ifndef PROTO_STREAM_HELD_H
#define PROTO_STREAM_HELD_H

#include "proto/stream/reassembly.h"

/** Where bytes belong, and what goes with them. */
struct piece {
    uint64_t offset;    /* of the first byte */
    uint64_t ack;       /* the other side's offset that it acknowledges; 0: none */
    moment time, clock; /* of its packet */
    uint64_t number;    /* of its frame */
    uint32_t cut;       /* bytes behind these that the capture did not keep */
    uint8_t ends;       /* TCP_FIN, TCP_RST or 0, behind all that */
};

struct held {
    struct held *after;
    struct piece piece;
    uint32_t size;
    uint8_t bytes[];
};

static inline struct held *held_first(const struct reassembly_side *s)
{
    return s->held ? s->held->after : NULL;
}

/** The offset behind its bytes and what was cut of them. */
static inline uint64_t held_end(const struct held *h)
{
    return h->piece.offset + h->size + h->piece.cut;
}

/** Holds what is new in this piece; what is not is counted as repeated, and compared.
 *  @return SEGMENT_HELD, SEGMENT_REPEATED, SEGMENT_CONFLICTING (some may be held nevertheless), or SEGMENT_OUTSIDE
 *  when there was no memory for all of it. */
enum segment held_insert(struct reassembly_side *s, const struct piece *piece, struct slice bytes,
                         struct memory *memory, struct reassembly_counts *counts);

/** Takes the first one out, for the caller to free. NULL: there is none. */
struct held *held_pop(struct reassembly_side *s);

void held_free(struct held *h, struct memory *memory);

#endif
