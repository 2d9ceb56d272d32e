/* A place on the way into a frame, and the steps that lead from one header to the next.
 *
 * A step reads the header that it is named after, takes it off, and goes on to what the header names: a row of the
 * tables in link.c, ip.c, ppp.c, gre.c and udp.c. A new tag, link type or tunnel is a new step and a row. */
#ifndef PROTO_PACKET_WALKER_H
#define PROTO_PACKET_WALKER_H

#include "proto/packet/packet.h"

struct fragments;

struct walker {
    struct slice here;   /* what was kept of this layer, headers of outer ones taken off, padding too */
    uint32_t cut;        /* bytes of this layer behind `here` that the capture did not keep */
    unsigned layers;     /* how many more tags, tunnels and extension headers are taken off */
    const uint8_t *from; /* source address in the innermost IP header; the destination's is behind it */
    uint8_t ip_version;  /* of that header */
    bool open_ended;     /* it names no length: of IPv6 a jumbo option may */
    bool rerouted;       /* it is on its way to another destination than the one it names */
    bool conflicting;    /* as in struct packet */
    uint8_t vlans;       /* as in struct packet */
    uint16_t vlan[2];
    uint8_t tunnel_kind;
    uint32_t tunnel_id;
    moment clock;
    const struct packet_limits *limits;
    struct fragments *fragments;
    struct packet *out; /* the last step writes to it what it read; then nothing fails any more */
};

typedef enum walk (*walk_step)(struct walker *w);

/** A row of a table of what may follow, by the number that a header names it with. */
struct walk_row {
    uint16_t number;
    walk_step step;
};

/** @return NULL: no row. */
static inline walk_step walk_find(const struct walk_row *rows, size_t count, uint16_t number)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].number == number)
            return rows[i].step;
    }
    return NULL;
}

/** What a header of `size` bytes is, that is not all there: the capture's fault or the sender's. */
static inline enum walk walker_short(const struct walker *w, size_t size)
{
    return size <= w->here.size + w->cut ? WALK_CUT : WALK_BAD;
}

/** One layer more is taken off. @return false: it would be one too many. */
static inline bool walker_deeper(struct walker *w)
{
    if (w->layers == 0)
        return false;
    w->layers--;
    return true;
}

/** What follows is inside a tunnel. A network stays told when a tunnel without one is inside it.
 *  @return as walker_deeper(). */
static inline bool walker_tunnel(struct walker *w, enum tunnel_kind kind, uint32_t id)
{
    if (tunnel_network(kind, id) || !tunnel_network(w->tunnel_kind, w->tunnel_id)) {
        w->tunnel_kind = (uint8_t)kind;
        w->tunnel_id = id;
    }
    return walker_deeper(w);
}

/** @param size  at most `here.size`. */
static inline void walker_take(struct walker *w, size_t size)
{
    w->here.data += size;
    w->here.size -= size;
}

/** The layer is `size` bytes long: what was kept behind it is padding, what was not kept of it is cut. */
static inline void walker_bound(struct walker *w, uint32_t size)
{
    if (size < w->here.size)
        w->here.size = size;
    w->cut = size - (uint32_t)w->here.size;
}

/** Fixed places in a header whose size was checked. */
static inline uint16_t walker_u16(const struct walker *w, size_t at)
{
    return (uint16_t)(w->here.data[at] << 8 | w->here.data[at + 1]);
}

static inline uint32_t walker_u24(const struct walker *w, size_t at)
{
    return (uint32_t)walker_u16(w, at) << 8 | w->here.data[at + 2];
}

static inline uint32_t walker_u32(const struct walker *w, size_t at)
{
    return (uint32_t)walker_u16(w, at) << 16 | walker_u16(w, at + 2);
}

#endif
