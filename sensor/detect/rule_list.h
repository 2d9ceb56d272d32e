/* Data lists: values that several rules ask for, each with what it is a sign of and where that is known from.
 *
 *     list: definite_scanners
 *     confidence: definite
 *     kind: scanner
 *     entries:
 *       - tool: nmap
 *         value: '*Nmap Scripting Engine*'
 *         source: https://example.org/
 */
#ifndef SENSOR_DETECT_RULE_LIST_H
#define SENSOR_DETECT_RULE_LIST_H

#include "sensor/detect/rule_arena.h"
#include "sensor/detect/rule_tree.h"

struct yaml_node;
struct rule_reader;

struct rule_list {
    const char *name, *file;
    unsigned line;
    const struct rule_entry *entries; /* in their order */
    size_t count;
    const struct rule_list *next;
};

struct rule_lists {
    const struct rule_list *first;
};

/** Whether a document is one of these. */
bool rule_list_is(const struct yaml_node *document);

void rule_list_parse(struct rule_reader *r, const struct yaml_node *document);

/** @return NULL: there is none of that name. */
const struct rule_list *rule_list_find(const struct rule_lists *lists, struct slice name);

#endif
