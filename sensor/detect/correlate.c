#include "sensor/detect/correlate.h"

#include "proto/kube/agent.h"
#include "sensor/detect/component.h"
#include "sensor/detect/conduct.h"
#include "sensor/detect/endpoint.h"
#include "sensor/detect/harmless.h"
#include "sensor/detect/place.h"
#include "sensor/detect/syn_shape.h"
#include "sensor/detect/twin.h"
#include "sensor/detect/verdict.h"
#include "sensor/event/field.h"

struct correlate {
    struct memory memory; /* this struct is in it, too */
    const struct rule_set *rules;
    struct rule_scratch *scratch;
    struct counters *counters;
    struct correlate_events events;
    const struct hash_secret *secret;
    struct components *components;
    struct infer *infer;
    struct syn_shapes *syn_shapes;
    struct endpoints *endpoints;
    struct twins *twins;
    struct sources *sources;
    struct findings *findings;
    struct places places;
    struct suppressions *suppressions;
    moment window;
    bool literal;
    uint64_t source_cap;
    int worst;
    struct event_room room; /* the event that is being completed */
};

static void on_closing(void *owner, size_t count)
{
    struct correlate *c = owner;
    c->events.closing(c->events.owner, false, count);
}

static void on_finding(void *owner, const struct finding *found)
{
    struct correlate *c = owner;
    struct finding copy = *found, *f = &copy;
    if (!f->front && f->subject == SUBJECT_SOURCE && twins_passes_on(c->twins, f->source))
        f->front = FRONT_SUSPECTED; /* which may have shown behind its hits */
    c->counters->of[COUNT_FINDINGS] += f->complete;
    if ((int)f->rule->level > c->worst)
        c->worst = (int)f->rule->level;
    struct source *source = f->subject == SUBJECT_SOURCE ? sources_find(c->sources, f->source) : NULL;
    if (source)
        source->found = true;
    c->events.finding(c->events.owner, f);
}

static bool on_holds(void *owner, const struct finding *f, bool held)
{
    const struct correlate *c = owner;
    const struct harmless known = {.sources = c->sources,
                                   .infer = c->infer,
                                   .endpoints = c->endpoints,
                                   .map = c->places.map,
                                   .suppressions = c->suppressions,
                                   .counters = c->counters};
    return !harmless_is(&known, f, held);
}

static enum endpoint_basis basis_at(struct correlate *c, const struct event *e)
{
    return place_is_configured(&c->places, e) ? ENDPOINT_CONFIGURED : endpoints_basis(c->endpoints, e);
}

static enum endpoint_basis basis_of(void *owner, const struct finding *f)
{
    struct event about = finding_about(f);
    return basis_at(owner, &about);
}

static size_t limit_of_sources(size_t limit)
{
    return limit / 2;
}

static size_t limit_of_findings(size_t limit)
{
    return limit - limit_of_sources(limit);
}

