#include "sensor/report/text.h"

#include "sensor/report/escape.h"

#include <stdlib.h>

void text_coloured(const struct text_state *s, struct buffer *out, enum text_colour colour, const char *text)
{
    static const char *const codes[] = {[TEXT_PLAIN] = "",
                                        [TEXT_BOLD] = "\033[1m",
                                        [TEXT_RED] = "\033[1;31m",
                                        [TEXT_YELLOW] = "\033[1;33m",
                                        [TEXT_CYAN] = "\033[36m"};
    bool wanted = s->style.colour && colour != TEXT_PLAIN;
    if (wanted)
        buffer_text(out, codes[colour]);
    buffer_text(out, text);
    if (wanted)
        buffer_text(out, "\033[0m");
}

void text_heading(struct text_state *s, struct buffer *out, const char *heading)
{
    if (s->begun)
        buffer_text(out, "\n");
    text_coloured(s, out, TEXT_BOLD, heading);
    buffer_text(out, "\n");
    s->begun = true;
}

size_t text_level(const struct text_state *s, struct buffer *out, enum rule_level level, size_t columns)
{
    static const char *const names[LEVELS] = {[LEVEL_INFORMATIONAL] = "INFORMATIONAL",
                                              [LEVEL_LOW] = "LOW",
                                              [LEVEL_MEDIUM] = "MEDIUM",
                                              [LEVEL_HIGH] = "HIGH",
                                              [LEVEL_CRITICAL] = "CRITICAL"};
    static const enum text_colour colours[LEVELS] = {[LEVEL_INFORMATIONAL] = TEXT_PLAIN,
                                                     [LEVEL_LOW] = TEXT_CYAN,
                                                     [LEVEL_MEDIUM] = TEXT_YELLOW,
                                                     [LEVEL_HIGH] = TEXT_RED,
                                                     [LEVEL_CRITICAL] = TEXT_RED};
    size_t size = strlen(names[level]);
    text_coloured(s, out, colours[level], names[level]);
    if (size >= columns)
        return size;
    buffer_format(out, "%*s", (int)(columns - size), "");
    return columns;
}

void text_title(const struct text_state *s, struct buffer *out, const struct rule_about *rule)
{
    buffer_text(out, "\n");
    text_level(s, out, rule->level, 0);
    buffer_text(out, "  ");
    escape_text(out, slice_of(rule->title), s->style.width - 20);
    buffer_text(out, "\n");
}

void text_ip(struct buffer *out, const uint8_t ip[static 16])
{
    char *at = buffer_reserve(out, VALUE_MAX);
    if (at)
        out->size += (size_t)(value_ip(at, ip) - at);
}

void text_end_column(struct buffer *out, size_t begin, size_t width)
{
    if (out->size - begin > width) {
        buffer_text(out, "\n");
        begin = out->size;
    }
    buffer_format(out, "%*s", (int)(width - (out->size - begin)), "");
}

void text_endpoint(struct buffer *out, const struct address *a)
{
    char *at = buffer_reserve(out, VALUE_MAX);
    if (at)
        out->size += (size_t)(value_endpoint(at, a) - at);
}

void text_span(struct text_state *s, struct buffer *out, moment first, moment last)
{
    enum { DATE = sizeof "2026-11-24 " - 1 };
    char from[VALUE_MAX], to[VALUE_MAX];
    size_t size = (size_t)(value_time_plain(from, &s->clock, first) - from);
    value_time_plain(to, &s->clock, last);
    buffer_add(out, from, size);
    if (memcmp(from, to, size) != 0) {
        size_t same = memcmp(from, to, DATE) == 0 ? DATE : 0;
        buffer_text(out, " to ");
        buffer_add(out, to + same, size - same);
    }
    buffer_text(out, " UTC");
}

static void add_plural(struct buffer *out, uint64_t count, const char *words)
{
    const char *bar = strchr(words, '|');
    if (!bar) {
        buffer_text(out, words);
        return;
    }
    buffer_add(out, words, (size_t)(bar - words));
    if (count != 1)
        buffer_text(out, "s");
    buffer_text(out, bar + 1);
}

void text_plural(struct buffer *out, uint64_t count, const char *words)
{
    buffer_number(out, count);
    buffer_text(out, " ");
    add_plural(out, count, words);
}

void text_row(struct buffer *out, uint64_t count, const char *words)
{
    buffer_format(out, "%12llu  ", (unsigned long long)count);
    add_plural(out, count, words);
    buffer_text(out, "\n");
}

void text_wrap(const struct text_state *s, struct buffer *out, const char *text, unsigned indent, unsigned lines_max)
{
    static const char blanks[] = " \t\r\n";
    unsigned column = indent, line = 1, width = s->style.width - (unsigned)strlen("...");
    for (const char *at = text + strspn(text, blanks); *at;) {
        size_t size = strcspn(at, blanks);
        unsigned columns = 0;
        for (size_t i = 0; i < size; i++)
            columns += ((uint8_t)at[i] & 0xC0) != 0x80;
        if (column > indent && column + 1 + columns > width) {
            if (line == lines_max) {
                buffer_text(out, "...");
                break;
            }
            buffer_format(out, "\n%*s", (int)indent, "");
            column = indent;
            line++;
        } else if (column > indent) {
            buffer_text(out, " ");
            column++;
        }
        escape_text(out, (struct slice){(const uint8_t *)at, size}, width - indent);
        column += columns;
        at += size;
        at += strspn(at, blanks);
    }
    buffer_text(out, "\n");
}

static void text_section(void *state, struct buffer *out, enum report_section section, size_t count)
{
    struct text_state *s = state;
    text_finish_block(s, out);
    if (section == SECTION_SOURCES) {
        s->sources = count;
        if (count)
            text_heading(s, out, "SOURCES");
        return;
    }
    if (!s->under_findings)
        text_heading(s, out, "FINDINGS");
    s->under_findings = s->ordered = true;
    if (count > 1)
        buffer_format(out, "\n  %zu findings, most severe first, those of one source or endpoint together.\n", count);
    if (count == 0)
        buffer_text(out, s->told ? "\n  No findings but those above.\n" : "\n  No findings.\n");
}

static void *text_open(const struct report_style *style)
{
    struct text_state *s = calloc(1, sizeof *s);
    if (s)
        s->style = *style;
    return s;
}

const struct report_format report_text = {.name = "text",
                                          .events = 1U << REPORT_ALERT | 1U << REPORT_SOURCE | 1U << REPORT_STATS,
                                          .open = text_open,
                                          .close = free,
                                          .finding = text_finding,
                                          .source = text_source,
                                          .statistics = text_statistics,
                                          .section = text_section};
