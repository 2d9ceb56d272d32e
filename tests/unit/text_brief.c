/* Findings that get a line instead of a block, in the report. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "tests/unit/text_rig.h"

static const struct rule_about rule = {.id = "i",
                                       .title = "Request without a credential",
                                       .description = "",
                                       .file = "rules/one.yaml",
                                       .level = LEVEL_MEDIUM};
static const struct rule_about lesser = {
    .id = "j", .title = "Lesser", .description = "", .file = "rules/one.yaml", .level = LEVEL_LOW};
static const struct rule_about severe = {
    .id = "k", .title = "Severe", .description = "", .file = "rules/one.yaml", .level = LEVEL_CRITICAL};

static void tell(void *s, const struct rule_about *about, uint16_t source, uint64_t count)
{
    struct finding f = finding_of(about, count, 0);
    f.source[14] = (uint8_t)(source >> 8);
    f.source[15] = (uint8_t)source;
    f.complete = true;
    report_text.finding(s, &out, &f);
}

static size_t lines_with(const char *text)
{
    size_t count = 0;
    buffer_add(&out, "", 1);
    out.size--;
    assert_false(out.failed);
    for (const char *at = out.bytes; (at = strstr(at, text)); at++)
        count++;
    return count;
}

/* What was told up to now is as it should be: only what follows is compared. */
static void drop(void)
{
    check_width();
    out.size = 0;
}

static void *begin_with_blocks(bool verbose)
{
    void *s = begin(false, verbose, false);
    report_text.section(s, &out, SECTION_FINDINGS, 2000);
    for (uint16_t i = 0; i < 100; i++)
        tell(s, &rule, i, 1);
    assert_int_equal(lines_with("\nMEDIUM  Request without a credential\n"), 100);
    return s;
}

/* Behind a hundred blocks each subject is a line, with its most severe rule; what else holds for the last block is
 * told below that. */
static void many_get_a_line_each(void **state)
{
    (void)state;
    void *s = begin_with_blocks(false);
    drop();
    tell(s, &lesser, 99, 5);
    tell(s, &rule, 256, 1);
    tell(s, &lesser, 256, 9);
    tell(s, &rule, 256, 7); /* of another window */
    tell(s, &rule, 257, 2);
    tell(s, &severe, 257, 3);
    report_text.section(s, &out, SECTION_SOURCES, 0);
    check_width();
    end(s, "\n"
           "  Also, and how often:\n"
           "    LOW        5  Lesser\n"
           "\n"
           "  Further findings, a line for each source or endpoint; -v tells all of each:\n"
           "\n"
           "  MEDIUM  192.0.1.0 -> 192.0.2.100:6443\n"
           "            Request without a credential (1 request)\n"
           "  CRITICAL  192.0.1.1 -> 192.0.2.100:6443  Severe (3 requests)\n");
}

/* Long addresses and titles, clusters, and what is about connections. */
static void lines_have_their_width(void **state)
{
    (void)state;
    static const struct rule_about longer = {
        .id = "l",
        .title = "A title of a rule that somebody wrote who had much to say, more than is good",
        .description = "",
        .file = "rules/one.yaml",
        .level = LEVEL_HIGH};
    void *s = begin_with_blocks(false);
    drop();
    struct finding f = finding_of(&longer, 1234567, 0);
    f.complete = true;
    f.subject = SUBJECT_ENDPOINT;
    report_text.finding(s, &out, &f);
    f.subject = SUBJECT_SOURCE;
    memset(f.source, 0xFE, sizeof f.source);
    memset(f.endpoint.ip, 0xFE, sizeof f.endpoint.ip);
    report_text.finding(s, &out, &f);
    f.cluster = "production";
    f.rule = &severe;
    f.exchanges = 0;
    f.count = 1;
    report_text.finding(s, &out, &f);
    f.subject = SUBJECT_CLUSTER;
    report_text.finding(s, &out, &f);
    report_text.section(s, &out, SECTION_SOURCES, 0);
    check_width();
    end(s, "\n"
           "  Further findings, a line for each source or endpoint; -v tells all of each:\n"
           "\n"
           "  HIGH    192.0.2.100:6443\n"
           "            A title of a rule that somebody wrote who had ... (1234567 requests)\n"
           "  HIGH    fefe:fefe:fefe:fefe:fefe:fefe:fefe:fefe ->\n"
           "            [fefe:fefe:fefe:fefe:fefe:fefe:fefe:fefe]:6443\n"
           "            A title of a rule that somebody wrote who had ... (1234567 requests)\n"
           "  CRITICAL  fefe:fefe:fefe:fefe:fefe:fefe:fefe:fefe -> cluster production\n"
           "              Severe (1 connection)\n"
           "  CRITICAL  cluster production  Severe (1 connection)\n");
}

/* So many of one level hide no other. */
static void lines_are_bounded_by_level(void **state)
{
    (void)state;
    void *s = begin_with_blocks(false);
    drop();
    for (uint16_t i = 0; i < 1002; i++)
        tell(s, &lesser, (uint16_t)(1000 + i), 1);
    tell(s, &severe, 999, 1);
    report_text.section(s, &out, SECTION_SOURCES, 0);
    assert_int_equal(lines_with("  LOW     192."), 1000);
    assert_int_equal(lines_with("  CRITICAL  192.0.3.231 -> 192.0.2.100:6443  Severe (1 request)\n"), 1);
    assert_int_equal(lines_with("\n  and 2 more; -v shows all.\n"), 1);
    drop();
    end(s, "");
}

/* What has to be told before the end comes in no order; then blocks follow. */
static void when_memory_is_short(void **state)
{
    (void)state;
    void *s = begin(false, false, false);
    tell(s, &lesser, 1, 1);
    tell(s, &rule, 1, 3);
    tell(s, &lesser, 2, 1);
    report_text.section(s, &out, SECTION_FINDINGS, 2);
    tell(s, &rule, 2, 4);
    tell(s, &lesser, 2, 4);
    report_text.section(s, &out, SECTION_SOURCES, 0);
    check_width();
    end(s, "FINDINGS\n"
           "\n"
           "  Memory was short: what was told before the end, in no order, a line for each\n"
           "  source or endpoint; -v tells all of each:\n"
           "\n"
           "  MEDIUM  192.0.0.1 -> 192.0.2.100:6443\n"
           "            Request without a credential (3 requests)\n"
           "  LOW     192.0.0.2 -> 192.0.2.100:6443  Lesser (1 request)\n"
           "\n"
           "  2 findings, most severe first, those of one source or endpoint together.\n"
           "\n"
           "MEDIUM  Request without a credential\n"
           "  192.0.0.2 -> 192.0.2.100:6443 (answers as an API server)\n"
           "  4 requests, 2026-11-24 04:32:54 UTC\n"
           "\n"
           "  Also, and how often:\n"
           "    LOW        4  Lesser\n");
}

static void verbose_has_blocks(void **state)
{
    (void)state;
    void *s = begin(false, true, false);
    tell(s, &lesser, 1, 1);
    for (uint16_t i = 0; i < 150; i++)
        tell(s, &rule, (uint16_t)(1000 + i), 1);
    assert_int_equal(lines_with("\nMEDIUM  Request without a credential\n"), 150);
    assert_int_equal(lines_with("\nLOW  Lesser\n"), 1);
    report_text.section(s, &out, SECTION_SOURCES, 0);
    drop();
    end(s, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(many_get_a_line_each), cmocka_unit_test(lines_have_their_width),
                                       cmocka_unit_test(lines_are_bounded_by_level),
                                       cmocka_unit_test(when_memory_is_short), cmocka_unit_test(verbose_has_blocks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
