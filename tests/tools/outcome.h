/* What the sensor makes of frames: its exchanges and findings, kept, to be compared with those of other frames. */
#ifndef TESTS_TOOLS_OUTCOME_H
#define TESTS_TOOLS_OUTCOME_H

#include "sensor/detect/rule.h"
#include "sensor/event/exchange.h"
#include "sensor/event/field.h"
#include "tests/tools/frame_list.h"

struct outcome {
    struct event **exchanges; /* copies, each with room for EVENT_MAX bytes' worth of its size */
    size_t count, room;
    char **facts; /* of findings, sorted: rule, source, endpoint, and one of: the count, a value with its count */
    size_t fact_count, finding_count;
    char wrong[128]; /* "" or what does not come out: a sum, bytes in use */
};

/** The rules of a folder. Ends the program with a message when it cannot. @param change  of each file's bytes before it
 * is read; NULL: none. */
struct rule_set *outcome_rules(const char *folder, void (*change)(uint8_t *bytes, size_t size));

/** Sorts `facts`, as it is after outcome_of(). */
void outcome_sort(struct outcome *o);

/** The key log beside a capture, NAME.keys: lent to every run from now on, in place of the last one. None is none. */
void outcome_load_keys(const char *capture);

/** Whether there is one. */
bool outcome_has_keys(void);

/** A fresh worker and correlator over the frames as they are numbered. @param change  of findings' addresses, undone in
 * their lines. */
void outcome_of(struct outcome *o, const struct frame_list *frames, const struct rule_set *rules, unsigned change);
void outcome_deinit(struct outcome *o);

/** What two exchanges may differ in. */
enum tolerance {
    SAME,       /* in nothing but times and the flow's number */
    SAME_ALONE, /* nor in what other connections prove of the endpoint */
    LESS        /* what was known may be unknown */
};

/** @return EVENT_FIELDS: `now` is `then`; if not, the first field that differs, and both values in `why`. */
unsigned exchange_compare(const struct event *now, const struct event *then, enum tolerance tolerance, char *why,
                          size_t why_size);

#endif
