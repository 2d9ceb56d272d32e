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
    const struct event *e = hit->event;
    unsigned status = e->type == EVENT_EXCHANGE ? ((const struct exchange *)e)->status : 0;
    take_endpoint(hit, &e->server);
    if (hit->code != status)
        take_status(hit, status);
    if (client)
        take_client(hit, e->client.ip);
}

struct tally *tally_new(const struct event *e, const struct cluster *cluster, const struct rule_about *rule,
                        struct memory *memory)
{
    struct tally *t = memory_resize(memory, NULL, 0, sizeof *t);
    if (!t)
        return NULL;
    t->finding = (struct finding){.subject = rule->subject,
                                  .cluster = cluster ? cluster->name : "",
                                  .provider = cluster ? cluster->provider : "",
                                  .endpoint = e->server,
                                  .tunnel_kind = e->tunnel_kind,
                                  .tunnel_id = e->tunnel_id,
                                  .first = e->time,
                                  .last = e->time,
                                  .first_flow = e->flow_id};
    memcpy(t->finding.source, e->client.ip, sizeof t->finding.source);
    return t;
}

struct tally *tally_copy(const struct tally *t, struct memory *memory)
{
    struct tally *copy = memory_resize(memory, NULL, 0, sizeof *copy);
    if (!copy)
        return NULL;
    copy->finding = t->finding;
    memset(copy->finding.lists, 0, sizeof copy->finding.lists);
    bool whole = true;
    for (size_t i = 0; whole && i < FINDING_LISTS; i++)
        whole = value_list_copy(&copy->finding.lists[i], &t->finding.lists[i], memory);
    if (whole)
        return copy;
    tally_free(copy, memory);
    return NULL;
}

void tally_free(struct tally *t, struct memory *memory)
{
    for (size_t i = 0; i < FINDING_LISTS; i++)
        value_list_clear(&t->finding.lists[i], memory);
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

static void count_exchange(struct finding *f, const struct hit *hit, const struct counting *c)
{
    const struct exchange *x = (const struct exchange *)hit->event;
    f->exchanges++;
    f->front = x->front > f->front ? x->front : f->front;
    f->observed |= x->auth_basis == BASIS_OBSERVED;
    f->agent_missing |= !x->agent.size;
    list_text(&f->agents, x->agent, c);
    list_text(&f->verbs, x->verb, c);
    list_text(&f->urls, x->target, c);
    list_text(&f->reasons, x->reason, c);
    list_text(&f->methods, x->method, c);
    list_text(&f->forwarded, x->event.forwarded_for, c);
    if (x->status)
        value_list_add(&f->statuses, (struct slice){hit->status, sizeof hit->status}, c->secret, c->memory);
}

static void count_knocks_before(struct finding *f, const struct hit *hit, const struct counting *c)
{
    const struct knocks *k = hit->knocks;
    f->count += k->count - 1;
    if (f->subject != SUBJECT_SOURCE && k->count > 1)
        value_list_add_many(&f->clients, (struct slice){hit->client, hit->client_size}, k->count - 1, c->secret,
                            c->memory);
    if (k->basis > f->basis)
        f->basis = k->basis;
    if (k->first < f->first)
        f->first = k->first;
    uint64_t elsewhere = k->count - 1; /* at endpoints that are not kept */
    for (uint32_t i = 0; i < k->endpoints; i++) {
        char text[VALUE_MAX];
        size_t size = (size_t)(value_endpoint(text, &k->seen[i]) - text);
        bool this_one = size == hit->endpoint_size && memcmp(text, hit->endpoint, size) == 0;
        uint32_t before = k->times[i] - this_one;
        elsewhere -= before;
        if (before)
            value_list_add_many(&f->endpoints, (struct slice){(const uint8_t *)text, size}, before, c->secret,
                                c->memory);
    }
    f->endpoints.left_out += elsewhere;
}

static void count_flow(struct finding *f, const struct hit *hit, const struct counting *c, bool before)
{
    const struct flow_record *r = (const struct flow_record *)hit->event;
    f->observed |= r->auth_basis != BASIS_INFERRED;
    f->agent_missing = true;
    f->front = r->front > f->front ? r->front : f->front;
    f->signs |= r->suspicion.evidence;
    f->suspicion = r->suspicion.weight > f->suspicion ? r->suspicion.weight : f->suspicion;
    if (before)
        count_knocks_before(f, hit, c);
}

void tally_count(struct tally *t, const struct hit *hit, bool before, const struct hash_secret *secret,
                 struct memory *memory)
{
    struct finding *f = &t->finding;
    const struct event *e = hit->event;
    const struct counting c = {e, secret, memory};
    f->count++;
    if (e->time < f->first)
        f->first = e->time;
    if (e->time > f->last)
        f->last = e->time;
    if (hit->basis > f->basis)
        f->basis = hit->basis;
    if (e->type == EVENT_EXCHANGE)
        count_exchange(f, hit, &c);
    else if (e->type == EVENT_FLOW)
        count_flow(f, hit, &c, before);
    else
        f->observed = true; /* of a handshake nothing is inferred */
    value_list_add(&f->endpoints, (struct slice){hit->endpoint, hit->endpoint_size}, secret, memory);
    if (f->subject != SUBJECT_SOURCE)
        value_list_add(&f->clients, (struct slice){hit->client, hit->client_size}, secret, memory);
}
