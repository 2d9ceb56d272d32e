/* UDP (RFC 768), as far as a tunnel stands on its port, one that is read or not. Nobody says that what comes there is
 * one: what does not fit is WALK_OTHER, not WALK_BAD. */
#ifndef PROTO_PACKET_UDP_H
#define PROTO_PACKET_UDP_H

#include "proto/packet/walker.h"

enum walk udp_walk(struct walker *w);

#endif
