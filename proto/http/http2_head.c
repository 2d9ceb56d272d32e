/* Heads, one decoded block each. */
#include "proto/http/http2_inside.h"
#include "proto/http/validity.h"

/* Go's http.DefaultMaxHeaderBytes, and the overhead of ten fields: a larger head is answered 431. */
enum { HEAD_DECODED_MAX = (1 << 20) + 10 * 32 };

static void mark(struct http2 *h, const struct h2_exchange *e, enum side from, enum http_mark which)
{
    if (e && e->thing)
        h->events->mark(e->thing, from, which);
}

struct telling {
    struct http2 *http2;
    struct h2_exchange *exchange; /* NULL: not opened yet, or nobody wants to know */
    struct block *block;
    enum side from;
    enum head_kind kind;
    struct validity validity;
    size_t decoded;
    bool passed_by; /* only decoded, for the table's sake; or nothing is read any more */
    bool reset_owed;
    bool begun; /* a field was decoded */
    bool too_large;
    bool undecodable; /* the block, or a string in it */
    uint16_t code;
};

void http2_head_missed(struct http2 *h, struct h2_exchange *e, enum side from, moment time)
{
    if (!h->side[from].late)
        http2_bad_frame(h, from, time);
    e->told[from] |= TOLD_BEGUN | TOLD_HEAD | TOLD_BROKEN | TOLD_VAGUE;
    if (e->thing)
        h->events->head(e->thing, from, from == CLIENT ? HEAD_REQUEST : HEAD_FINAL, false);
}

/* What begins with a pseudo-header is a request, though its number is lower than others or was used before, if what
 * came before it was malformed: else whoever sends that first would hide what follows. */
static void begin_again(struct telling *t)
{
    struct h2_exchange *e = t->exchange;
    bool free = !e || (e->told[CLIENT] & TOLD_MALFORMED && !(e->told[SERVER] & TOLD_BEGUN));
    if (t->from == SERVER || t->block->promise || t->block->stream % 2 == 0 || !free)
        return;
    if (e)
        streams_over(&t->http2->streams, e, MESSAGE_CUT);
    t->reset_owed = e;
    t->exchange = NULL;
    t->kind = HEAD_REQUEST;
    t->passed_by = false;
}

/* What begins with an ordinary field is the trailers of a message whose head was lost. */
static void begin_head(struct telling *t, const struct field *first)
{
    struct http2 *h = t->http2;
    struct block *b = t->block;
    t->begun = true;
    bool known = first && first->known == KNOWN, pseudo = known && first->pseudo, named = known && !pseudo;
    if (pseudo && (t->passed_by || t->kind == HEAD_TRAILERS))
        begin_again(t);
    if (named && b->end_stream && h->side[t->from].late && t->kind != HEAD_TRAILERS && !t->passed_by) {
        t->kind = HEAD_TRAILERS;
        t->passed_by = !t->exchange;
        if (t->exchange)
            http2_head_missed(h, t->exchange, t->from, b->time);
    }
    if (t->exchange || t->passed_by)
        return;
    t->exchange = streams_open(&h->streams, t->from, b->time, b->stream);
    if (t->exchange)
        t->exchange->reset_owed = t->reset_owed;
    else
        http2_give_up(h, b->time, GAVE_UP_MEMORY);
    t->passed_by = h->gave_up;
}

static void settle_kind(struct telling *t, const struct field *f)
{
    if (f->id == FIELD_METHOD && t->from == CLIENT && t->kind == HEAD_REQUEST && slice_is(f->value, "CONNECT"))
        t->exchange->told[CLIENT] |= TOLD_CONNECT;
    if (f->id != FIELD_STATUS || t->from != SERVER || t->kind != HEAD_FINAL || f->value.size != 3)
        return;
    t->code = (uint16_t)((f->value.data[0] - '0') * 100);
    if (f->value.data[0] == '1' && !t->block->end_stream)
        t->kind = HEAD_INFORMATIONAL;
}

static void field_decoded(void *owner, const struct field *f)
{
    struct telling *t = owner;
    if (!t->begun)
        begin_head(t, f);
    if (t->passed_by)
        return;
    t->decoded += f->name.size + f->value.size + 32;
    if (t->decoded > HEAD_DECODED_MAX) {
        t->too_large = true;
        return;
    }
    validity_field(&t->validity, f);
    if (f->pseudo && f->known == KNOWN)
        settle_kind(t, f);
    if (t->exchange->thing)
        t->http2->events->field(t->exchange->thing, t->from, f);
}

