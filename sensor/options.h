/* The command line: a table of rows, one an option; getopt_long, the setting and the help text are all driven by it. */
#ifndef SENSOR_OPTIONS_H
#define SENSOR_OPTIONS_H

#include <stdio.h>

#include "sensor/flow/worker.h"
#include "sensor/log.h"
#include "sensor/report/report.h"

enum { OPTIONS_ERROR = 512 };

enum options_action { ACTION_RUN, ACTION_TEST, ACTION_LIST_INTERFACES, ACTION_VERSION, ACTION_HELP };

struct options {
    enum options_action action;
    const char **reads, **rules; /* in the order given; point into argv */
    size_t read_count, rule_count;
    const char *interface, *filter_file;
    int snap_length, buffer_kib; /* 0: the default */
    struct port_set ports;       /* followed */
    uint16_t *api_ports;         /* named with -p: the same, as a list; none: the default is followed */
    size_t api_port_count;
    struct output_spec *outputs; /* at least one: the text report on standard output is the default */
    size_t output_count;
    size_t memory;
    moment window;
    uint64_t source_cap; /* 0: none */
    int fail_on;         /* a rule level, or -1 */
    enum log_level level;
    bool verbose;
    char *filter; /* the rest of the command line, or NULL */
};

/** @param error  one line: which option, what was found, what was expected.  @return whether all was understood. */
bool options_read(struct options *o, int argc, char **argv, char error[static OPTIONS_ERROR]);
void options_deinit(struct options *o);

void options_help(FILE *out);

/** "443,6443-6445". Longer than `size` is cut. */
void options_ports_text(const struct port_set *ports, char *text, size_t size);

#endif
