/* A table from keys of one size to entries of one size: open addressing, linear probing, hashed with XXH3 under a
 * random secret, so that nobody outside can choose keys that collide.
 *
 * An entry begins with its key. Entries lie in the table and move when it grows or shrinks: a pointer to one is good
 * until the next table_put() or table_remove(). What must stay in place is put in as a pointer. */
#ifndef PROTO_BASE_TABLE_H
#define PROTO_BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/base/memory.h"

/** Made once a process from random bytes, lent to every table; constant from then on. */
struct hash_secret {
    uint8_t bytes[192];
};

uint64_t hash_bytes(const struct hash_secret *secret, const void *bytes, size_t size);

struct table {
    uint8_t *slots;         /* capacity * entry_size bytes, then one tag byte a slot (0: free); NULL while empty */
    size_t capacity, count; /* capacity: 0 or a power of two */
    uint32_t key_size, entry_size;
    const struct hash_secret *secret; /* borrowed */
    struct memory *memory;            /* borrowed */
};

void table_init(struct table *t, uint32_t key_size, uint32_t entry_size, const struct hash_secret *secret,
                struct memory *memory);

/** Gives the memory back; what entries point to is the caller's. */
void table_deinit(struct table *t);

/** @return the entry with this key, or NULL. */
void *table_find(const struct table *t, const void *key);

/** The entry with this key; if there is none, a new one: the key, then zeros.
 *  @param made  told whether it is new; may be NULL.  @return NULL when the account is full. */
void *table_put(struct table *t, const void *key, bool *made);

/** @param entry  as table_find(), table_put() or table_next() gave it. Later entries may move into its place. */
void table_remove(struct table *t, void *entry);

/** Each entry once, in no promised order, while nothing is put or removed.
 *  @param cursor  0 at first.  @return NULL at the end. */
void *table_next(const struct table *t, size_t *cursor);

#endif
