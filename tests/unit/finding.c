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
    size_t closing;            /* as announced; SIZE_MAX: not yet */
    enum endpoint_basis basis; /* of every endpoint */
    struct finding_place place;
    bool hold, drop; /* of hits; of complete findings that are held */
    uint16_t status; /* of exchanges; 0: 403 */
    struct finding last;
};

static void told(void *owner, const struct finding *f, bool last_word)
{
    struct bench *b = owner;
    size_t at = strlen(b->told);
    snprintf(b->told + at, sizeof b->told - at, "%s %u:%u %llu%s\n", f->rule->title, f->source[15], f->endpoint.port,
             (unsigned long long)f->count, last_word ? "." : "");
    uint64_t urls = f->urls.left_out;
    for (size_t i = 0; i < f->urls.used; i++)
        urls += f->urls.values[i].count;
    assert_int_equal(urls, f->count); /* whatever there was memory for */
    b->last = *f;
}

static bool holds(void *owner, const struct finding *f, bool held)
{
    (void)f;
    return !(held && ((struct bench *)owner)->drop);
}

static void closing(void *owner, size_t count)
{
    ((struct bench *)owner)->closing = count;
}

static enum endpoint_basis basis_now(void *owner, const struct finding *f)
{
    (void)f;
    return ((struct bench *)owner)->basis;
}

static void begin_with(struct bench *b, const struct finding_options *options, size_t memory)
{
    *b = (struct bench){.memory = {.limit = memory}, .closing = SIZE_MAX, .basis = ENDPOINT_PORT, .place = {0, "", ""}};
    struct finding_events events = {.closing = closing, .told = told, .holds = holds, .owner = b};
    b->findings = findings_new(options, &SECRET, &b->memory, events);
    assert_non_null(b->findings);
}

static void begin(struct bench *b)
{
    begin_with(b, &(struct finding_options){.window = WINDOW}, 4 << 20);
}

static void end(struct bench *b)
{
    findings_free(b->findings);
    assert_int_equal(b->memory.used, 0);
}

/* Of one exchange, what several rules find. */
static void hit_rules(struct bench *b, const struct rule_about *const *rules, size_t count, uint8_t source,
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
    findings_begin(b->findings, &x->event, NULL, b->basis, &b->place);
    for (size_t i = 0; i < count; i++)
        findings_hit(b->findings, rules[i], b->hold);
    findings_end(b->findings);
}

static void hit_url(struct bench *b, const struct rule_about *rule, uint8_t source, uint16_t port, moment clock,
                    const char *url)
{
    hit_rules(b, &rule, 1, source, port, clock, url);
}

static void hits(struct bench *b, const struct rule_about *rule, uint8_t source, uint16_t port, moment clock,
                 unsigned n)
{
    while (n--)
        hit_url(b, rule, source, port, clock, "/api");
}

static void tells_at_powers_of_ten(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    hits(&b, &LOW, 1, 443, 10, 1234);
    assert_string_equal(b.told, "low 1:443 1\nlow 1:443 10\nlow 1:443 100\nlow 1:443 1000\n");
    *b.told = 0;
    findings_finish(b.findings, basis_now, &b);
    assert_string_equal(b.told, "low 1:443 1234.\n");
    end(&b);
}

static void tells_all_at_the_end(void **state)
{
    (void)state;
    struct bench b;
    const struct finding_options options = {.window = WINDOW, .at_end = true};
    begin_with(&b, &options, 1 << 16);
    for (uint32_t i = 0; i < 200; i++) {
        findings_reached(b.findings, 10 + i * WINDOW, basis_now, &b);
        hits(&b, &LOW, (uint8_t)i, 443, 10 + i * WINDOW, 1);
    }
    assert_true(b.memory.used < b.memory.limit * 3 / 4 && strchr(b.told, '.'));
    end(&b);
    begin_with(&b, &options, 1 << 16);
    hits(&b, &LOW, 1, 443, 10, 1);
    hits(&b, &LOW, 2, 443, 10 + WINDOW, 2);
    hits(&b, &LOW, 3, 443, 10 + WINDOW, 1);
    hits(&b, &HIGH, 3, 443, 10 + WINDOW, 1);
    findings_reached(b.findings, 10 + 2 * WINDOW, basis_now, &b);
    hits(&b, &LOW, 1, 443, 10 + 3 * WINDOW, 1);
    findings_finish(b.findings, basis_now, &b);
    assert_non_null(strstr(b.told, "high 3:443 1.\nlow 3:443 1.\nlow 2:443 2.\nlow 1:443 1.\nlow 1:443 1.\n"));
    end(&b);
}

