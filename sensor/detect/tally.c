#include "sensor/detect/tally.h"

#include "sensor/event/auth.h"

static struct list_value value_in(const struct exchange *x, struct text text, const struct hash_secret *secret)
{
    return text.size ? list_value_of(event_text(&x->event, text), secret) : (struct list_value){.text = slice_of("")};
}

static void take_endpoint(struct hit *hit, const struct address *server, const struct hash_secret *secret)
{
    if (hit->endpoint.text.size && hit->server.port == server->port &&
        memcmp(hit->server.ip, server->ip, sizeof server->ip) == 0)
        return;
    hit->server = *server;
    size_t size = (size_t)(value_endpoint((char *)hit->endpoint_text, server) - (char *)hit->endpoint_text);
    hit->endpoint = list_value_of((struct slice){hit->endpoint_text, size}, secret);
}

static void take_status(struct hit *hit, unsigned status, const struct hash_secret *secret)
{
    if (hit->code == status)
        return;
    hit->code = status;
    for (unsigned i = 3, rest = status; i-- > 0; rest /= 10) /* a status is three digits */
        hit->code_text[i] = (uint8_t)('0' + rest % 10);
    hit->status = list_value_of((struct slice){hit->code_text, status ? sizeof hit->code_text : 0}, secret);
}

void hit_take(struct hit *hit, bool client, const struct hash_secret *secret)
{
    const struct exchange *x = hit->exchange;
    hit->agent = value_in(x, x->agent, secret);
    hit->verb = value_in(x, x->verb, secret);
    hit->url = value_in(x, x->target, secret);
    hit->reason = value_in(x, x->reason, secret);
    hit->method = value_in(x, x->method, secret);
    hit->forwarded = value_in(x, x->event.forwarded_for, secret);
    take_endpoint(hit, &x->event.server, secret);
    take_status(hit, x->status, secret);
    if (!client)
        return;
    size_t size = (size_t)(value_ip((char *)hit->client_text, x->event.client.ip) - (char *)hit->client_text);
    hit->client = list_value_of((struct slice){hit->client_text, size}, secret);
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

static void list_one(struct value_list *list, const struct list_value *value, struct memory *memory)
{
    if (value->text.size)
        value_list_count(list, value, memory);
}

void tally_count(struct tally *t, const struct hit *hit, struct memory *memory)
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
    list_one(&f->agents, &hit->agent, memory);
    list_one(&f->verbs, &hit->verb, memory);
    list_one(&f->urls, &hit->url, memory);
    list_one(&f->reasons, &hit->reason, memory);
    list_one(&f->methods, &hit->method, memory);
    list_one(&f->forwarded, &hit->forwarded, memory);
    list_one(&f->statuses, &hit->status, memory);
    list_one(&f->endpoints, &hit->endpoint, memory);
    if (f->of_endpoint)
        list_one(&f->clients, &hit->client, memory);
}
