#include "proto/packet/udp.h"

#include "proto/packet/gre.h"
#include "proto/packet/ip.h"
#include "proto/packet/link.h"
#include "proto/packet/mpls.h"
#include "proto/packet/wlan.h"

enum { ESP_PORT = 4500, L2TP_PORT = 1701, WIREGUARD_PORT = 51820 };
enum { UDP_HEADER = 8, VXLAN_HEADER = 8, GENEVE_HEADER = 8, GTP_HEADER = 8, GTP_OPTIONAL = 4, TZSP_HEADER = 4 };

/* RFC 7348: flags, of which one says that there is a VNI. Whatever else is set is reserved, and set by some. */
static enum walk udp_vxlan(struct walker *w)
{
    enum { HAS_VNI = 0x08 };
    if (w->here.size < VXLAN_HEADER)
        return walker_short(w, VXLAN_HEADER);
    if (!(w->here.data[0] & HAS_VNI))
        return WALK_OTHER;
    uint32_t vni = walker_u24(w, 4);
    walker_take(w, VXLAN_HEADER);
    return walker_tunnel(w, TUNNEL_VXLAN, vni) ? link_ethernet(w) : WALK_DEEP;
}

/* draft-ietf-nvo3-vxlan-gpe: as VXLAN, and a flag that says that there is a number of what is inside. */
static enum walk udp_vxlan_gpe(struct walker *w)
{
    enum { VERSION_MASK = 0x30, HAS_VNI = 0x08, HAS_NEXT = 0x04, IS_OPERATION = 0x01, NEXT_ETHERNET = 3 };
    if (w->here.size < VXLAN_HEADER)
        return walker_short(w, VXLAN_HEADER);
    const uint8_t *data = w->here.data;
    if ((data[0] & (VERSION_MASK | HAS_VNI | IS_OPERATION)) != HAS_VNI)
        return WALK_OTHER;
    unsigned next = data[0] & HAS_NEXT ? data[3] : NEXT_ETHERNET;
    uint32_t vni = walker_u24(w, 4);
    walker_take(w, VXLAN_HEADER);
    if (!walker_tunnel(w, TUNNEL_VXLAN_GPE, vni))
        return WALK_DEEP;
    switch (next) {
    case 1: return ip_walk4(w);
    case 2: return ip_walk6(w);
    case NEXT_ETHERNET: return link_ethernet(w);
    case 4: return link_nsh(w);
    case 5: return mpls_walk(w);
    default: return WALK_OTHER;
    }
}

/* RFC 8926: version and words of options, flags, ethertype, VNI. */
static enum walk udp_geneve(struct walker *w)
{
    enum { VERSION_MASK = 0xc0, WORDS = 0x3f, IS_CONTROL = 0x80 };
    if (w->here.size < GENEVE_HEADER)
        return walker_short(w, GENEVE_HEADER);
    const uint8_t *data = w->here.data;
    size_t size = GENEVE_HEADER + (size_t)(data[0] & WORDS) * 4;
    if (data[0] & VERSION_MASK || data[1] & IS_CONTROL)
        return WALK_OTHER;
    if (size > w->here.size)
        return walker_short(w, size);
    uint16_t type = walker_u16(w, 2);
    uint32_t vni = walker_u24(w, 4);
    walker_take(w, size);
    if (!walker_tunnel(w, TUNNEL_GENEVE, vni))
        return WALK_DEEP;
    return link_carried(w, type);
}

/* Takes extension headers off: size in words, what is in them, the next one's type.
 * @return WALK_SEGMENT to go on. */
static enum walk udp_gtp_extensions(struct walker *w, uint8_t next)
{
    while (next != 0) {
        if (w->here.size < 1)
            return walker_short(w, 1);
        size_t size = (size_t)w->here.data[0] * 4;
        if (size == 0)
            return WALK_BAD;
        if (size > w->here.size)
            return walker_short(w, size);
        next = w->here.data[size - 1];
        walker_take(w, size);
    }
    return WALK_SEGMENT;
}

