#include "sensor/setting.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/detect/source.h"
#include "sensor/port_list.h"
#include "sensor/quantity.h"

enum { SNAP_LENGTH_MOST = 262144, MEMORY_LEAST = 1 << 20 };

/* Ports on which an API server is usual, by itself or behind a front, and those of plain and proxied access. */
static const uint16_t default_ports[] = {443, 6443, 8443, 16443, 8080, 8001};

static bool refuse(struct setting *s, const char *why)
{
    snprintf(s->why, sizeof s->why, "%s", why);
    return false;
}

/* One more at the end of a list of values. */
static bool append(struct setting *s, const char ***list, size_t *count)
{
    const char **more = realloc(*list, (*count + 1) * sizeof *more);
    if (more == NULL)
        return refuse(s, "no memory");
    *list = more;
    more[(*count)++] = s->value;
    return true;
}

static bool is_among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (names[i] != NULL && strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

/* Who reads standard input first leaves nothing for the other. */
static bool is_standard_again(const struct setting *s)
{
    const struct options *o = s->o;
    const char *const once[] = {o->config_file, o->filter_file};
    return strcmp(s->value, "-") == 0 &&
           (is_among("-", o->reads, o->read_count) || is_among("-", o->key_logs, o->key_log_count) ||
            is_among("-", o->cluster_files, o->cluster_file_count) || is_among("-", once, 2));
}

static bool append_file(struct setting *s, const char ***list, size_t *count)
{
    if (is_standard_again(s))
        return refuse(s, "standard input is named twice, expected once");
    return s->value[0] != '\0' && append(s, list, count);
}

static bool set_read(struct setting *s)
{
    return append_file(s, &s->o->reads, &s->o->read_count);
}

/* What there is one of. */
static bool set_text(struct setting *s, const char **text, const char *twice)
{
    if (*text != NULL)
        return refuse(s, twice);
    *text = s->value;
    return s->value[0] != '\0';
}

static bool set_file(struct setting *s, const char **text)
{
    if (*text == NULL && is_standard_again(s))
        return refuse(s, "standard input is named twice, expected once");
    return set_text(s, text, "given twice, expected one file");
}

static bool set_interface(struct setting *s)
{
    return set_text(s, &s->o->interface, "given twice, expected one interface");
}

static bool set_filter_file(struct setting *s)
{
    return set_file(s, &s->o->filter_file);
}

static bool set_config(struct setting *s)
{
    return set_file(s, &s->o->config_file);
}

static bool set_filter(struct setting *s)
{
    free(s->o->filter);
    s->o->filter = strdup(s->value);
    return s->o->filter != NULL && s->value[0] != '\0';
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
    return s->value[0] != '\0' && append(s, &s->o->rules, &s->o->rule_count);
}

static bool set_clusters(struct setting *s)
{
    return append_file(s, &s->o->cluster_files, &s->o->cluster_file_count);
}

static bool set_tls_keys(struct setting *s)
{
    return append_file(s, &s->o->key_logs, &s->o->key_log_count);
}

static bool set_ports(struct setting *s)
{
    struct port_set named = {.bits = {0}};
    if (!port_list_read(s->value, &named))
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

/* The tunnel's kind and id are in the key of every connection; what else may be asked for is known by name. */
static bool set_flow_key(struct setting *s)
{
    static const char *const later[] = {"vlan", "mpls", "erspan"};
    for (size_t i = 0; i < sizeof later / sizeof *later; i++) {
        if (strstr(s->value, later[i]) != NULL) {
            snprintf(s->why, sizeof s->why, "found \"%s\", which is not in the flow key yet, expected tunnel",
                     later[i]);
            return false;
        }
    }
    return strcmp(s->value, "tunnel") == 0;
}

static bool set_tunnel_ports(struct setting *s)
{
    return port_list_read_tunnels(s->value, &s->o->tunnels, s->why);
}

static bool set_checksums(struct setting *s)
{
    s->o->checksums = true;
    return true;
}

static bool set_output(struct setting *s)
{
    struct options *o = s->o;
    struct output_spec spec, *more;
    if (!output_parse(&spec, s->value, s->why, sizeof s->why))
        return false;
    /* Into a device, /dev/null above all, they may. */
    for (size_t i = 0; i < o->output_count && strncmp(spec.target, "/dev/", 5) != 0; i++) {
        if (strcmp(o->outputs[i].target, spec.target) == 0)
            return refuse(s, "two outputs have one target, expected one each");
    }
    more = realloc(o->outputs, (o->output_count + 1) * sizeof *more);
    if (more == NULL)
        return refuse(s, "no memory");
    o->outputs = more;
    more[o->output_count++] = spec;
    return true;
}

static bool set_memory(struct setting *s)
{
    size_t value;
    bool good = quantity_size(s->value, &value) && value >= MEMORY_LEAST;
    s->o->memory = good ? value : s->o->memory;
    return good;
}

static bool set_source_cap(struct setting *s)
{
    uint64_t value;
    bool good = quantity_number(s->value, UINT32_MAX, &value);
    s->o->source_cap = good ? value : s->o->source_cap;
    return good;
}

static bool set_window(struct setting *s)
{
    return quantity_duration(s->value, &s->o->window);
}

static bool set_story(struct setting *s)
{
    s->o->story = strcmp(s->value, "literal") == 0 ? STORY_LITERAL : STORY_DEFAULT;
    return s->o->story == STORY_LITERAL || strcmp(s->value, "default") == 0;
}

static bool set_fail_on(struct setting *s)
{
    s->o->fail_on = rule_level_of(s->value);
    return s->o->fail_on >= 0;
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

/* An output more; on an interface it ends by itself. */
static bool set_survey(struct setting *s)
{
    s->o->survey = true;
    s->value = "survey";
    return set_output(s);
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

#define FLAG    SETTING_FLAG
#define ONCE    SETTING_ONCE
#define EACH    SETTING_EACH
#define LIST    SETTING_LIST
#define PART    SETTING_PART
#define ON_LINE SETTING_ON_LINE
#define IN_FILE SETTING_IN_FILE
#define BOTH    SETTING_ANYWHERE

const struct setting_row setting_rows[] = {
    {'r', "read", "FILE", "Read a capture file, or those in a folder; - is standard input; repeatable.", set_read,
     "a capture file", EACH, BOTH, CHOICE_INPUT},
    {'i', "interface", "NAME", "Listen on an interface.", set_interface, "an interface, as -D lists them", ONCE, BOTH,
     CHOICE_INPUT},
    {'D', "list-interfaces", NULL, "List the interfaces that can be listened on.", set_list_interfaces, NULL, FLAG,
     ON_LINE, CHOICE_NONE},
    {'s', "snaplen", "BYTES", "Keep so much of each packet when listening; 0: all.", set_snap_length,
     "a number of bytes up to 262144", ONCE, BOTH, CHOICE_NONE},
    {'B', "buffer-size", "KIB", "Kernel buffer for listening.", set_buffer, "a number of KiB from 1 to 2097151", ONCE,
     BOTH, CHOICE_NONE},
    {'F', "filter-file", "FILE", "Read the filter expression from a file.", set_filter_file,
     "a file with a filter expression", ONCE, BOTH, CHOICE_FILTER},
    {0, "filter", "EXPRESSION", "The filter expression.", set_filter, "a filter expression", ONCE, IN_FILE,
     CHOICE_FILTER},
    {'c', "config", "FILE", "Read the configuration file: kapiwatch.yaml(5).", set_config, "a configuration file", ONCE,
     ON_LINE, CHOICE_NONE},
    {'C', "clusters", "FILE", "Read a cluster map: kapiwatch.yaml(5); repeatable.", set_clusters,
     "a file, a list of files, or a map of clusters", EACH, BOTH, CHOICE_CLUSTERS},
    {0, "fronts", NULL, NULL, NULL, NULL, PART, IN_FILE, CHOICE_CLUSTERS},
    {0, "expected", NULL, NULL, NULL, NULL, PART, IN_FILE, CHOICE_CLUSTERS},
    {'k', "tls-keys", "FILE", "Read a TLS key log; live, follow it while it grows; repeatable.", set_tls_keys,
     "a TLS key log", EACH, BOTH, CHOICE_NONE},
    {'p', "ports", "LIST", "Ports of API servers: only these are followed.", set_ports, "ports like 6443,8443-8445",
     LIST, BOTH, CHOICE_NONE},
    {0, "tunnel-ports", "LIST", "UDP ports of tunnels, like vxlan=4789,8472.", set_tunnel_ports,
     "tunnels with ports like vxlan=4789,8472: vxlan, vxlan-gpe, geneve, gre, gtp-u, tzsp, teredo, mpls", LIST, BOTH,
     CHOICE_NONE},
    {0, "checksums", NULL, "Leave out what has a wrong checksum: no receiver took it.", set_checksums, NULL, FLAG, BOTH,
     CHOICE_NONE},
    {0, "flow-key", "LIST", NULL, set_flow_key, "tunnel", LIST, IN_FILE, CHOICE_NONE},
    {'R', "rules", "PATH", "A rule file or a folder of them, in place of the installed ones; repeatable.", set_rules,
     "a file or folder", EACH, BOTH, CHOICE_NONE},
    {0, "story", "HOW", NULL, set_story, "default or literal", ONCE, IN_FILE, CHOICE_NONE},
    {0, "suppressions", NULL, NULL, NULL, NULL, PART, IN_FILE, CHOICE_NONE},
    {'o', "output", "SPEC", "FORMAT[+EVENT...][:TARGET]: text, json, audit or survey, to - or a file; repeatable.",
     set_output, "FORMAT[+EVENT...][:TARGET]", EACH, BOTH, CHOICE_NONE},
    {0, "memory", "SIZE", "Memory for connections and findings (256M).", set_memory, "a size of 1M or more, like 256M",
     ONCE, BOTH, CHOICE_NONE},
    {0, "source-cap", "N", "Events of one source that are written a minute (100000); 0: all.", set_source_cap,
     "a number of events up to 4294967295", ONCE, BOTH, CHOICE_NONE},
    {0, "window", "DURATION", "How long a finding stays open (1h).", set_window,
     "a duration from 1s to 3653d, like 30m, 1h, 2d", ONCE, BOTH, CHOICE_NONE},
    {0, "fail-on", "LEVEL", "Exit with 10 if there is a finding of this level or above.", set_fail_on,
     "informational, low, medium, high or critical", ONCE, BOTH, CHOICE_NONE},
    {0, "survey", NULL, "What this seat sees, in one page; of an interface five minutes.", set_survey, NULL, FLAG,
     ON_LINE, CHOICE_NONE},
    {'T', "test-config", NULL, "Check all of this, say what is in force and who said so, and exit.", set_test, NULL,
     FLAG, ON_LINE, CHOICE_NONE},
    {'n', NULL, NULL, "No effect: names are never looked up.", set_nothing, NULL, FLAG, ON_LINE, CHOICE_NONE},
    {'q', "quiet", NULL, "Only errors on standard error.", set_quiet, NULL, FLAG, BOTH, CHOICE_NONE},
    {'v', "verbose", NULL, "More in the text report.", set_verbose, NULL, FLAG, BOTH, CHOICE_NONE},
    {'V', "version", NULL, "Print the version and exit.", set_version, NULL, FLAG, ON_LINE, CHOICE_NONE},
    {'h', "help", NULL, "Print this and exit.", set_help, NULL, FLAG, ON_LINE, CHOICE_NONE},
};

const size_t setting_count = sizeof setting_rows / sizeof *setting_rows;

_Static_assert(sizeof setting_rows / sizeof *setting_rows <= OPTIONS_SETTINGS, "each setting has an origin");

size_t setting_named(const char *name)
{
    size_t i = 0;
    while (i < setting_count && (setting_rows[i].name == NULL || strcmp(setting_rows[i].name, name) != 0))
        i++;
    return i;
}

bool setting_apply(struct options *o, const struct setting_row *row, const char *value,
                   char error[static OPTIONS_ERROR])
{
    struct setting s = {.o = o, .value = value};
    if (row->set(&s))
        return true;
    if (s.why[0] != '\0')
        snprintf(error, OPTIONS_ERROR, "%s", s.why);
    else
        snprintf(error, OPTIONS_ERROR, "found \"%.100s\", expected %s", value, row->expected);
    return false;
}

void setting_defaults(struct options *o)
{
    *o = (struct options){.memory = (size_t)256 << 20,
                          .window = INT64_C(3600) * 1000000000,
                          .source_cap = SOURCE_CAP,
                          .fail_on = -1,
                          .level = LOG_NORMAL};
    for (size_t i = 0; i < sizeof default_ports / sizeof *default_ports; i++)
        port_set_add(&o->ports, default_ports[i]);
    tunnel_ports_default(&o->tunnels);
}
