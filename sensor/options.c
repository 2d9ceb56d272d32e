#include "sensor/options.h"

#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/quantity.h"

enum { SNAP_LENGTH_MOST = 262144, MEMORY_LEAST = 1 << 20, ERROR_ROOM = OPTIONS_ERROR / 2 };

/* Ports on which an API server is usual, by itself or behind a front, and those of plain and proxied access. */
static const uint16_t default_ports[] = {443, 6443, 8443, 16443, 8080, 8001};

/* What setters write to: the options, and why a value is refused where the row's own words do not say it. */
struct setting {
    struct options *o;
    const char *value;
    char why[ERROR_ROOM];
};

struct option_row {
    char letter; /* 0: long alone */
    const char *name, *argument, *about;
    bool (*set)(struct setting *s);
    const char *expected; /* of the value */
};

static bool refuse(struct setting *s, const char *why)
{
    snprintf(s->why, sizeof s->why, "%s", why);
    return false;
}

static bool set_read(struct setting *s)
{
    for (size_t i = 0; i < s->o->read_count && strcmp(s->value, "-") == 0; i++) {
        if (strcmp(s->o->reads[i], "-") == 0)
            return refuse(s, "standard input is named twice, expected once");
    }
    s->o->reads[s->o->read_count++] = s->value;
    return true;
}

static bool set_interface(struct setting *s)
{
    if (s->o->interface != NULL)
        return refuse(s, "given twice, expected one interface");
    s->o->interface = s->value;
    return s->value[0] != '\0';
}

static bool set_snap_length(struct setting *s)
{
    uint64_t value;
    bool good = quantity_number(s->value, SNAP_LENGTH_MOST, &value);
    s->o->snap_length = good ? (int)value : 0;
    return good;
}

static bool set_buffer(struct setting *s)
{
    uint64_t value;
    bool good = quantity_number(s->value, INT_MAX / 1024, &value) && value > 0;
    s->o->buffer_kib = good ? (int)value : 0;
    return good;
}

static bool set_rules(struct setting *s)
{
    s->o->rules[s->o->rule_count++] = s->value;
    return s->value[0] != '\0';
}

/* "6443" or "8443-8445", up to a comma or the end. @return what follows, or NULL. */
static const char *add_ports(struct port_set *ports, const char *text)
{
    char part[16];
    size_t size = strcspn(text, ",");
    if (size >= sizeof part)
        return NULL;
    memcpy(part, text, size);
    part[size] = '\0';
    char *dash = strchr(part, '-');
    if (dash != NULL)
        *dash = '\0';
    uint64_t low, high;
    if (!quantity_number(part, UINT16_MAX, &low) || low == 0)
        return NULL;
    high = low;
    if (dash != NULL && (!quantity_number(dash + 1, UINT16_MAX, &high) || high < low))
        return NULL;
    for (uint64_t port = low; port <= high; port++)
        port_set_add(ports, (uint16_t)port);
    return text + size;
}

static bool set_ports(struct setting *s)
{
    struct port_set named = {.bits = {0}};
    const char *at = s->value;
    for (; (at = add_ports(&named, at)) != NULL && *at == ','; at++)
        ;
    if (at == NULL)
        return false;
    free(s->o->api_ports);
    s->o->api_ports = calloc(UINT16_MAX, sizeof *s->o->api_ports);
    if (s->o->api_ports == NULL)
        return refuse(s, "no memory");
    s->o->api_port_count = 0;
    for (uint32_t port = 1; port <= UINT16_MAX; port++) {
        if (port_set_has(&named, (uint16_t)port))
            s->o->api_ports[s->o->api_port_count++] = (uint16_t)port;
    }
    s->o->ports = named;
    return true;
}

static bool set_output(struct setting *s)
{
    struct output_spec *spec = &s->o->outputs[s->o->output_count];
    if (!output_parse(spec, s->value, s->why, sizeof s->why))
        return false;
    /* Into a device, /dev/null above all, they may. */
    for (size_t i = 0; i < s->o->output_count && strncmp(spec->target, "/dev/", 5) != 0; i++) {
        if (strcmp(s->o->outputs[i].target, spec->target) == 0)
            return refuse(s, "two outputs have one target, expected one each");
    }
    s->o->output_count++;
    return true;
}

static bool set_memory(struct setting *s)
{
    return quantity_size(s->value, &s->o->memory) && s->o->memory >= MEMORY_LEAST;
}

static bool set_window(struct setting *s)
{
    return quantity_duration(s->value, &s->o->window);
}

static bool set_source_cap(struct setting *s)
{
    return quantity_number(s->value, UINT32_MAX, &s->o->source_cap);
}

static bool set_fail_on(struct setting *s)
{
    s->o->fail_on = rule_level_of(s->value);
    return s->o->fail_on >= 0;
}

