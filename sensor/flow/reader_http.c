/* What the readers of HTTP tell: exchanges become drafts, the rest goes to the connection. */
#include "sensor/flow/reader_inside.h"

#include "sensor/flow/draft.h"

static void *exchange_opened(void *owner, moment time, enum http_version version, uint32_t stream_id)
{
    struct connection *c = owner;
    c->decided = true;
    c->protocol = version == HTTP_2 ? PROTOCOL_HTTP2 : PROTOCOL_HTTP1;
    return draft_open(c->bench, &c->facts, time, version, stream_id);
}

static void http_gave_up(void *owner, moment time, enum gave_up reason)
{
    reader_gave_up(owner, reason, time);
}

static void something_odd(void *owner, moment time, enum side from, enum http_mark mark, uint64_t count)
{
    struct connection *c = owner;
    bench_odd(c->bench, &c->facts, from, mark, count, time);
}

static void told_to_go(void *owner, moment time, enum side from, uint32_t code, struct slice debug)
{
    struct connection *c = owner;
    bench_goaway(c->bench, &c->facts, from, code, debug, time);
}

static struct stream *switched_away(void *owner, moment time, struct slice protocol, void *thing);

const struct message_events reader_messages = {
    .open = exchange_opened,
    .field = draft_field,
    .asked_only = true,
    .head = draft_head,
    .body = draft_body,
    .done = draft_done,
    .mark = draft_mark,
    .over = draft_over,
    .reset = draft_reset,
    .switched = switched_away,
    .odd = something_odd,
    .goaway = told_to_go,
    .gave_up = http_gave_up,
};

/* RFC 7540, section 3.2: the request that asked for h2c is stream 1 of what follows. */
static struct stream *switched_away(void *owner, moment time, struct slice protocol, void *thing)
{
    struct connection *c = owner;
    if (slice_is(protocol, "CONNECT"))
        return reader_begin_tunnel(c);
    if (!thing && !slice_same_nocase(protocol, slice_of("h2c")))
        return NULL;
    stream_free(c->second); /* what was searched beside HTTP/1 is known now */
    c->facts.credential = (struct credential_entry){0};
    c->second = http2_new(&c->bench->http2, true, &reader_messages, c);
    if (!c->second || !http2_carry_on(c->second, thing)) {
        if (thing)
            draft_over(thing);
        reader_gave_up(c, GAVE_UP_MEMORY, time);
        return NULL;
    }
    if (thing)
        draft_carry_on(thing, protocol.size != 0);
    c->protocol = PROTOCOL_HTTP2;
    return c->second;
}
