/* A value in Sigma's writing: `*` is any text and `?` one character, unless a backslash stands before them. Patterns of
 * the configuration are written so, too, but that a backslash is itself. */
#ifndef SENSOR_DETECT_RULE_PATTERN_H
#define SENSOR_DETECT_RULE_PATTERN_H

#include "proto/base/slice.h"
#include "sensor/detect/rule_arena.h"

/** Bytes, and from 256 on what is no byte. */
enum pattern_unit { UNIT_ANY_TEXT = 256, UNIT_ANY_ONE };

struct rule_pattern {
    const uint16_t *units; /* in lower case unless `cased` */
    size_t size;
    size_t prefix; /* so many units at its beginning are bytes: before the first wildcard */
    bool cased;
};

/** What is added to a value as it is written. */
struct pattern_form {
    bool open_left, open_right; /* a wildcard */
    bool cased;
    bool plain; /* a backslash is itself */
};

/** @return false: no memory. */
bool rule_pattern_read(struct rule_pattern *pattern, struct rule_arena *arena, struct slice written,
                       struct pattern_form form);

/** At most pattern times text steps. */
bool rule_pattern_matches(const struct rule_pattern *pattern, struct slice text);

bool rule_pattern_same(const struct rule_pattern *a, const struct rule_pattern *b);

/** Whether it has no wildcard: then it is the whole text. */
static inline bool rule_pattern_is_exact(const struct rule_pattern *pattern)
{
    return pattern->prefix == pattern->size;
}

/** How many of its bytes stand for themselves: the more, the closer it fits. */
size_t rule_pattern_literals(const struct rule_pattern *pattern);

/** The longest run of bytes in it. */
struct pattern_run {
    size_t at, size;
};

struct pattern_run rule_pattern_run(const struct rule_pattern *pattern);

#endif
