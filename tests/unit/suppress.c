#include "sensor/detect/suppress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/packet/address.h"
#include "sensor/detect/cluster_map.h"

#define ID  "294c4686-63dd-4fe6-93a2-ca807626704a"
#define DAY (INT64_C(86400) * 1000000000)

/* @param said  what is complained of. */
static struct suppressions *read_text(const char *text, const char *said)
{
    struct complaint_list *complaints = complaint_list_new();
    FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    struct yaml *y = yaml_read(file, "s", complaints);
    fclose(file);
    assert_non_null(y);
    struct document d = {.file = "s", .complaints = complaints};
    struct suppressions *s = suppressions_read(&d, yaml_document(y, 0));
    yaml_release(y); /* all that counts was copied */
    char *told;
    size_t size;
    FILE *out = open_memstream(&told, &size);
    complaint_list_print(complaints, out);
    fclose(out);
    assert_string_equal(told, said);
    free(told);
    complaint_list_free(complaints);
    return s;
}

/* Which one matches, by its line; 0: none. */
static unsigned ask(struct suppressions *s, const char *source, const char *cluster, const char *agent, moment time)
{
    uint8_t ip[16];
    struct slice agents[] = {slice_of(agent != NULL ? agent : "")};
    if (source != NULL)
        assert_true(address_parse(slice_of(source), ip));
    struct suppress_question q = {.rule_id = ID,
                                  .rule_title = "A title",
                                  .source = source != NULL ? ip : NULL,
                                  .cluster = cluster,
                                  .agents = agents,
                                  .agent_count = agent != NULL,
                                  .time = time};
    const struct suppression *found = suppressions_match(s, &q);
    return found != NULL ? found->line : 0;
}

static void matching(void **state)
{
    (void)state;
    struct suppressions *s = read_text("- {rule: " ID ", source: 192.0.2.0/24, reason: r}\n"
                                       "- {rule: A title, cluster: one, reason: r}\n"
                                       "- {rule: another, reason: r}\n"
                                       "- {agent: 'Probe/*', cluster: two, reason: r}\n"
                                       "- {source: '2001:db8::1', agent: a, reason: r}\n",
                                       "");
    assert_int_equal(suppressions_count(s), 5);
    assert_int_equal(ask(s, "192.0.2.7", NULL, NULL, 0), 1);
    assert_int_equal(ask(s, "192.0.2.7", "one", "probe/1", 0), 1); /* the first that matches */
    assert_int_equal(ask(s, "192.0.3.7", NULL, NULL, 0), 0);
    assert_int_equal(ask(s, "192.0.3.7", "one", NULL, 0), 2);
    assert_int_equal(ask(s, NULL, NULL, NULL, 0), 0); /* no source is not every source */
    assert_int_equal(ask(s, NULL, "one", NULL, 0), 2);
    assert_int_equal(ask(s, "192.0.3.7", "One", NULL, 0), 0);
    assert_int_equal(ask(s, "192.0.3.7", "two", "probe/1.0", 0), 4);
    assert_int_equal(ask(s, "192.0.3.7", "two", "a probe/1.0", 0), 0);
    assert_int_equal(ask(s, "192.0.3.7", "two", NULL, 0), 0); /* none sent is no agent of that name */
    assert_int_equal(ask(s, "2001:db8::1", NULL, "A", 0), 5);
    assert_null(suppressions_at(s, 5));
    suppressions_free(s);
    assert_int_equal(ask(NULL, "192.0.2.7", NULL, NULL, 0), 0);
    assert_int_equal(suppressions_count(NULL), 0);
}

/* One agent that does not match, or that is not known any more, and the finding is told. */
static void all_agents(void **state)
{
    (void)state;
    struct suppressions *s = read_text("- {agent: 'probe*', reason: r}", "");
    struct slice agents[] = {slice_of("probe/1"), slice_of("probe/2"), slice_of("other")};
    struct suppress_question q = {.rule_id = "", .rule_title = "", .agents = agents, .agent_count = 2};
    assert_non_null(suppressions_match(s, &q));
    q.more_agents = true;
    assert_null(suppressions_match(s, &q));
    q.more_agents = false;
    q.agent_count = 3;
    assert_null(suppressions_match(s, &q));
    suppressions_free(s);
}

