#include "proto/packet/mpls.h"

#include "proto/packet/ip.h"
#include "proto/packet/link.h"

enum { LABEL = 4, CONTROL_WORD = 4 };

/* An Ethernet address may begin like an IP header: but then the length in it is hardly one that fits. */
static bool mpls_fits(const struct walker *w, uint8_t version)
{
    size_t there = w->here.size + w->cut;
    if (w->here.size < 6)
        return true;
    if (version == 6)
        return walker_u16(w, 4) + 40u <= there;
    return (w->here.data[0] & 0x0f) >= 5 && (walker_u16(w, 2) == 0 || walker_u16(w, 2) <= there);
}

static enum walk mpls_inside(struct walker *w)
{
    if (w->here.size < 1)
        return walker_short(w, 1);
    uint8_t version = w->here.data[0] >> 4;
    bool like_ip = version == 4 || version == 6;
    if (like_ip && mpls_fits(w, version))
        return ip_walk(w);
    if (w->here.size < CONTROL_WORD + LINK_ETHERNET_HEADER && w->cut > 0)
        return WALK_CUT;
    if (version == 0 && link_is_ethernet(slice_part(w->here, CONTROL_WORD, w->here.size)))
        walker_take(w, CONTROL_WORD);
    if (link_is_ethernet(w->here))
        return link_ethernet(w);
    return like_ip ? ip_walk(w) : WALK_OTHER;
}

/* Label, class, whether it is the last one, TTL. */
enum walk mpls_walk(struct walker *w)
{
    for (bool last = false; !last;) {
        if (!walker_deeper(w))
            return WALK_DEEP;
        if (w->here.size < LABEL)
            return walker_short(w, LABEL);
        last = w->here.data[2] & 1;
        walker_take(w, LABEL);
    }
    return mpls_inside(w);
}
