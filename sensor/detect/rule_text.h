/* All patterns of all rules over a text field are one database, which is searched once an event, when the first rule
 * asks; then the answer of each group lies ready. A group is patterns of which any has to fit: a list of values in a
 * rule.
 *
 * What begins with bytes (a whole value, or a wildcard only at its end) is found by a hash of its beginning; of the
 * rest libhs looks for the longest run of bytes in each, all at once. Either way the pattern is then compared where it
 * was found. libhs could do all of it, but it takes ten times as long to prepare a thousand of them, and twice as long
 * to search. */
#ifndef SENSOR_DETECT_RULE_TEXT_H
#define SENSOR_DETECT_RULE_TEXT_H

#include "sensor/detect/rule_tree.h"

struct rule_texts; /* constant once it is compiled */

/** Longer texts are searched each time; of others the answer of some is kept: agents and verbs come again. */
enum { RULE_TEXT_KEPT = 120 };

/** What the patterns over one field say of a text. */
struct rule_text_answer {
    uint64_t end;  /* of the text: its last bytes, all of a short one */
    uint16_t size; /* of the text; 0: it is not kept */
    uint8_t text[RULE_TEXT_KEPT];
    uint64_t fits[]; /* bit i % 64 of word i / 64: a pattern of group i does */
};

static inline bool rule_text_fits(const struct rule_text_answer *answer, uint32_t group)
{
    return answer->fits[group / 64] >> group % 64 & 1;
}

/** One a thread. */
struct rule_text_scratch {
    const struct rule_texts *texts;
    size_t size;
    void *search; /* libhs's own */
    uint32_t now;
    uint32_t searched[EVENT_FIELDS];                      /* `now`, once this event's field was looked at */
    const struct rule_text_answer *answers[EVENT_FIELDS]; /* then it is here */
    uint8_t *kept[EVENT_FIELDS];                          /* its answers, in this block */
};

/** In the arena. @return NULL: no memory. */
struct rule_texts *rule_texts_new(struct rule_arena *arena);

/** A group of the patterns of TEST_PATTERNs over one field. Equal groups are one. @return its number within the field.
 */
uint32_t rule_texts_add(struct rule_texts *t, enum event_field_id field, const struct rule_node *const *tests,
                        size_t count);

/** How many different groups there are over a field. */
uint32_t rule_texts_groups(const struct rule_texts *t, enum event_field_id field);

/** After the last group. @return NULL, or why it could not be done: one line, in the arena. */
const char *rule_texts_compile(struct rule_texts *t);

/** What is not in the arena. */
void rule_texts_release(struct rule_texts *t);

struct rule_text_scratch *rule_text_scratch_new(const struct rule_texts *t);
void rule_text_scratch_free(struct rule_text_scratch *s);

/** Before the first question about an event. */
void rule_text_begin(struct rule_text_scratch *s);

/** Finds the answer of a field that is known in `e`. */
void rule_text_search(struct rule_text_scratch *s, enum event_field_id field, const struct event *e);

static inline const struct rule_text_answer *rule_text_answer(struct rule_text_scratch *s, enum event_field_id field,
                                                              const struct event *e)
{
    if (s->searched[field] != s->now)
        rule_text_search(s, field, e);
    return s->answers[field];
}

/** Whether a pattern of the group fits its field in `e`, which is known. */
static inline bool rule_text_holds(struct rule_text_scratch *s, enum event_field_id field, uint32_t group,
                                   const struct event *e)
{
    return rule_text_fits(rule_text_answer(s, field, e), group);
}

#endif
