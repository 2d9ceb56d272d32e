#include "proto/base/cbor.h"

enum { OPEN = 31, BREAK = 0xFF };

/* The number behind the first byte: RFC 8949, 3. @return false: there is no such. */
static bool read_number(struct reader *r, unsigned how, uint64_t *number)
{
    *number = how;
    switch (how) {
    case 24: *number = read_u8(r); break;
    case 25: *number = read_u16(r); break;
    case 26: *number = read_u32(r); break;
    case 27:
        *number = (uint64_t)read_u32(r) << 32;
        *number |= read_u32(r);
        break;
    default: return how < 24;
    }
    return true;
}

static enum cbor_end read_head(struct reader *r, struct cbor_item *item)
{
    unsigned first = read_u8(r), how = first & 31;
    *item = (struct cbor_item){.major = (enum cbor_major)(first >> 5), .bytes = {r->at, 0}, .whole = true};
    if (r->failed)
        return CBOR_CUT;
    if (how == OPEN) {
        item->is_break = first == BREAK;
        item->count = CBOR_OPEN;
        return item->is_break || item->major == CBOR_ARRAY || item->major == CBOR_MAP ? CBOR_READ : CBOR_UNREAD;
    }
    if (!read_number(r, how, &item->count))
        return CBOR_UNREAD;
    bool holds = item->major == CBOR_ARRAY || item->major == CBOR_MAP;
    if (holds && item->count >= CBOR_OPEN / 2)
        return CBOR_UNREAD;
    return r->failed ? CBOR_CUT : CBOR_READ;
}

enum cbor_end cbor_next(struct reader *r, struct cbor_item *item)
{
    enum cbor_end how;
    do {
        how = read_head(r, item);
    } while (how == CBOR_READ && item->major == CBOR_TAG);
    if (how != CBOR_READ)
        return how;
    if (cbor_is_string(item)) {
        item->whole = item->count <= reader_left(r);
        item->bytes = read_slice(r, item->whole ? (size_t)item->count : reader_left(r));
    } else if (item->major == CBOR_MAP && item->count != CBOR_OPEN) {
        item->count *= 2;
    }
    return CBOR_READ;
}

enum cbor_end cbor_pass(struct reader *r, const struct cbor_item *item)
{
    uint64_t left[CBOR_DEPTH];
    struct cbor_item next = *item;
    for (unsigned depth = 0;;) {
        if (next.major == CBOR_ARRAY || next.major == CBOR_MAP) {
            if (depth == CBOR_DEPTH)
                return CBOR_UNREAD;
            left[depth++] = next.count;
        } else if (next.is_break) {
            if (depth == 0 || left[--depth] != CBOR_OPEN)
                return CBOR_UNREAD;
        }
        while (depth > 0 && left[depth - 1] == 0)
            depth--;
        if (depth == 0)
            return CBOR_READ;
        left[depth - 1] -= left[depth - 1] != CBOR_OPEN;
        enum cbor_end how = cbor_next(r, &next);
        if (how != CBOR_READ)
            return how;
    }
}
