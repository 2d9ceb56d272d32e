/* What can be set: a table of rows, one a setting. The command line (options.c), the configuration file (config.c), the
 * help text and -T are all driven by it; kapiwatch(8) and kapiwatch.yaml(5) are checked against it. */
#ifndef SENSOR_SETTING_H
#define SENSOR_SETTING_H

#include "sensor/options.h"

/** What a setter writes to: the options, and why a value is refused where the row's own words do not say it. */
struct setting {
    struct options *o;
    const char *value; /* lives as long as the options */
    char why[OPTIONS_ERROR / 2];
};

enum setting_kind {
    SETTING_FLAG, /* no argument; in the file true or false */
    SETTING_ONCE, /* one value */
    SETTING_EACH, /* may be given several times; in the file a value or a list of them */
    SETTING_LIST, /* one value with commas; in the file that, or a list of its parts */
    SETTING_PART  /* a part of the document, in the file alone: config.c reads it */
};

/** Where it may stand; a bit each. */
enum { SETTING_ON_LINE = 1, SETTING_IN_FILE = 2, SETTING_ANYWHERE = 3 };

/** Settings that are one choice: what the command line says of one of them, the file says nothing more of. */
enum setting_choice { CHOICE_NONE, CHOICE_INPUT, CHOICE_FILTER, CHOICE_CLUSTERS };

struct setting_row {
    char letter; /* 0: long alone */
    const char *name, *argument, *about;
    bool (*set)(struct setting *s);
    const char *expected; /* of the value */
    uint8_t kind, where, choice;
};

extern const struct setting_row setting_rows[];
extern const size_t setting_count;

/** @return its index, or `setting_count`. */
size_t setting_named(const char *name);

/** Sets it. @return false, and in `error` what was found and what was expected. */
bool setting_apply(struct options *o, const struct setting_row *row, const char *value,
                   char error[static OPTIONS_ERROR]);

/** What is in force where nothing is said. */
void setting_defaults(struct options *o);

#endif
