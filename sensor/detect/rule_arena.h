/* Memory of a rule set: taken piece by piece, given back all at once. Bounded, because rule files come from anywhere.
 */
#ifndef SENSOR_DETECT_RULE_ARENA_H
#define SENSOR_DETECT_RULE_ARENA_H

#include <stdbool.h>

#include "proto/base/memory.h"
#include "proto/base/slice.h"

struct rule_block;

struct rule_arena {
    struct memory memory;
    struct rule_block *blocks;
    bool failed; /* something was not granted */
};

/** Zeros, aligned for any member of a rule. @return NULL when full. */
void *rule_arena_take(struct rule_arena *a, size_t count, size_t size);

/** A copy, ended by 0. @return NULL when full. */
const char *rule_arena_text(struct rule_arena *a, struct slice text);

void rule_arena_release(struct rule_arena *a);

#endif
