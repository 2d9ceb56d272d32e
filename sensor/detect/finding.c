/* Findings stand by their subject, in the order of their first hits, and the subjects in a table; and all in a queue by
 * the clock of their first hit. */
#include "sensor/detect/finding.h"

#include "sensor/detect/finding_queue.h"

struct subject_key {
    uint8_t source[16], endpoint[16]; /* zeros: any */
    uint32_t port, network;           /* of the endpoint: tunnel_network() */
    uint64_t cluster;
};

_Static_assert(sizeof(struct subject_key) == 48, "a key has no padding");

struct subject {
    struct subject_key key;
    struct kept_finding *asked; /* last; its findings stand in a ring. Rules fire in one order, so the next is likely */
};

enum { RECENT = 64 };

struct slot {
    struct subject_key key;
    struct subject *subject;
};

struct findings {
    struct memory *memory;
    struct finding_events events;
    struct finding_options options;
    struct table table; /* of struct slot */
    struct finding_queue open;
    struct kept_finding *done; /* complete, to be told at the end */
    uint64_t unproven, lost, hurried;
    /* the event in hand: */
    struct hit hit;
    const struct cluster *cluster;
    struct subject *subjects[SUBJECTS]; /* NULL: not looked for */
    struct subject *recent[RECENT];     /* of events before, by their key: most have one of these */
    struct kept_finding *hits, **tail;
};

struct findings *findings_new(const struct finding_options *options, const struct hash_secret *secret,
                              struct memory *memory, struct finding_events events)
{
    struct findings *f = memory_resize(memory, NULL, 0, sizeof *f);
    if (!f)
        return NULL;
    f->memory = memory;
    f->events = events;
    f->options = *options;
    f->tail = &f->hits;
    table_init(&f->table, sizeof(struct subject_key), sizeof(struct slot), secret, memory);
    return f;
}

/* By what differs most: the ends of addresses. */
static struct subject **recent_of(struct findings *f, const struct subject_key *key)
{
    unsigned end =
        key->source[15] ^ key->endpoint[15] ^ (unsigned)key->source[14] << 3 ^ key->port ^ (unsigned)key->cluster;
    return &f->recent[end % RECENT];
}

static void drop_subject(struct findings *f, struct subject *s)
{
    struct subject **recent = recent_of(f, &s->key);
    if (*recent == s)
        *recent = NULL;
    struct slot *slot = table_find(&f->table, &s->key);
    if (slot)
        table_remove(&f->table, slot);
    for (size_t i = 0; i < SUBJECTS; i++) {
        if (f->subjects[i] == s)
            f->subjects[i] = NULL;
    }
    memory_resize(f->memory, s, sizeof *s, 0);
}

static void leave_subject(struct findings *f, struct kept_finding *k)
{
    struct subject *s = k->subject;
    struct kept_finding *before = k;
    while (before->sibling != k)
        before = before->sibling;
    before->sibling = k->sibling;
    s->asked = before;
    if (before == k)
        drop_subject(f, s);
}

static void give_back(struct findings *f, struct kept_finding *k)
{
    if (k->tally && --k->tally->findings == 0)
        tally_free(k->tally, f->memory);
    memory_resize(f->memory, k, sizeof *k, 0);
}

/* Out of subject and queue. */
static void detach(struct findings *f, struct kept_finding *k)
{
    finding_queue_leave(&f->open, k);
    leave_subject(f, k);
}

static void release(struct findings *f, struct kept_finding *k)
{
    detach(f, k);
    give_back(f, k);
}

void findings_free(struct findings *f)
{
    if (!f)
        return;
    while (f->open.first)
        release(f, f->open.first);
    for (struct kept_finding *k = f->done, *after; k; k = after) {
        after = k->after;
        give_back(f, k);
    }
    table_deinit(&f->table);
    memory_resize(f->memory, f, sizeof *f, 0);
}

static struct subject *make_subject(struct findings *f, const struct subject_key *key)
{
    struct subject *s = memory_resize(f->memory, NULL, 0, sizeof *s);
    struct slot *slot = s ? table_put(&f->table, key, NULL) : NULL;
    if (slot) {
        slot->subject = s;
        s->key = *key;
        return s;
    }
    memory_resize(f->memory, s, s ? sizeof *s : 0, 0);
    return NULL;
}

