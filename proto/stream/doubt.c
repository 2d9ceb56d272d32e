#include "proto/stream/doubt.h"

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
