/* Whom a finding is about, and whom they asked. */
#include "sensor/report/text.h"

#include "sensor/report/escape.h"

static const char *basis_words(enum endpoint_basis basis)
{
    static const char *const words[ENDPOINT_BASES] = {[ENDPOINT_UNPROVEN] = "not shown to be an API server",
                                                      [ENDPOINT_PORT] = "an API server by its port",
                                                      [ENDPOINT_SHAPE] =
                                                          "an API server by what its sealed answers look like",
                                                      [ENDPOINT_RECOGNISED] = "answers as an API server",
                                                      [ENDPOINT_CONFIGURED] = "an API server by configuration"};
    return words[basis];
}

bool text_has_endpoint(const struct finding *f)
{
    return f->subject == SUBJECT_ENDPOINT || (f->subject == SUBJECT_SOURCE && !f->cluster[0] && f->exchanges);
}

static void add_asked(const struct text_state *s, struct buffer *out, const struct finding *f)
{
    if (text_has_endpoint(f)) {
        text_endpoint(out, &f->endpoint);
        return;
    }
    buffer_text(out, f->cluster[0] ? "cluster " : "endpoints of no configured cluster");
    escape_text(out, slice_of(f->cluster), s->style.width - 24);
}

size_t text_parties(const struct text_state *s, struct buffer *out, const struct finding *f, size_t indent)
{
    char to[VALUE_MAX];
    size_t begin = out->size, to_size = (size_t)(value_endpoint(to, &f->endpoint) - to);
    if (f->subject == SUBJECT_SOURCE) {
        text_ip(out, f->source);
        buffer_text(out, " ->");
        bool fits = indent + (out->size - begin) + 1 + to_size <= s->style.width;
        if (text_has_endpoint(f) && !fits) {
            indent += 2;
            buffer_format(out, "\n%*s", (int)indent, "");
            begin = out->size;
        } else {
            buffer_text(out, " ");
        }
    }
    add_asked(s, out, f);
    return indent + (out->size - begin);
}

void text_subject(const struct text_state *s, struct buffer *out, const struct finding *f)
{
    buffer_text(out, "  ");
    size_t used = text_parties(s, out, f, 2);
    if (text_has_endpoint(f)) {
        const char *words = basis_words(f->basis);
        bool apart = f->subject == SUBJECT_SOURCE && used + strlen(" ()") + strlen(words) > s->style.width;
        buffer_format(out, "%s(%s)", apart ? "\n    " : " ", words);
    }
    buffer_text(out, "\n");
}
