#include "sensor/detect/rule_tree.h"

#include "sensor/event/value.h"

#include <inttypes.h>
#include <stdio.h>

/* Before any other byte a backslash is itself. */
static bool is_escaped(uint8_t byte)
{
    return byte == '*' || byte == '?' || byte == '\\';
}

bool rule_pattern_read(struct rule_pattern *pattern, struct rule_arena *arena, struct slice written, bool open_left,
                       bool open_right)
{
    uint16_t *units = rule_arena_take(arena, written.size + 2, sizeof *units);
    if (!units)
        return false;
    size_t size = 0;
    if (open_left)
        units[size++] = UNIT_ANY_TEXT;
    for (size_t i = 0; i < written.size; i++) {
        uint8_t byte = written.data[i];
        if (byte == '\\' && i + 1 < written.size && is_escaped(written.data[i + 1]))
            units[size++] = written.data[++i];
        else if (byte == '*')
            units[size++] = UNIT_ANY_TEXT;
        else
            units[size++] = byte == '?' ? (uint16_t)UNIT_ANY_ONE : byte_lower(byte);
    }
    if (open_right)
        units[size++] = UNIT_ANY_TEXT;
    *pattern = (struct rule_pattern){.units = units, .size = size};
    while (pattern->prefix < size && units[pattern->prefix] <= UINT8_MAX)
        pattern->prefix++;
    return true;
}

/* How many bytes of the text the unit takes: 0 when it does not fit. `?` takes a whole UTF-8 sequence. */
static size_t fits(uint16_t unit, struct slice text, size_t at)
{
    if (at >= text.size)
        return 0;
    if (unit != UNIT_ANY_ONE)
        return unit == byte_lower(text.data[at]);
    size_t size = 1;
    while (at + size < text.size && (text.data[at + size] & 0xC0) == 0x80)
        size++;
    return size;
}

/* Only the last wildcard is ever tried again: what an earlier one took cannot help a later part. */
bool rule_pattern_matches(const struct rule_pattern *pattern, struct slice text)
{
    size_t prefix = pattern->prefix, unit = prefix, at = prefix, retry_unit = SIZE_MAX, retry_at = 0;
    /* Most do not match: told by the size, or from the end of what is fixed, where paths begin to differ. */
    if (prefix == pattern->size ? text.size != prefix : text.size < prefix)
        return false;
    while (prefix-- > 0) {
        if (pattern->units[prefix] != byte_lower(text.data[prefix]))
            return false;
    }
    while (true) {
        if (unit < pattern->size && pattern->units[unit] == UNIT_ANY_TEXT) {
            retry_unit = ++unit;
            retry_at = at;
            if (unit == pattern->size)
                return true;
            continue;
        }
        if (unit == pattern->size && at == text.size)
            return true;
        size_t taken = unit < pattern->size ? fits(pattern->units[unit], text, at) : 0;
        if (taken) {
            unit++;
            at += taken;
            continue;
        }
        if (retry_unit == SIZE_MAX || retry_at >= text.size)
            return false;
        unit = retry_unit;
        at = ++retry_at;
    }
}

static bool matches_number(const struct rule_test *t, uint64_t number)
{
    char text[sizeof "18446744073709551615"];
    if (event_fields[t->field].kind == FIELD_HEX) {
        snprintf(text, sizeof text, "%016" PRIx64, number);
        return rule_pattern_matches(&t->pattern, slice_of(text));
    }
    if (t->is_number)
        return t->number == number;
    snprintf(text, sizeof text, "%" PRIu64, number);
    return rule_pattern_matches(&t->pattern, slice_of(text));
}

static bool matches_address(const struct rule_test *t, const uint8_t ip[static 16])
{
    if (t->is_ip)
        return memcmp(t->ip, ip, sizeof t->ip) == 0;
    char text[VALUE_MAX];
    size_t size = (size_t)(value_ip(text, ip) - text);
    return rule_pattern_matches(&t->pattern, (struct slice){(const uint8_t *)text, size});
}

/* A list matches when any of its members does. */
static bool matches_names(const struct rule_test *t, uint64_t bits)
{
    for (unsigned i = 0; i < 64; i++) {
        const char *name = bits >> i & 1 ? event_fields[t->field].text(i) : NULL;
        if (name && rule_pattern_matches(&t->pattern, slice_of(name)))
            return true;
    }
    return false;
}

static bool matches(const struct rule_test *t, const struct value *v)
{
    switch (v->kind) {
    case VALUE_TEXT: return rule_pattern_matches(&t->pattern, v->text);
    case VALUE_NUMBER: return matches_number(t, v->number);
    case VALUE_ADDRESS: return matches_address(t, v->ip);
    case VALUE_NAMES: return matches_names(t, v->number);
    case VALUE_FLAG: return rule_pattern_matches(&t->pattern, slice_of("true"));
    case VALUE_ABSENT:
    case VALUE_UNKNOWN: break;
    }
    return false;
}

static const struct value *value_of(struct rule_scratch *scratch, enum event_field_id field, const struct event *e)
{
    if (scratch->field != (int)field) {
        scratch->value = event_field_get(field, e);
        scratch->field = (int)field;
    }
    return &scratch->value;
}

static enum truth test(const struct rule_test *t, struct rule_scratch *scratch, const struct event *e)
{
    const struct value *v = value_of(scratch, t->field, e);
    if (v->kind == VALUE_UNKNOWN)
        return IS_UNKNOWN;
    bool absent = v->kind == VALUE_ABSENT;
    bool holds = t->kind == TEST_ABSENT ? absent : t->kind == TEST_PRESENT ? !absent : !absent && matches(t, v);
    return holds ? IS_TRUE : IS_FALSE;
}

/* The lesser of all (and), or the greater (or); done as soon as one decides. */
static enum truth combine(const struct rule_node *node, struct rule_scratch *scratch, const struct event *e)
{
    int sign = node->kind == NODE_ALL ? 1 : -1;
    int least = IS_TRUE;
    for (size_t i = 0; i < node->count && least > IS_FALSE; i++) {
        const struct rule_node *child = node->children[i];
        int one = sign * (int)(child->kind == NODE_TEST ? test(&child->test, scratch, e)
                                                        : rule_evaluate_node(child, scratch, e));
        least = one < least ? one : least;
    }
    return (enum truth)(sign * least);
}

enum truth rule_evaluate_node(const struct rule_node *node, struct rule_scratch *scratch, const struct event *e)
{
    switch (node->kind) {
    case NODE_ALL:
    case NODE_ANY: return combine(node, scratch, e);
    case NODE_NOT: return (enum truth) - (int)rule_evaluate_node(node->children[0], scratch, e);
    case NODE_TEST: return test(&node->test, scratch, e);
    case NODE_SELECTION: break;
    }
    signed char *known = &scratch->truths[node->place];
    if (*known == TRUTH_UNASKED)
        *known = (signed char)rule_evaluate_node(node->children[0], scratch, e);
    return (enum truth) * known;
}

enum truth rule_evaluate(const struct rule *rule, struct rule_scratch *scratch, const struct event *e)
{
    memset(scratch->truths, TRUTH_UNASKED, rule->selections);
    scratch->field = -1;
    return rule_evaluate_node(rule->condition, scratch, e);
}
