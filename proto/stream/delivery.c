#include "proto/stream/delivery.h"

static struct reassembly_side *side_of(const struct delivery *d, enum side side)
{
    return &d->r->side[side];
}

/* Goes on to `offset`; what either side told until now cannot be taken back. */
static void side_advance(struct reassembly *r, enum side side, uint64_t offset)
{
    struct reassembly_side *s = &r->side[side];
    struct reassembly_side *o = &r->side[other_side(side)];
    s->next = offset;
    s->waited = 0;
    s->flags |= SIDE_FIXED;
    if (o->flags & SIDE_ANCHORED)
        o->flags |= SIDE_FIXED;
}

/* What of the other side has its place, and waits for this side's bytes alone. NULL: nothing does. */
static const struct held *side_waiter(const struct reassembly *r, enum side side)
{
    const struct reassembly_side *o = &r->side[other_side(side)];
    const struct held *first = held_first(o);
    bool placed = first && first->piece.offset <= o->next && !side_doubts(o, &first->piece, first->size);
    return placed && side_awaited(&r->side[side], first->piece.ack) ? first : NULL;
}

static void side_gap(const struct delivery *d, enum side side, moment time, uint64_t to)
{
    struct reassembly_side *s = side_of(d, side);
    uint64_t size = to - s->next;
    d->counts->gap += size;
    d->counts->gaps++;
    if (s->state == SIDE_UNSEEN)
        s->flags |= SIDE_IN_VAIN;
    side_advance(d->r, side, to);
    if (d->r->above)
        stream_gap(d->r->above, side, time, size);
}

/* Gives up the hole up to `to`, or up to the first byte that is held: as of the time of what waited for it. No further
 * than what the other side's next piece acknowledges: the rest may have come behind that piece, and answer it. */
static void side_give_up(const struct delivery *d, enum side side, uint64_t to)
{
    const struct reassembly_side *s = side_of(d, side);
    const struct held *own = held_first(s);
    const struct held *waiter = side_waiter(d->r, side);
    moment time = waiter ? waiter->piece.time : d->time;
    if (own && own->piece.offset <= to) {
        to = own->piece.offset;
        time = own->piece.time;
    }
    if (waiter && waiter->piece.ack < to) {
        to = waiter->piece.ack;
        time = waiter->piece.time;
    }
    if (to > s->next)
        side_gap(d, side, time, to);
}

static void side_drop(const struct delivery *d, struct held *h)
{
    d->counts->outside += h->size;
    held_free(h, d->memory);
}

static void side_discard(const struct delivery *d, enum side side, uint64_t reset_at)
{
    side_of(d, side)->flags &= (uint8_t)~SIDE_OFFERED;
    held_discard(side_of(d, side), reset_at, d->memory, d->counts);
}

void delivery_pass_over(const struct delivery *d, enum side side)
{
    struct reassembly_side *s = side_of(d, side);
    s->flags &= (uint8_t) ~(SIDE_OFFERED | SIDE_WENT_ON);
    side_drop(d, held_pop(s));
}

void delivery_end_offer(const struct delivery *d, enum side side)
{
    struct reassembly_side *s = side_of(d, side);
    if ((s->flags & SIDE_OFFERED) && !(s->flags & SIDE_WENT_ON))
        delivery_pass_over(d, side);
    s->flags &= (uint8_t) ~(SIDE_OFFERED | SIDE_WENT_ON);
}

static void side_end(const struct delivery *d, enum side side, moment time, enum stream_end how)
{
    struct reassembly_side *s = side_of(d, side);
    if (side_ended(s))
        return;
    s->state = how == END_FIN ? SIDE_FINISHED : SIDE_RESET;
    if (d->r->above)
        stream_end(d->r->above, side, time, how);
}

/* A reset right behind it still ends the other side. */
static void side_finish(const struct delivery *d, enum side side, moment time)
{
    side_advance(d->r, side, side_of(d, side)->next + 1);
    side_discard(d, side, side_of(d, side)->next);
    side_end(d, side, time, END_FIN);
}

/* What the other side sent, and nobody will acknowledge any more, is still told. */
static void side_reset(const struct delivery *d, enum side side, moment time)
{
    struct delivery rest = *d;
    rest.time = time;
    side_discard(d, side, 0);
    side_end(d, side, time, END_RESET);
    delivery_flush(&rest);
    side_end(d, other_side(side), time, END_RESET);
}

