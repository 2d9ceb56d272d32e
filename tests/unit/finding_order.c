#include "sensor/detect/finding_order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/packet/tunnel.h"
#include "sensor/detect/likeness.h"

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

/* Of the same count and level those that say the same stand behind the first of them, and are marked so. */
static void what_is_alike_stands_together(void **state)
{
    (void)state;
    static struct memory memory = {.limit = 100000};
    static const struct hash_secret secret = {.bytes = {1}};
    static const char *const agents[] = {"one", "other", "one", "other", "one"};
    struct bench b = {.count = 0};
    struct finding *f[5];
    for (uint8_t i = 0; i < 5; i++) {
        f[i] = add(&b, &LOW, i, 443, i < 4 ? 3 : 2);
        value_list_add(&f[i]->agents, slice_of(agents[i]), &secret, &memory);
    }
    add(&b, &HIGH, 0, 443, 1);
    assert_string_equal(ordered(&b), "high 0:443 1\nlow 0:443 3\nlow 1:443 3\nlow 3:443 3\nlow 2:443 3\nlow 4:443 2\n");
    assert_true(f[1]->alike != 0 && f[1]->alike == f[3]->alike);
    assert_true(f[2]->alike == f[4]->alike && f[2]->alike != f[1]->alike);
    assert_true(f[0]->alike != f[2]->alike); /* of which more is told */
    for (size_t i = 0; i < 5; i++)
        value_list_clear(&f[i]->agents, &memory);
}

/* Who is alike and was hit more often is told of elsewhere: no place among these follows from it. */
static void what_is_alike_and_counts_differ(void **state)
{
    (void)state;
    static struct memory memory = {.limit = 100000};
    static const struct hash_secret secret = {.bytes = {1}};
    static const char *const others[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct bench b = {.count = 0};
        struct finding *f[] = {add(&b, &LOW, 1, 443, 3), add(&b, &LOW, 9, 443, 2), add(&b, &LOW, 5, 443, 2)};
        for (size_t j = 0; j < 3; j++)
            value_list_add(&f[j]->agents, slice_of(j < 2 ? "one" : others[i]), &secret, &memory);
        assert_string_equal(ordered(&b), "low 1:443 3\nlow 5:443 2\nlow 9:443 2\n");
        for (size_t j = 0; j < 3; j++)
            value_list_clear(&f[j]->agents, &memory);
    }
}

/* Each is told of in the report: who differs in one of these is not told of as of others. */
static void what_makes_findings_differ(void **state)
{
    (void)state;
    static struct memory memory = {.limit = 100000};
    static const struct hash_secret secret = {.bytes = {1}};
    const struct finding plain = {.subject = SUBJECT_SOURCE, .cluster = "", .exchanges = 1, .endpoint.port = 443};
    struct finding f[7], listed[6];
    for (size_t i = 0; i < sizeof f / sizeof *f; i++)
        f[i] = plain;
    f[0].subject = SUBJECT_ENDPOINT;
    f[1].cluster = "one";
    f[2].exchanges = 0;
    f[3].tunnel_id = 7;
    f[4].front = 1;
    f[5].signs = 2;
    f[6].basis = ENDPOINT_SHAPE;
    const uint64_t likeness = finding_likeness(&plain, &LOW);
    assert_true(likeness != 0);
    assert_true(finding_likeness(&plain, &HIGH) != likeness);
    for (size_t i = 0; i < sizeof f / sizeof *f; i++)
        assert_true(finding_likeness(&f[i], &LOW) != likeness);
    for (size_t i = 0; i < sizeof listed / sizeof *listed; i++) {
        listed[i] = plain;
        struct value_list *const lists[] = {&listed[i].agents,   &listed[i].urls,    &listed[i].verbs,
                                            &listed[i].statuses, &listed[i].reasons, &listed[i].forwarded};
        value_list_add(lists[i], slice_of("x"), &secret, &memory);
        assert_true(finding_likeness(&listed[i], &LOW) != likeness);
        for (size_t j = 0; j < i; j++)
            assert_true(finding_likeness(&listed[i], &LOW) != finding_likeness(&listed[j], &LOW));
        lists[i]->left_out = 1;
        assert_int_equal(finding_likeness(&listed[i], &LOW), 0);
        value_list_clear(lists[i], &memory);
    }
}

/* Which endpoint of no cluster a source asked is told, and makes no other finding; anywhere else it does. */
static void what_is_done_at_another_endpoint(void **state)
{
    (void)state;
    static struct memory memory = {.limit = 100000};
    static const struct hash_secret secret = {.bytes = {1}};
    struct finding one = {.subject = SUBJECT_SOURCE, .cluster = "", .exchanges = 1, .endpoint.port = 443}, other = one;
    other.endpoint.port = 80;
    other.endpoint.ip[3] = 1;
    value_list_add(&one.endpoints, slice_of("one"), &secret, &memory);
    value_list_add(&other.endpoints, slice_of("other"), &secret, &memory);
    assert_true(finding_likeness(&one, &LOW) == finding_likeness(&other, &LOW));
    one.cluster = other.cluster = "both"; /* of it several may be asked: their list counts */
    assert_true(finding_likeness(&one, &LOW) != finding_likeness(&other, &LOW));
    one.cluster = other.cluster = "";
    one.exchanges = other.exchanges = 0;
    assert_true(finding_likeness(&one, &LOW) != finding_likeness(&other, &LOW));
    value_list_clear(&one.endpoints, &memory);
    value_list_clear(&other.endpoints, &memory);
    one.exchanges = other.exchanges = 1;
    one.subject = other.subject = SUBJECT_ENDPOINT;
    assert_true(finding_likeness(&one, &LOW) != finding_likeness(&other, &LOW));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_level_count_and_address),
        cmocka_unit_test(subjects_stay_together),
        cmocka_unit_test(own_words_come_first),
        cmocka_unit_test(what_is_one_subject),
        cmocka_unit_test(networks_are_apart),
        cmocka_unit_test(what_is_alike_stands_together),
        cmocka_unit_test(what_is_alike_and_counts_differ),
        cmocka_unit_test(what_makes_findings_differ),
        cmocka_unit_test(what_is_done_at_another_endpoint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
