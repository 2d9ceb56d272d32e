#include "sensor/check.h"

#include <inttypes.h>
#include <string.h>

#include "sensor/quantity.h"

static void print_inputs(const struct options *o, FILE *out)
{
    if (o->interface != NULL)
        fprintf(out, "input     interface %s\n", o->interface);
    for (size_t i = 0; i < o->read_count; i++)
        fprintf(out, "input     %s\n", strcmp(o->reads[i], "-") == 0 ? "standard input" : o->reads[i]);
}

static void print_outputs(const struct options *o, FILE *out)
{
    for (size_t i = 0; i < o->output_count; i++) {
        const struct output_spec *spec = &o->outputs[i];
        fprintf(out, "output    %s to %s\n", spec->format->name,
                strcmp(spec->target, "-") == 0 ? "standard output" : spec->target);
    }
}

/* Rules of one file stand together: that is how they were loaded. */
static void print_rules(const struct rule_set *rules, FILE *out)
{
    size_t count = rule_set_count(rules);
    const char *file = "";
    fprintf(out, "rules     %zu\n", count);
    for (size_t i = 0; i < count; i++) {
        const struct rule_about *about = rule_about(rule_set_at(rules, i));
        if (strcmp(file, about->file) != 0)
            fprintf(out, "  %s\n", about->file);
        file = about->file;
        fprintf(out, "    %s (%s)\n", about->title, rule_level_name(about->level));
    }
}

void check_print(const struct options *o, const char *filter, const struct rule_set *rules, FILE *out)
{
    char text[QUANTITY_TEXT], ports[256];
    options_ports_text(&o->ports, ports, sizeof ports);
    print_inputs(o, out);
    fprintf(out, "ports     %s%s\n", ports, o->api_port_count > 0 ? " (configured)" : "");
    fprintf(out, "filter    %s\n", filter != NULL ? filter : "none");
    fprintf(out, "memory    %s\n", quantity_size_text(o->memory, text));
    fprintf(out, "window    %s\n", quantity_duration_text(o->window, text));
    if (o->source_cap > 0)
        fprintf(out, "cap       %" PRIu64 " events a source and minute\n", o->source_cap);
    if (o->fail_on >= 0)
        fprintf(out, "fail on   %s\n", rule_level_name((unsigned)o->fail_on));
    print_outputs(o, out);
    print_rules(rules, out);
}
