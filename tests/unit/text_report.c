/* Whole reports as a reader should get them: written before the program printed them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "proto/packet/tunnel.h"
#include "tests/unit/text_rig.h"

static const struct rule_about rule = {
    .id = "0d6ea1d4-6b8a-4c39-9f0b-5a4a4a1a2c11",
    .title = "Request without a credential",
    .description =
        "Somebody asked without showing who they are. Look up the source address; if it is not yours, close the "
        "port to it.",
    .file = "rules/unauthenticated.yaml",
    .level = LEVEL_MEDIUM};

static struct finding make_finding(void)
{
    struct finding f = finding_of(&rule, 24, 16);
    list(&f.agents, "curl/8.5.0", 4);
    list(&f.agents, "python-requests/2.31.0", 20);
    list(&f.statuses, "403", 20);
    list(&f.statuses, "200", 4);
    return f;
}

static void free_finding(struct finding *f)
{
    value_list_clear(&f->agents, &memory);
    value_list_clear(&f->urls, &memory);
    value_list_clear(&f->verbs, &memory);
    value_list_clear(&f->statuses, &memory);
    value_list_clear(&f->reasons, &memory);
    value_list_clear(&f->forwarded, &memory);
}

static void tell_finding(void *s, const struct finding *f, bool complete)
{
    struct finding told = *f;
    told.complete = complete;
    report_text.finding(s, &out, &told);
}

static void a_finding(void **state)
{
    (void)state;
    struct finding f = make_finding();
    list(&f.urls, "/api/v1/pods", 10);
    list(&f.urls, "/evil\033[2J", 14);
    list(&f.verbs, "list", 24);
    list(&f.reasons, "Forbidden", 20);
    list(&f.forwarded, "198.51.100.9", 3);
    list(&f.statuses, "409", 3);
    list(&f.statuses, "410", 2);
    list(&f.statuses, "304", 1);
    void *s = begin(false, false, false);
    report_text.section(s, &out, SECTION_FINDINGS, 1);
    tell_finding(s, &f, false); /* offline only the last word counts */
    tell_finding(s, &f, true);
    check_width();
    free_finding(&f);
    end(s, "FINDINGS\n"
           "\n"
           "MEDIUM  Request without a credential\n"
           "  192.0.2.7 -> 192.0.2.100:6443 (answers as an API server)\n"
           "  24 requests, 2026-11-24 04:32:54 to 04:33:10 UTC\n"
           "\n"
           "  User agents         20  python-requests/2.31.0\n"
           "                       4  curl/8.5.0\n"
           "  URIs                14  /evil\\x1b[2J\n"
           "                      10  /api/v1/pods\n"
           "  Verbs               24  list\n"
           "  Answers             20  403 (not allowed)\n"
           "                       4  200 (answered)\n"
           "                       3  409 (there already, or changed meanwhile)\n"
           "                       2  410 (too old)\n"
           "                       1  304 (nothing new)\n"
           "  Reasons             20  Forbidden\n"
           "  Forwarded for        3  198.51.100.9\n"
           "\n"
           "  Somebody asked without showing who they are. Look up the source address; if\n"
           "  it is not yours, close the port to it.\n");
}

