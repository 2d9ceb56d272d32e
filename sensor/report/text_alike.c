/* Sources of which the same is told: a line each, below the block of the first. */
#include "sensor/report/text.h"

enum { ADDRESS = 21, COUNT = 8, LISTED = 50 };

void text_remember_kind(struct text_state *s, const struct finding *f)
{
    struct text_kind *kind = &s->kinds[s->kind_count++ % TEXT_KINDS];
    kind->alike = f->subject == SUBJECT_SOURCE ? f->alike : 0;
    memcpy(kind->source, f->source, sizeof kind->source);
}

/* The block that it is like. */
static const struct text_kind *find_kind(const struct text_state *s, const struct finding *f)
{
    if (!f->alike || s->style.verbose)
        return NULL;
    for (size_t i = 0; i < TEXT_KINDS; i++) {
        if (s->kinds[i].alike == f->alike)
            return &s->kinds[i];
    }
    return NULL;
}

/* Directly below that block, or, if other blocks stand between, with a head of its own. */
static void begin_list(struct text_state *s, struct buffer *out, const struct finding *f, const struct text_kind *kind)
{
    bool below = kind == &s->kinds[(s->kind_count - 1) % TEXT_KINDS] && !s->listed;
    text_finish_block(s, out);
    if (below) {
        buffer_text(out, "\n  The same from other addresses");
    } else {
        text_title(s, out, f->rule);
        buffer_text(out, "  The same as from ");
        text_ip(out, kind->source);
        buffer_text(out, " above");
    }
    buffer_text(out, f->exchanges ? ", with so many requests:\n" : ", with so many connections:\n");
    s->listed = f->alike;
    s->listed_shown = s->listed_hidden = 0;
}

static void add_source(struct text_state *s, struct buffer *out, const struct finding *f)
{
    text_ip_column(out, 4, f->source, ADDRESS);
    buffer_format(out, "%*llu  ", COUNT, (unsigned long long)f->count);
    text_span(s, out, f->first, f->last);
    buffer_text(out, "\n");
}

bool text_list_alike(struct text_state *s, struct buffer *out, const struct finding *f)
{
    const struct text_kind *kind = find_kind(s, f);
    if (!kind)
        return false;
    if (s->listed != f->alike)
        begin_list(s, out, f, kind);
    if (s->listed_shown == LISTED) {
        s->listed_hidden++;
        return true;
    }
    s->listed_shown++;
    add_source(s, out, f);
    return true;
}

void text_end_list(struct text_state *s, struct buffer *out)
{
    if (s->listed_hidden)
        buffer_format(out, "    and %zu more; -v shows all.\n", s->listed_hidden);
    s->listed = 0;
    s->listed_hidden = 0;
}
