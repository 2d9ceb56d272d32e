#include "sensor/detect/correlate.h"

#include "sensor/detect/endpoint.h"
#include "sensor/detect/verdict.h"
#include "sensor/event/field.h"

struct correlate {
    struct memory memory; /* this struct is in it, too */
    const struct rule_set *rules;
    struct rule_scratch *scratch;
    struct counters *counters;
    struct correlate_events events;
    struct endpoints *endpoints;
    struct sources *sources;
    struct findings *findings;
    uint64_t source_cap;
    int worst;
    struct event_room room; /* the event that is being completed */
};

static void on_closing(void *owner, size_t count)
{
    struct correlate *c = owner;
    c->events.closing(c->events.owner, false, count);
}

static void on_finding(void *owner, const struct finding *f, bool last_word)
{
    struct correlate *c = owner;
    c->counters->of[COUNT_FINDINGS] += last_word;
    if ((int)f->rule->level > c->worst)
        c->worst = (int)f->rule->level;
    c->events.finding(c->events.owner, f, last_word);
}

struct correlate *correlate_new(const struct correlate_options *options, const struct rule_set *rules,
                                const struct hash_secret *secret, struct counters *counters,
                                const struct correlate_events *events)
{
    struct memory memory = {.limit = options->memory};
    struct correlate *c = memory_resize(&memory, NULL, 0, sizeof *c);
    if (!c)
        return NULL;
    c->memory = memory;
    c->rules = rules;
    c->counters = counters;
    c->events = *events;
    c->worst = -1;
    c->source_cap = options->source_cap;
    c->scratch = rule_scratch_new(rules);
    c->endpoints = endpoints_new(options->api_ports, options->api_port_count, secret, &c->memory);
    c->sources = sources_new(secret, &c->memory);
    struct finding_options windows = {.window = options->window};
    struct finding_events told = {.closing = on_closing, .told = on_finding, .owner = c};
    c->findings = findings_new(&windows, secret, &c->memory, told);
    if (c->scratch && c->endpoints && c->sources && c->findings)
        return c;
    correlate_free(c);
    return NULL;
}

static enum endpoint_basis basis_of(void *owner, const struct address *endpoint)
{
    const struct correlate *c = owner;
    struct event about = {.server = *endpoint};
    return endpoints_basis(c->endpoints, &about);
}

/* Exchanges and anomalies, which a single source can make without end. */
static void tell_within_cap(struct correlate *c, const struct event *e)
{
    if (c->source_cap && !sources_may_write(c->sources, e, c->source_cap))
        c->counters->of[COUNT_OUTPUT_CAPPED]++;
    else
        c->events.event(c->events.owner, e);
}

/* Elsewhere than at an API server a fresh UUID with each answer is any request's id. */
static void doubt_audit_id(struct exchange *x)
{
    if (x->audit_id_basis != BASIS_INFERRED || x->event.basis != ENDPOINT_UNPROVEN)
        return;
    x->audit_id = (struct text){0};
    x->audit_id_basis = BASIS_NONE;
    event_set_unknown(&x->event, EVENT_KUBE_AUDIT_ID);
}

static void judge(struct correlate *c, struct exchange *x)
{
    static const enum counter COUNTER_OF[AUTH_STATES] = {[AUTH_UNKNOWN] = COUNT_STATE_UNKNOWN,
                                                         [AUTH_ANONYMOUS] = COUNT_STATE_ANONYMOUS,
                                                         [AUTH_CREDENTIALED] = COUNT_STATE_CREDENTIALED,
                                                         [AUTH_REJECTED] = COUNT_STATE_REJECTED};
    endpoints_learn(c->endpoints, x);
    x->event.basis = (uint8_t)endpoints_basis(c->endpoints, &x->event);
    doubt_audit_id(x);
    verdict_pass(x);
    c->counters->of[COUNTER_OF[x->auth_state]]++;
    tell_within_cap(c, &x->event);
    sources_exchange(c->sources, x);
    const struct rule *const *fired;
    size_t count = rule_set_match(c->rules, c->scratch, &x->event, &fired);
    for (size_t i = 0; i < count; i++)
        findings_hit(c->findings, rule_about(fired[i]), x, x->event.basis);
}

static void on_reached(void *owner, moment clock)
{
    struct correlate *c = owner;
    findings_reached(c->findings, clock, basis_of, c);
}

static void on_event(void *owner, const struct event *e)
{
    struct correlate *c = owner;
    /* However often the clock is told of, what closes before this record is told before it. */
    on_reached(c, e->order.clock);
    memcpy(c->room.bytes, e, e->size);
    struct event *copy = (struct event *)c->room.bytes;
    if (copy->type == EVENT_EXCHANGE) {
        judge(c, (struct exchange *)copy);
        return;
    }
    copy->basis = (uint8_t)endpoints_basis(c->endpoints, copy);
    if (copy->type == EVENT_ANOMALY) {
        tell_within_cap(c, copy);
        return;
    }
    c->events.event(c->events.owner, copy);
    sources_flow(c->sources, (const struct flow_record *)copy);
}

struct event_sink correlate_sink(struct correlate *c)
{
    return (struct event_sink){.take = on_event, .reached = on_reached, .owner = c};
}

void correlate_finish(struct correlate *c)
{
    findings_finish(c->findings, basis_of, c);
    const struct source **sorted;
    size_t count = sources_sorted(c->sources, &sorted);
    c->events.closing(c->events.owner, true, count);
    for (size_t i = 0; i < count; i++)
        c->events.source(c->events.owner, sorted[i]);
    memory_resize(&c->memory, sorted, count * sizeof *sorted, 0);
    uint64_t *of = c->counters->of;
    of[COUNT_FINDINGS_UNPROVEN] += findings_unproven(c->findings);
    of[COUNT_DETECT_LOST] += findings_lost(c->findings) + sources_lost(c->sources) + endpoints_lost(c->endpoints);
    of[COUNT_MEMORY_REFUSED] += c->memory.refused;
    of[COUNT_MEMORY_PEAK] += c->memory.peak;
}

int correlate_worst(const struct correlate *c)
{
    return c->worst;
}

size_t correlate_free(struct correlate *c)
{
    if (!c)
        return 0;
    findings_free(c->findings);
    sources_free(c->sources);
    endpoints_free(c->endpoints);
    rule_scratch_free(c->scratch);
    struct memory memory = c->memory;
    memory_resize(&memory, c, sizeof *c, 0);
    return memory.used;
}
