#include "proto/http/http2.h"

#include "proto/http/http2_inside.h"

enum { SETTING = 6, SETTINGS_HEADER_TABLE_SIZE = 1, SETTINGS_ENABLE_CONNECT_PROTOCOL = 8 };

static struct http2 *http2_of(struct stream *s)
{
    return (struct http2 *)s;
}

void http2_give_up(struct http2 *h, moment time, enum gave_up reason)
{
    if (h->gave_up)
        return;
    h->gave_up = true;
    streams_all_over(&h->streams, MESSAGE_CUT);
    h->events->gave_up(h->owner, time, reason);
}

void http2_count(struct http2 *h, enum side from, struct flood *f, enum flood_kind kind, moment time)
{
    if (flood_rises(f, kind, time))
        h->events->odd(h->owner, time, from, flood_mark(kind), f->count);
}

static void count_flood(struct http2 *h, enum side from, enum flood_kind kind, moment time)
{
    http2_count(h, from, &h->side[from].floods[kind], kind, time);
}

void http2_bad_frame(struct http2 *h, enum side from, moment time)
{
    count_flood(h, from, FLOOD_BAD_FRAMES, time);
}

/* RFC 9113, section 5.1. Of its own heads only: which of the two sides a capture has first says nothing. */
static bool sent_no_head(const struct http2 *h, enum side from, uint32_t stream)
{
    const struct direction *d = &h->side[from];
    return !d->late && stream > d->highest[stream % 2];
}

/* Odd numbers are the client's to open. */
static bool is_idle(const struct http2 *h, enum side from, uint32_t stream)
{
    return from == CLIENT && stream % 2 && sent_no_head(h, from, stream);
}

static bool is_window(const struct h2_frame *f, struct slice payload)
{
    struct reader r = reader_of(payload);
    return f->size == 4 && read_u32(&r) & 0x7fffffff;
}

/* RFC 9113, section 6: sizes and places. */
static bool is_lawful(const struct http2 *h, enum side from, const struct h2_frame *f, struct slice payload)
{
    switch (f->type) {
    case FRAME_PRIORITY: return f->stream && f->size == HTTP2_PRIORITY;
    case FRAME_RST_STREAM: return f->stream && f->size == 4 && !is_idle(h, from, f->stream);
    case FRAME_SETTINGS: return !f->stream && f->size % SETTING == 0 && !(f->flags & FRAME_ACK && f->size);
    case FRAME_PING: return !f->stream && f->size == 8;
    case FRAME_GOAWAY: return !f->stream && f->size >= 8;
    case FRAME_WINDOW_UPDATE: return is_window(f, payload) && !is_idle(h, from, f->stream);
    default: return true;
    }
}

static void settings(struct http2 *h, enum side from, moment time, struct slice payload)
{
    count_flood(h, from, FLOOD_SETTINGS, time);
    struct reader r = reader_of(payload);
    while (reader_left(&r) >= SETTING) {
        uint16_t id = read_u16(&r);
        uint32_t value = read_u32(&r);
        if (id == SETTINGS_HEADER_TABLE_SIZE)
            http2_allow_table(h, other_side(from), value);
        if (id == SETTINGS_ENABLE_CONNECT_PROTOCOL && from == SERVER)
            h->knows_protocol = value == 1;
    }
}

static void reset(struct http2 *h, enum side from, moment time, const struct h2_frame *f, struct slice payload)
{
    struct reader r = reader_of(payload);
    struct h2_exchange *e = streams_find(&h->streams, f->stream);
    bool owed = e && e->reset_owed && from == SERVER && !(e->told[SERVER] & TOLD_BEGUN);
    if (owed)
        e->reset_owed = false;
    if (!e || owed || (from == CLIENT && e->reset))
        return;
    if (from == CLIENT && !(e->told[SERVER] & TOLD_BEGUN))
        count_flood(h, from, FLOOD_RESETS, time);
    if (e->thing)
        h->events->reset(e->thing, from, read_u32(&r));
    if (from == CLIENT)
        streams_reset(&h->streams, e);
    else
        streams_over(&h->streams, e, MESSAGE_RESET);
}

