#include "sensor/report/output.h"

#include "sensor/report/escape.h"

#include <stdio.h>

static const struct report_format *const formats[] = {&report_text, &report_json, &report_audit, &report_survey};

enum { FORMATS = sizeof formats / sizeof *formats };

static const char *const event_names[REPORT_EVENTS] = {
    [REPORT_HTTP] = "http",   [REPORT_FLOW] = "flow",     [REPORT_ANOMALY] = "anomaly", [REPORT_TLS] = "tls",
    [REPORT_ALERT] = "alert", [REPORT_SOURCE] = "source", [REPORT_STATS] = "stats"};

/* The line of an error, written piece by piece. */
struct message {
    char *text;
    size_t size, used;
};

static void say(struct message *m, const char *text)
{
    size_t left = m->size - m->used;
    int n = left ? snprintf(m->text + m->used, left, "%s", text) : 0;
    m->used += n < 0 ? 0 : (size_t)n < left ? (size_t)n : left;
}

/* What the user typed goes to a terminal. */
static void say_found(struct message *m, struct slice found)
{
    struct buffer b = {0};
    say(m, "\"");
    escape_text(&b, found, 40);
    buffer_add(&b, "", 1);
    say(m, b.failed ? "?" : b.bytes);
    say(m, "\"");
    buffer_deinit(&b);
}

static const struct report_format *find_format(struct slice name)
{
    for (size_t i = 0; i < FORMATS; i++) {
        if (slice_is(name, formats[i]->name))
            return formats[i];
    }
    return NULL;
}

static uint32_t choice_of(const struct report_format *format)
{
    return format->whole ? 0 : format->events;
}

static int find_event(const struct report_format *format, struct slice name)
{
    for (int i = 0; i < REPORT_EVENTS; i++) {
        if ((choice_of(format) >> i & 1) && slice_is(name, event_names[i]))
            return i;
    }
    return -1;
}

static void say_formats(struct message *m, struct slice found)
{
    say(m, "there is no output format ");
    say_found(m, found);
    say(m, "; expected ");
    for (size_t i = 0; i < FORMATS; i++) {
        say(m, i == 0 ? "" : i + 1 < FORMATS ? ", " : " or ");
        say(m, formats[i]->name);
    }
}

static void say_events(struct message *m, const struct report_format *format, struct slice found)
{
    say(m, "format ");
    say(m, format->name);
    say(m, " has no events ");
    say_found(m, found);
    say(m, "; expected");
    const char *before = " ";
    if (!choice_of(format))
        say(m, " none");
    for (int i = 0; i < REPORT_EVENTS; i++) {
        if (!(choice_of(format) >> i & 1))
            continue;
        say(m, before);
        say(m, event_names[i]);
        before = ", ";
    }
}

void output_what(const struct output_spec *spec, char *text, size_t size)
{
    struct message m = {.text = text, .size = size};
    say(&m, spec->format->name);
    for (int i = 0; i < REPORT_EVENTS && spec->events != spec->format->events; i++) {
        if (!(spec->events >> i & 1))
            continue;
        say(&m, "+");
        say(&m, event_names[i]);
    }
}

bool output_parse(struct output_spec *spec, const char *option, char *error, size_t error_size)
{
    struct message m = {.text = error, .size = error_size};
    struct slice all = slice_of(option);
    size_t colon = slice_find(all, ':');
    struct slice what = slice_part(all, 0, colon);
    size_t plus = slice_find(what, '+');
    *spec = (struct output_spec){.format = find_format(slice_part(what, 0, plus)), .target = "-"};
    if (!spec->format) {
        say_formats(&m, slice_part(what, 0, plus));
        return false;
    }
    while (plus < what.size) {
        what = slice_part(what, plus + 1, what.size);
        plus = slice_find(what, '+');
        int event = find_event(spec->format, slice_part(what, 0, plus));
        if (event < 0) {
            say_events(&m, spec->format, slice_part(what, 0, plus));
            return false;
        }
        spec->events |= UINT32_C(1) << event;
    }
    if (!spec->events)
        spec->events = spec->format->events;
    if (colon < all.size)
        spec->target = option + colon + 1;
    if (!*spec->target) {
        say(&m, "no target behind the colon of ");
        say_found(&m, all);
        say(&m, "; expected \"-\", the name of a file or \"unix:PATH\"");
        return false;
    }
    return true;
}
