#include "proto/base/table.h"

#define XXH_INLINE_ALL /* a call into the library costs as much as hashing a flow key */
#include <string.h>
#include <xxhash.h>

enum { CAPACITY_FIRST = 8, CAPACITY_SHRINKS = 64 };

/* What a slot's tag is while it is taken: never 0, and seven bits of the hash that the slot's number does not use, so
 * that a probe looks at another entry's key once in 128. */
static uint8_t tag_of(uint64_t hash)
{
    return (uint8_t)(hash >> 57 | 0x80);
}

static size_t bytes_for(const struct table *t, size_t capacity)
{
    return capacity * ((size_t)t->entry_size + 1);
}

static uint8_t *tags_of(const struct table *t)
{
    return t->slots + t->capacity * t->entry_size;
}

static uint8_t *entry_at(const struct table *t, size_t slot)
{
    return t->slots + slot * t->entry_size;
}

uint64_t hash_bytes(const struct hash_secret *secret, const void *bytes, size_t size)
{
    return XXH3_64bits_withSecret(bytes, size, secret->bytes, sizeof secret->bytes);
}

void table_init(struct table *t, uint32_t key_size, uint32_t entry_size, const struct hash_secret *secret,
                struct memory *memory)
{
    *t = (struct table){.key_size = key_size, .entry_size = entry_size, .secret = secret, .memory = memory};
}

void table_deinit(struct table *t)
{
    memory_resize(t->memory, t->slots, bytes_for(t, t->capacity), 0);
    t->slots = NULL;
    t->capacity = t->count = 0;
}

/* The slot of the key or, where it is missing, the free slot at which its search ends. One slot in eight is free. */
static size_t probe(const struct table *t, const void *key, uint64_t hash)
{
    const uint8_t *tags = tags_of(t);
    uint8_t tag = tag_of(hash);
    size_t slot = hash & (t->capacity - 1);
    while (tags[slot] != 0) {
        if (tags[slot] == tag && memcmp(entry_at(t, slot), key, t->key_size) == 0)
            return slot;
        slot = (slot + 1) & (t->capacity - 1);
    }
    return slot;
}

void *table_find(const struct table *t, const void *key)
{
    if (t->count == 0)
        return NULL;
    size_t slot = probe(t, key, hash_bytes(t->secret, key, t->key_size));
    return tags_of(t)[slot] != 0 ? entry_at(t, slot) : NULL;
}

static bool rebuild(struct table *t, size_t capacity)
{
    if (capacity > SIZE_MAX / ((size_t)t->entry_size + 1))
        return false;
    struct table old = *t;
    uint8_t *slots = memory_resize(t->memory, NULL, 0, bytes_for(t, capacity));
    if (slots == NULL)
        return false;
    t->slots = slots;
    t->capacity = capacity;
    const uint8_t *old_tags = old.capacity > 0 ? tags_of(&old) : NULL;
    for (size_t i = 0; i < old.capacity; i++) {
        if (old_tags[i] == 0)
            continue;
        const uint8_t *entry = entry_at(&old, i);
        size_t slot = hash_bytes(t->secret, entry, t->key_size) & (capacity - 1);
        while (tags_of(t)[slot] != 0)
            slot = (slot + 1) & (capacity - 1);
        memcpy(entry_at(t, slot), entry, t->entry_size);
        tags_of(t)[slot] = old_tags[i];
    }
    memory_resize(t->memory, old.slots, bytes_for(&old, old.capacity), 0);
    return true;
}

void *table_put(struct table *t, const void *key, bool *made)
{
    if (made != NULL)
        *made = false;
    uint64_t hash = hash_bytes(t->secret, key, t->key_size);
    size_t slot = 0;
    if (t->capacity > 0) {
        slot = probe(t, key, hash);
        if (tags_of(t)[slot] != 0)
            return entry_at(t, slot);
    }
    if (t->count + 1 > t->capacity - t->capacity / 8) {
        if (!rebuild(t, t->capacity > 0 ? t->capacity * 2 : CAPACITY_FIRST))
            return NULL;
        slot = probe(t, key, hash);
    }
    uint8_t *entry = entry_at(t, slot);
    memcpy(entry, key, t->key_size);
    memset(entry + t->key_size, 0, t->entry_size - t->key_size);
    tags_of(t)[slot] = tag_of(hash);
    t->count++;
    if (made != NULL)
        *made = true;
    return entry;
}

/* Backward shift: whatever a search would reach through the hole moves into it, so no tombstones are needed. */
void table_remove(struct table *t, void *entry)
{
    uint8_t *tags = tags_of(t);
    size_t mask = t->capacity - 1;
    size_t hole = (size_t)((uint8_t *)entry - t->slots) / t->entry_size;
    for (size_t slot = (hole + 1) & mask; tags[slot] != 0; slot = (slot + 1) & mask) {
        size_t home = hash_bytes(t->secret, entry_at(t, slot), t->key_size) & mask;
        if (((slot - home) & mask) < ((slot - hole) & mask))
            continue;
        memcpy(entry_at(t, hole), entry_at(t, slot), t->entry_size);
        tags[hole] = tags[slot];
        hole = slot;
    }
    tags[hole] = 0;
    t->count--;
    if (t->capacity > CAPACITY_SHRINKS && t->count < t->capacity / 8)
        (void)rebuild(t, t->capacity / 2); /* with no memory for that the table stays large, which is no error */
}

void *table_next(const struct table *t, size_t *cursor)
{
    for (; *cursor < t->capacity; ++*cursor) {
        if (tags_of(t)[*cursor] != 0)
            return entry_at(t, (*cursor)++);
    }
    return NULL;
}
