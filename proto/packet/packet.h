/* From a captured frame to a TCP segment: link layer, tags, tunnels, IP, fragments.
 *
 * Two times. `time` is the frame's own and is what reports print. `clock` is the greatest time that the
 * capture has reached, the same for every worker, and never goes back: all deadlines run on it. On a silent live
 * interface it follows the wall clock, one read timeout behind, so that silence times out too. */
#ifndef PROTO_PACKET_PACKET_H
#define PROTO_PACKET_PACKET_H

#include "proto/base/memory.h"
#include "proto/base/moment.h"
#include "proto/base/slice.h"
#include "proto/packet/address.h"
#include "proto/packet/tunnel.h"

/** As a capture gives it; the bytes are the capture's until it is asked for the next frame. */
struct frame {
    moment time;
    moment clock;
    uint64_t number;    /* from 1, over all files: the tie-breaker of everything */
    struct slice bytes; /* what was kept */
    uint32_t wire_size; /* what there was */
    uint16_t link_type; /* LINKTYPE_ as in pcap files */
    uint16_t interface;
};

/** What of options a TCP header has; each a bit. */
enum tcp_option {
    TCP_OPTION_MSS,
    TCP_OPTION_SACK, /* permitted */
    TCP_OPTION_TIMESTAMP,
    TCP_OPTION_NOP,
    TCP_OPTION_SCALE,
    TCP_OPTION_END,
    TCP_OPTION_OTHER,
    TCP_OPTION_BAD, /* one that is longer than the header, or than nothing: the rest is not read */
    TCP_OPTIONS
};

/** What the first SYN of a connection tells of who made it. */
struct syn_shape {
    uint16_t window;
    uint8_t options; /* 1 << enum tcp_option */
    uint8_t ttl;     /* or hop limit, as captured */
};

enum tcp_flag { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16, TCP_URG = 32 };

/** One segment. All slices are borrowed: from the frame, or from the walk where it put fragments together. */
struct packet {
    moment time, clock;
    uint64_t number;
    struct address from, to; /* the innermost */
    uint32_t seq, ack;
    uint16_t flags; /* enum tcp_flag */
    uint16_t window;
    uint8_t ttl;     /* or hop limit, of the innermost IP header */
    uint8_t options; /* of a SYN: 1 << enum tcp_option; else 0 */
    bool stamped;    /* with its sender's clock, RFC 7323 */
    bool signature;  /* RFC 2385: who shares no key with its sender drops it */
    uint32_t stamp;
    struct slice payload;
    uint32_t cut;        /* payload bytes behind `payload` that the capture did not keep: a gap */
    bool conflicting;    /* it came in IP fragments, and one had other bytes than one before it */
    uint8_t vlans;       /* how many tags there were; the first two are kept */
    uint16_t vlan[2];    /* outermost first */
    uint8_t tunnel_kind; /* enum tunnel_kind: of the innermost overlay; where there is none, the innermost tunnel */
    uint32_t tunnel_id;  /* its number, 0 where it has none */
};

/** Why a frame is no segment. Each is a counter; their sum and the segments are the frames read. */
enum walk {
    WALK_SEGMENT,
    WALK_OTHER,    /* well-formed, not TCP over IP; or on a tunnel's port, and not that tunnel */
    WALK_SEALED,   /* encrypted below TCP: ESP, WireGuard, MACsec, wireless */
    WALK_UNREAD,   /* carries packets in a form that is not read: L2TP, PPTP, wireless in pieces or aggregated */
    WALK_FRAGMENT, /* a piece of a datagram, kept until the rest comes */
    WALK_CUT,      /* the capture ends inside a header */
    WALK_BAD,      /* a header contradicts itself */
    WALK_DEEP,     /* more layers than the limit */
    WALK_LINK,     /* a link type that is not read */
    WALK_FULL,     /* a piece of a datagram that found no room */
    WALK_CHECKSUM, /* a checksum is wrong: no receiver took it. Only where checksums are looked at */
    WALK_OUTCOMES
};

struct hash_secret;
struct packet_walk;

struct packet_limits {
    unsigned layers;                  /* tags, labels, tunnels and extension headers together; more is WALK_DEEP */
    unsigned pieces;                  /* of one datagram that are kept */
    size_t piece_bytes;               /* of all datagrams together, what keeping them costs included */
    moment piece_wait;                /* on the clock, from the first piece of a datagram */
    bool checksums;                   /* of IPv4 headers and TCP segments that were captured whole */
    struct tunnel_ports tunnels;      /* on UDP */
    const struct hash_secret *secret; /* borrowed */
};

/** What became of pieces. */
struct packet_counts {
    uint64_t whole;       /* datagrams that were put together */
    uint64_t expired;     /* datagrams of which a piece did not come in time */
    uint64_t again;       /* the same, but one of that number had just become whole: pieces that were mirrored twice */
    uint64_t evicted;     /* datagrams given up early: too many pieces, or no room */
    uint64_t repeated;    /* pieces of which bytes were there already; the first ones count */
    uint64_t conflicting; /* pieces of which such bytes differ */
};

/** Pieces of datagrams are its only state, outer and inner ones: one walk a thread that reads frames.
 *  @param limits  copied.  @param memory  borrowed.  @return NULL: the account is full. The caller frees. */
struct packet_walk *packet_walk_new(const struct packet_limits *limits, struct memory *memory);

/** No frame comes any more: datagrams that still wait count as expired. */
void packet_walk_finish(struct packet_walk *walk);

void packet_walk_free(struct packet_walk *walk);

/** @param out  written only for WALK_SEGMENT; valid until the next call or the next frame. */
enum walk packet_walk(struct packet_walk *walk, const struct frame *frame, struct packet *out);

const struct packet_counts *packet_walk_counts(const struct packet_walk *walk);

/** Whether frames of this link type (LINKTYPE_ as in pcap files) are read at all. */
bool packet_link_known(uint16_t link_type);

const char *walk_name(enum walk outcome);

#endif
