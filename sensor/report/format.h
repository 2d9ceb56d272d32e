/* What every output format answers. A format writes into the buffer it is given and knows neither files nor
 * sockets; a target (report/target.h) carries bytes and knows no format. */
#ifndef SENSOR_REPORT_FORMAT_H
#define SENSOR_REPORT_FORMAT_H

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

#endif
