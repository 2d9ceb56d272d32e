#include "sensor/report/json_plan.h"

#include "sensor/event/value.h"
#include "sensor/report/escape.h"

#include <stdlib.h>

#define EVENT_FIELD(id, name, ...) _Static_assert(sizeof name + sizeof "\"\":{" <= JSON_KEY_TEXT, name);
#include "sensor/event/field.def"
#undef EVENT_FIELD

static struct json_key make_key(struct slice name, const char *behind)
{
    struct json_key key = {.size = (uint8_t)(name.size + 2 + strlen(behind))};
    key.text[0] = '"';
    memcpy(key.text + 1, name.data, name.size);
    key.text[1 + name.size] = '"';
    memcpy(key.text + 2 + name.size, behind, strlen(behind));
    return key;
}

/* The object `name` in `parent`: where the last row left it, or a new one. */
static uint8_t find_object(struct json_plan *plan, uint8_t parent, struct slice name)
{
    struct json_key key = make_key(name, ":{");
    for (size_t i = 1; i < plan->object_count; i++) {
        if (plan->objects[i].parent == parent && memcmp(&plan->objects[i].key, &key, sizeof key) == 0)
            return (uint8_t)i;
    }
    if (plan->object_count == JSON_OBJECTS)
        abort(); /* the table is constant: the first start of the program would show it */
    uint8_t i = (uint8_t)plan->object_count++;
    plan->objects[i] =
        (struct json_object){.key = key, .parent = parent, .above = plan->objects[parent].above | UINT32_C(1) << i};
    return i;
}

static bool is_number(enum field_kind kind)
{
    return kind == FIELD_NUMBER || kind == FIELD_COUNT || kind == FIELD_FLAG || kind == FIELD_NAME ||
           kind == FIELD_NAMES || kind == FIELD_HEX;
}

/* What a row takes at most: the objects that it opens and closes, its name, its value, and its name where it is not
 * known. A text's own bytes come on top. */
static size_t room_of(const struct json_plan *plan, const struct json_step *step)
{
    const struct event_field *f = &event_fields[step->field];
    size_t keys = 1 + (size_t)__builtin_popcount(plan->objects[step->object].above);
    size_t value = f->kind == FIELD_NAMES       ? JSON_WORDS * sizeof(struct json_key)
                   : f->kind == FIELD_COMMUNITY ? escape_json_room(COMMUNITY_ID_SIZE)
                                                : VALUE_MAX;
    return keys * sizeof(struct json_key) + value + strlen(f->name) + sizeof "[\"\",\"\",]";
}

static void add_step(struct json_plan *plan, unsigned field)
{
    const struct event_field *f = &event_fields[field];
    struct slice name = slice_of(f->name);
    struct json_step *step = &plan->steps[field];
    *step = (struct json_step){.field = (uint8_t)field, .offset = f->offset, .kind = f->kind};
    if (is_number((enum field_kind)f->kind))
        step->width = f->width;
    for (size_t dot; (dot = slice_find(name, '.')) < name.size; name = slice_part(name, dot + 1, name.size))
        step->object = find_object(plan, step->object, slice_part(name, 0, dot));
    step->key = make_key(name, ":");
    for (unsigned type = 0; type < EVENT_TYPES; type++) {
        if (!(f->in >> type & 1))
            continue;
        plan->types[type].room += room_of(plan, step);
        if (field > JSON_CONNECTION_FIRST && field <= JSON_CONNECTION_LAST)
            continue; /* the first stands for all of them */
        plan->types[type].rows[field / 64] |= UINT64_C(1) << field % 64;
        json_shape_add(&plan->types[type].mask, f);
    }
}

static void add_words(struct json_plan *plan, unsigned field)
{
    for (unsigned i = 0; event_fields[field].text && i < JSON_WORDS; i++) {
        const char *word = event_fields[field].text(i);
        if (word && *word && strlen(word) + sizeof "\"\"," <= JSON_KEY_TEXT)
            plan->words[field][i] = make_key(slice_of(word), ",");
    }
}

static void begin_types(struct json_plan *plan)
{
    for (unsigned i = 0; i < EVENT_TYPES; i++) {
        shape_begin(&plan->types[i].mask, (enum event_type)i);
        /* What is copied whole may reach further than it counts. */
        plan->types[i].room = sizeof "{\"unknown\":[],}" + JSON_CONNECTION + JSON_SHAPE_PIECE;
    }
}

static void end_types(struct json_plan *plan)
{
    for (struct json_type *t = plan->types; t < plan->types + EVENT_TYPES; t++) {
        for (unsigned word = 0; word < FIELD_SET_WORDS; word++)
            shape_add_unknown(&t->mask, word, t->rows[word]);
    }
}

struct json_plan *json_plan_new(void)
{
    struct json_plan *plan = calloc(1, sizeof *plan);
    if (!plan)
        return NULL;
    plan->objects[0].above = 1;
    plan->object_count = 1;
    begin_types(plan);
    for (unsigned i = 0; i < EVENT_FIELDS; i++) {
        add_step(plan, i);
        add_words(plan, i);
    }
    end_types(plan);
    plan->community = community_new(0);
    if (plan->community)
        return plan;
    json_plan_free(plan);
    return NULL;
}

void json_plan_free(struct json_plan *plan)
{
    if (!plan)
        return;
    community_free(plan->community);
    free(plan);
}
