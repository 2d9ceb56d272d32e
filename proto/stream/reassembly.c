#include "proto/stream/reassembly.h"

#include "proto/stream/delivery.h"
#include "proto/stream/doubt.h"
#include "proto/stream/held.h"

/* Offsets of a side that was joined late, or of which only its peer's acknowledgements are known, begin here: so what
 * turns out to be a little earlier has an offset too. The lower 32 bits are zero, so `isn` is the number at the start.
 */
#define LATE ((uint64_t)1 << 32)

enum {
    FAR = 1 << 30,   /* no window is so large (RFC 7323 section 2.3): what is so far away is of another connection */
    WINDOW = 1 << 20 /* a SYN so near to what is expected may be forged to disturb (RFC 5961 section 4) */
};

/* Nothing is held, and all that was acknowledged has come. */
static inline bool is_settled(const struct reassembly *r)
{
    const struct reassembly_side *c = &r->side[CLIENT], *s = &r->side[SERVER];
    return !c->held && !s->held && c->acked <= c->next && s->acked <= s->next;
}

/* The segment as its side's numbering sees it. */
struct arrival {
    const struct packet *packet;
    enum side from;
    uint32_t seq; /* of the first byte: a SYN stands before it */
    bool syn, fin;
    enum doubt doubt;
};

static bool side_far(const struct reassembly_side *s, uint32_t number)
{
    int32_t ahead = side_ahead(s, number);
    return (s->flags & SIDE_ANCHORED) && (ahead >= FAR || ahead <= -FAR);
}

/* Whether `number` is that of the byte behind what its SYN offered. */
static bool side_offers_up_to(const struct reassembly_side *s, uint32_t number)
{
    return (s->flags & SIDE_OFFERED) && number == s->isn + (uint32_t)held_end(held_first(s));
}

static void side_anchor(struct reassembly_side *s, uint32_t isn, uint64_t next, unsigned flags)
{
    s->isn = isn;
    s->next = next;
    s->acked = next;
    s->flags = (uint8_t)(s->flags | SIDE_ANCHORED | flags);
}

/* A SYN on a connection that is known. Repeated, or a mirror brings it late: SEGMENT_DELIVERED, to go on with. With
 * another number it is a new connection if this one is over, or has come to nothing, or the number is not near to what
 * is expected; near it, a living server only asks back (RFC 5961 section 4.2), and this connection goes on. But what a
 * server answers to another SYN is proof: it has a new connection, however near its number is; and what it answers to
 * this one is of this one, even behind the client's reset. A client answers none. */
static enum segment side_judge_syn(const struct reassembly *r, enum side from, const struct packet *p)
{
    const struct reassembly_side *s = &r->side[from];
    const struct reassembly_side *o = &r->side[other_side(from)];
    int32_t ahead = side_ahead(s, p->seq + 1);
    if (!(s->flags & SIDE_ANCHORED) || ((s->flags & SIDE_SYN_KNOWN) && p->seq == s->isn))
        return SEGMENT_DELIVERED;
    bool answers_known = p->flags & TCP_ACK && from == SERVER && o->flags & SIDE_SYN_KNOWN;
    bool behind = !(s->flags & SIDE_SYN_KNOWN) && ahead <= 0 && ahead >= -WINDOW;
    if (behind && answers_known && p->ack == o->isn + 1)
        return SEGMENT_DELIVERED;
    if (side_ended(s) && side_ended(o))
        return SEGMENT_NEW_LIFE;
    if (p->flags & TCP_ACK && from == CLIENT)
        return SEGMENT_OUTSIDE;
    if (answers_known && p->ack != o->isn + 1)
        return SEGMENT_NEW_LIFE;
    if (behind)
        return SEGMENT_DELIVERED;
    if (ahead > WINDOW || ahead < -WINDOW || (s->next <= 1 && o->state == SIDE_UNSEEN))
        return SEGMENT_NEW_LIFE;
    return SEGMENT_OUTSIDE;
}

/* Whether it may still turn out that this side began earlier. */
static bool side_may_go_back(const struct reassembly_side *s, int32_t ahead)
{
    return ahead < 0 && ahead >= -WINDOW && !(s->flags & SIDE_FIXED) && s->next > LATE / 2;
}

static void side_seen(struct reassembly_side *s)
{
    if (s->state == SIDE_UNSEEN)
        s->state = SIDE_OPEN;
    s->flags &= (uint8_t)~SIDE_IN_VAIN;
}

