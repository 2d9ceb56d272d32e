/* The entries of an HPACK table (RFC 7541, section 2.3.2) that were seen to be inserted.
 *
 * Every entry has a place: the first one ever inserted HPACK_PLACE_FIRST, the next one more. An index counts back from
 * the newest, so the unknown older entries have the places below, which are more than a table of 2^32 bytes has
 * entries. A place is also the number of a stranger: of a name that stands in an unknown entry. */
#ifndef PROTO_HTTP_HPACK_TABLE_H
#define PROTO_HTTP_HPACK_TABLE_H

#include "proto/base/memory.h"
#include "proto/http/field.h"

enum { HPACK_PLACE_FIRST = 1 << 30 };

/** Its bytes are the name and the value, or, where the name is a stranger, the stranger's number and the value. */
struct hpack_entry {
    uint16_t at; /* counted on from the first byte ever inserted, modulo 2^16: more is never kept */
    uint16_t name_size, value_size;
    uint8_t id;
    bool stranger, pseudo, inferred; /* its name */
};

/** What it holds is wiped when it is given up. */
struct hpack_table {
    struct memory *memory;
    struct hpack_entry *entries; /* a ring: slot = place modulo `slots`, a power of two */
    uint8_t *bytes;              /* of the kept entries, from `start` to `end`, the oldest first */
    uint32_t slots, room;
    uint32_t oldest, next; /* places: of the oldest kept, of the next inserted */
    uint32_t start, end;
    uint32_t origin; /* what an entry's `at` counts is this much before bytes[0] */
    uint32_t size;   /* as section 4.1 counts */
};

/** Also gives its memory back. */
void hpack_table_empty(struct hpack_table *t);

/** Drops the oldest until no more than `bound` bytes are left. */
void hpack_table_evict(struct hpack_table *t, uint32_t bound);

/** @param limit  of the table's size. @return false: no memory. */
bool hpack_table_insert(struct hpack_table *t, const struct field *f, uint32_t limit);

/** @param place  of a kept entry. @param f  its slices are valid until the table changes. */
void hpack_table_read(const struct hpack_table *t, uint32_t place, struct field *f);

#endif
