#include "sensor/detect/rule_match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/kube/request.h"
#include "sensor/event/flow_record.h"
#include "sensor/event/handshake.h"
#include "tests/unit/rule_rig.h"

struct row {
    const char *detection;
    enum truth truth;
};

#define ONE(field, value) "  s: {" field ": " value "}\n  condition: s\n"
#define THREE(condition)                                                                                               \
    "  yes: {http.http_method: GET}\n  no: {http.http_method: PUT}\n  dark: {kube.reason: Forbidden}\n"                \
    "  condition: " condition "\n"

static const struct row ROWS[] = {
    /* Values: whole, without case. */
    {ONE("http.http_method", "GET"), IS_TRUE},
    {ONE("http.http_method", "get"), IS_TRUE},
    {ONE("http.http_method", "GE"), IS_FALSE},
    {ONE("http.http_method", "GETS"), IS_FALSE},
    {ONE("verb", "list"), IS_TRUE},
    {ONE("user.username", "'system:anonymous'"), IS_TRUE},
    {ONE("http.http_method", "''"), IS_FALSE},
    {ONE("http.hostname", "''"), IS_TRUE}, /* what is empty is left out of an event */
    {ONE("http.hostname", "[a, '']"), IS_TRUE},
    {ONE("http.url", "['']"), IS_FALSE},
    {ONE("kube.reason", "''"), IS_UNKNOWN},
    /* Numbers, addresses, lists. */
    {ONE("responseStatus.code", "403"), IS_TRUE},
    {ONE("responseStatus.code", "'403'"), IS_TRUE},
    {ONE("responseStatus.code", "40"), IS_FALSE},
    {ONE("responseStatus.code", "ALLOW"), IS_FALSE},
    {ONE("responseStatus.code", "4*"), IS_TRUE},
    {ONE("responseStatus.code|startswith", "4"), IS_TRUE},
    {ONE("responseStatus.code|endswith", "4"), IS_FALSE},
    {ONE("dest_port", "6443"), IS_TRUE},
    {ONE("auth.digest", "00000000000000AB"), IS_TRUE},
    {ONE("auth.digest", "171"), IS_FALSE},
    {ONE("auth.digest|endswith", "ab"), IS_TRUE},
    {ONE("src_ip", "192.0.2.7"), IS_TRUE},
    {ONE("src_ip", "192.0.2.8"), IS_FALSE},
    {ONE("src_ip", "192.0.2.*"), IS_TRUE},
    {ONE("dest_ip", "'2001:db8:0:0::1'"), IS_TRUE},
    {ONE("dest_ip|startswith", "'2001:DB8:'"), IS_TRUE},
    {ONE("auth.evidence", "status_user"), IS_TRUE},
    {ONE("auth.evidence", "open_path"), IS_FALSE},
    {ONE("vlan", "110"), IS_TRUE},
    {ONE("vlan", "20"), IS_TRUE},
    {ONE("vlan", "30"), IS_FALSE},
    {ONE("vlan", "[30, 20]"), IS_TRUE},
    {ONE("vlan|all", "[110, 20]"), IS_TRUE},
    {ONE("vlan|all", "[110, 30]"), IS_FALSE},
    {ONE("vlan|neq", "20"), IS_FALSE},
    {ONE("vlan|lt", "21"), IS_TRUE},
    {ONE("vlan|lt", "20"), IS_FALSE},
    {ONE("vlan", "'2*'"), IS_TRUE},
    {ONE("vlan|re", "'^20$'"), IS_TRUE},
    {ONE("vlan|exists", "true"), IS_TRUE},
    {ONE("http.http_method", "[PUT, GET]"), IS_TRUE},
    {ONE("http.http_method", "[PUT, POST]"), IS_FALSE},
    /* Wildcards, and what a backslash takes from them. */
    {ONE("http.url", "/api/*"), IS_TRUE},
    {ONE("http.url", "'*'"), IS_TRUE},
    {ONE("http.url", "/api/v?/pods*"), IS_TRUE},
    {ONE("http.url", "/api/v?\?/pods*"), IS_FALSE},
    {ONE("http.url", "'*pods*pods*'"), IS_FALSE},
    {ONE("http.url", "'*p*d*=5'"), IS_TRUE},
    {ONE("http.url", "'*5?'"), IS_FALSE},
    {ONE("http.url", "'/api/v1/pods\\?*'"), IS_TRUE},
    {ONE("http.url", "'/api/v1/pods\\?'"), IS_FALSE},
    {ONE("http.url", "'/api/v1/pod\\?*'"), IS_FALSE},
    {ONE("http.http_user_agent", "'caf?\\*\\\\probe/1.0'"), IS_TRUE},
    {ONE("http.http_user_agent", "'caf?\\**'"), IS_TRUE},
    {ONE("http.http_user_agent", "'caf??\\\\*'"), IS_TRUE},
    {ONE("http.http_user_agent", "'*\\probe*'"), IS_TRUE},
    {ONE("http.http_user_agent", "'*\\\\\\probe*'"), IS_FALSE},
    {ONE("http.http_user_agent", "'caf\\*'"), IS_FALSE},
    /* Modifiers. */
    {ONE("http.url|contains", "V1/Pods"), IS_TRUE},
    {ONE("http.url|contains", "'v?/p'"), IS_TRUE},
    {ONE("http.url|contains", "nodes"), IS_FALSE},
    {ONE("http.url|startswith", "/api"), IS_TRUE},
    {ONE("http.url|startswith", "pods"), IS_FALSE},
    {ONE("http.url|endswith", "'limit=5'"), IS_TRUE},
    {ONE("http.url|endswith", "limit"), IS_FALSE},
    {ONE("http.url|contains|all", "[pods, limit]"), IS_TRUE},
    {ONE("http.url|contains|all", "[pods, watch]"), IS_FALSE},
    {ONE("http.url|contains", "[nodes, limit]"), IS_TRUE},
    {ONE("http.url|exists", "true"), IS_TRUE},
    {ONE("http.url|exists", "false"), IS_FALSE},
    {ONE("http.hostname|exists", "true"), IS_FALSE},
    {ONE("http.hostname|exists", "false"), IS_TRUE},
    {ONE("http.hostname", "null"), IS_TRUE},
    {ONE("http.url", "null"), IS_FALSE},
    {ONE("http.hostname", "'*'"), IS_FALSE},
    /* cased, neq, numbers, networks, expressions, other fields. */
    {ONE("http.http_method|cased", "GET"), IS_TRUE},
    {ONE("http.http_method|cased", "get"), IS_FALSE},
    {ONE("http.url|contains|cased", "V1/Pods"), IS_FALSE},
    {ONE("http.url|contains|cased", "v1/pods"), IS_TRUE},
    {ONE("http.url|cased|startswith", "/API"), IS_FALSE},
    {ONE("http.http_method|neq", "PUT"), IS_TRUE},
    {ONE("http.http_method|neq", "GET"), IS_FALSE},
    {ONE("http.http_method|neq", "[PUT, GET]"), IS_FALSE},
    {ONE("http.http_method|neq", "[PUT, POST]"), IS_TRUE},
    {ONE("http.url|contains|neq", "nodes"), IS_TRUE},
    {ONE("http.url|contains|all|neq", "[pods, nodes]"), IS_TRUE},
    {ONE("http.hostname|neq", "a"), IS_TRUE},
    {ONE("http.hostname|neq", "null"), IS_FALSE},
    {ONE("kube.reason|neq", "Forbidden"), IS_UNKNOWN},
    {ONE("http.status|gt", "402"), IS_TRUE},
    {ONE("http.status|gt", "403"), IS_FALSE},
    {ONE("http.status|gte", "403"), IS_TRUE},
    {ONE("http.status|gte", "404"), IS_FALSE},
    {ONE("http.status|lt", "404"), IS_TRUE},
    {ONE("http.status|lt", "403"), IS_FALSE},
    {ONE("http.status|lt", "0"), IS_FALSE},
    {ONE("http.status|lte", "403"), IS_TRUE},
    {ONE("http.status|lte", "402"), IS_FALSE},
    {ONE("http.status|gt", "[500, 400]"), IS_TRUE},
    {ONE("http.status|gt", "18446744073709551600"), IS_FALSE},
    {ONE("http.status|neq", "404"), IS_TRUE},
    {ONE("src_port|lt", "10"), IS_TRUE},          /* a port of 0 is a number */
    {ONE("source.forbidden|lt", "10"), IS_FALSE}, /* a count of 0 is none */
    {ONE("source.forbidden|gte", "0"), IS_FALSE},
    {ONE("source.forbidden", "null"), IS_TRUE},
    {ONE("http.length|lt", "1"), IS_TRUE}, /* here 0 is a value */
    {ONE("http.length", "null"), IS_FALSE},
    {ONE("http.length", "0"), IS_TRUE},
    {ONE("http.length|exists", "true"), IS_TRUE},
    {ONE("kube.audit_id|exists", "true"), IS_FALSE},
    {ONE("src_ip|cidr", "192.0.2.0/24"), IS_TRUE},
    {ONE("src_ip|cidr", "192.0.2.8/29"), IS_FALSE},
    {ONE("src_ip|cidr", "192.0.2.0/29"), IS_TRUE},
    {ONE("src_ip|cidr", "[10.0.0.0/8, 192.0.0.0/16]"), IS_TRUE},
    {ONE("src_ip|cidr", "'::/0'"), IS_FALSE},
    {ONE("src_ip|cidr", "192.0.2.99/24"), IS_TRUE}, /* bits behind the prefix do not count */
    {ONE("dest_ip|cidr", "'2001:db8::/32'"), IS_TRUE},
    {ONE("dest_ip|cidr", "0.0.0.0/0"), IS_FALSE},
    {ONE("src_ip|cidr|neq", "10.0.0.0/8"), IS_TRUE},
    {ONE("http.url|re", "'^/api/v[0-9]+/pods'"), IS_TRUE},
    {ONE("http.url|re", "'^api'"), IS_FALSE},
    {ONE("http.url|re", "PODS"), IS_FALSE},
    {ONE("http.url|re|i", "PODS"), IS_TRUE},
    {ONE("http.url|re", "[nodes, 'limit=\\d$']"), IS_TRUE},
    {ONE("http.http_user_agent|re", "'^caf.\\*'"), IS_TRUE}, /* a character, not a byte */
    {ONE("auth.evidence|re", "'^status_'"), IS_TRUE},
    {ONE("auth.evidence|re", "'^open'"), IS_FALSE},
    {ONE("http.status|re", "'^4..$'"), IS_TRUE},
    {ONE("http.hostname|re", "'.*'"), IS_FALSE},
    {ONE("kube.reason|re", "x"), IS_UNKNOWN},
    {ONE("http.url|fieldref", "http.url"), IS_TRUE},
    {ONE("http.url|fieldref", "http.http_method"), IS_FALSE},
    {ONE("http.url|fieldref|neq", "http.http_method"), IS_TRUE},
    {ONE("http.url|fieldref", "kube.reason"), IS_UNKNOWN},
    {ONE("http.url|fieldref", "http.hostname"), IS_FALSE},
    {ONE("kube.api_group|fieldref|startswith", "kube.verb"), IS_FALSE},
    {ONE("http.url|fieldref|endswith", "kube.api_version"), IS_TRUE}, /* limit=5 */
    {ONE("http.url|fieldref|startswith", "kube.api_version"), IS_FALSE},
    {ONE("http.url|fieldref|startswith", "kube.subresource"), IS_TRUE}, /* /API */
    {ONE("http.url|fieldref|startswith|cased", "kube.subresource"), IS_FALSE},
    /* Names of values: one bit each. */
    {ONE("auth.state", "Anonymous"), IS_TRUE},
    {ONE("auth.state", "[rejected, anonymous]"), IS_TRUE},
    {ONE("auth.state|startswith", "re"), IS_FALSE},
    {ONE("auth.state|exists", "true"), IS_TRUE},
    {ONE("auth.ordinary|exists", "true"), IS_FALSE},
    {ONE("auth.ordinary", "null"), IS_TRUE},
    {ONE("auth.evidence", "[open_path, no_credential]"), IS_TRUE},
    {ONE("auth.evidence|all", "[open_path, no_credential]"), IS_FALSE},
    {ONE("auth.evidence|all", "[status_user, no_credential]"), IS_TRUE},
    {"  s: {auth.evidence: status_user}\n  condition: not s\n", IS_FALSE},
    {ONE("http.marks", "null"), IS_TRUE},
    {ONE("auth.evidence|exists", "true"), IS_TRUE},
    {ONE("http.plaintext", "true"), IS_FALSE},
    {ONE("http.plaintext", "false"), IS_TRUE},
    {ONE("apiGroup", "null"), IS_TRUE},
    /* Maps are "and", lists of them "or". */
    {"  s: {http.http_method: GET, http.status: 403}\n  condition: s\n", IS_TRUE},
    {"  s: {http.http_method: GET, http.status: 404}\n  condition: s\n", IS_FALSE},
    {"  s: [{http.http_method: PUT}, {http.status: 403}]\n  condition: s\n", IS_TRUE},
    {"  s: [{http.http_method: PUT}, {http.status: 404}]\n  condition: s\n", IS_FALSE},
    /* What was not seen is neither true nor false, and neither is its negation. */
    {ONE("kube.reason", "Forbidden"), IS_UNKNOWN},
    {ONE("kube.reason", "'*'"), IS_UNKNOWN},
    {ONE("kube.reason", "null"), IS_UNKNOWN},
    {ONE("kube.reason|exists", "true"), IS_UNKNOWN},
    {ONE("kube.reason|exists", "false"), IS_UNKNOWN},
    {"  s: {kube.reason: A, http.status: 404}\n  condition: s\n", IS_FALSE},
    {"  s: {kube.reason: A, http.status: 403}\n  condition: s\n", IS_UNKNOWN},
    {"  s: [{kube.reason: A}, {http.status: 403}]\n  condition: s\n", IS_TRUE},
    {THREE("not yes"), IS_FALSE},
    {THREE("not no"), IS_TRUE},
    {THREE("not dark"), IS_UNKNOWN},
    {THREE("not not dark"), IS_UNKNOWN},
    {THREE("dark and no"), IS_FALSE},
    {THREE("dark and yes"), IS_UNKNOWN},
    {THREE("dark or yes"), IS_TRUE},
    {THREE("dark or no"), IS_UNKNOWN},
    {THREE("yes and not dark"), IS_UNKNOWN},
    {THREE("dark or not dark"), IS_UNKNOWN},
    /* Conditions. */
    {THREE("yes or yes and no"), IS_TRUE},
    {THREE("(yes or yes) and no"), IS_FALSE},
    {THREE("not no and yes"), IS_TRUE},
    {THREE("not (no and yes)"), IS_TRUE},
    {THREE("not yes or yes"), IS_TRUE},
    {THREE("NOT no AND yes"), IS_TRUE},
    {THREE("((yes))and(not(no))"), IS_TRUE},
    {THREE("yes and yes and no"), IS_FALSE},
    {THREE("no or no or yes"), IS_TRUE},
    {THREE("1 of them"), IS_TRUE},
    {THREE("any of them"), IS_TRUE},
    {THREE("all of them"), IS_FALSE},
    {THREE("all of y*"), IS_TRUE},
    {THREE("1 of n*"), IS_FALSE},
    {THREE("1 of d*k"), IS_UNKNOWN},
    {THREE("yes and not 1 of n*"), IS_TRUE},
    {THREE("yes and not 1 of d*"), IS_UNKNOWN},
    {THREE("[no, yes]"), IS_TRUE},
    {THREE("[no, not yes]"), IS_FALSE},
    {"  a: {http.status: 403}\n  _b: {http.status: 1}\n  condition: all of them\n", IS_TRUE},
};

