#include "sensor/options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/detect/cluster_map.h"
#include "sensor/monitor.h"
#include "sensor/setting.h"
#include "sensor/yaml.h"

enum { LONG_ALONE = 256 };

/* What getopt_long works with, made from the rows. */
struct getopt_tables {
    char letters[2 * OPTIONS_SETTINGS + 3];
    struct option names[OPTIONS_SETTINGS + 1];
};

/* What getopt_long gives for a row. */
static int value_of(size_t row)
{
    return setting_rows[row].letter != 0 ? setting_rows[row].letter : LONG_ALONE + (int)row;
}

static struct getopt_tables make_tables(void)
{
    struct getopt_tables t = {.letters = ":"};
    size_t letters = 1, names = 0;
    for (size_t i = 0; i < setting_count; i++) {
        bool argument = setting_rows[i].argument != NULL;
        if ((setting_rows[i].where & SETTING_ON_LINE) == 0)
            continue;
        if (setting_rows[i].letter != 0) {
            t.letters[letters++] = setting_rows[i].letter;
            if (argument)
                t.letters[letters++] = ':';
        }
        if (setting_rows[i].name != NULL)
            t.names[names++] = (struct option){.name = setting_rows[i].name,
                                               .has_arg = argument ? required_argument : no_argument,
                                               .val = value_of(i)};
    }
    return t;
}

static const struct setting_row *row_of(int value)
{
    for (size_t i = 0; i < setting_count; i++) {
        if (value_of(i) == value)
            return &setting_rows[i];
    }
    return NULL;
}

/* "-p", or "--memory" where there is no letter. */
static void row_name(const struct setting_row *row, char name[static 32])
{
    if (row->letter != 0)
        snprintf(name, 32, "-%c", row->letter);
    else
        snprintf(name, 32, "--%s", row->name);
}

/* getopt_long has met what it does not know, or an option without its argument. */
static bool not_understood(char **argv, int got, char *error)
{
    const struct setting_row *row = row_of(optopt);
    char name[32];
    if (row != NULL)
        row_name(row, name);
    if (got == ':' && row != NULL)
        snprintf(error, OPTIONS_ERROR, "option %s: found nothing behind it, expected %s", name, row->argument);
    else if (row != NULL)
        snprintf(error, OPTIONS_ERROR, "option %s: found \"%.100s\", expected no argument", name, argv[optind - 1]);
    else if (optopt != 0)
        snprintf(error, OPTIONS_ERROR, "option -%c: found no such option", optopt);
    else
        snprintf(error, OPTIONS_ERROR, "option %.100s: found no such option, or several that begin so",
                 argv[optind - 1]);
    return false;
}

static bool set_row(struct options *o, const struct setting_row *row, const char *value, char *error)
{
    char name[32], wrong[OPTIONS_ERROR];
    o->origins[row - setting_rows].from = ORIGIN_LINE;
    if (setting_apply(o, row, value, wrong))
        return true;
    row_name(row, name);
    snprintf(error, OPTIONS_ERROR, "option %s: %.*s", name, OPTIONS_ERROR - 64, wrong);
    return false;
}

static bool set_all(struct options *o, int argc, char **argv, char *error)
{
    struct getopt_tables tables = make_tables();
    opterr = 0;
    optind = 0; /* from the beginning, whoever used it before */
    int got;
    while ((got = getopt_long(argc, argv, tables.letters, tables.names, NULL)) != -1) {
        if (got == '?' || got == ':')
            return not_understood(argv, got, error);
        if (!set_row(o, row_of(got), optarg, error))
            return false;
    }
    return true;
}

/* The words that are left, with blanks between: a filter need not stand in quotes. */
static bool join_filter(struct options *o, int argc, char **argv, char *error)
{
    size_t size = 1;
    for (int i = optind; i < argc; i++)
        size += strlen(argv[i]) + 1;
    if (optind == argc)
        return true;
    o->origins[setting_named("filter")].from = ORIGIN_LINE;
    char *filter = o->filter = calloc(1, size);
    if (filter == NULL) {
        snprintf(error, OPTIONS_ERROR, "no memory");
        return false;
    }
    for (int i = optind; i < argc; i++) {
        size_t length = strlen(argv[i]);
        memcpy(filter, argv[i], length);
        filter += length;
        *filter++ = i + 1 < argc ? ' ' : '\0';
    }
    return true;
}