static struct subject *subject_of(struct findings *f, enum rule_subject about)
{
    const struct event *e = f->hit.event;
    bool apart = about == SUBJECT_SOURCE && e->type == EVENT_EXCHANGE && !f->cluster;
    struct subject_key key = {.cluster = f->cluster ? f->cluster->number + 1 : 0};
    if (about == SUBJECT_SOURCE)
        memcpy(key.source, e->client.ip, sizeof key.source);
    if (about == SUBJECT_ENDPOINT || apart) {
        memcpy(key.endpoint, e->server.ip, sizeof key.endpoint);
        key.port = e->server.port;
        key.network = tunnel_network(e->tunnel_kind, e->tunnel_id);
    }
    struct subject **recent = recent_of(f, &key);
    if (*recent && memcmp(&(*recent)->key, &key, sizeof key) == 0)
        return *recent;
    const struct slot *slot = table_find(&f->table, &key);
    return *recent = slot ? slot->subject : make_subject(f, &key);
}

static struct kept_finding *find(struct subject *s, const struct rule_about *rule)
{
    struct kept_finding *k = s->asked;
    if (!k)
        return NULL;
    do {
        k = k->sibling;
        if (k->rule == rule) {
            s->asked = k;
            return k;
        }
    } while (k != s->asked);
    return NULL;
}

static struct kept_finding *make(struct findings *f, struct subject *s, const struct rule_about *rule)
{
    struct kept_finding *k = memory_resize(f->memory, NULL, 0, sizeof *k);
    if (!k) {
        if (!s->asked)
            drop_subject(f, s);
        return NULL;
    }
    k->rule = rule;
    k->subject = s;
    k->opened = f->hit.event->order.clock;
    k->next_telling = 1;
    k->sibling = s->asked ? s->asked->sibling : k;
    if (s->asked)
        s->asked->sibling = k;
    s->asked = k;
    finding_queue_enter(&f->open, k);
    return k;
}

/* As it is told. */
static struct finding view(const struct kept_finding *k, bool complete)
{
    struct finding finding = k->tally->finding;
    finding.rule = k->rule;
    finding.complete = complete;
    return finding;
}

/* Whether it has a last word. */
static bool holds(struct findings *f, const struct kept_finding *k)
{
    if (k->tally->finding.basis == ENDPOINT_UNPROVEN) {
        f->unproven++;
        return false;
    }
    struct finding finding = view(k, true);
    return f->events.holds(f->events.owner, &finding, k->held);
}

static void tell_complete(struct findings *f, const struct kept_finding *k)
{
    struct finding finding = view(k, true);
    f->events.told(f->events.owner, &finding);
}

/* Its endpoint may be proven better by now. */
static void ask_basis(struct findings *f, struct finding *counted)
{
    enum endpoint_basis basis = f->events.basis(f->events.owner, counted);
    counted->basis = basis > counted->basis ? basis : counted->basis;
}

static void complete(struct findings *f, struct kept_finding *k)
{
    ask_basis(f, &k->tally->finding);
    bool told = holds(f, k);
    if (told && f->options.at_end && f->memory->used < f->memory->limit / 2) {
        detach(f, k);
        k->after = f->done;
        f->done = k;
        return;
    }
    if (told)
        tell_complete(f, k);
    release(f, k);
}

void findings_begin(struct findings *f, const struct event *e, struct knocks *knocks, enum endpoint_basis basis,
                    const struct cluster *cluster)
{
    f->hit.event = e;
    f->hit.knocks = knocks;
    f->hit.basis = basis;
    f->cluster = cluster;
    for (size_t i = 0; i < SUBJECTS; i++)
        f->subjects[i] = NULL;
}

void findings_hit(struct findings *f, const struct rule_about *rule, bool hold)
{
    struct subject **s = &f->subjects[rule->subject];
    if (!*s)
        *s = subject_of(f, rule->subject);
    struct kept_finding *k = *s ? find(*s, rule) : NULL;
    if (k && f->hit.event->order.clock - k->opened >= f->options.window) {
        complete(f, k);
        if (!*s)
            *s = subject_of(f, rule->subject);
        k = NULL;
    }
    if (!k && *s)
        k = make(f, *s, rule);
    if (!k) {
        f->lost++;
        return;
    }
    k->held = hold && (k->held || !k->tally);
    k->stirred = k->tally;
    if (k->tally)
        k->tally->hit++;
    k->next = NULL;
    *f->tail = k;
    f->tail = &k->next;
}

/* A tally of which only some findings are hit: these go on with one of their own. */
static bool part(struct findings *f, struct kept_finding *k)
{
    struct tally *t = k->tally;
    if (!t->parted)
        t->parted = tally_copy(t, f->memory);
    struct tally *own = t->parted;
    if (own) {
        k->tally = own;
        own->findings++;
        own->hit++;
        t->findings--;
    }
    if (--t->hit == 0)
        t->parted = NULL;
    return own;
}

