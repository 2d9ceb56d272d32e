#include "sensor/detect/tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct hash_secret SECRET = {{1, 2, 3}};
static const struct rule_about SWEEP = {.title = "sweep", .story = "", .subject = SUBJECT_CLUSTER, .knocks = true};
static const struct rule_about BY_SOURCE = {.title = "source", .story = "", .subject = SUBJECT_SOURCE, .knocks = true};

/* The knock of a source that makes so many; it goes to that port. */
static void knock(struct tally **t, const struct rule_about *rule, struct knocks *k, uint8_t source, uint16_t port,
                  struct memory *memory)
{
    struct flow_record f = {.event = {.size = sizeof f, .type = EVENT_FLOW, .time = port}, .knocks.is_one = true};
    struct hit hit = {.event = &f.event, .knocks = k};
    f.event.client.ip[15] = source;
    f.event.server.port = port;
    knocks_add(k, &f.event.server, port, port, INT64_MAX);
    if (k->count < 4) /* the rule holds for the fourth */
        return;
    if (!*t)
        *t = tally_new(&f.event, &(struct finding_place){0, "", ""}, rule, memory);
    hit_take(&hit, true);
    tally_count(*t, &hit, &SECRET, memory);
    k->listed = true;
}

/* A rule about knocks that holds for the fourth means those before it, of each source. */
static void counts_knocks_before(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct tally *t = NULL;
    struct knocks one = {.count = 0}, other = {.count = 0};
    for (uint16_t port = 101; port <= 105; port++)
        knock(&t, &SWEEP, &one, 1, port, &memory);
    assert_int_equal(t->finding.count, 5);
    assert_int_equal(t->finding.first, 101);
    for (uint16_t port = 106; port <= 109; port++)
        knock(&t, &SWEEP, &other, 2, port, &memory);
    assert_int_equal(t->finding.count, 9);
    assert_int_equal(t->finding.endpoints.used, 9);
    assert_int_equal(t->finding.clients.used, 2);
    tally_free(t, &memory);
    assert_int_equal(memory.used, 0);
}

/* Several rules may be about one source: each has its own finding, and all list what came before. */
static void each_finding_of_a_source(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    for (int listed = 0; listed < 2; listed++) {
        struct tally *t = NULL;
        struct knocks k = {.count = 0};
        for (uint16_t port = 101; port <= 106; port++) {
            k.listed |= listed;
            knock(&t, &BY_SOURCE, &k, 1, port, &memory);
        }
        assert_int_equal(t->finding.count, 6);
        assert_int_equal(t->finding.endpoints.used, 6);
        tally_free(t, &memory);
    }
    assert_int_equal(memory.used, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_knocks_before),
        cmocka_unit_test(each_finding_of_a_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
