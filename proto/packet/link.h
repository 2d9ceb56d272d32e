/* The link layer: Ethernet with its tags, or IP without any. */
#ifndef PROTO_PACKET_LINK_H
#define PROTO_PACKET_LINK_H

#include "proto/packet/walker.h"

/** The first step into a frame of this link type (LINKTYPE_ as in pcap files); NULL: not read. */
walk_step link_step(uint16_t link_type);

#endif