/* Where this side's numbers stand, after this segment of it. */
static void side_see(struct reassembly_side *s, const struct arrival *a)
{
    if (!(s->flags & SIDE_ANCHORED)) {
        if (a->syn) {
            side_anchor(s, a->packet->seq, 1, SIDE_SYN_KNOWN | SIDE_FIXED);
            s->acked = 0;
        } else {
            side_anchor(s, a->seq, LATE, 0);
        }
    }
    int32_t ahead = side_ahead(s, a->seq);
    size_t size = a->packet->payload.size + a->packet->cut;
    bool probe = size == 1 && ahead == -1; /* of a connection kept alive */
    if (side_may_go_back(s, ahead) && (a->syn || a->fin || (size && !probe)))
        s->next -= (uint32_t)-ahead;
    if (a->syn)
        s->flags |= SIDE_FIXED;
    side_seen(s);
}

/* What the packet acknowledges of side `s`.  @return its offset; 0: nothing. */
static uint64_t side_acknowledge(struct reassembly_side *s, const struct packet *p)
{
    if (!(p->flags & TCP_ACK))
        return 0;
    if (!(s->flags & SIDE_ANCHORED)) {
        if (p->flags & TCP_SYN)
            side_anchor(s, p->ack - 1, LATE + 1, SIDE_SYN_KNOWN);
        else
            side_anchor(s, p->ack, LATE, 0);
    }
    int32_t ahead = side_ahead(s, p->ack);
    if (ahead < 0 && (uint32_t)-ahead > s->next)
        return 0;
    uint64_t ack = s->next + (uint64_t)(int64_t)ahead;
    /* What was first seen of it was a probe of a connection kept alive, one before the next number. */
    bool probed = ahead == 1 && s->state == SIDE_OPEN && !(s->flags & SIDE_FIXED) && !s->held;
    if (probed || (s->state == SIDE_UNSEEN && side_may_go_back(s, ahead)))
        s->next = ack;
    if (ack > s->acked)
        s->acked = ack;
    return ack;
}

/* Where the receiver of this side may be, if it takes what is held: behind all that it has acknowledged, and what is
 * there in one piece with that. Of a receiver that is not seen nobody knows what it has; then, behind all. */
static uint64_t side_reach(const struct reassembly_side *s, bool unseen)
{
    uint64_t reach = s->acked > s->next ? s->acked : s->next;
    for (const struct held *h = held_first(s); h; h = h == s->held ? NULL : h->after) {
        bool sure = h->piece.doubt == NO_DOUBT && h->piece.begin < PIECE_DOUBTFUL;
        if (!unseen && (h->piece.offset > reach || !sure))
            break;
        uint64_t end = held_end(h) + (h->piece.ends ? 1 : 0);
        reach = end > reach ? end : reach;
    }
    return reach;
}

/* What a reset is to its receiver. */
enum reset {
    RESET_WRONG,
    RESET_TAKEN,   /* it is at the next number */
    RESET_ANSWERS, /* nothing is odd about it; whether the peer takes it shows in what it sends */
};

/* Whoever has closed answers what crossed its FIN with a reset at the number which that acknowledged, its FIN's own
 * nearly always (RFC 9293 section 3.10.7.1). And where something before it is missing, it ends what is held: whether
 * its receiver has that too is not known. */
static bool reset_answers(const struct reassembly_side *s, uint64_t offset)
{
    if (s->state == SIDE_FINISHED)
        return offset + 1 == s->next;
    bool answers = s->held && offset == s->acked;
    for (const struct held *h = held_first(s); h && !answers; h = h == s->held ? NULL : h->after)
        answers = offset == held_end(h) || (h->piece.ends && offset == held_end(h) + 1);
    return answers;
}

/* Of an unseen side that nobody has acknowledged, a reset counts if it answers its peer's SYN (RFC 9293
 * section 3.10.7.3), or if nothing at all is known of the connection. What the peer has acknowledged is where the peer
 * expects it. Where a SYN's bytes wait, the next number is behind them or not: its peer has not told. */
