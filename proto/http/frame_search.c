#include "proto/http/frame_search.h"

enum { CHAINS = 4, HELD_MOST = 32768 /* of each */, NEAR = 256 };

/* What frames weigh. As much as ONE is needed at a turn, and ENOUGH at any time. */
enum { LITTLE = 1, ONE = 3, ENOUGH = 6 };

struct chain {
    struct hold hold;
    struct h2_frame frame; /* the last that began */
    uint32_t left;         /* of its payload */
    uint32_t stream;       /* the last that was named; 0: none yet */
    uint32_t block;        /* the stream whose header block goes on: only CONTINUATION may come; 0: none */
    uint8_t header;        /* bytes there are of the next header, FRAME_HEADER in a payload */
    uint8_t weight;
};

/* Whether a chain may begin here. What chance makes too often, or could not be used, is left to what follows: DATA of a
 * stream that only millions of requests lead to, too. */
static bool may_begin(const uint8_t *nine, enum side from)
{
    if (nine[0] != 0 || nine[3] >= FRAME_TYPES)
        return false;
    struct h2_frame f = frame_header_read(nine);
    if (!frame_header_plausible(&f, from))
        return false;
    /* Few frames are longer, and a false one is waited for to its end. */
    if (f.size == 0 || f.size > FRAME_PAYLOAD_MOST || (f.type == FRAME_DATA && f.stream >> 24))
        return false;
    return f.stream % 2 || f.stream == 0;
}

/* A block begins neither with index 0 nor with a field without a name (RFC 7541, section 6). */
static bool block_plausible(const struct h2_frame *f, struct slice payload)
{
    struct reader r = reader_of(payload);
    uint8_t padding = f->flags & FRAME_PADDED ? read_u8(&r) : 0;
    read_slice(&r, f->flags & FRAME_PRIORITISED ? 5 : f->type == FRAME_PUSH_PROMISE ? 4 : 0);
    if (padding >= reader_left(&r))
        return false;
    uint8_t first = read_u8(&r);
    bool named = first & 0x80 ? first != 0x80 : (first & 0x20) || (first & (first & 0x40 ? 0x3f : 0x0f));
    return named || (first != 0x80 && (reader_left(&r) == padding || read_u8(&r) & 0x7f));
}

/* What a payload has to be, where that is cheap to see. */
static bool payload_plausible(const struct h2_frame *f, struct slice payload)
{
    enum { LAST_CODE = 13, LAST_SETTING = 16 };
    struct reader r = reader_of(payload);
    uint32_t first = f->type == FRAME_SETTINGS ? 0 : read_u32(&r);
    switch (f->type) {
    case FRAME_HEADERS:
    case FRAME_PUSH_PROMISE: return block_plausible(f, payload);
    case FRAME_RST_STREAM: return first <= LAST_CODE;
    case FRAME_WINDOW_UPDATE: return first && first <= INT32_MAX;
    case FRAME_GOAWAY: return first <= INT32_MAX && read_u32(&r) <= LAST_CODE;
    case FRAME_SETTINGS:
        for (; reader_left(&r); read_u32(&r)) {
            uint16_t id = read_u16(&r);
            if (id == 0 || id > LAST_SETTING)
                return false;
        }
        return true;
    default: return true;
    }
}

/* Mostly, neighbours are of streams opened at about the same time; in tables of numbers the streams are anything. */
static bool near(const struct chain *c, const struct h2_frame *f)
{
    return c->stream == 0 || f->stream == 0 ||
           (f->stream > c->stream ? f->stream - c->stream : c->stream - f->stream) <= NEAR;
}

