/* IPv4 (RFC 791) and IPv6 (RFC 8200) with its extension headers; either in either (RFC 2003, 2473, 4213).
 *
 * The header's length bounds the layer, so that Ethernet padding is no payload. Where offload left it zero, the frame's
 * own size does (and RFC 2675's jumbo option, where there is one): so a segment may be larger than 65535 bytes. A
 * length beyond the frame's wire size is believed: the frame was shortened by whoever mirrored it, and the rest is cut.
 * WALK_BAD is only a header that contradicts itself. The checksum of an IPv4 header is looked at where the limits ask
 * for it and the packet was captured whole. */
#ifndef PROTO_PACKET_IP_H
#define PROTO_PACKET_IP_H

#include "proto/packet/walker.h"

/** Either, by the version in the first four bits. */
enum walk ip_walk(struct walker *w);

enum walk ip_walk4(struct walker *w);
enum walk ip_walk6(struct walker *w);

/** Those of the innermost IP header, and its time to live; ports are not its matter. */
void ip_addresses(const struct walker *w, struct packet *out);

#endif
