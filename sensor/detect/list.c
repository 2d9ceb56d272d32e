#include "sensor/detect/list.h"

/* No place is empty of text: a value of no bytes has one byte too. */
static size_t text_room(size_t size)
{
    return size ? size : 1;
}

/* Most lists have one value. */
static size_t places(size_t used)
{
    enum { FIRST = 1, FEW = 4 };
    return used == 0 ? 0 : used <= FIRST ? FIRST : used <= FEW ? FEW : LIST_VALUES;
}

/* Of its size and its last bytes: where values differ at all, they mostly do there. */
static uint32_t mark_of(struct slice value)
{
    const uint64_t odd = 0x9E3779B97F4A7C15;
    uint64_t end = 0;
    if (value.size >= sizeof end)
        memcpy(&end, value.data + value.size - sizeof end, sizeof end);
    for (size_t i = 0; value.size < sizeof end && i < value.size; i++)
        end = end << 8 | value.data[i];
    return (uint32_t)((end ^ value.size) * odd >> 32);
}

static uint64_t filter_bit(uint32_t mark)
{
    return UINT64_C(1) << (mark >> 26);
}

/* @return its place, or `used`: it has none. */
static uint16_t find(const struct value_list *list, struct slice value, uint32_t mark)
{
    uint16_t i = 0;
    for (const struct value_count *v = list->values; i < list->used; i++, v++) {
        if (v->mark == mark && v->size == value.size && memcmp(v->text, value.data, v->size) == 0)
            break;
    }
    return i;
}

static bool make_place(struct value_list *list, struct memory *memory)
{
    size_t old = places(list->used), new = places(list->used + 1u);
    if (old == new)
        return true;
    struct value_count *values =
        memory_resize(memory, list->values, old * sizeof *list->values, new * sizeof *list->values);
    if (values)
        list->values = values;
    return values;
}

/* Puts a value at the end. */
static bool put(struct value_list *list, struct slice value, uint64_t hash, uint64_t count, struct memory *memory)
{
    uint32_t mark = mark_of(value);
    size_t size = value.size;
    char *text = list->used < LIST_VALUES ? memory_resize(memory, NULL, 0, text_room(size)) : NULL;
    if (!text)
        return false;
    if (!make_place(list, memory)) {
        memory_resize(memory, text, text_room(size), 0);
        return false;
    }
    memcpy(text, value.data, size);
    list->values[list->used++] = (struct value_count){text, (uint16_t)size, mark, hash, count};
    list->filter |= filter_bit(mark);
    return true;
}

void value_list_add_other(struct value_list *list, struct slice value, const struct hash_secret *secret,
                          struct memory *memory)
{
    value = slice_part(value, 0, LIST_TEXT_MAX);
    uint32_t mark = mark_of(value);
    bool full = list->used == LIST_VALUES;
    uint16_t at = full && !(list->filter & filter_bit(mark)) ? list->used : find(list, value, mark);
    if (at < list->used) {
        list->values[at].count++;
        list->last = at;
    } else if (full || !put(list, value, hash_bytes(secret, value.data, value.size), 1, memory)) {
        list->left_out++;
    } else {
        list->last = at;
    }
}

void value_list_add_many(struct value_list *list, struct slice value, uint64_t hits, const struct hash_secret *secret,
                         struct memory *memory)
{
    uint64_t left_out = list->left_out;
    value_list_add(list, value, secret, memory);
    if (list->left_out == left_out)
        list->values[list->last].count += hits - 1;
    else
        list->left_out += hits - 1;
}

bool value_list_copy(struct value_list *list, const struct value_list *from, struct memory *memory)
{
    list->left_out = from->left_out;
    for (uint16_t i = 0; i < from->used; i++) {
        const struct value_count *v = &from->values[i];
        if (!put(list, (struct slice){(const uint8_t *)v->text, v->size}, v->hash, v->count, memory))
            return false;
    }
    return true;
}

void value_list_clear(struct value_list *list, struct memory *memory)
{
    for (size_t i = 0; i < list->used; i++)
        memory_resize(memory, list->values[i].text, text_room(list->values[i].size), 0);
    memory_resize(memory, list->values, places(list->used) * sizeof *list->values, 0);
    *list = (struct value_list){0};
}

static bool before(const struct value_count *a, const struct value_count *b)
{
    if (a->count != b->count)
        return a->count > b->count;
    size_t common = a->size < b->size ? a->size : b->size;
    int order = memcmp(a->text, b->text, common);
    return order ? order < 0 : a->size < b->size;
}

void value_list_order(const struct value_list *list, uint16_t order[static LIST_VALUES])
{
    for (uint16_t i = 0; i < list->used; i++) {
        uint16_t at = i;
        for (; at > 0 && before(&list->values[i], &list->values[order[at - 1]]); at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
}
