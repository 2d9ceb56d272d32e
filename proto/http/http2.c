#include "proto/http/http2.h"

#include "proto/http/flood.h"
#include "proto/http/frame.h"
#include "proto/http/hpack.h"
#include "proto/http/streams.h"
#include "proto/http/validity.h"

enum {
    SETTING = 6,
    SETTINGS_HEADER_TABLE_SIZE = 1,
    PRIORITY_FIELDS = 5,
    HEAD_DECODED_MAX = 1 << 20 /* Go's http.DefaultMaxHeaderBytes: a larger head is answered 431 */
};

/* The header block that is being read. */
struct block {
    struct hold hold; /* its pieces, but a last one that is the only one */
    uint32_t stream;  /* 0: none is being read */
    moment time;      /* of its first frame */
    struct flood pieces;
    bool promise; /* of a PUSH_PROMISE */
    bool end_stream;
    uint8_t damaged; /* enum gave_up: a piece is missing, or it is too long */
};

struct direction {
    struct frames frames;
    struct hpack *hpack; /* NULL until the first block */
    struct block block;
    uint32_t allowed; /* table size that the other side's SETTINGS allow; 0: they did not say */
    bool late;        /* older entries may exist that were not seen */
    bool careful;     /* a malformed field was seen: see validity.h */
    bool ended;
    struct flood floods[FLOOD_KINDS];
};

struct http2 {
    struct stream stream;
    const struct http2_shared *shared;
    const struct message_events *events;
    void *owner;
    struct h2_streams streams;
    struct direction side[2];
    uint8_t last; /* enum side, of the last push */
    bool gave_up, from_start;
};

static struct http2 *http2_of(struct stream *s)
{
    return (struct http2 *)s;
}

static void give_up(struct http2 *h, moment time, enum gave_up reason)
{
    if (h->gave_up)
        return;
    h->gave_up = true;
    streams_all_over(&h->streams, time, MESSAGE_CUT);
    h->events->gave_up(h->owner, time, reason);
}

static void count(struct http2 *h, enum side from, struct flood *f, enum flood_kind kind, moment time)
{
    if (flood_rises(f, kind, time))
        h->events->odd(h->owner, time, from, flood_mark(kind), f->count);
}

static void count_flood(struct http2 *h, enum side from, enum flood_kind kind, moment time)
{
    count(h, from, &h->side[from].floods[kind], kind, time);
}

static void bad_frame(struct http2 *h, enum side from, moment time)
{
    count_flood(h, from, FLOOD_BAD_FRAMES, time);
}

static void mark(struct http2 *h, const struct h2_exchange *e, enum side from, enum http_mark which)
{
    if (e && e->thing)
        h->events->mark(e->thing, from, which);
}

/* Heads: one decoded block each */

struct telling {
    struct http2 *http2;
    struct h2_exchange *exchange; /* NULL: not opened yet, or nobody wants to know */
    struct block *block;
    enum side from;
    enum head_kind kind;
    struct validity validity;
    size_t decoded;
    bool passed_by; /* only decoded, for the table's sake */
    bool begun;     /* a field was decoded */
    bool too_large;
    uint16_t code;
};

/* The stream goes on: its head was in what was lost. */
static void missed_head(struct http2 *h, struct h2_exchange *e, enum side from, moment time)
{
    if (!h->side[from].late)
        bad_frame(h, from, time);
    e->told[from] |= TOLD_BEGUN | TOLD_HEAD | TOLD_BROKEN | TOLD_VAGUE;
    if (e->thing)
        h->events->head(e->thing, from, time, from == CLIENT ? HEAD_REQUEST : HEAD_FINAL, false);
}

/* What begins with an ordinary field is the trailers of a message whose head was lost. */
static void begin_head(struct telling *t, const struct field *first)
{
    struct http2 *h = t->http2;
    struct block *b = t->block;
    t->begun = true;
    bool named = first && first->known == KNOWN && !(first->name.size && first->name.data[0] == ':');
    if (named && b->end_stream && h->side[t->from].late && t->kind != HEAD_TRAILERS && !t->passed_by) {
        t->kind = HEAD_TRAILERS;
        t->passed_by = !t->exchange;
        if (t->exchange)
            missed_head(h, t->exchange, t->from, b->time);
    }
    if (t->exchange || t->passed_by)
        return;
    t->exchange = streams_open(&h->streams, t->from, b->time, b->stream);
    if (!t->exchange)
        give_up(h, b->time, GAVE_UP_MEMORY);
}