/* 3GPP TS 29.281 section 5: flags, type (255: a packet), length, TEID; number, N-PDU number and the first extension's
 * type, if there is any of them. */
static enum walk udp_gtp(struct walker *w)
{
    enum { VERSION_1 = 0x30, VERSION_MASK = 0xf0, EXTENDED = 0x04, OPTIONAL = 0x07, TYPE_PACKET = 255 };
    if (w->here.size < GTP_HEADER)
        return walker_short(w, GTP_HEADER);
    uint8_t flags = w->here.data[0], next = 0;
    if ((flags & VERSION_MASK) != VERSION_1 || w->here.data[1] != TYPE_PACKET)
        return WALK_OTHER;
    uint16_t length = walker_u16(w, 2);
    uint32_t teid = walker_u32(w, 4);
    walker_take(w, GTP_HEADER);
    if (length > 0)
        walker_bound(w, length);
    if (flags & OPTIONAL) {
        if (w->here.size < GTP_OPTIONAL)
            return walker_short(w, GTP_OPTIONAL);
        next = flags & EXTENDED ? w->here.data[3] : 0;
        walker_take(w, GTP_OPTIONAL);
    }
    enum walk outcome = udp_gtp_extensions(w, next);
    if (outcome != WALK_SEGMENT)
        return outcome;
    return walker_tunnel(w, TUNNEL_GTP, teid) ? ip_walk(w) : WALK_DEEP;
}

/* Version, type, what is inside; then tags: type, size, value, but padding and the end, which are a type alone. */
static enum walk udp_tzsp(struct walker *w)
{
    enum { RECEIVED = 0, TO_TRANSMIT = 1, TAG_PADDING = 0, TAG_END = 1 };
    if (w->here.size < TZSP_HEADER)
        return walker_short(w, TZSP_HEADER);
    uint16_t inside = walker_u16(w, 2);
    if (w->here.data[0] != 1 || w->here.data[1] > TO_TRANSMIT)
        return WALK_OTHER;
    struct reader r = reader_of(slice_part(w->here, TZSP_HEADER, w->here.size));
    uint8_t tag;
    while ((tag = read_u8(&r)) != TAG_END && !r.failed) {
        if (tag != TAG_PADDING)
            read_slice(&r, read_u8(&r));
    }
    if (r.failed)
        return w->cut > 0 ? WALK_CUT : WALK_OTHER;
    walker_take(w, w->here.size - reader_left(&r));
    if (!walker_tunnel(w, TUNNEL_TZSP, 0))
        return WALK_DEEP;
    switch (inside) {
    case 1: return link_ethernet(w);
    case 18: return wlan_walk(w);
    case 119: return wlan_prism(w);
    case 127: return wlan_avs(w);
    default: return WALK_OTHER;
    }
}

/* RFC 4380 section 5.1.1: IPv6, before which may stand an authentication, and where the packet came from. */
static enum walk udp_teredo(struct walker *w)
{
    enum { AUTHENTICATION = 1, ORIGIN = 0, AUTHENTICATION_LEAST = 13, ORIGIN_SIZE = 8 };
    if (w->here.size < 4)
        return walker_short(w, 4);
    if (walker_u16(w, 0) == AUTHENTICATION) {
        size_t size = AUTHENTICATION_LEAST + (size_t)w->here.data[2] + w->here.data[3];
        if (size > w->here.size)
            return walker_short(w, size);
        walker_take(w, size);
    }
    if (w->here.size >= 2 && walker_u16(w, 0) == ORIGIN) {
        if (w->here.size < ORIGIN_SIZE)
            return walker_short(w, ORIGIN_SIZE);
        walker_take(w, ORIGIN_SIZE);
    }
    return walker_tunnel(w, TUNNEL_TEREDO, 0) ? ip_walk6(w) : WALK_DEEP;
}

