#include "proto/stream/doubt.h"

#include "proto/stream/delivery.h"

/* RFC 7323 section 5.3; Linux lets one tick pass (tcp_paws_check()). */
static bool stamp_is_old(const struct reassembly *r, enum side from, const struct packet *p)
{
    bool stamped = p->stamped && r->side[CLIENT].flags & r->side[SERVER].flags & SIDE_STAMPED;
    return stamped && (int32_t)(r->stamp[from] - p->stamp) > 1;
}

/** Of a peer whose first number is known. */
static bool was_never_sent(const struct reassembly_side *peer, const struct packet *p)
{
    int32_t ahead = side_ahead(peer, p->ack);
    bool known = (p->flags & TCP_ACK) && (peer->flags & SIDE_SYN_KNOWN);
    return known && ahead < 0 && 0U - (uint32_t)ahead >= peer->next;
}

enum doubt doubt_segment(const struct reassembly *r, enum side from, const struct packet *p)
{
    const struct reassembly_side *peer = &r->side[other_side(from)];
    if (peer->state == SIDE_UNSEEN)
        return NO_DOUBT;
    if (p->signature || stamp_is_old(r, from, p))
        return DOUBT_OPTION;
    return was_never_sent(peer, p) ? DOUBT_ACK : NO_DOUBT;
}

/* Linux, too, takes a stamp from nothing that lies wholly before or behind what it has acknowledged
 * (tcp_replace_ts_recent()). */
void doubt_keep_stamp(struct reassembly *r, enum side from, const struct packet *p)
{
    struct reassembly_side *s = &r->side[from];
    if (!p->stamped)
        return;
    uint64_t begin = s->next + (uint64_t)(int64_t)side_ahead(s, p->seq), end = begin + p->payload.size + p->cut;
    bool newer = (int32_t)(p->stamp - r->stamp[from]) > 0 && begin <= s->acked && end >= s->acked;
    if (newer || !(s->flags & SIDE_STAMPED))
        r->stamp[from] = p->stamp;
    s->flags |= SIDE_STAMPED;
}
