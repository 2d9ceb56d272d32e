/* GRE (RFC 2784, 2890) and what is built on it: bridging with or without a network's number (RFC 7637, NVGRE), and
 * ERSPAN (draft-foschiano-erspan). Version 1, PPTP's, and source routes are WALK_OTHER. */
#ifndef PROTO_PACKET_GRE_H
#define PROTO_PACKET_GRE_H

#include "proto/packet/walker.h"

enum walk gre_walk(struct walker *w);

#endif
