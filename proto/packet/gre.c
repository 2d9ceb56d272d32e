#include "proto/packet/gre.h"

#include "proto/packet/ip.h"
#include "proto/packet/link.h"

enum {
    GRE_HEADER = 4,
    GRE_CHECKSUM = 0x8000,
    GRE_ROUTING = 0x4000,
    GRE_KEY = 0x2000,
    GRE_SEQUENCE = 0x1000,
    GRE_VERSION = 0x0007,
    GRE_POINT_TO_POINT = 1, /* the version that PPTP has: RFC 2637 section 4.1 */
    TYPE_PPP = 0x880b,
    TYPE_ERSPAN = 0x88be,
    TYPE_ERSPAN3 = 0x22eb,
    NVGRE_LEAST = 0x1000, /* RFC 7637 section 3.2: lower numbers are reserved */
    ERSPAN2_HEADER = 8,
    ERSPAN3_HEADER = 12,
    ERSPAN3_SUBHEADER = 8,
    ERSPAN_SESSION = 0x03ff
};

/* Type I has no header. Type II: version, VLAN; class, session; reserved, port. */
static enum walk gre_erspan(struct walker *w, bool numbered)
{
    uint32_t session = 0;
    if (numbered) {
        if (w->here.size < ERSPAN2_HEADER)
            return walker_short(w, ERSPAN2_HEADER);
        if (w->here.data[0] >> 4 != 1)
            return WALK_OTHER;
        session = walker_u16(w, 2) & ERSPAN_SESSION;
        walker_take(w, ERSPAN2_HEADER);
    }
    return walker_tunnel(w, TUNNEL_ERSPAN, session) ? link_ethernet(w) : WALK_DEEP;
}

/* Type III: version, VLAN; class, session; time; group; then a bit, 5 bits of what the frame is, 8 of hardware and
 * clock, and last whether 8 bytes more follow. */
static enum walk gre_erspan3(struct walker *w)
{
    if (w->here.size < ERSPAN3_HEADER)
        return walker_short(w, ERSPAN3_HEADER);
    const uint8_t *data = w->here.data;
    unsigned frame = data[10] >> 2 & 0x1f;
    size_t size = ERSPAN3_HEADER + (data[11] & 1 ? ERSPAN3_SUBHEADER : 0u);
    uint16_t session = walker_u16(w, 2) & ERSPAN_SESSION;
    if (data[0] >> 4 != 2)
        return WALK_OTHER;
    if (size > w->here.size)
        return walker_short(w, size);
    walker_take(w, size);
    if (!walker_tunnel(w, TUNNEL_ERSPAN, session))
        return WALK_DEEP;
    switch (frame) {
    case 0: return link_ethernet(w);
    case 2: return ip_walk(w);
    default: return WALK_OTHER;
    }
}

static enum walk gre_inside(struct walker *w, uint16_t flags, uint16_t type, uint32_t key)
{
    if (type == TYPE_ERSPAN)
        return gre_erspan(w, flags & GRE_SEQUENCE);
    if (type == TYPE_ERSPAN3)
        return gre_erspan3(w);
    bool network =
        type == LINK_ETHERTYPE_BRIDGED && (flags & (GRE_CHECKSUM | GRE_SEQUENCE)) == 0 && key >> 8 >= NVGRE_LEAST;
    bool taken = network ? walker_tunnel(w, TUNNEL_NVGRE, key >> 8) : walker_tunnel(w, TUNNEL_GRE, key);
    if (!taken)
        return WALK_DEEP;
    return link_carried(w, type);
}

/* Flags and version, ethertype; then, each where its flag says so: checksum and offset, key, number. */
enum walk gre_walk(struct walker *w)
{
    if (w->here.size < GRE_HEADER)
        return walker_short(w, GRE_HEADER);
    uint16_t flags = walker_u16(w, 0), type = walker_u16(w, 2);
    if ((flags & GRE_VERSION) == GRE_POINT_TO_POINT && type == TYPE_PPP)
        return flags & GRE_SEQUENCE ? WALK_UNREAD : WALK_OTHER; /* without a number it acknowledges alone */
    if (flags & (GRE_VERSION | GRE_ROUTING))
        return WALK_OTHER;
    size_t key_at = flags & GRE_CHECKSUM ? 8 : 4, size = key_at;
    size += flags & GRE_KEY ? 4 : 0;
    size += flags & GRE_SEQUENCE ? 4 : 0;
    if (size > w->here.size)
        return walker_short(w, size);
    uint32_t key = flags & GRE_KEY ? walker_u32(w, key_at) : 0;
    walker_take(w, size);
    return gre_inside(w, flags, type, key);
}
