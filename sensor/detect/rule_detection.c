/* Search identifiers: a map is "and" over its fields, a list of values "or", a list of maps "or". */
#include "sensor/detect/rule_parse.h"

#include <arpa/inet.h>

enum { NAME_MAX_SIZE = 128, WHAT_SIZE = 160 };

enum modifier { MODIFIER_CONTAINS, MODIFIER_STARTSWITH, MODIFIER_ENDSWITH, MODIFIER_ALL, MODIFIER_EXISTS, MODIFIERS };

static const char *const MODIFIER_NAMES[MODIFIERS] = {[MODIFIER_CONTAINS] = "contains",
                                                      [MODIFIER_STARTSWITH] = "startswith",
                                                      [MODIFIER_ENDSWITH] = "endswith",
                                                      [MODIFIER_ALL] = "all",
                                                      [MODIFIER_EXISTS] = "exists"};

/* A map's key: FIELD|MODIFIER|MODIFIER. */
struct field_key {
    enum event_field_id field;
    unsigned modifiers; /* 1 << enum modifier */
};

#define HAS(key, modifier) ((key)->modifiers >> (modifier)&1)

struct rule_node *rule_node_new(const struct rule_reader *r, enum node_kind kind, const char *what, size_t children,
                                const struct rule_node ***places)
{
    struct rule_node *node = rule_arena_take(r->arena, 1, sizeof *node);
    const struct rule_node **array = rule_arena_take(r->arena, children, sizeof *array);
    if (!node || !array)
        return NULL;
    node->kind = kind;
    node->what = what;
    node->children = array;
    node->count = children;
    *places = array;
    return node;
}

static bool read_modifiers(const struct rule_reader *r, const struct yaml_node *n, const char *at,
                           struct field_key *key)
{
    while (*at == '|') {
        const char *name = ++at;
        size_t size = strcspn(name, "|");
        unsigned m = 0;
        while (m < MODIFIERS && (strlen(MODIFIER_NAMES[m]) != size || memcmp(MODIFIER_NAMES[m], name, size) != 0))
            m++;
        unsigned column = n->key_column + (unsigned)(name - n->key);
        if (m == MODIFIERS) {
            rule_wrong(r, n->key_line, column,
                       "found modifier '%.*s', expected contains, startswith, endswith, all or exists",
                       (int)(size < NAME_MAX_SIZE ? size : NAME_MAX_SIZE), name);
            return false;
        }
        unsigned wildcards = 1 << MODIFIER_CONTAINS | 1 << MODIFIER_STARTSWITH | 1 << MODIFIER_ENDSWITH;
        unsigned excluded = m <= MODIFIER_ENDSWITH ? wildcards | 1U << MODIFIER_EXISTS
                            : m == MODIFIER_ALL    ? 1U << MODIFIER_ALL | 1U << MODIFIER_EXISTS
                                                   : ~0U;
        if (key->modifiers & excluded) {
            rule_wrong(r, n->key_line, column, "found modifier '%s' behind one that it cannot stand with",
                       MODIFIER_NAMES[m]);
            return false;
        }
        key->modifiers |= 1U << m;
        at += size;
    }
    return true;
}

static bool read_key(const struct rule_reader *r, const struct yaml_node *n, struct field_key *key)
{
    char name[NAME_MAX_SIZE];
    size_t size = strcspn(n->key, "|");
    snprintf(name, sizeof name, "%.*s", (int)(size < sizeof name ? size : sizeof name - 1), n->key);
    int field = size < sizeof name ? event_field_find(name) : -1;
    if (field < 0) {
        rule_wrong(r, n->key_line, n->key_column, "found field '%s', expected a name that kapiwatch-events(5) lists",
                   name);
        return false;
    }
    unsigned kind = event_fields[field].kind;
    if (!(event_fields[field].in >> EVENT_EXCHANGE & 1)) {
        rule_wrong(r, n->key_line, n->key_column, "found field '%s', expected one that requests have", name);
        return false;
    }
    if (kind == FIELD_TIME || kind == FIELD_ENDPOINT || kind == FIELD_COMMUNITY) {
        rule_wrong(r, n->key_line, n->key_column, "found field '%s', expected one that can be compared", name);
        return false;
    }
    *key = (struct field_key){.field = (enum event_field_id)field};
    return read_modifiers(r, n, n->key + size, key);
}

