/* Lines that are alike but for texts, times and large numbers, which most are: what stands between these is kept, and
 * put down in a few pieces instead of member by member. A shape is what decides that: which members are there, and the
 * values of names, flags and other bytes. */
#ifndef SENSOR_REPORT_JSON_SHAPE_H
#define SENSOR_REPORT_JSON_SHAPE_H

#include "sensor/event/shape.h"

enum {
    JSON_SHAPES = 64,       /* that are kept: one takes the place of another */
    JSON_SHAPE_HOLES = 40,  /* in a line that is kept */
    JSON_SHAPE_TEXT = 2048, /* and bytes between them */
    JSON_SHAPE_PIECE = 32   /* that text is copied in whole pieces: a constant size is two moves */
};

/** A value that changes. */
struct json_hole {
    uint16_t before; /* bytes of the line between the one before and it */
    uint16_t offset; /* of its member */
    uint8_t kind, width;
};

/** A line that is being written. */
struct json_draft {
    struct json_hole holes[JSON_SHAPE_HOLES];
    char *begins[JSON_SHAPE_HOLES], *ends[JSON_SHAPE_HOLES];
    size_t count; /* may be more than there is room for */
};

struct json_shape {
    shape_pair key[SHAPE_PARTS];
    struct json_hole holes[JSON_SHAPE_HOLES];
    uint16_t hole_count; /* 0: nothing is kept here */
    uint16_t behind;     /* bytes behind the last hole */
    char text[JSON_SHAPE_TEXT];
};

/** Whether the shape has the row's value, and not only whether there is one. */
static inline bool json_shape_has_value(const struct event_field *f)
{
    return f->kind == FIELD_NAME || f->kind == FIELD_NAMES || f->kind == FIELD_FLAG ||
           (f->kind == FIELD_NUMBER && f->width == 1);
}

/** A row of the type is written: its member belongs to the shape, if only by being there. */
void json_shape_add(struct shape_mask *mask, const struct event_field *f);

static inline void json_draft_add(struct json_draft *d, struct json_hole hole, char *begin, char *end)
{
    if (d->count < JSON_SHAPE_HOLES) {
        d->holes[d->count] = hole;
        d->begins[d->count] = begin;
        d->ends[d->count] = end;
    }
    d->count++;
}

/** Keeps a line, if there is room for it. */
void json_shape_keep(struct json_shape *shape, const struct shape_mask *mask, const shape_pair key[static SHAPE_PARTS],
                     const struct json_draft *d, const char *begin, const char *end);

/** Copies what stands before a hole, or at the end; writes up to JSON_SHAPE_PIECE bytes more. */
static inline char *json_shape_copy(char *at, const char **text, size_t size)
{
    const char *from = *text;
    size_t i = JSON_SHAPE_PIECE;
    memcpy(at, from, JSON_SHAPE_PIECE);
    for (; i < size; i += JSON_SHAPE_PIECE)
        memcpy(at + i, from + i, JSON_SHAPE_PIECE);
    *text = from + i;
    return at + size;
}

#endif
