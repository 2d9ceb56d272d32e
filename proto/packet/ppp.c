#include "proto/packet/ppp.h"

#include "proto/packet/ip.h"
#include "proto/packet/link.h"
#include "proto/packet/mpls.h"

enum { PPPOE_HEADER = 6, PPPOE_VERSION_TYPE = 0x11, HDLC_HEADER = 4, HDLC_UNICAST = 0x0f, HDLC_MULTICAST = 0x8f };

/* IANA "PPP DLL Protocol Numbers". */
static const struct walk_row protocols[] = {
    {0x0021, ip_walk4}, {0x0057, ip_walk6}, {0x0281, mpls_walk}, {0x0283, mpls_walk}};

/* RFC 1661 section 2, RFC 1662 section 3.1: a number is odd at its end and even before, so one byte may stand for it.
 */
static enum walk ppp_protocol(struct walker *w)
{
    if (w->here.size < 1)
        return walker_short(w, 1);
    size_t size = w->here.data[0] & 1 ? 1 : 2;
    if (w->here.size < size)
        return walker_short(w, size);
    uint16_t protocol = size == 1 ? w->here.data[0] : walker_u16(w, 0);
    walker_take(w, size);
    walk_step step = walk_find(protocols, sizeof protocols / sizeof protocols[0], protocol);
    return step ? step(w) : WALK_OTHER;
}

enum walk ppp_walk(struct walker *w)
{
    if (w->here.size < 2)
        return walker_short(w, 2);
    if (walker_u16(w, 0) == 0xff03)
        walker_take(w, 2);
    return ppp_protocol(w);
}

enum walk ppp_walk_hdlc(struct walker *w)
{
    if (w->here.size < 2)
        return walker_short(w, 2);
    return w->here.data[0] == HDLC_UNICAST || w->here.data[0] == HDLC_MULTICAST ? hdlc_walk(w) : ppp_walk(w);
}

/* Version and type, code (0: a session's), session, length. */
enum walk pppoe_walk(struct walker *w)
{
    if (!walker_deeper(w))
        return WALK_DEEP;
    if (w->here.size < PPPOE_HEADER)
        return walker_short(w, PPPOE_HEADER);
    if (w->here.data[0] != PPPOE_VERSION_TYPE || w->here.data[1] != 0)
        return WALK_OTHER;
    uint16_t length = walker_u16(w, 4);
    walker_take(w, PPPOE_HEADER);
    walker_bound(w, length);
    return ppp_protocol(w);
}

enum walk hdlc_walk(struct walker *w)
{
    if (w->here.size < HDLC_HEADER)
        return walker_short(w, HDLC_HEADER);
    if (w->here.data[0] != HDLC_UNICAST && w->here.data[0] != HDLC_MULTICAST)
        return WALK_OTHER;
    uint16_t type = walker_u16(w, 2);
    walker_take(w, HDLC_HEADER);
    return link_ethertype(w, type);
}
