/* What makes a connection: addresses, ports, and the overlay's kind and number. Tags, labels and other tunnels are not
 * in it: a routed span shows a packet under two, and GTP has a number for each direction. */
#ifndef SENSOR_FLOW_KEY_H
#define SENSOR_FLOW_KEY_H

#include "proto/packet/packet.h"

/** In canonical order, so that both directions have one key. No padding: it is hashed and compared as bytes. */
struct flow_key {
    uint8_t low_ip[16], high_ip[16];
    uint16_t low_port, high_port;
    uint32_t network; /* tunnel_network() */
};

_Static_assert(sizeof(struct flow_key) == 40, "no padding");

/** Some order of addresses: any does that is always the same. */
static inline int flow_key_order(const uint8_t a[static 16], const uint8_t b[static 16])
{
    uint64_t words[4];
    memcpy(words, a, 16);
    memcpy(words + 2, b, 16);
    size_t at = words[0] == words[2];
    return words[at] < words[2 + at] ? -1 : words[at] > words[2 + at];
}

/** @return whether the packet's sender is the lower of the two. */
static inline bool flow_key_of(struct flow_key *key, const struct packet *p)
{
    int order = flow_key_order(p->from.ip, p->to.ip);
    bool from_low = order < 0 || (order == 0 && p->from.port <= p->to.port);
    const struct address *low = from_low ? &p->from : &p->to, *high = from_low ? &p->to : &p->from;
    memcpy(key->low_ip, low->ip, 16);
    memcpy(key->high_ip, high->ip, 16);
    key->low_port = low->port;
    key->high_port = high->port;
    key->network = tunnel_network(p->tunnel_kind, p->tunnel_id);
    return from_low;
}

#endif
