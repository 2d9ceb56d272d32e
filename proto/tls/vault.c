#include "proto/tls/vault.h"

#include <openssl/crypto.h>
#include <string.h>

/* In front of each entry. The one before and behind it, by their coming. */
struct tls_vault_link {
    struct tls_vault_link *older, *newer;
};

struct slot {
    uint8_t key[TLS_VAULT_KEY];
    struct tls_vault_link *link;
};

static void *entry_of(struct tls_vault_link *link)
{
    return link != NULL ? link + 1 : NULL;
}

static const struct tls_vault_link *link_of(const void *entry)
{
    return (const struct tls_vault_link *)entry - 1;
}

void tls_vault_init(struct tls_vault *v, size_t entry_size, const struct hash_secret *secret, struct memory *memory)
{
    *v = (struct tls_vault){.entry_size = entry_size};
    table_init(&v->table, TLS_VAULT_KEY, sizeof(struct slot), secret, memory);
}

void tls_vault_deinit(struct tls_vault *v)
{
    tls_vault_trim(v, 0);
    table_deinit(&v->table);
}

void *tls_vault_find(const struct tls_vault *v, const uint8_t key[static TLS_VAULT_KEY])
{
    struct slot *slot = table_find(&v->table, key);
    return slot != NULL ? entry_of(slot->link) : NULL;
}

void *tls_vault_put(struct tls_vault *v, const uint8_t key[static TLS_VAULT_KEY])
{
    bool made;
    struct slot *slot = table_put(&v->table, key, &made);
    if (slot == NULL)
        return NULL;
    if (!made)
        return entry_of(slot->link);
    struct tls_vault_link *link = memory_resize(v->table.memory, NULL, 0, sizeof *link + v->entry_size);
    if (link == NULL) {
        table_remove(&v->table, slot);
        return NULL;
    }
    slot->link = link;
    link->older = v->newest;
    if (v->newest != NULL)
        v->newest->newer = link;
    else
        v->oldest = link;
    v->newest = link;
    memcpy(entry_of(link), key, TLS_VAULT_KEY);
    return entry_of(link);
}

void *tls_vault_newest(const struct tls_vault *v)
{
    return entry_of(v->newest);
}

void *tls_vault_older(const void *entry)
{
    return entry_of(link_of(entry)->older);
}

void *tls_vault_newer(const void *entry)
{
    return entry_of(link_of(entry)->newer);
}

size_t tls_vault_count(const struct tls_vault *v)
{
    return v->table.count;
}

static void drop_oldest(struct tls_vault *v)
{
    struct tls_vault_link *link = v->oldest;
    v->oldest = link->newer;
    if (v->oldest != NULL)
        v->oldest->older = NULL;
    else
        v->newest = NULL;
    table_remove(&v->table, table_find(&v->table, entry_of(link)));
    OPENSSL_cleanse(link, sizeof *link + v->entry_size);
    memory_resize(v->table.memory, link, sizeof *link + v->entry_size, 0);
}

size_t tls_vault_trim(struct tls_vault *v, size_t entries)
{
    size_t dropped = 0;
    while (v->table.count > entries) {
        drop_oldest(v);
        dropped++;
    }
    return dropped;
}
