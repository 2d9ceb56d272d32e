#include "sensor/detect/finding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct hash_secret SECRET = {{1, 2, 3}};
static const struct rule_about LOW = {.title = "low", .level = LEVEL_LOW, .number = 1};
static const struct rule_about HIGH = {.title = "high", .level = LEVEL_HIGH, .number = 2};

enum { WINDOW = 1000 };

/* What was told, in a line each: level, source, port, count, and a full stop for the last word. */
struct bench {
    struct memory memory;
    struct findings *findings;
    char told[4096];
    size_t closing;            /* as announced; SIZE_MAX: not yet */
    enum endpoint_basis basis; /* of every endpoint */
    struct finding last;
};

static void told(void *owner, const struct finding *f, bool last_word)
{
    struct bench *b = owner;
    size_t at = strlen(b->told);
    snprintf(b->told + at, sizeof b->told - at, "%s %u:%u %llu%s\n", f->rule->title, f->source[15], f->endpoint.port,
             (unsigned long long)f->count, last_word ? "." : "");
    b->last = *f;
}

static void closing(void *owner, size_t count)
{
    ((struct bench *)owner)->closing = count;
}

static enum endpoint_basis basis_now(void *owner, const struct address *endpoint)
{
    (void)endpoint;
    return ((struct bench *)owner)->basis;
}

static void begin(struct bench *b)
{
    *b = (struct bench){.memory = {.limit = 4 << 20}, .closing = SIZE_MAX, .basis = ENDPOINT_PORT};
    struct finding_options options = {.window = WINDOW};
    struct finding_events events = {.closing = closing, .told = told, .owner = b};
    b->findings = findings_new(&options, &SECRET, &b->memory, events);
    assert_non_null(b->findings);
}

static void end(struct bench *b)
{
    findings_free(b->findings);
    assert_int_equal(b->memory.used, 0);
}

static void hit_url(struct bench *b, const struct rule_about *rule, uint8_t source, uint16_t port, moment clock,
                    const char *url)
{
    struct event_room room;
    struct exchange *x = exchange_begin(&room);
    x->event.client.ip[15] = source;
    x->event.client.port = (uint16_t)clock; /* a finding is of an address, not of a connection */
    x->event.server.port = port;
    x->event.order.clock = clock;
    x->event.time = clock - 5;
    x->event.flow_id = 77;
    x->status = 403;
    x->target = event_add_text(&x->event, slice_of(url), 512);
    x->agent = event_add_text(&x->event, slice_of("probe/1"), 512);
    findings_hit(b->findings, rule, x, b->basis);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_at_powers_of_ten), cmocka_unit_test(is_one_a_rule_source_and_endpoint),
        cmocka_unit_test(closes_windows),         cmocka_unit_test(keeps_back_the_unproven),
        cmocka_unit_test(finishes_in_order),      cmocka_unit_test(lists_are_bounded),
        cmocka_unit_test(counts_what_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