/* A rule is explained once; verbose says which it is. */
static void the_same_rule_again(void **state)
{
    (void)state;
    struct finding f = {.cluster = "",
                        .provider = "",
                        .rule = &rule,
                        .basis = ENDPOINT_PORT,
                        .count = 1,
                        .exchanges = 1,
                        .first = TIME,
                        .last = TIME};
    memset(f.source, 0xFE, sizeof f.source);
    memset(f.endpoint.ip, 0xFD, sizeof f.endpoint.ip);
    f.endpoint.port = 16443;
    void *s = begin(false, true, false);
    report_text.section(s, &out, SECTION_FINDINGS, 3);
    tell_finding(s, &f, true);
    for (int window = 0; window < 2; window++) {
        f.last += INT64_C(86400) * SECOND;
        tell_finding(s, &f, true);
    }
    report_text.section(s, &out, SECTION_SOURCES, 0);
    check_width();
    end(s, "FINDINGS\n"
           "\n"
           "  3 findings, most severe first, those of one source or endpoint together.\n"
           "\n"
           "MEDIUM  Request without a credential\n"
           "  fefe:fefe:fefe:fefe:fefe:fefe:fefe:fefe ->\n"
           "    [fdfd:fdfd:fdfd:fdfd:fdfd:fdfd:fdfd:fdfd]:16443 (an API server by its port)\n"
           "  1 request, 2026-11-24 04:32:54 UTC\n"
           "\n"
           "  Somebody asked without showing who they are. Look up the source address; if\n"
           "  it is not yours, close the port to it.\n"
           "\n"
           "  Rule 0d6ea1d4-6b8a-4c39-9f0b-5a4a4a1a2c11\n"
           "  rules/unauthenticated.yaml\n"
           "\n"
           "  Not to be told of it again, in the configuration below suppressions:\n"
           "- rule: \"0d6ea1d4-6b8a-4c39-9f0b-5a4a4a1a2c11\"\n"
           "  source: \"fefe:fefe:fefe:fefe:fefe:fefe:fefe:fefe\"\n"
           "  endpoint: \"fdfd:fdfd:fdfd:fdfd:fdfd:fdfd:fdfd:fdfd\"\n"
           "  port: 16443\n"
           "  reason: known, and no concern # say why\n"
           "\n"
           "  Also, and how often:\n"
           "    MEDIUM     2  Request without a credential (2 other windows)\n");
}

/* Nor is it explained again when another one stood between them. */
static void a_rule_once_more(void **state)
{
    (void)state;
    static const struct rule_about other = {
        .id = "i", .title = "Other", .description = "It means something else.", .level = LEVEL_MEDIUM};
    void *s = begin(false, false, false);
    report_text.section(s, &out, SECTION_FINDINGS, 1);
    for (uint8_t i = 0; i < 4; i++) {
        struct finding f = make_finding();
        f.source[15] = i;
        f.rule = i % 2 ? &other : &rule;
        tell_finding(s, &f, true);
        free_finding(&f);
    }
    const char *text = out.bytes;
    for (size_t i = 0; i < 2; i++) {
        const char *means = i ? "It means something else." : "Somebody asked without showing who they are.";
        const char *first = memmem(text, out.size, means, strlen(means));
        assert_non_null(first);
        assert_null(memmem(first + 1, out.size - (size_t)(first + 1 - text), means, strlen(means)));
    }
    out.size = 0;
    end(s, "");
}

/* What else holds for a subject is a line below its block; the next subject has a block of its own. */
static void one_block_a_subject(void **state)
{
    (void)state;
    static const struct rule_about other = {
        .id = "i", .title = "Scanner user agent", .description = "", .level = LEVEL_LOW};
    struct rule_about wide = other, informational = other;
    wide.title = "A title of fifty characters, and then some more of them: it";
    informational.title = wide.title;
    informational.level = LEVEL_INFORMATIONAL;
    struct finding f = {.cluster = "one",
                        .provider = "",
                        .rule = &rule,
                        .basis = ENDPOINT_CONFIGURED,
                        .count = 2,
                        .exchanges = 2,
                        .first = TIME,
                        .last = TIME};
    memset(f.source, 0xFE, sizeof f.source);
    void *s = begin(false, false, false);
    report_text.section(s, &out, SECTION_FINDINGS, 5);
    tell_finding(s, &f, true);
    f.rule = &other;
    f.count = 1;
    tell_finding(s, &f, true);
    f.rule = &informational;
    f.count = 1234567;
    tell_finding(s, &f, true);
    f.rule = &wide;
    f.count = 42;
    tell_finding(s, &f, true);
    f.rule = &other;
    f.count = 1;
    f.cluster = "two";
    f.front = FRONT_SUSPECTED;
    tell_finding(s, &f, true);
    f.cluster = "three";
    f.front = FRONT_UNNAMED;
    tell_finding(s, &f, true);
    check_width();
    end(s, "FINDINGS\n"
           "\n"
           "  5 findings, most severe first, those of one source or endpoint together.\n"
           "\n"
           "MEDIUM  Request without a credential\n"
           "  fefe:fefe:fefe:fefe:fefe:fefe:fefe:fefe -> cluster one\n"
           "  2 requests, 2026-11-24 04:32:54 UTC\n"
           "\n"
           "  Somebody asked without showing who they are. Look up the source address; if\n"
           "  it is not yours, close the port to it.\n"
           "\n"
           "  Also, and how often:\n"
           "    LOW        1  Scanner user agent\n"
           "    INFORMATIONAL 1234567  A title of fifty characters, and then some more of...\n"
           "    LOW       42  A title of fifty characters, and then some more of them: it\n"
           "\n"
           "LOW  Scanner user agent\n"
           "  fefe:fefe:fefe:fefe:fefe:fefe:fefe:fefe -> cluster two\n"
           "  A front, or somebody who makes up for whom he asks (listed below). If it is\n"
           "  yours, put it into the cluster map, and those behind it are told apart.\n"
           "  1 request, 2026-11-24 04:32:54 UTC\n"
           "\n"
           "LOW  Scanner user agent\n"
           "  fefe:fefe:fefe:fefe:fefe:fefe:fefe:fefe -> cluster three\n"
           "  A front of the cluster map: whom it asked for was not captured.\n"
           "  1 request, 2026-11-24 04:32:54 UTC\n");
}

