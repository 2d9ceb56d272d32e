/* MPLS label stacks (RFC 3032), and what is under them: nothing says that. IP is told by its first four bits; 0 there
 * is a pseudowire's control word (RFC 4385), or the beginning of an Ethernet address. */
#ifndef PROTO_PACKET_MPLS_H
#define PROTO_PACKET_MPLS_H

#include "proto/packet/walker.h"

enum walk mpls_walk(struct walker *w);

#endif
