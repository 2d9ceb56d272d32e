/* Sources that did the same, in the report. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "tests/unit/text_rig.h"

static const struct rule_about rule = {.id = "i",
                                       .title = "Request without a credential",
                                       .description = "What it means.",
                                       .file = "rules/one.yaml",
                                       .level = LEVEL_MEDIUM};

static void tell_finding(void *s, struct finding *f)
{
    f->complete = true;
    report_text.finding(s, &out, f);
}

static const struct rule_about other = {.id = "i", .title = "Other", .description = "", .level = LEVEL_LOW};

/* Of a source that does the same as another only who, when and how often is told, below that one's block. */
static void the_same_of_others(void **state)
{
    (void)state;
    struct finding f = finding_of(&rule, 3, 2 * 86400);
    f.alike = 5;
    void *s = begin(false, false, false);
    report_text.section(s, &out, SECTION_FINDINGS, 60);
    for (uint8_t i = 0; i < 3; i++) {
        f.source[15] = i;
        f.rule = &rule;
        tell_finding(s, &f);
        f.rule = &other;
        tell_finding(s, &f);
    }
    f.rule = &rule;
    f.last = f.first;
    f.count = 1234567;
    memset(f.source, 0xFE, sizeof f.source);
    for (uint8_t i = 0; i < 50; i++) {
        f.source[0] = i; /* only the first is looked at */
        size_t before = out.size;
        tell_finding(s, &f);
        if (i > 0)
            out.size = before;
    }
    report_text.section(s, &out, SECTION_SOURCES, 0);
    check_width();
    end(s, "FINDINGS\n"
           "\n"
           "  60 findings, most severe first, those of one source or endpoint together.\n"
           "\n"
           "MEDIUM  Request without a credential\n"
           "  192.0.2.0 -> 192.0.2.100:6443 (answers as an API server)\n"
           "  3 requests, 2026-11-24 04:32:54 to 2026-11-26 04:32:54 UTC\n"
           "\n"
           "  What it means.\n"
           "\n"
           "  Also, and how often:\n"
           "    LOW        3  Other\n"
           "\n"
           "  The same from other addresses, with so many requests:\n"
           "    192.0.2.1               3  2026-11-24 04:32:54 to 2026-11-26 04:32:54 UTC\n"
           "    192.0.2.2               3  2026-11-24 04:32:54 to 2026-11-26 04:32:54 UTC\n"
           "    fe:fefe:fefe:fefe:fefe:fefe:fefe:fefe\n"
           "                      1234567  2026-11-24 04:32:54 UTC\n"
           "    and 2 more; -v shows all.\n");
}

/* Where something else was told since, the list says what it is about. */
static void the_same_as_further_up(void **state)
{
    (void)state;
    static const struct {
        uint8_t address;
        uint64_t alike;
    } told[] = {{1, 6}, {2, 5}, {3, 0}, {4, 5}, {5, 6}, {6, 7}, {7, 5}, {8, 7}};
    void *s = begin(false, false, false);
    report_text.section(s, &out, SECTION_FINDINGS, 8);
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        struct finding f = finding_of(&rule, 3, 2 * 86400);
        f.rule = &other;
        f.exchanges = 0; /* nobody read a request of it */
        f.last = f.first;
        f.source[15] = told[i].address;
        f.alike = told[i].alike;
        tell_finding(s, &f);
    }
    end(s, "FINDINGS\n"
           "\n"
           "  8 findings, most severe first, those of one source or endpoint together.\n"
#define BLOCK(n)                                                                                                       \
    "\n"                                                                                                               \
    "LOW  Other\n"                                                                                                     \
    "  192.0.2." n " -> endpoints of no configured cluster\n"                                                          \
    "  3 connections, 2026-11-24 04:32:54 UTC\n"
#define LIST(of, n)                                                                                                    \
    "\n"                                                                                                               \
    "LOW  Other\n"                                                                                                     \
    "  The same as from 192.0.2." of " above, with so many connections:\n"                                             \
    "    192.0.2." n "               3  2026-11-24 04:32:54 UTC\n"
        BLOCK("1") BLOCK("2") BLOCK("3") LIST("2", "4") LIST("1", "5") BLOCK("6") LIST("2", "7") LIST("6", "8"));
}

