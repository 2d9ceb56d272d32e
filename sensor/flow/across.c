#include "sensor/flow/across.h"

#include "sensor/flow/table_inside.h"

void across_note(struct flow_table *t, uint32_t network)
{
    size_t i = 0;
    if (!network || t->networks[0] == network)
        return;
    while (i < FLOWS_NETWORKS - 1 && t->networks[i] && t->networks[i] != network)
        i++;
    memmove(t->networks + 1, t->networks, i * sizeof *t->networks);
    t->networks[0] = network;
}

/* Whether the packet is of a connection that its own network does not have. @param there  the packet as it would be in
 * the network where that is. @param own  the network it is in. */
static bool fits(const struct flow_table *t, const struct packet *there, uint32_t own, const struct flow_name *name)
{
    const struct connection *c = flow_table_find(t, name->hash, there);
    if (c) {
        enum side from = connection_side(c, there);
        return c->facts.across ? c->facts.across == 1 + from && c->facts.across_network == own
                               : reassembly_fits_unseen(&c->reassembly, from, there);
    }
    const struct half_open *h = half_open_find(&t->half_opens, &name->key, half_open_tag(&t->half_opens, name->hash));
    return h && half_open_has(h, there, name->from_low == h->client_low);
}

static bool take_in(struct flow_table *t, const struct packet *p, uint32_t network, uint32_t wire_size)
{
    struct packet there = *p;
    struct flow_name name;
    uint32_t own = tunnel_network(p->tunnel_kind, p->tunnel_id);
    there.tunnel_kind = (uint8_t)tunnel_of_network(network, &there.tunnel_id);
    flow_table_name(t, &there, &name);
    if (!fits(t, &there, own, &name) || !flow_table_known(t, &there, wire_size, &name))
        return false;
    struct connection *c = flow_table_find(t, name.hash, &there);
    if (c) {
        c->facts.across = connection_side(c, p) == CLIENT ? 1 + CLIENT : 1 + SERVER;
        c->facts.across_network = own;
    }
    return true;
}

bool across_take(struct flow_table *t, const struct packet *p, uint32_t wire_size)
{
    uint32_t own = tunnel_network(p->tunnel_kind, p->tunnel_id);
    if ((p->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN)
        return false;
    for (size_t i = 0; i < FLOWS_NETWORKS && t->networks[i]; i++) {
        if (t->networks[i] != own && take_in(t, p, t->networks[i], wire_size))
            return true;
    }
    return own && take_in(t, p, 0, wire_size);
}
