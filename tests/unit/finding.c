#include "tests/unit/finding_rig.h"

static void tells_at_powers_of_ten(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    hits(&b, &LOW, 1, 443, 10, 1234);
    assert_string_equal(b.told, "low 1:443 1\nlow 1:443 10\nlow 1:443 100\nlow 1:443 1000\n");
    *b.told = 0;
    findings_finish(b.findings);
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
        findings_reached(b.findings, 10 + i * WINDOW);
        hits(&b, &LOW, (uint8_t)i, 443, 10 + i * WINDOW, 1);
    }
    assert_true(b.memory.used < b.memory.limit * 3 / 4 && strchr(b.told, '.'));
    end(&b);
    begin_with(&b, &options, 1 << 16);
    hits(&b, &LOW, 1, 443, 10, 1);
    hits(&b, &LOW, 2, 443, 10 + WINDOW, 2);
    hits(&b, &LOW, 3, 443, 10 + WINDOW, 1);
    hits(&b, &HIGH, 3, 443, 10 + WINDOW, 1);
    findings_reached(b.findings, 10 + 2 * WINDOW);
    hits(&b, &LOW, 1, 443, 10 + 3 * WINDOW, 1);
    findings_finish(b.findings);
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
    findings_reached(b.findings, 10 + WINDOW - 1);
    assert_string_equal(b.told, "low 1:443 1\nlow 2:443 1\n");
    *b.told = 0;
    findings_reached(b.findings, 10 + WINDOW);
    assert_string_equal(b.told, "low 1:443 2.\n");
    hits(&b, &LOW, 1, 443, 11 + WINDOW, 1); /* another begins */
    assert_string_equal(b.told, "low 1:443 2.\nlow 1:443 1\n");
    /* Without being told of the clock, a hit behind the window begins another, too. */
    *b.told = 0;
    hits(&b, &LOW, 2, 443, 500 + WINDOW, 1);
    assert_string_equal(b.told, "low 2:443 1.\nlow 2:443 1\n");
    *b.told = 0;
    findings_reached(b.findings, 100 * WINDOW);
    assert_string_equal(b.told, "low 1:443 1.\nlow 2:443 1.\n");
    findings_finish(b.findings);
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
    findings_reached(b.findings, 20 + WINDOW);
    assert_string_equal(b.told, "low 1:443 100.\n");
    assert_int_equal(count_of(&b, COUNT_FINDINGS_UNPROVEN), 1);
    b.basis = ENDPOINT_RECOGNISED;
    findings_reached(b.findings, 500 + WINDOW);
    assert_string_equal(b.told, "low 1:443 100.\nlow 3:443 1.\n");
    findings_finish(b.findings);
    assert_string_equal(b.told, "low 1:443 100.\nlow 3:443 1.\nlow 4:443 1.\nlow 5:443 1.\n");
    assert_int_equal(b.closing, 2);
    assert_int_equal(count_of(&b, COUNT_FINDINGS_UNPROVEN), 1);
    end(&b);
    begin(&b);
    b.basis = ENDPOINT_UNPROVEN;
    hits(&b, &LOW, 2, 443, 20, 100);
    findings_finish(b.findings);
    assert_string_equal(b.told, "");
    assert_int_equal(b.closing, 0);
    assert_int_equal(count_of(&b, COUNT_FINDINGS_UNPROVEN), 1);
    end(&b);
}

static void endpoints_of_a_cluster_are_one(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    b.cluster = &(struct cluster){.number = 1, .name = "one", .provider = "eks"};
    hits(&b, &LOW, 1, 443, 10, 2);
    hits(&b, &LOW, 1, 6443, 10, 3);
    b.cluster = &(struct cluster){.number = 2, .name = "two", .provider = ""};
    hits(&b, &LOW, 1, 8443, 10, 4);
    *b.told = 0;
    findings_finish(b.findings);
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
    findings_finish(b.findings);
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
    findings_finish(b.findings);
    assert_string_equal(b.told, "low 2:443 100.\n");
    assert_int_equal(b.closing, 1);
    end(&b);
}

/* Whether it is suppressed is asked whenever it would be told: what its user agents are, say, changes with its hits. */
static void what_is_suppressed_is_not_told(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    b.suppressed = true;
    hits(&b, &LOW, 1, 443, 10, 50);
    hits(&b, &LOW, 2, 443, 20, 50);
    assert_string_equal(b.told, "");
    findings_reached(b.findings, 10 + WINDOW);
    assert_string_equal(b.told, "");
    b.suppressed = false;
    hits(&b, &LOW, 2, 443, 20, 50);
    assert_string_equal(b.told, "low 2:443 100\n");
    findings_finish(b.findings);
    assert_string_equal(b.told, "low 2:443 100\nlow 2:443 100.\n");
    assert_int_equal(b.closing, 1);
    end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_at_powers_of_ten),
        cmocka_unit_test(is_one_a_rule_source_and_endpoint),
        cmocka_unit_test(tells_all_at_the_end),
        cmocka_unit_test(closes_windows),
        cmocka_unit_test(keeps_back_the_unproven),
        cmocka_unit_test(endpoints_of_a_cluster_are_one),
        cmocka_unit_test(a_rule_may_speak_of_the_endpoint),
        cmocka_unit_test(what_is_held_waits),
        cmocka_unit_test(what_is_suppressed_is_not_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
