/* A bounded list of different values with how often each was seen: user agents, URIs, codes of a finding. */
#ifndef SENSOR_DETECT_LIST_H
#define SENSOR_DETECT_LIST_H

#include "proto/base/memory.h"
#include "proto/base/slice.h"
#include "proto/base/table.h"

enum { LIST_VALUES = 16, LIST_TEXT_MAX = 256 };

struct value_count {
    char *text; /* as on the wire, cut to LIST_TEXT_MAX; not ended by 0 */
    uint16_t size;
    uint32_t mark; /* of its size and end: most others are told apart by it */
    uint64_t hash; /* keyed: nobody outside can make a sum of them */
    uint64_t count;
};

struct value_list {
    struct value_count *values; /* NULL while empty; it grows to LIST_VALUES places */
    uint64_t left_out;          /* hits of values that had no place; how many different ones is not known */
    uint64_t filter;            /* a bit for each value, of its size and end: most that have no place are told by it */
    uint16_t used, last;        /* `last`: the place that was hit last, which is likely to be hit again */
};

/** Counts one hit of a value that was not the last: value_list_add(). */
void value_list_add_other(struct value_list *list, struct slice value, const struct hash_secret *secret,
                          struct memory *memory);

/** Counts one hit of `value`, cut to LIST_TEXT_MAX. Without memory or place it is left out, and counted so.
 *  @param secret  of the values' hashes. */
static inline void value_list_add(struct value_list *list, struct slice value, const struct hash_secret *secret,
                                  struct memory *memory)
{
    struct value_count *v = list->used ? &list->values[list->last] : NULL;
    if (v && v->size == value.size && memcmp(v->text, value.data, v->size) == 0)
        v->count++;
    else
        value_list_add_other(list, value, secret, memory);
}

/** The same of so many hits, at least one. */
void value_list_add_many(struct value_list *list, struct slice value, uint64_t hits, const struct hash_secret *secret,
                         struct memory *memory);

void value_list_clear(struct value_list *list, struct memory *memory);

/** Makes an empty list a copy. @return false: no memory; what was copied is to be cleared. */
bool value_list_copy(struct value_list *list, const struct value_list *from, struct memory *memory);

/** The order to print in: most frequent first, then by bytes. `order` gets indices. */
void value_list_order(const struct value_list *list, uint16_t order[static LIST_VALUES]);

#endif
