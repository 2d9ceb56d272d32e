/* Findings that get no block: a line for each subject. There are many, or memory was too short to put them in order. */
#include "sensor/report/text.h"

#include "sensor/report/escape.h"

#include <stdio.h>

enum {
    BLOCKS = 100,
    LINES = 1000, /* of a level: many of one hide none of another */
    LEVEL = 6     /* columns, of one that is not longer */
};

bool text_is_brief(const struct text_state *s)
{
    return !s->style.verbose && (!s->ordered || s->blocks >= BLOCKS);
}

/* Where it is too long for one line the title has a second one. */
static void add_line(const struct text_state *s, struct buffer *out, const struct finding *f)
{
    char count[64];
    int size = snprintf(count, sizeof count, " (%llu %s%s)", (unsigned long long)f->count,
                        f->exchanges ? "request" : "connection", f->count == 1 ? "" : "s");
    const char *title = f->rule->title;
    size_t room = s->style.width - (size_t)size - strlen("...");
    buffer_text(out, "  ");
    size_t indent = 2 + text_level(s, out, f->rule->level, LEVEL) + 2;
    buffer_text(out, "  ");
    size_t column = text_parties(s, out, f, indent) + 2;
    bool fits = column + strlen(title) <= room;
    if (!fits)
        column = indent + 2;
    buffer_format(out, fits ? "%*s" : "\n%*s", fits ? 2 : (int)column, "");
    escape_text(out, slice_of(title), room - column);
    buffer_text(out, count);
    buffer_text(out, "\n");
}

/* What is being made is whole. */
static void close_line(struct text_state *s, struct buffer *out)
{
    if (!s->brief.open)
        return;
    s->brief.open = false;
    if (s->brief.shown[s->subject.rule->level]++ < LINES)
        add_line(s, out, &s->subject);
    else
        s->brief.hidden++;
}

void text_brief(struct text_state *s, struct buffer *out)
{
    if (!s->brief.begun) {
        text_finish_block(s, out);
        buffer_text(out, s->ordered
                             ? "\n  Further findings, a line for each source or endpoint; -v tells all of each:\n\n"
                             : "\n  Memory was short: what was told before the end, in no order, a line for each\n"
                               "  source or endpoint; -v tells all of each:\n\n");
    }
    close_line(s, out);
    s->brief.begun = s->brief.open = true;
}

void text_brief_again(struct text_state *s, const struct finding *f)
{
    if (f->rule->level <= s->subject.rule->level)
        return;
    s->subject.rule = f->rule;
    s->subject.count = f->count;
    s->subject.exchanges = f->exchanges;
}

void text_end_brief(struct text_state *s, struct buffer *out)
{
    close_line(s, out);
    if (s->brief.hidden)
        buffer_format(out, "  and %zu more; -v shows all.\n", s->brief.hidden);
    if (s->brief.begun)
        s->has_subject = false;
    memset(&s->brief, 0, sizeof s->brief);
}
