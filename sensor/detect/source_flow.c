/* What a source's connections say of it: what it knocked on, and what those show that stay closed. */
#include "sensor/detect/source_inside.h"

static struct closed *closed_of(struct sources *s, struct source *source)
{
    if (!source->closed)
        source->closed = sources_take(s, sizeof *source->closed);
    s->lost += !source->closed;
    return source->closed;
}

static void count_knock(struct sources *s, struct source *source, struct flow_record *f, moment window)
{
    struct slice endpoint = sources_name(s, &f->event.server);
    knocks_add(&source->knocks, &f->event.server, hash_bytes(s->secret, endpoint.data, endpoint.size) | 1,
               f->event.time, window);
    if (f->event.basis > source->knocks.basis)
        source->knocks.basis = f->event.basis;
    f->knocks.is_one = true;
    f->knocks.knocks = source->knocks.count;
    f->knocks.endpoints = source->knocks.endpoints;
}

bool sources_knocks_regularly(const struct sources *s, const uint8_t ip[static 16])
{
    const struct source *source = sources_known(s, ip);
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
    source->verified |= f->handshake;
    f->knocks.verified = source->verified;
    if (!ours && f->syn_tool.size && closed_of(s, source))
        closed_syn(source->closed, f->event.order.clock, window);
    /* Who was given up because memory was short may have asked later. */
    if (!ours && !f->asked && (knocked || f->reason != FLOW_EVICTED))
        count_knock(s, source, f, window);
    /* An endpoint with exchanges was counted with each of them. */
    if (!f->exchanges)
        sources_add_endpoint(s, source, &f->event.server);
    return f->knocks.is_one ? &source->knocks : NULL;
}

static uint32_t short_hash(const struct sources *s, struct slice text)
{
    return text.size ? (uint32_t)hash_bytes(s->secret, text.data, text.size) | 1 : 0;
}

void sources_closed(struct sources *s, const struct infer *i, struct flow_record *f, bool ours, moment window)
{
    const struct kept_source *k = table_find(&s->table, f->event.client.ip);
    struct closed *closed = k && !ours ? closed_of(s, k->source) : NULL;
    infer_pass(i, f, closed && closed_repeats(closed, i, f));
    if (!closed)
        return;
    struct closed_place place = {.hello = short_hash(s, event_text(&f->event, f->event.tls.texts[TLS_TEXT_JA4])),
                                 .endpoint = short_hash(s, sources_name(s, &f->event.server))};
    closed_add(closed, i, f, place, window);
    if (!f->front && closed_is_mixed(closed))
        f->front = FRONT_SUSPECTED;
    k->source->front = f->front > k->source->front ? f->front : k->source->front;
}

bool sources_may_be_steady(const struct sources *s, const uint8_t ip[static 16])
{
    const struct source *source = sources_known(s, ip);
    return source && (!source->closed || closed_may_be_steady(source->closed));
}

/* A connection that fails, or that the end of the capture cuts off, asks for nothing. Who knocks where he does not come
 * back to looks for something. */
static bool knocks_where_it_returns(const struct sources *s, const struct source *source)
{
    const struct knocks *k = &source->knocks;
    bool fits = k->endpoints < KNOCK_ENDPOINTS; /* as many may be more */
    for (uint32_t i = 0; fits && i < k->endpoints; i++) {
        char name[VALUE_MAX];
        size_t size = (size_t)(value_endpoint(name, &k->seen[i]) - name);
        fits = closed_returns_to(source->closed, short_hash(s, (struct slice){(const uint8_t *)name, size}));
    }
    return fits;
}

bool sources_is_steady(const struct sources *s, const uint8_t ip[static 16])
{
    const struct source *source = sources_known(s, ip);
    return source && source->closed && closed_is_steady(source->closed) && knocks_where_it_returns(s, source);
}

bool sources_refutes(const struct sources *s, const struct infer *i, const uint8_t ip[static 16], uint32_t signs,
                     moment since)
{
    const struct source *source = sources_known(s, ip);
    return source && source->closed && closed_refutes(source->closed, i, signs, since);
}
