#include "proto/packet/ip.h"

#include "proto/packet/checksum.h"
#include "proto/packet/fragment.h"
#include "proto/packet/gre.h"
#include "proto/packet/link.h"
#include "proto/packet/mpls.h"
#include "proto/packet/tcp.h"
#include "proto/packet/udp.h"

enum { IPV4_HEADER = 20, IPV6_HEADER = 40, AH_HEADER = 12, FRAGMENT_HEADER = 8, ETHERIP_HEADER = 2 };
enum { PROTOCOL_ESP = 50, PROTOCOL_L2TP = 115 };
enum { OPTION_PAD1 = 0, OPTION_JUMBO = 0xc2, JUMBO_MIN = 0x10000 };
enum { OPTION_END = 0, OPTION_NOP = 1, OPTION_LOOSE_ROUTE = 131, OPTION_STRICT_ROUTE = 137 };

static enum walk ip_hop_by_hop(struct walker *w);
static enum walk ip_extension(struct walker *w);
static enum walk ip_fragment(struct walker *w);
static enum walk ip_authentication(struct walker *w);
static enum walk ip_routing(struct walker *w);
static enum walk ip_inside4(struct walker *w);
static enum walk ip_inside6(struct walker *w);
static enum walk ip_mpls(struct walker *w);
static enum walk ip_ethernet(struct walker *w);

/* IANA "Assigned Internet Protocol Numbers"; the most frequent first. */
static const struct walk_row protocols[] = {
    {6, tcp_walk},       {17, udp_walk},    {47, gre_walk},          {0, ip_hop_by_hop},
    {43, ip_routing},    {44, ip_fragment}, {51, ip_authentication}, {60, ip_extension},  /* destination options */
    {4, ip_inside4},     {41, ip_inside6},  {137, ip_mpls},          {135, ip_extension}, /* mobility */
    {139, ip_extension},                                                                  /* HIP */
    {140, ip_extension},                                                                  /* Shim6 */
    {97, ip_ethernet},
};

static walk_step ip_step(uint8_t number)
{
    return walk_find(protocols, sizeof protocols / sizeof protocols[0], number);
}

/* What has no step. Pieces of these are not put together: nothing would be read of the whole. */
static enum walk ip_unread(uint8_t number)
{
    return number == PROTOCOL_ESP ? WALK_SEALED : number == PROTOCOL_L2TP ? WALK_UNREAD : WALK_OTHER;
}

static enum walk ip_protocol(struct walker *w, uint8_t number)
{
    walk_step step = ip_step(number);
    return step ? step(w) : ip_unread(number);
}

static enum walk ip_inside4(struct walker *w)
{
    return walker_tunnel(w, TUNNEL_IP, 0) ? ip_walk4(w) : WALK_DEEP;
}

static enum walk ip_inside6(struct walker *w)
{
    return walker_tunnel(w, TUNNEL_IP, 0) ? ip_walk6(w) : WALK_DEEP;
}

/* RFC 4023. */
static enum walk ip_mpls(struct walker *w)
{
    return walker_tunnel(w, TUNNEL_MPLS, 0) ? mpls_walk(w) : WALK_DEEP;
}

/* RFC 3378: version 3 and 12 bits that are 0, then a whole Ethernet frame. */
static enum walk ip_ethernet(struct walker *w)
{
    if (w->here.size < ETHERIP_HEADER)
        return walker_short(w, ETHERIP_HEADER);
    if (walker_u16(w, 0) >> 12 != 3)
        return WALK_OTHER;
    walker_take(w, ETHERIP_HEADER);
    return walker_tunnel(w, TUNNEL_ETHERIP, 0) ? link_ethernet(w) : WALK_DEEP;
}

/* The datagram that the piece is of goes on as soon as it is whole. */
static enum walk ip_piece(struct walker *w, struct fragment *piece)
{
    size_t size = w->ip_version == 6 ? 16 : 4;
    if (w->open_ended) /* where it ends is for Ethernet's padding to say */
        return WALK_BAD;
    memcpy(piece->key.from, w->from, size);
    memcpy(piece->key.to, w->from + size, size);
    piece->key.version = w->ip_version;
    piece->key.network = tunnel_network(w->tunnel_kind, w->tunnel_id);
    piece->bytes = w->here;
    piece->cut = w->cut;
    struct fragment_whole whole;
    enum walk outcome = fragments_put(w->fragments, piece, w->clock, &whole);
    if (outcome != WALK_SEGMENT)
        return outcome;
    w->here = whole.bytes;
    w->cut = whole.cut;
    w->conflicting |= whole.conflicting;
    return ip_protocol(w, whole.protocol);
}