static void matches(void **state)
{
    (void)state;
    struct event_room room;
    const struct event *e = request(&room);
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        char text[2048], *said;
        snprintf(text, sizeof text, HEAD "detection:\n%s", ROWS[i].detection);
        struct rule_set *set = load(text, &said);
        if (!set)
            fail_msg("%s: %s", ROWS[i].detection, said);
        struct rule_scratch *scratch = rule_scratch_new(set);
        const struct rule *const *fired;
        size_t count = rule_set_match(set, scratch, e, &fired);
        enum truth truth = rule_evaluate_node(rule_set_at(set, 0)->condition, scratch, e);
        if (truth != ROWS[i].truth || count != (ROWS[i].truth == IS_TRUE))
            fail_msg("%s: truth %d, not %d; %zu fired", ROWS[i].detection, truth, ROWS[i].truth, count);
        rule_scratch_free(scratch);
        rule_set_free(set);
        free(said);
    }
}

static void tells_about(void **state)
{
    (void)state;
    char *said;
    struct rule_set *set =
        load("# first\ntitle: Some 'rule'\nid: " ID "\nlevel: critical\nstatus: test\n"
             "description: >-\n  Two\n  lines.\nreferences: [https://example.org/a]\nauthor: x\n"
             "tags:\n  - attack.t1526\n  - attack.discovery\nfalsepositives: none\ncustom: {a: [1]}\n"
             "logsource: {product: kubernetes}\ndetection:\n  s: {verb: list}\n  condition: s\n",
             &said);
    assert_string_equal(said, "");
    const struct rule_about *about = rule_about(rule_set_at(set, 0));
    assert_string_equal(about->title, "Some 'rule'");
    assert_string_equal(about->id, ID);
    assert_string_equal(about->description, "Two lines.");
    assert_string_equal(about->file, "r.yaml");
    assert_int_equal(about->line, 2);
    assert_int_equal(about->level, LEVEL_CRITICAL);
    assert_int_equal(about->tag_count, 2);
    assert_string_equal(about->tags[1], "attack.discovery");
    assert_int_equal(about->reference_count, 1);
    assert_int_equal(about->false_positive_count, 1);
    assert_string_equal(about->false_positives[0], "none");
    uint32_t number = about->number;
    assert_true(number > 0 && number <= 0x7FFFFFFF);
    rule_set_free(set);
    free(said);
    /* The id in another case is the same id; the rest of the rule does not count. */
    set = load("title: B\nid: 1B5F3C0E-6D0A-4A52-9C7E-2F8F5A1D7B36\nlevel: low\nlogsource: {product: kubernetes}\n"
               "detection:\n  s: {verb: a}\n  condition: s\n",
               &said);
    assert_int_equal(rule_about(rule_set_at(set, 0))->number, number);
    rule_set_free(set);
    free(said);
    assert_int_equal(rule_level_of("informational"), LEVEL_INFORMATIONAL);
    assert_int_equal(rule_level_of("High"), -1);
    assert_string_equal(rule_level_name(LEVEL_MEDIUM), "medium");
}

