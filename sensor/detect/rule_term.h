/* What rules ask, taken apart: a rule fires when all of its terms are true, which are the parts that its condition
 * joins by "and". Equal terms of several rules are one: whether it is true is found out once an event, and where it is
 * not, all rules that have it are done with. */
#ifndef SENSOR_DETECT_RULE_TERM_H
#define SENSOR_DETECT_RULE_TERM_H

#include "sensor/detect/rule_match.h"

/** Sets of rules are words of 64 bits: bit i % 64 of word i / 64 is rule i. */
struct rule_term {
    const struct rule_node *node;
    uint64_t *rules; /* that have it */
    bool negated;    /* it is true where the node is false */
    uint32_t hash, older;
};

/* Constant once it is made; in the arena. */
struct rule_terms {
    struct rule_term *terms;
    size_t count;
    size_t words;               /* of a set of rules */
    struct rule_own_terms *own; /* by rule */
    uint32_t *numbers;          /* all of these: indices of terms */
    uint32_t *buckets;          /* while it is made */
};

/** @return NULL: no memory. */
struct rule_terms *rule_terms_new(struct rule_arena *arena, const struct rule *const *rules, size_t count);

/** Whether it is of one field alone, and a leaf: then rule_guard.h answers it, and not its rules. */
bool rule_term_is_simple(const struct rule_term *term);

static inline bool rule_term_holds(const struct rule_term *term, struct rule_scratch *scratch, const struct event *e)
{
    return rule_evaluate_node(term->node, scratch, e) == (term->negated ? IS_FALSE : IS_TRUE);
}

/** Before the first question about an event. */
void rule_terms_begin(const struct rule_terms *t, struct rule_scratch *scratch);

/** @param left  word `word` of rules whose simple terms are all true. @return those of them that fire. */
uint64_t rule_terms_match(const struct rule_terms *t, struct rule_scratch *scratch, const struct event *e, size_t word,
                          uint64_t left);

#endif
