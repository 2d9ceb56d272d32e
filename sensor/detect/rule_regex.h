/* Regular expressions of rules: PCRE2, with limits on what one of them may cost. */
#ifndef SENSOR_DETECT_RULE_REGEX_H
#define SENSOR_DETECT_RULE_REGEX_H

#include "proto/base/slice.h"
#include "sensor/detect/rule.h"
#include "sensor/detect/rule_arena.h"

struct rule_regex;         /* constant once it is made */
struct rule_regex_scratch; /* one a thread */

/** All of a set: they are freed together. */
struct rule_regexes {
    struct rule_regex *newest;
};

struct regex_form {
    bool caseless, lines, dot_all; /* Sigma's i, m, s */
};

enum { REGEX_WHY = 128 };

/** @param why  when NULL is returned: what is wrong, and where in the text; "": no memory. */
const struct rule_regex *rule_regex_new(struct rule_regexes *all, struct rule_arena *arena, struct slice text,
                                        struct regex_form form, char why[static REGEX_WHY]);
void rule_regexes_release(struct rule_regexes *all);

struct rule_regex_scratch *rule_regex_scratch_new(void);
void rule_regex_scratch_free(struct rule_regex_scratch *s);

/** Searched anywhere in the text. IS_UNKNOWN: a limit was reached. */
enum truth rule_regex_matches(const struct rule_regex *regex, struct rule_regex_scratch *s, struct slice text);

/** How often that was so. */
uint64_t rule_regex_gave_up(const struct rule_regex_scratch *s);

#endif
