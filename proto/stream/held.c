#include "proto/stream/held.h"

/* Puts a copy behind `before`, or at the front if that is NULL.  @return it, or NULL without memory. */
static struct held *held_store(struct reassembly_side *s, struct held *before, const struct piece *piece,
                               struct slice bytes, struct memory *memory)
{
    struct held *h = memory_resize(memory, NULL, 0, sizeof *h + bytes.size);
    if (!h)
        return NULL;
    h->piece = *piece;
    h->size = h->room = (uint32_t)bytes.size;
    memcpy(h->bytes, bytes.data, bytes.size);
    struct held *last = s->held;
    if (!last) {
        h->after = h;
    } else {
        struct held *neighbour = before ? before : last;
        h->after = neighbour->after;
        neighbour->after = h;
    }
    if (!last || before == last)
        s->held = h;
    s->held_bytes += h->size;
    s->held_segments++;
    return h;
}

/* What is left of a piece without bytes, beside what is held: it never stands inside of that.
 * @return SEGMENT_HELD: something is left. */
static enum segment held_rest(const struct held *h, struct piece *rest)
{
    uint64_t end = h->piece.offset + h->size;
    if (end == rest->offset && h->piece.ends == rest->ends && h->piece.cut >= rest->cut)
        return SEGMENT_REPEATED;
    if (h->piece.offset > rest->offset || end <= rest->offset)
        return SEGMENT_HELD;
    if (rest->ends) /* bytes seen before it go on behind it */
        return SEGMENT_OUTSIDE;
    uint64_t known = end - rest->offset;
    if (known >= rest->cut)
        return SEGMENT_REPEATED;
    rest->cut -= (uint32_t)known;
    rest->offset = end;
    return SEGMENT_HELD;
}

static bool held_behind_all(const struct reassembly_side *s, const struct piece *piece, struct slice bytes)
{
    if (!s->held)
        return false;
    uint64_t end = s->held->piece.offset + s->held->size + (s->held->piece.ends ? 1 : 0);
    return end < piece->offset || (end == piece->offset && bytes.size);
}

/* Splits the part off that lies before what is held. */
static struct slice piece_split(struct piece *piece, struct slice *bytes, size_t size)
{
    piece->offset += size;
    return slice_take(bytes, size);
}

/* Counts bytes that are there twice.  @return whether they differ. */
static bool count_twice(const uint8_t *a, const uint8_t *b, size_t size, struct reassembly_counts *counts)
{
    bool differs = size > 0 && memcmp(a, b, size) != 0;
    counts->repeated += size;
    counts->conflicting += differs ? size : 0;
    return differs;
}

/* Counts the bytes of `piece` that are held, all at its start, and takes them off. */
static bool piece_repeats(struct piece *piece, struct slice *bytes, const struct held *h,
                          struct reassembly_counts *counts)
{
    size_t from = (size_t)(piece->offset - h->piece.offset);
    size_t common = h->size - from < bytes->size ? h->size - from : bytes->size;
    struct slice part = piece_split(piece, bytes, common);
    return count_twice(held_bytes(h).data + from, part.data, common, counts);
}

/* Whether what both have is the piece's. Of what is held nothing stands before it then, unless that only waits. */
static bool piece_counts_before(const struct piece *piece, struct slice bytes, const struct held *h)
{
    uint64_t end = piece->offset + bytes.size + (piece->ends ? 1 : 0);
    uint64_t held_to = h->piece.offset + h->size + (h->piece.ends ? 1 : 0);
    bool apart = end <= h->piece.offset || held_to <= piece->offset;
    if (apart || h->piece.ends & TCP_RST || (piece->ends && h->piece.ends))
        return false;
    bool longer = piece->offset <= h->piece.offset && end > held_to;
    return piece->begin < h->piece.begin || (piece->begin == h->piece.begin && longer);
}

/* What both have. */
struct common {
    size_t in_held, in_piece, size;
};

static struct common in_common(const struct held *h, const struct piece *piece, struct slice bytes)
{
    uint64_t from = piece->offset > h->piece.offset ? piece->offset : h->piece.offset;
    uint64_t end = piece->offset + bytes.size, held_to = h->piece.offset + h->size;
    uint64_t to = end < held_to ? end : held_to;
    return (struct common){.in_held = (size_t)(from - h->piece.offset),
                           .in_piece = (size_t)(from - piece->offset),
                           .size = to > from ? (size_t)(to - from) : 0};
}

/* Whether they have the same there: then it does not matter which is kept. */
static bool held_agrees(const struct held *h, const struct piece *piece, struct slice bytes)
{
    struct common c = in_common(h, piece, bytes);
    bool ends = piece->ends || h->piece.ends;
    return !ends && (c.size == 0 || memcmp(held_bytes(h).data + c.in_held, bytes.data + c.in_piece, c.size) == 0);
}

static void held_remove(struct reassembly_side *s, struct held *before, struct held *h, struct memory *memory)
{
    struct held *previous = before ? before : s->held;
    previous->after = h->after;
    if (h == s->held)
        s->held = before;
    s->held_bytes -= h->size;
    s->held_segments--;
    held_free(h, memory);
}

/* Takes off what is held from an offset on. */
static void held_end_at(struct reassembly_side *s, struct held *h, uint64_t end, struct reassembly_counts *counts)
{
    uint32_t keep = end > h->piece.offset ? (uint32_t)(end - h->piece.offset) : 0, gone = h->size - keep;
    counts->outside += gone;
    s->held_bytes -= gone;
    h->size = keep;
    h->piece.cut = 0;
}

/* What lies before an offset becomes a piece of its own, so that the rest begins there. Only that is copied: however
 * often a segment is split, its memory is not taken again. @return what stands before the rest now; without memory as
 * before. */
