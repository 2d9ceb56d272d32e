/* What a source's connections say of it: what it knocked on, and what those show that stay closed. */
#include "sensor/detect/source_inside.h"

static struct closed *closed_of(struct sources *s, struct source *source)
{
    if (!source->closed)
        source->closed = sources_take(s, sizeof *source->closed);
    s->lost += !source->closed;
    return source->closed;
}

/* Not 0. */
static uint64_t endpoint_hash(struct sources *s, const struct address *server)
{
    struct slice endpoint = sources_name(s, server);
    return hash_bytes(s->secret, endpoint.data, endpoint.size) | 1;
}

static void count_knock(struct sources *s, struct source *source, struct flow_record *f, moment window)
{
    knocks_add(&source->knocks, &f->event.server, endpoint_hash(s, &f->event.server), f->event.time, window);
    if (f->event.basis > source->knocks.basis)
        source->knocks.basis = f->event.basis;
    f->knocks.is_one = true;
    f->knocks.knocks = source->knocks.count;
    f->knocks.endpoints = source->knocks.endpoints;
}

bool source_knocks_regularly(const struct source *source)
{
    return source && beat_regular(&source->knocks.beat);
}

struct knocks *sources_flow(struct sources *s, struct flow_record *f, bool ours, moment window)
{
    bool knocked = f->state == FLOW_NEW || f->state == FLOW_REFUSED;
    struct source *source = sources_of(s, &f->event, f->last > f->event.time ? f->last : f->event.time, knocked);
    if (!source)
        return NULL;
    source->flows++;
    source->half_open += f->state == FLOW_NEW;
    source->refused += f->state == FLOW_REFUSED;
    source->without_request += !knocked && !f->exchanges;
    source->carried += source->exchanges ? 0 : f->exchanges;
    source->forgot |= s->forgotten + s->lost > 0;
    source->verified |= f->handshake;
    f->knocks.verified = source->verified;
    if (!ours && f->syn_tool.size && closed_of(s, source))
        closed_syn(source->closed, f->event.order.clock, window);
    if (!ours && f->distrusts && closed_of(s, source))
        f->suspicion.distrusts = closed_distrust(source->closed, f->event.order.clock, window);
    /* Who was given up because memory was short may have asked later. */
    if (!ours && !f->asked && (knocked || f->reason != FLOW_EVICTED))
        count_knock(s, source, f, window);
    /* An endpoint with exchanges was counted with each of them. */
    if (!f->exchanges)
        sources_add_endpoint(s, source, &f->event.server);
    if (!f->exchanges && source->rhythm)
        rhythm_failed(source->rhythm, f->event.time);
    if (knocked && !f->closed && source->closed)
        closed_failed(source->closed, (uint32_t)endpoint_hash(s, &f->event.server), f->event.time);
    return f->knocks.is_one ? &source->knocks : NULL;
}

void sources_closed(struct sources *s, const struct infer *i, struct flow_record *f, bool ours, moment window)
{
    struct source *source = sources_find(s, f->event.client.ip);
    struct closed *closed = source && !ours ? closed_of(s, source) : NULL;
    infer_pass(i, f, closed && closed_repeats(closed, i, f));
    if (!closed)
        return;
    struct slice ja4 = event_text(&f->event, f->event.tls.texts[TLS_TEXT_JA4]);
    struct closed_place place = {.hello = ja4.size ? (uint32_t)hash_bytes(s->secret, ja4.data, ja4.size) | 1 : 0,
                                 .endpoint = (uint32_t)endpoint_hash(s, &f->event.server)};
    closed_add(closed, i, f, place, window);
    if (!f->front && closed_is_mixed(closed))
        f->front = FRONT_SUSPECTED;
    source->front = f->front > source->front ? f->front : source->front;
}

bool source_may_be_steady(const struct source *source)
{
    return source && (!source->closed || closed_may_be_steady(source->closed));
}

/* A connection that fails, or that the end of the capture cuts off, asks for nothing. Who knocks where he does not come
 * back to looks for something. */
static bool knocks_where_it_returns(const struct source *source)
{
    const struct knocks *k = &source->knocks;
    bool fits = k->endpoints < KNOCK_ENDPOINTS; /* as many may be more */
    for (uint32_t i = 0; fits && i < k->endpoints; i++)
        fits = closed_returns_to(source->closed, (uint32_t)k->hashes[i]);
    return fits;
}

bool source_is_steady(const struct source *source)
{
    return source && source->closed && closed_is_steady(source->closed) && knocks_where_it_returns(source);
}

bool source_refutes(const struct source *source, const struct infer *i, uint32_t signs, moment since)
{
    return source && source->closed && closed_refutes(source->closed, i, signs, since);
}