static void is_one_a_rule_source_and_endpoint(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    hits(&b, &LOW, 1, 443, 10, 2);
    hits(&b, &HIGH, 1, 443, 10, 1);
    hits(&b, &LOW, 2, 443, 10, 1);
    hits(&b, &LOW, 1, 6443, 10, 1);
    assert_string_equal(b.told, "low 1:443 1\nhigh 1:443 1\nlow 2:443 1\nlow 1:6443 1\n");
    end(&b);
}

static void closes_windows(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    hits(&b, &LOW, 1, 443, 10, 2);
    hits(&b, &LOW, 2, 443, 500, 1);
    findings_reached(b.findings, 10 + WINDOW - 1, basis_now, &b);
    assert_string_equal(b.told, "low 1:443 1\nlow 2:443 1\n");
    *b.told = 0;
    findings_reached(b.findings, 10 + WINDOW, basis_now, &b);
    assert_string_equal(b.told, "low 1:443 2.\n");
    hits(&b, &LOW, 1, 443, 11 + WINDOW, 1); /* another begins */
    assert_string_equal(b.told, "low 1:443 2.\nlow 1:443 1\n");
    /* Without being told of the clock, a hit behind the window begins another, too. */
    *b.told = 0;
    hits(&b, &LOW, 2, 443, 500 + WINDOW, 1);
    assert_string_equal(b.told, "low 2:443 1.\nlow 2:443 1\n");
    *b.told = 0;
    findings_reached(b.findings, 100 * WINDOW, basis_now, &b);
    assert_string_equal(b.told, "low 1:443 1.\nlow 2:443 1.\n");
    findings_finish(b.findings, basis_now, &b);
    assert_int_equal(b.closing, 0);
    end(&b);
}

static void keeps_back_the_unproven(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    b.basis = ENDPOINT_UNPROVEN;
    hits(&b, &LOW, 1, 443, 10, 37);
    assert_string_equal(b.told, "");
    b.basis = ENDPOINT_RECOGNISED; /* told with the next hit, and then at 100 */
    hits(&b, &LOW, 1, 443, 11, 1);
    assert_string_equal(b.told, "low 1:443 38\n");
    hits(&b, &LOW, 1, 443, 12, 62);
    assert_string_equal(b.told, "low 1:443 38\nlow 1:443 100\n");
    assert_int_equal(b.last.basis, ENDPOINT_RECOGNISED);
    /* Without another hit, at the end of its window or of all; never, when it stays unproven. */
    *b.told = 0;
    b.basis = ENDPOINT_UNPROVEN;
    hits(&b, &LOW, 2, 443, 20, 1);
    hits(&b, &LOW, 3, 443, 500, 1);
    hits(&b, &LOW, 4, 443, 600, 1);
    hits(&b, &LOW, 5, 443, 1600, 1);
    findings_reached(b.findings, 20 + WINDOW, basis_now, &b);
    assert_string_equal(b.told, "low 1:443 100.\n");
    assert_int_equal(findings_unproven(b.findings), 1);
    b.basis = ENDPOINT_RECOGNISED;
    findings_reached(b.findings, 500 + WINDOW, basis_now, &b);
    assert_string_equal(b.told, "low 1:443 100.\nlow 3:443 1.\n");
    findings_finish(b.findings, basis_now, &b);
    assert_string_equal(b.told, "low 1:443 100.\nlow 3:443 1.\nlow 4:443 1.\nlow 5:443 1.\n");
    assert_int_equal(b.closing, 2);
    assert_int_equal(findings_unproven(b.findings), 1);
    end(&b);
    begin(&b);
    b.basis = ENDPOINT_UNPROVEN;
    hits(&b, &LOW, 2, 443, 20, 100);
    findings_finish(b.findings, basis_now, &b);
    assert_string_equal(b.told, "");
    assert_int_equal(b.closing, 0);
    assert_int_equal(findings_unproven(b.findings), 1);
    end(&b);
}

static void finishes_in_order(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    hits(&b, &LOW, 9, 443, 10, 3);
    hits(&b, &HIGH, 7, 443, 10, 1);
    hits(&b, &LOW, 2, 443, 10, 3);
    hits(&b, &LOW, 2, 80, 10, 3);
    hits(&b, &LOW, 5, 443, 10, 4);
    hits(&b, &HIGH, 6, 443, 10, 2);
    *b.told = 0;
    findings_finish(b.findings, basis_now, &b);
    assert_int_equal(b.closing, 6);
    assert_string_equal(b.told,
                        "high 6:443 2.\nhigh 7:443 1.\nlow 5:443 4.\nlow 2:80 3.\nlow 2:443 3.\nlow 9:443 3.\n");
    end(&b);
}

