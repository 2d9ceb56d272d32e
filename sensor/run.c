#include "sensor/run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "sensor/budget.h"
#include "sensor/capture/capture.h"
#include "sensor/detect/correlate.h"
#include "sensor/event/outbox.h"
#include "sensor/flow/worker.h"
#include "sensor/inputs.h"
#include "sensor/key_logs.h"
#include "sensor/outputs.h"
#include "sensor/signals.h"

#define SECOND INT64_C(1000000000)

enum {
    STATISTICS_SECONDS = 60,
    SURVEY_SECONDS = 300,
    NAME_SHOWN = 256,
    KEY_WAIT_SECONDS = 10,    /* live: how long a connection waits for a key, */
    KEY_WAIT_BYTES = 1 << 18, /* and how much of it */
    PROGRESS_FRAMES = 1024    /* between two looks at the time: so often progress may be shown */
};

struct run {
    const struct options *options;
    const char *filter;
    struct log *log;
    struct capture *capture;
    struct report *report;
    struct correlate_events events;
    struct correlate *correlate;
    struct outbox *outbox;
    struct worker *worker;
    struct key_sources *keys;
    struct counters worker_counters, correlate_counters;
    struct hash_secret secret;
    struct budget budget;
    size_t memory_peak; /* of all accounts together */
    struct inputs inputs;
    moment first, last;                            /* of the frames' times */
    moment statistics_due, flush_due, waiting_due; /* live, by the clock */
    moment progress_due;                           /* by the steady clock */
    moment survey_end;                             /* live, by the clock; 0: there is none, or nothing came yet */
    uint64_t input_errors;                         /* each has been told */
    bool over;
};

static bool is_live(const struct run *r)
{
    return options_live(r->options);
}

static void take_event(void *owner, const struct event *e)
{
    report_event(((struct run *)owner)->report, e);
}

static void take_finding(void *owner, const struct finding *f)
{
    report_finding(((struct run *)owner)->report, f);
}

static void take_source(void *owner, const struct source *s)
{
    report_source(((struct run *)owner)->report, s);
}

static void take_closing(void *owner, bool sources, size_t count)
{
    report_section(((struct run *)owner)->report, sources ? SECTION_SOURCES : SECTION_FINDINGS, count);
}

static bool random_bytes(void *bytes, size_t size)
{
    return getrandom(bytes, size, 0) == (ssize_t)size;
}

static bool make_pieces(struct run *r, const struct rule_set *rules)
{
    const struct options *o = r->options;
    struct worker_options worker = {
        .ports = o->ports, .tunnels = o->tunnels, .checksums = o->checksums, .memory = r->budget.connections};
    struct correlate_options correlate = {.api_ports = o->api_ports,
                                          .api_port_count = o->api_port_count,
                                          .window = o->window,
                                          .at_end = outputs_order_findings(o),
                                          .source_cap = outputs_cap(o),
                                          .memory = r->budget.findings,
                                          .map = o->map,
                                          .suppressions = o->suppressions,
                                          .literal = o->story == STORY_LITERAL};
    /* Less than 256 bytes each: the kernel gives them whole. */
    if (!random_bytes(&r->secret, sizeof r->secret) ||
        !random_bytes(worker.credential_key, sizeof worker.credential_key))
        return false;
    worker.secret = r->secret;
    r->keys = key_logs_new(o, &r->secret, r->budget.keys, r->log);
    if (r->keys == NULL)
        return false;
    worker.keys = key_sources_keys(r->keys);
    worker.waiting_bytes = is_live(r) && o->key_log_count > 0 ? KEY_WAIT_BYTES : 0;
    worker.waiting_time = KEY_WAIT_SECONDS * SECOND;
    r->events = (struct correlate_events){
        .event = take_event, .finding = take_finding, .source = take_source, .closing = take_closing, .owner = r};
    r->correlate = correlate_new(&correlate, rules, &r->secret, &r->correlate_counters, &r->events);
    if (r->correlate != NULL)
        r->outbox = outbox_new(correlate_sink(r->correlate));
    if (r->outbox != NULL)
        r->worker = worker_new(&worker, &r->worker_counters, outbox_sink(r->outbox));
    return r->worker != NULL;
}

