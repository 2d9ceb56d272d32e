/* Inside of loading: a document in rule_parse.c, its searches in rule_detection.c (keys in rule_key.c, values in
 * rule_value.c), their condition in rule_condition.c, data lists in rule_list.c. All of them complain where something
 * is wrong, give NULL, and go on with the next thing. */
#ifndef SENSOR_DETECT_RULE_PARSE_H
#define SENSOR_DETECT_RULE_PARSE_H

#include "sensor/detect/rule_list.h"
#include "sensor/detect/rule_regex.h"
#include "sensor/detect/rule_text.h"
#include "sensor/yaml.h"

struct rule_reader {
    struct rule_arena *arena;
    struct complaint_list *complaints;
    const char *file; /* in the arena */
    struct rule_texts *texts;
    struct rule_regexes *regexes;
    struct rule_lists *lists;
    enum event_type event; /* what the rule in hand is about */
};

/** An error of one line; what a terminal would take as a command is masked. */
void rule_wrong(const struct rule_reader *r, unsigned line, unsigned column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void rule_warn(const struct rule_reader *r, unsigned line, unsigned column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** A text of its own in the arena: "" where it is absent or wrong. */
const char *rule_read_text(const struct rule_reader *r, const struct yaml_node *n);

/** The member that each such document has to have. @return NULL: complained of. */
const struct yaml_node *rule_needed(const struct rule_reader *r, const struct yaml_node *map, const char *key,
                                    const char *in);

/** "requests", "connections", "handshakes": what events of this type tell of. */
const char *rule_subject_words(enum event_type event);

/** @return NULL: it is wrong, or (a warning) not for these events. */
const struct rule *rule_parse(struct rule_reader *r, const struct yaml_node *document);

/** A node with room for so many children. */
struct rule_node *rule_node_new(const struct rule_reader *r, enum node_kind kind, size_t children,
                                const struct rule_node ***places);

/** After its children are there: finds the quick way to ask it. Not of a leaf that stands in a list of values; the list
 *  is asked instead. @return the node; NULL: no memory. */
const struct rule_node *rule_node_finish(struct rule_reader *r, struct rule_node *node);

unsigned rule_test_cost(const struct rule_test *t);

/** A key of a search: FIELD|MODIFIER|MODIFIER. */
enum modifier {
    MODIFIER_CONTAINS,
    MODIFIER_STARTSWITH,
    MODIFIER_ENDSWITH,
    MODIFIER_ALL,
    MODIFIER_RE,
    MODIFIER_I,
    MODIFIER_M,
    MODIFIER_S,
    MODIFIER_CIDR,
    MODIFIER_EXISTS,
    MODIFIER_CASED,
    MODIFIER_GT,
    MODIFIER_GTE,
    MODIFIER_LT,
    MODIFIER_LTE,
    MODIFIER_NEQ,
    MODIFIER_EXPAND,
    MODIFIER_FIELDREF,
    MODIFIERS
};

struct rule_key {
    enum event_field_id field;
    unsigned modifiers; /* 1 << enum modifier */
    const char *text;   /* as written */
};

static inline bool rule_key_has(const struct rule_key *key, enum modifier modifier)
{
    return key->modifiers >> modifier & 1;
}

bool rule_key_parse(const struct rule_reader *r, const struct yaml_node *member, struct rule_key *key);

/** The row of a field that rules can compare. @return -1: complained of. */
int rule_field_find(const struct rule_reader *r, const char *name, unsigned line, unsigned column);

/** A leaf, not finished. @return NULL: complained of. */
struct rule_node *rule_value_parse(struct rule_reader *r, const struct rule_key *key, const struct yaml_node *value);

/** The same, of an entry of a data list, named at `at`. */
struct rule_node *rule_value_of_entry(struct rule_reader *r, const struct rule_key *key, const struct rule_entry *entry,
                                      const struct yaml_node *at);

struct rule_selection {
    const char *name;
    const struct rule_node *node; /* NULL: it is wrong, which has been said */
    const struct yaml_node *at;
    bool used;
};

/** What a search identifier selects. */
const struct rule_node *rule_selection_parse(struct rule_reader *r, const struct yaml_node *selection);

/** @param condition  a text, or a list of them of which one has to hold. */
const struct rule_node *rule_condition_parse(struct rule_reader *r, const struct yaml_node *condition,
                                             struct rule_selection *selections, size_t count);

#endif
