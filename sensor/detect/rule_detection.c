/* Search identifiers: a map is "and" over its fields, a list of values "or", a list of maps "or". */
#include "sensor/detect/document.h"
#include "sensor/detect/rule_parse.h"

/* Under `neq` all that the key says is turned round. */
static const struct rule_node *negated(struct rule_reader *r, const struct rule_key *key, struct rule_node *node)
{
    const struct rule_node *finished = node ? rule_node_finish(r, node) : NULL;
    if (!finished || !rule_key_has(key, MODIFIER_NEQ))
        return finished;
    const struct rule_node **place;
    struct rule_node *outer = rule_node_new(r, NODE_NOT, 1, &place);
    if (!outer)
        return NULL;
    *place = finished;
    return rule_node_finish(r, outer);
}

/* `%name%`, all of the value. */
static const struct rule_list *list_of(const struct rule_reader *r, const struct yaml_node *value)
{
    struct slice text = {(const uint8_t *)value->text, value->size};
    if (value->kind != YAML_SCALAR || text.size < 3 || text.data[0] != '%' || text.data[text.size - 1] != '%') {
        rule_wrong(r, value->line, value->column,
                   "found '%.100s' under expand, expected the name of a list, as '%%name%%'", value->text);
        return NULL;
    }
    const struct rule_list *list = rule_list_find(r->lists, slice_part(text, 1, text.size - 1));
    if (!list)
        rule_wrong(r, value->line, value->column,
                   "found '%.100s', expected the name of a list: no file that was read has it", value->text);
    return list;
}

/* Of one name, or of a list of names: all entries of all of them, any of which has to fit. */
static const struct rule_node *parse_expanded(struct rule_reader *r, const struct rule_key *key,
                                              const struct yaml_node *member)
{
    bool right = true, empty = !document_each(member, NULL);
    size_t count = 0, at = 0;
    for (const struct yaml_node *value = NULL; (value = document_each(member, value));) {
        const struct rule_list *list = list_of(r, value);
        right &= list != NULL;
        count += list ? list->count : 0;
    }
    if (empty)
        rule_wrong(r, member->line, member->column, "found no value under field '%s', expected at least one",
                   member->key);
    if (!right || empty)
        return NULL;
    const struct rule_node **places;
    struct rule_node *node = rule_node_new(r, NODE_ANY, count, &places);
    for (const struct yaml_node *value = NULL; node && (value = document_each(member, value));) {
        const struct rule_list *list = list_of(r, value);
        for (const struct rule_entry *entry = list->entries; entry; entry = entry->next) {
            places[at] = rule_value_of_entry(r, key, entry, value);
            right &= places[at++] != NULL;
        }
    }
    return right ? negated(r, key, node) : NULL;
}

/* A list's place of a leaf: under `all` each is asked by itself, else the list is asked as one. */
static const struct rule_node *parse_place(struct rule_reader *r, const struct rule_key *key,
                                           const struct yaml_node *value)
{
    struct rule_node *leaf = rule_value_parse(r, key, value);
    return leaf && rule_key_has(key, MODIFIER_ALL) ? rule_node_finish(r, leaf) : leaf;
}

static const struct rule_node *parse_values(struct rule_reader *r, const struct rule_key *key,
                                            const struct yaml_node *list)
{
    bool all = rule_key_has(key, MODIFIER_ALL);
    size_t count = yaml_count(list), at = 0;
    if (count < (all ? 2 : 1)) {
        rule_wrong(r, list->line, list->column, "found %s under field '%s', expected %s",
                   count ? "one value" : "no value", list->key, all ? "several for 'all'" : "at least one");
        return NULL;
    }
    const struct rule_node **places;
    struct rule_node *node = rule_node_new(r, all ? NODE_ALL : NODE_ANY, count, &places);
    bool right = node != NULL;
    for (const struct yaml_node *value = list->first; node && value; value = value->next) {
        if (value->kind == YAML_NULL)
            rule_wrong(r, value->line, value->column, "found null in a list, expected it alone");
        places[at] = value->kind == YAML_NULL ? NULL : parse_place(r, key, value);
        right &= places[at++] != NULL;
    }
    return right ? negated(r, key, node) : NULL;
}

static const struct rule_node *parse_field(struct rule_reader *r, const struct yaml_node *member)
{
    struct rule_key key;
    if (!rule_key_parse(r, member, &key))
        return NULL;
    if (rule_key_has(&key, MODIFIER_EXPAND))
        return parse_expanded(r, &key, member);
    if (member->kind == YAML_LIST && !rule_key_has(&key, MODIFIER_EXISTS))
        return parse_values(r, &key, member);
    if (rule_key_has(&key, MODIFIER_ALL)) {
        rule_wrong(r, member->line, member->column, "found one value under 'all', expected a list");
        return NULL;
    }
    return negated(r, &key, rule_value_parse(r, &key, member));
}

static const struct rule_node *parse_map(struct rule_reader *r, const struct yaml_node *map)
{
    size_t count = yaml_count(map), at = 0;
    if (!count) {
        rule_wrong(r, map->line, map->column, "found an empty map, expected fields");
        return NULL;
    }
    const struct rule_node **places;
    struct rule_node *node = rule_node_new(r, NODE_ALL, count, &places);
    bool right = node != NULL;
    for (const struct yaml_node *member = map->first; node && member; member = member->next) {
        places[at] = parse_field(r, member);
        right &= places[at++] != NULL;
    }
    return right ? rule_node_finish(r, node) : NULL;
}

static const struct rule_node *parse_maps(struct rule_reader *r, const struct yaml_node *list)
{
    size_t count = yaml_count(list), at = 0;
    if (!count) {
        rule_wrong(r, list->line, list->column, "found an empty list, expected maps");
        return NULL;
    }
    const struct rule_node **places;
    struct rule_node *node = rule_node_new(r, NODE_ANY, count, &places);
    bool right = node != NULL;
    for (const struct yaml_node *map = list->first; node && map; map = map->next) {
        if (map->kind != YAML_MAP)
            rule_wrong(r, map->line, map->column,
                       "found %s in a search, expected a map: keywords over a whole event are not supported; name the "
                       "field, as 'http.url|contains: ...'",
                       map->kind == YAML_LIST ? "a list" : "a plain value");
        places[at] = map->kind == YAML_MAP ? parse_map(r, map) : NULL;
        right &= places[at++] != NULL;
    }
    return right ? rule_node_finish(r, node) : NULL;
}

const struct rule_node *rule_selection_parse(struct rule_reader *r, const struct yaml_node *selection)
{
    switch (selection->kind) {
    case YAML_MAP: return parse_map(r, selection);
    case YAML_LIST: return parse_maps(r, selection);
    default:
        rule_wrong(r, selection->line, selection->column,
                   "found a plain value as search '%s', expected a map or a list of maps", selection->key);
        return NULL;
    }
}
