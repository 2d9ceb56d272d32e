#include "proto/http/http1.h"

#include "proto/http/http1_inside.h"

/* A smaller bound could not even hold a start line. */
enum { HEAD_BYTES_MIN = 16 };

void http1_mark(struct http1 *h, enum side from, enum http_mark mark)
{
    http1_marks(h, from, 1U << mark);
}

void http1_marks(struct http1 *h, enum side from, uint32_t marks)
{
    marks &= ~h->half[from].told;
    if (marks == 0)
        return;
    h->half[from].told |= marks;
    void *thing = http1_thing(h, from);
    for (unsigned m = 0; thing && m < HTTP_MARKS; m++) {
        if (marks >> m & 1)
            h->events->mark(thing, from, (enum http_mark)m);
    }
}

static void leave(struct http1 *h, enum side from, enum at at)
{
    struct half *side = &h->half[from];
    if (side->lines.hold.capacity)
        lines_clear(&side->lines, h->memory);
    side->lines.used = 0;
    side->at = at;
    side->began = false;
    side->told = 0;
}

void http1_done(struct http1 *h, enum side from, enum message_end how)
{
    leave(h, from, AT_START);
    pair_done(&h->pairing, from, how);
}

void http1_refuse_all(struct http1 *h, enum side from)
{
    leave(h, from, AT_NOTHING);
    pair_done(&h->pairing, from, MESSAGE_REFUSED);
    if (from == SERVER)
        pair_part(&h->pairing);
}

void http1_refuse(struct http1 *h, enum side from)
{
    leave(h, from, AT_SEARCH);
    h->half[from].to_tell = 0;
    h->half[from].search = (struct search){.behind_lf = true}; /* nearly always: any method may follow */
    h->half[from].refused = true;
    pair_done(&h->pairing, from, MESSAGE_REFUSED);
    if (from == SERVER)
        pair_lost(&h->pairing, from);
}

/* Ends what this side is saying. */
static void cut(struct http1 *h, enum side from, enum message_end how)
{
    struct half *side = &h->half[from];
    bool in_message = side->at >= AT_FIELDS && side->at <= AT_UNTIL_END;
    if (side->at == AT_FIELDS || side->at == AT_TRAILERS)
        http1_head_cut(h, from);
    if (side->at == AT_FIELDS && side->kind == HEAD_INFORMATIONAL)
        pair_informed(&h->pairing);
    else if (in_message)
        pair_done(&h->pairing, from, how);
}

void http1_lost(struct http1 *h, enum side from, moment time)
{
    struct half *side = &h->half[from];
    /* What follows a 101 is no HTTP/1 any more, but where it begins is not known. */
    bool switching = from == SERVER && side->at == AT_FIELDS && side->status == 101;
    if (from == SERVER && pair_may_be_h2c(&h->pairing)) {
        cut(h, SERVER, MESSAGE_CUT); /* an informational head */
        http1_switch(h, time, slice_of(""));
        return;
    }
    if (switching || (from == SERVER && pair_may_switch(&h->pairing))) {
        http1_give_up(h, time, GAVE_UP_NO_RESUME);
        return;
    }
    cut(h, from, MESSAGE_CUT);
    leave(h, from, AT_SEARCH);
    side->to_tell = 0;
    side->search = (struct search){0};
    side->refused = false;
    pair_lost(&h->pairing, from);
}

static void give_up_sides(struct http1 *h, enum message_end how)
{
    for (enum side s = CLIENT; s <= SERVER; s++) {
        cut(h, s, how);
        leave(h, s, AT_NOTHING);
    }
    pair_over(&h->pairing, how);
}

void http1_give_up(struct http1 *h, moment time, enum gave_up reason)
{
    h->gave_up = true;
    give_up_sides(h, MESSAGE_CUT);
    h->events->gave_up(h->owner, time, reason);
}

/* RFC 7540, section 3.2. */
bool http1_is_h2c(struct slice protocol)
{
    return slice_same_nocase(protocol, slice_of("h2c"));
}

void http1_switch(struct http1 *h, moment time, struct slice protocol)
{
    struct half *client = &h->half[CLIENT];
    /* What the client said behind its request, before it knew, is the new protocol's already. */
    bool early = client->at == AT_START, lost = !early;
    struct hold held = {0};
    if (early) {
        held = client->lines.hold;
        client->lines.hold = (struct hold){0};
    }
    cut(h, CLIENT, MESSAGE_CUT);
    leave(h, CLIENT, AT_NOTHING);
    bool unread = protocol.size == 0 && pair_may_be_h2c(&h->pairing);
    void *thing = unread || http1_is_h2c(protocol) ? pair_hand_over(&h->pairing) : NULL;
    pair_done(&h->pairing, SERVER, MESSAGE_SWITCHED);
    give_up_sides(h, MESSAGE_CUT);
    h->switched = true;
    h->next = h->events->switched(h->owner, time, protocol, thing);
    if (h->next && lost)
        stream_gap(h->next, CLIENT, time, GAP_UNKNOWN);
    if (h->next && unread)
        stream_gap(h->next, SERVER, time, GAP_UNKNOWN);
    if (h->next && held.size)
        stream_push(h->next, CLIENT, time, hold_slice(&held));
    if (h->next && client->ended)
        stream_end(h->next, CLIENT, time, client->how);
    hold_clear(&held, h->memory);
}

