/* Rules over events, in Sigma's form and in three values: what cannot be read makes neither a value true nor its
 * negation.
 *
 * All patterns of all rules over one field are one database; an event's field is looked at once, and only when a rule
 * asks for it. A loaded set is constant. */
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

/** What a finding of the rule speaks of; the key `subject`. All endpoints of no cluster are one for SUBJECT_CLUSTER. */
enum rule_subject { SUBJECT_SOURCE, SUBJECT_ENDPOINT, SUBJECT_CLUSTER, SUBJECTS };

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
    uint32_t number;           /* alert.signature_id: from the id, the same in every run */
    enum event_type event;     /* EVENT_EXCHANGE: it is about requests; EVENT_FLOW, EVENT_HANDSHAKE: of the network */
    const char *provider;      /* the cloud whose searches the rule is of: "eks"; "": any */
    const char *story;         /* the story of searches that it takes its condition from */
    enum rule_subject subject; /* SUBJECT_SOURCE where it says nothing */
    bool knocks;               /* it asks for connections that asked for nothing: those before its hit are meant, too */
    bool ordinary_excluded;    /* `ordinary: excluded`: silent where auth.ordinary has a value */
};

const struct rule_about *rule_about(const struct rule *rule);

/** A document that was opened by somebody who may: the name is for messages. */
struct rule_file {
    const char *name;
    FILE *file; /* the caller closes it */
};

/** Rules, and the data lists that they name: a list may stand in another file than the rule.
 *  @return NULL and all complaints, or a set and perhaps warnings. The caller frees both. */
struct rule_set *rule_set_load(const struct rule_file *files, size_t count, struct complaint_list *complaints);
void rule_set_free(struct rule_set *set);

size_t rule_set_count(const struct rule_set *set);
const struct rule *rule_set_at(const struct rule_set *set, size_t i);

struct rule_scratch *rule_scratch_new(const struct rule_set *set);
void rule_scratch_free(struct rule_scratch *scratch);

/** Which rules are asked: RULE_MODE_LITERAL, only those of a story, to the letter: what is ordinary counts, too. */
enum rule_mode { RULE_MODE_ALL, RULE_MODE_LITERAL, RULE_MODES };

/** RULE_MODE_ALL before the first call. */
void rule_scratch_set_mode(struct rule_scratch *scratch, enum rule_mode mode);

/** @return how many rules fire; `fired` points into the scratch, until the next call. */
size_t rule_set_match(const struct rule_set *set, struct rule_scratch *scratch, const struct event *e,
                      const struct rule *const **fired);

/** An entry of a data list; strings as in rule_about. */
struct rule_entry {
    const char *tool, *value, *kind, *confidence, *source, *list;
    const struct rule_entry *next;
};

/** The first entry of the data list of that name. @return NULL: there is no such list. */
const struct rule_entry *rule_set_entries(const struct rule_set *set, const char *list);

/** How often a regular expression gave up at its limits: the answer then was unknown. */
uint64_t rule_scratch_gave_up(const struct rule_scratch *scratch);

#endif
