#include "sensor/port_list.h"

#include <stdio.h>

#include "sensor/quantity.h"

enum { PART_MAX = 32 };

/* The next part of a list, up to a comma or the end. @return what follows, or NULL: it is longer than any. */
static const char *take_part(const char *text, char part[static PART_MAX])
{
    size_t size = strcspn(text, ",");
    if (size >= PART_MAX)
        return NULL;
    memcpy(part, text, size);
    part[size] = '\0';
    return text + size;
}

/* What stands behind the first of these in a part, which is cut there; or NULL. */
static char *cut_at(char *part, char sign)
{
    char *at = strchr(part, sign);
    if (at == NULL)
        return NULL;
    *at = '\0';
    return at + 1;
}

/* "6443" or "8443-8445". @return what follows, or NULL. */
static const char *add_ports(struct port_set *ports, const char *text)
{
    char part[PART_MAX];
    const char *rest = take_part(text, part), *last = rest != NULL ? cut_at(part, '-') : NULL;
    uint64_t low, high;
    if (rest == NULL || !quantity_number(part, UINT16_MAX, &low) || low == 0)
        return NULL;
    high = low;
    if (last != NULL && (!quantity_number(last, UINT16_MAX, &high) || high < low))
        return NULL;
    for (uint64_t port = low; port <= high; port++)
        port_set_add(ports, (uint16_t)port);
    return rest;
}

bool port_list_read(const char *text, struct port_set *ports)
{
    const char *at = text;
    for (; (at = add_ports(ports, at)) != NULL && *at == ','; at++)
        ;
    return at != NULL;
}

void port_list_text(const struct port_set *ports, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (uint32_t low = 0; low <= UINT16_MAX; low++) {
        uint32_t high = low;
        while (high <= UINT16_MAX && port_set_has(ports, (uint16_t)high))
            high++;
        if (high == low || used >= size)
            continue;
        const char *before = used > 0 ? "," : "";
        int wrote = high - low == 1 ? snprintf(text + used, size - used, "%s%u", before, low)
                                    : snprintf(text + used, size - used, "%s%u-%u", before, low, high - 1);
        used += wrote > 0 ? (size_t)wrote : 0;
        low = high;
    }
}

/* A list of tunnels on its way. */
struct tunnels {
    struct tunnel_ports *ports;
    enum tunnel_kind kind; /* the one that was named last */
    uint32_t named;        /* a bit each */
    char *why;
};

static bool add_tunnel_port(const struct tunnels *t, uint16_t port)
{
    if (port == 0 || tunnel_ports_add(t->ports, port, t->kind))
        return true;
    enum tunnel_kind there = tunnel_ports_find(t->ports, port);
    if (there == TUNNEL_NONE)
        snprintf(t->why, PORT_LIST_WHY, "found more than %d ports, expected fewer", TUNNEL_PORTS_MOST);
    else
        snprintf(t->why, PORT_LIST_WHY, "found port %u for %s and for %s, expected one tunnel a port", (unsigned)port,
                 tunnel_name(there), tunnel_name(t->kind));
    return false;
}

/* "vxlan=4789", or a port more of the kind before. @return what follows, or NULL. */
static const char *add_tunnel(struct tunnels *t, const char *text)
{
    char part[PART_MAX];
    const char *rest = take_part(text, part), *number = rest != NULL ? cut_at(part, '=') : NULL;
    uint64_t port;
    if (rest == NULL)
        return NULL;
    if (number != NULL)
        t->kind = tunnel_on_udp(slice_of(part));
    if (t->kind == TUNNEL_NONE)
        return NULL;
    if ((t->named >> t->kind & 1) == 0)
        tunnel_ports_remove(t->ports, t->kind);
    t->named |= UINT32_C(1) << t->kind;
    if (!quantity_number(number != NULL ? number : part, UINT16_MAX, &port))
        return NULL;
    return add_tunnel_port(t, (uint16_t)port) ? rest : NULL;
}

bool port_list_read_tunnels(const char *text, struct tunnel_ports *ports, char why[static PORT_LIST_WHY])
{
    struct tunnels t = {.ports = ports, .kind = TUNNEL_NONE, .why = why};
    const char *at = text;
    tunnel_ports_default(ports);
    for (; (at = add_tunnel(&t, at)) != NULL && *at == ','; at++)
        ;
    return at != NULL;
}
