/* What a source's requests say of it: how many of which kind, with which rhythm, and whether they are a program's that
 * lost its credential. */
#include "proto/kube/request.h"
#include "sensor/detect/source_inside.h"
#include "sensor/event/field.h"

/* Resources and discovery: what is worth a walk. */
static bool is_of_the_cluster(const struct exchange *x)
{
    struct slice path = event_text(&x->event, x->path);
    return x->path_kind == PATH_RESOURCE || slice_begins(path, "/api") || slice_begins(path, "/openapi");
}

static void count_cluster(struct source *source, uint32_t cluster)
{
    for (size_t i = 0; cluster && i < SOURCE_CLUSTERS; i++) {
        if (source->clusters[i] == cluster)
            return;
        if (source->clusters[i])
            continue;
        source->clusters[i] = cluster;
        source->counts.clusters++;
        return;
    }
}

/* A program that does not give up shows one; who guesses shows many. */
static void count_credential(struct source *source, uint64_t digest)
{
    uint32_t *count = &source->counts.credentials, one = (uint32_t)digest;
    for (uint32_t i = 0; i < *count; i++) {
        if (source->tried[i] == one)
            return;
    }
    if (*count < SOURCE_CREDENTIALS)
        source->tried[(*count)++] = one;
}

static void count_in_window(struct source *source, const struct exchange *x, uint32_t cluster, moment window)
{
    struct source_counts *c = &source->counts;
    if (!source->window || x->event.order.clock - source->window >= window) {
        *c = (struct source_counts){0};
        memset(source->clusters, 0, sizeof source->clusters);
        source->window = x->event.order.clock;
    }
    bool anonymous = x->auth_state == AUTH_ANONYMOUS;
    c->anonymous += anonymous;
    c->rejected += x->auth_state == AUTH_REJECTED;
    if (x->auth_state == AUTH_REJECTED && x->digest)
        count_credential(source, x->digest);
    c->forbidden += anonymous && x->status == 403;
    c->open_paths += anonymous && exchange_has(x, SIGN_OPEN_PATH);
    c->resources += anonymous && is_of_the_cluster(x);
    /* Who keeps to the open paths may be a monitor of several. */
    if ((anonymous || x->auth_state == AUTH_REJECTED) && !exchange_has(x, SIGN_OPEN_PATH))
        count_cluster(source, cluster);
}

/* Of a path at an endpoint: a monitor asks each of several, one behind the other. */
static uint64_t beat_of(struct sources *s, const struct exchange *x)
{
    struct slice target = event_text(&x->event, x->target), endpoint = sources_name(s, &x->event.server);
    uint64_t hash = hash_bytes(s->secret, target.data, target.size);
    return (hash * 31 + hash_bytes(s->secret, endpoint.data, endpoint.size)) | 1;
}

static void count_beat(struct sources *s, struct source *source, const struct exchange *x)
{
    if (!source->rhythm)
        source->rhythm = sources_take(s, sizeof *source->rhythm);
    if (source->rhythm)
        rhythm_beat(source->rhythm, beat_of(s, x), x->event.time);
    else
        s->lost++;
}

static void count_conduct(struct sources *s, struct source *source, const struct exchange *x, enum conduct conduct)
{
    if (conduct == CONDUCT_BEAT)
        count_beat(s, source, x);
    source->strays |= conduct == CONDUCT_STRAY;
    source->beats += conduct == CONDUCT_BEAT;
    source->unclear += conduct == CONDUCT_UNKNOWN && x->auth_state != AUTH_UNKNOWN;
}

/* Who hides what he asks for behind a few beats is no monitor: loss leaves most requests whole. */
bool source_is_regular(const struct source *source)
{
    return source && !source->strays && source->unclear <= source->beats && source->rhythm &&
           rhythm_regular(source->rhythm);
}

struct source *sources_exchange(struct sources *s, struct exchange *x, enum conduct conduct, uint32_t cluster,
                                moment window)
{
    struct source *source = sources_of(s, &x->event, x->event.time, false);
    if (!source)
        return NULL;
    source->exchanges++;
    if (x->auth_state < AUTH_STATES)
        source->states[x->auth_state]++;
    source->open_paths += x->auth_state == AUTH_ANONYMOUS && exchange_has(x, SIGN_OPEN_PATH);
    source->shown += x->auth_state == AUTH_CREDENTIALED && x->auth_basis == BASIS_OBSERVED;
    /* Whom this request is forwarded for was lost; others of the same address were forwarded. */
    if (!x->front && source->front == FRONT_SUSPECTED && event_is_unknown(&x->event, EVENT_FORWARDED_FOR))
        x->front = FRONT_SUSPECTED;
    source->front = x->front > source->front ? x->front : source->front;
    sources_add_endpoint(s, source, &x->event.server);
    if (x->agent.size)
        value_list_add(&source->agents, event_text(&x->event, x->agent), s->secret, &s->memory);
    count_in_window(source, x, cluster, window);
    count_conduct(s, source, x, conduct);
    x->source = source->counts;
    x->source.endpoints = source->endpoints.used;
    x->source.agents = source->agents.used;
    bool judged = x->auth_state != AUTH_UNKNOWN;
    if (!x->ordinary && judged && conduct == CONDUCT_BEAT && source_is_regular(source))
        x->ordinary = ORDINARY_REGULAR;
    source->ordinary += x->ordinary != ORDINARY_NOT;
    return source;
}

bool source_habit(struct source *source, struct exchange *x, const struct habit_request *r)
{
    habit_add(&source->habit, r);
    if (!x->ordinary && habit_known(&source->habit))
        x->ordinary = ORDINARY_MISCONFIGURED;
    return habit_possible(&source->habit);
}

bool source_keeps_to_open_paths(const struct source *source)
{
    return source && !source->strays;
}

bool source_may_be_misconfigured(const struct source *source)
{
    return source && (!source->habit.begun || habit_possible(&source->habit));
}

bool source_is_misconfigured(const struct source *source)
{
    return source && habit_known(&source->habit);
}

/* A monitor's first requests were ordinary, too, before that showed. */
enum source_peace source_peace(const struct source *source)
{
    uint64_t bare = source->states[AUTH_ANONYMOUS] + source->states[AUTH_REJECTED];
    uint64_t ordinary = source_is_regular(source) ? bare : source->ordinary;
    if (source->found || !source->exchanges || source->shown + ordinary != source->exchanges)
        return PEACE_NONE;
    return ordinary ? PEACE_ORDINARY : PEACE_LEGITIMATE;
}
