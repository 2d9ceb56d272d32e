/* Inside of matching: what a rule's tree says of an event. */
#ifndef SENSOR_DETECT_RULE_MATCH_H
#define SENSOR_DETECT_RULE_MATCH_H

#include "sensor/detect/rule_regex.h"
#include "sensor/detect/rule_text.h"

struct rule_scratch {
    size_t size; /* of this block, all behind it among it */
    struct rule_text_scratch *text;
    struct rule_regex_scratch *regex;
    const struct rule **fired;
    struct rule_memo_notes *notes[EVENT_TYPES]; /* NULL: there are no rules on such events */
    int field; /* whose value was asked last: a list of values asks one field many times; -1: none */
    enum rule_mode mode;
    struct value value;
};

/** Before the first question about an event. */
static inline void rule_match_begin(struct rule_scratch *scratch)
{
    scratch->field = -1;
    rule_text_begin(scratch->text);
}

/** What is looked at; all else may be whatever makes a rule hold. */
enum rule_known {
    KNOWN_NUMBERS, /* and names */
    KNOWN_TEXTS,   /* these, texts and networks */
    KNOWN_ALL      /* and what has no quick way */
};

/** Whether a rule's condition can be true, by that alone; by KNOWN_ALL: whether it is. */
bool rule_may_hold(const struct rule *rule, enum rule_known known, struct rule_scratch *scratch, const struct event *e);

/** By all. */
enum truth rule_evaluate_node(const struct rule_node *node, struct rule_scratch *scratch, const struct event *e);

/** The same without any short way, in the order of the rule: what a tree means by its leaves. For who compares. */
enum truth rule_evaluate_slowly(const struct rule_node *node, struct rule_scratch *scratch, const struct event *e);

#endif
