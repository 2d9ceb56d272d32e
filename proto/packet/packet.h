/* From a captured frame to a TCP segment: link layer, tags, IP.
 *
 * Two times. `time` is the frame's own and is what reports print. `clock` is the greatest time that the
 * capture has reached, the same for every worker, and never goes back: all deadlines run on it. On a silent live
 * interface it follows the wall clock, one read timeout behind, so that silence times out too. */
#ifndef PROTO_PACKET_PACKET_H
#define PROTO_PACKET_PACKET_H

#include "proto/base/slice.h"

/** Nanoseconds since 1970, UTC. */
typedef int64_t moment;

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

struct address {
    uint8_t ip[16]; /* IPv4 as ::ffff:a.b.c.d */
    uint16_t port;
};

/** Whether it is an IPv4 address: its last four bytes are. */
static inline bool address_is_ipv4(const uint8_t ip[static 16])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    return memcmp(ip, mapped, sizeof mapped) == 0;
}

enum tcp_flag { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16, TCP_URG = 32 };

/** One segment. All slices are borrowed from the frame. */
struct packet {
    moment time, clock;
    uint64_t number;
    struct address from, to; /* the innermost */
    uint32_t seq, ack;
    uint16_t flags; /* enum tcp_flag */
    uint16_t window;
    struct slice payload;
    uint32_t cut;        /* payload bytes behind `payload` that the capture did not keep: a gap */
    uint8_t vlans;       /* how many tags there were; the first two are kept */
    uint16_t vlan[2];    /* outermost first */
    uint8_t tunnel_kind; /* 0: none; set by whoever unwraps tunnels */
    uint32_t tunnel_id;
};

/** Why a frame is no segment. Each is a counter; their sum and the segments are the frames read. */
enum walk {
    WALK_SEGMENT,
    WALK_OTHER,    /* well-formed, not TCP over IP */
    WALK_FRAGMENT, /* a piece of a datagram; pieces are not put together */
    WALK_CUT,      /* the capture ends inside a header */
    WALK_BAD,      /* a header contradicts itself */
    WALK_DEEP,     /* more layers than the limit */
    WALK_LINK,     /* a link type that is not read */
    WALK_OUTCOMES
};

/** @param layers  tags and extension headers together, at most; more is WALK_DEEP.
 *  @param out  written only for WALK_SEGMENT; valid until the next frame. */
enum walk packet_walk(const struct frame *frame, unsigned layers, struct packet *out);

/** Whether frames of this link type (LINKTYPE_ as in pcap files) are read at all. */
bool packet_link_known(uint16_t link_type);

const char *walk_name(enum walk outcome);

#endif
