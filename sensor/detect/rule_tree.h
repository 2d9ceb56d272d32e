/* A rule as it is matched: a tree whose leaves compare one field with one value. Constant once it is loaded.
 *
 * Each node can be asked by its children, down to the leaves: that is what a rule means. Most are asked a shorter way
 * that was found when they were made (`quick`), which gives the same: a field of few values by a bit for each, patterns
 * over a text by what the field's database found in it. rule_evaluate_slowly() goes without, for those who compare. */
#ifndef SENSOR_DETECT_RULE_TREE_H
#define SENSOR_DETECT_RULE_TREE_H

#include "sensor/detect/prefix.h"
#include "sensor/detect/rule.h"
#include "sensor/detect/rule_pattern.h"
#include "sensor/event/field.h"

enum test_kind {
    TEST_PATTERN,
    TEST_NUMBER,
    TEST_NETWORK,
    TEST_REGEX,
    TEST_OTHER,  /* `fieldref`: the value is another field's */
    TEST_ABSENT, /* null, '', and `exists: false` */
    TEST_PRESENT /* `exists: true` */
};

enum order { ORDER_SAME, ORDER_LESS, ORDER_AT_MOST, ORDER_MORE, ORDER_AT_LEAST };

struct rule_regex;

struct rule_test {
    enum event_field_id field;
    enum test_kind kind;
    union {
        struct rule_pattern pattern;
        struct {
            enum order order;
            uint64_t number;
        };
        struct prefix network;
        const struct rule_regex *regex;
        struct {
            enum event_field_id other;
            bool open_left, open_right, cased; /* what may stand around the other's text */
        };
    };
};

enum node_kind { NODE_ALL, NODE_ANY, NODE_NOT, NODE_TEST };

enum quick {
    QUICK_NOT,
    QUICK_NAME,   /* a byte with names: bit i of `bits` where value i makes it true */
    QUICK_NAMES,  /* bits with names: true where one of `bits` is set */
    QUICK_RANGE,  /* a number: true from `least` to `most`. Of a text its size: whether it is there */
    QUICK_TEXT,   /* patterns over a text, any of them: `group` of rule_text.h */
    QUICK_NETWORK /* an address: `test.network`, or any of the children's */
};

struct rule_node {
    uint8_t kind;    /* enum node_kind */
    uint8_t quick;   /* enum quick; of such a one: */
    uint8_t field;   /* enum event_field_id */
    uint8_t width;   /* of the number in the record */
    uint16_t offset; /* and where it is */
    uint32_t group;
    uint64_t bits;
    uint64_t least, most;
    size_t asked_count;
    const struct rule_node *const
        *asked;    /* what decides it, cheapest first: children, and theirs where that is the same */
    unsigned cost; /* roughly, in nanoseconds */
    size_t count;
    const struct rule_node *const *children; /* as written; of a NODE_NOT: one */
    struct rule_test test;
};

_Static_assert(EVENT_FIELDS <= UINT8_MAX, "rule_node.field");

/** Whether a quick leaf looks at a name or number. */
static inline bool rule_is_number(const struct rule_node *leaf)
{
    return leaf->quick != QUICK_TEXT && leaf->quick != QUICK_NETWORK;
}

struct rule {
    struct rule_about about;
    const struct rule_node *condition;
};

/** The names of a FIELD_NAME or FIELD_NAMES: of values or bits below this. */
enum { NAMES_MAX = 64 };

/** @return NULL: the value or bit has none, and the field is then absent. */
const char *rule_name_of(const struct event_field *f, unsigned value);

#endif
