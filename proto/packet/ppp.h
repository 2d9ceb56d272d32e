/* PPP (RFC 1661) as captures have it, in frames like HDLC's (RFC 1662) and over Ethernet (RFC 2516); and Cisco's HDLC,
 * which shares the wire with it. */
#ifndef PROTO_PACKET_PPP_H
#define PROTO_PACKET_PPP_H

#include "proto/packet/walker.h"

/** LINKTYPE_PPP: with address and control or, where both sides agreed, without. */
enum walk ppp_walk(struct walker *w);

/** LINKTYPE_PPP_HDLC: that, or Cisco's HDLC. */
enum walk ppp_walk_hdlc(struct walker *w);

/** PPPoE's session stage; discovery carries nothing. */
enum walk pppoe_walk(struct walker *w);

/** LINKTYPE_C_HDLC. */
enum walk hdlc_walk(struct walker *w);

#endif
