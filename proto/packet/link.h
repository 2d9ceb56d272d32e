/* The link layer: Ethernet with its tags, what others have in its place, or IP without any. */
#ifndef PROTO_PACKET_LINK_H
#define PROTO_PACKET_LINK_H

#include "proto/packet/walker.h"

enum { LINK_ETHERNET_HEADER = 14, LINK_ETHERTYPE_BRIDGED = 0x6558 /* a whole Ethernet frame */ };

/** The first step into a frame of this link type (LINKTYPE_ as in pcap files); NULL: not read. */
walk_step link_step(uint16_t link_type);

enum walk link_ethernet(struct walker *w);

/** What this ethertype names; below 0x600 it is LLC. */
enum walk link_ethertype(struct walker *w, uint16_t type);

/** What a tunnel carries that names an ethertype, of which one is a whole Ethernet frame; a length is none. */
enum walk link_carried(struct walker *w, uint16_t type);

/** LLC and SNAP, with an ethertype behind them. */
enum walk link_llc(struct walker *w);

/** Network Service Header. */
enum walk link_nsh(struct walker *w);

/** Whether an ethertype that is read stands where Ethernet has it. */
bool link_is_ethernet(struct slice bytes);

#endif