static void settle_kind(struct telling *t, const struct field *f)
{
    if (t->from == CLIENT && f->id == FIELD_METHOD && t->kind == HEAD_REQUEST && t->exchange &&
        slice_is(f->value, "CONNECT"))
        t->exchange->told[CLIENT] |= TOLD_CONNECT;
    if (t->from != SERVER || f->id != FIELD_STATUS || t->kind != HEAD_FINAL || f->value.size != 3)
        return;
    t->code = (uint16_t)((f->value.data[0] - '0') * 100);
    if (f->value.data[0] == '1' && !t->block->end_stream)
        t->kind = HEAD_INFORMATIONAL;
}

static void field_decoded(void *owner, const struct field *f)
{
    struct telling *t = owner;
    struct http2 *h = t->http2;
    if (!t->begun)
        begin_head(t, f);
    if (t->passed_by || !t->exchange || h->gave_up)
        return;
    t->decoded += f->name.size + f->value.size + 32;
    if (t->decoded > HEAD_DECODED_MAX) {
        t->too_large = true;
        return;
    }
    validity_field(&t->validity, f);
    if (f->known == KNOWN)
        settle_kind(t, f);
    if (t->exchange->thing)
        h->events->field(t->exchange->thing, t->from, f);
    t->exchange->told[t->from] |= TOLD_BEGUN;
}

static struct hpack *table_of(struct http2 *h, enum side from)
{
    struct direction *d = &h->side[from];
    if (d->hpack)
        return d->hpack;
    d->hpack = hpack_new(!d->late, h->shared->memory);
    if (d->hpack && d->allowed)
        hpack_allow(d->hpack, d->allowed);
    return d->hpack;
}

static void forget_table(struct http2 *h, enum side from)
{
    h->side[from].late = true;
    if (h->side[from].hpack)
        hpack_lost(h->side[from].hpack);
}

/* The reader of that side's blocks announced this size, or may have. */
static void allow(struct http2 *h, enum side from, uint32_t size)
{
    struct direction *d = &h->side[from];
    d->allowed = size > d->allowed ? size : d->allowed;
    if (d->hpack)
        hpack_allow(d->hpack, size);
}

/* RFC 9113, section 8.5; RFC 8441: what follows is no HTTP message. */
static bool opens_tunnel(const struct telling *t)
{
    return t->kind == HEAD_FINAL && t->code == 200 && t->exchange->told[CLIENT] & TOLD_CONNECT;
}

static void end_head(struct telling *t, moment time, bool whole)
{
    struct http2 *h = t->http2;
    struct h2_exchange *e = t->exchange;
    struct direction *d = &h->side[t->from];
    enum side from = t->from;
    validity_end(&t->validity, t->kind);
    d->careful |= t->validity.marks != 0 || t->too_large;
    /* Where the head before was not known to be the final one, it was not, or this is. */
    if (t->kind == HEAD_TRAILERS && e->told[from] & TOLD_VAGUE)
        t->validity.marks &= ~(UINT32_C(1) << MARK_BAD_PSEUDO);
    if (t->too_large)
        mark(h, e, from, MARK_HEAD_TOO_LARGE);
    for (unsigned m = 0; whole && t->validity.marks >> m; m++) {
        if (t->validity.marks >> m & 1)
            mark(h, e, from, (enum http_mark)m);
    }
    e->told[from] |= TOLD_BEGUN;
    if (!whole)
        e->told[from] |= TOLD_BROKEN;
    if (e->thing)
        h->events->head(e->thing, from, time, t->kind, whole && !t->too_large);
    if (t->kind == HEAD_REQUEST || t->kind == HEAD_FINAL)
        e->told[from] |= TOLD_HEAD | (from == SERVER && !t->code ? TOLD_VAGUE : 0);
    if (opens_tunnel(t))
        streams_over(&h->streams, e, time, MESSAGE_SWITCHED);
    else if (t->block->end_stream)
        streams_done(&h->streams, e, from, time, MESSAGE_WHOLE);
    else if (e->reset && t->kind == HEAD_FINAL)
        streams_over(&h->streams, e, time, MESSAGE_RESET);
}