struct correlate *correlate_new(const struct correlate_options *options, const struct rule_set *rules,
                                const struct hash_secret *secret, struct counters *counters,
                                const struct correlate_events *events)
{
    struct memory memory = {.limit = limit_of_findings(options->memory)};
    struct correlate *c = memory_resize(&memory, NULL, 0, sizeof *c);
    if (!c)
        return NULL;
    c->memory = memory;
    c->rules = rules;
    c->counters = counters;
    c->events = *events;
    c->worst = -1;
    c->source_cap = options->source_cap;
    c->places.map = options->map;
    c->suppressions = options->suppressions;
    c->window = options->window;
    c->literal = options->literal;
    c->secret = secret;
    c->scratch = rule_scratch_new(rules);
    c->components = components_new(rules);
    c->twins = twins_new(secret, &c->memory);
    c->infer = infer_new(rules, &c->memory);
    c->syn_shapes = syn_shapes_new(rules, &c->memory);
    c->endpoints = endpoints_new(options->api_ports, options->api_port_count, secret, &c->memory);
    c->sources = sources_new(secret, (struct memory){.limit = limit_of_sources(options->memory)});
    struct finding_options windows = {.window = options->window, .at_end = options->at_end};
    struct finding_events told = {
        .closing = on_closing, .told = on_finding, .holds = on_holds, .basis = basis_of, .owner = c};
    c->findings = findings_new(&windows, secret, &c->memory, told);
    if (c->scratch && options->literal)
        rule_scratch_set_mode(c->scratch, RULE_MODE_LITERAL);
    if (c->scratch && c->components && c->twins && c->infer && c->syn_shapes && c->endpoints && c->sources &&
        c->findings)
        return c;
    correlate_free(c);
    return NULL;
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

/* How a node that joins finds its cluster. */
static bool is_join(const struct exchange *x)
{
    static const char path[] = "/api/v1/namespaces/kube-public/configmaps/cluster-info";
    struct slice target = event_text(&x->event, x->target);
    return slice_is(event_text(&x->event, x->method), "GET") && slice_begins(target, path) &&
           (target.size == sizeof path - 1 || target.data[sizeof path - 1] == '?') && x->agent_form == AGENT_KUBERNETES;
}

static enum ordinary ordinary_of(const struct correlate *c, const struct exchange *x, enum conduct conduct,
                                 const struct cluster *cluster)
{
    if (x->auth_state == AUTH_UNKNOWN)
        return ORDINARY_NOT;
    if (conduct == CONDUCT_BEAT && cluster_expects(c->places.map, cluster, x->event.client.ip))
        return ORDINARY_EXPECTED;
    return x->auth_state == AUTH_ANONYMOUS && is_join(x) ? ORDINARY_JOIN : ORDINARY_NOT;
}

/* For rules, which ask by name. Whether the Impersonate header was refused stands in a Status that may not have been
 * read. */
static void name_signs(struct exchange *x)
{
    x->plaintext = exchange_has(x, SIGN_PLAINTEXT);
    x->impersonation_refused = exchange_has(x, SIGN_IMPERSONATION_REFUSED);
    if (exchange_has(x, SIGN_IMPERSONATES) && x->status == 403 && !exchange_has(x, SIGN_STATUS))
        event_set_unknown(&x->event, EVENT_AUTH_IMPERSONATION_REFUSED);
}

/* A request whose source may still turn out to be a monitor, or a client that lost its credential: what rules that
 * leave out the ordinary find in it is held. One that is not wholly known may be of either. */
static bool may_be_ordinary(struct correlate *c, struct source *source, struct exchange *x, enum conduct conduct,
                            const struct cluster *cluster)
{
    struct habit_request r;
    bool unknown = conduct == CONDUCT_UNKNOWN, own = false;
    if (source && !source->habit.broken)
        own = components_request(c->components, x, c->secret, cluster ? (uint32_t)cluster->number + 1 : 0, &r)
                  ? source_habit(source, x, &r)
                  : unknown && source_may_be_misconfigured(source);
    return own || ((conduct == CONDUCT_BEAT || unknown) && source_keeps_to_open_paths(source));
}

/* @param lends  its endpoint lends a credential: then it is what the finding is about, and no client of it. */
static void match_rules(struct correlate *c, const struct event *e, struct knocks *knocks,
                        const struct cluster *cluster, bool lends, bool hold)
{
    const struct rule *const *fired;
    size_t count = rule_set_match(c->rules, c->scratch, e, &fired);
    if (!count)
        return;
    findings_begin(c->findings, e, knocks, e->basis, cluster);
    for (size_t i = 0; i < count; i++) {
        const struct rule_about *about = rule_about(fired[i]);
        if (!lends || about->subject == SUBJECT_ENDPOINT)
            findings_hit(c->findings, about, hold && about->ordinary_excluded);
    }
    findings_end(c->findings);
}

static void judge(struct correlate *c, struct exchange *x)
{
    static const enum counter COUNTER_OF[AUTH_STATES] = {[AUTH_UNKNOWN] = COUNT_STATE_UNKNOWN,
                                                         [AUTH_ANONYMOUS] = COUNT_STATE_ANONYMOUS,
                                                         [AUTH_CREDENTIALED] = COUNT_STATE_CREDENTIALED,
                                                         [AUTH_REJECTED] = COUNT_STATE_REJECTED};
    const struct cluster *cluster = place_of(&c->places, &x->event);
    endpoints_learn(c->endpoints, x);
    x->event.basis = (uint8_t)basis_at(c, &x->event);
    x->twin = twins_learn(c->twins, &x->event);
    c->counters->of[COUNT_TWINS] += x->twin;
    place_exchange(&c->places, x, cluster);
    if (!x->front && twins_passes_on(c->twins, x->event.client.ip))
        x->front = FRONT_SUSPECTED;
    doubt_audit_id(x);
    verdict_pass(x);
    endpoints_learn_lending(c->endpoints, x);
    c->counters->of[COUNTER_OF[x->auth_state]]++;
    enum conduct conduct = conduct_of(x);
    x->ordinary = (uint8_t)ordinary_of(c, x, conduct, cluster);
    name_signs(x);
    if (x->twin) {
        tell_within_cap(c, &x->event);
        return;
    }
    struct source *source =
        sources_exchange(c->sources, x, conduct, cluster ? (uint32_t)cluster->number + 1 : 0, c->window);
    bool hold = may_be_ordinary(c, source, x, conduct, cluster) && !c->literal;
    tell_within_cap(c, &x->event);
    bool lends = x->auth_basis != BASIS_OBSERVED && endpoints_lends(c->endpoints, &x->event);
    match_rules(c, &x->event, NULL, cluster, lends, hold);
}

/* An address that is asked and asks others is a front, or a server that asks for itself. */
static void judge_closed(struct correlate *c, struct flow_record *f, const struct cluster *cluster, bool ours)
{
    if (!f->closed)
        return;
    if (f->shape.answers)
        endpoints_learn_serving(c->endpoints, &f->event);
    endpoints_refusals(c->endpoints, &f->event, f->refusals);
    if (infer_is_for_strangers(c->infer, f))
        endpoints_learn_goaway(c->endpoints, &f->event, f->shape.goaway);
    f->sends_away = endpoints_sends_away(c->endpoints, &f->event);
    if (infer_is_api_server(c->infer, f))
        endpoints_learn_shape(c->endpoints, &f->event);
    f->event.basis = (uint8_t)basis_at(c, &f->event);
    if (cluster_front(c->places.map, cluster, f->event.client.ip))
        f->front = FRONT_CONFIGURED;
    else if (endpoints_serves(c->endpoints, f->event.client.ip) || twins_passes_on(c->twins, f->event.client.ip))
        f->front = FRONT_SUSPECTED;
    sources_closed(c->sources, c->infer, f, ours, c->window);
}

static void name_syn(const struct correlate *c, struct flow_record *f)
{
    const char *tool = syn_shapes_tool(c->syn_shapes, f);
    if (tool)
        f->syn_tool = event_add_text(&f->event, slice_of(tool), LIST_TEXT_MAX);
}

/* Whether somebody who only opens connections is a monitor shows by its period alone: what rules that leave out the
 * ordinary find is held. */
static void judge_flow(struct correlate *c, struct flow_record *f)
{
    const struct cluster *cluster = place_of(&c->places, &f->event);
    place_name(&f->event, cluster);
    place_claims(&f->event);
    name_syn(c, f);
    bool ours = cluster_expects(c->places.map, cluster, f->event.client.ip) ||
                cluster_front(c->places.map, cluster, f->event.client.ip);
    struct knocks *knocks = sources_flow(c->sources, f, ours, c->window);
    judge_closed(c, f, cluster, ours);
    c->events.event(c->events.owner, &f->event);
    bool hold = !f->closed || source_may_be_steady(sources_find(c->sources, f->event.client.ip));
    match_rules(c, &f->event, knocks, cluster, false, hold && !c->literal);
}

static void judge_handshake(struct correlate *c, struct handshake *h)
{
    const struct cluster *cluster = place_of(&c->places, &h->event);
    twins_learn(c->twins, &h->event);
    endpoints_learn_handshake(c->endpoints, h);
    h->event.basis = (uint8_t)basis_at(c, &h->event);
    place_name(&h->event, cluster);
    c->events.event(c->events.owner, &h->event);
    match_rules(c, &h->event, NULL, cluster, false, false);
}

static void on_reached(void *owner, moment clock)
{
    struct correlate *c = owner;
    findings_reached(c->findings, clock);
}

static void on_event(void *owner, const struct event *e)
{
    struct correlate *c = owner;
    /* However often the clock is told of, what closes before this record is told before it. */
    on_reached(c, e->order.clock);
    sources_trim(c->sources);
    findings_trim(c->findings);
    memcpy(c->room.bytes, e, e->size);
    struct event *copy = (struct event *)c->room.bytes;
    if (copy->type == EVENT_EXCHANGE) {
        judge(c, (struct exchange *)copy);
        return;
    }
    if (copy->type == EVENT_HANDSHAKE) {
        judge_handshake(c, (struct handshake *)copy);
        return;
    }
    copy->basis = (uint8_t)basis_at(c, copy);
    if (copy->type == EVENT_FLOW) {
        judge_flow(c, (struct flow_record *)copy);
        return;
    }
    place_name(copy, place_of(&c->places, copy));
    tell_within_cap(c, copy);
}

size_t correlate_memory(const struct correlate *c)
{
    return c->memory.used + sources_memory(c->sources);
}

void correlate_set_memory(struct correlate *c, size_t limit)
{
    c->memory.limit = limit_of_findings(limit);
    sources_set_memory(c->sources, limit_of_sources(limit));
}

struct event_sink correlate_sink(struct correlate *c)
{
    return (struct event_sink){.take = on_event, .reached = on_reached, .owner = c};
}

void correlate_finish(struct correlate *c)
{
    findings_finish(c->findings);
    const struct source **sorted;
    size_t count = sources_sorted(c->sources, &c->memory, &sorted);
    c->events.closing(c->events.owner, true, count);
    for (size_t i = 0; i < count; i++)
        c->events.source(c->events.owner, sorted[i]);
    memory_resize(&c->memory, sorted, count * sizeof *sorted, 0);
}

void correlate_count(const struct correlate *c, struct counters *sum)
{
    sources_count(c->sources, sum);
    endpoints_count(c->endpoints, sum);
    findings_count(c->findings, sum);
    sum->of[COUNT_REGEX_GAVE_UP] += rule_scratch_gave_up(c->scratch);
    sum->of[COUNT_MEMORY_REFUSED] += c->memory.refused;
    sum->of[COUNT_MEMORY_PEAK] += c->memory.peak;
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
    size_t left = sources_free(c->sources);
    endpoints_free(c->endpoints);
    components_free(c->components);
    twins_free(c->twins);
    infer_free(c->infer, &c->memory);
    syn_shapes_free(c->syn_shapes, &c->memory);
    rule_scratch_free(c->scratch);
    struct memory memory = c->memory;
    memory_resize(&memory, c, sizeof *c, 0);
    return memory.used + left;
}
