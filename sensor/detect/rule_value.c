/* A value under a key, as a leaf. */
#include "sensor/detect/document.h"
#include "sensor/detect/rule_parse.h"

#include <stdio.h>

enum { WORDS_SIZE = 240 };

/* A value as it stands in a rule or in a list, and where to complain of it. */
struct written {
    struct slice text;
    unsigned line, column;
    int shown; /* so much of it in a message */
};

#define SHOWN(w) (w)->shown, (const char *)(w)->text.data

static struct written written_of(struct slice text, const struct yaml_node *at)
{
    enum { SHOWN_MAX = 100 };
    return (struct written){text, at->line, at->column, (int)(text.size < SHOWN_MAX ? text.size : SHOWN_MAX)};
}

static bool is_open(const struct rule_key *key)
{
    return rule_key_has(key, MODIFIER_CONTAINS) || rule_key_has(key, MODIFIER_STARTSWITH) ||
           rule_key_has(key, MODIFIER_ENDSWITH);
}

static bool read_flag(const struct rule_reader *r, const struct written *w, struct rule_test *t, const char *where)
{
    bool yes = slice_is(w->text, "true"), no = slice_is(w->text, "false");
    t->kind = yes ? TEST_PRESENT : TEST_ABSENT;
    if (!yes && !no)
        rule_wrong(r, w->line, w->column, "found '%.*s' under %s, expected true or false", SHOWN(w), where);
    return yes || no;
}

static bool read_order(const struct rule_reader *r, const struct rule_key *key, const struct written *w,
                       struct rule_test *t)
{
    t->kind = TEST_NUMBER;
    t->order = rule_key_has(key, MODIFIER_GT)    ? ORDER_MORE
               : rule_key_has(key, MODIFIER_GTE) ? ORDER_AT_LEAST
               : rule_key_has(key, MODIFIER_LT)  ? ORDER_LESS
                                                 : ORDER_AT_MOST;
    if (document_number(w->text, UINT64_MAX, &t->number))
        return true;
    rule_wrong(r, w->line, w->column, "found '%.*s' to compare a number with, expected a whole number", SHOWN(w));
    return false;
}

static bool read_network(const struct rule_reader *r, const struct written *w, struct rule_test *t,
                         const char *expected)
{
    t->kind = TEST_NETWORK;
    switch (prefix_parse(w->text, &t->network)) {
    case PREFIX_GOOD:
    case PREFIX_HOST_BITS: return true;
    case PREFIX_BAD_BITS:
        rule_wrong(r, w->line, w->column, "found '%.*s', expected a number of bits behind the slash", SHOWN(w));
        return false;
    case PREFIX_HAS_PORT:
    case PREFIX_NO_ADDRESS: break;
    }
    rule_wrong(r, w->line, w->column, "found '%.*s', expected %s", SHOWN(w), expected);
    return false;
}

static bool read_address(const struct rule_reader *r, const struct written *w, struct rule_test *t)
{
    if (slice_find(w->text, '/') == w->text.size)
        return read_network(r, w, t, "an address");
    rule_wrong(r, w->line, w->column, "found '%.*s', expected an address: a network wants the modifier cidr", SHOWN(w));
    return false;
}

static bool read_regex(const struct rule_reader *r, const struct rule_key *key, const struct written *w,
                       struct rule_test *t)
{
    char why[REGEX_WHY];
    struct regex_form form = {.caseless = rule_key_has(key, MODIFIER_I),
                              .lines = rule_key_has(key, MODIFIER_M),
                              .dot_all = rule_key_has(key, MODIFIER_S)};
    t->kind = TEST_REGEX;
    t->regex = rule_regex_new(r->regexes, r->arena, w->text, form, why);
    if (!t->regex)
        rule_wrong(r, w->line, w->column, "found '%.*s', expected a regular expression: %s", SHOWN(w), why);
    return t->regex != NULL;
}

static bool read_other(const struct rule_reader *r, const struct rule_key *key, const struct written *w,
                       struct rule_test *t)
{
    const char *name = rule_arena_text(r->arena, w->text);
    int other = name ? rule_field_find(r, name, w->line, w->column) : -1;
    if (other < 0)
        return false;
    unsigned kind = event_fields[other].kind;
    if (kind == FIELD_NAMES || kind == FIELD_VLAN || kind == FIELD_FLAG) {
        rule_wrong(r, w->line, w->column, "found field '%s' under fieldref, expected one that is no list and no flag",
                   name);
        return false;
    }
    t->kind = TEST_OTHER;
    t->other = (enum event_field_id)other;
    t->open_left = rule_key_has(key, MODIFIER_ENDSWITH);
    t->open_right = rule_key_has(key, MODIFIER_STARTSWITH);
    t->cased = rule_key_has(key, MODIFIER_CASED);
    return true;
}

/* All names of the field, for who wrote one that is none of them. */
static void list_names(const struct event_field *f, char *words, size_t size)
{
    size_t at = 0;
    words[0] = '\0';
    for (unsigned i = 0; i < NAMES_MAX; i++) {
        const char *name = rule_name_of(f, i);
        if (!name)
            continue;
        if (at + strlen(name) + sizeof ", and others" > size) {
            snprintf(words + at, size - at, " and others");
            return;
        }
        at += (size_t)snprintf(words + at, size - at, "%s%s", at ? ", " : "", name);
    }
}

