/* Which rules an event may still meet, told field by field before any rule is asked.
 *
 * A guard is a field. Of each value that matters there, or of each range of values, it was worked out once which rules
 * can be true with it: those whose simple terms over this field are all true, and whose other terms can be, for all
 * that is known by this field. So a rule about anonymous requests costs a request with a credential nothing, and one
 * about scanners' agents costs the others no more than the one look for all such rules together. */
#ifndef SENSOR_DETECT_RULE_GUARD_H
#define SENSOR_DETECT_RULE_GUARD_H

#include "sensor/detect/rule_term.h"

struct rule_guards; /* constant once it is made; in the arena */

/** @return NULL: no memory. */
struct rule_guards *rule_guards_new(struct rule_arena *arena, const struct rule_terms *terms,
                                    const struct rule *const *rules, size_t count);

/** @return word `word` of the rules that remain by the numbers that they ask for. */
uint64_t rule_guards_begin(const struct rule_guards *g, struct rule_scratch *scratch, const struct event *e,
                           size_t word);
/** @param left  of these. @return those that remain by texts as well: all their simple terms are true. */
uint64_t rule_guards_left(const struct rule_guards *g, struct rule_scratch *scratch, const struct event *e, size_t word,
                          uint64_t left);

/** What a guard looks at. */
struct guard_look {
    uint8_t field, width;
    uint16_t offset;
    bool is_text, is_range;
    const uint64_t *bounds; /* of a range: what lies between two is alike */
    size_t bound_count;
};

size_t rule_guards_count(const struct rule_guards *g);
struct guard_look rule_guards_look(const struct rule_guards *g, size_t i);

#endif
