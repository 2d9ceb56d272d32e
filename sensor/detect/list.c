#include "sensor/detect/list.h"

/* No place is empty of text: a value of no bytes has one byte too. */
static size_t text_room(size_t size)
{
    return size ? size : 1;
}

static uint64_t beginning_of(struct slice value)
{
    uint64_t beginning = 0;
    memcpy(&beginning, value.data, value.size < sizeof beginning ? value.size : sizeof beginning);
    return beginning;
}

static struct value_count *find(const struct value_list *list, struct slice value)
{
    uint64_t beginning = beginning_of(value);
    for (size_t i = 0; i < list->used; i++) {
        struct value_count *v = &list->values[i];
        if (v->size != value.size || v->beginning != beginning)
            continue;
        if (value.size <= sizeof beginning || memcmp(v->text, value.data, value.size) == 0)
            return v;
    }
    return NULL;
}

static struct value_count *make(struct value_list *list, struct slice value, struct memory *memory)
{
    if (list->used == LIST_VALUES)
        return NULL;
    if (!list->values)
        list->values = memory_resize(memory, NULL, 0, LIST_VALUES * sizeof *list->values);
    if (!list->values)
        return NULL;
    char *text = memory_resize(memory, NULL, 0, text_room(value.size));
    if (!text)
        return NULL;
    memcpy(text, value.data, value.size);
    struct value_count *v = &list->values[list->used++];
    *v = (struct value_count){.text = text, .size = (uint16_t)value.size, .beginning = beginning_of(value)};
    return v;
}

void value_list_add(struct value_list *list, struct slice value, struct memory *memory)
{
    value = slice_part(value, 0, LIST_TEXT_MAX);
    struct value_count *v = find(list, value);
    if (!v)
        v = make(list, value, memory);
    if (v)
        v->count++;
    else
        list->left_out++;
}

void value_list_clear(struct value_list *list, struct memory *memory)
{
    for (size_t i = 0; i < list->used; i++)
        memory_resize(memory, list->values[i].text, text_room(list->values[i].size), 0);
    if (list->values)
        memory_resize(memory, list->values, LIST_VALUES * sizeof *list->values, 0);
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
