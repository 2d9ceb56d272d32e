/* Entries with secrets, by a key: they stay in place, know which came before which, and are wiped when they go.
 *
 * Keys and entries are of one size each; an entry begins with its key. Several may have the same. */
#ifndef PROTO_TLS_VAULT_H
#define PROTO_TLS_VAULT_H

#include "proto/base/table.h"

struct tls_vault {
    struct table table; /* of keys and pointers */
    struct tls_vault_link *newest, *oldest;
    struct tls_vault_link *marked; /* NULL: none is */
    size_t entry_size, count;
};

enum { TLS_VAULT_KEY = 32 };

void tls_vault_init(struct tls_vault *v, size_t entry_size, const struct hash_secret *secret, struct memory *memory);
void tls_vault_deinit(struct tls_vault *v);

/** @return the oldest entry with this key, or NULL. */
void *tls_vault_find(const struct tls_vault *v, const uint8_t key[static TLS_VAULT_KEY]);

/** @return the next one with the same key, in the order of their coming, or NULL. */
void *tls_vault_same(const void *entry);

/** A new entry, behind those with the same key: the key, then zeros.  @return NULL when the account is full. */
void *tls_vault_add(struct tls_vault *v, const uint8_t key[static TLS_VAULT_KEY]);

/** The order of their coming. @return NULL: there is none. */
void *tls_vault_newest(const struct tls_vault *v);
void *tls_vault_older(const void *entry);

/** A walk begins at this entry, until it is dropped or another one is marked. */
void tls_vault_mark(struct tls_vault *v, const void *entry);

/** All entries, the nearest to the mark first; without a mark from both ends. Nothing is added or dropped meanwhile. */
struct tls_vault_walk {
    struct tls_vault_link *older, *newer; /* the next ones on both sides */
    size_t left;
    bool turned; /* the next one is a newer one */
};

struct tls_vault_walk tls_vault_walk(const struct tls_vault *v);

/** @return NULL: that were all. */
void *tls_vault_next(struct tls_vault_walk *walk);

size_t tls_vault_count(const struct tls_vault *v);

/** Drops the oldest until no more than so many are left. @return how many were dropped. */
size_t tls_vault_trim(struct tls_vault *v, size_t entries);

#endif
