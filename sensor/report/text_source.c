/* The table of sources, a line or two each. */
#include "sensor/report/text.h"

#include "sensor/report/escape.h"

#include <stdio.h>

enum { ADDRESS = 17, SOURCES_SHOWN = 50 };

static void add_columns(struct buffer *out)
{
    buffer_text(out, "\n  Anonymous: sent no credential. Rejected: answered 401. Unknown: cannot tell.\n\n");
    buffer_format(out, "  %-*s%10s%11s%10s%12s%9s%11s\n", ADDRESS - 2, "Address", "Requests", "Anonymous", "Rejected",
                  "Credential", "Unknown", "Endpoints");
}

static void add_counts(struct buffer *out, const struct source *source)
{
    static const struct {
        int width;
        enum auth_state state;
    } columns[] = {{11, AUTH_ANONYMOUS}, {10, AUTH_REJECTED}, {12, AUTH_CREDENTIALED}, {9, AUTH_UNKNOWN}};
    size_t begin = out->size;
    buffer_text(out, "  ");
    text_ip(out, source->ip);
    text_end_column(out, begin, ADDRESS);
    buffer_format(out, "%10llu", (unsigned long long)source->exchanges);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        buffer_format(out, "%*llu", columns[i].width, (unsigned long long)source->states[columns[i].state]);
    char endpoints[16];
    snprintf(endpoints, sizeof endpoints, "%u%s", source->endpoints.used, source->endpoints.left_out ? "+" : "");
    buffer_format(out, "%11s\n", endpoints);
}

static void add_agent(const struct text_state *s, struct buffer *out, const struct value_list *agents)
{
    uint16_t order[LIST_VALUES];
    if (!agents->used)
        return;
    value_list_order(agents, order);
    const struct value_count *first = &agents->values[order[0]];
    buffer_text(out, "    User agent: ");
    escape_text(out, (struct slice){(const uint8_t *)first->text, first->size}, s->style.width - 40);
    if (agents->left_out)
        buffer_format(out, ", and at least %u more", agents->used);
    else if (agents->used > 1)
        buffer_format(out, ", and %u more", agents->used - 1U);
    buffer_text(out, "\n");
}

/* Of a source that never got as far as a request. */
static void add_attempts(struct buffer *out, const struct source *source)
{
    const struct {
        uint64_t count;
        const char *words;
    } rows[] = {{source->half_open, "attempt| not answered"},
                {source->refused, "attempt| refused"},
                {source->without_request, "connection| without a readable request"}};
    const char *before = "    No request seen: ";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!rows[i].count)
            continue;
        buffer_text(out, before);
        text_plural(out, rows[i].count, rows[i].words);
        before = ", ";
    }
    if (before[0] == ' ')
        buffer_text(out, "    No request seen");
    buffer_text(out, ".\n");
    if (!source->verified)
        buffer_text(out, "    No handshake with it was seen: the address may be forged.\n");
}

static void add_row(const struct text_state *s, struct buffer *out, const struct source *source)
{
    add_counts(out, source);
    add_agent(s, out, &source->agents);
    if (source->carried && source->exchanges == 0 && source->forgot) {
        buffer_text(out, "    Memory was short: ");
        text_plural(out, source->carried, "request| forgotten, or of others who asked through it.\n");
    } else if (source->carried && source->exchanges == 0) {
        buffer_text(out, "    A front: ");
        text_plural(out, source->carried, "request| over it, told of the clients that it names.\n");
    } else if (source->exchanges == 0) {
        add_attempts(out, source);
    } else if (source->open_paths == source->exchanges) {
        buffer_text(out, "    Asked only for paths that are open to all: health checks or version.\n");
    }
}

/* What is legitimate or ordinary, in a line each. */
static void add_peace(const struct text_state *s, struct buffer *out)
{
    static const char *const words[PEACES] = {[PEACE_LEGITIMATE] = "request| with a credential that was not refused",
                                              [PEACE_ORDINARY] = "request| of health checks and the like"};
    bool begun = false;
    for (size_t i = PEACE_LEGITIMATE; i < PEACES; i++) {
        if (!s->peace[i].sources)
            continue;
        buffer_text(out, begun              ? ""
                         : s->style.verbose ? "\n  No cause to worry:\n"
                                            : "\n  No cause to worry, and listed with -v alone:\n");
        begun = true;
        buffer_text(out, "    ");
        text_plural(out, s->peace[i].requests, words[i]);
        buffer_text(out, ", from ");
        text_plural(out, s->peace[i].sources, "source|\n");
    }
}

static void add_end(const struct text_state *s, struct buffer *out)
{
    size_t hidden = s->sources - s->sources_shown;
    for (size_t i = PEACE_LEGITIMATE; i < PEACES && !s->style.verbose; i++)
        hidden -= s->peace[i].sources;
    if (hidden)
        buffer_format(out, "\n  and %zu more; -v shows all.\n", hidden);
    add_peace(s, out);
}

void text_source(void *state, struct buffer *out, const struct source *source)
{
    struct text_state *s = state;
    enum source_peace peace = source_peace(source);
    s->sources_told++;
    s->peace[peace].sources++;
    s->peace[peace].requests += source->exchanges;
    if (s->style.verbose || (peace == PEACE_NONE && s->sources_shown < SOURCES_SHOWN)) {
        if (s->sources_shown++ == 0)
            add_columns(out);
        add_row(s, out, source);
    }
    if (s->sources_told == s->sources)
        add_end(s, out);
}
