/* What time and short memory end. */
#include "sensor/flow/draft.h"
#include "sensor/flow/reader.h"
#include "sensor/flow/syn.h"
#include "sensor/flow/table_inside.h"

static struct connection *connection_of_age(struct age *age)
{
    return (struct connection *)((char *)age - offsetof(struct connection, age));
}

static struct connection *connection_of_waiting(struct age *age)
{
    return (struct connection *)((char *)age - offsetof(struct connection, waiting));
}

/* Where no packet came: it is not younger. */
static void settle_as_old(struct flow_table *t, struct connection *c)
{
    enum age_class class = connection_class(c);
    if (class != c->class && !(class == AGE_IDLE && c->class == AGE_RESTING))
        flow_table_settle(t, c);
    else
        flow_table_wait(t, c);
}

static void waiting_due(struct flow_table *t, moment deadline)
{
    struct connection *c = connection_of_waiting(t->waiting.oldest);
    age_leave(&t->waiting, &c->waiting);
    c->waits = false;
    flow_table_order(t, deadline, c->facts.flow_id);
    reassembly_wait(&c->reassembly, deadline, &t->bench->reassembly, &t->bench->memory, &t->bench->streams);
    settle_as_old(t, c);
}

static void syn_due(struct flow_table *t, moment deadline)
{
    struct half_open *h = half_open_oldest(&t->half_opens);
    flow_table_order(t, deadline, half_open_number(&t->half_opens, h));
    syn_end(t, h, FLOW_TIMEOUT, half_open_time(h), 0);
}

static void age_due(struct flow_table *t, enum age_class class, moment deadline)
{
    struct connection *c = connection_of_age(t->ages[class].oldest);
    if (class == AGE_IDLE) {
        reader_rest(c);
        age_leave(&t->ages[AGE_IDLE], &c->age);
        age_enter(&t->ages[AGE_RESTING], &c->age, deadline);
        c->class = AGE_RESTING;
        return;
    }
    flow_table_order(t, deadline, c->facts.flow_id);
    flow_table_drop(t, c, deadline, FLOW_TIMEOUT);
}

static moment syn_deadline(const struct flow_table *t)
{
    moment clock = half_open_oldest_clock(&t->half_opens);
    return clock < INT64_MAX ? clock + t->half_open_wait : clock;
}

/* The first to run out: what it is of, and when. */
enum due { DUE_NONE, DUE_WAITING, DUE_DRAFT, DUE_SYN, DUE_AGE };

static enum due next_due(struct flow_table *t, moment *when, enum age_class *class)
{
    const struct {
        enum due due;
        moment when;
    } others[] = {{DUE_WAITING, age_deadline(&t->waiting)},
                  {DUE_DRAFT, age_deadline(&t->bench->drafts)},
                  {DUE_SYN, syn_deadline(t)}};
    enum due due = DUE_NONE;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (others[i].when < *when) {
            *when = others[i].when;
            due = others[i].due;
        }
    }
    for (unsigned i = 0; i < AGE_CLASSES; i++) {
        moment aged = age_deadline(&t->ages[i]);
        if (aged < *when) {
            *when = aged;
            *class = (enum age_class)i;
            due = DUE_AGE;
        }
    }
    return due;
}

/* What comes into a queue later runs out later than this, too. */
static moment first_of_queue(const struct age_queue *q, moment clock)
{
    moment since = q->oldest ? q->oldest->touched : clock;
    return since < INT64_MAX - q->wait ? since + q->wait : INT64_MAX;
}

static moment quiet_until(const struct flow_table *t, moment clock)
{
    moment until = syn_deadline(t);
    const struct age_queue *queues[AGE_CLASSES + 2] = {&t->waiting, &t->bench->drafts};
    for (unsigned i = 0; i < AGE_CLASSES; i++)
        queues[i + 2] = &t->ages[i];
    for (size_t i = 0; i < sizeof queues / sizeof *queues; i++) {
        moment first = first_of_queue(queues[i], clock);
        until = first < until ? first : until;
    }
    return until;
}

/* In the order in which they run out; each is done at its own time, not at that of the packet that made us look. */
void flow_table_reach(struct flow_table *t, moment clock)
{
    while (clock >= t->quiet_until) {
        moment when = clock < INT64_MAX ? clock + 1 : clock;
        enum age_class class = AGE_CLOSING;
        enum due due = next_due(t, &when, &class);
        if (due == DUE_NONE) {
            t->quiet_until = quiet_until(t, clock);
            break;
        }
        t->clock = when > t->clock ? when : t->clock;
        if (due == DUE_WAITING) {
            waiting_due(t, when);
        } else if (due == DUE_DRAFT) {
            flow_table_order(t, when, draft_flow_id(t->bench->drafts.oldest));
            draft_due(t->bench->drafts.oldest);
        } else if (due == DUE_SYN) {
            syn_due(t, when);
        } else {
            age_due(t, class, when);
        }
    }
    t->clock = clock;
}

static bool evict_one(struct flow_table *t)
{
    struct counters *counters = t->bench->counters;
    for (unsigned class = 0; class < AGE_CLASSES; class ++) {
        if (class == AGE_OPENING && t->half_opens.live) {
            struct half_open *h = half_open_oldest(&t->half_opens);
            counters->of[COUNT_EVICTED_HALF_OPEN]++;
            syn_end(t, h, FLOW_EVICTED, half_open_time(h), 0);
            return true;
        }
        if (t->ages[class].oldest) {
            counters->of[COUNT_EVICTED]++;
            flow_table_drop(t, connection_of_age(t->ages[class].oldest), t->clock, FLOW_EVICTED);
            return true;
        }
    }
    return false;
}

/* What goes on to a later class is come to again there, and has nothing to retry any more or waits as before. */
void flow_table_keys(struct flow_table *t)
{
    for (int class = 0; class < AGE_CLASSES; class ++) {
        for (struct age *a = t->ages[class].oldest, *newer; a; a = newer) {
            struct connection *c = connection_of_age(a);
            newer = a->newer;
            if (!c->tls || !tls_waits(c->tls))
                continue;
            flow_table_order(t, t->clock, c->facts.flow_id);
            tls_retry(c->tls, t->clock);
            settle_as_old(t, c);
        }
    }
}

void flow_table_evict(struct flow_table *t, size_t bytes)
{
    while (t->bench->memory.used > bytes && evict_one(t))
        ;
}

void flow_table_end(struct flow_table *t)
{
    struct half_open *h;
    flow_table_order(t, t->clock, UINT64_MAX);
    for (unsigned class = 0; class < AGE_CLASSES; class ++) {
        while (t->ages[class].oldest)
            flow_table_drop(t, connection_of_age(t->ages[class].oldest), t->clock, FLOW_SHUTDOWN);
    }
    while ((h = half_open_oldest(&t->half_opens)))
        syn_end(t, h, FLOW_SHUTDOWN, half_open_time(h), 0);
}