static enum reset judge_reset(const struct reassembly *r, const struct arrival *a)
{
    const struct reassembly_side *s = &r->side[a->from];
    const struct reassembly_side *o = &r->side[other_side(a->from)];
    const struct packet *p = a->packet;
    if (s->flags & SIDE_ANCHORED) {
        uint64_t offset = s->next + (uint64_t)(int64_t)side_ahead(s, p->seq);
        uint64_t reach = side_ended(s) ? s->next : side_reach(s, o->state == SIDE_UNSEEN);
        if (offset == s->next || offset == reach || side_offers_up_to(s, p->seq))
            return RESET_TAKEN;
        return reset_answers(s, offset) ? RESET_ANSWERS : RESET_WRONG;
    }
    bool answers = side_ahead(o, p->ack) == 0 || side_offers_up_to(o, p->ack) ||
                   ((o->flags & SIDE_SYN_KNOWN) && p->ack == o->isn + 1);
    bool first = !(o->flags & SIDE_ANCHORED);
    return first || ((p->flags & TCP_ACK) && answers) ? RESET_TAKEN : RESET_WRONG;
}

/* Delivers a piece at once where it can, else holds it. */
static enum segment piece_take(const struct delivery *d, enum side from, const struct piece *piece, struct slice bytes)
{
    struct reassembly_side *s = &d->r->side[from];
    const struct reassembly_side *o = &d->r->side[other_side(from)];
    uint64_t end = piece->offset + bytes.size + piece->cut + (piece->ends ? 1 : 0);
    bool alone = !s->held || end <= held_first(s)->piece.offset;
    bool untimely = side_awaited(o, piece->ack), doubts = side_doubts(s, piece, bytes.size);
    bool due = piece->offset == s->next && !untimely && !doubts;
    if (due && alone) {
        delivery_piece(d, from, piece, bytes);
        return SEGMENT_DELIVERED;
    }
    struct piece part = *piece;
    /* What acknowledges bytes that were never sent is not taken (RFC 9293 section 3.10.7.4): whether they were shows
     * later, and until then everything else counts before it. */
    part.begin = due ? 0 : untimely ? PIECE_UNTIMELY : doubts ? PIECE_DOUBTFUL + piece->doubt - 1U : piece->begin;
    enum segment outcome = SEGMENT_REPEATED;
    part.ends = 0;
    if (bytes.size || piece->cut)
        outcome = held_insert(s, &part, bytes, d->memory, d->counts);
    if (piece->ends && outcome != SEGMENT_OUTSIDE) {
        part = (struct piece){.offset = piece->offset + bytes.size + piece->cut,
                              .begin = part.begin,
                              .ends = piece->ends,
                              .doubt = piece->doubt,
                              .ack = piece->ack,
                              .time = piece->time,
                              .clock = piece->clock,
                              .number = piece->number};
        enum segment end_outcome = held_insert(s, &part, slice_of(""), d->memory, d->counts);
        bool tells = outcome == SEGMENT_REPEATED || end_outcome == SEGMENT_CONFLICTING;
        outcome = tells ? end_outcome : outcome;
    }
    return outcome;
}

static struct piece piece_of(const struct packet *p, uint64_t ack)
{
    return (struct piece){.ack = ack, .time = p->time, .clock = p->clock, .number = p->number, .cut = p->cut};
}

static enum segment take_reset(const struct delivery *d, const struct arrival *a)
{
    struct reassembly_side *s = &d->r->side[a->from];
    struct reassembly_side *o = &d->r->side[other_side(a->from)];
    const struct packet *p = a->packet;
    d->counts->outside += p->payload.size; /* a reset's payload is a remark, no data (RFC 9293 section 3.5.2) */
    if (s->state == SIDE_RESET)
        return (s->flags & SIDE_ANCHORED) && side_ahead(s, p->seq) == 0 ? SEGMENT_REPEATED : SEGMENT_OUTSIDE;
    enum reset judged = judge_reset(d->r, a);
    if (judged != RESET_TAKEN)
        return judged == RESET_ANSWERS ? SEGMENT_REPEATED : SEGMENT_OUTSIDE;
    if (!(s->flags & SIDE_ANCHORED))
        side_anchor(s, p->seq, LATE, 0);
    side_seen(s);
    bool offers = s->flags & SIDE_OFFERED;
    bool offered = o->flags & SIDE_OFFERED; /* a reset acknowledges all of a SYN, and takes nothing of it */
    for (enum side side = CLIENT; side <= SERVER; side++)
        delivery_end_offer(d, side);
    uint64_t ack = !offered && (o->flags & SIDE_ANCHORED) && !side_far(o, p->ack) ? side_acknowledge(o, p) : 0;
    struct piece piece = piece_of(p, ack);
    int32_t ahead = side_ahead(s, p->seq);
    bool taken_back = offers && !s->held;
    piece.offset = piece.begin = taken_back || ahead < 0 ? s->next : s->next + (uint32_t)ahead;
    piece.cut = 0;
    piece.ends = TCP_RST;
    return piece_take(d, a->from, &piece, slice_of(""));
}