static struct counters all_counters(struct run *r)
{
    worker_count(r->worker);
    struct counters sum = r->worker_counters;
    struct capture_counts counts;
    counters_add(&sum, &r->correlate_counters);
    correlate_count(r->correlate, &sum);
    key_sources_count(r->keys, &sum);
    capture_count(r->capture, &counts);
    sum.of[COUNT_FRAMES] += counts.frames;
    sum.of[COUNT_FRAME_BYTES] += counts.bytes;
    sum.of[COUNT_FRAMES_CUT] += counts.cut;
    sum.of[COUNT_KERNEL_DROPS] += counts.kernel_drops;
    sum.of[COUNT_INTERFACE_DROPS] += counts.interface_drops;
    sum.of[COUNT_TIME_JUMPS] += counts.time_jumps;
    sum.of[COUNT_KEY_LOGS] += counts.key_logs;
    sum.of[COUNT_INPUT_ERRORS] += r->input_errors;
    sum.of[COUNT_MEMORY_PEAK] = r->memory_peak; /* those of the accounts are of different times */
    sum.of[COUNT_OUTPUT_DROPPED] += report_dropped(r->report);
    return sum;
}

/* All that was told so far leaves. */
static void flush(struct run *r)
{
    outbox_empty(r->outbox);
    report_flush(r->report);
}

static struct counters tell_statistics(struct run *r, bool at_end)
{
    flush(r); /* so that what cannot be written is counted */
    struct counters sum = all_counters(r);
    struct statistics s = {.counters = &sum,
                           .first = r->first,
                           .last = r->last,
                           .inputs = (const char *const *)r->inputs.names,
                           .input_count = r->inputs.count,
                           .live = is_live(r),
                           .at_end = at_end};
    report_statistics(r->report, &s);
    return sum;
}

/* Somebody asks how it goes, at a terminal as well as through the events. */
static void answer(struct run *r)
{
    struct counters sum = tell_statistics(r, false);
    report_flush(r->report);
    log_note(r->log,
             "%" PRIu64 " packets, %" PRIu64 " MB, %" PRIu64 " exchanges; %" PRIu64
             " packets dropped by the kernel, %" PRIu64 " by the interface",
             sum.of[COUNT_FRAMES], sum.of[COUNT_FRAME_BYTES] / 1000000, sum.of[COUNT_EXCHANGES],
             sum.of[COUNT_KERNEL_DROPS], sum.of[COUNT_INTERFACE_DROPS]);
}

static void note_listeners(struct run *r)
{
    for (size_t i = 0; i < r->options->output_count; i++) {
        const char *news = report_news(r->report, i);
        if (news != NULL)
            log_note(r->log, "%s: %s", r->options->outputs[i].target, news);
    }
}

/* Live: what is due by the clock. Findings are to leave at once when nothing else is to be done, and soon in any case.
 */
static void live_clock(struct run *r, moment clock, bool idle)
{
    if (r->statistics_due == 0) {
        r->statistics_due = clock + STATISTICS_SECONDS * SECOND;
        r->survey_end = clock + SURVEY_SECONDS * SECOND;
    }
    r->over = r->options->survey && clock >= r->survey_end;
    if (clock >= r->statistics_due) {
        tell_statistics(r, false);
        r->statistics_due = clock + STATISTICS_SECONDS * SECOND;
    }
    if (r->options->key_log_count > 0 && (key_sources_poll(r->keys, clock) || clock >= r->waiting_due)) {
        worker_keys(r->worker);
        r->waiting_due = clock + KEY_WAIT_SECONDS * SECOND / 4;
    }
    if (idle || clock >= r->flush_due) {
        flush(r);
        note_listeners(r);
        r->flush_due = clock + SECOND;
    }
}

static moment now_by(clockid_t which)
{
    struct timespec t;
    clock_gettime(which, &t);
    return (moment)t.tv_sec * SECOND + t.tv_nsec;
}

