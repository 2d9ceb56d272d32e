/* Header blocks, out of the frames that bear them: RFC 9113, sections 6.2, 6.6 and 6.10. */
#include "proto/http/http2_inside.h"

void http2_block_drop(struct http2 *h, enum side from)
{
    struct block *b = &h->side[from].block;
    hold_clear(&b->hold, h->shared->memory);
    *b = (struct block){0};
}

static void end(struct http2 *h, enum side from, moment time, struct slice whole)
{
    if (h->side[from].block.damaged)
        http2_head_unread(h, from);
    else
        http2_head_read(h, from, time, whole);
    http2_block_drop(h, from);
}

static void damage(struct http2 *h, enum side from, enum gave_up why)
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
        damage(h, from, GAVE_UP_LIMIT);
    else if (!only && !b->damaged && piece.size && !hold_add(&b->hold, piece, h->shared->memory))
        http2_give_up(h, time, GAVE_UP_MEMORY);
    if (last && !h->gave_up)
        end(h, from, time, only ? piece : hold_slice(&b->hold));
}

/* One that is begun while another is not at its end leaves that one incomplete: RFC 9113, section 6.10. */
void http2_block_abandon(struct http2 *h, enum side from, moment time)
{
    if (!h->side[from].block.stream)
        return;
    http2_bad_frame(h, from, time);
    damage(h, from, GAVE_UP_MALFORMED);
    end(h, from, time, slice_of(""));
}

static void begin(struct http2 *h, enum side from, moment time, const struct h2_frame *f, uint32_t stream)
{
    http2_block_abandon(h, from, time);
    if (!stream)
        http2_forget_table(h, from); /* its end is not waited for */
    uint32_t *highest = &h->side[from].highest[stream % 2];
    if (f->type == FRAME_HEADERS && stream > *highest)
        *highest = stream;
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
        read_slice(&r, HTTP2_PRIORITY);
    size_t left = reader_left(&r);
    *piece = read_slice(&r, left < padding ? left + 1 : left - padding);
    return !r.failed;
}

void http2_block_headers(struct http2 *h, enum side from, moment time, const struct h2_frame *f, struct slice payload)
{
    uint32_t promised = 0;
    struct slice piece;
    bool promise = f->type == FRAME_PUSH_PROMISE, fits = strip(f, payload, &promised, &piece);
    uint32_t stream = promise ? promised : f->stream;
    bool forbidden = !fits || !stream || (promise && from == CLIENT);
    if (promise && from == SERVER)
        http2_count(h, from, &h->side[from].floods[FLOOD_PROMISES], FLOOD_PROMISES, time);
    begin(h, from, time, f, stream);
    if (forbidden || (from == CLIENT && stream % 2 == 0))
        http2_bad_frame(h, from, time);
    if (forbidden)
        damage(h, from, GAVE_UP_MALFORMED);
    add_piece(h, from, time, f, piece);
}

/* Whether it continues the block that is being read; a promise has another stream than the frames that bear it. */
static bool goes_on(const struct http2 *h, enum side from, const struct h2_frame *f)
{
    const struct block *b = &h->side[from].block;
    return b->stream && (b->promise || b->stream == f->stream);
}

void http2_block_continuation(struct http2 *h, enum side from, moment time, const struct h2_frame *f,
                              struct slice payload)
{
    if (!goes_on(h, from, f)) {
        http2_bad_frame(h, from, time);
        http2_forget_table(h, from);
        return;
    }
    http2_count(h, from, &h->side[from].block.pieces, FLOOD_CONTINUATIONS, time);
    add_piece(h, from, time, f, payload);
}

void http2_block_damaged(struct http2 *h, enum side from, moment time, const struct h2_frame *f, enum gave_up why)
{
    bool continues = f->type == FRAME_CONTINUATION, known = continues && goes_on(h, from, f);
    if (!known)
        http2_block_abandon(h, from, time);
    if (h->gave_up)
        return;
    if (continues)
        http2_forget_table(h, from);
    else
        begin(h, from, time, f, f->stream); /* which stream is promised does not matter */
    if (continues && !known)
        return;
    damage(h, from, why);
    if (f->flags & FRAME_END_HEADERS)
        end(h, from, time, slice_of(""));
}

void http2_block_lost(struct http2 *h, enum side from, moment time)
{
    if (!h->side[from].block.stream)
        return;
    damage(h, from, GAVE_UP_NO_RESUME);
    end(h, from, time, slice_of(""));
}