static bool has_such_name(const struct rule_reader *r, const struct written *w, const struct rule_test *t)
{
    const struct event_field *f = &event_fields[t->field];
    for (unsigned i = 0; i < NAMES_MAX; i++) {
        const char *name = rule_name_of(f, i);
        if (name && rule_pattern_matches(&t->pattern, slice_of(name)))
            return true;
    }
    char words[WORDS_SIZE];
    list_names(f, words, sizeof words);
    rule_wrong(r, w->line, w->column, "found '%.*s', which %s never is, expected one of %s", SHOWN(w), f->name, words);
    return false;
}

static bool is_number(unsigned kind)
{
    return kind == FIELD_NUMBER || kind == FIELD_COUNT || kind == FIELD_PORT || kind == FIELD_VLAN;
}

static bool read_pattern(const struct rule_reader *r, const struct rule_key *key, const struct written *w,
                         struct rule_test *t)
{
    bool contains = rule_key_has(key, MODIFIER_CONTAINS);
    struct pattern_form form = {.open_left = contains || rule_key_has(key, MODIFIER_ENDSWITH),
                                .open_right = contains || rule_key_has(key, MODIFIER_STARTSWITH),
                                .cased = rule_key_has(key, MODIFIER_CASED)};
    unsigned kind = event_fields[key->field].kind;
    t->kind = TEST_PATTERN;
    if (!rule_pattern_read(&t->pattern, r->arena, w->text, form))
        return false;
    bool exact = rule_pattern_is_exact(&t->pattern);
    if (kind == FIELD_NAME || kind == FIELD_NAMES)
        return has_such_name(r, w, t);
    if (exact && kind == FIELD_IP)
        return read_address(r, w, t);
    uint64_t number;
    if (exact && is_number(kind) && document_number(w->text, UINT64_MAX, &number)) {
        t->kind = TEST_NUMBER;
        t->order = ORDER_SAME;
        t->number = number;
    } else if (exact && is_number(kind)) {
        rule_warn(r, w->line, w->column, "found '%.*s', which the number %s never is, expected a number", SHOWN(w),
                  event_fields[key->field].name);
    }
    return true;
}

static bool read_value(const struct rule_reader *r, const struct rule_key *key, const struct written *w,
                       struct rule_test *t)
{
    if (rule_key_has(key, MODIFIER_EXISTS))
        return read_flag(r, w, t, "exists");
    if (!w->text.size && (key->modifiers & ~(1U << MODIFIER_NEQ | 1U << MODIFIER_CASED | 1U << MODIFIER_ALL))) {
        rule_wrong(r, w->line, w->column, "found an empty value under '%s', expected one: empty fits all", key->text);
        return false;
    }
    if (!w->text.size) {
        t->kind = TEST_ABSENT; /* what is empty on the wire is left out of an event */
        return true;
    }
    if (key->modifiers & (1U << MODIFIER_GT | 1U << MODIFIER_GTE | 1U << MODIFIER_LT | 1U << MODIFIER_LTE))
        return read_order(r, key, w, t);
    if (rule_key_has(key, MODIFIER_CIDR))
        return read_network(r, w, t, "a network, such as 192.0.2.0/24");
    if (rule_key_has(key, MODIFIER_RE))
        return read_regex(r, key, w, t);
    if (rule_key_has(key, MODIFIER_FIELDREF))
        return read_other(r, key, w, t);
    if (event_fields[key->field].kind == FIELD_FLAG && !is_open(key))
        return read_flag(r, w, t, key->text);
    return read_pattern(r, key, w, t);
}

static struct rule_node *new_leaf(const struct rule_reader *r, const struct rule_key *key)
{
    struct rule_node *node = rule_node_new(r, NODE_TEST, 0, NULL);
    if (node)
        node->test.field = key->field;
    return node;
}

struct rule_node *rule_value_parse(struct rule_reader *r, const struct rule_key *key, const struct yaml_node *value)
{
    if (value->kind != YAML_SCALAR && value->kind != YAML_NULL) {
        rule_wrong(r, value->line, value->column, "found a %s under field '%s', expected a value",
                   value->kind == YAML_LIST ? "list" : "map", key->text);
        return NULL;
    }
    bool null = value->kind == YAML_NULL;
    if (null && (key->modifiers & ~(1U << MODIFIER_NEQ))) {
        rule_wrong(r, value->line, value->column, "found null under a modifier, expected a value");
        return NULL;
    }
    struct written w = written_of((struct slice){(const uint8_t *)value->text, value->size}, value);
    struct rule_node *node = new_leaf(r, key);
    if (!node)
        return NULL;
    node->test.kind = TEST_ABSENT;
    if (!null && !read_value(r, key, &w, &node->test))
        return NULL;
    node->cost = rule_test_cost(&node->test);
    return node;
}

struct rule_node *rule_value_of_entry(struct rule_reader *r, const struct rule_key *key, const struct rule_entry *entry,
                                      const struct yaml_node *at)
{
    struct written w = written_of(slice_of(entry->value), at);
    struct rule_node *node = new_leaf(r, key);
    if (!node || !read_value(r, key, &w, &node->test))
        return NULL;
    node->cost = rule_test_cost(&node->test);
    return node;
}
