#include "proto/packet/link.h"

#include "proto/packet/ip.h"
#include "proto/packet/mpls.h"
#include "proto/packet/nflog.h"
#include "proto/packet/ppp.h"
#include "proto/packet/wlan.h"

enum {
    TAG_HEADER = 4,
    VN_TAG_HEADER = 6,
    E_TAG_HEADER = 8,
    RING_HEADER = 6,
    STAMP_HEADER = 4,
    METADATA_HEADER = 8,
    MACSEC_HEADER = 8,
    MACSEC_CHANNEL = 8,
    SERVICE_HEADER = 4,
    FABRIC_HEADER = 2,
    TRILL_HEADER = 6,
    NULL_HEADER = 4,
    SLL_HEADER = 16,
    SLL2_HEADER = 20,
    SNAP_HEADER = 8,
    PPI_HEADER = 8,
    NSH_HEADER = 8,
    ETHERTYPE_MIN = 0x600
};

static enum walk link_null(struct walker *w);
static enum walk link_sll(struct walker *w);
static enum walk link_sll2(struct walker *w);
static enum walk link_ppi(struct walker *w);
static enum walk link_tag(struct walker *w);
static enum walk link_vn_tag(struct walker *w);
static enum walk link_e_tag(struct walker *w);
static enum walk link_ring(struct walker *w);
static enum walk link_stamp(struct walker *w);
static enum walk link_service(struct walker *w);
static enum walk link_fabric(struct walker *w);
static enum walk link_trill(struct walker *w);
static enum walk link_metadata(struct walker *w);
static enum walk link_macsec(struct walker *w);
static enum walk link_inside(struct walker *w);

/* The most frequent first. 12 and 14 are raw IP as some systems number it. */
static const struct walk_row links[] = {
    {1, link_ethernet}, {101, ip_walk},       {12, ip_walk},     {14, ip_walk},    {228, ip_walk4},
    {229, ip_walk6},    {113, link_sll},      {276, link_sll2},  {0, link_null},   {108, link_null},
    {9, ppp_walk},      {50, ppp_walk_hdlc},  {51, pppoe_walk},  {104, hdlc_walk}, {239, nflog_walk},
    {105, wlan_walk},   {127, wlan_radiotap}, {119, wlan_prism}, {163, wlan_avs},  {192, link_ppi},
};

static const struct walk_row ethertypes[] = {
    {0x0800, ip_walk4},     {0x86dd, ip_walk6},
    {0x8100, link_tag}, /* 802.1Q */
    {0x88a8, link_tag}, /* 802.1ad */
    {0x9100, link_tag}, /* outer tags before 802.1ad was written */
    {0x9200, link_tag},     {0x8847, mpls_walk},
    {0x8848, mpls_walk},    {0x8864, pppoe_walk},
    {0x88e7, link_service}, {0x8903, link_fabric},
    {0x8926, link_vn_tag},  {0x893f, link_e_tag},
    {0x22f3, link_trill},   {0x892f, link_ring},
    {0xd28b, link_stamp},   {LINK_ETHERTYPE_BRIDGED, link_inside}, /* transparent bridging, as GRE has it */
    {0x894f, link_nsh},     {0x8909, link_metadata},
    {0x88e5, link_macsec},
};

walk_step link_step(uint16_t link_type)
{
    return walk_find(links, sizeof links / sizeof links[0], link_type);
}

static walk_step link_ethertype_step(uint16_t type)
{
    return walk_find(ethertypes, sizeof ethertypes / sizeof ethertypes[0], type);
}

enum walk link_ethertype(struct walker *w, uint16_t type)
{
    if (type < ETHERTYPE_MIN) /* a length, or what stands in its place */
        return link_llc(w);
    walk_step step = link_ethertype_step(type);
    return step ? step(w) : WALK_OTHER;
}

enum walk link_carried(struct walker *w, uint16_t type)
{
    if (type == LINK_ETHERTYPE_BRIDGED)
        return link_ethernet(w);
    return type < ETHERTYPE_MIN ? WALK_OTHER : link_ethertype(w, type);
}

/* RFC 1042, and 802.1H, which has a bridge's number. LLC without SNAP carries no IP that anyone sends. */
enum walk link_llc(struct walker *w)
{
    static const uint8_t rfc1042[] = {0xaa, 0xaa, 3, 0, 0, 0}, bridged[] = {0xaa, 0xaa, 3, 0, 0, 0xf8};
    if (w->here.size < SNAP_HEADER)
        return w->cut > 0 ? WALK_CUT : WALK_OTHER;
    const uint8_t *data = w->here.data;
    if (memcmp(data, rfc1042, sizeof rfc1042) != 0 && memcmp(data, bridged, sizeof bridged) != 0)
        return WALK_OTHER;
    uint16_t type = walker_u16(w, 6);
    walker_take(w, SNAP_HEADER);
    return type < ETHERTYPE_MIN ? WALK_OTHER : link_ethertype(w, type);
}

bool link_is_ethernet(struct slice bytes)
{
    return bytes.size >= LINK_ETHERNET_HEADER &&
           link_ethertype_step((uint16_t)(bytes.data[12] << 8 | bytes.data[13])) != NULL;
}

enum walk link_ethernet(struct walker *w)
{
    if (w->here.size < LINK_ETHERNET_HEADER)
        return walker_short(w, LINK_ETHERNET_HEADER);
    uint16_t type = walker_u16(w, 12);
    walker_take(w, LINK_ETHERNET_HEADER);
    return link_ethertype(w, type);
}