#define RULE(id, title, extra, detection)                                                                              \
    "---\ntitle: " title "\nid: 00000000-0000-4000-8000-00000000000" id "\nlevel: low\nlogsource: {product: "          \
    "kubernetes}\n" extra "detection:\n" detection

static void asks_rules_by_mode(void **state)
{
    (void)state;
    char *said;
    struct rule_set *set = load(
        RULE("1", "counted", "", ONE("verb", "list")) RULE("2", "excluded", "ordinary: excluded\n", ONE("verb", "list"))
            RULE("3", "story", "ordinary: excluded\nstory: s\nprovider: eks\nsubject: endpoint\n", ONE("verb", "list")),
        &said);
    assert_string_equal(said, "");
    const struct rule_about *about = rule_about(rule_set_at(set, 2));
    assert_string_equal(about->story, "s");
    assert_string_equal(about->provider, "eks");
    assert_int_equal(about->subject, SUBJECT_ENDPOINT);
    assert_true(about->ordinary_excluded);
    assert_int_equal(rule_about(rule_set_at(set, 0))->subject, SUBJECT_SOURCE);
    assert_false(rule_about(rule_set_at(set, 0))->ordinary_excluded);
    static const struct {
        uint8_t ordinary;
        enum rule_mode mode;
        unsigned fires; /* 1 << rule */
    } CASES[] = {{ORDINARY_NOT, RULE_MODE_ALL, 7},
                 {ORDINARY_REGULAR, RULE_MODE_ALL, 1},
                 {ORDINARY_NOT, RULE_MODE_LITERAL, 4},
                 {ORDINARY_EXPECTED, RULE_MODE_LITERAL, 4}};
    struct rule_scratch *scratch = rule_scratch_new(set);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct event_room room;
        struct event *e = request(&room);
        ((struct exchange *)e)->ordinary = CASES[i].ordinary;
        rule_scratch_set_mode(scratch, CASES[i].mode);
        const struct rule *const *fired;
        size_t count = rule_set_match(set, scratch, e, &fired);
        unsigned fires = 0;
        for (size_t f = 0; f < count; f++)
            fires |= 1U << (rule_about(fired[f])->id[35] - '1');
        assert_int_equal(fires, CASES[i].fires);
    }
    rule_scratch_free(scratch);
    rule_set_free(set);
    free(said);
}

