/* A finding: a block in the report, or one line as it happens. */
#include "sensor/report/text.h"

#include "sensor/detect/suppress.h"
#include "sensor/event/flow_record.h"
#include "sensor/report/escape.h"

#include <stdio.h>

enum {
    LABEL = 18,        /* where the column of counts begins */
    VALUE = LABEL + 8, /* where that of values begins */
    VALUES_SHOWN = 8,
    DESCRIPTION_LINES = 8
};

/* For readers who do not know status codes by heart. */
static const char *status_words(struct slice code)
{
    static const struct {
        const char *code, *words;
    } rows[] = {
        {"401", " (credential missing or not accepted)"},
        {"403", " (not allowed)"},
        {"304", " (nothing new)"},
        {"404", " (nothing there)"},
        {"409", " (there already, or changed meanwhile)"},
        {"410", " (too old)"},
        {"429", " (told to slow down)"},
        {"2", " (answered)"},
        {"3", " (sent elsewhere)"},
        {"4", " (not understood)"},
        {"5", " (server in trouble)"},
    };
    for (size_t i = 0; code.size == 3 && i < sizeof rows / sizeof *rows; i++) {
        if (slice_begins(code, rows[i].code))
            return rows[i].words;
    }
    return "";
}

static void add_label(struct buffer *out, const char *label)
{
    buffer_format(out, "  %-*s", LABEL - 2, label);
}

/* What the list knows and does not show, and what it had no place for. */
static void add_rest(struct buffer *out, const struct value_list *list, unsigned shown)
{
    unsigned hidden = list->used - shown;
    if (list->left_out)
        buffer_format(out, "%*sand at least %u more\n", VALUE, "", hidden + 1);
    else if (hidden)
        buffer_format(out, "%*sand %u more\n", VALUE, "", hidden);
}

static void add_list(const struct text_state *s, struct buffer *out, const char *label, const struct value_list *list,
                     const char *(*words)(struct slice value))
{
    if (!list->used)
        return;
    uint16_t order[LIST_VALUES];
    value_list_order(list, order);
    unsigned shown = list->used < VALUES_SHOWN ? list->used : VALUES_SHOWN;
    for (unsigned i = 0; i < shown; i++) {
        const struct value_count *v = &list->values[order[i]];
        struct slice text = {(const uint8_t *)v->text, v->size};
        add_label(out, i == 0 ? label : "");
        buffer_format(out, "%*llu  ", VALUE - LABEL - 2, (unsigned long long)v->count);
        escape_text(out, text, s->style.width - VALUE - 3);
        if (words)
            buffer_text(out, words(text));
        buffer_text(out, "\n");
    }
    add_rest(out, list, shown);
}

static bool is_explained(const struct text_state *s, const struct rule_about *rule)
{
    for (size_t i = 0; i < TEXT_EXPLAINED; i++) {
        if (s->explained[i] == rule)
            return true;
    }
    return false;
}

/* What it means and what to do: once. */
static void add_rule(struct text_state *s, struct buffer *out, const struct rule_about *rule)
{
    if (!is_explained(s, rule) && rule->description[0]) {
        buffer_text(out, "\n  ");
        text_wrap(s, out, rule->description, 2, s->style.verbose ? 0 : DESCRIPTION_LINES);
        s->explained[s->explanations++ % TEXT_EXPLAINED] = rule;
    }
    s->rule = rule;
    if (!s->style.verbose)
        return;
    buffer_text(out, "\n  Rule ");
    escape_text(out, slice_of(rule->id), 0);
    buffer_text(out, "\n  ");
    escape_text(out, slice_of(rule->file), 0);
    buffer_text(out, "\n");
}

/* @param subject  whom the rule's finding is about. */
static void add_suppression(struct buffer *out, const struct rule_about *rule, const struct finding *subject)
{
    char text[SUPPRESS_TEXT];
    const uint8_t *source = subject->subject == SUBJECT_SOURCE ? subject->source : NULL;
    const char *cluster = subject->cluster[0] ? subject->cluster : NULL;
    const struct address *endpoint = text_has_endpoint(subject) ? &subject->endpoint : NULL;
    buffer_text(out, suppress_text(rule->id, source, cluster, endpoint, text));
}