static void search(struct http1 *h, enum side from, moment time, struct slice *rest)
{
    struct half *side = &h->half[from];
    struct slice head;
    enum search_result result =
        search_push(&side->search, &side->lines.hold, h->memory, from, h->limits.head_bytes, rest, &head);
    if (result == SEARCH_NO_MEMORY)
        http1_give_up(h, time, GAVE_UP_MEMORY);
    if (result != SEARCH_FOUND)
        return;
    struct hold found = side->lines.hold;
    side->lines.hold = (struct hold){0};
    leave(h, from, AT_START);
    /* Behind a hole what was refused may have been no message at all. */
    bool remainder = side->refused && !h->pairing.lost;
    if (from == CLIENT && side->search.passed && !remainder)
        pair_unseen_request(&h->pairing);
    side->refused = false;
    side->to_tell = 1U << MARK_BY_SEARCH;
    http1_read(h, from, time, head);
    hold_clear(&found, h->memory);
}

void http1_read(struct http1 *h, enum side from, moment time, struct slice rest)
{
    struct half *side = &h->half[from];
    while (rest.size && !h->switched) {
        switch (side->at) {
        case AT_START:
        case AT_FIELDS:
        case AT_TRAILERS: http1_head(h, from, time, &rest); break;
        case AT_SEARCH: search(h, from, time, &rest); break;
        case AT_NOTHING: return;
        default: http1_body(h, from, time, &rest); break;
        }
    }
    if (rest.size && h->next)
        stream_push(h->next, from, time, rest);
}

static void push(struct stream *s, enum side from, moment time, struct slice bytes)
{
    struct http1 *h = (struct http1 *)s;
    if (h->gave_up || h->half[from].ended || bytes.size == 0)
        return;
    if (h->last != from)
        search_turn(&h->half[from].search);
    h->last = from;
    http1_read(h, from, time, bytes);
}

static void gap(struct stream *s, enum side from, moment time, uint64_t size)
{
    struct http1 *h = (struct http1 *)s;
    struct half *side = &h->half[from];
    if (h->gave_up || side->ended || size == 0)
        return;
    if (h->switched) {
        if (h->next)
            stream_gap(h->next, from, time, size);
        return;
    }
    if (side->at != AT_NOTHING && http1_body_gap(h, from, size) > 0)
        http1_lost(h, from, time);
}

static void end(struct stream *s, enum side from, moment time, enum stream_end how)
{
    struct http1 *h = (struct http1 *)s;
    struct half *side = &h->half[from];
    if (h->gave_up || side->ended)
        return;
    side->ended = true;
    side->how = how;
    if (h->switched) {
        if (h->next)
            stream_end(h->next, from, time, how);
        return;
    }
    enum at at = side->at == AT_PEEK ? side->body : side->at;
    enum message_end message = how == END_RESET ? MESSAGE_RESET : MESSAGE_CUT;
    bool undecided = side->at == AT_PEEK && side->lines.hold.size;
    bool whole = at == AT_UNTIL_END && how == END_FIN && !side->body_lost && !undecided;
    cut(h, from, whole ? MESSAGE_WHOLE : message);
    pair_done(&h->pairing, from, message); /* of an answer that had only informational heads */
    leave(h, from, AT_NOTHING);
    if (from == SERVER)
        pair_no_answers(&h->pairing);
    if (h->half[other_side(from)].ended)
        pair_over(&h->pairing, message);
}

static void destroy(struct stream *s)
{
    struct http1 *h = (struct http1 *)s;
    lines_clear(&h->half[CLIENT].lines, h->memory);
    lines_clear(&h->half[SERVER].lines, h->memory);
    pair_deinit(&h->pairing);
    memory_resize(h->memory, h, sizeof *h, 0);
}

struct stream *http1_new(const struct http1_limits *limits, bool from_start, struct memory *memory,
                         const struct message_events *events, void *owner)
{
    static const struct stream_ops ops = {.push = push, .gap = gap, .end = end, .free = destroy};
    struct http1 *h = memory_resize(memory, NULL, 0, sizeof *h);
    if (!h)
        return NULL;
    h->stream.ops = &ops;
    h->limits = *limits;
    if (h->limits.head_bytes < HEAD_BYTES_MIN)
        h->limits.head_bytes = HEAD_BYTES_MIN;
    h->events = events;
    h->owner = owner;
    h->memory = memory;
    pair_init(&h->pairing, from_start, limits->open, memory, events, owner);
    if (!from_start)
        h->half[CLIENT].at = h->half[SERVER].at = AT_SEARCH;
    return &h->stream;
}

static bool half_may_rest(const struct half *half)
{
    return half->at == AT_START && half->lines.used == 0 && half->to_tell == 0;
}

bool http1_may_rest(const struct stream *http1)
{
    const struct http1 *h = (const struct http1 *)http1;
    return half_may_rest(&h->half[CLIENT]) && half_may_rest(&h->half[SERVER]) && pair_may_rest(&h->pairing);
}

struct stream *http1_wake(const struct http1_limits *limits, struct memory *memory, const struct message_events *events,
                          void *owner)
{
    struct stream *s = http1_new(limits, true, memory, events, owner);
    if (s)
        ((struct http1 *)s)->pairing.recognised = true;
    return s;
}

uint64_t http1_unpaired(const struct stream *http1)
{
    return ((const struct http1 *)http1)->pairing.untold;
}