/* A list may stand behind the rule that names it. */
static void expands_lists(void **state)
{
    (void)state;
    char *said;
    struct rule_set *set =
        load(RULE("1", "agent", "", ONE("http.http_user_agent|expand", "['%none%', '%probes%']"))
                 RULE("2", "inside", "", ONE("http.url|contains|expand", "'%words%'"))
                     RULE("3", "no list", "",
                          ONE("http.http_method",
                              "GET")) "---\nlist: probes\nsource: here\nkind: research\nentries:\n"
                                      "  - {tool: other, value: other/*}\n"
                                      "  - {tool: probe, value: ['x', '*PROBE/*'], confidence: weak, source: there}\n"
                                      "---\nlist: words\nentries: [{tool: limit, value: LIMIT, source: a}]\n"
                                      "---\nlist: none\nentries: [{tool: n, value: n, source: a}]\n",
             &said);
    assert_string_equal(said, "");
    struct rule_scratch *scratch = rule_scratch_new(set);
    struct event_room room;
    const struct rule *const *fired;
    assert_int_equal(rule_set_match(set, scratch, request(&room), &fired), 3);
    const struct rule_entry *tool = rule_set_entries(set, "probes")->next->next;
    assert_non_null(tool);
    assert_string_equal(tool->tool, "probe");
    assert_string_equal(tool->value, "*PROBE/*");
    assert_string_equal(tool->kind, "research");
    assert_string_equal(tool->confidence, "weak");
    assert_string_equal(tool->source, "there");
    assert_string_equal(tool->list, "probes");
    assert_null(tool->next);
    assert_null(rule_set_entries(set, "nodes"));
    rule_scratch_free(scratch);
    rule_set_free(set);
    free(said);
}