static void show_progress(struct run *r)
{
    moment now = now_by(CLOCK_MONOTONIC_COARSE);
    if (now < r->progress_due)
        return;
    struct capture_counts counts;
    capture_count(r->capture, &counts);
    log_progress(r->log, "%" PRIu64 " packets, %" PRIu64 " MB", counts.frames, counts.bytes / 1000000);
    r->progress_due = now + SECOND / 5;
}

static void share_memory(struct run *r)
{
    size_t connections = worker_memory(r->worker);
    size_t all = connections + correlate_memory(r->correlate) + key_sources_memory(r->keys);
    if (all > r->memory_peak)
        r->memory_peak = all;
    if (budget_lend(&r->budget, connections))
        correlate_set_memory(r->correlate, r->budget.findings);
}

static void take_frame(struct run *r, const struct frame *frame)
{
    worker_frame(r->worker, frame);
    share_memory(r);
    bool is_first = frame->number == 1; /* its time may be any: before 1970, or none at all */
    if (is_first || frame->time < r->first)
        r->first = frame->time;
    if (is_first || frame->time > r->last)
        r->last = frame->time;
    if (is_live(r)) {
        if (worker_calls_for_keys(r->worker))
            key_sources_hasten(r->keys);
        live_clock(r, frame->clock, false);
    }
    if (frame->number % PROGRESS_FRAMES == 0 && r->log->progress)
        show_progress(r);
}

static void take_idle(struct run *r, moment clock)
{
    worker_clock(r->worker, clock);
    if (is_live(r))
        live_clock(r, clock, true);
    else
        flush(r);
    if (r->log->progress)
        show_progress(r);
}

static void take_key_log(void *owner, const char *name, struct slice text)
{
    char shown[NAME_SHOWN];
    snprintf(shown, sizeof shown, "%.200s: decryption secrets", name);
    key_sources_feed(((struct run *)owner)->keys, shown, text);
}

static void take_note(void *owner, const char *line)
{
    log_note(((struct run *)owner)->log, "%s", line);
}

static void take_wrong(void *owner, const char *line)
{
    struct run *r = owner;
    log_error(r->log, "%s", line);
    r->input_errors++;
}

static enum capture_got take_next(struct run *r, struct frame *frame)
{
    struct capture_error error;
    enum capture_got got = capture_next(r->capture, frame, &error);
    switch (got) {
    case CAPTURE_FRAME: take_frame(r, frame); break;
    case CAPTURE_IDLE: take_idle(r, frame->clock); break;
    case CAPTURE_FAILED: take_wrong(r, error.text); break;
    case CAPTURE_END: break;
    }
    return got;
}

/* Live, an output that failed ends it, and whoever started it sees that: who reads the pipe has gone, or the disk is
 * full. A quiet link would never tell: it is looked at in every round, with a frame or without. Of files the other
 * outputs are to be whole. */
static bool goes_on(const struct run *r)
{
    bool written = is_live(r) ? !report_erred(r->report) : report_is_taken(r->report);
    return !r->over && !signals_came() && written;
}

/* What the kernel had taken in when the signal came: behind it the next frame has a later time, or two waits bring
 * none, which are longer than the kernel keeps back what it has. */
static void read_rest(struct run *r)
{
    struct frame frame = {.number = 0};
    moment until = now_by(CLOCK_REALTIME);
    for (int idle = 0; idle < 2 && !r->over && !report_erred(r->report);) {
        enum capture_got got = take_next(r, &frame);
        if (got == CAPTURE_END || (got == CAPTURE_FRAME && frame.time > until))
            return;
        idle = got == CAPTURE_IDLE ? idle + 1 : 0;
    }
}

static void read_all(struct run *r)
{
    struct frame frame = {.number = 0};
    while (goes_on(r) && take_next(r, &frame) != CAPTURE_END) {
        if (signals_hung_up()) {
            outbox_empty(r->outbox); /* what came before it goes where it was to go */
            outputs_reopen(r->report);
        }
        if (signals_asked())
            answer(r);
    }
    if (signals_came() && !is_live(r)) {
        log_note(r->log, "interrupted: the input was not read to its end");
        r->input_errors++;
    } else if (signals_came()) {
        read_rest(r);
    }
}

