#include "sensor/check.h"

#include <inttypes.h>
#include <string.h>

#include "sensor/config.h"
#include "sensor/event/value.h"
#include "sensor/log.h"
#include "sensor/port_list.h"
#include "sensor/quantity.h"

enum { ORIGIN_SIZE = 512, WHAT_SIZE = 64, LABEL_WIDTH = 12 };

/* Whoever wrote it: nothing of it moves the terminal's cursor. */
static void print_text(FILE *out, const char *before, const char *text, const char *behind)
{
    fputs(before, out);
    log_printable(out, text);
    fputs(behind, out);
}

/* "memory      256M (default)" */
static void print_row(const struct options *o, FILE *out, const char *label, const char *setting, const char *value)
{
    char origin[ORIGIN_SIZE];
    config_origin(o, setting, origin, sizeof origin);
    fprintf(out, "%-*s", LABEL_WIDTH, label);
    log_printable(out, value);
    print_text(out, " (", origin, ")\n");
}

static void print_inputs(const struct options *o, FILE *out)
{
    if (o->interface != NULL)
        print_row(o, out, "interface", "interface", o->interface);
    for (size_t i = 0; i < o->read_count; i++)
        print_row(o, out, "input", "read", strcmp(o->reads[i], "-") == 0 ? "standard input" : o->reads[i]);
    for (size_t i = 0; i < o->key_log_count; i++)
        print_row(o, out, "TLS keys", "tls-keys", strcmp(o->key_logs[i], "-") == 0 ? "standard input" : o->key_logs[i]);
}

static void print_outputs(const struct options *o, FILE *out)
{
    char text[ORIGIN_SIZE], what[WHAT_SIZE];
    for (size_t i = 0; i < o->output_count; i++) {
        const struct output_spec *spec = &o->outputs[i];
        output_what(spec, what, sizeof what);
        snprintf(text, sizeof text, "%s to %s", what,
                 strcmp(spec->target, "-") == 0 ? "standard output" : spec->target);
        bool by_flag = o->survey && spec->format == &report_survey && strcmp(spec->target, "-") == 0;
        print_row(o, out, "output", by_flag ? "survey" : "output", text);
    }
}

/* Of an interface also what nobody has set: what is cut off or dropped there is lost. */
static void print_live(const struct options *o, FILE *out)
{
    char snap[QUANTITY_TEXT], kib[QUANTITY_TEXT];
    snprintf(snap, sizeof snap, "%d", o->snap_length);
    snprintf(kib, sizeof kib, "%d", o->buffer_kib);
    if (o->interface != NULL || o->snap_length > 0)
        print_row(o, out, "snaplen", "snaplen", o->snap_length > 0 ? snap : "all of a packet");
    if (o->interface != NULL || o->buffer_kib > 0)
        print_row(o, out, "buffer size", "buffer-size", o->buffer_kib > 0 ? kib : "libpcap's own");
}

static void print_limits(const struct options *o, FILE *out)
{
    char text[QUANTITY_TEXT];
    print_row(o, out, "memory", "memory", quantity_size_text(o->memory, text));
    snprintf(text, sizeof text, "%" PRIu64 " a source and minute", o->source_cap);
    print_row(o, out, "source cap", "source-cap", o->source_cap > 0 ? text : "none");
    print_row(o, out, "window", "window", quantity_duration_text(o->window, text));
    print_row(o, out, "story", "story", o->story == STORY_LITERAL ? "literal" : "default");
    if (o->fail_on >= 0)
        print_row(o, out, "fail on", "fail-on", rule_level_name((unsigned)o->fail_on));
    if (o->level == LOG_QUIET)
        print_row(o, out, "quiet", "quiet", "yes");
    if (o->verbose)
        print_row(o, out, "verbose", "verbose", "yes");
}

static void print_sums(const struct cluster_sums *sums, FILE *out)
{
    fprintf(out, "endpoints %zu, server names %zu, expected sources %zu, fronts %zu\n", sums->endpoints,
            sums->server_names, sums->expected, sums->fronts);
}

static void print_clusters(const struct options *o, FILE *out)
{
    char text[QUANTITY_TEXT];
    snprintf(text, sizeof text, "%zu", cluster_count(o->map));
    print_row(o, out, "clusters", "clusters", text);
    struct cluster_sums whole = cluster_sum(o->map, NULL);
    if (whole.expected + whole.fronts > 0)
        fprintf(out, "    of all: expected sources %zu, fronts %zu\n", whole.expected, whole.fronts);
    for (size_t i = 0; i < cluster_count(o->map); i++) {
        const struct cluster *c = cluster_at(o->map, i);
        struct cluster_sums sums = cluster_sum(o->map, c);
        print_text(out, "    ", c->name, c->provider[0] != '\0' ? ", " : "");
        print_text(out, "", c->provider, " (");
        print_text(out, "", c->file, ":");
        fprintf(out, "%u): ", c->line);
        print_sums(&sums, out);
    }
}