/* What is told of one subject stands where its most severe finding belongs. */
static void finishes_by_subject(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    hits(&b, &LOW, 9, 443, 10, 30);
    hits(&b, &LOW, 7, 443, 10, 2);
    hits(&b, &HIGH, 7, 443, 10, 1);
    hits(&b, &HIGH, 6, 443, 10, 5);
    *b.told = 0;
    findings_finish(b.findings, basis_now, &b);
    assert_string_equal(b.told, "high 6:443 5.\nhigh 7:443 1.\nlow 7:443 2.\nlow 9:443 30.\n");
    end(&b);
}

/* Of two that weigh the same, a search of a story speaks second, however often it holds. */
static void own_words_come_first(void **state)
{
    (void)state;
    static const struct rule_about search = {.title = "search", .level = LEVEL_LOW, .number = 0, .story = "a story"};
    struct bench b;
    begin(&b);
    hits(&b, &search, 1, 443, 10, 5);
    hits(&b, &LOW, 1, 443, 11, 2);
    hits(&b, &HIGH, 1, 443, 12, 1);
    *b.told = 0;
    findings_finish(b.findings, basis_now, &b);
    assert_string_equal(b.told, "high 1:443 1.\nlow 1:443 2.\nsearch 1:443 5.\n");
    end(&b);
}

static void endpoints_of_a_cluster_are_one(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    b.place = (struct finding_place){1, "one", "eks"};
    hits(&b, &LOW, 1, 443, 10, 2);
    hits(&b, &LOW, 1, 6443, 10, 3);
    b.place = (struct finding_place){2, "two", ""};
    hits(&b, &LOW, 1, 8443, 10, 4);
    *b.told = 0;
    findings_finish(b.findings, basis_now, &b);
    assert_string_equal(b.told, "low 1:443 5.\nlow 1:8443 4.\n");
    end(&b);
}

static void a_rule_may_speak_of_the_endpoint(void **state)
{
    (void)state;
    static const struct rule_about proxy = {
        .story = "", .title = "proxy", .level = LEVEL_HIGH, .number = 3, .subject = SUBJECT_ENDPOINT};
    struct bench b;
    begin(&b);
    hits(&b, &proxy, 1, 443, 10, 2);
    hits(&b, &proxy, 2, 443, 10, 1);
    hits(&b, &proxy, 2, 80, 10, 1);
    assert_int_equal(b.last.subject, SUBJECT_ENDPOINT);
    *b.told = 0;
    findings_finish(b.findings, basis_now, &b);
    assert_string_equal(b.told, "proxy 1:443 3.\nproxy 2:80 1.\n");
    end(&b);
}

