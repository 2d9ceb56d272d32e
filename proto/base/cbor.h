/* A reader of CBOR (RFC 8949) of which perhaps only a beginning is there: bodies are cut.
 *
 * Item by item; who meets an array or a map reads its items, or passes them by. Tags are passed over, a number's value
 * is not looked at. Strings in chunks, which the API server never sends, and nesting deeper than CBOR_DEPTH are not
 * read. */
#ifndef PROTO_BASE_CBOR_H
#define PROTO_BASE_CBOR_H

#include "proto/base/slice.h"

enum { CBOR_DEPTH = 16 };

/** Named by their number in the first three bits: RFC 8949, 3.1. */
enum cbor_major { CBOR_UNSIGNED, CBOR_NEGATIVE, CBOR_BYTES, CBOR_TEXT, CBOR_ARRAY, CBOR_MAP, CBOR_TAG, CBOR_SIMPLE };

struct cbor_item {
    enum cbor_major major; /* not CBOR_TAG */
    uint64_t count;        /* items of an array, with keys those of a map; CBOR_OPEN: up to a break */
    struct slice bytes;    /* of a string */
    bool whole;            /* `bytes` are all of it */
    bool is_break;         /* the end of what is CBOR_OPEN */
};

#define CBOR_OPEN UINT64_MAX

enum cbor_end { CBOR_READ, CBOR_CUT, CBOR_UNREAD /* it is not CBOR, or not read */ };

/** @return CBOR_READ, or there is no item. The string that the cut falls into is one. */
enum cbor_end cbor_next(struct reader *r, struct cbor_item *item);

/** Passes by what is in `item`, which was read last. */
enum cbor_end cbor_pass(struct reader *r, const struct cbor_item *item);

static inline bool cbor_is_string(const struct cbor_item *item)
{
    return item->major == CBOR_BYTES || item->major == CBOR_TEXT;
}

#endif