/* The same endpoint in another overlay network is another subject; in the same one it is not. */
static void one_block_a_network(void **state)
{
    (void)state;
    static const struct rule_about other = {.id = "i", .title = "Other", .description = "", .level = LEVEL_LOW};
    for (uint32_t network = 7; network <= 8; network++) {
        struct finding f = make_finding();
        void *s = begin(false, false, false);
        report_text.section(s, &out, SECTION_FINDINGS, 2);
        f.tunnel_kind = TUNNEL_VXLAN;
        f.tunnel_id = 7;
        tell_finding(s, &f, true);
        f.rule = &other;
        f.tunnel_id = network;
        tell_finding(s, &f, true);
        report_text.section(s, &out, SECTION_SOURCES, 0);
        bool below = memmem(out.bytes, out.size, "Also, and how often:", 20) != NULL;
        assert_int_equal(below, network == 7);
        free_finding(&f);
        out.size = 0;
        end(s, "");
    }
}

/* Eight values are shown; of the rest it is said how many, as far as that is known. */
static void long_lists(void **state)
{
    (void)state;
    struct finding f = {.cluster = "",
                        .provider = "",
                        .rule = &(struct rule_about){.title = "T", .description = "", .level = LEVEL_LOW},
                        .endpoint = server_endpoint,
                        .basis = ENDPOINT_CONFIGURED,
                        .count = 99,
                        .exchanges = 99,
                        .first = TIME,
                        .last = TIME};
    memcpy(f.source, source_ip, sizeof f.source);
    char wide[100];
    memset(wide, 'w', sizeof wide - 1);
    wide[sizeof wide - 1] = 0;
    list(&f.urls, wide, 20);
    for (unsigned i = 0; i < 9; i++)
        list(&f.urls, (char[]){'/', (char)('a' + i), 0}, 10 - i);
    for (unsigned i = 0; i < 20; i++)
        list(&f.verbs, (char[]){(char)('a' + i), 0}, 1);
    void *s = begin(false, false, false);
    report_text.section(s, &out, SECTION_FINDINGS, 1);
    tell_finding(s, &f, true);
    check_width();
    free_finding(&f);
    end(s, "FINDINGS\n"
           "\n"
           "LOW  T\n"
           "  192.0.2.7 -> 192.0.2.100:6443 (an API server by configuration)\n"
           "  99 requests, 2026-11-24 04:32:54 UTC\n"
           "\n"
           "  URIs                20  wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww...\n"
           "                      10  /a\n"
           "                       9  /b\n"
           "                       8  /c\n"
           "                       7  /d\n"
           "                       6  /e\n"
           "                       5  /f\n"
           "                       4  /g\n"
           "                          and 2 more\n"
           "  Verbs                1  a\n"
           "                       1  b\n"
           "                       1  c\n"
           "                       1  d\n"
           "                       1  e\n"
           "                       1  f\n"
           "                       1  g\n"
           "                       1  h\n"
           "                          and at least 9 more\n");
}