/* A source route that has not been gone to its end: the checksum of TCP is made with the last address (RFC 1122,
 * 4.1.3.5 and 4.2.3.8). */
static bool ip_rerouted4(struct slice options)
{
    struct reader r = reader_of(options);
    while (reader_left(&r) > 0) {
        uint8_t type = read_u8(&r);
        if (type == OPTION_END)
            break;
        if (type == OPTION_NOP)
            continue;
        uint8_t size = read_u8(&r);
        struct slice value = read_slice(&r, size > 2 ? size - 2u : 0);
        if ((type == OPTION_LOOSE_ROUTE || type == OPTION_STRICT_ROUTE) && value.size && value.data[0] <= size)
            return true;
    }
    return false;
}

/*   0               1               2               3
 *  +---------------+---------------+---------------+---------------+
 *  |version| words |    service    |         total length          |
 *  |        identification         |D|M|     fragment offset       |
 *  |      TTL      |   protocol    |           checksum            |
 *  |                            source                             |
 *  |                          destination                          |  */
enum walk ip_walk4(struct walker *w)
{
    if (w->here.size < IPV4_HEADER)
        return walker_short(w, IPV4_HEADER);
    const uint8_t *data = w->here.data;
    size_t header = (size_t)(data[0] & 0x0f) * 4;
    uint16_t total = walker_u16(w, 2), id = walker_u16(w, 4), flags = walker_u16(w, 6);
    if (data[0] >> 4 != 4 || header < IPV4_HEADER || (total && total < header))
        return WALK_BAD;
    if (total)
        walker_bound(w, total);
    if (header > w->here.size)
        return walker_short(w, header);
    if (w->limits->checksums && w->cut == 0 && !checksum_good(checksum_add(0, data, header)))
        return WALK_CHECKSUM;
    w->from = data + 12;
    w->ip_version = 4;
    w->open_ended = total == 0;
    w->rerouted = header > IPV4_HEADER && ip_rerouted4(slice_part(w->here, IPV4_HEADER, header));
    walker_take(w, header);
    if (!(flags & 0x3fff))
        return ip_protocol(w, data[9]);
    struct fragment piece = {.key = {.id = id, .protocol = data[9]},
                             .offset = (flags & 0x1fffu) * 8,
                             .more = flags & 0x2000,
                             .protocol = data[9]};
    return ip_step(data[9]) ? ip_piece(w, &piece) : ip_unread(data[9]);
}

/*   0               1               2               3
 *  +---------------+---------------+---------------+---------------+
 *  |version|    class      |              flow label               |
 *  |        payload length         |  next header  |   hop limit   |
 *  |                       source, 16 bytes                        |
 *  |                     destination, 16 bytes                     |  */
enum walk ip_walk6(struct walker *w)
{
    if (w->here.size < IPV6_HEADER)
        return walker_short(w, IPV6_HEADER);
    const uint8_t *data = w->here.data;
    uint16_t length = walker_u16(w, 4);
    if (data[0] >> 4 != 6)
        return WALK_BAD;
    w->from = data + 8;
    w->ip_version = 6;
    w->open_ended = length == 0;
    w->rerouted = false;
    walker_take(w, IPV6_HEADER);
    if (length)
        walker_bound(w, length);
    return ip_protocol(w, data[6]);
}

/* Hop limit and time to live stand before the addresses. */
void ip_addresses(const struct walker *w, struct packet *out)
{
    if (w->ip_version == 6) {
        memcpy(out->from.ip, w->from, 16);
        memcpy(out->to.ip, w->from + 16, 16);
        out->ttl = w->from[-1];
        return;
    }
    address_set_ipv4(out->from.ip, w->from);
    address_set_ipv4(out->to.ip, w->from + 4);
    out->ttl = w->from[-4];
}