/* Where a source did the same elsewhere only where, when and how often is told; of another source that did, both. */
static void the_same_elsewhere(void **state)
{
    (void)state;
    static const struct {
        uint8_t source;
        uint16_t port;
    } told[] = {{1, 443}, {1, 6443}, {1, 8443}, {2, 443}, {2, 6443}, {1, 16443}};
    void *s = begin(false, false, false);
    report_text.section(s, &out, SECTION_FINDINGS, 7);
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        struct finding f = finding_of(&rule, 3, 0);
        f.rule = &other;
        f.source[15] = told[i].source;
        f.endpoint.port = told[i].port;
        f.alike = 5;
        tell_finding(s, &f);
    }
    struct finding f = finding_of(&rule, 3, 0);
    f.rule = &other;
    f.source[15] = 9;
    tell_finding(s, &f); /* something else */
    f.alike = 5;
    f.source[15] = 1;
    f.endpoint.port = 1;
    memset(f.endpoint.ip, 0xFE, sizeof f.endpoint.ip);
    tell_finding(s, &f);
    report_text.section(s, &out, SECTION_SOURCES, 0);
    check_width();
    end(s, "FINDINGS\n"
           "\n"
           "  7 findings, most severe first, those of one source or endpoint together.\n"
           "\n"
           "LOW  Other\n"
           "  192.0.2.1 -> 192.0.2.100:443 (answers as an API server)\n"
           "  3 requests, 2026-11-24 04:32:54 UTC\n"
           "\n"
           "  The same at other endpoints, with so many requests:\n"
           "    192.0.2.100:6443        3  2026-11-24 04:32:54 UTC\n"
           "    192.0.2.100:8443        3  2026-11-24 04:32:54 UTC\n"
           "\n"
           "  The same from other addresses, with so many requests:\n"
           "    192.0.2.2               3  2026-11-24 04:32:54 UTC\n"
           "    192.0.2.2 -> 192.0.2.100:6443\n"
           "                            3  2026-11-24 04:32:54 UTC\n"
           "\n"
           "  The same at other endpoints, with so many requests:\n"
           "    192.0.2.100:16443       3  2026-11-24 04:32:54 UTC\n"
           "\n"
           "LOW  Other\n"
           "  192.0.2.9 -> 192.0.2.100:6443 (answers as an API server)\n"
           "  3 requests, 2026-11-24 04:32:54 UTC\n"
           "\n"
           "LOW  Other\n"
           "  The same as from 192.0.2.1 above, at other endpoints, with so many requests:\n"
           "    [fefe:fefe:fefe:fefe:fefe:fefe:fefe:fefe]:1\n"
           "                            3  2026-11-24 04:32:54 UTC\n");
}

/* With -v each is told in full; so is what is no source, and what nobody knows to be the same. */
static void the_same_in_full(void **state)
{
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        struct finding f = finding_of(&rule, 3, 0);
        f.subject = kind == 1 ? SUBJECT_ENDPOINT : SUBJECT_SOURCE;
        f.alike = kind == 2 ? 0 : 5;
        void *s = begin(false, kind == 0, false);
        report_text.section(s, &out, SECTION_FINDINGS, 2);
        tell_finding(s, &f);
        size_t before = out.size;
        f.source[15] = 1;
        f.endpoint.port = 1;
        tell_finding(s, &f);
        assert_non_null(memmem(out.bytes + before, out.size - before, "\n  3 requests, ", strlen("\n  3 requests, ")));
        out.size = 0;
        end(s, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_of_others),
        cmocka_unit_test(the_same_as_further_up),
        cmocka_unit_test(the_same_elsewhere),
        cmocka_unit_test(the_same_in_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