static struct hpack *table_of(struct http2 *h, enum side from)
{
    struct direction *d = &h->side[from];
    if (d->hpack)
        return d->hpack;
    d->hpack = hpack_new(!d->late, h->shared->memory);
    if (d->hpack && d->allowed)
        hpack_allow(d->hpack, d->allowed);
    if (d->hpack && from == CLIENT)
        hpack_recover(d->hpack);
    return d->hpack;
}

void http2_forget_table(struct http2 *h, enum side from)
{
    h->side[from].late = true;
    if (h->side[from].hpack)
        hpack_lost(h->side[from].hpack);
}

void http2_allow_table(struct http2 *h, enum side from, uint32_t size)
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

static void end_head(struct telling *t, bool whole)
{
    struct http2 *h = t->http2;
    struct h2_exchange *e = t->exchange;
    struct direction *d = &h->side[t->from];
    enum side from = t->from;
    validity_end(&t->validity, t->kind);
    d->careful |= t->validity.marks != 0 || t->too_large || t->undecodable;
    d->lawful = t->validity.lawful;
    /* Where the head before was not known to be the final one, it was not, or this is. */
    if (t->kind == HEAD_TRAILERS && e->told[from] & TOLD_VAGUE)
        t->validity.marks &= ~(UINT32_C(1) << MARK_BAD_PSEUDO);
    else if (t->kind == HEAD_TRAILERS && !t->block->end_stream)
        http2_bad_frame(h, from, t->block->time); /* RFC 9113, section 8.1 */
    if (from == CLIENT && t->kind == HEAD_REQUEST && (t->validity.uncounted || t->undecodable))
        streams_refused(&h->streams, e);
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
        h->events->head(e->thing, from, t->kind, whole && !t->too_large);
    if (t->kind == HEAD_REQUEST || t->kind == HEAD_FINAL)
        e->told[from] |= TOLD_HEAD | (from == SERVER && !t->code ? TOLD_VAGUE : 0);
    if (opens_tunnel(t))
        streams_over(&h->streams, e, MESSAGE_SWITCHED);
    else if (t->block->end_stream)
        streams_done(&h->streams, e, from, MESSAGE_WHOLE);
    else if (e->reset && t->kind == HEAD_FINAL)
        streams_over(&h->streams, e, MESSAGE_RESET);
}

static void begin_telling(struct telling *t, struct http2 *h, enum side from)
{
    struct block *b = &h->side[from].block;
    *t = (struct telling){.http2 = h,
                          .exchange = streams_find(&h->streams, b->stream),
                          .block = b,
                          .from = from,
                          .validity.careful = h->side[from].careful,
                          .validity.knows_protocol = h->knows_protocol,
                          .validity.lawful = h->side[from].lawful};
    uint8_t told = t->exchange ? t->exchange->told[from] : 0;
    t->kind = told & TOLD_HEAD ? HEAD_TRAILERS : from == CLIENT ? HEAD_REQUEST : HEAD_FINAL;
    t->passed_by = b->promise || told & TOLD_DONE || (!t->exchange && !streams_may_begin(&h->streams, from, b->stream));
}

void http2_head_unread(struct http2 *h, enum side from)
{
    struct telling t;
    begin_telling(&t, h, from);
    http2_forget_table(h, from);
    begin_head(&t, NULL);
    if (t.passed_by)
        return;
    if (t.block->damaged == GAVE_UP_LIMIT)
        mark(h, t.exchange, from, MARK_HEAD_TOO_LARGE);
    end_head(&t, false);
}

void http2_head_read(struct http2 *h, enum side from, moment time, struct slice bytes)
{
    struct direction *d = &h->side[from];
    struct hpack *table = table_of(h, from);
    if (!table) {
        http2_give_up(h, time, GAVE_UP_MEMORY);
        return;
    }
    struct telling t;
    begin_telling(&t, h, from);
    enum gave_up result = hpack_block(table, bytes, h->shared->literals, field_decoded, &t);
    if (!t.begun)
        begin_head(&t, NULL);
    d->careful |= t.passed_by; /* what it brought into the table was not looked at */
    if (t.passed_by)
        return;
    t.undecodable = result == GAVE_UP_MALFORMED;
    if (t.undecodable)
        mark(h, t.exchange, from, MARK_BAD_BLOCK);
    end_head(&t, result == GAVE_UP_NOT);
}
