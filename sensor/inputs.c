#include "sensor/inputs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "sensor/monitor.h"

/* What opening works with. */
struct opening {
    struct inputs *in;
    const char *filter;
    struct capture *capture;
    struct log *log;
};

static void fail(const struct opening *o, const char *line)
{
    log_error(o->log, "%s", line);
    o->in->failed++;
}

static void add_name(const struct opening *o, const char *name)
{
    char **grown = realloc(o->in->names, (o->in->count + 1) * sizeof *grown);
    if (grown == NULL)
        return;
    o->in->names = grown;
    char *copy = strdup(strcmp(name, "-") == 0 ? "standard input" : name);
    if (copy != NULL)
        grown[o->in->count++] = copy;
}

static bool add_file(const struct opening *o, const char *name, struct capture_error *error)
{
    *error = (struct capture_error){.foreign = false};
    FILE *file = monitor_read(MONITOR_READ_CAPTURE, name);
    if (file == NULL) {
        snprintf(error->text, sizeof error->text, "%.300s: %s; expected a capture file", name, strerror(errno));
        return false;
    }
    if (!capture_add_file(o->capture, name, file, o->filter, error))
        return false;
    add_name(o, name);
    return true;
}

static void open_folder(const struct opening *o, const char *path, const struct monitor_names *names)
{
    struct capture_error error;
    size_t foreign = 0, captures = 0;
    for (size_t i = 0; i < names->count; i++) {
        if (add_file(o, names->names[i], &error)) {
            captures++;
        } else if (error.foreign) {
            foreign++;
        } else {
            captures++;
            fail(o, error.text);
        }
    }
    if (captures == 0) {
        snprintf(error.text, sizeof error.text,
                 "%.300s: a folder without captures (%zu other files); expected some in it", path, foreign);
        fail(o, error.text);
    } else if (foreign > 0) {
        log_note(o->log, "%s: %zu of %zu files are no captures and are passed over", path, foreign, names->count);
    }
}

/* All files of a folder are open until they have been read: as many as the system allows. */
static void allow_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static void open_path(const struct opening *o, const char *path)
{
    struct monitor_names names = {.count = 0};
    struct capture_error error;
    bool standard_input = strcmp(path, "-") == 0;
    if (!standard_input && !monitor_list_captures(path, &names)) {
        snprintf(error.text, sizeof error.text, "%.300s: %s; expected a capture file", path, strerror(errno));
        fail(o, error.text);
        return;
    }
    bool folder = !standard_input && (names.count != 1 || strcmp(names.names[0], path) != 0);
    if (folder)
        open_folder(o, path, &names);
    else if (!add_file(o, path, &error))
        fail(o, error.text);
    monitor_names_deinit(&names);
}

static void open_interface(const struct opening *o, const struct options *options)
{
    struct capture_error error;
    struct live_options live = {
        .snap_length = options->snap_length, .buffer_kib = options->buffer_kib, .filter = o->filter};
    if (capture_add_live(o->capture, options->interface, &live, &error))
        add_name(o, options->interface);
    else
        fail(o, error.text);
}

bool inputs_open(struct inputs *in, const struct options *o, const char *filter, struct capture *c, struct log *log)
{
    struct opening opening = {.in = in, .filter = filter, .capture = c, .log = log};
    *in = (struct inputs){.count = 0};
    if (o->interface != NULL)
        open_interface(&opening, o);
    else
        allow_files();
    for (size_t i = 0; o->interface == NULL && i < o->read_count; i++)
        open_path(&opening, o->reads[i]);
    return in->count > 0;
}

void inputs_deinit(struct inputs *in)
{
    for (size_t i = 0; i < in->count; i++)
        free(in->names[i]);
    free(in->names);
    *in = (struct inputs){.count = 0};
}
