/* Tunnels: what kinds there are, which of them stand on a port of UDP, and whether their number makes a network.
 *
 * In an overlay the tunnel's number says in which network the addresses inside are: two tenants may use the same ones,
 * so it is part of what makes a connection. Of all other tunnels the number is only told: GTP has another one for
 * each direction, a mirror (ERSPAN, TZSP) carries packets that are seen without it too. */
#ifndef PROTO_PACKET_TUNNEL_H
#define PROTO_PACKET_TUNNEL_H

#include "proto/base/slice.h"

/** At most 16: struct half_open keeps it in four bits. */
enum tunnel_kind {
    TUNNEL_NONE,
    TUNNEL_VXLAN, /* number: VNI */
    TUNNEL_VXLAN_GPE,
    TUNNEL_GENEVE,
    TUNNEL_NVGRE,   /* number: VSID */
    TUNNEL_GRE,     /* over IP or UDP; number: key, where there is one */
    TUNNEL_ERSPAN,  /* number: session; 0 in type I */
    TUNNEL_IP,      /* IPv4 or IPv6 in either; no number */
    TUNNEL_GTP,     /* number: TEID */
    TUNNEL_TZSP,    /* no number */
    TUNNEL_TEREDO,  /* no number */
    TUNNEL_MPLS,    /* over UDP or IP; no number */
    TUNNEL_ETHERIP, /* no number */
    TUNNEL_KINDS
};

enum { TUNNEL_PORTS_MOST = 64 };

/** "vxlan"; "" for none and for what is no kind. */
const char *tunnel_name(unsigned kind);

/** @return TUNNEL_NONE: no kind that stands on UDP has this name. */
enum tunnel_kind tunnel_on_udp(struct slice name);

/** The network that addresses inside are in; 0: that of all that is in no overlay. Numbers of overlays have 24 bits. */
static inline uint32_t tunnel_network(unsigned kind, uint32_t id)
{
    return kind >= TUNNEL_VXLAN && kind <= TUNNEL_NVGRE ? (uint32_t)kind << 24 | (id & 0xffffff) : 0;
}

/** tunnel_network() back again. */
static inline enum tunnel_kind tunnel_of_network(uint32_t network, uint32_t *id)
{
    *id = network & 0xffffff;
    return (enum tunnel_kind)(network >> 24);
}

/** Which ports of UDP are tunnels, in the order in which they were added. */
struct tunnel_ports {
    struct {
        uint16_t port;
        uint8_t kind;
    } of[TUNNEL_PORTS_MOST];
    unsigned count;
};

/** Those that IANA assigned, and 8472, which Linux used before. */
void tunnel_ports_default(struct tunnel_ports *ports);

/** @return false: there are too many, or the port is another kind's. */
bool tunnel_ports_add(struct tunnel_ports *ports, uint16_t port, enum tunnel_kind kind);

void tunnel_ports_remove(struct tunnel_ports *ports, enum tunnel_kind kind);

static inline enum tunnel_kind tunnel_ports_find(const struct tunnel_ports *ports, uint16_t port)
{
    for (unsigned i = 0; i < ports->count; i++) {
        if (ports->of[i].port == port)
            return (enum tunnel_kind)ports->of[i].kind;
    }
    return TUNNEL_NONE;
}

#endif
