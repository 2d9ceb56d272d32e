/* A rule as it is matched: a tree whose leaves compare one field with one value. Constant once it is loaded. */
#ifndef SENSOR_DETECT_RULE_TREE_H
#define SENSOR_DETECT_RULE_TREE_H

#include "sensor/detect/rule.h"
#include "sensor/detect/rule_arena.h"
#include "sensor/event/field.h"

/** A value with wildcards: bytes in lower case, and from 256 on what is no byte. */
enum pattern_unit { UNIT_ANY_TEXT = 256, UNIT_ANY_ONE };

struct rule_pattern {
    const uint16_t *units;
    size_t size;
    size_t prefix; /* so many units at its beginning are bytes: before the first wildcard */
};

enum test_kind {
    TEST_VALUE,
    TEST_ABSENT, /* null, and `exists: false` */
    TEST_PRESENT /* `exists: true` */
};

struct rule_test {
    enum event_field_id field;
    enum test_kind kind;
    struct rule_pattern pattern; /* what a text has to be */
    bool is_number, is_ip;       /* the value is one, too: compared as such where the field is */
    uint64_t number;
    uint8_t ip[16];
};

enum node_kind { NODE_ALL, NODE_ANY, NODE_NOT, NODE_SELECTION, NODE_TEST };

struct rule_node {
    enum node_kind kind;
    const char *what; /* for who asks why: "and", a selection's name, "http.url|contains: /exec" */
    const struct rule_node *const *children; /* of a NODE_NOT or NODE_SELECTION: one */
    size_t count;
    size_t place; /* of a NODE_SELECTION: where the scratch remembers its truth */
    struct rule_test test;
};

struct rule {
    struct rule_about about;
    const struct rule_node *condition;
    size_t selections;
};

struct rule_scratch {
    size_t size; /* of this block, all behind it among it */
    const struct rule **fired;
    signed char *truths; /* of the selections of the rule in hand: enum truth, or TRUTH_UNASKED */
    bool *told;          /* which of them were explained */
    int field;           /* whose value was asked last: a list of patterns asks one field many times; -1: none */
    struct value value;
};

enum { TRUTH_UNASKED = 2 };

/** The one evaluator. */
enum truth rule_evaluate(const struct rule *rule, struct rule_scratch *scratch, const struct event *e);
enum truth rule_evaluate_node(const struct rule_node *node, struct rule_scratch *scratch, const struct event *e);

/** A value in Sigma's writing: `*` and `?` are wildcards unless a backslash stands before them.
 *  @param open_left, open_right  wildcards are added there. @return false: no memory. */
bool rule_pattern_read(struct rule_pattern *pattern, struct rule_arena *arena, struct slice written, bool open_left,
                       bool open_right);

bool rule_pattern_matches(const struct rule_pattern *pattern, struct slice text);

#endif
