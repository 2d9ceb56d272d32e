#include "sensor/report/json_shape.h"

void json_shape_add(struct shape_mask *mask, const struct event_field *f)
{
    if (f->kind == FIELD_TEXT)
        shape_add_presence(mask, f->offset + offsetof(struct text, size), sizeof((struct text *)0)->size);
    else if (json_shape_has_value(f))
        shape_add_value(mask, f->offset, f->width);
    else if (f->kind == FIELD_NUMBER || f->kind == FIELD_HEX)
        shape_add_presence(mask, f->offset, f->width);
}

/* As json_shape_copy() takes it: at least one piece. */
static size_t pieces(size_t size)
{
    return size ? (size + JSON_SHAPE_PIECE - 1) / JSON_SHAPE_PIECE * JSON_SHAPE_PIECE : JSON_SHAPE_PIECE;
}

void json_shape_keep(struct json_shape *shape, const struct shape_mask *mask, const shape_pair key[static SHAPE_PARTS],
                     const struct json_draft *d, const char *begin, const char *end)
{
    size_t used = 0;
    shape->hole_count = 0;
    if (d->count > JSON_SHAPE_HOLES)
        return;
    for (size_t i = 0; i <= d->count; i++) {
        const char *to = i < d->count ? d->begins[i] : end;
        size_t size = (size_t)(to - begin);
        if (pieces(size) > sizeof shape->text - used)
            return;
        memcpy(shape->text + used, begin, size);
        used += pieces(size);
        if (i == d->count) {
            shape->behind = (uint16_t)size;
            break;
        }
        shape->holes[i] = d->holes[i];
        shape->holes[i].before = (uint16_t)size;
        begin = d->ends[i];
    }
    memcpy(shape->key, key, mask->count * sizeof *key);
    shape->hole_count = (uint16_t)d->count;
}