/* What lies wholly before `next`, or behind the end. */
static enum segment take_old(const struct delivery *d, const struct arrival *a, bool before)
{
    const struct reassembly_side *s = &d->r->side[a->from];
    const struct packet *p = a->packet;
    uint32_t end = a->seq + (uint32_t)p->payload.size + p->cut;
    if (before) {
        d->counts->repeated += p->payload.size;
        bool known_end = s->state == SIDE_FINISHED && side_ahead(s, end) == -1;
        return a->fin && !known_end ? SEGMENT_OUTSIDE : SEGMENT_REPEATED;
    }
    d->counts->outside += p->payload.size;
    return p->payload.size || p->cut || a->fin ? SEGMENT_OUTSIDE : SEGMENT_DELIVERED;
}

/* The peer has acknowledged the SYN, and up to `ack`: as far counts what was offered. */
static void side_judge_offer(const struct delivery *d, enum side side, uint64_t ack)
{
    struct reassembly_side *s = &d->r->side[side];
    const struct held *first = held_first(s);
    s->flags &= (uint8_t) ~(SIDE_OFFERED | SIDE_WENT_ON);
    if (ack >= held_end(first))
        return;
    struct held *h = held_pop(s);
    size_t taken = ack > h->piece.offset ? (size_t)(ack - h->piece.offset) : 0;
    struct slice bytes = slice_part(held_bytes(h), 0, taken);
    struct piece part = h->piece;
    part.cut = (uint32_t)(taken - bytes.size);
    d->counts->outside += h->size - bytes.size;
    if (taken)
        held_insert(s, &part, bytes, d->memory, d->counts);
    held_free(h, d->memory);
}

/* The side itself sends numbers again that its SYN offered: these bytes count.
 * @return whether they differ. */
static bool side_withdraw_offer(const struct delivery *d, enum side side, uint64_t offset, struct slice bytes)
{
    const struct held *first = held_first(&d->r->side[side]);
    size_t from = (size_t)(offset - first->piece.offset), most = first->size > from ? first->size - from : 0;
    size_t common = most < bytes.size ? most : bytes.size;
    bool differs = common > 0 && memcmp(held_bytes(first).data + from, bytes.data, common) != 0;
    delivery_pass_over(d, side);
    return differs;
}

static enum segment take_bytes(const struct delivery *d, const struct arrival *a, uint64_t ack)
{
    const struct reassembly_side *s = &d->r->side[a->from];
    struct slice bytes = a->packet->payload;
    struct piece piece = piece_of(a->packet, ack);
    piece.doubt = (uint8_t)a->doubt;
    bool differs = false;
    int32_t ahead = side_ahead(s, a->seq);
    size_t total = bytes.size + piece.cut + (a->fin ? 1 : 0);
    size_t seen = ahead < 0 ? (uint32_t)-ahead : 0;
    if (seen && seen >= total)
        return take_old(d, a, true);
    if (side_ended(s))
        return take_old(d, a, false);
    if (total == 0)
        return SEGMENT_DELIVERED;
    size_t repeated = seen < bytes.size ? seen : bytes.size;
    d->counts->repeated += repeated;
    bytes = slice_part(bytes, repeated, bytes.size);
    piece.cut -= (uint32_t)(seen - repeated);
    piece.begin = s->next + (uint64_t)(int64_t)ahead;
    piece.offset = ahead > 0 ? piece.begin : s->next;
    piece.ends = a->fin ? TCP_FIN : 0;
    if ((s->flags & SIDE_OFFERED) && piece.offset < held_end(held_first(s)))
        differs = side_withdraw_offer(d, a->from, piece.offset, bytes);
    enum segment outcome = piece_take(d, a->from, &piece, bytes);
    return differs ? SEGMENT_CONFLICTING : outcome;
}

/* A SYN that comes again while its bytes wait: no others are taken for them. */
static enum segment take_offer_again(const struct delivery *d, const struct held *first, struct slice bytes)
{
    size_t common = bytes.size < first->size ? bytes.size : first->size;
    bool differs = common > 0 && memcmp(held_bytes(first).data, bytes.data, common) != 0;
    d->counts->repeated += bytes.size;
    d->counts->conflicting += differs ? common : 0;
    return differs ? SEGMENT_CONFLICTING : SEGMENT_REPEATED;
}