static void goaway(struct http2 *h, enum side from, moment time, struct slice payload)
{
    struct reader r = reader_of(payload);
    read_u32(&r);
    uint32_t code = read_u32(&r);
    h->events->goaway(h->owner, time, from, code, read_slice(&r, reader_left(&r)));
}

static void frame_whole(void *owner, enum side from, moment time, const struct h2_frame *f, struct slice payload)
{
    struct http2 *h = owner;
    if (!h->gave_up && f->type != FRAME_CONTINUATION)
        http2_block_abandon(h, from, time);
    if (h->gave_up)
        return;
    if (!is_lawful(h, from, f, payload)) {
        http2_bad_frame(h, from, time);
        return;
    }
    switch (f->type) {
    case FRAME_HEADERS:
    case FRAME_PUSH_PROMISE: http2_block_headers(h, from, time, f, payload); break;
    case FRAME_CONTINUATION: http2_block_continuation(h, from, time, f, payload); break;
    case FRAME_RST_STREAM: reset(h, from, time, f, payload); break;
    case FRAME_SETTINGS: settings(h, from, time, payload); break;
    case FRAME_GOAWAY: goaway(h, from, time, payload); break;
    case FRAME_PING: count_flood(h, from, FLOOD_PINGS, time); break;
    case FRAME_PRIORITY: count_flood(h, from, FLOOD_EMPTY, time); break;
    default: break; /* WINDOW_UPDATE, and what extensions bring: RFC 9113, section 5.5 */
    }
}

static void frame_damaged(void *owner, enum side from, moment time, const struct h2_frame *f, enum gave_up why)
{
    struct http2 *h = owner;
    if (h->gave_up)
        return;
    if (f->type == FRAME_HEADERS || f->type == FRAME_PUSH_PROMISE || f->type == FRAME_CONTINUATION) {
        http2_block_damaged(h, from, time, f, why);
        return;
    }
    http2_block_abandon(h, from, time);
    if (!h->gave_up && f->type == FRAME_SETTINGS)
        http2_allow_table(h, other_side(from), UINT32_MAX);
}

static void frame_data(void *owner, enum side from, moment time, const struct h2_frame *f, struct slice bytes,
                       uint64_t lost, bool last)
{
    struct http2 *h = owner;
    if (!h->gave_up)
        http2_block_abandon(h, from, time);
    if (h->gave_up)
        return;
    struct h2_exchange *e = streams_find(&h->streams, f->stream);
    bool overpadded = f->overpadded || (!f->size && f->flags & FRAME_PADDED);
    if (last && (!f->stream || overpadded || (!e && sent_no_head(h, from, f->stream))))
        http2_bad_frame(h, from, time);
    if (overpadded) /* it says nothing, its stream's end neither */
        return;
    if (last && !f->size && !(f->flags & FRAME_END_STREAM))
        count_flood(h, from, FLOOD_EMPTY, time);
    if (!e || e->told[from] & TOLD_DONE)
        return;
    if (!(e->told[from] & TOLD_HEAD))
        http2_head_missed(h, e, from, time);
    if (e->reset) {
        streams_over(&h->streams, e, MESSAGE_RESET);
        return;
    }
    if (lost)
        e->told[from] |= TOLD_BROKEN;
    if (e->thing && (bytes.size || lost))
        h->events->body(e->thing, from, bytes, lost);
    if (last && f->flags & FRAME_END_STREAM)
        streams_done(&h->streams, e, from, MESSAGE_WHOLE);
}

static void frames_lost(void *owner, enum side from, moment time)
{
    struct http2 *h = owner;
    if (h->gave_up)
        return;
    http2_block_lost(h, from, time);
    http2_forget_table(h, from);
    http2_allow_table(h, other_side(from), UINT32_MAX); /* SETTINGS may be what was lost */
    streams_lost(&h->streams, from);
}

static const struct frame_events FRAMES = {
    .whole = frame_whole, .damaged = frame_damaged, .data = frame_data, .lost = frames_lost};

static void settle(struct http2 *h, moment time, enum gave_up result)
{
    if (result != GAVE_UP_NOT)
        http2_give_up(h, time, result);
}

