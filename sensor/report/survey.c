#include "sensor/report/survey.h"

#include <stdlib.h>

#include "sensor/event/counter.h"

/* Of two segments in five the bytes were seen before: a mirror doubles, a lossy path does not lose so much. */
static bool is_doubled(const struct flow_record *f)
{
    return f->segments >= 4 && (uint64_t)f->repeated * 5 >= (uint64_t)f->segments * 2;
}

static int compare_endpoints(const void *a, const void *b)
{
    const struct survey_endpoint *x = a, *y = b;
    if (x->basis != y->basis)
        return x->basis > y->basis ? -1 : 1;
    if (x->connections != y->connections)
        return x->connections > y->connections ? -1 : 1;
    int order = memcmp(x->address.ip, y->address.ip, sizeof x->address.ip);
    return order ? order : (x->address.port > y->address.port) - (x->address.port < y->address.port);
}

/* The place of the last one, for one that is better proven: on a network's edge web sites come first, and are many. */
static struct survey_endpoint *give_way(struct survey *s, const struct flow_record *f)
{
    struct survey_endpoint *last = s->endpoints;
    for (size_t i = 1; i < SURVEY_ENDPOINTS; i++)
        last = compare_endpoints(last, &s->endpoints[i]) < 0 ? &s->endpoints[i] : last;
    if (f->event.basis <= last->basis)
        return NULL;
    s->other_endpoints += last->connections;
    return last;
}

static struct survey_endpoint *endpoint_of(struct survey *s, const struct flow_record *f)
{
    const struct address *server = &f->event.server;
    struct survey_endpoint *e = s->endpoints, *end = e + s->endpoint_count;
    for (; e < end; e++) {
        if (e->address.port == server->port && memcmp(e->address.ip, server->ip, sizeof server->ip) == 0)
            return e;
    }
    if (s->endpoint_count < SURVEY_ENDPOINTS)
        s->endpoint_count++;
    else
        e = give_way(s, f);
    if (e)
        *e = (struct survey_endpoint){.address = *server};
    return e;
}

static void count_endpoint(struct survey *s, const struct flow_record *f)
{
    struct survey_endpoint *e = endpoint_of(s, f);
    if (!e) {
        s->other_endpoints++;
        return;
    }
    e->basis = f->event.basis > e->basis ? f->event.basis : e->basis;
    e->connections++;
    e->exchanges += f->exchanges;
}

static bool same_way(const struct survey_way *w, const struct event *e)
{
    return w->vlans == e->vlans && w->tunnel_kind == e->tunnel_kind && w->tunnel_id == e->tunnel_id &&
           memcmp(w->vlan, e->vlan, sizeof w->vlan) == 0;
}

static void count_way(struct survey *s, const struct event *e)
{
    size_t i = 0;
    while (i < s->way_count && !same_way(&s->ways[i], e))
        i++;
    if (i == SURVEY_WAYS) {
        s->other_ways++;
        return;
    }
    if (i == s->way_count) {
        s->ways[i] = (struct survey_way){.vlans = e->vlans,
                                         .vlan = {e->vlan[0], e->vlan[1]},
                                         .tunnel_kind = e->tunnel_kind,
                                         .tunnel_id = e->tunnel_id};
        s->way_count++;
    }
    s->ways[i].connections++;
}

void survey_count(struct survey *s, const struct flow_record *f)
{
    if (f->state == FLOW_NEW || f->state == FLOW_REFUSED)
        return;
    bool one_sided = !f->packets[0] || !f->packets[1], holed = f->gap_bytes[0] || f->gap_bytes[1];
    s->connections++;
    s->client_only += !f->packets[1];
    s->server_only += !f->packets[0];
    s->doubled += is_doubled(f);
    /* What waited for bytes that never came was not out of order. */
    s->reordered += f->reordered && !holed;
    s->holed += holed && !one_sided;
    s->midstream += !f->from_start;
    s->silent += !f->segments;
    count_endpoint(s, f);
    count_way(s, &f->event);
}

static int compare_ways(const void *a, const void *b)
{
    const struct survey_way *x = a, *y = b;
    return (x->connections < y->connections) - (x->connections > y->connections);
}

void survey_sort(struct survey *s)
{
    qsort(s->endpoints, s->endpoint_count, sizeof *s->endpoints, compare_endpoints);
    qsort(s->ways, s->way_count, sizeof *s->ways, compare_ways);
}

/* More than one in `parts`. */
static bool is_share(uint64_t some, uint64_t all, uint64_t parts)
{
    return some > all / parts;
}

static bool any_unproven(const struct survey *s)
{
    for (size_t i = 0; i < s->endpoint_count; i++) {
        if (s->endpoints[i].basis == ENDPOINT_UNPROVEN && s->endpoints[i].exchanges)
            return true;
    }
    return false;
}

uint32_t survey_advise(const struct survey *s, const struct counters *c)
{
    const uint64_t *of = c->of;
    uint64_t all = s->connections;
    const bool holds[ADVICES] = {
        [ADVICE_NOTHING_SEEN] = all == 0,
        [ADVICE_OTHER_PORTS] = is_share(of[COUNT_OTHER_PORTS], of[COUNT_WALK_SEGMENT], 2),
        [ADVICE_ONE_SIDED] = is_share(s->client_only + s->server_only, all, 10),
        [ADVICE_DOUBLED] = is_share(s->doubled, all, 5),
        [ADVICE_LOSS] = is_share(s->holed, all, 20) && all > 0,
        [ADVICE_KERNEL_DROPS] = of[COUNT_KERNEL_DROPS] + of[COUNT_INTERFACE_DROPS] > 0,
        [ADVICE_CUT] = of[COUNT_FRAMES_CUT] > 0,
        [ADVICE_REORDERED] = is_share(s->reordered, all, 4),
        [ADVICE_LINK] = of[COUNT_WALK_LINK] > 0,
        [ADVICE_CLOSED] = of[COUNT_TLS_CLOSED] > 0,
        [ADVICE_UNPROVEN] = any_unproven(s),
    };
    uint32_t advice = 0;
    for (unsigned i = 0; i < ADVICES; i++)
        advice |= (uint32_t)holds[i] << i;
    return advice;
}