static bool read_number(struct slice text, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || *number > (UINT64_MAX - 9) / 10)
            return false;
        *number = *number * 10 + (uint64_t)(text.data[i] - '0');
    }
    return text.size > 0;
}

static bool read_ip(const char *text, uint8_t ip[static 16])
{
    memset(ip, 0, 10);
    memset(ip + 10, 0xFF, 2);
    return inet_pton(AF_INET, text, ip + 12) == 1 || inet_pton(AF_INET6, text, ip) == 1;
}

static const char *what_of(const struct rule_reader *r, const char *key, const struct yaml_node *value)
{
    char what[WHAT_SIZE];
    const char *quote = value->kind == YAML_NULL ? "" : "'";
    int size =
        snprintf(what, sizeof what, "%s: %s%s%s", key, quote, value->kind == YAML_NULL ? "null" : value->text, quote);
    size_t kept = size < 0 ? 0 : (size_t)size < sizeof what ? (size_t)size : sizeof what - 1;
    return rule_arena_text(r->arena, (struct slice){(const uint8_t *)what, kept});
}

static bool read_value(const struct rule_reader *r, const struct field_key *key, const struct yaml_node *value,
                       struct rule_test *t)
{
    if (value->kind == YAML_NULL) {
        t->kind = TEST_ABSENT;
        if (key->modifiers)
            rule_wrong(r, value->line, value->column, "found null under a modifier, expected a value");
        return !key->modifiers;
    }
    if (HAS(key, MODIFIER_EXISTS)) {
        bool yes = strcmp(value->text, "true") == 0, no = strcmp(value->text, "false") == 0;
        t->kind = yes ? TEST_PRESENT : TEST_ABSENT;
        if (!yes && !no)
            rule_wrong(r, value->line, value->column, "found '%s' under exists, expected true or false", value->text);
        return yes || no;
    }
    if (!value->size && !key->modifiers)
        rule_warn(r, value->line, value->column,
                  "found an empty value: it matches nothing, for what is empty is absent here; "
                  "expected null, or a value");
    struct slice text = {(const uint8_t *)value->text, value->size};
    bool contains = HAS(key, MODIFIER_CONTAINS);
    bool opened = contains || HAS(key, MODIFIER_STARTSWITH) || HAS(key, MODIFIER_ENDSWITH);
    t->kind = TEST_VALUE;
    t->is_number = !opened && read_number(text, &t->number);
    t->is_ip = !opened && read_ip(value->text, t->ip);
    return rule_pattern_read(&t->pattern, r->arena, text, contains || HAS(key, MODIFIER_ENDSWITH),
                             contains || HAS(key, MODIFIER_STARTSWITH));
}

static const struct rule_node *parse_value(const struct rule_reader *r, const struct field_key *key, const char *name,
                                           const struct yaml_node *value)
{
    if (value->kind != YAML_SCALAR && value->kind != YAML_NULL) {
        rule_wrong(r, value->line, value->column, "found a %s under field '%s', expected a value",
                   value->kind == YAML_LIST ? "list" : "map", name);
        return NULL;
    }
    const struct rule_node **none;
    struct rule_node *node = rule_node_new(r, NODE_TEST, what_of(r, name, value), 0, &none);
    if (!node)
        return NULL;
    node->test.field = key->field;
    return read_value(r, key, value, &node->test) ? node : NULL;
}

static size_t members(const struct yaml_node *n)
{
    size_t count = 0;
    for (const struct yaml_node *m = n->first; m; m = m->next)
        count++;
    return count;
}

