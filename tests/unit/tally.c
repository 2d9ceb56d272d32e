/* What is counted of findings, also of several that have their hits in common. */
#include "tests/unit/finding_rig.h"

#include "sensor/detect/tally.h"
#include "sensor/event/handshake.h"

/* What is found together and what is not: each finding has its own count, and its own URLs with theirs. */
struct account {
    uint64_t hits[TOGETHER], of_url[TOGETHER][4];
    unsigned seen;
};

static void compare_told(void *owner, const struct finding *f)
{
    struct account *a = owner;
    if (!f->complete)
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

static enum endpoint_basis any_basis(void *owner, const struct finding *f)
{
    (void)owner, (void)f;
    return ENDPOINT_PORT;
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
        struct bench b = {.memory = {.limit = 4 << 20}, .basis = ENDPOINT_PORT};
        struct account a = {0};
        struct finding_options options = {.window = WINDOW};
        struct finding_events events = {
            .closing = any_closing, .told = compare_told, .holds = always, .basis = any_basis, .owner = &a};
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
        findings_finish(b.findings);
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
    findings_reached(b.findings, 10 + WINDOW); /* both began with the same exchange */
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
    b.cluster = &(struct cluster){.number = 1, .name = "one", .provider = ""};
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

/* A handshake has no signs of a closed connection and no front: what stands behind its record is none of it. */
static void a_handshake_says_nothing_of_a_connection(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct event_room room;
    struct hit hit = {.basis = ENDPOINT_PORT};
    memset(room.bytes, 0xFF, sizeof room.bytes);
    struct handshake *h = handshake_begin(&room);
    h->ech = h->expired = 1;
    h->suite = event_add_text(&h->event, slice_of("TLS_AES_128_GCM_SHA256, and some more of it for its room"), 256);
    hit.event = &h->event;
    struct tally *t = tally_new(&h->event, NULL, &LOW, &memory);
    hit_take(&hit, false);
    tally_count(t, &hit, false, &SECRET, &memory);
    assert_int_equal(t->finding.count, 1);
    assert_int_equal(t->finding.signs, 0);
    assert_int_equal(t->finding.suspicion, 0);
    assert_int_equal(t->finding.front, FRONT_NOT);
    assert_true(t->finding.observed);
    tally_free(t, &memory);
    assert_int_equal(memory.used, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_bounded),         cmocka_unit_test(lists_are_of_each_hit),
        cmocka_unit_test(each_counts_its_own),       cmocka_unit_test(together_they_cost_as_one),
        cmocka_unit_test(those_found_together_part), cmocka_unit_test(a_handshake_says_nothing_of_a_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
