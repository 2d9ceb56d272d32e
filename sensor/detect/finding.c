/* Findings stand in a table by rule, source and endpoint, and in a queue by the clock of their first hit: all windows
 * are of one length, so the queue's head closes first. */
#include "sensor/detect/finding.h"

struct finding_key {
    const struct rule_about *rule;
    uint8_t source[16], endpoint[16];
    uint64_t port;
};

_Static_assert(sizeof(struct finding_key) == 48, "a key has no padding");

struct kept_finding {
    struct finding finding;
    struct finding_key key;
    moment opened; /* the clock of the first hit */
    uint64_t next_telling;
    struct kept_finding *before, *after;
};

struct slot {
    struct finding_key key;
    struct kept_finding *kept;
};

struct findings {
    struct memory *memory;
    struct finding_events events;
    moment window;
    struct table table; /* of struct slot */
    struct kept_finding *first, *last;
    uint64_t unproven, lost;
};

struct findings *findings_new(const struct finding_options *options, const struct hash_secret *secret,
                              struct memory *memory, struct finding_events events)
{
    struct findings *f = memory_resize(memory, NULL, 0, sizeof *f);
    if (!f)
        return NULL;
    f->memory = memory;
    f->events = events;
    f->window = options->window;
    table_init(&f->table, sizeof(struct finding_key), sizeof(struct slot), secret, memory);
    return f;
}

static void release(struct findings *f, struct kept_finding *k)
{
    struct value_list *lists[] = {&k->finding.agents,  &k->finding.verbs,   &k->finding.urls,     &k->finding.statuses,
                                  &k->finding.reasons, &k->finding.methods, &k->finding.forwarded};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        value_list_clear(lists[i], f->memory);
    memory_resize(f->memory, k, sizeof *k, 0);
}

void findings_free(struct findings *f)
{
    if (!f)
        return;
    for (struct kept_finding *k = f->first, *after; k; k = after) {
        after = k->after;
        release(f, k);
    }
    table_deinit(&f->table);
    memory_resize(f->memory, f, sizeof *f, 0);
}

static struct kept_finding *make(struct findings *f, const struct finding_key *key, const struct exchange *x)
{
    struct kept_finding *k = memory_resize(f->memory, NULL, 0, sizeof *k);
    struct slot *slot = k ? table_put(&f->table, key, NULL) : NULL;
    if (!slot) {
        if (k)
            release(f, k);
        return NULL;
    }
    slot->kept = k;
    k->key = *key;
    k->opened = x->event.order.clock;
    k->next_telling = 1;
    k->finding = (struct finding){.rule = key->rule,
                                  .endpoint = x->event.server,
                                  .first = x->event.time,
                                  .last = x->event.time,
                                  .first_flow = x->event.flow_id};
    memcpy(k->finding.source, key->source, sizeof k->finding.source);
    k->before = f->last;
    *(f->last ? &f->last->after : &f->first) = k;
    f->last = k;
    return k;
}

/* Out of table and queue; the finding itself lives on. */
static void take_out(struct findings *f, struct kept_finding *k)
{
    *(k->before ? &k->before->after : &f->first) = k->after;
    *(k->after ? &k->after->before : &f->last) = k->before;
    struct slot *slot = table_find(&f->table, &k->key);
    if (slot)
        table_remove(&f->table, slot);
}

static void better(struct finding *finding, enum endpoint_basis basis)
{
    if (basis > finding->basis)
        finding->basis = basis;
}

/* The last word, for those who may have one. */
static void complete(struct findings *f, struct kept_finding *k, enum endpoint_basis basis)
{
    better(&k->finding, basis);
    if (k->finding.basis > ENDPOINT_UNPROVEN)
        f->events.told(f->events.owner, &k->finding, true);
    else
        f->unproven++;
    take_out(f, k);
    release(f, k);
}

static void list_text(struct findings *f, struct value_list *list, const struct exchange *x, struct text text)
{
    if (text.size)
        value_list_add(list, event_text(&x->event, text), f->memory);
}

static void count_hit(struct findings *f, struct finding *finding, const struct exchange *x)
{
    finding->count++;
    if (x->event.time < finding->first)
        finding->first = x->event.time;
    if (x->event.time > finding->last)
        finding->last = x->event.time;
    list_text(f, &finding->agents, x, x->agent);
    list_text(f, &finding->verbs, x, x->verb);
    list_text(f, &finding->urls, x, x->target);
    list_text(f, &finding->reasons, x, x->reason);
    list_text(f, &finding->methods, x, x->method);
    list_text(f, &finding->forwarded, x, x->forwarded_for);
    if (x->status) {
        uint8_t code[3]; /* a status is three digits */
        for (unsigned i = 3, rest = x->status; i-- > 0; rest /= 10)
            code[i] = (uint8_t)('0' + rest % 10);
        value_list_add(&finding->statuses, (struct slice){code, sizeof code}, f->memory);
    }
}

