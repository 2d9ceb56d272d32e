#include "proto/tls/vault.h"

#include <openssl/crypto.h>
#include <string.h>

/* In front of each entry. The one before and behind it, by their coming; the next one with the same key. */
struct tls_vault_link {
    struct tls_vault_link *older, *newer, *same;
    void *unused; /* entries begin as blocks of the heap do */
};

struct slot {
    uint8_t key[TLS_VAULT_KEY];
    struct tls_vault_link *link; /* the oldest with this key */
};

static void *entry_of(struct tls_vault_link *link)
{
    return link != NULL ? link + 1 : NULL;
}

static struct tls_vault_link *link_of(const void *entry)
{
    return (struct tls_vault_link *)entry - 1;
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

void *tls_vault_same(const void *entry)
{
    return entry_of(link_of(entry)->same);
}

static void append(struct tls_vault *v, struct slot *slot, struct tls_vault_link *link)
{
    struct tls_vault_link **end = &slot->link;
    while (*end != NULL)
        end = &(*end)->same;
    *end = link;
    link->older = v->newest;
    if (v->newest != NULL)
        v->newest->newer = link;
    else
        v->oldest = link;
    v->newest = link;
    v->count++;
}

void *tls_vault_add(struct tls_vault *v, const uint8_t key[static TLS_VAULT_KEY])
{
    struct slot *slot = table_put(&v->table, key, NULL);
    if (slot == NULL)
        return NULL;
    struct tls_vault_link *link = memory_resize(v->table.memory, NULL, 0, sizeof *link + v->entry_size);
    if (link != NULL) {
        append(v, slot, link);
        memcpy(entry_of(link), key, TLS_VAULT_KEY);
    } else if (slot->link == NULL) {
        table_remove(&v->table, slot);
    }
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

void tls_vault_mark(struct tls_vault *v, const void *entry)
{
    v->marked = link_of(entry);
}

struct tls_vault_walk tls_vault_walk(const struct tls_vault *v)
{
    bool marked = v->marked != NULL;
    return (struct tls_vault_walk){
        .older = marked ? v->marked : v->newest, .newer = marked ? v->marked->newer : v->oldest, .left = v->count};
}

void *tls_vault_next(struct tls_vault_walk *walk)
{
    if (walk->left == 0)
        return NULL;
    walk->left--;
    bool newer = walk->newer != NULL && (walk->turned || walk->older == NULL);
    struct tls_vault_link **side = newer ? &walk->newer : &walk->older, *link = *side;
    walk->turned = !newer;
    *side = newer ? link->newer : link->older;
    return entry_of(link);
}

size_t tls_vault_count(const struct tls_vault *v)
{
    return v->count;
}

/* The oldest of all is the oldest with its key. */
static void drop_oldest(struct tls_vault *v)
{
    struct tls_vault_link *link = v->oldest;
    v->oldest = link->newer;
    if (v->oldest != NULL)
        v->oldest->older = NULL;
    else
        v->newest = NULL;
    v->count--;
    if (v->marked == link)
        v->marked = NULL;
    struct slot *slot = table_find(&v->table, entry_of(link));
    slot->link = link->same;
    if (slot->link == NULL)
        table_remove(&v->table, slot);
    OPENSSL_cleanse(link, sizeof *link + v->entry_size);
    memory_resize(v->table.memory, link, sizeof *link + v->entry_size, 0);
}

size_t tls_vault_trim(struct tls_vault *v, size_t entries)
{
    size_t dropped = 0;
    while (v->count > entries) {
        drop_oldest(v);
        dropped++;
    }
    return dropped;
}
