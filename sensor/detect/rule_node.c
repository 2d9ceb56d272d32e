/* Making a rule's tree: nodes, the order in which their children are asked, and the quick way to ask them. */
#include "sensor/detect/rule_parse.h"

/* Roughly nanoseconds, for the order of what is asked. A text is searched once for all rules, which most of them find
 * done. */
enum { COST_BIT = 1, COST_NUMBER = 4, COST_TEXT = 20, COST_SLOW = 100, COST_REGEX = 400 };

enum { SORTED_MAX = 256 };

const char *rule_name_of(const struct event_field *f, unsigned value)
{
    const char *name = f->text(value);
    return name && *name && strcmp(name, "?") != 0 ? name : NULL;
}

struct rule_node *rule_node_new(const struct rule_reader *r, enum node_kind kind, size_t children,
                                const struct rule_node ***places)
{
    struct rule_node *node = rule_arena_take(r->arena, 1, sizeof *node);
    const struct rule_node **array = rule_arena_take(r->arena, children, sizeof *array);
    if (!node || !array)
        return NULL;
    node->kind = (uint8_t)kind;
    node->children = array;
    node->count = children;
    if (places)
        *places = array;
    return node;
}

/* The bits that make a leaf true, of a field with names. */
static uint64_t bits_of(const struct rule_test *t)
{
    const struct event_field *f = &event_fields[t->field];
    uint64_t bits = 0;
    for (unsigned i = 0; i < NAMES_MAX; i++) {
        const char *name = rule_name_of(f, i);
        bool holds = t->kind == TEST_ABSENT    ? !name
                     : t->kind == TEST_PRESENT ? name != NULL
                                               : name && rule_pattern_matches(&t->pattern, slice_of(name));
        bits |= (uint64_t)holds << i;
    }
    return bits;
}

/* The numbers that make a leaf true; of a kind whose 0 is absent, 0 fits nothing but "absent". */
static void range_of(const struct rule_test *t, struct rule_node *node)
{
    bool counts = event_fields[t->field].kind == FIELD_COUNT;
    uint64_t first = counts ? 0 : 1;
    node->least = first;
    node->most = UINT64_MAX;
    if (t->kind == TEST_ABSENT) {
        node->least = counts; /* never */
        node->most = 0;
    } else if (t->kind == TEST_NUMBER) {
        bool from = t->order == ORDER_SAME || t->order == ORDER_AT_LEAST, above = t->order == ORDER_MORE;
        bool to = t->order == ORDER_SAME || t->order == ORDER_AT_MOST, below = t->order == ORDER_LESS;
        uint64_t least = from ? t->number : above ? t->number + 1 : 0;
        uint64_t most = to ? t->number : below ? t->number - 1 : UINT64_MAX;
        bool never = (above && t->number == UINT64_MAX) || (below && t->number == 0);
        node->least = never ? 1 : least > first ? least : first;
        node->most = never ? 0 : most;
    }
}

static enum quick quick_of(const struct rule_test *t)
{
    bool pattern = t->kind == TEST_PATTERN, there = t->kind == TEST_ABSENT || t->kind == TEST_PRESENT;
    switch (event_fields[t->field].kind) {
    case FIELD_NAME: return pattern || there ? QUICK_NAME : QUICK_NOT;
    case FIELD_NAMES: return pattern ? QUICK_NAMES : there ? QUICK_RANGE : QUICK_NOT;
    case FIELD_TEXT: return pattern ? QUICK_TEXT : there ? QUICK_RANGE : QUICK_NOT;
    case FIELD_NUMBER:
    case FIELD_COUNT:
    case FIELD_HEX:
    case FIELD_FLAG: return there || t->kind == TEST_NUMBER ? QUICK_RANGE : QUICK_NOT;
    case FIELD_IP: return t->kind == TEST_NETWORK ? QUICK_NETWORK : QUICK_NOT;
    default: return QUICK_NOT;
    }
}

/* Where the number stands that a quick node looks at. */
static void set_place(struct rule_node *node)
{
    const struct event_field *f = &event_fields[node->field];
    node->offset = f->offset;
    node->width = f->width;
    if (f->kind == FIELD_TEXT) {
        node->offset = (uint16_t)(f->offset + offsetof(struct text, size));
        node->width = sizeof((struct text *)0)->size;
    }
}

