#include "proto/http/lines.h"

static bool is_empty(struct slice raw)
{
    return raw.data[0] == '\n' || (raw.size == 2 && raw.data[0] == '\r');
}

/* Whole lines are held, and what follows decides whether the field goes on. */
static bool is_waiting(const struct lines *l)
{
    return l->hold.size && l->hold.bytes[l->hold.size - 1] == '\n';
}

static enum lines_step give_held(struct lines *l, struct slice *raw)
{
    *raw = hold_slice(&l->hold);
    l->taken = true;
    return LINES_READ;
}

/* @return whether the line, the first of its field, can be given without looking at what follows. One without a name
 * goes on as others do: Go's reader passes over all of it. */
static bool is_final(struct slice raw, bool fields)
{
    struct field name;
    return !fields || is_empty(raw) || (raw.data[0] != ':' && !head_field_name(raw, &name));
}

static bool follows_no_fold(struct slice rest, size_t size)
{
    return size < rest.size && !head_folds(rest.data[size]);
}

enum lines_step lines_next(struct lines *l, struct memory *memory, size_t bound, bool fields, struct slice *rest,
                           struct slice *raw)
{
    if (l->taken)
        l->hold.size = 0;
    l->taken = false;
    while (rest->size) {
        bool waiting = is_waiting(l);
        if (waiting && !head_folds(rest->data[0]))
            return give_held(l, raw);
        size_t size = slice_find(*rest, '\n') + 1, room = bound - l->used;
        bool ended = size <= rest->size;
        bool large = ended ? size > room : rest->size >= room;
        struct slice piece = slice_part(*rest, 0, large ? room : size);
        if (ended && !large && l->hold.size == 0 && (follows_no_fold(*rest, size) || is_final(piece, fields))) {
            *raw = piece;
            l->used += (uint32_t)size;
            slice_take(rest, size);
            return LINES_READ;
        }
        if (!hold_add(&l->hold, piece, memory))
            return LINES_NO_MEMORY;
        l->used += (uint32_t)piece.size;
        slice_take(rest, piece.size);
        if (large)
            return LINES_TOO_LARGE;
        if (ended && !waiting && is_final(hold_slice(&l->hold), fields))
            return give_held(l, raw);
    }
    return LINES_MORE;
}

void lines_clear(struct lines *l, struct memory *memory)
{
    hold_clear(&l->hold, memory);
    *l = (struct lines){.used = 0};
}