static bool begin_tally(struct findings *f, struct kept_finding *k, struct tally **begun)
{
    if (!*begun)
        *begun = tally_new(f->hit.event, f->cluster, k->rule, f->memory);
    if (!*begun)
        return false;
    k->tally = *begun;
    k->tally->findings++;
    k->tally->hit++;
    return true;
}

/* A rule about knocks that holds for the fourth, say, means those before it as well: they are counted with the first
 * that its finding has of the source. */
static bool means_before(const struct findings *f, const struct rule_about *rule)
{
    return rule->knocks && f->hit.knocks && !knocks_are_listed(f->hit.knocks, rule->number);
}

/* Gives each finding that is hit a tally whose findings are all hit; takes those out that found no memory. */
static void sort_tallies(struct findings *f)
{
    struct tally *begun[SUBJECTS][2] = {{NULL}}; /* and of rules that mean what was before */
    struct kept_finding **at = &f->hits;
    for (struct kept_finding *k; (k = *at);) {
        bool old = k->tally;
        bool counts = !old ? begin_tally(f, k, &begun[k->rule->subject][means_before(f, k->rule)])
                      : k->tally->hit < k->tally->findings ? part(f, k)
                                                           : true;
        if (counts) {
            at = &k->next;
            continue;
        }
        *at = k->next;
        f->lost++;
        if (!old)
            release(f, k);
    }
}

/* One that was kept back until its endpoint was proven is told at once, and then at the next power of ten. */
static void tell_if_due(struct findings *f, struct kept_finding *k)
{
    const struct finding *counted = &k->tally->finding;
    if (k->held || counted->basis == ENDPOINT_UNPROVEN || counted->count < k->next_telling)
        return;
    while (k->next_telling <= counted->count && k->next_telling <= UINT64_MAX / 10)
        k->next_telling *= 10;
    struct finding finding = view(k, false);
    if (f->events.holds(f->events.owner, &finding, false))
        f->events.told(f->events.owner, &finding);
}

void findings_end(struct findings *f)
{
    sort_tallies(f);
    if (f->hits)
        hit_take(&f->hit, f->subjects[SUBJECT_ENDPOINT] || f->subjects[SUBJECT_CLUSTER]);
    for (struct kept_finding *k = f->hits; k; k = k->next) {
        if (k->tally->hit)
            tally_count(k->tally, &f->hit, means_before(f, k->rule), f->table.secret, f->memory);
        k->tally->hit = 0;
    }
    for (struct kept_finding *k = f->hits; k; k = k->next) {
        if (f->hit.knocks && k->rule->knocks)
            knocks_list(f->hit.knocks, k->rule->number);
        tell_if_due(f, k);
    }
    f->hits = NULL;
    f->tail = &f->hits;
}

void findings_reached(struct findings *f, moment clock)
{
    for (struct kept_finding *k; (k = f->open.first) && clock - k->opened >= f->options.window;)
        complete(f, k);
}

/* What may still turn out to be nothing is not told before it is known. */
static void hurry(struct findings *f, struct kept_finding *k)
{
    f->hurried++;
    if (!k->held) {
        complete(f, k);
        return;
    }
    f->lost++;
    release(f, k);
}

void findings_trim(struct findings *f)
{
    const size_t enough = f->memory->limit - f->memory->limit / 8;
    for (struct kept_finding *k; f->memory->used > enough && (k = finding_queue_silent(&f->open));)
        hurry(f, k);
}

void findings_finish(struct findings *f)
{
    struct kept_finding *told = f->done;
    size_t count = 0, cursor = 0;
    for (const struct kept_finding *k = told; k; k = k->after)
        count++;
    f->done = NULL;
    for (const struct slot *slot; (slot = table_next(&f->table, &cursor));)
        memory_resize(f->memory, slot->subject, sizeof *slot->subject, 0);
    table_deinit(&f->table);
    for (struct kept_finding *k = f->open.first, *after; k; k = after) {
        after = k->after;
        ask_basis(f, &k->tally->finding);
        if (!holds(f, k)) {
            give_back(f, k);
            continue;
        }
        k->after = told;
        told = k;
        count++;
    }
    f->open = (struct finding_queue){NULL, NULL, NULL};
    f->events.closing(f->events.owner, count);
    for (struct kept_finding *k = finding_order(told), *after; k; k = after) {
        after = k->after;
        tell_complete(f, k);
        give_back(f, k);
    }
}

void findings_count(const struct findings *f, struct counters *counters)
{
    counters->of[COUNT_FINDINGS_UNPROVEN] += f->unproven;
    counters->of[COUNT_FINDINGS_HURRIED] += f->hurried;
    counters->of[COUNT_DETECT_LOST] += f->lost;
}
