/* The TCP header, RFC 9293 section 3.1. */
#ifndef PROTO_PACKET_TCP_H
#define PROTO_PACKET_TCP_H

#include "proto/packet/walker.h"

/** The innermost step. Options are looked at in a SYN alone. The checksum is looked at where the limits ask for it: of
 * what the capturing system itself sends, offload leaves it unset. */
enum walk tcp_walk(struct walker *w);

/** As tcpdump has it: "mss", "sackOK", "ts", "nop", "wscale", "eol"; and "other", "bad". */
const char *tcp_option_name(unsigned option);

#endif
