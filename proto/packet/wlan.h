/* Wireless frames (IEEE 802.11-2020 section 9.3.2) and what captures put before them. Read are data frames that are not
 * encrypted, not in fragments and not aggregated: all others are WALK_OTHER. */
#ifndef PROTO_PACKET_WLAN_H
#define PROTO_PACKET_WLAN_H

#include "proto/packet/walker.h"

enum walk wlan_walk(struct walker *w);
enum walk wlan_radiotap(struct walker *w);
enum walk wlan_prism(struct walker *w); /* LINKTYPE_IEEE802_11_PRISM; some put AVS' header there */
enum walk wlan_avs(struct walker *w);

#endif
