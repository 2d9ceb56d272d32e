#include "proto/stream/held.h"

/** Puts a copy behind `before`, or at the front if that is NULL.  @return it, or NULL without memory. */
static struct held *held_store(struct reassembly_side *s, struct held *before, const struct piece *piece,
                               struct slice bytes, struct memory *memory)
{
    struct held *h = memory_resize(memory, NULL, 0, sizeof *h + bytes.size);
    if (!h)
        return NULL;
    h->piece = *piece;
    h->size = (uint32_t)bytes.size;
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

/** What is left of a piece without bytes, beside what is held: it never stands inside of that.
 *  @return SEGMENT_HELD: something is left. */
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
    uint64_t end = s->held->piece.offset + s->held->size;
    return end < piece->offset || (end == piece->offset && bytes.size);
}

/** Splits the part off that lies before what is held. */
static struct slice piece_split(struct piece *piece, struct slice *bytes, size_t size)
{
    struct slice part = slice_part(*bytes, 0, size);
    *bytes = slice_part(*bytes, size, bytes->size);
    piece->offset += size;
    return part;
}

/** Counts the bytes of `piece` that are held, all at its start, and takes them off. */
static bool piece_repeats(struct piece *piece, struct slice *bytes, const struct held *h,
                          struct reassembly_counts *counts)
{
    size_t from = (size_t)(piece->offset - h->piece.offset);
    size_t common = h->size - from < bytes->size ? h->size - from : bytes->size;
    struct slice part = piece_split(piece, bytes, common);
    bool differs = common > 0 && memcmp(h->bytes + from, part.data, common) != 0;
    counts->repeated += common;
    counts->conflicting += differs ? common : 0;
    return differs;
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
        if (bytes.size && rest.offset < h->piece.offset) {
            struct piece front = {
                .offset = rest.offset, .ack = rest.ack, .time = rest.time, .clock = rest.clock, .number = rest.number};
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
        h = h == s->held ? NULL : h->after;
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

void held_free(struct held *h, struct memory *memory)
{
    memory_resize(memory, h, sizeof *h + h->size, 0);
}
