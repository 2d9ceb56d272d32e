#include "sensor/report/json_shape.h"

#include <stdlib.h>

/* Members lie within a part: each is as large as its alignment, or a part of a struct text. */
static struct json_shape_part *part_at(struct json_shape_mask *mask, size_t offset)
{
    size_t begin = offset - offset % sizeof(json_shape_pair), last = mask->record_size - sizeof(json_shape_pair), i = 0;
    begin = begin < last ? begin : last;
    while (i < mask->count && mask->parts[i].offset != begin)
        i++;
    if (i == JSON_SHAPE_PARTS)
        abort(); /* the table is constant: the first start of the program would show it */
    if (i == mask->count)
        mask->parts[mask->count++] = (struct json_shape_part){.offset = (uint16_t)begin};
    return &mask->parts[i];
}

static void add_bits(json_shape_pair *pair, size_t at, uint64_t bits, size_t width)
{
    uint64_t word = 0;
    if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
        bits <<= 64 - 8 * width;
    memcpy((uint8_t *)&word + at % sizeof word, &bits, width);
    (*pair)[at / sizeof word] |= word;
}

void json_shape_add(struct json_shape_mask *mask, const struct event_field *f)
{
    bool text = f->kind == FIELD_TEXT, number = f->kind == FIELD_NUMBER || f->kind == FIELD_HEX;
    size_t offset = text ? f->offset + offsetof(struct text, size) : f->offset;
    size_t width = text ? sizeof((struct text *)0)->size : f->width;
    if (!text && !number && !json_shape_has_value(f))
        return;
    struct json_shape_part *part = part_at(mask, offset);
    uint64_t all = UINT64_MAX >> (64 - 8 * width);
    if (json_shape_has_value(f)) {
        add_bits(&part->bytes, offset - part->offset, all, width);
    } else {
        add_bits(&part->below, offset - part->offset, all >> 1, width);
        add_bits(&part->top, offset - part->offset, all ^ all >> 1, width);
    }
}

void json_shape_add_unknown(struct json_shape_mask *mask, unsigned word, uint64_t set)
{
    size_t offset = offsetof(struct event, unknown.words) + word * sizeof set;
    struct json_shape_part *part = set ? part_at(mask, offset) : NULL;
    if (part)
        add_bits(&part->bytes, offset - part->offset, set, sizeof set);
}

struct json_shape *json_shape_find(struct json_shape *shapes, const struct json_shape_mask *mask, const struct event *e,
                                   json_shape_pair key[static JSON_SHAPE_PARTS])
{
    json_shape_pair hash = {0};
    for (const struct json_shape_part *p = mask->parts, *end = p + mask->count; p < end; p++, key++) {
        json_shape_pair pair;
        memcpy(&pair, (const uint8_t *)e + p->offset, sizeof pair);
        /* A sum has a member's top bit where any bit below it is set. */
        *key = (pair & p->bytes) | ((((pair & p->below) + p->below) | pair) & p->top);
        hash = (hash << 7 | hash >> 57) ^ *key;
    }
    return &shapes[(hash[0] + hash[1]) * UINT64_C(0x9E3779B97F4A7C15) >> 32 & (JSON_SHAPES - 1)];
}

static size_t pieces(size_t size)
{
    return (size + JSON_SHAPE_PIECE - 1) / JSON_SHAPE_PIECE * JSON_SHAPE_PIECE;
}

void json_shape_keep(struct json_shape *shape, const struct json_shape_mask *mask,
                     const json_shape_pair key[static JSON_SHAPE_PARTS], const struct json_draft *d, const char *begin,
                     const char *end)
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