static void no_findings(void **state)
{
    (void)state;
    void *s = begin(false, false, false);
    report_text.section(s, &out, SECTION_FINDINGS, 0);
    report_text.section(s, &out, SECTION_SOURCES, 0);
    end(s, "FINDINGS\n\n  No findings.\n");
}

static void live(void **state)
{
    (void)state;
    struct finding f = make_finding();
    f.count = 1;
    void *s = begin(true, false, false);
    tell_finding(s, &f, false);
    f.count = 10;
    tell_finding(s, &f, false);
    f.count = 12;
    tell_finding(s, &f, true);
    report_text.section(s, &out, SECTION_FINDINGS, 0);
    free_finding(&f);
    end(s,
        "2026-11-24 04:33:10 MEDIUM 192.0.2.7 -> 192.0.2.100:6443 Request without a credential (1 request)\n"
        "2026-11-24 04:33:10 MEDIUM 192.0.2.7 -> 192.0.2.100:6443 Request without a credential (10 requests)\n"
        "2026-11-24 04:33:10 MEDIUM 192.0.2.7 -> 192.0.2.100:6443 Request without a credential (12 requests in all)\n"
        "\n"
        "FINDINGS\n"
        "\n"
        "  No findings but those above.\n");
}

/* At the end of a live run findings are blocks, as offline. */
static void live_end(void **state)
{
    (void)state;
    struct finding f = make_finding();
    void *s = begin(true, false, false);
    report_text.section(s, &out, SECTION_FINDINGS, 1);
    tell_finding(s, &f, true);
    assert_non_null(strstr(out.bytes, "\nMEDIUM  Request without a credential\n"));
    free_finding(&f);
    report_text.close(s);
    buffer_deinit(&out);
}

static void colour(void **state)
{
    (void)state;
    struct finding f = {.cluster = "",
                        .provider = "",
                        .rule = &(struct rule_about){.title = "T\033[0m", .description = "", .level = LEVEL_HIGH},
                        .endpoint = server_endpoint,
                        .basis = ENDPOINT_UNPROVEN,
                        .count = 1,
                        .exchanges = 1,
                        .first = TIME,
                        .last = TIME};
    memcpy(f.source, source_ip, sizeof f.source);
    void *s = begin(false, false, true);
    report_text.section(s, &out, SECTION_FINDINGS, 1);
    tell_finding(s, &f, true);
    end(s, "\033[1mFINDINGS\033[0m\n"
           "\n"
           "\033[1;31mHIGH\033[0m  T\\x1b[0m\n"
           "  192.0.2.7 -> 192.0.2.100:6443 (not shown to be an API server)\n"
           "  1 request, 2026-11-24 04:32:54 UTC\n");
}