/* Told complete only, if it holds then; a hit that is certain frees it at once. */
static void what_is_held_waits(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    b.hold = true;
    hits(&b, &LOW, 1, 443, 10, 20);
    hits(&b, &LOW, 2, 443, 10, 20);
    assert_string_equal(b.told, "");
    b.hold = false;
    hits(&b, &LOW, 2, 443, 10, 1);
    assert_string_equal(b.told, "low 2:443 21\n");
    b.hold = true;
    hits(&b, &LOW, 2, 443, 10, 79);
    assert_string_equal(b.told, "low 2:443 21\nlow 2:443 100\n");
    *b.told = 0;
    b.drop = true;
    findings_finish(b.findings, basis_now, &b);
    assert_string_equal(b.told, "low 2:443 100.\n");
    assert_int_equal(b.closing, 1);
    end(&b);
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

static size_t some_of_many(unsigned set, const struct rule_about *rules[static TOGETHER])
{
    size_t count = 0;
    for (size_t i = 0; i < TOGETHER; i++) {
        if (set >> i & 1)
            rules[count++] = &MANY[i];
    }
    return count;
}

/* What is found together and what is not: each finding has its own count, and its own URLs with theirs. */
struct account {
    uint64_t hits[TOGETHER], of_url[TOGETHER][4];
    unsigned seen;
};

static void compare_told(void *owner, const struct finding *f, bool last_word)
{
    struct account *a = owner;
    if (!last_word)
        return;
    size_t rule = (size_t)(f->rule - MANY);
    a->seen |= 1U << rule;
    assert_int_equal(f->count, a->hits[rule]);
    assert_int_equal(f->subject, MANY[rule].subject);
    assert_int_equal(f->clients.used, f->subject == SUBJECT_ENDPOINT);
    assert_int_equal(f->agents.values[0].count, f->count);
    uint64_t all = 0;
    for (size_t i = 0; i < f->urls.used; i++) {
        const struct value_count *v = &f->urls.values[i];
        assert_int_equal(v->size, 2);
        assert_int_equal(v->count, a->of_url[rule][v->text[1] - '0']);
        all += v->count;
    }
    assert_int_equal(all, f->count);
}

static bool always(void *owner, const struct finding *f, bool held)
{
    (void)owner, (void)f, (void)held;
    return true;
}

static void any_closing(void *owner, size_t count)
{
    (void)owner, (void)count;
}

static void each_counts_its_own(void **state)
{
    (void)state;
    uint32_t random = 12345;
    for (unsigned round = 0; round < 300; round++) {
        struct bench b = {.memory = {.limit = 4 << 20}, .basis = ENDPOINT_PORT, .place = {0, "", ""}};
        struct account a = {0};
        struct finding_options options = {.window = WINDOW};
        struct finding_events events = {.closing = any_closing, .told = compare_told, .holds = always, .owner = &a};
        b.findings = findings_new(&options, &SECRET, &b.memory, events);
        unsigned set = 0, ever = 0;
        for (unsigned i = 0; i < 40; i++) {
            random = random * 1664525 + 1013904223;
            if (i == 0 || random >> 30 == 0)
                set = random >> 20 & ((1U << TOGETHER) - 1);
            const struct rule_about *rules[TOGETHER];
            char url[] = "/0";
            url[1] = (char)('0' + (random >> 8 & 3));
            hit_rules(&b, rules, some_of_many(set, rules), 1, 443, 10 + i, url);
            ever |= set;
            for (size_t r = 0; r < TOGETHER; r++) {
                a.hits[r] += set >> r & 1;
                a.of_url[r][url[1] - '0'] += set >> r & 1;
            }
        }
        findings_finish(b.findings, basis_now, &b);
        assert_int_equal(a.seen, ever);
        end(&b);
    }
}

/* What is found together is kept once: it costs little more than one of it. */
static void together_they_cost_as_one(void **state)
{
    (void)state;
    static const struct rule_about *const both[] = {&LOW, &HIGH};
    size_t used[2];
    for (size_t rules = 1; rules <= 2; rules++) {
        struct bench b;
        begin(&b);
        for (int i = 0; i < 100; i++) {
            char url[32];
            snprintf(url, sizeof url, "/%d", i);
            hit_rules(&b, both, rules, 1, 443, 10, url);
        }
        used[rules - 1] = b.memory.used;
        end(&b);
    }
    assert_true(used[1] - used[0] < 200);
}

static void those_found_together_part(void **state)
{
    (void)state;
    static const struct rule_about *const both[] = {&LOW, &HIGH};
    struct bench b;
    begin(&b);
    hit_rules(&b, both, 2, 1, 443, 10, "/both");
    assert_string_equal(b.told, "low 1:443 1\nhigh 1:443 1\n");
    hit_rules(&b, both, 2, 1, 443, 10, "/both");
    hit_rules(&b, both + 1, 1, 1, 443, 10, "/high"); /* these part */
    *b.told = 0;
    for (int i = 0; i < 7; i++)
        hit_rules(&b, both, 2, 1, 443, 10, "/both");
    assert_string_equal(b.told, "high 1:443 10\n");
    hit_rules(&b, both, 1, 1, 443, 11, "/low");
    assert_string_equal(b.told, "high 1:443 10\nlow 1:443 10\n");
    assert_int_equal(b.last.urls.used, 2);
    assert_memory_equal(b.last.urls.values[1].text, "/low", 4);
    *b.told = 0;
    findings_reached(b.findings, 10 + WINDOW, basis_now, &b); /* both began with the same exchange */
    assert_string_equal(b.told, "low 1:443 10.\nhigh 1:443 10.\n");
    hit_rules(&b, both, 2, 1, 443, 11 + WINDOW, "/both"); /* and begin again */
    assert_string_equal(b.told, "low 1:443 10.\nhigh 1:443 10.\nlow 1:443 1\nhigh 1:443 1\n");
    /* Behind the window without being told of the clock. */
    *b.told = 0;
    hit_rules(&b, both, 2, 1, 443, 11 + 2 * WINDOW, "/both");
    assert_string_equal(b.told, "low 1:443 1.\nhigh 1:443 1.\nlow 1:443 1\nhigh 1:443 1\n");
    end(&b);
}

static void expect_counts(const struct value_list *list, size_t size, const char *first, uint64_t first_count,
                          const char *second, uint64_t second_count)
{
    assert_int_equal(list->used, 2);
    assert_int_equal(list->values[0].size, size);
    assert_memory_equal(list->values[0].text, first, size);
    assert_int_equal(list->values[0].count, first_count);
    assert_memory_equal(list->values[1].text, second, size);
    assert_int_equal(list->values[1].count, second_count);
}

/* Statuses and endpoints in turn, the same ones one after the other, and of sources in turn. */
static void lists_are_of_each_hit(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    b.place = (struct finding_place){1, "one", ""};
    for (unsigned i = 0; i < 200; i++) {
        b.status = i / 2 % 4 ? 403 : 200;
        hits(&b, &LOW, i % 2 ? 1 : 2, i / 2 % 10 < 3 ? 8443 : 6443, 10, 1);
    }
    assert_int_equal(b.last.count, 100); /* what was told last: of source 1 */
    expect_counts(&b.last.statuses, 3, "200", 25, "403", 75);
    expect_counts(&b.last.endpoints, 9, "[::]:8443", 30, "[::]:6443", 70);
    end(&b);
}

static void lists_are_bounded(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    for (int i = 0; i < 100; i++) {
        char url[32];
        snprintf(url, sizeof url, "/%d", i);
        hit_url(&b, &LOW, 1, 443, 10 + i, url);
    }
    assert_int_equal(b.last.urls.used, LIST_VALUES);
    assert_int_equal(b.last.urls.left_out, 100 - LIST_VALUES);
    assert_int_equal(b.last.agents.values[0].count, 100);
    assert_int_equal(b.last.statuses.used, 1);
    assert_memory_equal(b.last.statuses.values[0].text, "403", 3);
    assert_int_equal(b.last.reasons.used, 0);
    assert_int_equal(b.last.first, 5);
    assert_int_equal(b.last.last, 104);
    assert_int_equal(b.last.first_flow, 77);
    end(&b);
}

static void counts_what_is_lost(void **state)
{
    (void)state;
    struct bench b;
    for (uint64_t fail = 1; fail < 30; fail++) {
        begin(&b);
        b.memory.fail_at = fail;
        for (uint8_t i = 0; i < 20; i++)
            hits(&b, &LOW, i, 443, 10, 1);
        b.memory.fail_at = 0;
        findings_finish(b.findings, basis_now, &b);
        assert_int_equal(b.closing + findings_lost(b.findings), 20);
        end(&b);
    }
    begin(&b);
    b.memory.limit = 20000;
    for (unsigned i = 0; i < 10000; i++)
        hits(&b, &LOW, (uint8_t)i, (uint16_t)(1 + i / 256), 10, 1);
    assert_true(findings_lost(b.findings) > 0);
    assert_true(b.memory.used <= b.memory.limit);
    end(&b);
}

/* Nothing that is short of memory while findings part is counted wrongly: a hit is counted, or lost. */
static void parts_without_memory(void **state)
{
    (void)state;
    const struct rule_about *rules[TOGETHER];
    for (uint64_t fail = 1; fail < 60; fail++) {
        struct bench b;
        begin(&b);
        uint64_t hit = some_of_many(23, rules), counted = 0; /* a, b, c and e */
        hit_rules(&b, rules, hit, 1, 443, 10, "/1");
        b.memory.fail_at = fail;
        for (unsigned i = 0; i < 6; i++) {
            size_t count = some_of_many(2 * i + 5, rules);
            hit_rules(&b, rules, count, 1, 443, 10, "/2");
            hit += count;
        }
        b.memory.fail_at = 0;
        *b.told = 0;
        findings_finish(b.findings, basis_now, &b);
        for (const char *at = b.told; (at = strchr(at, ':')); at++)
            counted += strtoul(at + 4, NULL, 10);
        assert_int_equal(counted + findings_lost(b.findings), hit);
        end(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_at_powers_of_ten),
        cmocka_unit_test(is_one_a_rule_source_and_endpoint),
        cmocka_unit_test(tells_all_at_the_end),
        cmocka_unit_test(closes_windows),
        cmocka_unit_test(keeps_back_the_unproven),
        cmocka_unit_test(finishes_by_subject),
        cmocka_unit_test(endpoints_of_a_cluster_are_one),
        cmocka_unit_test(a_rule_may_speak_of_the_endpoint),
        cmocka_unit_test(what_is_held_waits),
        cmocka_unit_test(finishes_in_order),
        cmocka_unit_test(own_words_come_first),
        cmocka_unit_test(lists_are_bounded),
        cmocka_unit_test(lists_are_of_each_hit),
        cmocka_unit_test(counts_what_is_lost),
        cmocka_unit_test(each_counts_its_own),
        cmocka_unit_test(together_they_cost_as_one),
        cmocka_unit_test(those_found_together_part),
        cmocka_unit_test(parts_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
