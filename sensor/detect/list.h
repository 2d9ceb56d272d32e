/* A bounded list of different values with how often each was seen: user agents, URIs, codes of a finding. */
#ifndef SENSOR_DETECT_LIST_H
#define SENSOR_DETECT_LIST_H

#include "proto/base/memory.h"
#include "proto/base/slice.h"

enum { LIST_VALUES = 16, LIST_TEXT_MAX = 256 };

struct value_count {
    char *text; /* as on the wire, cut to LIST_TEXT_MAX; not ended by 0 */
    uint16_t size;
    uint64_t beginning; /* its first bytes, so that short values and most others are told apart without a look at it */
    uint64_t count;
};

struct value_list {
    struct value_count *values; /* LIST_VALUES places, or NULL while empty */
    uint16_t used;
    uint64_t left_out; /* hits of values that had no place; how many different ones is not known */
};

/** Counts one hit of `value`. Without memory or place it is left out, and counted so. */
void value_list_add(struct value_list *list, struct slice value, struct memory *memory);
void value_list_clear(struct value_list *list, struct memory *memory);

/** The order to print in: most frequent first, then by bytes. `order` gets indices. */
void value_list_order(const struct value_list *list, uint16_t order[static LIST_VALUES]);

#endif