static void add_lists(const struct text_state *s, struct buffer *out, const struct finding *f)
{
    size_t before = out->size;
    buffer_text(out, "\n");
    size_t begin = out->size;
    add_list(s, out, "Clients", &f->clients, NULL);
    if (f->cluster[0] || f->endpoints.used > 1 || f->subject == SUBJECT_CLUSTER)
        add_list(s, out, "Endpoints", &f->endpoints, NULL);
    add_list(s, out, "User agents", &f->agents, NULL);
    add_list(s, out, "URIs", &f->urls, NULL);
    add_list(s, out, "Verbs", &f->verbs, NULL);
    add_list(s, out, "Answers", &f->statuses, status_words);
    add_list(s, out, "Reasons", &f->reasons, NULL);
    if (f->front != FRONT_CONFIGURED || f->subject != SUBJECT_SOURCE) /* else it is the source itself */
        add_list(s, out, "Forwarded for", &f->forwarded, NULL);
    if (out->size == begin)
        out->size = before;
}

static void add_front(struct buffer *out, const struct finding *f)
{
    if (f->subject != SUBJECT_SOURCE || (f->front != FRONT_SUSPECTED && f->front != FRONT_UNNAMED))
        return;
    if (f->front == FRONT_UNNAMED)
        buffer_text(out, "  A front of the cluster map: whom it asked for was not captured.\n");
    else if (!f->exchanges)
        buffer_text(out, "  A front: it asks for others. Put it into the cluster map, and look before it.\n");
    else if (f->forwarded.used > 1)
        buffer_text(out, "  A front: it asks for others, who are listed below as it names them. If it is\n"
                         "  yours, put it into the cluster map, and they are told apart.\n");
    else /* one header is soon made up */
        buffer_text(out, "  A front, or somebody who makes up for whom he asks (listed below). If it is\n"
                         "  yours, put it into the cluster map, and those behind it are told apart.\n");
}

static const char *sign_words(enum suspect sign)
{
    static const char *const words[SUSPECTS] = {
        [SUSPECT_ANSWERS_OF_403] = "answers of a 403's size",
        [SUSPECT_ANSWERS_OF_401] = "answers of a 401's size",
        [SUSPECT_ONLY_403] = "connections with one answer of a 403's size",
        [SUSPECT_EARLY_GOAWAYS] = "sent away at once as strangers are",
        [SUSPECT_MANY_HELLOS] = "many ClientHellos of unlike shape",
        [SUSPECT_OLD_VERSIONS] = "no TLS newer than 1.1 offered",
        [SUSPECT_NO_ALPN] = "no protocol offered (ALPN)",
        [SUSPECT_NO_NAME] = "no server named (SNI)",
        [SUSPECT_ASKS_NOTHING] = "closed without a request",
        [SUSPECT_MANY_ENDPOINTS] = "several endpoints",
        [SUSPECT_SYN_SHAPE] = "SYNs as a scanner writes them",
        [SUSPECT_WIDE_403] = "answers of a 403's size at many endpoints",
    };
    return words[sign];
}

/* Of what stays closed: nobody has read a request. */
static void add_signs(const struct text_state *s, struct buffer *out, const struct finding *f)
{
    char text[SUSPECTS * 48];
    size_t used = 0;
    if (!f->signs)
        return;
    for (unsigned i = 0; i < SUSPECTS; i++) {
        if (f->signs >> i & 1)
            used +=
                (size_t)snprintf(text + used, sizeof text - used, "%s %s", used ? "," : "Inferred from", sign_words(i));
    }
    buffer_text(out, "  ");
    text_wrap(s, out, text, 2, 0);
}

static void put_further(struct text_state *s, struct buffer *out, const struct text_further *f)
{
    enum { LEVEL = 6, COUNT = 5 }; /* columns, of what is not longer */
    char count[24], windows[40] = "";
    int digits = snprintf(count, sizeof count, "%*llu", COUNT, (unsigned long long)f->count);
    size_t level = strlen(rule_level_name(f->rule->level));
    bool same = f->rule == s->rule; /* as the block's */
    if (same && f->windows == 1)
        snprintf(windows, sizeof windows, " (another window)");
    else if (f->windows > 1)
        snprintf(windows, sizeof windows, " (%llu %swindows)", (unsigned long long)f->windows, same ? "other " : "");
    size_t used = 4 + (level > LEVEL ? level : LEVEL) + 1 + (size_t)digits + 2 + strlen(windows);
    buffer_text(out, "    ");
    text_level(s, out, f->rule->level, LEVEL);
    buffer_format(out, " %s  ", count);
    escape_text(out, slice_of(f->rule->title), s->style.width - (unsigned)used - 3);
    buffer_text(out, windows);
    buffer_text(out, "\n");
}

