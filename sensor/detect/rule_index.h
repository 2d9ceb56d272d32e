/* What is looked up by a hash while rules are read, however many there are. In the arena; nothing is taken out. */
#ifndef SENSOR_DETECT_RULE_INDEX_H
#define SENSOR_DETECT_RULE_INDEX_H

#include "sensor/detect/rule_arena.h"

/** The first member of what is kept. */
struct rule_indexed {
    struct rule_indexed *next; /* in its bucket */
    uint32_t hash;
};

/** Zero at first. */
struct rule_index {
    struct rule_indexed **buckets;
    size_t size, count; /* size: of the buckets, a power of two */
};

/** Where there is no memory, the arena remembers that it failed: nobody will ask. */
void rule_index_put(struct rule_index *x, struct rule_arena *arena, struct rule_indexed *entry, uint32_t hash);

/** The next one of this hash behind `last`, or the first where that is NULL. @return NULL: there is none. */
struct rule_indexed *rule_index_each(const struct rule_index *x, uint32_t hash, const struct rule_indexed *last);

#endif