static struct held *held_split(struct reassembly_side *s, struct held *before, struct held *h, uint64_t offset,
                               struct memory *memory)
{
    uint32_t size = (uint32_t)(offset - h->piece.offset);
    struct piece part = h->piece;
    part.cut = part.ends = 0;
    struct held *front = held_store(s, before, &part, slice_part(held_bytes(h), 0, size), memory);
    if (!front)
        return before;
    h->piece.offset = offset;
    h->skip += size;
    h->size -= size;
    s->held_bytes -= size;
    return front;
}

/* Takes off what is held as far as the piece goes. What was cut behind that goes over to the piece; what only waits
 * goes from there on. @return whether the bytes differ. */
static bool held_give_way(struct reassembly_side *s, struct held *h, struct piece *piece, struct slice bytes,
                          struct reassembly_counts *counts)
{
    struct common c = in_common(h, piece, bytes);
    bool differs = count_twice(held_bytes(h).data + c.in_held, bytes.data + c.in_piece, c.size, counts);
    if (c.in_held > 0) {
        held_end_at(s, h, piece->offset, counts);
        counts->outside -= c.size; /* counted as repeated */
        return differs;
    }
    h->piece.offset += c.size;
    h->skip += (uint32_t)c.size;
    h->size -= (uint32_t)c.size;
    s->held_bytes -= (uint32_t)c.size;
    uint64_t end = piece->offset + bytes.size, cut_to = h->piece.offset + h->piece.cut;
    if (h->size == 0 && cut_to > end && cut_to - end > piece->cut)
        piece->cut = (uint32_t)(cut_to - end);
    return differs || h->piece.ends;
}

/* A FIN that is held and counts ends the piece: nothing behind it is taken. */
static void piece_end_at(struct piece *piece, struct slice *bytes, const struct held *h,
                         struct reassembly_counts *counts)
{
    size_t size = (size_t)(h->piece.offset - piece->offset);
    counts->outside += bytes->size - size;
    *bytes = slice_part(*bytes, 0, size);
    piece->cut = 0;
    piece->ends = 0;
}

enum segment held_insert(struct reassembly_side *s, const struct piece *piece, struct slice bytes,
                         struct memory *memory, struct reassembly_counts *counts)
{
    struct piece rest = *piece;
    bool some = false, differs = false;
    bool behind_all = held_behind_all(s, piece, bytes);
    struct held *before = behind_all ? s->held : NULL;
    struct held *h = behind_all ? NULL : held_first(s);
    while (h && h->piece.offset <= rest.offset + bytes.size) {
        struct held *after = h == s->held ? NULL : h->after;
        bool before_it = piece_counts_before(&rest, bytes, h), waits = h->piece.begin >= PIECE_DOUBTFUL;
        bool same = before_it && held_agrees(h, &rest, bytes), agrees = same && !waits;
        if (agrees && rest.offset + bytes.size >= h->piece.offset + h->size)
            h->piece.begin = rest.begin;
        if (before_it && !agrees) {
            if (same && h->piece.offset < rest.offset)
                before = held_split(s, before, h, rest.offset, memory);
            differs |= rest.ends || held_give_way(s, h, &rest, bytes, counts);
            if (rest.ends)
                held_end_at(s, h, rest.offset, counts);
            if (h->size == 0) {
                held_remove(s, before, h, memory);
                h = after;
            }
            continue;
        }
        bool within = h->piece.offset >= rest.offset && h->piece.offset < rest.offset + bytes.size;
        if (h->piece.ends && within) {
            piece_end_at(&rest, &bytes, h, counts);
            differs = true;
        }
        if (bytes.size && rest.offset < h->piece.offset) {
            struct piece front = rest;
            front.cut = 0;
            front.ends = 0;
            struct slice part = piece_split(&rest, &bytes, (size_t)(h->piece.offset - rest.offset));
            if (!held_store(s, before, &front, part, memory)) {
                counts->outside += part.size + bytes.size;
                return SEGMENT_OUTSIDE;
            }
            some = true;
        }
        if (bytes.size && rest.offset < h->piece.offset + h->size)
            differs |= piece_repeats(&rest, &bytes, h, counts);
        enum segment left = bytes.size ? SEGMENT_HELD : held_rest(h, &rest);
        if (left != SEGMENT_HELD || (bytes.size == 0 && rest.cut == 0 && rest.ends == 0))
            return differs ? SEGMENT_CONFLICTING : some ? SEGMENT_HELD : left == SEGMENT_HELD ? SEGMENT_REPEATED : left;
        before = h;
        h = after;
    }
    if (!held_store(s, before, &rest, bytes, memory)) {
        counts->outside += bytes.size;
        return SEGMENT_OUTSIDE;
    }
    return differs ? SEGMENT_CONFLICTING : SEGMENT_HELD;
}

struct held *held_pop(struct reassembly_side *s)
{
    struct held *first = held_first(s);
    if (!first)
        return NULL;
    if (first == s->held)
        s->held = NULL;
    else
        s->held->after = first->after;
    s->held_bytes -= first->size;
    s->held_segments--;
    return first;
}

void held_discard(struct reassembly_side *s, uint64_t reset_at, struct memory *memory, struct reassembly_counts *counts)
{
    struct held *kept = NULL;
    for (unsigned left = s->held_segments; left > 0; left--) {
        struct held *h = kept ? kept->after : held_first(s);
        if (h->piece.ends & TCP_RST && h->piece.offset == reset_at) {
            kept = h;
            continue;
        }
        counts->outside += h->size;
        held_remove(s, kept, h, memory);
    }
}

void held_free(struct held *h, struct memory *memory)
{
    memory_resize(memory, h, sizeof *h + h->room, 0);
}
