/* Addresses of IPv4 and IPv6 in one form, and read as people and proxies write them. */
#ifndef PROTO_PACKET_ADDRESS_H
#define PROTO_PACKET_ADDRESS_H

#include "proto/base/slice.h"

struct address {
    uint8_t ip[16]; /* IPv4 as ::ffff:a.b.c.d */
    uint16_t port;
};

static const uint8_t address_mapped[12] = {[10] = 0xff, [11] = 0xff};

/** Whether it is one of IPv4, which then stands in its last four bytes. */
static inline bool address_is_ipv4(const uint8_t ip[static 16])
{
    return memcmp(ip, address_mapped, sizeof address_mapped) == 0;
}

static inline void address_set_ipv4(uint8_t ip[static 16], const uint8_t four[static 4])
{
    memcpy(ip, address_mapped, sizeof address_mapped);
    memcpy(ip + sizeof address_mapped, four, 4);
}

/** "192.0.2.1" or "2001:db8::1", all of `text`: no port, no brackets, no zone, no leading zeros in a dotted one.
 *  @param ip  written only if it is one; IPv4 as ::ffff:a.b.c.d. */
bool address_parse(struct slice text, uint8_t ip[static 16]);

#endif
