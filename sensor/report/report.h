/* What every output format answers. A format writes into the buffer it is given and knows neither files nor
 * sockets; a target (report/target.h) carries bytes and knows no format. */
#ifndef SENSOR_REPORT_REPORT_H
#define SENSOR_REPORT_REPORT_H

#include "sensor/detect/finding.h"
#include "sensor/detect/source.h"
#include "sensor/event/counter.h"
#include "sensor/event/event.h"
#include "sensor/report/buffer.h"

/** How a text is to look; formats that are for programs ignore it. */
struct report_style {
    bool colour; /* the target is a terminal */
    bool live;   /* findings are told as they first hold; offline only their last word */
    bool verbose;
    unsigned width; /* columns; 80 where the target is no terminal */
};

/** What the whole run was, for the summary. */
struct statistics {
    const struct counters *counters;
    moment first, last;        /* of the frames read, if any */
    const char *const *inputs; /* names of files and interfaces */
    size_t input_count;
    bool live;
    bool at_end; /* the last statistics of this run */
};

enum report_section { SECTION_FINDINGS, SECTION_SOURCES };

/** What an output may be asked for; names are those of event_type in the JSON: "http", "flow" ... */
enum report_event {
    REPORT_HTTP,
    REPORT_FLOW,
    REPORT_ANOMALY,
    REPORT_TLS,
    REPORT_ALERT,
    REPORT_SOURCE,
    REPORT_STATS,
    REPORT_EVENTS
};

/** A way to write. Each output of this format has a state of its own, made by `open`, which the other calls bring back.
 */
struct report_format {
    const char *name; /* as in -o NAME */
    uint32_t events;  /* 1 << enum report_event: what it can tell; it is asked for nothing else */
    bool whole;       /* without all of these it would say what is not so: none is to be chosen */
    /** @param style  copied. @return NULL: no memory. */
    void *(*open)(const struct report_style *style);
    void (*close)(void *state);
    void (*event)(void *state, struct buffer *out, const struct event *e);
    void (*finding)(void *state, struct buffer *out, const struct finding *f);
    void (*source)(void *state, struct buffer *out, const struct source *s);
    void (*statistics)(void *state, struct buffer *out, const struct statistics *s);
    /** Before the first finding (or instead: count 0) and before the first source of the end. NULL: none. */
    void (*section)(void *state, struct buffer *out, enum report_section section, size_t count);
};

extern const struct report_format report_text, report_json, report_audit, report_survey;

/** One -o, read but not opened. */
struct output_spec {
    const struct report_format *format;
    uint32_t events;    /* 1 << enum report_event; all where none was named */
    const char *target; /* "-" or a path; points into the option */
};

/** FORMAT[+EVENT...][:TARGET]; without a target standard output. @return false and one line that says what was found
 * and what was expected. */
bool output_parse(struct output_spec *spec, const char *option, char *error, size_t error_size);

/** What it writes, as -o has it: "json", or "json+http+alert" where that is not all that the format can tell. */
void output_what(const struct output_spec *spec, char *text, size_t size);

/** The outputs of this run. */
struct report;

/** @param over  whether the run is to end, and no output is to be waited for any more that takes nothing; NULL: never.
 */
struct report *report_new(bool (*over)(void));

/** @param fd  opened for spec->target; taken over. @param live  findings are told as they first hold. */
bool report_add(struct report *r, const struct output_spec *spec, int fd, bool live, bool verbose, bool colour);

void report_event(struct report *r, const struct event *e);
void report_finding(struct report *r, const struct finding *f);
void report_source(struct report *r, const struct source *s);
void report_section(struct report *r, enum report_section section, size_t count);
void report_statistics(struct report *r, const struct statistics *s);

/** Writes what is buffered: live, whenever nothing is waiting to be read. */
void report_flush(struct report *r);

/** Files are left, with all that is to be told so far whole in them, and opened anew by their names. One that cannot be
 *  is an error as of one that cannot be written; what is still told goes to the file it was.
 *  @param reopen  gives a descriptor that is taken over, or -1 and errno. */
void report_reopen(struct report *r, int (*reopen)(const char *path));

/** Bytes of all outputs that were to be written, and were not, because writing had failed. */
uint64_t report_dropped(const struct report *r);

/** Whether one output at least could not be written, so far. */
bool report_erred(const struct report *r);
/** What that of this number in the order of report_add() met first, as "NAME: REASON", or NULL: so far all could be
 * written, or there is none. Where its reader has gone, the first of the others, if there is one. */
const char *report_error(const struct report *r, size_t output);
/** Whether that is all that report_error() tells. */
bool report_reader_gone(const struct report *r, size_t output);
/** Whether one output at least can still be written. */
bool report_is_taken(const struct report *r);

/** Writes the rest and closes. @return whether all was written. Errors stay readable until report_free. */
bool report_close(struct report *r);
void report_free(struct report *r);

#endif