/* The bytes of a SYN: those that the peer has acknowledged, or that wait until it does. */
static enum segment take_offer(const struct delivery *d, const struct arrival *a, uint64_t ack)
{
    struct reassembly_side *s = &d->r->side[a->from];
    const struct packet *p = a->packet;
    const struct held *first = held_first(s);
    int32_t ahead = side_ahead(s, a->seq);
    uint64_t offset = s->next + (uint64_t)(int64_t)ahead, end = offset + p->payload.size + p->cut;
    if (s->flags & SIDE_OFFERED)
        return take_offer_again(d, first, p->payload);
    bool told = s->acked >= offset;
    if (!told && ahead == 0 && !side_ended(s) && !(first && first->piece.offset < end)) {
        struct piece piece = piece_of(p, ack);
        piece.offset = piece.begin = offset;
        enum segment outcome = held_insert(s, &piece, p->payload, d->memory, d->counts);
        s->flags |= outcome == SEGMENT_HELD ? SIDE_OFFERED : 0;
        return outcome;
    }
    uint64_t taken = told ? s->acked - offset : 0;
    struct packet part = *p;
    part.payload = slice_part(p->payload, 0, taken < p->payload.size ? (size_t)taken : p->payload.size);
    part.cut = taken - part.payload.size < p->cut ? (uint32_t)(taken - part.payload.size) : p->cut;
    d->counts->outside += p->payload.size - part.payload.size;
    return take_bytes(d, &(struct arrival){.packet = &part, .from = a->from, .seq = a->seq, .syn = true}, ack);
}

/* A segment that is no reset. */
static enum segment take_segment(const struct delivery *d, const struct arrival *a)
{
    struct reassembly_side *s = &d->r->side[a->from];
    struct reassembly_side *o = &d->r->side[other_side(a->from)];
    const struct packet *p = a->packet;
    bool far = side_far(s, a->seq) || ((p->flags & TCP_ACK) && side_far(o, p->ack)) || p->cut >= FAR;
    if (far || !(p->flags & (TCP_SYN | TCP_ACK))) { /* RFC 9293 section 3.10.7.4: without ACK it is dropped */
        d->counts->outside += p->payload.size;
        return SEGMENT_OUTSIDE;
    }
    bool again = a->syn && s->state != SIDE_UNSEEN;
    side_see(s, a);
    uint64_t ack = side_acknowledge(o, p);
    if (a->doubt == NO_DOUBT && !side_awaited(o, ack))
        doubt_keep_stamp(d->r, a->from, p);
    if ((o->flags & SIDE_OFFERED) && ack)
        side_judge_offer(d, other_side(a->from), ack);
    if ((s->flags & SIDE_OFFERED) && !a->syn)
        s->flags |= SIDE_WENT_ON;
    if (o->held && ack && p->payload.size + p->cut == 0)
        delivery_refute(d, other_side(a->from), ack, s->next + (uint64_t)(int64_t)side_ahead(s, a->seq));
    bool offers = a->syn && (p->payload.size || p->cut);
    enum segment outcome = offers ? take_offer(d, a, ack) : take_bytes(d, a, ack);
    return again && outcome == SEGMENT_DELIVERED && (offers || p->payload.size == 0) ? SEGMENT_REPEATED : outcome;
}

void reassembly_init(struct reassembly *r, struct stream *above)
{
    *r = (struct reassembly){.above = above};
}

/* Of a connection that goes on, the next in order, while all is settled: as nearly every segment is. */
static bool is_plain(const struct reassembly *r, enum side from, const struct packet *p)
{
    const struct reassembly_side *s = &r->side[from], *o = &r->side[other_side(from)];
    int32_t ahead = side_ahead(o, p->ack);
    return (p->flags & (TCP_SYN | TCP_FIN | TCP_RST | TCP_ACK)) == TCP_ACK && s->state == SIDE_OPEN &&
           o->state == SIDE_OPEN && is_settled(r) && side_ahead(s, p->seq) == 0 && p->cut == 0 && ahead <= 0 &&
           ahead > -FAR && doubt_segment(r, from, p) == NO_DOUBT;
}

/* What the calls below come to for it, at a quarter of their cost. */
static enum segment take_plain(struct reassembly *r, enum side from, const struct packet *p,
                               struct reassembly_counts *counts)
{
    struct reassembly_side *o = &r->side[other_side(from)];
    uint64_t ack = o->next - (uint32_t)-side_ahead(o, p->ack);
    if (ack > o->acked)
        o->acked = ack;
    doubt_keep_stamp(r, from, p);
    counts->payload += p->payload.size;
    if (p->payload.size)
        delivery_push(r, from, p->time, p->payload, counts);
    return SEGMENT_DELIVERED;
}

