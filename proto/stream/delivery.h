/* The giving half of reassembly: what may be pushed now, what must wait for the other side, and how long.
 *
 * Always: a side's first held piece is at its `next` only if it waits for the other side's bytes, and then the other
 * side has a hole that this piece acknowledges. So somebody's patience always runs, or a limit is what ends the wait.
 * Or it is what a SYN offers, and waits for an acknowledgement of the SYN; no other piece has any of its offsets.
 * Or it is doubtful, and waits for an acknowledgement of its own bytes.
 */
#ifndef PROTO_STREAM_DELIVERY_H
#define PROTO_STREAM_DELIVERY_H

#include "proto/stream/held.h"
#include "proto/stream/reassembly.h"

/** Of a side, in this order. */
enum side_state {
    SIDE_UNSEEN, /* none of its packets was seen */
    SIDE_OPEN,
    SIDE_FINISHED, /* its FIN was delivered */
    SIDE_RESET     /* ended in any other way */
};

enum side_flag {
    SIDE_ANCHORED = 1,  /* `next` means something: by a packet of its own, or by its peer's acknowledgement */
    SIDE_SYN_KNOWN = 2, /* `isn` is its SYN's number */
    SIDE_FIXED = 4,     /* something was told above that rests on `next`: it goes forward only */
    SIDE_IN_VAIN = 8,   /* unseen, and was waited for in vain */
    SIDE_OFFERED = 16,  /* the first held piece is of its SYN, which the peer has not acknowledged yet */
    SIDE_WENT_ON = 32,  /* with that: something of it came that only an acknowledgement allows */
    SIDE_STAMPED = 64   /* its packets are stamped, and the first or a later stamp is kept */
};

/** What the calls of one packet share. */
struct delivery {
    struct reassembly *r;
    const struct reassembly_limits *limits; /* NULL at the end, when nothing waits any longer */
    struct memory *memory;
    struct reassembly_counts *counts;
    moment time, clock;
};

static inline bool side_ended(const struct reassembly_side *s)
{
    return s->state >= SIDE_FINISHED;
}

/** How far a number is ahead of the next one wanted. */
static inline int32_t side_ahead(const struct reassembly_side *s, uint32_t number)
{
    return (int32_t)(number - (s->isn + (uint32_t)s->next));
}

/** The peer has acknowledged bytes that did not come. */
static inline bool side_owes(const struct reassembly_side *s)
{
    return s->acked > s->next && !side_ended(s) && !(s->held && held_first(s)->piece.offset <= s->next);
}

/** What acknowledges `ack` of this side must wait. */
static inline bool side_awaited(const struct reassembly_side *s, uint64_t ack)
{
    return ack > s->next && !side_ended(s) && !(s->flags & SIDE_IN_VAIN);
}

/** Whether the peer has not acknowledged all of a piece that is doubtful. */
static inline bool side_doubts(const struct reassembly_side *s, const struct piece *piece, size_t size)
{
    return piece->doubt != NO_DOUBT && s->acked < piece->offset + size + piece->cut + (piece->ends ? 1 : 0);
}

/** Pushes bytes that stand at `next` and need not wait. */
void delivery_push(struct reassembly *r, enum side from, moment time, struct slice bytes,
                   struct reassembly_counts *counts);

/** The same for a piece, and what goes with it. */
void delivery_piece(const struct delivery *d, enum side from, const struct piece *piece, struct slice bytes);

/** What the SYN offered does not count. */
void delivery_pass_over(const struct delivery *d, enum side side);

/** No acknowledgement will be seen: what a SYN offered, if anything, counts if its side went on. */
void delivery_end_offer(const struct delivery *d, enum side side);

/** The peer has acknowledged `ack` of this side when it had sent no more than `sent` (one more than which a probe of a
 *  window or of a connection kept alive tells). What it took of this side by then acknowledged no more than that. */
void delivery_refute(const struct delivery *d, enum side side, uint64_t ack, uint64_t sent);

/** After a packet: delivers what waits no longer, keeps to the limits, and counts the packet against patience. */
void delivery_settle(const struct delivery *d);

/** After time: gives up what has waited for too long. */
void delivery_age(const struct delivery *d);

/** Whether there is anything that time will give up. */
bool delivery_waits(const struct reassembly *r);

/** Nothing waits any more: everything is delivered or told as a gap. */
void delivery_flush(const struct delivery *d);

/** Ends the sides that have not ended. */
void delivery_end(const struct delivery *d, enum stream_end how);

#endif
