#include "sensor/detect/tally.h"

#include "sensor/event/auth.h"

static void take_endpoint(struct hit *hit, const struct address *server)
{
    if (hit->endpoint_size && hit->server.port == server->port &&
        memcmp(hit->server.ip, server->ip, sizeof server->ip) == 0)
        return;
    hit->server = *server;
    hit->endpoint_size = (size_t)(value_endpoint((char *)hit->endpoint, server) - (char *)hit->endpoint);
}

static void take_client(struct hit *hit, const uint8_t ip[static 16])
{
    if (hit->client_size && memcmp(hit->client_ip, ip, sizeof hit->client_ip) == 0)
        return;
    memcpy(hit->client_ip, ip, sizeof hit->client_ip);
    hit->client_size = (size_t)(value_ip((char *)hit->client, ip) - (char *)hit->client);
}

static void take_status(struct hit *hit, unsigned status)
{
    hit->code = status;
    for (unsigned i = sizeof hit->status, rest = status; i-- > 0; rest /= 10) /* a status is three digits */
        hit->status[i] = (uint8_t)('0' + rest % 10);
}

void hit_take(struct hit *hit, bool client)
{
    const struct exchange *x = hit->exchange;
    take_endpoint(hit, &x->event.server);
    if (hit->code != x->status)
        take_status(hit, x->status);
    if (client)
        take_client(hit, x->event.client.ip);
}

struct tally *tally_new(const struct exchange *x, const struct finding_place *place, bool of_endpoint,
                        struct memory *memory)
{
    struct tally *t = memory_resize(memory, NULL, 0, sizeof *t);
    if (!t)
        return NULL;
    t->finding = (struct finding){.of_endpoint = of_endpoint,
                                  .cluster = place->name,
                                  .provider = place->provider,
                                  .endpoint = x->event.server,
                                  .first = x->event.time,
                                  .last = x->event.time,
                                  .first_flow = x->event.flow_id};
    memcpy(t->finding.source, x->event.client.ip, sizeof t->finding.source);
    return t;
}

enum { LISTS = 9 };

static void lists_of(struct finding *f, struct value_list *lists[static LISTS])
{
    struct value_list *all[LISTS] = {&f->agents,  &f->verbs,     &f->urls,      &f->statuses, &f->reasons,
                                     &f->methods, &f->forwarded, &f->endpoints, &f->clients};
    memcpy(lists, all, sizeof all);
}

struct tally *tally_copy(const struct tally *t, struct memory *memory)
{
    struct tally *copy = memory_resize(memory, NULL, 0, sizeof *copy);
    if (!copy)
        return NULL;
    struct finding from = t->finding;
    struct value_list *lists[LISTS], *old[LISTS];
    copy->finding = t->finding;
    lists_of(&copy->finding, lists);
    lists_of(&from, old);
    bool whole = true;
    for (size_t i = 0; i < LISTS; i++) {
        *lists[i] = (struct value_list){0};
        whole = whole && value_list_copy(lists[i], old[i], memory);
    }
    if (whole)
        return copy;
    tally_free(copy, memory);
    return NULL;
}

void tally_free(struct tally *t, struct memory *memory)
{
    struct value_list *lists[LISTS];
    lists_of(&t->finding, lists);
    for (size_t i = 0; i < LISTS; i++)
        value_list_clear(lists[i], memory);
    memory_resize(memory, t, sizeof *t, 0);
}

/* What a tally's values are counted with. */
struct counting {
    const struct event *event;
    const struct hash_secret *secret;
    struct memory *memory;
};

static inline void list_text(struct value_list *list, struct text text, const struct counting *c)
{
    if (text.size)
        value_list_add(list, event_text(c->event, text), c->secret, c->memory);
}

static void count_values(struct finding *f, const struct hit *hit, const struct counting *c)
{
    const struct exchange *x = hit->exchange;
    list_text(&f->agents, x->agent, c);
    list_text(&f->verbs, x->verb, c);
    list_text(&f->urls, x->target, c);
    list_text(&f->reasons, x->reason, c);
    list_text(&f->methods, x->method, c);
    list_text(&f->forwarded, x->event.forwarded_for, c);
    if (x->status)
        value_list_add(&f->statuses, (struct slice){hit->status, sizeof hit->status}, c->secret, c->memory);
    value_list_add(&f->endpoints, (struct slice){hit->endpoint, hit->endpoint_size}, c->secret, c->memory);
    if (f->of_endpoint)
        value_list_add(&f->clients, (struct slice){hit->client, hit->client_size}, c->secret, c->memory);
}

void tally_count(struct tally *t, const struct hit *hit, const struct hash_secret *secret, struct memory *memory)
{
    struct finding *f = &t->finding;
    const struct exchange *x = hit->exchange;
    f->count++;
    if (x->event.time < f->first)
        f->first = x->event.time;
    if (x->event.time > f->last)
        f->last = x->event.time;
    f->front = x->front > f->front ? x->front : f->front;
    f->observed |= x->auth_basis == BASIS_OBSERVED;
    if (hit->basis > f->basis)
        f->basis = hit->basis;
    count_values(f, hit, &(struct counting){&x->event, secret, memory});
}
