#include "sensor/detect/rule_match.h"

#include "sensor/event/value.h"

/* A value as a text: of a number its digits. */
static struct slice text_of(enum event_field_id field, const struct value *v, char room[static VALUE_MAX])
{
    char *end;
    switch (v->kind) {
    case VALUE_NUMBER:
        end = event_fields[field].kind == FIELD_HEX ? value_hex(room, v->number, event_fields[field].width)
                                                    : value_number(room, v->number);
        break;
    case VALUE_ADDRESS: end = value_ip(room, v->ip); break;
    case VALUE_FLAG: return slice_of("true");
    default: return v->text;
    }
    return (struct slice){(const uint8_t *)room, (size_t)(end - room)};
}

static const struct value *value_of(struct rule_scratch *scratch, enum event_field_id field, const struct event *e)
{
    if (scratch->field != (int)field) {
        scratch->value = event_field_get(field, e);
        scratch->field = (int)field;
    }
    return &scratch->value;
}

static enum truth truth_of(bool holds)
{
    return holds ? IS_TRUE : IS_FALSE;
}

static enum truth test_text(const struct rule_test *t, struct rule_scratch *scratch, struct slice text)
{
    if (t->kind == TEST_PATTERN)
        return truth_of(rule_pattern_matches(&t->pattern, text));
    return rule_regex_matches(t->regex, scratch->regex, text);
}

/* A list matches when any of its members does. */
static enum truth test_names(const struct rule_test *t, struct rule_scratch *scratch, uint64_t bits)
{
    enum truth best = IS_FALSE;
    for (unsigned i = 0; i < NAMES_MAX && best < IS_TRUE; i++) {
        const char *name = bits >> i & 1 ? rule_name_of(&event_fields[t->field], i) : NULL;
        enum truth one = name ? test_text(t, scratch, slice_of(name)) : IS_FALSE;
        best = one > best ? one : best;
    }
    return best;
}

static bool test_number(const struct rule_test *t, uint64_t number)
{
    switch (t->order) {
    case ORDER_SAME: return number == t->number;
    case ORDER_LESS: return number < t->number;
    case ORDER_AT_MOST: return number <= t->number;
    case ORDER_MORE: return number > t->number;
    case ORDER_AT_LEAST: return number >= t->number;
    }
    return false;
}

/* `inner` at the beginning, at the end, or all of `text`. Not anywhere in it: both are as long as a client likes. */
static bool stands_in(const struct rule_test *t, struct slice text, struct slice inner)
{
    if (inner.size > text.size || (!t->open_left && !t->open_right && inner.size != text.size))
        return false;
    size_t at = t->open_left ? text.size - inner.size : 0;
    struct slice part = slice_part(text, at, at + inner.size);
    return t->cased ? slice_same(part, inner) : slice_same_nocase(part, inner);
}

static enum truth test_other(const struct rule_test *t, const struct value *v, const struct event *e)
{
    char room[VALUE_MAX], other_room[VALUE_MAX];
    struct value other = event_field_get(t->other, e);
    if (other.kind == VALUE_UNKNOWN)
        return IS_UNKNOWN;
    if (other.kind == VALUE_ABSENT || v->kind == VALUE_ABSENT)
        return IS_FALSE;
    return truth_of(stands_in(t, text_of(t->field, v, room), text_of(t->other, &other, other_room)));
}

/* The same of VLAN tags. */
static enum truth test_tags(const struct rule_test *t, struct rule_scratch *scratch, const struct event *e)
{
    enum truth best = IS_FALSE;
    for (unsigned i = 0; i < e->vlans && i < 2 && best < IS_TRUE; i++) {
        const struct value tag = {.kind = VALUE_NUMBER, .number = e->vlan[i]};
        char room[VALUE_MAX];
        enum truth one = t->kind == TEST_NUMBER ? truth_of(test_number(t, tag.number))
                                                : test_text(t, scratch, text_of(t->field, &tag, room));
        best = one > best ? one : best;
    }
    return best;
}

static enum truth test(const struct rule_test *t, struct rule_scratch *scratch, const struct event *e)
{
    const struct value *v = value_of(scratch, t->field, e);
    char room[VALUE_MAX];
    if (v->kind == VALUE_UNKNOWN)
        return IS_UNKNOWN;
    bool absent = v->kind == VALUE_ABSENT, tags = event_fields[t->field].kind == FIELD_VLAN;
    switch (t->kind) {
    case TEST_ABSENT: return truth_of(absent);
    case TEST_PRESENT: return truth_of(!absent);
    case TEST_NUMBER: return tags ? test_tags(t, scratch, e) : truth_of(!absent && test_number(t, v->number));
    case TEST_NETWORK: return truth_of(!absent && prefix_holds(&t->network, v->ip));
    case TEST_OTHER: return test_other(t, v, e);
    case TEST_PATTERN:
    case TEST_REGEX: break;
    }
    if (absent)
        return IS_FALSE;
    if (tags)
        return test_tags(t, scratch, e);
    if (v->kind == VALUE_NAMES)
        return test_names(t, scratch, v->number);
    return test_text(t, scratch, text_of(t->field, v, room));
}

