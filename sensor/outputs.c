#include "sensor/outputs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sensor/monitor.h"
#include "sensor/signals.h"

static bool is_standard(const struct output_spec *spec)
{
    return strcmp(spec->target, "-") == 0;
}

static bool wants_colour(int fd)
{
    const char *terminal = getenv("TERM"), *without = getenv("NO_COLOR");
    return isatty(fd) == 1 && (without == NULL || without[0] == '\0') &&
           (terminal == NULL || strcmp(terminal, "dumb") != 0);
}

/* Lines that come while the run goes on, on the terminal that would show the progress too. */
static bool disturbs_progress(const struct options *o, const struct output_spec *spec, int fd)
{
    return isatty(fd) == 1 && (options_live(o) || spec->format != &report_text);
}

/* Opened, it would be emptied: a capture of a folder, which the command line does not name, or what an output before it
 * writes under another name. @return what it is to be instead, or NULL. */
static const char *taken(const struct options *o, const struct inputs *in, size_t index)
{
    const char *target = o->outputs[index].target;
    size_t captures = options_live(o) ? 0 : in->count; /* an interface's name is no file's */
    for (size_t i = 0; i < captures; i++) {
        if (monitor_same_file(target, in->names[i]))
            return "found a capture that is read, expected another file";
    }
    for (size_t i = 0; i < index; i++) {
        if (!is_standard(&o->outputs[i]) && monitor_same_file(target, o->outputs[i].target))
            return "found what another output writes, expected a file of its own";
    }
    return NULL;
}

static int connect_again(const char *target)
{
    return monitor_open(MONITOR_CONNECT, monitor_socket(target));
}

/* What is read again can be told again: then it is an error that nobody listens any more, as with a FIFO. */
struct report *outputs_begin(const struct options *o)
{
    return report_new(signals_came, options_live(o) ? connect_again : NULL);
}

/* Reading again tells the same again; what was heard before a service is restarted nobody can tell again. Who waits for
 * a reader in silence is taken for one who listens. */
static int open_target(const struct options *o, const char *target, struct log *log)
{
    const char *socket = monitor_socket(target);
    if (socket != NULL)
        return monitor_open(MONITOR_CONNECT, socket);
    int fd = monitor_open(options_live(o) ? MONITOR_ADD_OUTPUT : MONITOR_WRITE_OUTPUT, target);
    if (fd >= 0 || errno != ENXIO || !monitor_is_fifo(target))
        return fd;
    log_note(log, "%s: a FIFO that nobody reads: nothing begins before somebody does", target);
    return monitor_open(MONITOR_AWAIT_READER, target);
}

static bool open_one(struct report *r, const struct options *o, const struct output_spec *spec, struct log *log)
{
    int fd = open_target(o, spec->target, log);
    if (fd < 0) {
        log_error(log, "%s: %s; expected a %s", is_standard(spec) ? "standard output" : spec->target, strerror(errno),
                  monitor_socket(spec->target) != NULL ? "socket that somebody listens at"
                                                       : "file that can be written");
        return false;
    }
    if (disturbs_progress(o, spec, fd))
        log->progress = false;
    if (report_add(r, spec, fd, options_live(o), o->verbose, wants_colour(fd)))
        return true;
    log_error(log, "%s: no memory to write it", spec->target);
    return false;
}

bool outputs_open(struct report *r, const struct options *o, const struct inputs *in, struct log *log)
{
    for (size_t i = 0; i < o->output_count; i++) {
        const struct output_spec *spec = &o->outputs[i];
        const char *wrong = is_standard(spec) ? NULL : taken(o, in, i);
        if (wrong != NULL)
            log_error(log, "%s: %s", spec->target, wrong);
        if (wrong != NULL || !open_one(r, o, spec, log))
            return false;
    }
    return true;
}

bool outputs_can_reopen(const struct options *o)
{
    bool named = false;
    for (size_t i = 0; i < o->output_count; i++)
        named |= !is_standard(&o->outputs[i]);
    return named && options_live(o);
}

static int reopen(const char *path)
{
    return monitor_open(MONITOR_ADD_OUTPUT, path);
}

void outputs_reopen(struct report *r)
{
    report_reopen(r, reopen);
}

bool outputs_order_findings(const struct options *o)
{
    bool text = false;
    for (size_t i = 0; i < o->output_count; i++)
        text |= o->outputs[i].format == &report_text;
    return text && !options_live(o);
}

uint64_t outputs_cap(const struct options *o)
{
    uint32_t written = 0;
    for (size_t i = 0; i < o->output_count; i++)
        written |= o->outputs[i].events;
    return written & (1U << REPORT_HTTP | 1U << REPORT_ANOMALY) ? o->source_cap : 0;
}