static void summary(void **state)
{
    (void)state;
    struct counters c = {0};
    c.of[COUNT_FRAMES] = 12345;
    c.of[COUNT_FLOWS] = 3;
    c.of[COUNT_HTTP1] = 2;
    c.of[COUNT_TLS] = 2;
    c.of[COUNT_TLS_OPENED] = c.of[COUNT_TLS_CLOSED] = 1;
    c.of[COUNT_EXCHANGES] = 24;
    c.of[COUNT_STATE_ANONYMOUS] = 20;
    c.of[COUNT_STATE_REJECTED] = 3;
    c.of[COUNT_STATE_UNKNOWN] = 1;
    c.of[COUNT_FINDINGS_REGULAR] = 5;
    c.of[COUNT_FINDINGS_MISCONFIGURED] = 4;
    c.of[COUNT_FINDINGS_REFUTED] = 6;
    c.of[COUNT_FINDINGS_SUPPRESSED] = 1;
    c.of[COUNT_GAPS] = 2;
    c.of[COUNT_GAP_BYTES] = 2920;
    static const char *const inputs[] = {"one.pcap", "two\n.pcap"};
    struct statistics s = {.counters = &c, .first = TIME, .last = TIME + SECOND, .inputs = inputs, .input_count = 2};
    void *keep = begin(false, false, false);
    report_text.statistics(keep, &out, &s); /* not yet the end: nothing */
    s.at_end = true;
    report_text.statistics(keep, &out, &s);
    check_width();
    end(keep, "WHAT WAS SEEN\n"
              "\n"
              "  one.pcap\n"
              "  two\\x0a.pcap\n"
              "  2026-11-24 04:32:54 to 04:32:55 UTC\n"
              "       12345  packets\n"
              "           3  connections\n"
              "           2  of them HTTP/1\n"
              "           2  of them TLS\n"
              "           1  of these opened with a key\n"
              "          24  requests\n"
              "          20  of them without a credential\n"
              "           3  of them answered 401: credential missing or not accepted\n"
              "           1  of them where that cannot be told\n"
              "           5  findings left out: health checks, by their period or as expected\n"
              "           4  findings left out: the first requests of a client told of above\n"
              "           6  findings left out: the source showed a credential later\n"
              "           1  finding left out: suppressed by the configuration\n"
              "\n"
              "WHAT COULD NOT BE SEEN\n"
              "\n"
              "           1  TLS connection: encrypted, not opened\n"
              "           1  request that may or may not have carried a credential\n"
              "           2  holes in connections, where packets are missing from the capture\n"
              "        2920  bytes missing there\n");
}

static void nothing_was_missed(void **state)
{
    (void)state;
    struct counters c = {0};
    static const char *const inputs[] = {"eth0"};
    struct statistics s = {.counters = &c, .inputs = inputs, .input_count = 1, .live = true, .at_end = true};
    void *keep = begin(true, false, false);
    report_text.statistics(keep, &out, &s);
    end(keep, "WHAT WAS SEEN\n"
              "\n"
              "  Interface eth0\n"
              "  No packets.\n"
              "\n"
              "WHAT COULD NOT BE SEEN\n"
              "\n"
              "  Nothing: every packet was read.\n");
}

/* Each counter of a loss has its line, whatever the others say. */
static void each_loss_is_told(void **state)
{
    (void)state;
    static const enum counter losses[] = {COUNT_INPUT_ERRORS,
                                          COUNT_TLS_CLOSED,
                                          COUNT_KEYS_MALFORMED,
                                          COUNT_KEYS_CONTRADICTING,
                                          COUNT_KEYS_UNASKED,
                                          COUNT_KEYS_FORGOTTEN,
                                          COUNT_OUTPUT_CAPPED,
                                          COUNT_OUTPUT_DROPPED,
                                          COUNT_GAPS,
                                          COUNT_GAP_BYTES,
                                          COUNT_FRAMES_CUT,
                                          COUNT_UNANSWERED,
                                          COUNT_ANSWERS_ALONE,
                                          COUNT_UNPAIRED,
                                          COUNT_FLOWS_MIDSTREAM,
                                          COUNT_FRAGMENTS_EXPIRED,
                                          COUNT_FRAGMENTS_EVICTED,
                                          COUNT_FRAGMENTS_CONFLICTING,
                                          COUNT_WALK_FULL,
                                          COUNT_WALK_CHECKSUM,
                                          COUNT_WALK_SEALED,
                                          COUNT_WALK_UNREAD,
                                          COUNT_KERNEL_DROPS,
                                          COUNT_INTERFACE_DROPS,
                                          COUNT_TIME_JUMPS,
                                          COUNT_STATE_UNKNOWN,
                                          COUNT_WALK_CUT,
                                          COUNT_WALK_BAD,
                                          COUNT_WALK_DEEP,
                                          COUNT_WALK_LINK,
                                          COUNT_EVICTED,
                                          COUNT_EVICTED_HALF_OPEN,
                                          COUNT_GAVE_UP_NOT_MINE,
                                          COUNT_GAVE_UP_MALFORMED,
                                          COUNT_GAVE_UP_LIMIT,
                                          COUNT_GAVE_UP_MEMORY,
                                          COUNT_GAVE_UP_NO_RESUME,
                                          COUNT_OUTSIDE,
                                          COUNT_PROTOCOL_OTHER,
                                          COUNT_DETECT_LOST,
                                          COUNT_SOURCES_FORGOTTEN,
                                          COUNT_ENDPOINTS_FORGOTTEN,
                                          COUNT_FINDINGS_HURRIED,
                                          COUNT_REGEX_GAVE_UP,
                                          COUNT_FINDINGS_UNPROVEN};
    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++) {
        struct counters c = {0};
        c.of[losses[i]] = 1234567890;
        struct statistics s = {.counters = &c, .at_end = true};
        void *keep = begin(false, false, false);
        report_text.statistics(keep, &out, &s);
        check_width();
        buffer_add(&out, "", 1);
        const char *part = strstr(out.bytes, "WHAT COULD NOT BE SEEN\n\n  1234567890  ");
        assert_non_null(part);
        assert_null(strstr(out.bytes, "Nothing"));
        report_text.close(keep);
        buffer_deinit(&out);
    }
}