static bool set_filter_file(struct setting *s)
{
    if (s->o->filter_file != NULL)
        return refuse(s, "given twice, expected one file");
    s->o->filter_file = s->value;
    return true;
}

static bool set_test(struct setting *s)
{
    s->o->action = ACTION_TEST;
    return true;
}

static bool set_list_interfaces(struct setting *s)
{
    s->o->action = ACTION_LIST_INTERFACES;
    return true;
}

static bool set_nothing(struct setting *s)
{
    (void)s;
    return true;
}

static bool set_quiet(struct setting *s)
{
    s->o->level = LOG_QUIET;
    return true;
}

static bool set_verbose(struct setting *s)
{
    s->o->verbose = true;
    return true;
}

static bool set_version(struct setting *s)
{
    s->o->action = ACTION_VERSION;
    return true;
}

static bool set_help(struct setting *s)
{
    s->o->action = ACTION_HELP;
    return true;
}

static const struct option_row rows[] = {
    {'r', "read", "FILE", "Read a capture file; - is standard input; repeatable.", set_read, NULL},
    {'i', "interface", "NAME", "Listen on an interface.", set_interface, "an interface, as -D lists them"},
    {'D', "list-interfaces", NULL, "List the interfaces that can be listened on.", set_list_interfaces, NULL},
    {'s', "snaplen", "BYTES", "Keep so much of each packet when listening; 0: all.", set_snap_length,
     "a number of bytes up to 262144"},
    {'B', "buffer-size", "KIB", "Kernel buffer for listening.", set_buffer, "a number of KiB from 1 to 2097151"},
    {'F', "filter-file", "FILE", "Read the filter expression from a file.", set_filter_file, NULL},
    {'p', "ports", "LIST", "Ports of API servers: only these are followed.", set_ports, "ports like 6443,8443-8445"},
    {'R', "rules", "PATH", "A rule file or a folder of them, in place of the installed ones; repeatable.", set_rules,
     "a file or folder"},
    {'o', "output", "SPEC", "FORMAT[+EVENT...][:TARGET]: text or json, to - or a file; repeatable.", set_output,
     "FORMAT[+EVENT...][:TARGET]"},
    {0, "memory", "SIZE", "Memory for connections and findings (256M).", set_memory, "a size of 1M or more, like 256M"},
    {0, "window", "DURATION", "How long a finding stays open (1h).", set_window, "a duration like 30m, 1h, 2d"},
    {0, "source-cap", "N", "Events of one source that are written a minute (100000); 0: all.", set_source_cap,
     "a number of events up to 4294967295"},
    {0, "fail-on", "LEVEL", "Exit with 10 if there is a finding of this level or above.", set_fail_on,
     "informational, low, medium, high or critical"},
    {'T', "test-config", NULL, "Check options, filter and rules, say what is in force, and exit.", set_test, NULL},
    {'n', NULL, NULL, "No effect: names are never looked up.", set_nothing, NULL},
    {'q', "quiet", NULL, "Only errors on standard error.", set_quiet, NULL},
    {'v', "verbose", NULL, "More in the text report.", set_verbose, NULL},
    {'V', "version", NULL, "Print the version and exit.", set_version, NULL},
    {'h', "help", NULL, "Print this and exit.", set_help, NULL},
};

enum { ROWS = sizeof rows / sizeof *rows, LONG_ALONE = 256 };

/* What getopt_long works with, made from the rows. */
struct getopt_tables {
    char letters[2 * ROWS + 3];
    struct option names[ROWS + 1];
};

/* What getopt_long gives for a row. */
static int value_of(size_t row)
{
    return rows[row].letter != 0 ? rows[row].letter : LONG_ALONE + (int)row;
}

static struct getopt_tables make_tables(void)
{
    struct getopt_tables t = {.letters = ":"};
    size_t letters = 1, names = 0;
    for (size_t i = 0; i < ROWS; i++) {
        bool argument = rows[i].argument != NULL;
        if (rows[i].letter != 0) {
            t.letters[letters++] = rows[i].letter;
            if (argument)
                t.letters[letters++] = ':';
        }
        if (rows[i].name != NULL)
            t.names[names++] = (struct option){
                .name = rows[i].name, .has_arg = argument ? required_argument : no_argument, .val = value_of(i)};
    }
    return t;
}

static const struct option_row *row_of(int value)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (value_of(i) == value)
            return &rows[i];
    }
    return NULL;
}

/* "-p", or "--memory" where there is no letter. */
static void row_name(const struct option_row *row, char name[static 32])
{
    if (row->letter != 0)
        snprintf(name, 32, "-%c", row->letter);
    else
        snprintf(name, 32, "--%s", row->name);
}

