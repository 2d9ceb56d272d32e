/* The beginning of an element that is not all there yet: bytes copied until the rest comes. */
#ifndef PROTO_HTTP_HOLD_H
#define PROTO_HTTP_HOLD_H

#include "proto/base/memory.h"
#include "proto/base/slice.h"

struct hold {
    uint8_t *bytes; /* NULL while nothing is held */
    uint32_t size, capacity;
};

/** @return false when the account is full; nothing was added then. */
bool hold_add(struct hold *h, struct slice more, struct memory *memory);

/** Forgets and gives the memory back. */
void hold_clear(struct hold *h, struct memory *memory);

static inline struct slice hold_slice(const struct hold *h)
{
    return h->bytes ? (struct slice){.data = h->bytes, .size = h->size} : slice_of("");
}

#endif
