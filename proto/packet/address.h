/* An address as people and proxies write it. */
#ifndef PROTO_PACKET_ADDRESS_H
#define PROTO_PACKET_ADDRESS_H

#include "proto/base/slice.h"

/** "192.0.2.1" or "2001:db8::1", all of `text`: no port, no brackets, no zone, no leading zeros in a dotted one.
 *  @param ip  written only if it is one; IPv4 as ::ffff:a.b.c.d. */
bool address_parse(struct slice text, uint8_t ip[static 16]);

#endif