/* getopt_long has met what it does not know, or an option without its argument. */
static bool not_understood(char **argv, int got, char *error)
{
    const struct option_row *row = row_of(optopt);
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

static bool set_row(struct options *o, const struct option_row *row, const char *value, char *error)
{
    struct setting s = {.o = o, .value = value};
    if (row->set(&s))
        return true;
    char name[32];
    row_name(row, name);
    if (s.why[0] != '\0')
        snprintf(error, OPTIONS_ERROR, "option %s: %s", name, s.why);
    else
        snprintf(error, OPTIONS_ERROR, "option %s: found \"%.100s\", expected %s", name, value, row->expected);
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

/* Opened to be written, it would be emptied before it is read. */
static bool writes_what_it_reads(const struct options *o)
{
    for (size_t i = 0; i < o->output_count; i++) {
        const char *target = o->outputs[i].target;
        for (size_t k = 0; k < o->read_count && strcmp(target, "-") != 0; k++) {
            if (strcmp(o->reads[k], target) == 0)
                return true;
        }
    }
    return false;
}

static bool check_together(const struct options *o, char *error)
{
    const char *wrong = NULL;
    if (writes_what_it_reads(o))
        wrong = "found one file behind -r and -o, expected two";
    else if (o->read_count > 0 && o->interface != NULL)
        wrong = "found both -r and -i, expected one of them";
    else if (o->filter != NULL && o->filter_file != NULL)
        wrong = "found both -F and a filter expression, expected one of them";
    else if (o->action == ACTION_RUN && o->read_count == 0 && o->interface == NULL)
        wrong = "found nothing to read, expected -r FILE or -i INTERFACE";
    if (wrong != NULL)
        snprintf(error, OPTIONS_ERROR, "%s", wrong);
    return wrong == NULL;
}

static bool defaults(struct options *o, size_t arguments)
{
    *o = (struct options){.memory = (size_t)256 << 20,
                          .window = INT64_C(3600) * 1000000000,
                          .source_cap = SOURCE_CAP,
                          .fail_on = -1,
                          .level = LOG_NORMAL};
    for (size_t i = 0; i < sizeof default_ports / sizeof *default_ports; i++)
        port_set_add(&o->ports, default_ports[i]);
    /* Each can be named at most as often as there are arguments. */
    o->reads = calloc(arguments + 1, sizeof *o->reads);
    o->rules = calloc(arguments + 1, sizeof *o->rules);
    o->outputs = calloc(arguments + 1, sizeof *o->outputs);
    return o->reads != NULL && o->rules != NULL && o->outputs != NULL;
}

bool options_read(struct options *o, int argc, char **argv, char error[static OPTIONS_ERROR])
{
    if (!defaults(o, (size_t)argc)) {
        snprintf(error, OPTIONS_ERROR, "no memory");
        return false;
    }
    if (!set_all(o, argc, argv, error) || !join_filter(o, argc, argv, error))
        return false;
    if (o->output_count == 0 && output_parse(&o->outputs[0], "text", error, OPTIONS_ERROR))
        o->output_count = 1;
    return check_together(o, error);
}

void options_deinit(struct options *o)
{
    free(o->reads);
    free(o->rules);
    free(o->outputs);
    free(o->api_ports);
    free(o->filter);
}

void options_help(FILE *out)
{
    fputs("Usage: kapiwatch [options] -r FILE ... [filter expression]\n"
          "       kapiwatch [options] -i INTERFACE [filter expression]\n\n",
          out);
    for (size_t i = 0; i < ROWS; i++) {
        const struct option_row *row = &rows[i];
        char letter[] = {'-', row->letter, row->name != NULL ? ',' : '\0', '\0'};
        char name[64];
        snprintf(name, sizeof name, "%s%s%s%s", row->name != NULL ? "--" : "", row->name != NULL ? row->name : "",
                 row->argument != NULL ? " " : "", row->argument != NULL ? row->argument : "");
        fprintf(out, "  %-3s %-21s %s\n", row->letter != 0 ? letter : "", name, row->about);
    }
    fputs("\nThe manual is kapiwatch(8).\n", out);
}

void options_ports_text(const struct port_set *ports, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (uint32_t low = 0; low <= UINT16_MAX; low++) {
        uint32_t high = low;
        while (high <= UINT16_MAX && port_set_has(ports, (uint16_t)high))
            high++;
        if (high == low || used >= size)
            continue;
        const char *before = used > 0 ? "," : "";
        int wrote = high - low == 1 ? snprintf(text + used, size - used, "%s%u", before, low)
                                    : snprintf(text + used, size - used, "%s%u-%u", before, low, high - 1);
        used += wrote > 0 ? (size_t)wrote : 0;
        low = high;
    }
}
