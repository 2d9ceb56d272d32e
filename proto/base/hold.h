/* The beginning of an element that is not all there yet: bytes copied until the rest comes. */
#ifndef PROTO_BASE_HOLD_H
#define PROTO_BASE_HOLD_H

#include "proto/base/memory.h"
#include "proto/base/slice.h"

struct hold {
    uint8_t *bytes; /* NULL while nothing is held */
    uint32_t size, capacity;
};

/** @return false when the account is full, or it would be more than a GiB; nothing was added then. */
bool hold_add(struct hold *h, struct slice more, struct memory *memory);

/** The same, where it is known how much will be held in all: for that it takes memory, and for no more. */
bool hold_add_of(struct hold *h, struct slice more, size_t all, struct memory *memory);

/** Forgets and gives the memory back. */
void hold_clear(struct hold *h, struct memory *memory);

static inline struct slice hold_slice(const struct hold *h)
{
    return h->bytes ? (struct slice){.data = h->bytes, .size = h->size} : slice_of("");
}

#endif