static const struct rule_node *parse_values(const struct rule_reader *r, const struct field_key *key, const char *name,
                                            const struct yaml_node *list)
{
    bool all = HAS(key, MODIFIER_ALL);
    size_t count = members(list), at = 0;
    const struct rule_node **places;
    struct rule_node *node = rule_node_new(r, all ? NODE_ALL : NODE_ANY, all ? "all of" : "any of", count, &places);
    bool right = node != NULL;
    if (count < (all ? 2 : 1)) {
        rule_wrong(r, list->line, list->column, "found %s under field '%s', expected %s",
                   count ? "one value" : "no value", name, all ? "several for 'all'" : "at least one");
        return NULL;
    }
    for (const struct yaml_node *value = list->first; node && value; value = value->next) {
        if (value->kind == YAML_NULL)
            rule_wrong(r, value->line, value->column, "found null in a list, expected it alone");
        places[at] = value->kind == YAML_NULL ? NULL : parse_value(r, key, name, value);
        right &= places[at++] != NULL;
    }
    return right ? node : NULL;
}

static const struct rule_node *parse_field(const struct rule_reader *r, const struct yaml_node *member)
{
    struct field_key key;
    if (!read_key(r, member, &key))
        return NULL;
    if (member->kind == YAML_LIST && !HAS(&key, MODIFIER_EXISTS))
        return parse_values(r, &key, member->key, member);
    if (HAS(&key, MODIFIER_ALL)) {
        rule_wrong(r, member->line, member->column, "found one value under 'all', expected a list");
        return NULL;
    }
    return parse_value(r, &key, member->key, member);
}

static const struct rule_node *parse_map(const struct rule_reader *r, const struct yaml_node *map)
{
    size_t count = members(map), at = 0;
    if (!count) {
        rule_wrong(r, map->line, map->column, "found an empty map, expected fields");
        return NULL;
    }
    const struct rule_node **places;
    struct rule_node *node = rule_node_new(r, NODE_ALL, "all fields", count, &places);
    bool right = node != NULL;
    for (const struct yaml_node *member = map->first; node && member; member = member->next) {
        places[at] = parse_field(r, member);
        right &= places[at++] != NULL;
    }
    return right ? node : NULL;
}

static const struct rule_node *parse_maps(const struct rule_reader *r, const struct yaml_node *list)
{
    size_t count = members(list), at = 0;
    if (!count) {
        rule_wrong(r, list->line, list->column, "found an empty list, expected maps");
        return NULL;
    }
    const struct rule_node **places;
    struct rule_node *node = rule_node_new(r, NODE_ANY, "any map", count, &places);
    bool right = node != NULL;
    for (const struct yaml_node *map = list->first; node && map; map = map->next) {
        if (map->kind != YAML_MAP)
            rule_wrong(r, map->line, map->column,
                       "found %s in a search, expected a map: keyword searches are not supported",
                       map->kind == YAML_LIST ? "a list" : "a plain value");
        places[at] = map->kind == YAML_MAP ? parse_map(r, map) : NULL;
        right &= places[at++] != NULL;
    }
    return right ? node : NULL;
}

const struct rule_node *rule_selection_parse(const struct rule_reader *r, const struct yaml_node *selection,
                                             size_t place)
{
    const struct rule_node *what;
    switch (selection->kind) {
    case YAML_MAP: what = parse_map(r, selection); break;
    case YAML_LIST: what = parse_maps(r, selection); break;
    default:
        rule_wrong(r, selection->line, selection->column,
                   "found a plain value as search '%s', expected a map or a list of maps", selection->key);
        return NULL;
    }
    const struct rule_node **child;
    struct rule_node *node =
        what ? rule_node_new(r, NODE_SELECTION, rule_arena_text(r->arena, slice_of(selection->key)), 1, &child) : NULL;
    if (!node)
        return NULL;
    *child = what;
    node->place = place;
    return node;
}
