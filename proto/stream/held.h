/* The segments of one side that wait, by offset. No byte is held twice: of two segments with other bytes for one offset
 * that counts which begins earlier, of such the longer one, of equal ones the first. So does Linux, on which API
 * servers run (tcp_data_queue_ofo() in net/ipv4/tcp_input.c).
 *
 * `held` of a side is the last of a ring whose `after` is the first, so that both ends are at hand: what is out of
 * order nearly always comes behind the last. */
#ifndef PROTO_STREAM_HELD_H
#define PROTO_STREAM_HELD_H

#include "proto/stream/reassembly.h"

/** Why it is not certain that its receiver takes a segment; what is less likely comes later. */
enum doubt {
    NO_DOUBT,
    DOUBT_ACK,   /* it acknowledges what was never sent; Linux takes the bytes if it expects nothing but them */
    DOUBT_OPTION /* it bears a signature, or a stamp that is older than what came before it */
};

/** Where bytes belong, and what goes with them. */
struct piece {
    uint64_t offset;    /* of the first byte */
    uint64_t begin;     /* of the first byte of its segment, which may be seen already; 0: it counts before any other;
                           or PIECE_... */
    uint64_t ack;       /* the other side's offset that it acknowledges; 0: none */
    moment time, clock; /* of its packet */
    uint64_t number;    /* of its frame */
    uint32_t cut;       /* bytes behind these that the capture did not keep */
    uint8_t ends;       /* TCP_FIN, TCP_RST or 0, behind all that */
    uint8_t doubt;      /* enum doubt: whether its receiver takes it shows by what that acknowledges */
};

/* `begin` of what counts behind any other, the last of these behind the first. */
#define PIECE_DOUBTFUL (UINT64_MAX - DOUBT_OPTION) /* and its doubt, less one */
#define PIECE_UNTIMELY UINT64_MAX /* it acknowledges what was not seen yet: if that was not sent, none takes it */

struct held {
    struct held *after;
    struct piece piece;
    uint32_t size, skip, room; /* bytes that count; those before them, which gave way; what there was at first */
    uint8_t bytes[];
};

static inline struct slice held_bytes(const struct held *h)
{
    return (struct slice){.data = h->bytes + h->skip, .size = h->size};
}

static inline struct held *held_first(const struct reassembly_side *s)
{
    return s->held ? s->held->after : NULL;
}

/** The offset behind its bytes and what was cut of them. */
static inline uint64_t held_end(const struct held *h)
{
    return h->piece.offset + h->size + h->piece.cut;
}

/** Holds what is new in this piece, or counts before what is held, which then gives way; of what is there twice one is
 *  counted as repeated, and compared.
 *  @return SEGMENT_HELD, SEGMENT_REPEATED, SEGMENT_CONFLICTING (some may be held nevertheless), or SEGMENT_OUTSIDE
 *  when there was no memory for all of it. */
enum segment held_insert(struct reassembly_side *s, const struct piece *piece, struct slice bytes,
                         struct memory *memory, struct reassembly_counts *counts);

/** Takes the first one out, for the caller to free. NULL: there is none. */
struct held *held_pop(struct reassembly_side *s);

/** What is held does not count, but for a reset at `reset_at`; 0: that neither. */
void held_discard(struct reassembly_side *s, uint64_t reset_at, struct memory *memory,
                  struct reassembly_counts *counts);

void held_free(struct held *h, struct memory *memory);

#endif
