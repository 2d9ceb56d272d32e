/* Inside of loading a rule: a document in rule_parse.c, its selections in rule_detection.c, their condition in
 * rule_condition.c. All of them complain where something is wrong, give NULL, and go on with the next thing. */
#ifndef SENSOR_DETECT_RULE_PARSE_H
#define SENSOR_DETECT_RULE_PARSE_H

#include "sensor/detect/rule_tree.h"
#include "sensor/yaml.h"

struct rule_reader {
    struct rule_arena *arena;
    struct complaint_list *complaints;
    const char *file; /* in the arena */
};

/** An error of one line; what a terminal would take as a command is masked. */
void rule_wrong(const struct rule_reader *r, unsigned line, unsigned column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void rule_warn(const struct rule_reader *r, unsigned line, unsigned column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** @return NULL: it is wrong, or (a warning) not for these events. */
const struct rule *rule_parse(const struct rule_reader *r, const struct yaml_node *document);

/** A node with room for so many children. */
struct rule_node *rule_node_new(const struct rule_reader *r, enum node_kind kind, const char *what, size_t children,
                                const struct rule_node ***places);

struct rule_selection {
    const char *name;
    const struct rule_node *node; /* NULL: it is wrong, which has been said */
    const struct yaml_node *at;
    bool used;
};

/** What a search identifier selects. */
const struct rule_node *rule_selection_parse(const struct rule_reader *r, const struct yaml_node *selection,
                                             size_t place);

/** @param condition  a text, or a list of them of which one has to hold. */
const struct rule_node *rule_condition_parse(const struct rule_reader *r, const struct yaml_node *condition,
                                             struct rule_selection *selections, size_t count);

#endif
