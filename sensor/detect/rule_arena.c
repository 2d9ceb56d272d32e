#include "sensor/detect/rule_arena.h"

#include <stdalign.h>

enum { BLOCK_SIZE = 16384, ALIGNMENT = 16 };

struct rule_block {
    struct rule_block *next;
    size_t size, used; /* of the whole block, this head among it */
    alignas(ALIGNMENT) uint8_t bytes[];
};

static struct rule_block *block_for(struct rule_arena *a, size_t size)
{
    struct rule_block *b = a->blocks;
    if (b && b->size - b->used >= size)
        return b;
    size_t whole = sizeof *b + size;
    if (whole < BLOCK_SIZE)
        whole = BLOCK_SIZE;
    b = memory_resize(&a->memory, NULL, 0, whole);
    if (!b)
        return NULL;
    b->size = whole;
    b->used = sizeof *b;
    b->next = a->blocks;
    a->blocks = b;
    return b;
}

void *rule_arena_take(struct rule_arena *a, size_t count, size_t size)
{
    if (count > a->memory.limit / size) {
        a->failed = true;
        return NULL;
    }
    size_t bytes = (count * size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    struct rule_block *b = block_for(a, bytes);
    if (!b) {
        a->failed = true;
        return NULL;
    }
    void *taken = (uint8_t *)b + b->used;
    b->used += bytes;
    return taken;
}

const char *rule_arena_text(struct rule_arena *a, struct slice text)
{
    char *copy = rule_arena_take(a, text.size + 1, 1);
    if (copy)
        memcpy(copy, text.data, text.size);
    return copy;
}

void rule_arena_release(struct rule_arena *a)
{
    for (struct rule_block *b = a->blocks, *next; b; b = next) {
        next = b->next;
        memory_resize(&a->memory, b, b->size, 0);
    }
    a->blocks = NULL;
}