/* An expression that would take for ever gives up, and its answer is unknown: neither it nor its negation fires. */
static void bounds_expressions(void **state)
{
    (void)state;
    char *said;
    struct rule_set *set =
        load(RULE("1", "slow", "", ONE("http.http_user_agent|re", "'^(a+)+$'"))
                 RULE("2", "not", "", "  s: {http.http_user_agent|re: '^(a+)+$'}\n  condition: not s\n"),
             &said);
    assert_string_equal(said, "");
    struct rule_scratch *scratch = rule_scratch_new(set);
    struct event_room room;
    struct exchange *x = (struct exchange *)request(&room);
    const struct rule *const *fired;
    x->agent = event_add_text(&x->event, slice_of("aaaaaaaaaaaaaaaaaa!"), 64);
    assert_int_equal(rule_set_match(set, scratch, &x->event, &fired), 0);
    assert_int_equal(rule_scratch_gave_up(scratch), 2);
    rule_scratch_free(scratch);
    rule_set_free(set);
    free(said);
}

static void speaks_of_requests_only(void **state)
{
    (void)state;
    char *said;
    struct rule_set *set = load(HEAD "detection:\n  s: {verb: list}\n  condition: not s\n", &said);
    struct rule_scratch *scratch = rule_scratch_new(set);
    struct event flow = {.size = sizeof flow, .type = EVENT_ANOMALY};
    const struct rule *const *fired;
    assert_int_equal(rule_set_match(set, scratch, &flow, &fired), 0);
    rule_scratch_free(scratch);
    rule_set_free(set);
    free(said);
}

