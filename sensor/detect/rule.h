/* Rules over events, in Sigma's form and in three values: what cannot be read makes neither a value true nor its
 * negation.
 *
 * A loaded set is constant: a reload makes another and exchanges them between two events. */
#ifndef SENSOR_DETECT_RULE_H
#define SENSOR_DETECT_RULE_H

#include <stdio.h>

#include "sensor/event/event.h"

/** Kleene's: not is -x, and is the lesser, or the greater. Only IS_TRUE fires. */
enum truth { IS_FALSE = -1, IS_UNKNOWN = 0, IS_TRUE = 1 };

enum rule_level { LEVEL_INFORMATIONAL, LEVEL_LOW, LEVEL_MEDIUM, LEVEL_HIGH, LEVEL_CRITICAL, LEVELS };

const char *rule_level_name(unsigned level);
/** @return -1: there is no such level. */
int rule_level_of(const char *name);

struct rule;
struct rule_set;
struct rule_scratch;   /* what a match needs to write on: one a thread */
struct complaint_list; /* sensor/complaint.h: file, line, column, found, expected */

/** What a loaded rule says of itself; strings end with 0, live as long as the set, "" where absent. */
struct rule_about {
    const char *id, *title, *description, *file;
    unsigned line;
    enum rule_level level;
    const char *const *tags, *const *references, *const *false_positives;
    size_t tag_count, reference_count, false_positive_count;
    uint32_t number; /* alert.signature_id: from the id, the same in every run */
};

const struct rule_about *rule_about(const struct rule *rule);

/** A document that was opened by somebody who may: the name is for messages. */
struct rule_file {
    const char *name;
    FILE *file; /* the caller closes it */
};

/** @return NULL and all complaints, or a set and perhaps warnings. The caller frees both. */
struct rule_set *rule_set_load(const struct rule_file *files, size_t count, struct complaint_list *complaints);
void rule_set_free(struct rule_set *set);

size_t rule_set_count(const struct rule_set *set);
const struct rule *rule_set_at(const struct rule_set *set, size_t i);

struct rule_scratch *rule_scratch_new(const struct rule_set *set);
void rule_scratch_free(struct rule_scratch *scratch);

/** @return how many rules fire; `fired` points into the scratch, until the next call. */
size_t rule_set_match(const struct rule_set *set, struct rule_scratch *scratch, const struct event *e,
                      const struct rule *const **fired);

/** The same judgement told step by step, for --explain: there is one evaluator, and this is its witness. */
void rule_explain(const struct rule_set *set, struct rule_scratch *scratch, const struct rule *rule,
                  const struct event *e, void (*step)(void *owner, unsigned depth, const char *what, enum truth),
                  void *owner);

#endif