static struct telling begin_telling(struct http2 *h, enum side from)
{
    struct block *b = &h->side[from].block;
    struct telling t = {.http2 = h, .block = b, .from = from, .validity.careful = h->side[from].careful};
    t.exchange = streams_find(&h->streams, b->stream);
    bool told = t.exchange && t.exchange->told[from] & TOLD_HEAD;
    t.kind = told ? HEAD_TRAILERS : from == CLIENT ? HEAD_REQUEST : HEAD_FINAL;
    bool closed = t.exchange && t.exchange->told[from] & TOLD_DONE;
    t.passed_by = b->promise || closed || (!t.exchange && !streams_may_begin(&h->streams, from, b->stream));
    return t;
}

/* A head of which the block cannot be read: that it was there is told, where its stream says whose it is. */
static void block_missing(struct http2 *h, enum side from, moment time)
{
    struct telling t = begin_telling(h, from);
    forget_table(h, from);
    begin_head(&t, NULL);
    if (t.passed_by || !t.exchange || h->gave_up)
        return;
    if (t.block->damaged == GAVE_UP_LIMIT)
        mark(h, t.exchange, from, MARK_HEAD_TOO_LARGE);
    end_head(&t, time, false);
}

static void block_whole(struct http2 *h, enum side from, moment time, struct slice bytes)
{
    struct direction *d = &h->side[from];
    struct hpack *table = table_of(h, from);
    if (!table) {
        give_up(h, time, GAVE_UP_MEMORY);
        return;
    }
    struct telling t = begin_telling(h, from);
    enum gave_up result = hpack_block(table, bytes, h->shared->literals, field_decoded, &t);
    if (!t.begun)
        begin_head(&t, NULL);
    d->careful |= t.passed_by; /* what it brought into the table was not looked at */
    if (t.passed_by || !t.exchange || h->gave_up)
        return;
    if (result == GAVE_UP_MALFORMED)
        mark(h, t.exchange, from, MARK_BAD_BLOCK);
    end_head(&t, time, result == GAVE_UP_NOT);
}

/* Blocks, out of frames */

static void drop_block(struct http2 *h, enum side from)
{
    struct block *b = &h->side[from].block;
    hold_clear(&b->hold, h->shared->memory);
    *b = (struct block){0};
}

static void block_over(struct http2 *h, enum side from, moment time, struct slice whole)
{
    if (h->side[from].block.damaged)
        block_missing(h, from, time);
    else
        block_whole(h, from, time, whole);
    drop_block(h, from);
}

static void block_damaged(struct http2 *h, enum side from, enum gave_up why)
{
    struct block *b = &h->side[from].block;
    hold_clear(&b->hold, h->shared->memory);
    b->damaged = b->damaged ? b->damaged : (uint8_t)why;
}

static void add_piece(struct http2 *h, enum side from, moment time, const struct h2_frame *f, struct slice piece)
{
    struct block *b = &h->side[from].block;
    bool last = f->flags & FRAME_END_HEADERS, only = last && !b->hold.size;
    if (!only && piece.size > h->shared->limits.block_bytes - b->hold.size)
        block_damaged(h, from, GAVE_UP_LIMIT);
    else if (!only && !b->damaged && piece.size && !hold_add(&b->hold, piece, h->shared->memory))
        give_up(h, time, GAVE_UP_MEMORY);
    if (last && !h->gave_up)
        block_over(h, from, time, only ? piece : hold_slice(&b->hold));
}

/* One that is begun while another is not at its end leaves that one incomplete: RFC 9113, section 6.10. */
static void abandon_block(struct http2 *h, enum side from, moment time)
{
    if (!h->side[from].block.stream)
        return;
    bad_frame(h, from, time);
    block_damaged(h, from, GAVE_UP_MALFORMED);
    block_over(h, from, time, slice_of(""));
}

static void begin_block(struct http2 *h, enum side from, moment time, const struct h2_frame *f, uint32_t stream)
{
    abandon_block(h, from, time);
    h->side[from].block = (struct block){.stream = stream,
                                         .time = time,
                                         .promise = f->type == FRAME_PUSH_PROMISE,
                                         .end_stream = f->flags & FRAME_END_STREAM};
}

