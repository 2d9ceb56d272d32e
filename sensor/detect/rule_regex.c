#include "sensor/detect/rule_regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>

/* An honest expression over a request takes some hundred steps. What takes more was made to, by who wrote the rule or
 * by who sent the request. */
enum { MATCH_LIMIT = 20000, DEPTH_LIMIT = 2000, HEAP_KIB = 512, LENGTH_MAX = 8192, NESTING_MAX = 64 };

struct rule_regex {
    pcre2_code *code;
    struct rule_regex *older;
};

struct rule_regex_scratch {
    pcre2_match_data *data;
    pcre2_match_context *limits;
    uint64_t gave_up;
};

static uint32_t options_of(struct regex_form form)
{
    return PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C | (form.caseless ? PCRE2_CASELESS : 0) |
           (form.lines ? PCRE2_MULTILINE : 0) | (form.dot_all ? PCRE2_DOTALL : 0);
}

const struct rule_regex *rule_regex_new(struct rule_regexes *all, struct rule_arena *arena, struct slice text,
                                        struct regex_form form, char why[static REGEX_WHY])
{
    why[0] = '\0';
    struct rule_regex *regex = rule_arena_take(arena, 1, sizeof *regex);
    pcre2_compile_context *limits = pcre2_compile_context_create(NULL);
    if (!regex || !limits) {
        pcre2_compile_context_free(limits);
        return NULL;
    }
    pcre2_set_max_pattern_length(limits, LENGTH_MAX);
    pcre2_set_parens_nest_limit(limits, NESTING_MAX);
    int error = 0;
    size_t at = 0;
    regex->code = pcre2_compile(text.data, text.size, options_of(form), &error, &at, limits);
    pcre2_compile_context_free(limits);
    if (!regex->code) {
        unsigned char message[REGEX_WHY - 32] = "";
        pcre2_get_error_message(error, message, sizeof message);
        snprintf(why, REGEX_WHY, "%s at character %zu", (const char *)message, at + 1);
        return NULL;
    }
    regex->older = all->newest;
    all->newest = regex;
    return regex;
}

void rule_regexes_release(struct rule_regexes *all)
{
    for (struct rule_regex *r = all->newest; r; r = r->older)
        pcre2_code_free(r->code);
    all->newest = NULL;
}

struct rule_regex_scratch *rule_regex_scratch_new(void)
{
    struct memory memory = {.limit = sizeof(struct rule_regex_scratch)};
    struct rule_regex_scratch *s = memory_resize(&memory, NULL, 0, sizeof *s);
    if (!s)
        return NULL;
    s->data = pcre2_match_data_create(1, NULL);
    s->limits = pcre2_match_context_create(NULL);
    if (!s->data || !s->limits) {
        rule_regex_scratch_free(s);
        return NULL;
    }
    pcre2_set_match_limit(s->limits, MATCH_LIMIT);
    pcre2_set_depth_limit(s->limits, DEPTH_LIMIT);
    pcre2_set_heap_limit(s->limits, HEAP_KIB);
    return s;
}

void rule_regex_scratch_free(struct rule_regex_scratch *s)
{
    if (!s)
        return;
    pcre2_match_data_free(s->data);
    pcre2_match_context_free(s->limits);
    struct memory memory = {.used = sizeof *s};
    memory_resize(&memory, s, sizeof *s, 0);
}

enum truth rule_regex_matches(const struct rule_regex *regex, struct rule_regex_scratch *s, struct slice text)
{
    int found = pcre2_match(regex->code, text.data, text.size, 0, 0, s->data, s->limits);
    if (found >= 0)
        return IS_TRUE;
    if (found == PCRE2_ERROR_NOMATCH)
        return IS_FALSE;
    s->gave_up++;
    return IS_UNKNOWN;
}

uint64_t rule_regex_gave_up(const struct rule_regex_scratch *s)
{
    return s->gave_up;
}
