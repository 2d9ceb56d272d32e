/* A place on the way into a frame, and the steps that lead from one header to the next.
 *
 * A step reads the header that it is named after, takes it off, and goes on to what the header names: a row of the
 * tables in link.c and ip.c. A new tag, link type or tunnel is a new step and a row. */
#ifndef PROTO_PACKET_WALKER_H
#define PROTO_PACKET_WALKER_H

#include "proto/packet/packet.h"

struct walker {
    struct slice here;   /* what was kept of this layer, headers of outer ones taken off, padding too */
    uint32_t cut;        /* bytes of this layer behind `here` that the capture did not keep */
    unsigned layers;     /* how many more tags and extension headers are taken off */
    const uint8_t *from; /* source address in the innermost IP header; the destination's is behind it */
    uint8_t ip_version;  /* of that header */
    bool open_ended;     /* it is IPv6 and names no length: a jumbo option may */
    uint8_t vlans;       /* as in struct packet */
    uint16_t vlan[2];
    struct packet *out; /* the last step writes to it what it read; then nothing fails any more */
};

typedef enum walk (*walk_step)(struct walker *w);

/** What a header of `size` bytes is, that is not all there: the capture's fault or the sender's. */
static inline enum walk walker_short(const struct walker *w, size_t size)
{
    return size <= w->here.size + w->cut ? WALK_CUT : WALK_BAD;
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

static inline uint32_t walker_u32(const struct walker *w, size_t at)
{
    return (uint32_t)walker_u16(w, at) << 16 | walker_u16(w, at + 2);
}

#endif