unsigned rule_test_cost(const struct rule_test *t)
{
    unsigned kind = event_fields[t->field].kind;
    switch (t->kind) {
    case TEST_NUMBER:
    case TEST_NETWORK:
    case TEST_ABSENT:
    case TEST_PRESENT: return COST_NUMBER;
    case TEST_REGEX: return COST_REGEX;
    case TEST_PATTERN:
    case TEST_OTHER: break;
    }
    return kind == FIELD_NAME || kind == FIELD_NAMES ? COST_NUMBER : COST_SLOW;
}

/* Leaves are values of one key, so of one field: those that go a quick way all go the same, but for ranges and
 * networks. */
static enum quick quick_of_any(const struct rule_node *node)
{
    enum quick quick = QUICK_NOT;
    for (size_t i = 0; i < node->count; i++) {
        const struct rule_node *leaf = node->children[i];
        quick = leaf->kind == NODE_TEST ? quick_of(&leaf->test) : QUICK_NOT;
        if (quick == QUICK_NOT || quick == QUICK_RANGE)
            return QUICK_NOT;
    }
    return quick;
}

static void set_quick(struct rule_reader *r, struct rule_node *node, enum quick quick,
                      const struct rule_node *const *leaves, size_t count)
{
    node->quick = (uint8_t)quick;
    node->field = (uint8_t)leaves[0]->test.field;
    node->cost = quick == QUICK_TEXT ? COST_TEXT : COST_BIT;
    set_place(node);
    if (quick == QUICK_RANGE) {
        range_of(&leaves[0]->test, node);
    } else if (quick == QUICK_NETWORK) {
        node->cost = COST_NUMBER;
    } else if (quick == QUICK_TEXT) {
        node->group = rule_texts_add(r->texts, leaves[0]->test.field, leaves, count);
    } else {
        for (size_t i = 0; i < count; i++)
            node->bits |= bits_of(&leaves[i]->test);
    }
}

/* What a node that only passes its child's truth on stands for. */
static const struct rule_node *behind(const struct rule_node *node)
{
    while (node->quick == QUICK_NOT && node->count == 1 && node->kind != NODE_NOT)
        node = node->children[0];
    return node;
}

/* Of an "and" in an "and" the parts, so that the cheapest of all of them comes first; likewise "or". */
static size_t parts_of(const struct rule_node *node, const struct rule_node *child,
                       const struct rule_node *const **parts)
{
    bool joined = child->quick == QUICK_NOT && child->kind == node->kind && node->kind != NODE_NOT;
    if (joined)
        *parts = child->asked;
    return joined ? child->asked_count : 1;
}

/* Stable, so that equal ones stay as the rule has them; a long list is of one kind anyway. */
static void put_sorted(const struct rule_node **asked, size_t count, const struct rule_node *one)
{
    size_t at = count;
    for (; at > 0 && count < SORTED_MAX && asked[at - 1]->cost > one->cost; at--)
        asked[at] = asked[at - 1];
    asked[at] = one;
}

static bool order_children(struct rule_reader *r, struct rule_node *node)
{
    size_t most = 0;
    const struct rule_node *const *parts;
    for (size_t i = 0; i < node->count; i++)
        most += parts_of(node, behind(node->children[i]), &parts);
    const struct rule_node **asked = rule_arena_take(r->arena, most, sizeof *asked);
    if (!asked)
        return false;
    for (size_t i = 0; i < node->count; i++) {
        const struct rule_node *child = behind(node->children[i]);
        parts = &child;
        size_t count = parts_of(node, child, &parts);
        for (size_t p = 0; p < count; p++)
            put_sorted(asked, node->asked_count++, parts[p]);
        node->cost += child->cost;
    }
    node->asked = asked;
    return true;
}

const struct rule_node *rule_node_finish(struct rule_reader *r, struct rule_node *node)
{
    if (node->kind == NODE_TEST) {
        const struct rule_node *self = node;
        enum quick quick = quick_of(&node->test);
        node->cost = rule_test_cost(&node->test);
        if (quick != QUICK_NOT)
            set_quick(r, node, quick, &self, 1);
        return r->arena->failed ? NULL : node;
    }
    enum quick quick = node->kind == NODE_ANY && node->count ? quick_of_any(node) : QUICK_NOT;
    if (!order_children(r, node))
        return NULL;
    if (quick != QUICK_NOT)
        set_quick(r, node, quick, node->children, node->count);
    return r->arena->failed ? NULL : node;
}