static enum segment __attribute__((noinline))
take_any(struct reassembly *r, enum side from, const struct packet *p, const struct reassembly_limits *limits,
         struct memory *memory, struct reassembly_counts *counts)
{
    struct delivery d = {r, limits, memory, counts, p->time, p->clock};
    bool syn = (p->flags & (TCP_SYN | TCP_RST)) == TCP_SYN;
    struct arrival a = {
        .packet = p, .from = from, .seq = p->seq + syn, .syn = syn, .fin = (p->flags & TCP_FIN) && !syn};
    a.doubt = syn ? NO_DOUBT : doubt_segment(r, from, p);
    enum segment outcome = syn ? side_judge_syn(r, from, p) : SEGMENT_DELIVERED;
    if (outcome == SEGMENT_NEW_LIFE)
        return outcome;
    counts->payload += p->payload.size;
    if (outcome == SEGMENT_OUTSIDE)
        counts->outside += p->payload.size;
    else if (p->flags & TCP_RST)
        outcome = take_reset(&d, &a);
    else
        outcome = take_segment(&d, &a);
    if (!is_settled(r))
        delivery_settle(&d);
    return outcome == SEGMENT_HELD && !r->side[from].held ? SEGMENT_DELIVERED : outcome;
}

enum segment reassembly_segment(struct reassembly *r, enum side from, const struct packet *p,
                                const struct reassembly_limits *limits, struct memory *memory,
                                struct reassembly_counts *counts)
{
    if (is_plain(r, from, p))
        return take_plain(r, from, p, counts);
    return take_any(r, from, p, limits, memory, counts);
}

bool reassembly_over(const struct reassembly *r)
{
    const struct reassembly_side *c = &r->side[CLIENT];
    const struct reassembly_side *s = &r->side[SERVER];
    if (c->state == SIDE_RESET || s->state == SIDE_RESET)
        return side_ended(c) && side_ended(s);
    return side_ended(c) && side_ended(s) && c->acked >= c->next && s->acked >= s->next;
}

bool reassembly_fits_unseen(const struct reassembly *r, enum side from, const struct packet *p)
{
    enum { NEAR = 1 << 20 };
    const struct reassembly_side *other = &r->side[!from];
    return r->side[from].state == SIDE_UNSEEN && other->flags & SIDE_ANCHORED && p->flags & TCP_ACK &&
           p->ack - (other->isn + (uint32_t)other->next) + NEAR < 2 * NEAR;
}

static bool side_leaps(const struct reassembly_side *s, uint32_t number, uint32_t most)
{
    uint64_t furthest = s->acked > s->next ? s->acked : s->next;
    int32_t ahead = (int32_t)(number - (s->isn + (uint32_t)furthest));
    return (s->flags & SIDE_ANCHORED) && ahead > 0 && (uint32_t)ahead > most;
}

bool reassembly_leaps(const struct reassembly *r, enum side from, const struct packet *p, uint32_t most)
{
    return !(p->flags & (TCP_SYN | TCP_RST)) &&
           (side_leaps(&r->side[from], p->seq, most) ||
            (p->flags & TCP_ACK && side_leaps(&r->side[other_side(from)], p->ack, most)));
}

bool reassembly_holds(const struct reassembly *r)
{
    return r->side[CLIENT].held || r->side[SERVER].held;
}

bool reassembly_waits(const struct reassembly *r)
{
    return !is_settled(r) && delivery_waits(r);
}

void reassembly_wait(struct reassembly *r, moment clock, const struct reassembly_limits *limits, struct memory *memory,
                     struct reassembly_counts *counts)
{
    struct delivery d = {r, limits, memory, counts, clock, clock};
    delivery_age(&d);
}

void reassembly_swap(struct reassembly *r)
{
    struct reassembly_side client = r->side[CLIENT];
    uint32_t stamp = r->stamp[CLIENT];
    r->stamp[CLIENT] = r->stamp[SERVER];
    r->stamp[SERVER] = stamp;
    r->side[CLIENT] = r->side[SERVER];
    r->side[SERVER] = client;
}

void reassembly_end(struct reassembly *r, moment time, enum stream_end how, struct memory *memory,
                    struct reassembly_counts *counts)
{
    struct delivery d = {r, NULL, memory, counts, time, time};
    delivery_flush(&d);
    delivery_end(&d, how);
}