/* One header is soon made up; who names several others is said to be one. */
static void a_front(void **state)
{
    (void)state;
    static const char *const names[] = {"198.51.100.9", "198.51.100.10"};
    struct finding f = make_finding();
    f.front = FRONT_SUSPECTED;
    for (unsigned i = 0; i < 2; i++) {
        list(&f.forwarded, names[i], 1);
        void *s = begin(false, false, false);
        report_text.section(s, &out, SECTION_FINDINGS, 1);
        tell_finding(s, &f, true);
        check_width();
        bool said = memmem(out.bytes, out.size, "A front: it asks for others", 27);
        assert_int_equal(said, i == 1);
        assert_int_equal(memmem(out.bytes, out.size, "A front, or somebody", 20) != NULL, i == 0);
        report_text.close(s);
        buffer_deinit(&out);
    }
    free_finding(&f);
}

/* What a sealed source was judged by is said in words; every sign has some. */
static void signs_are_words(void **state)
{
    (void)state;
    struct finding f = finding_of(&rule, 3, 0);
    f.exchanges = 0;
    f.signs = 1U << SUSPECT_ANSWERS_OF_401 | 1U << SUSPECT_NO_NAME | 1U << SUSPECT_MANY_ENDPOINTS;
    void *s = begin(false, false, false);
    report_text.section(s, &out, SECTION_FINDINGS, 1);
    tell_finding(s, &f, true);
    check_width();
    buffer_add(&out, "", 1);
    assert_non_null(strstr(out.bytes, "UTC\n"
                                      "  Inferred from answers of a 401's size, no server named (SNI), several\n"
                                      "  endpoints\n"));
    report_text.close(s);
    buffer_deinit(&out);
    f.signs = (1U << SUSPECTS) - 1;
    s = begin(false, false, false);
    report_text.section(s, &out, SECTION_FINDINGS, 1);
    tell_finding(s, &f, true);
    check_width();
    buffer_add(&out, "", 1);
    size_t commas = 0;
    for (const char *at = strstr(out.bytes, "Inferred from"), *end = strstr(at, "\n\n"); at < end; at++)
        commas += *at == ',';
    assert_int_equal(commas, SUSPECTS - 1);
    assert_null(strstr(out.bytes, "(null)"));
    report_text.close(s);
    buffer_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_finding),
        cmocka_unit_test(a_front),
        cmocka_unit_test(signs_are_words),
        cmocka_unit_test(the_same_rule_again),
        cmocka_unit_test(a_rule_once_more),
        cmocka_unit_test(one_block_a_network),
        cmocka_unit_test(one_block_a_subject),
        cmocka_unit_test(long_lists),
        cmocka_unit_test(no_findings),
        cmocka_unit_test(live),
        cmocka_unit_test(live_end),
        cmocka_unit_test(colour),
        cmocka_unit_test(summary),
        cmocka_unit_test(nothing_was_missed),
        cmocka_unit_test(each_loss_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
