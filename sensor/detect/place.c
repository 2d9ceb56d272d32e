#include "sensor/detect/place.h"

#include "sensor/detect/forwarded.h"
#include "sensor/event/field.h"
#include "sensor/event/value.h"

static const struct cluster *cluster_of_server(struct places *p, const struct event *e)
{
    bool same = p->known && p->last.port == e->server.port && p->last_kind == e->tunnel_kind &&
                p->last_tunnel == e->tunnel_id && memcmp(p->last.ip, e->server.ip, sizeof p->last.ip) == 0;
    if (same)
        return p->cluster;
    p->cluster = cluster_of_endpoint(p->map, &e->server, e->tunnel_kind, e->tunnel_id);
    p->last = e->server;
    p->last_kind = e->tunnel_kind;
    p->last_tunnel = e->tunnel_id;
    p->known = true;
    return p->cluster;
}

/* Without the port: "a:6443", "[2001:db8::1]:6443". */
static struct slice name_of(struct slice host)
{
    size_t colon = host.size;
    while (colon > 0 && host.data[colon - 1] != ':' && host.data[colon - 1] != ']')
        colon--;
    return colon > 0 && host.data[colon - 1] == ':' ? slice_part(host, 0, colon - 1) : host;
}

bool place_is_configured(struct places *p, const struct event *e)
{
    return p->map && cluster_of_server(p, e);
}

const struct cluster *place_of(struct places *p, const struct event *e)
{
    const struct cluster *cluster = p->map ? cluster_of_server(p, e) : NULL;
    if (cluster || !p->map || e->type == EVENT_ANOMALY)
        return cluster;
    cluster = cluster_of_server_name(p->map, event_text(e, e->tls.texts[TLS_TEXT_SNI]));
    if (cluster || e->type != EVENT_EXCHANGE)
        return cluster;
    return cluster_of_server_name(p->map, name_of(event_text(e, ((const struct exchange *)e)->host)));
}

/* A line of the header may be missing behind those that were read: the front's own. */
static bool is_part(const struct exchange *x)
{
    return x->request != SEEN_WHOLE || exchange_has(x, SIGN_UNKNOWN_FIELD) || exchange_has(x, SIGN_UNKNOWN_NAME) ||
           event_is_unknown(&x->event, EVENT_FORWARDED_FOR);
}

/* The nearest is asked first: the peer, by a line or a header. Whom a line names may be a front in its turn, which
 * wrote the header. What may have been written by the client itself is not read: a header where the line was lost, or
 * names nobody, or somebody who is no front.
 * @param lost  whom the last front on the way asks for stands in what was lost.
 * @return false: the peer itself is the source. */
static bool find_client(const struct places *p, const struct exchange *x, const struct cluster *cluster, unsigned says,
                        uint8_t ip[static 16], bool *lost)
{
    const struct event *e = &x->event;
    bool found = false;
    if (says & SAYS_PROXY_LINE && e->proxied != PROXIED_NOT) {
        *lost = e->proxied == PROXIED_LOST;
        if (e->proxied != PROXIED_CLIENT)
            return false;
        memcpy(ip, e->proxied_for, sizeof e->proxied_for);
        says = cluster_front(p->map, cluster, ip);
        found = true;
    }
    if (!(says & SAYS_FORWARDED_FOR))
        return found;
    uint8_t said[16] = {0};
    enum forwarded who = forwarded_client(event_text(e, e->forwarded_for), is_part(x), p->map, cluster, said);
    *lost = who != FORWARDED_CLIENT && is_part(x);
    if (who != FORWARDED_CLIENT && who != FORWARDED_FRONT)
        return found;
    memcpy(ip, said, sizeof said);
    return true;
}

static struct text add_ip(struct event *e, const uint8_t ip[static 16])
{
    char text[VALUE_MAX];
    size_t size = (size_t)(value_ip(text, ip) - text);
    return event_add_text(e, (struct slice){(const uint8_t *)text, size}, size);
}

void place_claims(struct event *e)
{
    enum { LIST_MAX = 512 }; /* as flow/draft keeps the header: of a long list the end */
    char list[LIST_MAX + 2 + VALUE_MAX];
    struct slice header = event_text(e, e->forwarded_for);
    if (e->proxied == PROXIED_LOST && !header.size)
        event_set_unknown(e, EVENT_FORWARDED_FOR);
    if (e->proxied != PROXIED_CLIENT)
        return;
    size_t size = 0;
    if (header.size && header.size <= LIST_MAX) {
        memcpy(list, header.data, header.size);
        memcpy(list + header.size, ", ", 2);
        size = header.size + 2;
    }
    size = (size_t)(value_ip(list + size, e->proxied_for) - list);
    struct slice all = {(const uint8_t *)list, size};
    e->cut |= size > LIST_MAX;
    all = slice_part(all, size > LIST_MAX ? size - LIST_MAX : 0, size);
    if (all.size > (size_t)(EVENT_MAX - e->size)) /* an end that is cut off would be another address */
        event_set_unknown(e, EVENT_FORWARDED_FOR);
    else
        e->forwarded_for = event_add_text(e, all, all.size);
}

static bool is_claimed(const struct event *e)
{
    return e->forwarded_for.size || e->proxied == PROXIED_CLIENT || e->proxied == PROXIED_NOBODY;
}

void place_name(struct event *e, const struct cluster *cluster)
{
    if (cluster)
        e->cluster = event_add_text(e, slice_of(cluster->name), CLUSTER_NAME_MAX);
}

void place_exchange(const struct places *p, struct exchange *x, const struct cluster *cluster)
{
    struct event *e = &x->event;
    place_name(e, cluster);
    if (cluster)
        x->provider = event_add_text(e, slice_of(cluster->provider), CLUSTER_PROVIDER_MAX);
    unsigned says = cluster_front(p->map, cluster, e->client.ip);
    if (says)
        x->front = FRONT_CONFIGURED;
    else if (is_claimed(e))
        x->front = FRONT_SUSPECTED;
    uint8_t ip[16];
    bool lost = false, found = says && find_client(p, x, cluster, says, ip, &lost);
    if (lost)
        x->front = FRONT_UNNAMED;
    if (found) {
        x->via = add_ip(e, e->client.ip);
        x->placed = true;
        memcpy(x->peer, e->client.ip, sizeof x->peer);
        memcpy(e->client.ip, ip, sizeof ip);
    } else if (says & SAYS_PROXY_LINE && e->proxied == PROXIED_LOST) {
        event_set_unknown(e, EVENT_FORWARDED_FOR);
        event_set_unknown(e, EVENT_FORWARDED_VIA);
    }
    place_claims(e);
}