/* Which one matches a finding about an endpoint, by its line. */
static unsigned ask_endpoint(struct suppressions *s, const char *endpoint, uint16_t port)
{
    struct address a = {.port = port};
    if (endpoint != NULL)
        assert_true(address_parse(slice_of(endpoint), a.ip));
    struct suppress_question q = {.rule_id = ID, .rule_title = "", .endpoint = endpoint != NULL ? &a : NULL};
    const struct suppression *found = suppressions_match(s, &q);
    return found != NULL ? found->line : 0;
}

/* One endpoint is known; what the same rule says of any other is told. */
static void endpoints(void **state)
{
    (void)state;
    struct suppressions *s = read_text("- {rule: " ID ", endpoint: 192.0.2.9, port: 8001, reason: r}\n"
                                       "- {endpoint: '2001:db8::/32', reason: r}\n",
                                       "");
    assert_int_equal(ask_endpoint(s, "192.0.2.9", 8001), 1);
    assert_int_equal(ask_endpoint(s, "192.0.2.9", 8002), 0);
    assert_int_equal(ask_endpoint(s, "192.0.2.8", 8001), 0);
    assert_int_equal(ask_endpoint(s, "2001:db8::7", 443), 2);
    assert_int_equal(ask_endpoint(s, NULL, 0), 0); /* several are not this one */
    suppressions_free(s);
    char text[SUPPRESS_TEXT];
    struct address a = {.port = 8001};
    assert_true(address_parse(slice_of("2001:db8::9"), a.ip));
    s = read_text(suppress_text(ID, NULL, NULL, &a, text), "");
    assert_int_equal(ask_endpoint(s, "2001:db8::9", 8001), 1);
    assert_int_equal(ask_endpoint(s, "2001:db8::9", 8002), 0);
    assert_int_equal(ask_endpoint(s, "2001:db8::8", 8001), 0);
    suppressions_free(s);
    suppressions_free(read_text("- {rule: x, port: 80, reason: r}\n"
                                "- {endpoint: 192.0.2.1, port: 0, reason: r}\n"
                                "- {endpoint: '192.0.2.1:80', port: [80], reason: r}\n",
                                "s:1:19: error: found a port without an endpoint, expected the endpoint's address "
                                "beside it\n"
                                "s:2:31: error: found \"0\" as the endpoint's port, expected 1 to 65535\n"
                                "s:3:14: error: found \"192.0.2.1:80\", expected an address or prefix alone: a port "
                                "has a key of its own\n"
                                "s:3:36: error: found a list as the endpoint's port, expected 1 to 65535\n"));
}

/* The last day is part of it. Days by date(1): 1970-01-01 is 0, 2000-02-29 is 11016, 2026-11-24 is 20781. */
static void dates(void **state)
{
    (void)state;
    static const struct {
        const char *date;
        int64_t day;
    } cases[] = {{"1970-01-01", 0},     {"2000-02-29", 11016}, {"2000-03-01", 11017},
                 {"2026-11-24", 20781}, {"1999-12-31", 10956}, {"2100-03-01", 47541}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[128];
        snprintf(text, sizeof text, "- {source: 192.0.2.1, reason: r, until: %s}", cases[i].date);
        struct suppressions *s = read_text(text, "");
        assert_int_equal(ask(s, "192.0.2.1", NULL, NULL, cases[i].day * DAY), 1);
        assert_int_equal(ask(s, "192.0.2.1", NULL, NULL, (cases[i].day + 1) * DAY - 1), 1);
        assert_int_equal(ask(s, "192.0.2.1", NULL, NULL, (cases[i].day + 1) * DAY), 0);
        suppressions_free(s);
    }
    static const char *const bad[] = {"2026-13-01", "2026-00-01", "2026-01-32", "2026-04-00",  "2100-02-29", "2026-1-1",
                                      "1969-12-31", "26-01-01",   "2026/01/01", "2026-01-011", "x"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[128], said[160];
        snprintf(text, sizeof text, "- {source: 192.0.2.1, reason: r, until: %s}", bad[i]);
        snprintf(said, sizeof said, "s:1:41: error: found \"%s\" as the last day, expected a date like 2026-11-24\n",
                 bad[i]);
        suppressions_free(read_text(text, said));
    }
}