static void print_suppression(const struct suppression *s, FILE *out)
{
    char text[PREFIX_TEXT], date[VALUE_MAX];
    struct value_clock clock = {.second = 0};
    print_text(out, "    ", s->file, ":");
    fprintf(out, "%u:", s->line);
    if (s->rule != NULL)
        print_text(out, " rule \"", s->rule, "\"");
    if (s->has_source)
        fprintf(out, " source %s", prefix_text(&s->source, text));
    if (s->cluster != NULL)
        print_text(out, " cluster \"", s->cluster, "\"");
    if (s->has_endpoint)
        fprintf(out, " endpoint %s", prefix_text(&s->endpoint, text));
    if (s->port)
        fprintf(out, " port %u", s->port);
    if (s->agent != NULL)
        print_text(out, " agent \"", s->agent, "\"");
    if (s->until != INT64_MAX) {
        value_time_plain(date, &clock, s->until - 1);
        fprintf(out, " until %.10s", date);
    }
    print_text(out, ": ", s->reason, "\n");
}

static void print_suppressions(const struct options *o, FILE *out)
{
    char text[QUANTITY_TEXT];
    size_t count = suppressions_count(o->suppressions);
    snprintf(text, sizeof text, "%zu", count);
    print_row(o, out, "suppressed", "suppressions", text);
    for (size_t i = 0; i < count; i++)
        print_suppression(suppressions_at(o->suppressions, i), out);
}

/* Rules of one file stand together: that is how they were loaded. */
static void print_rules(const struct options *o, const struct rule_set *rules, FILE *out)
{
    char text[QUANTITY_TEXT];
    size_t count = rule_set_count(rules);
    const char *file = "";
    snprintf(text, sizeof text, "%zu", count);
    print_row(o, out, "rules", "rules", text);
    for (size_t i = 0; i < count; i++) {
        const struct rule_about *about = rule_about(rule_set_at(rules, i));
        if (strcmp(file, about->file) != 0)
            print_text(out, "  ", about->file, "\n");
        file = about->file;
        print_text(out, "    ", about->title, " (");
        fprintf(out, "%s)\n", rule_level_name(about->level));
    }
}

static void count_range(void *owner, uint16_t low, uint16_t high)
{
    *(size_t *)owner += low <= high;
}

static void print_ports(const struct options *o, FILE *out)
{
    static const char among[] = ", the cluster map's among them";
    char text[PORT_LIST_TEXT + sizeof among];
    size_t of_map = 0;
    port_list_text(&o->ports, text, PORT_LIST_TEXT);
    cluster_each_port(o->map, count_range, &of_map);
    if (of_map > 0)
        memcpy(text + strlen(text), among, sizeof among);
    print_row(o, out, "ports", "ports", text);
}

/* "vxlan=4789,8472,geneve=6081": as it can be given. */
static void print_tunnels(const struct options *o, FILE *out)
{
    char text[ORIGIN_SIZE] = "none";
    unsigned last = TUNNEL_NONE;
    size_t used = 0;
    for (unsigned kind = TUNNEL_NONE + 1; kind < TUNNEL_KINDS; kind++) {
        for (unsigned i = 0; i < o->tunnels.count && used < sizeof text; i++) {
            if (o->tunnels.of[i].kind != kind)
                continue;
            int wrote = snprintf(text + used, sizeof text - used, "%s%s%s%u", used > 0 ? "," : "",
                                 kind != last ? tunnel_name(kind) : "", kind != last ? "=" : "", o->tunnels.of[i].port);
            used += wrote > 0 ? (size_t)wrote : 0;
            last = kind;
        }
    }
    print_row(o, out, "tunnels", "tunnel-ports", text);
}

void check_print(const struct options *o, const char *filter, const struct rule_set *rules, FILE *out)
{
    fprintf(out, "%-*s", LABEL_WIDTH, "config");
    print_text(out, "", o->config_file != NULL ? o->config_file : "none", "\n");
    print_inputs(o, out);
    print_live(o, out);
    print_ports(o, out);
    print_tunnels(o, out);
    print_row(o, out, "checksums", "checksums", o->checksums ? "looked at" : "not looked at");
    print_row(o, out, "flow key", "flow-key", "addresses, ports, tunnel");
    print_row(o, out, "filter", o->filter_file != NULL ? "filter-file" : "filter", filter != NULL ? filter : "none");
    print_limits(o, out);
    print_outputs(o, out);
    print_clusters(o, out);
    print_suppressions(o, out);
    print_rules(o, rules, out);
}
