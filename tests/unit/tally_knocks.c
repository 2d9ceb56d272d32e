#include "sensor/detect/tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct hash_secret SECRET = {{1, 2, 3}};
static const struct rule_about SWEEP = {
    .title = "sweep", .story = "", .number = 1, .subject = SUBJECT_CLUSTER, .knocks = true};
static const struct rule_about BY_SOURCE = {
    .title = "source", .story = "", .number = 2, .subject = SUBJECT_SOURCE, .knocks = true};

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
        *t = tally_new(&f.event, NULL, rule, memory);
    hit_take(&hit, true);
    tally_count(*t, &hit, !knocks_are_listed(k, rule->number), &SECRET, memory);
    knocks_list(k, rule->number);
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
    assert_int_equal(t->finding.clients.values[0].count, 5);
    assert_int_equal(t->finding.clients.values[1].count, 4);
    tally_free(t, &memory);
    assert_int_equal(memory.used, 0);
}

/* Each endpoint with all of its knocks: as many as the finding has. */
static void endpoints_with_all_their_knocks(void **state)
{
    (void)state;
    static const uint16_t ports[] = {101, 101, 102, 103, 101, 104, 103};
    struct memory memory = {.limit = 1 << 20};
    struct tally *t = NULL;
    struct knocks k = {.count = 0};
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++)
        knock(&t, &BY_SOURCE, &k, 1, ports[i], &memory);
    const struct value_list *list = &t->finding.endpoints;
    assert_int_equal(t->finding.count, 7);
    assert_int_equal(list->used, 4);
    for (uint32_t i = 0; i < list->used; i++) {
        unsigned last = (unsigned)list->values[i].text[list->values[i].size - 1] - '0'; /* 101 to 104 */
        static const uint64_t counts[] = {0, 3, 1, 2, 1};
        assert_int_equal(list->values[i].count, counts[last]);
    }
    tally_free(t, &memory);
    assert_int_equal(memory.used, 0);
}

/* A rule that holds late: of more endpoints than are kept the knocks are left out, and counted so. */
static void endpoints_that_were_not_kept(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct tally *t = NULL;
    struct knocks k = {.count = 0};
    for (uint16_t port = 101; port <= 111; port++) {
        struct address endpoint = {.port = port};
        knocks_add(&k, &endpoint, port, port, INT64_MAX);
    }
    knock(&t, &BY_SOURCE, &k, 1, 112, &memory);
    assert_int_equal(t->finding.count, 12);
    assert_int_equal(t->finding.endpoints.used, KNOCK_ENDPOINTS + 1);
    assert_int_equal(t->finding.endpoints.left_out, 12 - KNOCK_ENDPOINTS - 1);
    tally_free(t, &memory);
    assert_int_equal(memory.used, 0);
}

/* A client for whom the list has no place is left out with all of his knocks. */
static void clients_without_a_place(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct tally *t = NULL;
    for (uint8_t source = 1; source <= LIST_VALUES + 1; source++) {
        struct knocks k = {.count = 0};
        for (uint16_t port = 101; port <= 104; port++)
            knock(&t, &SWEEP, &k, source, port, &memory);
    }
    assert_int_equal(t->finding.count, 4 * (LIST_VALUES + 1));
    assert_int_equal(t->finding.clients.used, LIST_VALUES);
    for (int i = 0; i < LIST_VALUES; i++)
        assert_int_equal(t->finding.clients.values[i].count, 4);
    assert_int_equal(t->finding.clients.left_out, 4);
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
            if (listed)
                knocks_list(&k, SWEEP.number);
            knock(&t, &BY_SOURCE, &k, 1, port, &memory);
        }
        assert_int_equal(t->finding.count, 6);
        assert_int_equal(t->finding.endpoints.used, 6);
        assert_int_equal(t->finding.clients.used, 0);
        tally_free(t, &memory);
    }
    assert_int_equal(memory.used, 0);
}

static void keep_sweep(void *owner, const struct finding *f)
{
    struct finding *kept = owner;
    if (f->complete && f->rule == &SWEEP) {
        assert_int_equal(f->endpoints.used, 5);
        *kept = *f;
    }
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

static enum endpoint_basis any_basis(void *owner, const struct finding *f)
{
    (void)owner, (void)f;
    return ENDPOINT_PORT;
}

/* Another rule that holds for each knock, a scanner's SYN, takes none of them from the one that holds for the fourth.
 */
static void a_rule_that_holds_before(void **state)
{
    (void)state;
    static const struct rule_about SYN = {
        .title = "syn", .story = "", .number = 3, .subject = SUBJECT_CLUSTER, .knocks = true};
    struct memory memory = {.limit = 1 << 20};
    struct finding sweep = {.count = 0};
    struct finding_options options = {.window = INT64_MAX};
    struct finding_events events = {
        .closing = any_closing, .told = keep_sweep, .holds = always, .basis = any_basis, .owner = &sweep};
    struct findings *all = findings_new(&options, &SECRET, &memory, events);
    struct knocks k = {.count = 0};
    for (uint16_t port = 101; port <= 105; port++) {
        struct flow_record f = {.event = {.size = sizeof f, .type = EVENT_FLOW, .time = port}, .knocks.is_one = true};
        f.event.server.port = port;
        knocks_add(&k, &f.event.server, port, port, INT64_MAX);
        findings_begin(all, &f.event, &k, ENDPOINT_PORT, NULL);
        findings_hit(all, &SYN, false);
        if (k.count >= 4)
            findings_hit(all, &SWEEP, false);
        findings_end(all);
    }
    findings_finish(all);
    assert_int_equal(sweep.count, 5);
    assert_int_equal(sweep.first, 101);
    findings_free(all);
    assert_int_equal(memory.used, 0);
}

/* Connections are told at their ends: the one that began first may be told last. */
static void begins_with_the_earliest(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct tally *t = NULL;
    struct knocks k = {.count = 0};
    static const uint16_t PORTS[] = {104, 101, 103, 105};
    for (size_t i = 0; i < sizeof PORTS / sizeof *PORTS; i++)
        knock(&t, &SWEEP, &k, 1, PORTS[i], &memory);
    assert_int_equal(t->finding.count, 4);
    assert_int_equal(t->finding.first, 101);
    tally_free(t, &memory);
    assert_int_equal(memory.used, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_knocks_before),         cmocka_unit_test(endpoints_with_all_their_knocks),
        cmocka_unit_test(endpoints_that_were_not_kept), cmocka_unit_test(clients_without_a_place),
        cmocka_unit_test(each_finding_of_a_source),     cmocka_unit_test(a_rule_that_holds_before),
        cmocka_unit_test(begins_with_the_earliest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
