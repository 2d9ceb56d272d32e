#include "proto/base/recent.h"

#include <string.h>

/* Capacities are powers of two, one slot in eight stays free (table.c). Two halves, and what a half that doubles holds
 * twice for a moment, are two and a half times a half's slots. */
static size_t entries_within(size_t bytes, uint32_t entry_size)
{
    size_t capacity = 8;
    while (capacity <= bytes / 5 / ((size_t)entry_size + 1))
        capacity *= 2;
    return capacity - capacity / 8;
}

void recent_init(struct recent *r, uint32_t key_size, uint32_t entry_size, size_t bytes,
                 const struct hash_secret *secret, struct memory *memory)
{
    *r = (struct recent){.half = entries_within(bytes, entry_size)};
    table_init(&r->young, key_size, entry_size, secret, memory);
    table_init(&r->old, key_size, entry_size, secret, memory);
}

void recent_deinit(struct recent *r)
{
    table_deinit(&r->young);
    table_deinit(&r->old);
}

void *recent_find(const struct recent *r, const void *key)
{
    void *found = table_find(&r->young, key);
    return found ? found : table_find(&r->old, key);
}

static void forget_older(struct recent *r)
{
    const struct table *t = &r->young;
    r->forgotten += r->old.count;
    table_deinit(&r->old);
    r->old = r->young;
    table_init(&r->young, t->key_size, t->entry_size, t->secret, t->memory);
}

void *recent_put(struct recent *r, const void *key)
{
    uint8_t *entry = table_find(&r->young, key);
    if (entry)
        return entry;
    if (r->young.count >= r->half)
        forget_older(r);
    entry = table_put(&r->young, key, NULL);
    uint8_t *before = entry ? table_find(&r->old, key) : NULL;
    if (before) {
        memcpy(entry, before, r->old.entry_size);
        table_remove(&r->old, before);
    }
    return entry;
}
