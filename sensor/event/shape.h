/* What of a record decides something that is then remembered by it: names, flags and other values, and of further
 * members whether they are there. Read two words at a time, whatever stands in them. */
#ifndef SENSOR_EVENT_SHAPE_H
#define SENSOR_EVENT_SHAPE_H

#include "sensor/event/field.h"

enum { SHAPE_PARTS = 32 }; /* enough for any record */

typedef uint64_t shape_pair __attribute__((vector_size(16)));

struct shape_part {
    shape_pair bytes;      /* that count as they are */
    shape_pair below, top; /* of members that count by not being 0: all bits but the top one, and that */
    uint16_t offset;
};

struct shape_mask {
    struct shape_part parts[SHAPE_PARTS];
    size_t count;
    size_t record_size; /* without its texts */
};

/** Nothing of a record counts yet. */
void shape_begin(struct shape_mask *mask, enum event_type type);
/** The value of a member counts. */
void shape_add_value(struct shape_mask *mask, size_t offset, size_t width);
/** Whether a member is not 0 counts: of a text its size. */
void shape_add_presence(struct shape_mask *mask, size_t offset, size_t width);
/** Whether fields are unknown counts: those of a word of a set. */
void shape_add_unknown(struct shape_mask *mask, unsigned word, uint64_t set);

/** @param key  gets what counts. @return a hash of it; a peer may know of others that have the same. */
static inline uint64_t shape_of(const struct shape_mask *mask, const struct event *e,
                                shape_pair key[static SHAPE_PARTS])
{
    shape_pair hash = {0};
    for (const struct shape_part *p = mask->parts, *end = p + mask->count; p < end; p++, key++) {
        shape_pair pair;
        memcpy(&pair, (const uint8_t *)e + p->offset, sizeof pair);
        /* A sum has a member's top bit where any bit below it is set. */
        *key = (pair & p->bytes) | ((((pair & p->below) + p->below) | pair) & p->top);
        hash ^= *key;
        hash ^= hash >> 7; /* nothing is lost by it: it can be undone */
    }
    return (hash[0] + 3 * hash[1]) * UINT64_C(0x9E3779B97F4A7C15) >> 32;
}

static inline bool shape_same(const struct shape_mask *mask, const shape_pair *a, const shape_pair *b)
{
    shape_pair other = {0};
    for (size_t i = 0; i < mask->count; i++)
        other |= a[i] ^ b[i];
    return (other[0] | other[1]) == 0;
}

#endif
