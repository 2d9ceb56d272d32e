/* TCP segments of one connection, both sides, to bytes in order. RFC 9293; of bytes that overlap those
 * count that Linux takes, on which API servers run: what was pushed stays, what is due counts before what waits, and of
 * what waits that which begins earlier (held.h). tests/overlap.test asks a kernel.
 *
 * In order, a segment's payload is pushed on as it lies in the frame: no copy, no allocation. Only what must wait is
 * copied and held: what lies behind a hole, and what acknowledges bytes of the other side that have not come (a mirror
 * swaps directions), so that above, an answer never comes before the request that it acknowledges. A hole closes in one
 * of three ways: the bytes come; the other side has acknowledged past it, something waits for them, and for `patience`
 * more packets of the connection and at least `skew`, or for `hole_wait` of packet time, they did not come; or a limit
 * is reached. The last two push a gap. Where nothing waits, the acknowledgement may be of what was never sent. A side
 * of which no packet was ever seen is a hole by its peer's acknowledgements alone; once patience with such a side was
 * in vain, it is not waited for again until one of its packets is seen. A hole on the only side that is seen can be
 * acknowledged by nobody: `hole_wait` alone closes it. Of a gap no more is pushed before the other side's next bytes
 * than these acknowledge: the rest may answer them.
 *
 * Bytes in a SYN count as far as the peer acknowledges them with it (RFC 7413): until then they are held. They count
 * for nothing if it acknowledges the SYN alone, or if their side sends the same numbers again before its peer was
 * heard. Where it never is, they are pushed after `hole_wait` or at the end, unless nothing else of their side came.
 *
 * Some segments no receiver takes, though their numbers are right: one whose stamp is older than what came before it
 * (RFC 7323 section 5), one that acknowledges what was never sent, one with a signature. They wait until the other side
 * has acknowledged their bytes, and give way to any other but one that acknowledges what has not come, which fewer
 * take; a side that is not seen is not asked.
 *
 * A segment seen twice (mirrored on two ports, with another VLAN or TTL) is a retransmission like any other:
 * it needs no memory of frames. */
#ifndef PROTO_STREAM_REASSEMBLY_H
#define PROTO_STREAM_REASSEMBLY_H

#include "proto/base/memory.h"
#include "proto/packet/packet.h"
#include "proto/stream/stream.h"

struct reassembly_limits {
    uint32_t held_bytes; /* a side */
    uint16_t held_segments;
    uint16_t patience; /* packets of the connection after a hole was acknowledged */
    moment hole_wait;
    /** Patience is no shorter: two mirrors' clocks may be so far apart, and one direction be late all along. */
    moment skew;
};

/** The sums: payload = delivered + repeated + outside, once nothing is held any more; of each side, the sequence space
 *  that was passed = delivered + gap. */
struct reassembly_counts {
    uint64_t payload;     /* captured payload bytes handed in */
    uint64_t delivered;   /* pushed */
    uint64_t repeated;    /* seen before */
    uint64_t conflicting; /* of the repeated: not as seen before, as far as that was still held */
    uint64_t outside;     /* no receiver would take them, or there was no memory to hold them */
    uint64_t gap;         /* told as gaps */
    uint64_t gaps;        /* how many */
};

struct held; /* a segment that waits */

struct reassembly_side {
    uint64_t next;  /* the offset of the next byte wanted: counts on over 4 GiB; the SYN is offset 0 */
    uint64_t acked; /* the greatest offset that the other side has acknowledged; 0: not even the SYN */
    uint32_t isn;
    uint32_t held_bytes;
    struct held *held; /* by offset; NULL nearly always */
    uint16_t waited;
    uint16_t since; /* when waiting began: milliseconds of the clock, modulo 2^16 */
    uint8_t state;  /* enum side_state in delivery.h */
    uint8_t flags;  /* enum side_flag in delivery.h */
    uint16_t held_segments;
};

/** Embedded in its connection: 96 of the 512 bytes that an idle one costs. */
struct reassembly {
    struct reassembly_side side[2];
    uint32_t stamp[2];    /* of each side: the last before what the other side has acknowledged */
    struct stream *above; /* borrowed; may be exchanged between two calls */
};

_Static_assert(sizeof(struct reassembly) <= 96, "of an idle connection's 512");

/** What the segment was. */
enum segment {
    SEGMENT_DELIVERED, /* or it had no payload and was in order */
    SEGMENT_HELD,
    SEGMENT_REPEATED,
    SEGMENT_CONFLICTING, /* repeated, with other bytes: a possible evasion */
    SEGMENT_OUTSIDE,     /* no receiver would take it: a RST or FIN elsewhere than at the next number too */
    SEGMENT_NEW_LIFE /* a SYN with another number on a connection that is over or has gone on: nothing was done; make
                        another */
};

/** @param above  is pushed, told of gaps and of the end, within the calls below and at no other time. */
void reassembly_init(struct reassembly *r, struct stream *above);

enum segment reassembly_segment(struct reassembly *r, enum side from, const struct packet *p,
                                const struct reassembly_limits *limits, struct memory *memory,
                                struct reassembly_counts *counts);

/** Both sides have ended, by FIN acknowledged or by RST. */
bool reassembly_over(const struct reassembly *r);

/** Whether this may be the first packet that is seen of its side: it acknowledges about what the other side has sent.
 */
bool reassembly_fits_unseen(const struct reassembly *r, enum side from, const struct packet *p);

/** Whether the segment is the next of its side, and acknowledges nothing that has not come: as nearly all are. */
static inline bool reassembly_expects(const struct reassembly *r, enum side from, const struct packet *p)
{
    const struct reassembly_side *s = &r->side[from], *o = &r->side[other_side(from)];
    return p->seq == s->isn + (uint32_t)s->next && (int32_t)(p->ack - (o->isn + (uint32_t)o->next)) <= 0;
}

/** Whether its numbers are more than `most` bytes ahead of all that was seen or acknowledged. Of a SYN or RST: no. */
bool reassembly_leaps(const struct reassembly *r, enum side from, const struct packet *p, uint32_t most);

/** Whether something is held. */
bool reassembly_holds(const struct reassembly *r);

/** Whether reassembly_wait() will in time change something: a hole that is acknowledged, or that nobody can
 * acknowledge. */
bool reassembly_waits(const struct reassembly *r);

/** Time has passed without packets of this connection: holes that have waited long enough become gaps. */
void reassembly_wait(struct reassembly *r, moment clock, const struct reassembly_limits *limits, struct memory *memory,
                     struct reassembly_counts *counts);

/** Client and server were taken for each other: what was counted and held changes sides. Before anything was pushed. */
void reassembly_swap(struct reassembly *r);

/** Gives up the holes that are there, delivers what is held behind them, and ends both sides. Idempotent. */
void reassembly_end(struct reassembly *r, moment time, enum stream_end how, struct memory *memory,
                    struct reassembly_counts *counts);

#endif