static void push(struct stream *s, enum side from, moment time, struct slice bytes)
{
    struct http2 *h = http2_of(s);
    if (h->gave_up || h->side[from].ended || !bytes.size)
        return;
    if (h->last != from)
        settle(h, time, frames_turn(&h->side[h->last].frames, time));
    h->last = (uint8_t)from;
    if (!h->gave_up)
        settle(h, time, frames_push(&h->side[from].frames, time, bytes));
}

static void gap(struct stream *s, enum side from, moment time, uint64_t size)
{
    struct http2 *h = http2_of(s);
    if (!h->gave_up && !h->side[from].ended && size)
        settle(h, time, frames_gap(&h->side[from].frames, time, size));
}

static void end(struct stream *s, enum side from, moment time, enum stream_end how)
{
    struct http2 *h = http2_of(s);
    if (h->gave_up || h->side[from].ended)
        return;
    settle(h, time, frames_turn(&h->side[from].frames, time));
    h->side[from].ended = true;
    if (!h->gave_up && h->side[other_side(from)].ended)
        streams_all_over(&h->streams, how == END_RESET ? MESSAGE_RESET : MESSAGE_CUT);
}

static void destroy(struct stream *s)
{
    struct http2 *h = http2_of(s);
    for (enum side side = CLIENT; side <= SERVER; side++) {
        http2_block_drop(h, side);
        frames_deinit(&h->side[side].frames);
        hpack_free(h->side[side].hpack);
    }
    streams_deinit(&h->streams);
    memory_resize(h->shared->memory, h, sizeof *h, 0);
}

static struct stream *make(const struct http2_shared *shared, enum frames_start start,
                           const struct message_events *events, void *owner)
{
    static const struct stream_ops ops = {.push = push, .gap = gap, .end = end, .free = destroy};
    struct http2 *h = memory_resize(shared->memory, NULL, 0, sizeof *h);
    bool late = start == FRAMES_LATE;
    if (!h)
        return NULL;
    h->stream.ops = &ops;
    h->shared = shared;
    h->events = events;
    h->owner = owner;
    h->from_start = !late;
    streams_init(&h->streams, late, shared->limits.streams, shared->memory, events, owner);
    for (enum side side = CLIENT; side <= SERVER; side++) {
        h->side[side].late = late;
        frames_init(&h->side[side].frames, side, start, shared->limits.block_bytes, shared->memory, &FRAMES, h);
    }
    return &h->stream;
}

struct stream *http2_new(const struct http2_shared *shared, bool from_start, const struct message_events *events,
                         void *owner)
{
    return make(shared, from_start ? FRAMES_BEGIN : FRAMES_LATE, events, owner);
}

/* What is counted of floods but for good is begun anew by then. */
static bool may_rest(const struct direction *d)
{
    return frames_between(&d->frames) && !d->hpack && !d->block.stream && !d->allowed && !d->highest[0] &&
           !d->highest[1] && !d->late && !d->careful && !d->ended && !d->floods[FLOOD_BAD_FRAMES].count;
}

bool http2_may_rest(const struct stream *http2)
{
    const struct http2 *h = (const struct http2 *)http2;
    return !h->gave_up && !h->streams.lost && !h->knows_protocol && may_rest(&h->side[CLIENT]) &&
           may_rest(&h->side[SERVER]);
}

struct stream *http2_wake(const struct http2_shared *shared, const struct message_events *events, void *owner)
{
    return make(shared, FRAMES_GO_ON, events, owner);
}

bool http2_carry_on(struct stream *http2, void *thing)
{
    struct http2 *h = http2_of(http2);
    h->side[CLIENT].highest[1] = 1;
    http2_allow_table(h, SERVER, UINT32_MAX); /* the client's SETTINGS were in its request: RFC 7540, section 3.2.1 */
    return streams_carry_on(&h->streams, thing);
}

bool http2_recognised(const struct stream *http2)
{
    const struct http2 *h = (const struct http2 *)http2;
    return h->from_start || frames_in_step(&h->side[CLIENT].frames) || frames_in_step(&h->side[SERVER].frames);
}