void findings_hit(struct findings *f, const struct rule_about *rule, const struct exchange *x,
                  enum endpoint_basis basis)
{
    struct finding_key key = {.rule = rule, .port = x->event.server.port};
    memcpy(key.source, x->event.client.ip, sizeof key.source);
    memcpy(key.endpoint, x->event.server.ip, sizeof key.endpoint);
    const struct slot *slot = table_find(&f->table, &key);
    struct kept_finding *k = slot ? slot->kept : NULL;
    if (k && x->event.order.clock - k->opened >= f->window) {
        complete(f, k, basis);
        k = NULL;
    }
    if (!k)
        k = make(f, &key, x);
    if (!k) {
        f->lost++;
        return;
    }
    count_hit(f, &k->finding, x);
    better(&k->finding, basis);
    /* One that was kept back until its endpoint was proven is told at once, and then at the next power of ten. */
    if (k->finding.basis == ENDPOINT_UNPROVEN || k->finding.count < k->next_telling)
        return;
    while (k->next_telling <= k->finding.count && k->next_telling <= UINT64_MAX / 10)
        k->next_telling *= 10;
    f->events.told(f->events.owner, &k->finding, false);
}

void findings_reached(struct findings *f, moment clock,
                      enum endpoint_basis (*basis)(void *owner, const struct address *endpoint), void *owner)
{
    while (f->first && clock - f->first->opened >= f->window)
        complete(f, f->first, basis(owner, &f->first->finding.endpoint));
}

static bool stands_before(const struct kept_finding *a, const struct kept_finding *b)
{
    const struct finding *x = &a->finding, *y = &b->finding;
    if (x->rule->level != y->rule->level)
        return x->rule->level > y->rule->level;
    if (x->count != y->count)
        return x->count > y->count;
    int order = memcmp(x->source, y->source, sizeof x->source);
    if (!order)
        order = memcmp(x->endpoint.ip, y->endpoint.ip, sizeof x->endpoint.ip);
    if (order)
        return order < 0;
    if (x->endpoint.port != y->endpoint.port)
        return x->endpoint.port < y->endpoint.port;
    if (x->first_flow != y->first_flow)
        return x->first_flow < y->first_flow;
    return x->rule->number < y->rule->number;
}

static struct kept_finding *merge(struct kept_finding *a, struct kept_finding *b)
{
    struct kept_finding *head = NULL, **tail = &head;
    while (a && b) {
        struct kept_finding **from = stands_before(b, a) ? &b : &a;
        *tail = *from;
        tail = &(*from)->after;
        *from = *tail;
    }
    *tail = a ? a : b;
    return head;
}

/* In place: at the end there may be no memory for anything. Afterwards `before` means nothing. */
static struct kept_finding *sorted(struct kept_finding *list)
{
    struct kept_finding *runs[64] = {0}; /* runs[i]: a sorted list of 2^i, or none */
    while (list) {
        struct kept_finding *one = list;
        list = list->after;
        one->after = NULL;
        size_t i = 0;
        for (; runs[i]; i++) {
            one = merge(runs[i], one);
            runs[i] = NULL;
        }
        runs[i] = one;
    }
    struct kept_finding *all = NULL;
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
        all = merge(runs[i], all);
    return all;
}

void findings_finish(struct findings *f, enum endpoint_basis (*basis)(void *owner, const struct address *endpoint),
                     void *owner)
{
    size_t count = 0;
    for (struct kept_finding *k = f->first; k; k = k->after) {
        better(&k->finding, basis(owner, &k->finding.endpoint));
        if (k->finding.basis > ENDPOINT_UNPROVEN)
            count++;
        else
            f->unproven++;
    }
    f->events.closing(f->events.owner, count);
    struct kept_finding *list = sorted(f->first);
    f->first = f->last = NULL;
    table_deinit(&f->table);
    for (struct kept_finding *after; list; list = after) {
        after = list->after;
        if (list->finding.basis > ENDPOINT_UNPROVEN)
            f->events.told(f->events.owner, &list->finding, true);
        release(f, list);
    }
}

uint64_t findings_unproven(const struct findings *f)
{
    return f->unproven;
}

uint64_t findings_lost(const struct findings *f)
{
    return f->lost;
}