static void finish(struct run *r)
{
    log_progress_end(r->log);
    worker_finish(r->worker);
    outbox_empty(r->outbox);
    correlate_finish(r->correlate);
    tell_statistics(r, true);
}

/* A promise of our own that was not kept: in builds that check, it stops there. */
static void broken(struct log *log, const char *what, uint64_t number)
{
    log_error(log, "internal error, please report it: %s (%" PRIu64 ")", what, number);
#ifdef KAPIWATCH_CHECK
    abort();
#endif
}

static void check_sums(struct run *r)
{
#ifdef KAPIWATCH_CHECK
    struct counters sum = all_counters(r);
    const char *wrong = counters_check(&sum);
    if (wrong != NULL)
        broken(r->log, wrong, sum.of[COUNT_FRAMES]);
#else
    (void)r;
#endif
}

/* A pipe whose reader has gone is no news to whoever closed it, unless the run was to go on until it is told to end. */
static bool tell_output_errors(struct run *r)
{
    for (size_t i = 0; i < r->options->output_count; i++) {
        const char *error = report_error(r->report, i);
        if (error != NULL && (is_live(r) || !report_reader_gone(r->report, i)))
            log_error(r->log, "%s", error);
    }
    return report_erred(r->report);
}

static enum exit_status status_of(struct run *r, bool output_failed)
{
    if (output_failed)
        return STATUS_OUTPUT;
    if (r->input_errors > 0)
        return STATUS_INPUT;
    int worst = r->correlate != NULL ? correlate_worst(r->correlate) : -1;
    return r->options->fail_on >= 0 && worst >= r->options->fail_on ? STATUS_FINDING : STATUS_DONE;
}

/* From the inputs to the last word of the report. @return how it ended, but for what was still to be written. */
static enum exit_status proceed(struct run *r, const struct rule_set *rules)
{
    signals_begin();
    if (!make_pieces(r, rules)) {
        log_error(r->log, "no memory, or no random numbers, to begin with");
        return STATUS_USAGE;
    }
    capture_listen(r->capture, &(struct capture_listener){
                                   .key_log = take_key_log, .note = take_note, .wrong = take_wrong, .owner = r});
    if (!key_logs_read(r->keys, r->options, r->log))
        return STATUS_USAGE;
    if (!inputs_open(&r->inputs, r->options, r->filter, r->capture, r->log))
        return STATUS_INPUT;
    r->input_errors = r->inputs.failed;
    if (!outputs_open(r->report, r->options, &r->inputs, r->log))
        return STATUS_OUTPUT;
    signals_catch(outputs_can_reopen(r->options));
    read_all(r);
    finish(r);
    check_sums(r);
    report_close(r->report);
    signals_rest();
    return status_of(r, tell_output_errors(r));
}

/* In reverse order of making. */
static void take_apart(struct run *r)
{
    size_t worker = r->worker != NULL ? worker_free(r->worker) : 0;
    outbox_free(r->outbox);
    size_t correlate = r->correlate != NULL ? correlate_free(r->correlate) : 0;
    if (worker != 0)
        broken(r->log, "memory of connections is still in use at the end, bytes", worker);
    if (correlate != 0)
        broken(r->log, "memory of findings is still in use at the end, bytes", correlate);
    size_t keys = r->keys != NULL ? key_sources_free(r->keys) : 0;
    if (keys != 0)
        broken(r->log, "memory of keys is still in use at the end, bytes", keys);
    if (r->report != NULL)
        report_free(r->report);
    capture_free(r->capture);
    inputs_deinit(&r->inputs);
}

enum exit_status run(const struct options *o, const char *filter, const struct rule_set *rules, struct log *log)
{
    struct run r = {.options = o,
                    .filter = filter,
                    .log = log,
                    .budget = budget_divide(o->memory),
                    .capture = capture_new(),
                    .report = outputs_begin(o)};
    enum exit_status status = STATUS_USAGE;
    if (r.capture != NULL && r.report != NULL)
        status = proceed(&r, rules);
    else
        log_error(log, "no memory to begin with");
    take_apart(&r);
    return status;
}