/* The installed rule: which requests without a credential are ordinary. */
static void installed(void **state)
{
    (void)state;
    const char *source = getenv("srcdir");
    char path[4096];
    snprintf(path, sizeof path, "%s/rules/unauthenticated.yaml", source ? source : ".");
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    struct complaint_list *complaints = complaint_list_new();
    struct rule_file files[] = {{.name = path, .file = file}};
    struct rule_set *set = rule_set_load(files, 1, complaints);
    complaint_list_print(complaints, stderr);
    assert_non_null(set);
    fclose(file);
    struct rule_scratch *scratch = rule_scratch_new(set);
    static const struct {
        const char *method, *target;
        enum auth_state state;
        bool fires;
    } CASES[] = {
        {"GET", "/api/v1/pods", AUTH_ANONYMOUS, true},
        {"GET", "/api/v1/pods", AUTH_CREDENTIALED, false},
        {"GET", "/api/v1/pods", AUTH_REJECTED, false},
        {"GET", "/api/v1/pods", AUTH_UNKNOWN, false},
        {"GET", "/", AUTH_ANONYMOUS, true},
        {"GET", "/healthz", AUTH_ANONYMOUS, false},
        {"GET", "/livez?verbose", AUTH_ANONYMOUS, false},
        {"GET", "/readyz", AUTH_ANONYMOUS, false},
        {"GET", "/version?timeout=32s", AUTH_ANONYMOUS, false},
        {"GET", "/version/", AUTH_ANONYMOUS, false},
        {"GET", "/livez/etcd", AUTH_ANONYMOUS, true},
        {"GET", "/healthz/", AUTH_ANONYMOUS, true},
        {"GET", "/healthzx", AUTH_ANONYMOUS, true},
        {"GET", "/x/version", AUTH_ANONYMOUS, true},
        {"HEAD", "/healthz", AUTH_ANONYMOUS, true},
        {"POST", "/version", AUTH_ANONYMOUS, true},
        {"OPTIONS", "*", AUTH_ANONYMOUS, false},
        {"OPTIONS", "/api", AUTH_ANONYMOUS, true},
        {"GET", "/api/v1/namespaces/kube-public/configmaps/cluster-info", AUTH_ANONYMOUS, false},
        {"GET", "/api/v1/namespaces/kube-public/configmaps", AUTH_ANONYMOUS, true},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct event_room room;
        struct exchange *x = exchange_begin(&room);
        x->method = event_add_text(&x->event, slice_of(CASES[i].method), 64);
        x->target = event_add_text(&x->event, slice_of(CASES[i].target), 256);
        struct request_info info;
        uint8_t bytes[256];
        request_info_read(&info, slice_of("GET"), slice_of(CASES[i].target), false, bytes, sizeof bytes);
        x->path = event_add_text(&x->event, info.path, 256);
        x->auth_state = (uint8_t)CASES[i].state;
        if (CASES[i].state == AUTH_UNKNOWN)
            event_set_unknown(&x->event, EVENT_AUTH_STATE);
        const struct rule *const *fired;
        if (rule_set_match(set, scratch, &x->event, &fired) != CASES[i].fires)
            fail_msg("%s %s %s", CASES[i].method, CASES[i].target, auth_state_name(CASES[i].state));
    }
    rule_scratch_free(scratch);
    rule_set_free(set);
    complaint_list_free(complaints);
}

