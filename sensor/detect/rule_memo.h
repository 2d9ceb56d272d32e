/* Which rules fire is remembered by all that they look at, in two steps. First by names and numbers, of which a few
 * sets come again and again: each leaves some rules, and those look at a few texts. Then by what the patterns over
 * these texts found. Rules that ask for something else, such as a regular expression, are matched anew each time. */
#ifndef SENSOR_DETECT_RULE_MEMO_H
#define SENSOR_DETECT_RULE_MEMO_H

#include "sensor/detect/rule_match.h"

struct rule_memo;       /* constant once it is made; in the arena */
struct rule_memo_notes; /* what is remembered: one a thread and memo */

/** Of the rules on events of one type; borrowed. @return NULL: no memory. */
struct rule_memo *rule_memo_new(struct rule_arena *arena, const struct rule_texts *texts,
                                const struct rule *const *rules, size_t count, enum event_type type);

struct rule_memo_notes *rule_memo_notes_new(const struct rule_memo *memo);
void rule_memo_notes_free(struct rule_memo_notes *notes);

/** @return the set of the rules that fire, until the next call: bit i % 64 of word i / 64 is rule i. */
const uint64_t *rule_memo_match(const struct rule_memo *memo, struct rule_memo_notes *notes,
                                struct rule_scratch *scratch, const struct event *e);

#endif
