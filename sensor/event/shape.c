#include "sensor/event/shape.h"

#include "sensor/event/anomaly.h"
#include "sensor/event/exchange.h"
#include "sensor/event/flow_record.h"
#include "sensor/event/handshake.h"

#include <stdlib.h>

void shape_begin(struct shape_mask *mask, enum event_type type)
{
    static const size_t sizes[EVENT_TYPES] = {[EVENT_EXCHANGE] = sizeof(struct exchange),
                                              [EVENT_FLOW] = sizeof(struct flow_record),
                                              [EVENT_ANOMALY] = sizeof(struct anomaly),
                                              [EVENT_HANDSHAKE] = sizeof(struct handshake)};
    *mask = (struct shape_mask){.record_size = sizes[type]};
}

/* Members lie within a part: each is as large as its alignment, or a part of a struct text. */
static struct shape_part *part_at(struct shape_mask *mask, size_t offset)
{
    size_t begin = offset - offset % sizeof(shape_pair), last = mask->record_size - sizeof(shape_pair), i = 0;
    begin = begin < last ? begin : last;
    while (i < mask->count && mask->parts[i].offset != begin)
        i++;
    if (i == SHAPE_PARTS)
        abort(); /* the table of fields is constant: the first start of the program would show it */
    if (i == mask->count)
        mask->parts[mask->count++] = (struct shape_part){.offset = (uint16_t)begin};
    return &mask->parts[i];
}

static void add_bits(shape_pair *pair, size_t at, uint64_t bits, size_t width)
{
    uint64_t word = 0;
    if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
        bits <<= 64 - 8 * width;
    memcpy((uint8_t *)&word + at % sizeof word, &bits, width);
    (*pair)[at / sizeof word] |= word;
}

static uint64_t all_bits(size_t width)
{
    return UINT64_MAX >> (64 - 8 * width);
}

void shape_add_value(struct shape_mask *mask, size_t offset, size_t width)
{
    struct shape_part *part = part_at(mask, offset);
    add_bits(&part->bytes, offset - part->offset, all_bits(width), width);
}

void shape_add_presence(struct shape_mask *mask, size_t offset, size_t width)
{
    struct shape_part *part = part_at(mask, offset);
    uint64_t below = all_bits(width) >> 1;
    add_bits(&part->below, offset - part->offset, below, width);
    add_bits(&part->top, offset - part->offset, below + 1, width);
}

void shape_add_unknown(struct shape_mask *mask, unsigned word, uint64_t set)
{
    size_t offset = offsetof(struct event, unknown.words) + word * sizeof set;
    struct shape_part *part = set ? part_at(mask, offset) : NULL;
    if (part)
        add_bits(&part->bytes, offset - part->offset, set, sizeof set);
}