/* @return false: the lengths contradict each other. */
static bool strip(const struct h2_frame *f, struct slice payload, uint32_t *promised, struct slice *piece)
{
    struct reader r = reader_of(payload);
    size_t padding = f->flags & FRAME_PADDED ? read_u8(&r) : 0;
    if (f->type == FRAME_PUSH_PROMISE)
        *promised = read_u32(&r) & 0x7fffffff;
    else if (f->flags & FRAME_PRIORITISED)
        read_slice(&r, PRIORITY_FIELDS);
    size_t left = reader_left(&r);
    *piece = read_slice(&r, left < padding ? left + 1 : left - padding);
    return !r.failed;
}

static void headers(struct http2 *h, enum side from, moment time, const struct h2_frame *f, struct slice payload)
{
    uint32_t promised = 0;
    struct slice piece;
    bool promise = f->type == FRAME_PUSH_PROMISE, fits = strip(f, payload, &promised, &piece);
    uint32_t stream = promise ? promised : f->stream;
    if (promise && from == SERVER)
        count_flood(h, from, FLOOD_PROMISES, time);
    begin_block(h, from, time, f, stream);
    if (!fits || !stream || (promise && from == CLIENT)) {
        bad_frame(h, from, time);
        forget_table(h, from); /* without a stream the block's end is not waited for */
        block_damaged(h, from, GAVE_UP_MALFORMED);
    }
    add_piece(h, from, time, f, piece);
}

static void continuation(struct http2 *h, enum side from, moment time, const struct h2_frame *f, struct slice payload)
{
    struct block *b = &h->side[from].block;
    if (!b->stream || (f->stream != b->stream && !b->promise)) {
        bad_frame(h, from, time);
        forget_table(h, from);
        return;
    }
    count(h, from, &b->pieces, FLOOD_CONTINUATIONS, time);
    add_piece(h, from, time, f, payload);
}

/* The other frames */

/* RFC 9113, section 6: sizes and places. */
static bool is_lawful(const struct h2_frame *f)
{
    switch (f->type) {
    case FRAME_PRIORITY: return f->stream && f->size == PRIORITY_FIELDS;
    case FRAME_RST_STREAM: return f->stream && f->size == 4;
    case FRAME_SETTINGS: return !f->stream && f->size % SETTING == 0 && !(f->flags & FRAME_ACK && f->size);
    case FRAME_PING: return !f->stream && f->size == 8;
    case FRAME_GOAWAY: return !f->stream && f->size >= 8;
    case FRAME_WINDOW_UPDATE: return f->size == 4;
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
            allow(h, other_side(from), value);
    }
}