/* Bytes behind a piece that the capture did not keep; another copy of them may be held. */
static void side_cut(const struct delivery *d, enum side side, const struct piece *piece)
{
    const struct reassembly_side *s = side_of(d, side);
    const struct held *first = held_first(s);
    uint64_t to = s->next + piece->cut;
    to = first && first->piece.offset < to ? first->piece.offset : to;
    if (to > s->next)
        side_gap(d, side, piece->time, to);
}

void delivery_push(struct reassembly *r, enum side from, moment time, struct slice bytes,
                   struct reassembly_counts *counts)
{
    counts->delivered += bytes.size;
    side_advance(r, from, r->side[from].next + bytes.size);
    if (r->above)
        stream_push(r->above, from, time, bytes);
}

void delivery_piece(const struct delivery *d, enum side from, const struct piece *piece, struct slice bytes)
{
    const struct reassembly_side *o = side_of(d, other_side(from));
    if (piece->ack > o->next && (o->flags & SIDE_IN_VAIN) && !side_ended(o))
        side_gap(d, other_side(from), piece->time, piece->ack);
    if (bytes.size)
        delivery_push(d->r, from, piece->time, bytes, d->counts);
    if (piece->cut)
        side_cut(d, from, piece);
    if (piece->ends & TCP_RST)
        side_reset(d, from, piece->time);
    else if (piece->ends & TCP_FIN)
        side_finish(d, from, piece->time);
}

/* Delivers a side's first held piece, if it may go. None stands before `next`.
 * @param force  it goes even if the other side's bytes did not come. */
static bool side_release(const struct delivery *d, enum side side, bool force)
{
    struct reassembly_side *s = side_of(d, side);
    struct held *h = held_first(s);
    if (!h || h->piece.offset != s->next || s->flags & SIDE_OFFERED)
        return false;
    if (side_doubts(s, &h->piece, h->size)) {
        /* Other bytes than these came to the peer: behind a part of this segment, or none that were seen. */
        bool passed = force || s->acked > s->next || s->acked > h->piece.offset - h->skip;
        if (passed)
            side_drop(d, held_pop(s));
        return passed;
    }
    if (!force && side_awaited(side_of(d, other_side(side)), h->piece.ack))
        return false;
    held_pop(s);
    delivery_piece(d, side, &h->piece, held_bytes(h));
    held_free(h, d->memory);
    return true;
}

void delivery_refute(const struct delivery *d, enum side side, uint64_t ack, uint64_t sent)
{
    struct reassembly_side *s = side_of(d, side);
    for (struct held *h = held_first(s); h && h->piece.offset - h->skip < ack; h = h == s->held ? NULL : h->after) {
        if (h->piece.begin != PIECE_UNTIMELY || h->piece.ack <= sent + 1)
            continue;
        h->piece.doubt = DOUBT_ACK;
        h->piece.ack = 0;
    }
}

/* Each side's first piece is in order and acknowledges bytes of the other's that are held: one of them lies. */
static bool delivery_circle(const struct delivery *d)
{
    const struct held *a = side_waiter(d->r, SERVER), *b = side_waiter(d->r, CLIENT);
    return a && b && side_release(d, a->piece.number <= b->piece.number ? CLIENT : SERVER, true);
}

static void delivery_drain(const struct delivery *d)
{
    while (side_release(d, CLIENT, false) || side_release(d, SERVER, false) || delivery_circle(d))
        continue;
}

/* Takes away what a side's first held piece waits for. */
static void side_force(const struct delivery *d, enum side side)
{
    const struct reassembly_side *s = side_of(d, side);
    const struct held *first = held_first(s);
    if (s->flags & SIDE_OFFERED)
        delivery_end_offer(d, side);
    else if (first->piece.offset > s->next)
        side_give_up(d, side, first->piece.offset);
    else if (side_doubts(s, &first->piece, first->size))
        side_release(d, side, true);
    else
        side_give_up(d, other_side(side), first->piece.ack);
    delivery_drain(d);
}

/* The wait of a hole is as old as what waits for it. */
static bool side_waited_long(const struct delivery *d, enum side side)
{
    const struct held *own = held_first(side_of(d, side)), *waiter = side_waiter(d->r, side);
    bool long_own = own && d->clock - own->piece.clock >= d->limits->hole_wait;
    return long_own || (waiter && d->clock - waiter->piece.clock >= d->limits->hole_wait);
}