static bool fits(struct chain *c, enum side from)
{
    struct h2_frame *f = &c->frame;
    const uint8_t *nine = c->hold.bytes + c->hold.size - FRAME_HEADER;
    *f = frame_header_read(nine);
    if (nine[5] & 0x80 || !frame_header_may_follow(f, from))
        return false;
    if (f->type != FRAME_DATA && c->hold.size + f->size > HELD_MOST)
        return false;
    if (f->type == FRAME_CONTINUATION ? f->stream != c->block : c->block != 0)
        return false;
    if (f->type == FRAME_HEADERS || f->type == FRAME_PUSH_PROMISE || f->type == FRAME_CONTINUATION)
        c->block = f->flags & FRAME_END_HEADERS ? 0 : f->stream;
    int weight = c->weight;
    if (f->size && f->type < FRAME_TYPES && near(c, f))
        weight += f->type == FRAME_DATA || f->type == FRAME_GOAWAY ? LITTLE : ONE;
    c->weight = (uint8_t)(weight < ENOUGH ? weight : ENOUGH);
    c->stream = f->stream ? f->stream : c->stream;
    return true;
}

static bool in_data(const struct chain *c)
{
    return c->header == FRAME_HEADER && c->frame.type == FRAME_DATA;
}

static uint32_t needs(const struct chain *c)
{
    return c->header < FRAME_HEADER ? (uint32_t)(FRAME_HEADER - c->header) : c->left;
}

/* `size` bytes came, no more than it needs. @return whether it is a chain still. */
static bool goes_on(struct chain *c, enum side from, size_t size)
{
    if (c->header < FRAME_HEADER) {
        c->header = (uint8_t)(c->header + size);
        if (c->header < FRAME_HEADER)
            return true;
        if (!fits(c, from))
            return false;
        c->left = c->frame.size;
    } else {
        c->left -= (uint32_t)size;
    }
    if (c->left)
        return true;
    c->header = 0;
    struct slice held = hold_slice(&c->hold);
    return c->frame.type == FRAME_DATA ||
           payload_plausible(&c->frame, slice_part(held, held.size - c->frame.size, held.size));
}

static void drop(struct frame_search *s, unsigned which, struct memory *memory)
{
    hold_clear(&s->chains[which].hold, memory);
    s->count--;
    memmove(s->chains + which, s->chains + which + 1, (s->count - which) * sizeof *s->chains);
    if (s->count == 0)
        s->chains = memory_resize(memory, s->chains, CHAINS * sizeof *s->chains, 0);
}

void frame_search_clear(struct frame_search *s, struct memory *memory)
{
    while (s->count)
        drop(s, s->count - 1U, memory);
    s->size = 0;
}

/* All chains get `piece`. @param joined  whether one of them has read a header that ends with it. */
static bool follow(struct frame_search *s, enum side from, struct memory *memory, struct slice piece, bool *joined)
{
    for (unsigned i = 0; i < s->count;) {
        struct chain *c = &s->chains[i];
        bool header = c->header < FRAME_HEADER && needs(c) == piece.size;
        if (!in_data(c) && !hold_add(&c->hold, piece, memory))
            return false;
        if (goes_on(c, from, piece.size)) {
            *joined |= header;
            i++;
        } else {
            drop(s, i, memory);
        }
    }
    return true;
}

/* Makes place for a chain whose first frame is of `size`: of those that are one frame yet, that goes which would be
 * longest in the way. @return false: there is none. */
static bool make_place(struct frame_search *s, uint32_t size, struct memory *memory)
{
    unsigned longest = CHAINS;
    if (s->count < CHAINS)
        return true;
    for (unsigned i = 0; i < CHAINS; i++) {
        const struct chain *c = &s->chains[i];
        if (c->weight <= ONE && c->left > size) {
            longest = i;
            size = c->left;
        }
    }
    if (longest < CHAINS)
        drop(s, longest, memory);
    return longest < CHAINS;
}