static enum walk link_inside(struct walker *w)
{
    return walker_deeper(w) ? link_ethernet(w) : WALK_DEEP;
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

/* CACE's header around others: flags, its own size, and the link type of what is inside, in little endian. */
static enum walk link_ppi(struct walker *w)
{
    if (!walker_deeper(w))
        return WALK_DEEP;
    if (w->here.size < PPI_HEADER)
        return walker_short(w, PPI_HEADER);
    const uint8_t *data = w->here.data;
    size_t size = (size_t)(data[2] | data[3] << 8);
    walk_step step = data[6] || data[7] ? NULL : link_step((uint16_t)(data[4] | data[5] << 8));
    if (size < PPI_HEADER)
        return WALK_BAD;
    if (size > w->here.size)
        return walker_short(w, size);
    walker_take(w, size);
    return step ? step(w) : WALK_OTHER;
}

/* What stands between an ethertype and the next one, which is the last of its bytes. */
static enum walk link_behind(struct walker *w, size_t size)
{
    if (!walker_deeper(w))
        return WALK_DEEP;
    if (w->here.size < size)
        return walker_short(w, size);
    uint16_t type = walker_u16(w, size - 2);
    walker_take(w, size);
    return link_ethertype(w, type);
}

/* What stands before a whole frame. */
static enum walk link_around(struct walker *w, size_t size)
{
    if (!walker_deeper(w))
        return WALK_DEEP;
    if (w->here.size < size)
        return walker_short(w, size);
    walker_take(w, size);
    return link_ethernet(w);
}

/* Priority, drop eligibility and the 12 bits of the VLAN. */
static enum walk link_tag(struct walker *w)
{
    if (w->here.size >= TAG_HEADER && w->vlans < 2)
        w->vlan[w->vlans] = walker_u16(w, 0) & 0x0fff;
    if (w->here.size >= TAG_HEADER && w->vlans < UINT8_MAX)
        w->vlans++;
    return link_behind(w, TAG_HEADER);
}

/* Cisco's, between a switch and the virtual interfaces behind it: both interfaces. */
static enum walk link_vn_tag(struct walker *w)
{
    return link_behind(w, VN_TAG_HEADER);
}

/* 802.1BR: the same of every maker. */
static enum walk link_e_tag(struct walker *w)
{
    return link_behind(w, E_TAG_HEADER);
}

/* IEC 62439-3: which way around the ring, the size and the frame's number. */
static enum walk link_ring(struct walker *w)
{
    return link_behind(w, RING_HEADER);
}

/* Arista's, when a switch saw the frame: which of its headers it is, how the time is written, and the time. */
static enum walk link_stamp(struct walker *w)
{
    enum { STAMP = 1, SHORT = 0x20, LONG_TIME = 8, SHORT_TIME = 6, TYPE = 2 };
    if (w->here.size < STAMP_HEADER)
        return walker_short(w, STAMP_HEADER);
    if (walker_u16(w, 0) != STAMP)
        return WALK_UNREAD;
    return link_behind(w, STAMP_HEADER + (walker_u16(w, 2) & SHORT ? SHORT_TIME : LONG_TIME) + TYPE);
}

/* Cisco's: version, how many options, the one, which is a security group. */
static enum walk link_metadata(struct walker *w)
{
    if (w->here.size >= METADATA_HEADER && walker_u16(w, 0) != 0x0101)
        return WALK_UNREAD;
    return link_behind(w, METADATA_HEADER);
}

/* 802.1AE: flags, short length, number; a channel, where a flag says so. What is inside is encrypted where another says
 * so; what proves it stands behind. */
static enum walk link_macsec(struct walker *w)
{
    enum { OTHER_VERSION = 0x80, HAS_CHANNEL = 0x20, IS_CHANGED = 0x0c };
    if (w->here.size < MACSEC_HEADER)
        return walker_short(w, MACSEC_HEADER);
    uint8_t flags = w->here.data[0];
    size_t size = MACSEC_HEADER + (flags & HAS_CHANNEL ? MACSEC_CHANNEL : 0u);
    if (flags & OTHER_VERSION)
        return WALK_OTHER;
    if (flags & IS_CHANGED)
        return WALK_SEALED;
    return link_behind(w, size);
}

/* 802.1ah: priority and service. */
static enum walk link_service(struct walker *w)
{
    return link_around(w, SERVICE_HEADER);
}

/* Cisco's FabricPath: a tree and how far the frame may go. */
static enum walk link_fabric(struct walker *w)
{
    return link_around(w, FABRIC_HEADER);
}

/* RFC 6325: flags, the size of options in words, how far it may go, and both ends. */
static enum walk link_trill(struct walker *w)
{
    if (w->here.size < TRILL_HEADER)
        return walker_short(w, TRILL_HEADER);
    return link_around(w, TRILL_HEADER + (walker_u16(w, 0) >> 6 & 0x1fu) * 4u);
}

/* RFC 8300: its size in words, and what is inside in numbers of its own. */
enum walk link_nsh(struct walker *w)
{
    if (!walker_deeper(w))
        return WALK_DEEP;
    if (w->here.size < NSH_HEADER)
        return walker_short(w, NSH_HEADER);
    size_t size = (size_t)(w->here.data[1] & 0x3f) * 4;
    uint8_t version = w->here.data[0] >> 6, inside = w->here.data[3];
    if (version != 0 || size < NSH_HEADER)
        return WALK_BAD;
    if (size > w->here.size)
        return walker_short(w, size);
    walker_take(w, size);
    switch (inside) {
    case 1: return ip_walk4(w);
    case 2: return ip_walk6(w);
    case 3: return link_ethernet(w);
    case 5: return mpls_walk(w);
    default: return WALK_OTHER;
    }
}
