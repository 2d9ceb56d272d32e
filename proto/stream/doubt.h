/* Segments that no receiver takes, though their numbers are right: a client that means to be misread sends them between
 * those that count. Receivers differ in this, so what they acknowledge decides. */
#ifndef PROTO_STREAM_DOUBT_H
#define PROTO_STREAM_DOUBT_H

#include "proto/stream/delivery.h"

/* RFC 7323 section 5.3; Linux lets one tick pass (tcp_paws_check()). */
static inline bool doubt_stamp_is_old(const struct reassembly *r, enum side from, const struct packet *p)
{
    bool stamped = p->stamped && r->side[CLIENT].flags & r->side[SERVER].flags & SIDE_STAMPED;
    return stamped && (int32_t)(r->stamp[from] - p->stamp) > 1;
}

/** Of a peer whose first number is known. */
static inline bool doubt_was_never_sent(const struct reassembly_side *peer, const struct packet *p)
{
    int32_t ahead = side_ahead(peer, p->ack);
    bool known = (p->flags & TCP_ACK) && (peer->flags & SIDE_SYN_KNOWN);
    return known && ahead < 0 && 0U - (uint32_t)ahead >= peer->next;
}

/** Of a side whose peer is not seen nothing is doubted. */
static inline enum doubt doubt_segment(const struct reassembly *r, enum side from, const struct packet *p)
{
    const struct reassembly_side *peer = &r->side[other_side(from)];
    if (peer->state == SIDE_UNSEEN)
        return NO_DOUBT;
    if (p->signature || doubt_stamp_is_old(r, from, p))
        return DOUBT_OPTION;
    return doubt_was_never_sent(peer, p) ? DOUBT_ACK : NO_DOUBT;
}

/** Learns from the stamp of a segment that is not doubted. */
void doubt_keep_stamp(struct reassembly *r, enum side from, const struct packet *p);

#endif
