#include "proto/packet/tunnel.h"

/* IANA "Service Name and Transport Protocol Port Number Registry". TZSP is not in it: 37008 is what everyone uses. */
static const struct {
    const char *name;
    uint16_t ports[2]; /* none: it does not stand on UDP */
} rows[TUNNEL_KINDS] = {
    [TUNNEL_NONE] = {"", {0}},
    [TUNNEL_VXLAN] = {"vxlan", {4789, 8472}},
    [TUNNEL_VXLAN_GPE] = {"vxlan-gpe", {4790}},
    [TUNNEL_GENEVE] = {"geneve", {6081}},
    [TUNNEL_NVGRE] = {"nvgre", {0}},
    [TUNNEL_GRE] = {"gre", {4754}}, /* RFC 8086; over IP it has no port */
    [TUNNEL_ERSPAN] = {"erspan", {0}},
    [TUNNEL_IP] = {"ip-in-ip", {0}},
    [TUNNEL_GTP] = {"gtp-u", {2152}},
    [TUNNEL_TZSP] = {"tzsp", {37008}},
    [TUNNEL_TEREDO] = {"teredo", {3544}},
    [TUNNEL_MPLS] = {"mpls", {6635}},
    [TUNNEL_ETHERIP] = {"etherip", {0}},
};

const char *tunnel_name(unsigned kind)
{
    return kind < TUNNEL_KINDS ? rows[kind].name : "";
}

enum tunnel_kind tunnel_on_udp(struct slice name)
{
    for (unsigned kind = 0; kind < TUNNEL_KINDS; kind++) {
        if (rows[kind].ports[0] && slice_is(name, rows[kind].name))
            return (enum tunnel_kind)kind;
    }
    return TUNNEL_NONE;
}

void tunnel_ports_default(struct tunnel_ports *ports)
{
    ports->count = 0;
    for (unsigned kind = 0; kind < TUNNEL_KINDS; kind++) {
        for (unsigned i = 0; i < 2 && rows[kind].ports[i]; i++)
            tunnel_ports_add(ports, rows[kind].ports[i], (enum tunnel_kind)kind);
    }
}

bool tunnel_ports_add(struct tunnel_ports *ports, uint16_t port, enum tunnel_kind kind)
{
    enum tunnel_kind there = tunnel_ports_find(ports, port);
    if (there != TUNNEL_NONE)
        return there == kind;
    if (ports->count == TUNNEL_PORTS_MOST)
        return false;
    ports->of[ports->count].port = port;
    ports->of[ports->count++].kind = (uint8_t)kind;
    return true;
}

void tunnel_ports_remove(struct tunnel_ports *ports, enum tunnel_kind kind)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < ports->count; i++) {
        if (ports->of[i].kind != kind)
            ports->of[kept++] = ports->of[i];
    }
    ports->count = kept;
}
