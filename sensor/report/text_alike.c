/* Sources of which the same is told, and endpoints where a source did the same: a line each, below the block of the
 * first. */
#include "sensor/report/text.h"

enum { COLUMN = 21, COUNT = 8, LISTED = 50 };

void text_remember_kind(struct text_state *s, const struct finding *f)
{
    struct text_kind *kind = &s->kinds[s->kind_count++ % TEXT_KINDS];
    kind->alike = f->subject == SUBJECT_SOURCE ? f->alike : 0;
    memcpy(kind->source, f->source, sizeof kind->source);
    kind->endpoint = f->endpoint;
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

static bool same_source(const struct text_kind *kind, const struct finding *f)
{
    return memcmp(kind->source, f->source, sizeof f->source) == 0;
}

static bool same_endpoint(const struct text_kind *kind, const struct finding *f)
{
    return kind->endpoint.port == f->endpoint.port &&
           memcmp(kind->endpoint.ip, f->endpoint.ip, sizeof f->endpoint.ip) == 0;
}

/* Directly below that block, or, if other blocks stand between, with a head of its own. */
static void begin_list(struct text_state *s, struct buffer *out, const struct finding *f, const struct text_kind *kind)
{
    bool below = kind == &s->kinds[(s->kind_count - 1) % TEXT_KINDS] && (!s->listed || s->listed == f->alike);
    bool places = same_source(kind, f);
    text_finish_block(s, out);
    if (below) {
        buffer_text(out, places ? "\n  The same at other endpoints" : "\n  The same from other addresses");
    } else {
        text_title(s, out, f->rule);
        buffer_text(out, "  The same as from ");
        text_ip(out, kind->source);
        buffer_text(out, places ? " above, at other endpoints" : " above");
    }
    buffer_text(out, f->exchanges ? ", with so many requests:\n" : ", with so many connections:\n");
    s->listed = f->alike;
    s->listed_places = places;
    s->listed_shown = s->listed_hidden = 0;
}

/* Who or whom: what is as in the block is not said again. */
static void add_row(struct text_state *s, struct buffer *out, const struct finding *f, const struct text_kind *kind)
{
    size_t begin = out->size;
    buffer_text(out, "    ");
    if (!s->listed_places)
        text_ip(out, f->source);
    if (text_has_endpoint(f) && !same_endpoint(kind, f)) {
        buffer_text(out, s->listed_places ? "" : " -> ");
        text_endpoint(out, &f->endpoint);
    }
    text_end_column(out, begin, COLUMN);
    buffer_format(out, "%*llu  ", COUNT, (unsigned long long)f->count);
    text_span(s, out, f->first, f->last);
    buffer_text(out, "\n");
}

bool text_list_alike(struct text_state *s, struct buffer *out, const struct finding *f)
{
    const struct text_kind *kind = find_kind(s, f);
    if (!kind)
        return false;
    if (s->listed != f->alike || s->listed_places != same_source(kind, f))
        begin_list(s, out, f, kind);
    if (s->listed_shown == LISTED) {
        s->listed_hidden++;
        return true;
    }
    s->listed_shown++;
    add_row(s, out, f, kind);
    return true;
}

void text_end_list(struct text_state *s, struct buffer *out)
{
    if (s->listed_hidden)
        buffer_format(out, "    and %zu more; -v shows all.\n", s->listed_hidden);
    s->listed = 0;
    s->listed_hidden = 0;
}
