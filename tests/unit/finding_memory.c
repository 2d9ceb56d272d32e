/* Findings where memory is short. */
#include "tests/unit/finding_rig.h"

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
        findings_finish(b.findings);
        assert_int_equal(b.closing + count_of(&b, COUNT_DETECT_LOST), 20);
        end(&b);
    }
    begin(&b);
    b.memory.limit = 20000;
    for (unsigned i = 0; i < 10000; i++)
        hits(&b, &LOW, (uint8_t)i, (uint16_t)(1 + i / 256), 10, 1);
    assert_true(count_of(&b, COUNT_DETECT_LOST) > 0);
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
        findings_finish(b.findings);
        for (const char *at = b.told; (at = strchr(at, ':')); at++)
            counted += strtoul(at + 4, NULL, 10);
        assert_int_equal(counted + count_of(&b, COUNT_DETECT_LOST), hit);
        end(&b);
    }
}

/* An address asks once, and another one, without end: each is told, and nothing is lost for it. */
static void makes_room_for_the_next(void **state)
{
    (void)state;
    struct bench b;
    begin_with(&b, &(struct finding_options){.window = WINDOW}, 1 << 18);
    hits(&b, &LOW, 0, 443, 0, 1);
    for (unsigned i = 1; i < 20000; i++) {
        *b.told = 0;
        hits(&b, &LOW, (uint8_t)(1 + i % 255), (uint16_t)(1 + i / 255), 1, 1);
        assert_string_not_equal(b.told, "");
        if (i % 50 == 0)
            hits(&b, &LOW, 0, 443, 2, 1); /* who goes on keeps the one that there is */
        findings_trim(b.findings);
        assert_true(b.memory.used <= b.memory.limit - b.memory.limit / 8);
    }
    assert_int_equal(count_of(&b, COUNT_DETECT_LOST), 0);
    assert_true(count_of(&b, COUNT_FINDINGS_HURRIED) > 15000);
    *b.told = 0;
    findings_finish(b.findings);
    assert_non_null(strstr(b.told, "low 0:443 400.\n"));
    end(&b);
}

/* What was held might have been a monitor: short of memory it is not told, and not kept silent about either. */
static void hurries_nobody_who_may_be_harmless(void **state)
{
    (void)state;
    struct bench b;
    begin_with(&b, &(struct finding_options){.window = WINDOW}, 1 << 16);
    b.hold = true;
    for (unsigned i = 1; i < 1000; i++) {
        hits(&b, &LOW, (uint8_t)(1 + i % 255), (uint16_t)(1 + i / 255), 1, 1);
        findings_trim(b.findings);
    }
    assert_string_equal(b.told, "");
    assert_true(count_of(&b, COUNT_FINDINGS_HURRIED) > 900);
    assert_int_equal(count_of(&b, COUNT_DETECT_LOST), count_of(&b, COUNT_FINDINGS_HURRIED));
    end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_what_is_lost),
        cmocka_unit_test(parts_without_memory),
        cmocka_unit_test(makes_room_for_the_next),
        cmocka_unit_test(hurries_nobody_who_may_be_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