static bool is_among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (names[i] != NULL && (strcmp(names[i], name) == 0 || monitor_same_file(names[i], name)))
            return true;
    }
    return false;
}

/* Opened to be written, it would be emptied: before it is read, or behind the back of whoever wrote it. */
static bool writes_what_it_reads(const struct options *o)
{
    const char *const once[] = {o->config_file, o->filter_file};
    for (size_t i = 0; i < o->output_count; i++) {
        const char *target = o->outputs[i].target;
        if (strcmp(target, "-") == 0)
            continue;
        if (is_among(target, o->reads, o->read_count) || is_among(target, o->rules, o->rule_count) ||
            is_among(target, o->cluster_files, o->cluster_file_count) ||
            is_among(target, o->key_logs, o->key_log_count) || is_among(target, once, 2))
            return true;
    }
    return false;
}

/* It would never end; and to listen at it, it would have to be made first. */
static bool reads_socket(const struct options *o)
{
    for (size_t i = 0; i < o->key_log_count; i++) {
        if (monitor_socket(o->key_logs[i]) != NULL)
            return true;
    }
    return false;
}

static bool check_together(const struct options *o, char *error)
{
    const char *wrong = NULL;
    if (writes_what_it_reads(o))
        wrong = "found one file that is to be read and written (-o), expected two";
    else if (o->read_count > 0 && o->interface != NULL)
        wrong = "found both -r and -i, expected one of them";
    else if (o->read_count > 0 && reads_socket(o))
        wrong = "found a socket (-k unix:PATH), which never ends, expected a file or FIFO, as captures are read";
    else if (o->filter != NULL && o->filter_file != NULL)
        wrong = "found both -F and a filter expression, expected one of them";
    else if (o->action == ACTION_RUN && o->read_count == 0 && o->interface == NULL)
        wrong = "found nothing to read, expected -r FILE or -i INTERFACE";
    if (wrong != NULL)
        snprintf(error, OPTIONS_ERROR, "%s", wrong);
    return wrong == NULL;
}

bool options_read(struct options *o, int argc, char **argv, char error[static OPTIONS_ERROR])
{
    setting_defaults(o);
    return set_all(o, argc, argv, error) && join_filter(o, argc, argv, error);
}

bool options_complete(struct options *o, char error[static OPTIONS_ERROR])
{
    if (o->output_count == 0 && !setting_apply(o, &setting_rows[setting_named("output")], "text", error))
        return false;
    return check_together(o, error);
}

void options_deinit(struct options *o)
{
    free(o->reads);
    free(o->rules);
    free(o->cluster_files);
    free(o->key_logs);
    free(o->outputs);
    free(o->api_ports);
    free(o->filter);
    cluster_map_free(o->map);
    suppressions_free(o->suppressions);
    yaml_release(o->config);
}

void options_help(FILE *out)
{
    fputs("Usage: kapiwatch [options] -r FILE ... [filter expression]\n"
          "       kapiwatch [options] -i INTERFACE [filter expression]\n\n",
          out);
    for (size_t i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_rows[i];
        if ((row->where & SETTING_ON_LINE) == 0)
            continue;
        char letter[] = {'-', row->letter, row->name != NULL ? ',' : '\0', '\0'};
        char name[64];
        snprintf(name, sizeof name, "%s%s%s%s", row->name != NULL ? "--" : "", row->name != NULL ? row->name : "",
                 row->argument != NULL ? " " : "", row->argument != NULL ? row->argument : "");
        fprintf(out, "  %-3s %-21s %s\n", row->letter != 0 ? letter : "", name, row->about);
    }
    fputs("\nThe manual is kapiwatch(8).\n", out);
}