static void add_other_suppressions(const struct text_state *s, struct buffer *out)
{
    bool others = false;
    for (size_t i = 0; s->style.verbose && i < s->further_count; i++) {
        if (s->further[i].rule == s->block.rule)
            continue;
        buffer_text(out, others ? "" : "\n  Nor of these:\n");
        add_suppression(out, s->further[i].rule, &s->block);
        others = true;
    }
}

void text_finish_block(struct text_state *s, struct buffer *out)
{
    text_end_list(s, out);
    if (s->further_count)
        buffer_text(out, "\n  Also, and how often:\n");
    for (size_t i = 0; i < s->further_count; i++)
        put_further(s, out, &s->further[i]);
    add_other_suppressions(s, out);
    s->further_count = 0;
    text_end_brief(s, out);
}

/* What else holds for the subject of the block above: a line for each rule, below it. */
static void add_further(struct text_state *s, struct buffer *out, const struct finding *f)
{
    size_t i = 0;
    while (i < s->further_count && s->further[i].rule != f->rule)
        i++;
    if (i == TEXT_FURTHER) {
        text_finish_block(s, out);
        i = 0;
    }
    if (i == s->further_count)
        s->further[s->further_count++] = (struct text_further){.rule = f->rule};
    s->further[i].count += f->count;
    s->further[i].windows++;
}

static void remember_subject(struct text_state *s, const struct finding *f)
{
    s->subject = (struct finding){.rule = f->rule,
                                  .subject = f->subject,
                                  .count = f->count,
                                  .exchanges = f->exchanges,
                                  .endpoint = f->endpoint,
                                  .tunnel_kind = f->tunnel_kind,
                                  .tunnel_id = f->tunnel_id,
                                  .cluster = f->cluster};
    memcpy(s->subject.source, f->source, sizeof f->source);
    s->has_subject = true;
}

static void add_block(struct text_state *s, struct buffer *out, const struct finding *f)
{
    if (!s->under_findings)
        text_heading(s, out, "FINDINGS");
    s->under_findings = true;
    if (s->has_subject && finding_same_subject(&s->subject, f)) {
        if (s->brief.open)
            text_brief_again(s, f);
        else if (!s->listed)
            add_further(s, out, f);
        return;
    }
    if (text_is_brief(s)) {
        text_brief(s, out);
        remember_subject(s, f);
        return;
    }
    remember_subject(s, f);
    if (text_list_alike(s, out, f))
        return;
    text_finish_block(s, out);
    text_remember_kind(s, f);
    s->block = s->subject;
    s->blocks++;
    text_title(s, out, f->rule);
    text_subject(s, out, f);
    add_front(out, f);
    buffer_text(out, "  ");
    text_plural(out, f->count, f->exchanges ? "request|, " : "connection|, ");
    text_span(s, out, f->first, f->last);
    buffer_text(out, "\n");
    add_signs(s, out, f);
    add_lists(s, out, f);
    add_rule(s, out, f->rule);
    if (!s->style.verbose)
        return;
    buffer_text(out, "\n  Not to be told of it again, in the configuration below suppressions:\n");
    add_suppression(out, f->rule, f);
}

static void add_line(struct text_state *s, struct buffer *out, const struct finding *f)
{
    char time[VALUE_MAX];
    buffer_add(out, time, (size_t)(value_time_plain(time, &s->clock, f->last) - time));
    buffer_text(out, " ");
    text_level(s, out, f->rule->level, 0);
    buffer_text(out, " ");
    if (f->subject == SUBJECT_SOURCE) {
        text_ip(out, f->source);
        buffer_text(out, " -> ");
    }
    text_endpoint(out, &f->endpoint);
    buffer_text(out, " ");
    escape_text(out, slice_of(f->rule->title), 0);
    buffer_text(out, " (");
    text_plural(out, f->count, f->exchanges ? "request|" : "connection|");
    buffer_text(out, f->complete ? " in all)\n" : ")\n");
}

void text_finding(void *state, struct buffer *out, const struct finding *f)
{
    struct text_state *s = state;
    if (!s->style.live || s->under_findings) {
        if (f->complete)
            add_block(s, out, f);
        return;
    }
    s->begun = s->told = true;
    add_line(s, out, f);
}
