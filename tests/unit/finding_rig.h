/* What the tests of findings share: findings whose tellings are written down, and exchanges that rules find. */
#ifndef TESTS_UNIT_FINDING_RIG_H
#define TESTS_UNIT_FINDING_RIG_H

#include "sensor/detect/finding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct hash_secret SECRET = {{1, 2, 3}};
static const struct rule_about LOW = {.title = "low", .level = LEVEL_LOW, .number = 1, .story = ""};
static const struct rule_about HIGH = {.title = "high", .level = LEVEL_HIGH, .number = 2, .story = ""};

enum { WINDOW = 1000 };

/* What was told, in a line each: level, source, port, count, and a full stop for the last word. */
struct bench {
    struct memory memory;
    struct findings *findings;
    char told[4096];
    size_t closing;                /* as announced; SIZE_MAX: not yet */
    enum endpoint_basis basis;     /* of every endpoint */
    const struct cluster *cluster; /* NULL: none */
    bool hold, drop;               /* of hits; of complete findings that are held */
    bool suppressed;               /* whatever it is */
    uint16_t status;               /* of exchanges; 0: 403 */
    struct finding last;
};

static inline void told(void *owner, const struct finding *f)
{
    struct bench *b = owner;
    size_t at = strlen(b->told);
    snprintf(b->told + at, sizeof b->told - at, "%s %u:%u %llu%s\n", f->rule->title, f->source[15], f->endpoint.port,
             (unsigned long long)f->count, f->complete ? "." : "");
    uint64_t urls = f->urls.left_out;
    for (size_t i = 0; i < f->urls.used; i++)
        urls += f->urls.values[i].count;
    assert_int_equal(urls, f->count); /* whatever there was memory for */
    b->last = *f;
}

static inline bool holds(void *owner, const struct finding *f, bool held)
{
    const struct bench *b = owner;
    assert_true(!held || f->complete);
    return !(held && b->drop) && !b->suppressed;
}

static inline void closing(void *owner, size_t count)
{
    ((struct bench *)owner)->closing = count;
}

static inline enum endpoint_basis basis_now(void *owner, const struct finding *f)
{
    (void)f;
    return ((struct bench *)owner)->basis;
}

static inline void begin_with(struct bench *b, const struct finding_options *options, size_t memory)
{
    *b = (struct bench){.memory = {.limit = memory}, .closing = SIZE_MAX, .basis = ENDPOINT_PORT};
    struct finding_events events = {.closing = closing, .told = told, .holds = holds, .basis = basis_now, .owner = b};
    b->findings = findings_new(options, &SECRET, &b->memory, events);
    assert_non_null(b->findings);
}

static inline void begin(struct bench *b)
{
    begin_with(b, &(struct finding_options){.window = WINDOW}, 4 << 20);
}

static inline uint64_t count_of(const struct bench *b, enum counter which)
{
    struct counters counters = {0};
    findings_count(b->findings, &counters);
    return counters.of[which];
}

static inline void end(struct bench *b)
{
    findings_free(b->findings);
    assert_int_equal(b->memory.used, 0);
}

/* Of one exchange, what several rules find. */
static inline void hit_rules(struct bench *b, const struct rule_about *const *rules, size_t count, uint8_t source,
                             uint16_t port, moment clock, const char *url)
{
    struct event_room room;
    struct exchange *x = exchange_begin(&room);
    x->event.client.ip[15] = source;
    x->event.client.port = (uint16_t)clock; /* a finding is of an address, not of a connection */
    x->event.server.port = port;
    x->event.order.clock = clock;
    x->event.time = clock - 5;
    x->event.flow_id = 77;
    x->status = b->status ? b->status : 403;
    x->target = event_add_text(&x->event, slice_of(url), 512);
    x->agent = event_add_text(&x->event, slice_of("probe/1"), 512);
    findings_begin(b->findings, &x->event, NULL, b->basis, b->cluster);
    for (size_t i = 0; i < count; i++)
        findings_hit(b->findings, rules[i], b->hold);
    findings_end(b->findings);
}

static inline void hit_url(struct bench *b, const struct rule_about *rule, uint8_t source, uint16_t port, moment clock,
                           const char *url)
{
    hit_rules(b, &rule, 1, source, port, clock, url);
}

static inline void hits(struct bench *b, const struct rule_about *rule, uint8_t source, uint16_t port, moment clock,
                        unsigned n)
{
    while (n--)
        hit_url(b, rule, source, port, clock, "/api");
}

enum { TOGETHER = 6 };

/* Six rules of two kinds of subject. */
static const struct rule_about MANY[TOGETHER] = {
    {.story = "", .title = "a", .level = LEVEL_LOW, .number = 11},
    {.story = "", .title = "b", .level = LEVEL_HIGH, .number = 12},
    {.story = "", .title = "c", .level = LEVEL_LOW, .number = 13},
    {.story = "", .title = "d", .level = LEVEL_LOW, .subject = SUBJECT_ENDPOINT},
    {.story = "", .title = "e", .level = LEVEL_HIGH, .number = 15},
    {.story = "", .title = "f", .level = LEVEL_LOW, .subject = SUBJECT_ENDPOINT}};

static inline size_t some_of_many(unsigned set, const struct rule_about *rules[static TOGETHER])
{
    size_t count = 0;
    for (size_t i = 0; i < TOGETHER; i++) {
        if (set >> i & 1)
            rules[count++] = &MANY[i];
    }
    return count;
}

#endif
