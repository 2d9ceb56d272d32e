#include "proto/packet/link.h"

#include "proto/packet/ip.h"

enum {
    ETHERNET_HEADER = 14,
    TAG_HEADER = 4,
    NULL_HEADER = 4,
    SLL_HEADER = 16,
    SLL2_HEADER = 20,
    ETHERTYPE_MIN = 0x600
};

static enum walk link_ethernet(struct walker *w);
static enum walk link_null(struct walker *w);
static enum walk link_sll(struct walker *w);
static enum walk link_sll2(struct walker *w);
static enum walk link_tag(struct walker *w);

/* The most frequent first. 12 and 14 are raw IP as some systems number it. */
static const struct {
    uint16_t type;
    walk_step step;
} links[] = {
    {1, link_ethernet}, {101, ip_walk},  {12, ip_walk},    {14, ip_walk},  {228, ip_walk4},
    {229, ip_walk6},    {113, link_sll}, {276, link_sll2}, {0, link_null}, {108, link_null},
};

static const struct {
    uint16_t type;
    walk_step step;
} ethertypes[] = {
    {0x0800, ip_walk4}, {0x86dd, ip_walk6}, {0x8100, link_tag}, /* 802.1Q */
    {0x88a8, link_tag},                                         /* 802.1ad */
    {0x9100, link_tag},                                         /* outer tags before 802.1ad was written */
    {0x9200, link_tag},
};

walk_step link_step(uint16_t link_type)
{
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        if (links[i].type == link_type)
            return links[i].step;
    }
    return NULL;
}

/* Below ETHERTYPE_MIN it is a length, and what follows is LLC: no IP that anyone sends. */
static enum walk link_ethertype(struct walker *w, uint16_t type)
{
    for (size_t i = 0; type >= ETHERTYPE_MIN && i < sizeof ethertypes / sizeof ethertypes[0]; i++) {
        if (ethertypes[i].type == type)
            return ethertypes[i].step(w);
    }
    return WALK_OTHER;
}

static enum walk link_ethernet(struct walker *w)
{
    if (w->here.size < ETHERNET_HEADER)
        return walker_short(w, ETHERNET_HEADER);
    uint16_t type = walker_u16(w, 12);
    walker_take(w, ETHERNET_HEADER);
    return link_ethertype(w, type);
}

/* BSD's loopback: the address family as the capturing system numbers it, in its byte order (LINKTYPE_NULL) or the
 * network's (LINKTYPE_LOOP). IPv4 is 2 everywhere; for IPv6 there are five numbers, and the packet says itself what it
 * is. */
static enum walk link_null(struct walker *w)
{
    if (w->here.size < NULL_HEADER)
        return walker_short(w, NULL_HEADER);
    uint16_t high = walker_u16(w, 0), low = walker_u16(w, 2);
    unsigned family = high ? (unsigned)(high >> 8 | (high & 0xff) << 8) : low;
    bool swapped = high && low;
    walker_take(w, NULL_HEADER);
    bool ip = !swapped && (family == 2 || family == 10 || family == 23 || family == 24 || family == 28 || family == 30);
    return ip ? ip_walk(w) : WALK_OTHER;
}

/* Linux's "cooked" captures of any interface: the ethertype stands at the end, or at the beginning of version 2. */
static enum walk link_sll(struct walker *w)
{
    if (w->here.size < SLL_HEADER)
        return walker_short(w, SLL_HEADER);
    uint16_t type = walker_u16(w, 14);
    walker_take(w, SLL_HEADER);
    return link_ethertype(w, type);
}

static enum walk link_sll2(struct walker *w)
{
    if (w->here.size < SLL2_HEADER)
        return walker_short(w, SLL2_HEADER);
    uint16_t type = walker_u16(w, 0);
    walker_take(w, SLL2_HEADER);
    return link_ethertype(w, type);
}

/* Priority, drop eligibility and the 12 bits of the VLAN; then the ethertype of what is inside. */
static enum walk link_tag(struct walker *w)
{
    if (w->layers == 0)
        return WALK_DEEP;
    w->layers--;
    if (w->here.size < TAG_HEADER)
        return walker_short(w, TAG_HEADER);
    if (w->vlans < 2)
        w->vlan[w->vlans] = walker_u16(w, 0) & 0x0fff;
    if (w->vlans < UINT8_MAX)
        w->vlans++;
    uint16_t type = walker_u16(w, 2);
    walker_take(w, TAG_HEADER);
    return link_ethertype(w, type);
}