/* Each rule is asked of events of its own type, and of no other. */
static void of_each_type(void **state)
{
    (void)state;
    static const char RULES[] = "title: Q\nid: 00000000-0000-4000-8000-0000000000a1\nlevel: low\n"
                                "logsource: {product: kubernetes}\n"
                                "detection: {s: {src_ip: 192.0.2.7}, condition: s}\n"
                                "---\ntitle: F\nid: 00000000-0000-4000-8000-0000000000a2\nlevel: low\n"
                                "logsource: {product: kapiwatch, service: flow}\n"
                                "detection: {s: {src_ip: 192.0.2.7, flow.state: refused}, condition: s}\n"
                                "---\ntitle: T\nid: 00000000-0000-4000-8000-0000000000a3\nlevel: low\n"
                                "logsource: {product: kapiwatch, service: tls}\n"
                                "detection: {s: {tls.sslv2_hello: true}, condition: s}\n";
    char *said;
    struct rule_set *set = load(RULES, &said);
    assert_string_equal(said, "");
    assert_int_equal(rule_set_count(set), 3);
    struct rule_scratch *scratch = rule_scratch_new(set);
    const struct rule *const *fired;
    struct event_room room;
    assert_int_equal(rule_set_match(set, scratch, request(&room), &fired), 1);
    assert_string_equal(rule_about(fired[0])->title, "Q");
    struct flow_record f = {.event = {.size = sizeof f, .type = EVENT_FLOW}, .state = FLOW_REFUSED};
    memcpy(f.event.client.ip, (uint8_t[]){[10] = 0xFF, [11] = 0xFF, 192, 0, 2, 7}, 16);
    assert_int_equal(rule_set_match(set, scratch, &f.event, &fired), 1);
    assert_string_equal(rule_about(fired[0])->title, "F");
    f.state = FLOW_NEW;
    assert_int_equal(rule_set_match(set, scratch, &f.event, &fired), 0);
    struct handshake *h = handshake_begin(&room);
    assert_int_equal(rule_set_match(set, scratch, &h->event, &fired), 0);
    h->sslv2 = true;
    assert_int_equal(rule_set_match(set, scratch, &h->event, &fired), 1);
    assert_string_equal(rule_about(fired[0])->title, "T");
    struct event anomaly = {.size = sizeof anomaly, .type = EVENT_ANOMALY};
    assert_int_equal(rule_set_match(set, scratch, &anomaly, &fired), 0);
    rule_scratch_free(scratch);
    rule_set_free(set);
    free(said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_each_type),
        cmocka_unit_test(matches),
        cmocka_unit_test(tells_about),
        cmocka_unit_test(asks_rules_by_mode),
        cmocka_unit_test(expands_lists),
        cmocka_unit_test(bounds_expressions),
        cmocka_unit_test(speaks_of_requests_only),
        cmocka_unit_test(installed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