/* Pasted as printed, it matches what it was printed for, and nothing beside. */
static void paste(void **state)
{
    (void)state;
    static const char *const clusters[] = {"one", "a \"quoted\\ name: #1", "caf\xc3\xa9", "- x", "null"};
    char text[SUPPRESS_TEXT];
    uint8_t ip[16];
    assert_true(address_parse(slice_of("192.0.2.9"), ip));
    assert_string_equal(suppress_text(ID, ip, "one", NULL, text), "- rule: \"" ID "\"\n  source: \"192.0.2.9\"\n"
                                                                  "  cluster: \"one\"\n"
                                                                  "  reason: known, and no concern # say why\n");
    for (size_t i = 0; i < sizeof clusters / sizeof *clusters; i++) {
        struct suppressions *s = read_text(suppress_text(ID, ip, clusters[i], NULL, text), "");
        assert_int_equal(ask(s, "192.0.2.9", clusters[i], NULL, 0), 1);
        assert_int_equal(ask(s, "192.0.2.8", clusters[i], NULL, 0), 0);
        assert_int_equal(ask(s, "192.0.2.9", "other", NULL, 0), 0);
        suppressions_free(s);
    }
    struct suppressions *s = read_text(suppress_text(ID, NULL, NULL, NULL, text), "");
    assert_int_equal(ask(s, NULL, NULL, NULL, 0), 1);
    suppressions_free(s);
    /* However long a name is, there is an end. */
    char endless[3000];
    memset(endless, '"', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    suppress_text(endless, ip, endless, &(struct address){.port = 65535}, text);
    assert_true(strlen(text) < SUPPRESS_TEXT);
    assert_non_null(strstr(text, "# say why\n"));
}

/* What can never match. */
static void checks(void **state)
{
    (void)state;
    static const char rule[] = "title: A title\nid: " ID "\nstatus: stable\nlevel: low\n"
                               "logsource: {product: kubernetes, service: audit}\n"
                               "detection: {s: {verb: list}, condition: s}\n";
    struct complaint_list *complaints = complaint_list_new();
    FILE *file = fmemopen((void *)(uintptr_t)rule, strlen(rule), "r");
    struct rule_set *rules = rule_set_load(&(struct rule_file){.name = "r", .file = file}, 1, complaints);
    fclose(file);
    assert_non_null(rules);
    complaint_list_free(complaints);
    struct suppressions *s = read_text("- {rule: A title, reason: r, until: 2026-11-24}\n"
                                       "- {rule: " ID ", reason: r, until: 2026-11-23}\n"
                                       "- {rule: a title, cluster: one, reason: r}\n",
                                       "");
    complaints = complaint_list_new();
    suppressions_check(s, rules, NULL, 20781 * DAY, complaints);
    char *told;
    size_t size;
    FILE *out = open_memstream(&told, &size);
    complaint_list_print(complaints, out);
    fclose(out);
    assert_string_equal(told, "s:2:3: warning: it ended with 2026-11-23: nothing is suppressed any more\n"
                              "s:3:3: warning: no rule has the id or title \"a title\": nothing is suppressed\n"
                              "s:3:3: warning: no cluster \"one\" is in the cluster map: nothing is suppressed\n");
    free(told);
    complaint_list_free(complaints);
    suppressions_free(s);
    rule_set_free(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(matching),  cmocka_unit_test(all_agents),
                                       cmocka_unit_test(endpoints), cmocka_unit_test(dates),
                                       cmocka_unit_test(paste),     cmocka_unit_test(checks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
