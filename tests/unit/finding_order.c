#include "sensor/detect/finding_order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/packet/tunnel.h"

static const struct rule_about LOW = {.title = "low", .level = LEVEL_LOW, .number = 1, .story = ""};
static const struct rule_about HIGH = {.title = "high", .level = LEVEL_HIGH, .number = 2, .story = ""};

/* Findings, and the order that they were put in: rule, source, port and count of each. */
struct bench {
    struct tally tallies[8];
    struct kept_finding kept[8], *first;
    size_t count;
    char order[256];
};

/* @return what it counts, to be changed. */
static struct finding *add(struct bench *b, const struct rule_about *rule, uint8_t source, uint16_t port,
                           uint64_t count)
{
    struct tally *t = &b->tallies[b->count];
    struct kept_finding *k = &b->kept[b->count++];
    t->finding = (struct finding){.subject = rule->subject,
                                  .source = {[15] = source},
                                  .endpoint = {.port = port},
                                  .cluster = "",
                                  .count = count,
                                  .exchanges = count};
    *k = (struct kept_finding){.rule = rule, .tally = t, .after = b->first};
    b->first = k;
    return &t->finding;
}

static const char *ordered(struct bench *b)
{
    *b->order = 0;
    for (const struct kept_finding *k = finding_order(b->first); k; k = k->after) {
        const struct finding *f = &k->tally->finding;
        size_t at = strlen(b->order);
        snprintf(b->order + at, sizeof b->order - at, "%s %u:%u %llu\n", k->rule->title, f->source[15],
                 f->endpoint.port, (unsigned long long)f->count);
    }
    return b->order;
}

static void by_level_count_and_address(void **state)
{
    (void)state;
    struct bench b = {.count = 0};
    assert_string_equal(ordered(&b), "");
    add(&b, &LOW, 9, 443, 3);
    add(&b, &HIGH, 7, 443, 1);
    add(&b, &LOW, 2, 443, 3);
    add(&b, &LOW, 2, 80, 3);
    add(&b, &LOW, 5, 443, 4);
    add(&b, &HIGH, 6, 443, 2);
    assert_string_equal(ordered(&b), "high 6:443 2\nhigh 7:443 1\nlow 5:443 4\nlow 2:80 3\nlow 2:443 3\nlow 9:443 3\n");
}

/* What is told of one subject stands where its most severe finding belongs. */
static void subjects_stay_together(void **state)
{
    (void)state;
    struct bench b = {.count = 0};
    add(&b, &LOW, 9, 443, 30);
    add(&b, &LOW, 7, 443, 2);
    add(&b, &HIGH, 7, 443, 1);
    add(&b, &HIGH, 6, 443, 5);
    assert_string_equal(ordered(&b), "high 6:443 5\nhigh 7:443 1\nlow 7:443 2\nlow 9:443 30\n");
}

/* Of two that weigh the same, a search of a story speaks second, however often it holds. */
static void own_words_come_first(void **state)
{
    (void)state;
    static const struct rule_about search = {.title = "search", .level = LEVEL_LOW, .number = 0, .story = "a story"};
    struct bench b = {.count = 0};
    add(&b, &search, 1, 443, 5);
    add(&b, &LOW, 1, 443, 2);
    add(&b, &HIGH, 1, 443, 1);
    assert_string_equal(ordered(&b), "high 1:443 1\nlow 1:443 2\nsearch 1:443 5\n");
}

/* Of a source in a cluster it does not matter where in it; of connections to endpoints of none, neither. */
static void what_is_one_subject(void **state)
{
    (void)state;
    struct bench b = {.count = 0};
    struct finding *one = add(&b, &LOW, 1, 443, 1), *other = add(&b, &HIGH, 1, 6443, 1);
    assert_false(finding_same_subject(one, other));
    one->cluster = other->cluster = "one";
    assert_true(finding_same_subject(one, other));
    other->cluster = "two";
    assert_false(finding_same_subject(one, other));
    one->cluster = other->cluster = "";
    one->exchanges = 0;
    assert_false(finding_same_subject(one, other));
    other->exchanges = 0;
    assert_true(finding_same_subject(one, other));
    other->source[15] = 2;
    assert_false(finding_same_subject(one, other));
}

/* The number of an overlay says whose address it is, together with its kind; of other tunnels it says nothing. */
static void networks_are_apart(void **state)
{
    (void)state;
    struct bench b = {.count = 0};
    struct finding *one = add(&b, &LOW, 1, 443, 1), *other = add(&b, &HIGH, 1, 443, 1);
    one->tunnel_kind = other->tunnel_kind = TUNNEL_VXLAN;
    one->tunnel_id = other->tunnel_id = 7;
    assert_true(finding_same_subject(one, other));
    other->tunnel_id = 8;
    assert_false(finding_same_subject(one, other));
    other->tunnel_id = 7;
    other->tunnel_kind = TUNNEL_GENEVE;
    assert_false(finding_same_subject(one, other));
    one->tunnel_kind = TUNNEL_ERSPAN; /* a mirror's session, */
    other->tunnel_kind = TUNNEL_ERSPAN;
    other->tunnel_id = 8;
    assert_true(finding_same_subject(one, other));
    one->tunnel_kind = TUNNEL_NONE; /* and the same without it */
    one->tunnel_id = 0;
    assert_true(finding_same_subject(one, other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_level_count_and_address), cmocka_unit_test(subjects_stay_together),
        cmocka_unit_test(own_words_come_first),       cmocka_unit_test(what_is_one_subject),
        cmocka_unit_test(networks_are_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