/* RFC 7510. */
static enum walk udp_mpls(struct walker *w)
{
    return walker_tunnel(w, TUNNEL_MPLS, 0) ? mpls_walk(w) : WALK_DEEP;
}

static const walk_step tunnels[TUNNEL_KINDS] = {
    [TUNNEL_VXLAN] = udp_vxlan,   [TUNNEL_VXLAN_GPE] = udp_vxlan_gpe,
    [TUNNEL_GENEVE] = udp_geneve, [TUNNEL_GTP] = udp_gtp,
    [TUNNEL_TZSP] = udp_tzsp,     [TUNNEL_TEREDO] = udp_teredo,
    [TUNNEL_MPLS] = udp_mpls,     [TUNNEL_GRE] = gre_walk, /* RFC 8086 */
};

/* RFC 3948: where a key exchange has four zero bytes stands the number of an association. What is encrypted fills whole
 * words. */
static enum walk udp_esp(struct walker *w)
{
    enum { ESP_LEAST = 16 };
    uint32_t size = (uint32_t)w->here.size + w->cut;
    if (size < ESP_LEAST || size % 4 != 0)
        return WALK_OTHER;
    if (w->here.size < 4)
        return WALK_CUT;
    return walker_u32(w, 0) ? WALK_SEALED : WALK_OTHER;
}

/* RFC 2661 section 3.1, RFC 3931 section 4.1.2: the first bit says that it is control, the last four the version. */
static enum walk udp_l2tp(struct walker *w)
{
    if (w->here.size < 2)
        return walker_short(w, 2);
    uint16_t flags = walker_u16(w, 0) & 0x800f;
    return flags == 2 || flags == 3 ? WALK_UNREAD : WALK_OTHER;
}

/* Three messages of a handshake, each of one size, and what is encrypted; of each the type in four bytes, the least
 * first. */
static enum walk udp_wireguard(struct walker *w)
{
    static const uint8_t sizes[] = {[1] = 148, [2] = 92, [3] = 64};
    enum { DATA = 4, DATA_LEAST = 32 };
    uint32_t size = (uint32_t)w->here.size + w->cut;
    if (w->here.size < 4)
        return walker_short(w, 4);
    uint8_t type = w->here.data[0];
    if (walker_u24(w, 1) != 0 || type == 0 || type > DATA)
        return WALK_OTHER;
    bool fits = type == DATA ? size >= DATA_LEAST : size == sizes[type];
    return fits ? WALK_SEALED : WALK_OTHER;
}

static walk_step udp_unread(uint16_t port)
{
    switch (port) {
    case ESP_PORT: return udp_esp;
    case L2TP_PORT: return udp_l2tp;
    case WIREGUARD_PORT: return udp_wireguard;
    default: return NULL;
    }
}

/* Answers of some come from the tunnel's port. */
static walk_step udp_step(const struct walker *w)
{
    uint16_t to = walker_u16(w, 2), from = walker_u16(w, 0);
    enum tunnel_kind kind = tunnel_ports_find(&w->limits->tunnels, to);
    if (kind == TUNNEL_NONE)
        kind = tunnel_ports_find(&w->limits->tunnels, from);
    if (tunnels[kind])
        return tunnels[kind];
    walk_step unread = udp_unread(to);
    return unread ? unread : udp_unread(from);
}

/* Source port, destination port, length, checksum. A length of 0 is a datagram larger than its field (RFC 2675). */
enum walk udp_walk(struct walker *w)
{
    if (w->here.size < UDP_HEADER)
        return walker_short(w, UDP_HEADER);
    walk_step step = udp_step(w);
    uint16_t length = walker_u16(w, 4);
    if (!step || (length > 0 && length < UDP_HEADER))
        return WALK_OTHER;
    walker_take(w, UDP_HEADER);
    if (length > 0)
        walker_bound(w, length - (uint32_t)UDP_HEADER);
    enum walk outcome = step(w);
    return outcome == WALK_BAD ? WALK_OTHER : outcome;
}