/* Most networks do not hold an address, which shows in the last whole byte that they fix. */
static bool is_in_network(const struct prefix *p, const uint8_t ip[static 16])
{
    size_t whole = p->bits / 8;
    return (whole == 0 || p->ip[whole - 1] == ip[whole - 1]) && prefix_holds(p, ip);
}

/* Not inlined, that what is asked more often is. */
__attribute__((noinline)) static bool is_in_networks(const struct rule_node *node, const struct address *address)
{
    if (node->kind == NODE_TEST)
        return is_in_network(&node->test.network, address->ip);
    for (size_t i = 0; i < node->count; i++) {
        if (is_in_network(&node->children[i]->test.network, address->ip))
            return true;
    }
    return false;
}

static inline enum truth evaluate_quickly(const struct rule_node *node, struct rule_scratch *scratch,
                                          const struct event *e)
{
    if (event_is_unknown(e, (enum event_field_id)node->field))
        return IS_UNKNOWN;
    if (node->quick == QUICK_NETWORK)
        return truth_of(is_in_networks(node, (const void *)((const uint8_t *)e + node->offset)));
    if (node->quick == QUICK_TEXT)
        return truth_of(rule_text_holds(scratch->text, (enum event_field_id)node->field, node->group, e));
    uint64_t number = event_field_number((const uint8_t *)e + node->offset, node->width);
    if (node->quick == QUICK_RANGE)
        return truth_of(number >= node->least && number <= node->most);
    if (node->quick == QUICK_NAMES)
        return truth_of(number & node->bits);
    return truth_of(number < NAMES_MAX && node->bits >> number & 1);
}

static bool is_leaf(const struct rule_node *node)
{
    return node->quick != QUICK_NOT || node->kind == NODE_TEST;
}

static inline int leaf_most(const struct rule_node *leaf, bool negated, enum rule_known known,
                            struct rule_scratch *scratch, const struct event *e)
{
    bool quick = leaf->quick != QUICK_NOT;
    if (known != KNOWN_ALL && (!quick || (known == KNOWN_NUMBERS && !rule_is_number(leaf))))
        return IS_TRUE;
    int truth = quick ? evaluate_quickly(leaf, scratch, e) : test(&leaf->test, scratch, e);
    return negated ? -truth : truth;
}

/* The most that a node can be, or, negated, its negation: the lesser of all (and), or the greater (or); done as soon as
 * one decides. */
static int most_of(const struct rule_node *node, bool negated, enum rule_known known, struct rule_scratch *scratch,
                   const struct event *e)
{
    if (is_leaf(node))
        return leaf_most(node, negated, known, scratch, e);
    negated ^= node->kind == NODE_NOT;
    int sign = (node->kind == NODE_ANY) != negated ? -1 : 1;
    int least = IS_TRUE;
    for (size_t i = 0; i < node->asked_count && least > IS_FALSE; i++) {
        const struct rule_node *child = node->asked[i];
        int one = sign * (is_leaf(child) ? leaf_most(child, negated, known, scratch, e)
                                         : most_of(child, negated, known, scratch, e));
        least = one < least ? one : least;
    }
    return sign * least;
}

bool rule_may_hold(const struct rule *rule, enum rule_known known, struct rule_scratch *scratch, const struct event *e)
{
    return most_of(rule->condition, false, known, scratch, e) == IS_TRUE;
}

enum truth rule_evaluate_node(const struct rule_node *node, struct rule_scratch *scratch, const struct event *e)
{
    return (enum truth)most_of(node, false, KNOWN_ALL, scratch, e);
}

enum truth rule_evaluate_slowly(const struct rule_node *node, struct rule_scratch *scratch, const struct event *e)
{
    if (node->kind == NODE_TEST)
        return test(&node->test, scratch, e);
    int sign = node->kind == NODE_ANY || node->kind == NODE_NOT ? -1 : 1;
    int least = IS_TRUE;
    for (size_t i = 0; i < node->count; i++) {
        int one = (node->kind == NODE_NOT ? 1 : sign) * (int)rule_evaluate_slowly(node->children[i], scratch, e);
        least = one < least ? one : least;
    }
    return (enum truth)(sign * least);
}