enum walk ip_walk(struct walker *w)
{
    if (w->here.size < 1)
        return walker_short(w, 1);
    switch (w->here.data[0] >> 4) {
    case 4: return ip_walk4(w);
    case 6: return ip_walk6(w);
    default: return WALK_BAD;
    }
}

/* Takes an extension header off, of which `size` bytes are needed to know its length.
 * @param unit, base  its length is (second byte * unit + base) bytes.  @return WALK_SEGMENT to go on. */
static enum walk ip_take(struct walker *w, size_t unit, size_t base, struct slice *header)
{
    if (!walker_deeper(w))
        return WALK_DEEP;
    if (w->here.size < 2)
        return walker_short(w, 2);
    size_t size = w->here.data[1] * unit + base;
    if (size > w->here.size)
        return walker_short(w, size);
    *header = slice_part(w->here, 0, size);
    walker_take(w, size);
    return WALK_SEGMENT;
}

/* As most are (RFC 6564 section 4): the length counts 8 bytes, less one. Under IPv4 they are no such headers. */
static enum walk ip_take_extension(struct walker *w, struct slice *header)
{
    return w->ip_version == 6 ? ip_take(w, 8, 8, header) : WALK_OTHER;
}

static enum walk ip_extension(struct walker *w)
{
    struct slice header;
    enum walk taken = ip_take_extension(w, &header);
    if (taken != WALK_SEGMENT)
        return taken;
    w->open_ended = false;
    return ip_protocol(w, header.data[0]);
}

/* RFC 8200 section 4.4: while segments are left, the packet is on its way to another address than the header's. */
static enum walk ip_routing(struct walker *w)
{
    struct slice here = w->here;
    if (here.size >= 4 && here.data[3] > 0)
        w->rerouted = true;
    return ip_extension(w);
}

/* RFC 2675 section 2. @return the length it gives; 0: there is no such option; 1, which none can be: it is bad. */
static uint32_t ip_jumbo(struct slice header)
{
    struct reader r = reader_of(slice_part(header, 2, header.size));
    while (reader_left(&r) > 0) {
        uint8_t type = read_u8(&r);
        if (type == OPTION_PAD1)
            continue;
        struct reader value = read_part(&r, read_u8(&r));
        if (type != OPTION_JUMBO)
            continue;
        uint32_t size = read_u32(&value);
        return value.failed || size < JUMBO_MIN ? 1 : size;
    }
    return r.failed ? 1 : 0;
}

/* With a length of 0 in the IPv6 header the jumbo option has the length, counted from behind that header. */
static enum walk ip_hop_by_hop(struct walker *w)
{
    struct slice header;
    enum walk taken = ip_take_extension(w, &header);
    if (taken != WALK_SEGMENT)
        return taken;
    uint32_t jumbo = ip_jumbo(header);
    if (jumbo == 1 || (jumbo && !w->open_ended))
        return WALK_BAD;
    if (jumbo && jumbo < header.size)
        return WALK_BAD;
    if (jumbo)
        walker_bound(w, jumbo - (uint32_t)header.size);
    w->open_ended = false;
    return ip_protocol(w, header.data[0]);
}

/* An atomic fragment is a whole datagram, whatever else has its number (RFC 6946). */
static enum walk ip_fragment(struct walker *w)
{
    if (w->ip_version != 6)
        return WALK_OTHER;
    struct slice header;
    enum walk taken = ip_take(w, 0, FRAGMENT_HEADER, &header);
    if (taken != WALK_SEGMENT)
        return taken;
    struct reader r = reader_of(header);
    uint8_t protocol = read_u8(&r);
    read_u8(&r);
    uint16_t flags = read_u16(&r);
    struct fragment piece = {
        .key = {.id = read_u32(&r)}, .offset = flags & 0xfff8, .more = flags & 1, .protocol = protocol};
    if (flags & 0xfff9)
        return ip_piece(w, &piece);
    w->open_ended = false;
    return ip_protocol(w, protocol);
}

/* RFC 4302 section 2.2: the length counts 4 bytes, less two. It protects, it does not hide. */
static enum walk ip_authentication(struct walker *w)
{
    struct slice header;
    enum walk taken = ip_take(w, 4, 8, &header);
    if (taken != WALK_SEGMENT)
        return taken;
    if (header.size < AH_HEADER)
        return WALK_BAD;
    w->open_ended = false;
    return ip_protocol(w, header.data[0]);
}
