/* Pieces of IP datagrams, put together again (RFC 791 section 3.2, RFC 8200 section 4.5).
 *
 * Pieces come in any order, and more than once. Of bytes that come twice the first ones count; that there were others
 * is counted. Of a piece that the capture cut off, what is behind the cut is missing in the whole: it ends there. All
 * is bounded: pieces of a datagram, bytes of all, time. What goes first is the oldest, and only between frames. */
#ifndef PROTO_PACKET_FRAGMENT_H
#define PROTO_PACKET_FRAGMENT_H

#include "proto/base/table.h"
#include "proto/packet/packet.h"

struct datagram;
struct whole;

enum { FRAGMENTS_RECENT = 64 };

struct fragments {
    struct table table;                /* of datagrams, by key */
    struct datagram *oldest, *newest;  /* by their first piece */
    struct whole *wholes;              /* put together during this frame */
    size_t bytes;                      /* what all pieces cost */
    uint64_t recent[FRAGMENTS_RECENT]; /* hashes of the keys that became whole last: a ring */
    unsigned next_recent;
    const struct packet_limits *limits;
    struct memory *memory;
    struct packet_counts counts;
};

/** Which datagram it is of. No padding: it is hashed and compared as bytes. */
struct fragment_key {
    uint8_t from[16], to[16];
    uint32_t id;
    uint32_t network; /* tunnel_network() of what it came in */
    uint8_t protocol; /* of IPv4; of IPv6 0, because only the first piece's counts */
    uint8_t version;
    uint16_t unused;
};

struct fragment {
    struct fragment_key key;
    struct slice bytes; /* kept of the piece */
    uint32_t cut;       /* bytes behind them that the capture did not keep */
    uint32_t offset;
    bool more;        /* it is not the last one */
    uint8_t protocol; /* that it names for the whole */
};

/** A datagram without its header. Valid until fragments_begin(). */
struct fragment_whole {
    struct slice bytes;
    uint32_t cut;
    uint8_t protocol;
    bool conflicting; /* a piece had other bytes where one before it had some: those seen first are in here */
};

void fragments_init(struct fragments *f, const struct packet_limits *limits, struct memory *memory);
void fragments_deinit(struct fragments *f);

/** Before each frame: what was put together is freed, what waits too long or is too much is given up. */
void fragments_begin(struct fragments *f, moment clock);

/** All that still waits is given up, as if its time had run out. */
void fragments_finish(struct fragments *f);

/** @return WALK_SEGMENT: the datagram is whole, `out` is written; WALK_FRAGMENT: it was kept, or was there already;
 *  WALK_BAD, WALK_FULL. */
enum walk fragments_put(struct fragments *f, const struct fragment *piece, moment clock, struct fragment_whole *out);

#endif
