/* The TCP header, RFC 9293 section 3.1. */
#ifndef PROTO_PACKET_TCP_H
#define PROTO_PACKET_TCP_H

#include "proto/packet/walker.h"

/** The innermost step. Options are passed over; the checksum is not verified: offload leaves it unset. */
enum walk tcp_walk(struct walker *w);

#endif
