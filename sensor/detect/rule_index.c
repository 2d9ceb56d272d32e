#include "sensor/detect/rule_index.h"

enum { SIZE_FIRST = 64 };

static void enter(struct rule_index *x, struct rule_indexed *entry)
{
    struct rule_indexed **bucket = &x->buckets[entry->hash & (x->size - 1)];
    entry->next = *bucket;
    *bucket = entry;
}

/* The buckets before are left in the arena: all together they are no more than those now. */
static bool grow(struct rule_index *x, struct rule_arena *arena)
{
    struct rule_index larger = {.size = x->size ? 2 * x->size : SIZE_FIRST, .count = x->count};
    larger.buckets = rule_arena_take(arena, larger.size, sizeof(struct rule_indexed *));
    if (!larger.buckets)
        return false;
    for (size_t i = 0; i < x->size; i++) {
        for (struct rule_indexed *e = x->buckets[i], *next; e; e = next) {
            next = e->next;
            enter(&larger, e);
        }
    }
    *x = larger;
    return true;
}

void rule_index_put(struct rule_index *x, struct rule_arena *arena, struct rule_indexed *entry, uint32_t hash)
{
    if (x->count == x->size && !grow(x, arena))
        return;
    entry->hash = hash;
    enter(x, entry);
    x->count++;
}

struct rule_indexed *rule_index_each(const struct rule_index *x, uint32_t hash, const struct rule_indexed *last)
{
    if (!x->size)
        return NULL;
    struct rule_indexed *e = last ? last->next : x->buckets[hash & (x->size - 1)];
    while (e && e->hash != hash)
        e = e->next;
    return e;
}