static void reset(struct http2 *h, enum side from, moment time, const struct h2_frame *f, struct slice payload)
{
    struct reader r = reader_of(payload);
    struct h2_exchange *e = streams_find(&h->streams, f->stream);
    if (!e || (from == CLIENT && e->reset))
        return;
    if (from == CLIENT && !(e->told[SERVER] & TOLD_BEGUN))
        count_flood(h, from, FLOOD_RESETS, time);
    if (e->thing)
        h->events->reset(e->thing, from, read_u32(&r));
    if (from == CLIENT)
        streams_reset(&h->streams, e, time);
    else
        streams_over(&h->streams, e, time, MESSAGE_RESET);
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
        abandon_block(h, from, time);
    if (h->gave_up)
        return;
    if (!is_lawful(f)) {
        bad_frame(h, from, time);
        return;
    }
    switch (f->type) {
    case FRAME_HEADERS:
    case FRAME_PUSH_PROMISE: headers(h, from, time, f, payload); break;
    case FRAME_CONTINUATION: continuation(h, from, time, f, payload); break;
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
    struct block *b = &h->side[from].block;
    bool goes_on = f->type == FRAME_CONTINUATION && b->stream && (b->promise || b->stream == f->stream);
    if (!h->gave_up && !goes_on)
        abandon_block(h, from, time);
    if (h->gave_up)
        return;
    if (f->type == FRAME_SETTINGS)
        allow(h, other_side(from), UINT32_MAX);
    if (f->type == FRAME_PUSH_PROMISE || f->type == FRAME_CONTINUATION)
        forget_table(h, from);
    if (f->type == FRAME_HEADERS)
        begin_block(h, from, time, f, f->stream);
    else if (!goes_on)
        return;
    block_damaged(h, from, why);
    if (f->flags & FRAME_END_HEADERS)
        block_over(h, from, time, slice_of(""));
}

static void frame_data(void *owner, enum side from, moment time, const struct h2_frame *f, struct slice bytes,
                       uint64_t lost, bool last)
{
    struct http2 *h = owner;
    if (!h->gave_up)
        abandon_block(h, from, time);
    if (h->gave_up)
        return;
    if (last && !f->stream)
        bad_frame(h, from, time);
    if (last && !f->size && !(f->flags & FRAME_END_STREAM))
        count_flood(h, from, FLOOD_EMPTY, time);
    struct h2_exchange *e = streams_find(&h->streams, f->stream);
    if (!e || e->told[from] & TOLD_DONE)
        return;
    if (!(e->told[from] & TOLD_HEAD))
        missed_head(h, e, from, time);
    if (e->reset) {
        streams_over(&h->streams, e, time, MESSAGE_RESET);
        return;
    }
    if (lost)
        e->told[from] |= TOLD_BROKEN;
    if (e->thing && (bytes.size || lost))
        h->events->body(e->thing, from, bytes, lost);
    if (last && f->flags & FRAME_END_STREAM)
        streams_done(&h->streams, e, from, time, MESSAGE_WHOLE);
}

static void frames_lost(void *owner, enum side from, moment time)
{
    struct http2 *h = owner;
    if (h->gave_up)
        return;
    if (h->side[from].block.stream) {
        block_damaged(h, from, GAVE_UP_NO_RESUME);
        block_over(h, from, time, slice_of(""));
    }
    forget_table(h, from);
    allow(h, other_side(from), UINT32_MAX); /* SETTINGS may be what was lost */
    streams_lost(&h->streams, from, time);
}

static const struct frame_events FRAMES = {
    .whole = frame_whole, .damaged = frame_damaged, .data = frame_data, .lost = frames_lost};

/* The stream */

static void settle(struct http2 *h, moment time, enum gave_up result)
{
    if (result != GAVE_UP_NOT)
        give_up(h, time, result);
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
        streams_all_over(&h->streams, time, how == END_RESET ? MESSAGE_RESET : MESSAGE_CUT);
}

static void destroy(struct stream *s)
{
    struct http2 *h = http2_of(s);
    for (enum side side = CLIENT; side <= SERVER; side++) {
        drop_block(h, side);
        frames_deinit(&h->side[side].frames);
        hpack_free(h->side[side].hpack);
    }
    streams_deinit(&h->streams);
    memory_resize(h->shared->memory, h, sizeof *h, 0);
}

struct stream *http2_new(const struct http2_shared *shared, bool from_start, const struct message_events *events,
                         void *owner)
{
    static const struct stream_ops ops = {.push = push, .gap = gap, .end = end, .free = destroy};
    struct http2 *h = memory_resize(shared->memory, NULL, 0, sizeof *h);
    if (!h)
        return NULL;
    h->stream.ops = &ops;
    h->shared = shared;
    h->events = events;
    h->owner = owner;
    h->from_start = from_start;
    streams_init(&h->streams, !from_start, shared->limits.streams, shared->memory, events, owner);
    for (enum side side = CLIENT; side <= SERVER; side++) {
        h->side[side].late = !from_start;
        frames_init(&h->side[side].frames, side, from_start, shared->limits.block_bytes, shared->memory, &FRAMES, h);
    }
    return &h->stream;
}

bool http2_carry_on(struct stream *http2, void *thing)
{
    struct http2 *h = http2_of(http2);
    allow(h, SERVER, UINT32_MAX); /* the client's SETTINGS were in its request: RFC 7540, section 3.2.1 */
    return streams_carry_on(&h->streams, thing);
}

bool http2_recognised(const struct stream *http2)
{
    const struct http2 *h = (const struct http2 *)http2;
    return h->from_start || frames_in_step(&h->side[CLIENT].frames) || frames_in_step(&h->side[SERVER].frames);
}