/* A hole, or a SYN's bytes, that nobody could acknowledge, because the other direction is not captured: time alone
 * closes it. */
static bool side_unwatched(const struct reassembly_side *s, const struct reassembly_side *other)
{
    if (s->flags & SIDE_OFFERED)
        return s->flags & SIDE_WENT_ON;
    return s->held && held_first(s)->piece.offset > s->next && other->state == SIDE_UNSEEN;
}

static bool side_waits(const struct reassembly *r, enum side side)
{
    const struct reassembly_side *s = &r->side[side], *other = &r->side[other_side(side)];
    return side_owes(s) ? s->held || side_waiter(r, side) : side_unwatched(s, other);
}

bool delivery_waits(const struct reassembly *r)
{
    return side_waits(r, CLIENT) || side_waits(r, SERVER);
}

static uint16_t milliseconds(moment clock)
{
    return (uint16_t)(clock / 1000000);
}

static bool side_lost_patience(const struct delivery *d, const struct reassembly_side *s)
{
    uint16_t since = (uint16_t)(milliseconds(d->clock) - s->since);
    return s->waited > d->limits->patience + 1 && since >= d->limits->skew / 1000000;
}

/* The hole up to `to`, or up to the first byte that is held, and with it what waited for it. */
static void side_give_up_all(const struct delivery *d, enum side side, uint64_t to)
{
    const struct reassembly_side *s = side_of(d, side);
    const struct held *own = held_first(s);
    to = own && own->piece.offset < to ? own->piece.offset : to;
    do {
        side_give_up(d, side, to);
        delivery_drain(d);
    } while (s->next < to && side_owes(s));
}

/* One more packet that did not bring what is owed. That which acknowledged it is the first, and does not count. Where
 * nothing waits for it, an acknowledgement is all that says that there was anything, and anyone can send one: the side
 * itself, if it is seen, shows with its next bytes whether they are those. */
static void side_lose_patience(const struct delivery *d, enum side side)
{
    struct reassembly_side *s = side_of(d, side);
    if (side_owes(s)) {
        if (s->flags & SIDE_IN_VAIN) {
            if (!side_of(d, other_side(side))->held)
                side_give_up(d, side, s->acked);
            return;
        }
        if (!s->held && s->state != SIDE_UNSEEN && !side_waiter(d->r, side))
            return;
        if (s->waited == 0)
            s->since = milliseconds(d->clock);
        if (s->waited < UINT16_MAX)
            s->waited++;
        if (side_lost_patience(d, s) || (s->waited > 1 && side_waited_long(d, side)))
            side_give_up_all(d, side, s->acked);
    } else if (side_unwatched(s, side_of(d, other_side(side))) && side_waited_long(d, side)) {
        side_force(d, side);
    }
}

static bool side_holds_too_much(const struct delivery *d, enum side side)
{
    const struct reassembly_side *s = side_of(d, side);
    return s->held_bytes > d->limits->held_bytes || s->held_segments > d->limits->held_segments;
}

void delivery_settle(const struct delivery *d)
{
    delivery_drain(d);
    for (enum side side = CLIENT; side <= SERVER; side++) {
        while (side_holds_too_much(d, side))
            side_force(d, side);
    }
    side_lose_patience(d, CLIENT);
    side_lose_patience(d, SERVER);
}

void delivery_age(const struct delivery *d)
{
    for (bool more = true; more;) {
        more = false;
        for (enum side side = CLIENT; side <= SERVER; side++) {
            const struct reassembly_side *s = side_of(d, side);
            if (!side_waits(d->r, side) || !side_waited_long(d, side))
                continue;
            if (side_owes(s)) {
                side_give_up(d, side, s->acked);
                delivery_drain(d);
            } else {
                side_force(d, side);
            }
            more = true;
        }
    }
}

void delivery_flush(const struct delivery *d)
{
    delivery_drain(d);
    while (d->r->side[CLIENT].held || d->r->side[SERVER].held)
        side_force(d, d->r->side[CLIENT].held ? CLIENT : SERVER);
    for (enum side side = CLIENT; side <= SERVER; side++) {
        if (side_owes(side_of(d, side)))
            side_give_up(d, side, side_of(d, side)->acked);
    }
}

void delivery_end(const struct delivery *d, enum stream_end how)
{
    side_end(d, CLIENT, d->time, how);
    side_end(d, SERVER, d->time, how);
}
