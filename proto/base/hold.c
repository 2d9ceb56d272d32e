#include "proto/base/hold.h"

enum { SMALLEST = 128 };

static bool grow(struct hold *h, size_t capacity, struct memory *memory)
{
    uint8_t *bytes = memory_resize(memory, h->bytes, h->capacity, capacity);
    if (!bytes)
        return false;
    h->bytes = bytes;
    h->capacity = (uint32_t)capacity;
    return true;
}

bool hold_add(struct hold *h, struct slice more, struct memory *memory)
{
    if (more.size == 0)
        return true;
    if (more.size > UINT32_MAX / 4 - h->size)
        return false;
    size_t need = h->size + more.size, capacity = h->capacity ? h->capacity : SMALLEST;
    while (capacity < need)
        capacity *= 2;
    if (capacity > h->capacity && !grow(h, capacity, memory))
        return false;
    memcpy(h->bytes + h->size, more.data, more.size);
    h->size = (uint32_t)need;
    return true;
}

bool hold_add_of(struct hold *h, struct slice more, size_t all, struct memory *memory)
{
    return (all <= h->capacity || grow(h, all, memory)) && hold_add(h, more, memory);
}

void hold_clear(struct hold *h, struct memory *memory)
{
    if (h->bytes)
        memory_resize(memory, h->bytes, h->capacity, 0);
    *h = (struct hold){0};
}
