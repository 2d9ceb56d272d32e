#include "sensor/report/report.h"

#include "sensor/report/target.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct output {
    const struct report_format *format;
    void *state;
    uint32_t events;
    struct buffer buffer;
    size_t whole;          /* bytes of it before the record that is being written */
    struct target *target; /* NULL: closed */
    bool failed;           /* it takes no more */
    bool left;             /* as was told last: nobody listens */
    int why;               /* errno of its error that is told; 0: so far none */
    char error[512];       /* "NAME: REASON" */
};

struct report {
    struct output *outputs;
    size_t count;
    bool (*over)(void);
    int (*connect)(const char *name);
    size_t failed;    /* so many outputs take no more */
    size_t erred;     /* so many have an error that is told */
    uint64_t dropped; /* of outputs that are closed */
};

struct report *report_new(bool (*over)(void), int (*connect)(const char *name))
{
    struct report *r = calloc(1, sizeof *r);
    if (r)
        *r = (struct report){.over = over, .connect = connect};
    return r;
}

bool report_add(struct report *r, const struct output_spec *spec, int fd, bool live, bool verbose, bool colour)
{
    struct output o = {.format = spec->format, .events = spec->events};
    struct output *outputs = realloc(r->outputs, (r->count + 1) * sizeof *outputs);
    if (outputs)
        r->outputs = outputs;
    o.target = outputs ? target_new(spec->target, fd, r->over, r->connect) : NULL;
    if (!o.target) {
        close(fd);
        return false;
    }
    struct report_style style = {.colour = colour, .live = live, .verbose = verbose, .width = target_width(o.target)};
    o.state = o.format->open(&style);
    if (!o.state) {
        target_close(o.target);
        return false;
    }
    r->outputs[r->count++] = o;
    return true;
}

static const char *reason(int error)
{
    switch (error) {
    case ETIME: return "nobody takes what is written";
    case ENOTCONN: return "for a time nobody listened";
    default: return strerror(error);
    }
}

/* The first of an output, but for a reader that has gone: that is told where there is nothing else. */
static void note_error(struct report *r, struct output *o, const char *name, int error)
{
    if (!error || (o->why && (o->why != EPIPE || error == EPIPE)))
        return;
    r->erred += !o->why;
    o->why = error;
    snprintf(o->error, sizeof o->error, "%s: %s", name, reason(error));
}

static void write_out(struct report *r, struct output *o, bool now)
{
    target_write(o->target, &o->buffer, now);
    int error = target_error(o->target);
    if (!error || o->failed)
        return;
    o->failed = true;
    r->failed++;
    note_error(r, o, target_name(o->target), error);
}

/* The next output that is told of such events, from `*at` on: then a record is added to its buffer. */
static struct output *next_asked(struct report *r, size_t *at, enum report_event event)
{
    while (*at < r->count) {
        struct output *o = &r->outputs[(*at)++];
        if (!(o->events >> event & 1))
            continue;
        o->whole = o->buffer.size;
        return o;
    }
    return NULL;
}

/* Behind every record: what could not be kept whole is taken back, so that no half line is ever written. */
static void written(struct report *r, struct output *o)
{
    if (o->buffer.failed) {
        o->buffer.size = o->whole;
        o->buffer.failed = false; /* a smaller record may fit again; that this one is missing is said */
        note_error(r, o, target_name(o->target), ENOMEM);
    }
    write_out(r, o, false);
}

void report_event(struct report *r, const struct event *e)
{
    static const enum report_event events[EVENT_TYPES] = {[EVENT_EXCHANGE] = REPORT_HTTP,
                                                          [EVENT_FLOW] = REPORT_FLOW,
                                                          [EVENT_ANOMALY] = REPORT_ANOMALY,
                                                          [EVENT_HANDSHAKE] = REPORT_TLS};
    struct output *o;
    for (size_t at = 0; (o = next_asked(r, &at, events[e->type])) != NULL; written(r, o))
        o->format->event(o->state, &o->buffer, e);
}

void report_finding(struct report *r, const struct finding *f)
{
    struct output *o;
    for (size_t at = 0; (o = next_asked(r, &at, REPORT_ALERT)) != NULL; written(r, o))
        o->format->finding(o->state, &o->buffer, f);
}

void report_source(struct report *r, const struct source *s)
{
    struct output *o;
    for (size_t at = 0; (o = next_asked(r, &at, REPORT_SOURCE)) != NULL; written(r, o))
        o->format->source(o->state, &o->buffer, s);
}

void report_section(struct report *r, enum report_section section, size_t count)
{
    enum report_event event = section == SECTION_FINDINGS ? REPORT_ALERT : REPORT_SOURCE;
    struct output *o;
    for (size_t at = 0; (o = next_asked(r, &at, event)) != NULL; written(r, o)) {
        if (o->format->section)
            o->format->section(o->state, &o->buffer, section, count);
    }
}

void report_statistics(struct report *r, const struct statistics *s)
{
    struct output *o;
    for (size_t at = 0; (o = next_asked(r, &at, REPORT_STATS)) != NULL; written(r, o))
        o->format->statistics(o->state, &o->buffer, s);
}

void report_flush(struct report *r)
{
    for (size_t i = 0; i < r->count; i++)
        write_out(r, &r->outputs[i], true);
}

void report_reopen(struct report *r, int (*reopen)(const char *path))
{
    for (size_t i = 0; i < r->count; i++) {
        struct output *o = &r->outputs[i];
        write_out(r, o, true);
        note_error(r, o, target_name(o->target), target_reopen(o->target, reopen));
    }
}

const char *report_news(struct report *r, size_t output)
{
    if (output >= r->count || r->outputs[output].left == target_is_left(r->outputs[output].target))
        return NULL;
    bool left = r->outputs[output].left = !r->outputs[output].left;
    return left ? "nobody listens any more; what is told until somebody does is lost" : "somebody listens again";
}

uint64_t report_dropped(const struct report *r)
{
    uint64_t sum = r->dropped;
    for (size_t i = 0; i < r->count; i++)
        sum += r->outputs[i].target ? target_dropped(r->outputs[i].target) : 0;
    return sum;
}

bool report_erred(const struct report *r)
{
    return r->erred;
}

const char *report_error(const struct report *r, size_t output)
{
    return output < r->count && r->outputs[output].why ? r->outputs[output].error : NULL;
}

bool report_reader_gone(const struct report *r, size_t output)
{
    return output < r->count && r->outputs[output].why == EPIPE;
}

bool report_is_taken(const struct report *r)
{
    return r->failed < r->count;
}

static void close_one(struct report *r, struct output *o)
{
    char name[256];
    snprintf(name, sizeof name, "%s", target_name(o->target));
    uint64_t dropped = target_dropped(o->target);
    note_error(r, o, name, target_close(o->target));
    note_error(r, o, name, dropped > 0 && !o->why ? ENOTCONN : 0);
    o->target = NULL;
    r->dropped += dropped;
    size_t used = strlen(o->error);
    if (o->why == ETIME || o->why == ENOTCONN)
        snprintf(o->error + used, sizeof o->error - used, "; %" PRIu64 " bytes were not written", dropped);
    o->format->close(o->state);
    buffer_deinit(&o->buffer);
}

bool report_close(struct report *r)
{
    for (size_t i = 0; i < r->count && r->outputs[i].target; i++) {
        write_out(r, &r->outputs[i], true);
        close_one(r, &r->outputs[i]);
    }
    return !r->erred;
}

void report_free(struct report *r)
{
    if (!r)
        return;
    report_close(r);
    free(r->outputs);
    free(r);
}