static bool begin(struct frame_search *s, enum side from, struct memory *memory, const uint8_t *nine)
{
    if (!make_place(s, frame_header_read(nine).size, memory))
        return true;
    if (!s->chains)
        s->chains = memory_resize(memory, NULL, 0, CHAINS * sizeof *s->chains);
    if (!s->chains)
        return false;
    struct chain *c = &s->chains[s->count];
    *c = (struct chain){0};
    if (!hold_add(&c->hold, (struct slice){nine, FRAME_HEADER}, memory)) {
        if (s->count == 0)
            s->chains = memory_resize(memory, s->chains, CHAINS * sizeof *s->chains, 0);
        return false;
    }
    s->count++;
    if (!goes_on(c, from, FRAME_HEADER)) /* CONTINUATION, whose block's beginning is missing, or the reserved bit */
        drop(s, s->count - 1U, memory);
    return true;
}

/* Looks for a header that may begin a chain and ends in `piece`; then `piece` is cut to its end.
 * @return whether `nine` is one. */
static bool find(const struct frame_search *s, enum side from, struct slice *piece, uint8_t *nine)
{
    uint8_t seam[2 * (FRAME_HEADER - 1)];
    size_t more = slice_part(*piece, 0, FRAME_HEADER - 1).size, size = s->size + more;
    memcpy(seam, s->tail, s->size);
    memcpy(seam + s->size, piece->data, more);
    for (size_t i = 0; i < s->size && i + FRAME_HEADER <= size; i++) {
        if (may_begin(seam + i, from)) {
            memcpy(nine, seam + i, FRAME_HEADER);
            *piece = slice_part(*piece, 0, i + FRAME_HEADER - s->size);
            return true;
        }
    }
    for (size_t i = 0; i + FRAME_HEADER <= piece->size; i++) {
        i += slice_find(slice_part(*piece, i, piece->size), 0); /* may_begin() wants it */
        if (i + FRAME_HEADER <= piece->size && may_begin(piece->data + i, from)) {
            memcpy(nine, piece->data + i, FRAME_HEADER);
            *piece = slice_part(*piece, 0, i + FRAME_HEADER);
            return true;
        }
    }
    return false;
}

static void keep_tail(struct frame_search *s, struct slice piece)
{
    enum { MOST = FRAME_HEADER - 1 };
    struct slice last = slice_part(piece, piece.size > MOST ? piece.size - MOST : 0, piece.size);
    size_t stay = s->size + last.size > MOST ? MOST - last.size : s->size;
    memmove(s->tail, s->tail + s->size - stay, stay);
    memcpy(s->tail + stay, last.data, last.size);
    s->size = (uint8_t)(stay + last.size);
}

static void found_chain(struct frame_search *s, unsigned which, struct memory *memory, struct frames_found *found)
{
    *found = (struct frames_found){.hold = s->chains[which].hold, .left = s->chains[which].left};
    s->chains[which].hold = (struct hold){0};
    frame_search_clear(s, memory);
}

enum frame_search_result frame_search_push(struct frame_search *s, enum side from, struct memory *memory,
                                           struct slice *rest, struct frames_found *found)
{
    while (rest->size) {
        struct slice piece = *rest;
        for (unsigned i = 0; i < s->count; i++)
            piece = slice_part(piece, 0, needs(&s->chains[i]));
        uint8_t nine[FRAME_HEADER];
        bool joined = false, begins = find(s, from, &piece, nine);
        slice_take(rest, piece.size);
        keep_tail(s, piece);
        if (!follow(s, from, memory, piece, &joined) || (begins && !joined && !begin(s, from, memory, nine)))
            return FRAME_SEARCH_NO_MEMORY;
        if (s->count && s->chains[0].weight == ENOUGH) {
            found_chain(s, 0, memory, found);
            return FRAME_SEARCH_FOUND;
        }
    }
    return FRAME_SEARCH_MORE;
}

bool frame_search_turn(struct frame_search *s, struct memory *memory, struct frames_found *found)
{
    for (unsigned i = 0; i < s->count; i++) {
        const struct chain *c = &s->chains[i];
        if (c->header == 0 && !c->block && c->weight >= ONE) {
            found_chain(s, i, memory, found);
            return true;
        }
        if (c->weight > ONE)
            return false;
    }
    return false;
}
