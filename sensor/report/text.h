/* The report that a person reads, at 80 columns or those of a wider terminal: one file a part of it. */
#ifndef SENSOR_REPORT_TEXT_H
#define SENSOR_REPORT_TEXT_H

#include "sensor/event/value.h"
#include "sensor/report/format.h"

enum { TEXT_EXPLAINED = 32, TEXT_FURTHER = 64, TEXT_KINDS = 32 };

/** What else holds for the subject of a block: how often in all, and in how many windows. */
struct text_further {
    const struct rule_about *rule;
    uint64_t count, windows;
};

/** What was told in a block of its own. */
struct text_kind {
    uint64_t alike; /* finding's; 0: nothing is like it */
    uint8_t source[16];
    struct address endpoint;
};

/** What an output of this format keeps. */
struct text_state {
    struct report_style style;
    struct value_clock clock;
    bool begun;                                         /* something stands above */
    bool under_findings;                                /* their heading stands: from now on findings are blocks */
    bool ordered;                                       /* those that follow are told in their order */
    const struct rule_about *rule;                      /* of the block above */
    const struct rule_about *explained[TEXT_EXPLAINED]; /* rules whose meaning stands above, the last ones */
    size_t explanations;
    bool told; /* a finding was told in a line, before the end */
    struct finding
        subject; /* of the block above, or of the line that is being made: its subject, rule and count alone */
    bool has_subject;
    struct finding block; /* as `subject`, of the block alone */
    size_t blocks;
    struct {
        bool open; /* the line of `subject` is being made */
        bool begun;
        size_t shown[LEVELS], hidden;
    } brief;
    struct text_further further[TEXT_FURTHER]; /* to be told below it */
    size_t further_count;
    struct text_kind kinds[TEXT_KINDS]; /* the last ones */
    size_t kind_count;
    uint64_t listed;    /* the kind whose list is being told; 0: none is */
    bool listed_places; /* it is of endpoints that the same source asked, not of sources */
    size_t listed_shown, listed_hidden;
    size_t sources, sources_told, sources_shown;
    struct {
        uint64_t sources, requests;
    } peace[PEACES]; /* of sources that need worry nobody */
};

enum text_colour { TEXT_PLAIN, TEXT_BOLD, TEXT_RED, TEXT_YELLOW, TEXT_CYAN };

/** Only where the style wants colour. @param text  not of the wire. */
void text_coloured(const struct text_state *s, struct buffer *out, enum text_colour colour, const char *text);

/** A blank line, but at the very beginning, and the heading. */
void text_heading(struct text_state *s, struct buffer *out, const char *heading);

void text_ip(struct buffer *out, const uint8_t ip[static 16]);

/** The first column of a table is written, from `begin` on: it gets `width`; where it is longer, a line of its own. */
void text_end_column(struct buffer *out, size_t begin, size_t width);

void text_endpoint(struct buffer *out, const struct address *a);

/** "2026-11-24 04:32:54 to 04:33:10 UTC": what both times share is said once. */
void text_span(struct text_state *s, struct buffer *out, moment first, moment last);

/** "1 request", "2 requests": a bar in `words` stands for the plural's s. */
void text_plural(struct buffer *out, uint64_t count, const char *words);

/** A line of a table: the number, right-aligned, and its words. */
void text_row(struct buffer *out, uint64_t count, const char *words);

/** Words of `text` in lines that begin with `indent` blanks, but for the first, which begins in that column already.
 *  @param lines_max  then "..."; 0: all. */
void text_wrap(const struct text_state *s, struct buffer *out, const char *text, unsigned indent, unsigned lines_max);

#define TEXT_INPUT_ERRORS "time| an input was not read to its end: standard error says which"

/** Names of files or of the interface, and from when till when: what all that follows is about. */
void text_inputs(struct text_state *s, struct buffer *out, const struct statistics *statistics);

/** What is still to be told below the last block. */
void text_finish_block(struct text_state *s, struct buffer *out);

/** A block begins; others may turn out to be alike. */
void text_remember_kind(struct text_state *s, const struct finding *f);

/** A source of which the same is told as of an earlier one, or as at another endpoint, gets a line in a list below
 * that, not a block.
 *  @return false: there is none like it. */
bool text_list_alike(struct text_state *s, struct buffer *out, const struct finding *f);

/** The list, if there is one, is complete. */
void text_end_list(struct text_state *s, struct buffer *out);

/** Whether the next finding gets no block: there are many, or their order is not known. */
bool text_is_brief(const struct text_state *s);

/** A line is begun; the one before is written. Whom it is about stands in `subject` afterwards. */
void text_brief(struct text_state *s, struct buffer *out);

/** Another finding of the subject whose line is being made: the most severe one is told. */
void text_brief_again(struct text_state *s, const struct finding *f);

/** The lines, if there are any, are complete. */
void text_end_brief(struct text_state *s, struct buffer *out);

/** In so many columns at least. @return how many it takes. */
size_t text_level(const struct text_state *s, struct buffer *out, enum rule_level level, size_t columns);

/** Whom a finding is about and whom they asked: long addresses take a line each, the second with two more blanks than
 *  `indent`, the column that the first begins in already. @return in which column it ends. */
size_t text_parties(const struct text_state *s, struct buffer *out, const struct finding *f, size_t indent);

/** Whether it is about one endpoint; otherwise about those of a cluster, or several of none. */
bool text_has_endpoint(const struct finding *f);

/** The lines below the title: these, and why the endpoint counts as an API server. */
void text_subject(const struct text_state *s, struct buffer *out, const struct finding *f);

/** A blank line, and the rule's level and title. */
void text_title(const struct text_state *s, struct buffer *out, const struct rule_about *rule);

void text_finding(void *state, struct buffer *out, const struct finding *f);
void text_source(void *state, struct buffer *out, const struct source *source);
void text_statistics(void *state, struct buffer *out, const struct statistics *statistics);

#endif
