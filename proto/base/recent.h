/* A table that forgets: it has two halves, and the older one goes as a whole when the younger is full. So what was put
 * last is there, and a flood of new keys costs no more than room that was set aside for it. */
#ifndef PROTO_BASE_RECENT_H
#define PROTO_BASE_RECENT_H

#include "proto/base/table.h"

struct recent {
    struct table young, old;
    size_t half;        /* entries that a half has at most */
    uint64_t forgotten; /* entries that went with an older half */
};

/** @param bytes  that it takes of the account at most, while a half grows, too; at least seven entries a half. */
void recent_init(struct recent *r, uint32_t key_size, uint32_t entry_size, size_t bytes,
                 const struct hash_secret *secret, struct memory *memory);

/** Gives the memory back. */
void recent_deinit(struct recent *r);

/** @return the entry with this key, or NULL. To look for it does not keep it. Good until the next recent_put(). */
void *recent_find(const struct recent *r, const void *key);

/** The entry with this key, from now on among the youngest; if there is none, a new one: the key, then zeros.
 *  @return NULL when the account is full. */
void *recent_put(struct recent *r, const void *key);

#endif
