/* What is in force: the command line's, the configuration file's (config.h), and the defaults. */
#ifndef SENSOR_OPTIONS_H
#define SENSOR_OPTIONS_H

#include <stdio.h>

#include "sensor/detect/cluster.h"
#include "sensor/detect/suppress.h"
#include "sensor/flow/worker.h"
#include "sensor/log.h"
#include "sensor/report/output.h"

enum { OPTIONS_ERROR = 512, OPTIONS_SETTINGS = 40 };

enum options_action { ACTION_RUN, ACTION_TEST, ACTION_LIST_INTERFACES, ACTION_VERSION, ACTION_HELP };

/** What the six detections of the story count: by default without what is ordinary, literally as the searches do. */
enum story { STORY_DEFAULT, STORY_LITERAL };

/** Who said it. */
enum origin { ORIGIN_DEFAULT, ORIGIN_FILE, ORIGIN_LINE };

struct yaml;

struct options {
    enum options_action action;
    /* Texts point into argv, or into the configuration file. Lists are in the order given. */
    const char **reads, **rules, **cluster_files, **key_logs;
    size_t read_count, rule_count, cluster_file_count, key_log_count;
    const char *interface, *filter_file, *config_file;
    int snap_length, buffer_kib; /* 0: the default */
    struct port_set ports;       /* followed: of -p or the default, and those that the cluster map names */
    uint16_t *api_ports;         /* named with -p: as a list; none: the default is followed */
    size_t api_port_count;
    struct tunnel_ports tunnels; /* on UDP */
    bool checksums;              /* a segment with a wrong one is ignored */
    struct output_spec *outputs; /* at least one: the text report on standard output is the default */
    size_t output_count;
    size_t memory;
    uint64_t source_cap; /* events of a source that are written in a minute; 0: all */
    moment window;
    int fail_on; /* a rule level, or -1 */
    enum story story;
    enum log_level level;
    bool verbose, survey;
    char *filter; /* an expression, or NULL */

    struct cluster_map *map;           /* NULL: there is none */
    struct suppressions *suppressions; /* NULL: there are none */

    struct yaml *config; /* the file, as long as texts point into it; NULL: there is none */
    struct {
        uint8_t from;                /* enum origin */
        unsigned line;               /* of its key in the configuration file */
        unsigned of_line, of_column; /* of its value there; of more than one, of the key */
    } origins[OPTIONS_SETTINGS];     /* by the row of sensor/setting.h */
};

/** Whether packets come from an interface, and not from files. */
static inline bool options_live(const struct options *o)
{
    return o->interface != NULL;
}

/** The command line alone. @param error  one line: which option, what was found, what was expected.
 *  @return whether all was understood. */
bool options_read(struct options *o, int argc, char **argv, char error[static OPTIONS_ERROR]);

/** Once all is read, the configuration file too: what is missing, and whether it fits together. */
bool options_complete(struct options *o, char error[static OPTIONS_ERROR]);

void options_deinit(struct options *o);

void options_help(FILE *out);

#endif
