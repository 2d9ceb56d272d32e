#include "sensor/detect/list.h"

/* No place is empty of text: a value of no bytes has one byte too. */
static size_t text_room(size_t size)
{
    return size ? size : 1;
}

/* Cut to what is kept of it. */
struct list_value list_value_of(struct slice text, const struct hash_secret *secret)
{
    text = slice_part(text, 0, LIST_TEXT_MAX);
    return (struct list_value){.text = text, .hash = hash_bytes(secret, text.data, text.size)};
}

/* Most lists have one value. */
static size_t places(size_t used)
{
    enum { FIRST = 1, FEW = 4 };
    return used == 0 ? 0 : used <= FIRST ? FIRST : used <= FEW ? FEW : LIST_VALUES;
}

static uint64_t filter_bit(uint64_t hash)
{
    return UINT64_C(1) << (hash >> 58);
}

/* @return its place, or `used`: it has none. */
static uint16_t find(const struct value_list *list, const struct list_value *value)
{
    uint16_t i = 0;
    if (!(list->filter & filter_bit(value->hash)))
        return list->used;
    while (i < list->used && (list->values[i].hash != value->hash || list->values[i].size != value->text.size))
        i++;
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
static bool put(struct value_list *list, const struct list_value *value, uint64_t count, struct memory *memory)
{
    size_t size = value->text.size;
    char *text = list->used < LIST_VALUES ? memory_resize(memory, NULL, 0, text_room(size)) : NULL;
    if (!text)
        return false;
    if (!make_place(list, memory)) {
        memory_resize(memory, text, text_room(size), 0);
        return false;
    }
    memcpy(text, value->text.data, size);
    list->values[list->used++] = (struct value_count){text, (uint16_t)size, value->hash, count};
    list->filter |= filter_bit(value->hash);
    return true;
}

void value_list_count_other(struct value_list *list, const struct list_value *value, struct memory *memory)
{
    uint16_t at = find(list, value);
    if (at < list->used)
        list->values[at].count++;
    else if (!put(list, value, 1, memory))
        list->left_out++;
    if (at < list->used)
        list->last = at;
}

bool value_list_copy(struct value_list *list, const struct value_list *from, struct memory *memory)
{
    list->left_out = from->left_out;
    for (uint16_t i = 0; i < from->used; i++) {
        const struct value_count *v = &from->values[i];
        struct list_value value = {{(const uint8_t *)v->text, v->size}, v->hash};
        if (!put(list, &value, v->count, memory))
            return false;
    }
    return true;
}

void value_list_add(struct value_list *list, struct slice value, const struct hash_secret *secret,
                    struct memory *memory)
{
    struct list_value hashed = list_value_of(value, secret);
    value_list_count(list, &hashed, memory);
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
