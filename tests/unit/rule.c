#include "sensor/detect/rule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/kube/credential.h"
#include "sensor/complaint.h"
#include "sensor/event/auth.h"
#include "sensor/event/exchange.h"
#include "sensor/event/field.h"

#define ID   "1b5f3c0e-6d0a-4a52-9c7e-2f8f5a1d7b36"
#define HEAD "title: A\nid: " ID "\nlevel: high\nlogsource: {product: kubernetes, service: audit}\n"

/* Loads text as a file; what is complained of comes back as text, for the caller to free. */
static struct rule_set *load(const char *text, char **said)
{
    struct complaint_list *complaints = complaint_list_new();
    FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    struct rule_file files[] = {{.name = "r.yaml", .file = file}};
    struct rule_set *set = rule_set_load(files, 1, complaints);
    fclose(file);
    size_t size;
    FILE *out = open_memstream(said, &size);
    complaint_list_print(complaints, out);
    fclose(out);
    complaint_list_free(complaints);
    return set;
}

/* The one event of these tests: GET /api/v1/pods?limit=5 by nobody, answered 403. */
static struct event *request(struct event_room *room)
{
    struct exchange *x = exchange_begin(room);
    memcpy(x->event.client.ip, (uint8_t[]){[10] = 0xFF, [11] = 0xFF, 192, 0, 2, 7}, 16);
    memcpy(x->event.server.ip, (uint8_t[]){0x20, 0x01, 0x0D, 0xB8, [15] = 1}, 16);
    x->event.server.port = 6443;
    x->request = x->answer = SEEN_WHOLE;
    x->status = 403;
    x->digest = 0xAB;
    x->auth_state = AUTH_ANONYMOUS;
    x->auth_evidence = 1U << EVIDENCE_NO_CREDENTIAL | 1U << EVIDENCE_STATUS_USER;
    x->method = event_add_text(&x->event, slice_of("GET"), 64);
    x->target = event_add_text(&x->event, slice_of("/api/v1/pods?limit=5"), 64);
    x->agent = event_add_text(&x->event, slice_of("caf\xC3\xA9*\\probe/1.0"), 64);
    x->verb = event_add_text(&x->event, slice_of("list"), 64);
    x->user = event_add_text(&x->event, slice_of("system:anonymous"), 64);
    event_set_unknown(&x->event, EVENT_KUBE_REASON);
    event_set_unknown(&x->event, EVENT_KUBE_NAME);
    return &x->event;
}

static void first_step(void *owner, unsigned depth, const char *what, enum truth truth)
{
    (void)what;
    if (depth == 0)
        *(enum truth *)owner = truth;
}

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
    {ONE("http.hostname", "''"), IS_FALSE},
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
    {ONE("src_ip", "192.0.2.7"), IS_TRUE},
    {ONE("src_ip", "192.0.2.8"), IS_FALSE},
    {ONE("src_ip", "192.0.2.*"), IS_TRUE},
    {ONE("dest_ip", "'2001:db8:0:0::1'"), IS_TRUE},
    {ONE("dest_ip|startswith", "'2001:DB8:'"), IS_TRUE},
    {ONE("auth.evidence", "status_user"), IS_TRUE},
    {ONE("auth.evidence", "open_path"), IS_FALSE},
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
        enum truth truth = IS_UNKNOWN;
        rule_explain(set, scratch, rule_set_at(set, 0), e, first_step, &truth);
        if (truth != ROWS[i].truth || count != (ROWS[i].truth == IS_TRUE))
            fail_msg("%s: truth %d, not %d; %zu fired", ROWS[i].detection, truth, ROWS[i].truth, count);
        rule_scratch_free(scratch);
        rule_set_free(set);
        free(said);
    }
}

/* A file, and all that is said of it. */
static const struct {
    const char *file, *said;
} WRONG[] = {
    {"- a\n", "r.yaml:1:1: error: found no map, expected a rule\n"},
    {"title: A\n", "r.yaml:1:1: error: found no 'logsource', expected one in every rule\n"},
    {"logsource: {product: kubernetes}\n", "r.yaml:1:1: error: found no 'title', expected one in every rule\n"
                                           "r.yaml:1:1: error: found no 'id', expected one in every rule\n"
                                           "r.yaml:1:1: error: found no 'level', expected one in every rule\n"
                                           "r.yaml:1:1: error: found no 'detection', expected one in every rule\n"},
    {"title: [A]\nid: 1b5f3c0e\nlevel: worst\nstatus: new\ntags: {a: b}\nlogsource: {product: kubernetes}\ndetection: "
     "5\n",
     "r.yaml:1:8: error: found no text as 'title', expected one\n"
     "r.yaml:2:5: error: found '1b5f3c0e' as id, expected a UUID\n"
     "r.yaml:3:8: error: found 'worst' as level, expected informational, low, medium, high or critical\n"
     "r.yaml:4:9: error: found 'new' as status, expected stable, test, experimental, deprecated or unsupported\n"
     "r.yaml:5:7: error: found a map as 'tags', expected a list of texts\n"
     "r.yaml:7:12: error: found no map as detection, expected searches and a condition\n"},
    {"title: A\ncorrelation: {type: event_count}\n",
     "r.yaml:2:1: error: found 'correlation', which is not supported, expected a rule with 'detection'\n"},
    {HEAD "detection:\n  s: {nobody: 1}\n  condition: s\n",
     "r.yaml:6:7: error: found field 'nobody', expected a name that kapiwatch-events(5) lists\n"},
    {HEAD "detection:\n  s: {timestamp: 1, flow.state: new}\n  condition: s\n",
     "r.yaml:6:7: error: found field 'timestamp', expected one that can be compared\n"
     "r.yaml:6:21: error: found field 'flow.state', expected one that requests have\n"},
    {HEAD "detection:\n  s:\n    http.url|re: a\n    http.url|contains|cidr: b\n    http.url|contains|endswith: c\n  "
          "condition: s\n",
     "r.yaml:7:14: error: found modifier 're', expected contains, startswith, endswith, all or exists\n"
     "r.yaml:8:23: error: found modifier 'cidr', expected contains, startswith, endswith, all or exists\n"
     "r.yaml:9:23: error: found modifier 'endswith' behind one that it cannot stand with\n"},
    {HEAD "detection:\n  s:\n    http.url|: a\n    verb|all: [list]\n    http.status|all: 7\n  condition: s\n",
     "r.yaml:7:14: error: found modifier '', expected contains, startswith, endswith, all or exists\n"
     "r.yaml:8:15: error: found one value under field 'verb|all', expected several for 'all'\n"
     "r.yaml:9:22: error: found one value under 'all', expected a list\n"},
    {HEAD "detection:\n  s:\n    verb|exists: maybe\n    http.url: [a, null]\n    http.host: {}\n    http.status: "
          "[[1]]\n    http.http_method: []\n  condition: s\n",
     "r.yaml:7:18: error: found 'maybe' under exists, expected true or false\n"
     "r.yaml:8:19: error: found null in a list, expected it alone\n"
     "r.yaml:9:5: error: found field 'http.host', expected a name that kapiwatch-events(5) lists\n"
     "r.yaml:10:19: error: found a list under field 'http.status', expected a value\n"
     "r.yaml:11:23: error: found no value under field 'http.http_method', expected at least one\n"},
    {HEAD "detection:\n  a: [word]\n  b: word\n  c: {}\n  d: []\n  condition: a or b or c or d\n",
     "r.yaml:6:7: error: found a plain value in a search, expected a map: keyword searches are not supported\n"
     "r.yaml:7:6: error: found a plain value as search 'b', expected a map or a list of maps\n"
     "r.yaml:8:6: error: found an empty map, expected fields\n"
     "r.yaml:9:6: error: found an empty list, expected maps\n"},
    {HEAD "detection:\n  s: {verb: list}\n", "r.yaml:6:3: error: found no 'condition', expected one in every rule\n"},
    {HEAD "detection:\n  s: {verb: list}\n  condition: s and t\n",
     "r.yaml:7:20: error: found 't' in the condition, expected the name of a search\n"},
    {HEAD "detection:\n  s: {verb: list}\n  condition: 's or'\n",
     "r.yaml:7:19: error: found the end of the condition, expected the name of a search\n"},
    {HEAD "detection:\n  s: {verb: list}\n  condition: (s or s\n",
     "r.yaml:7:21: error: found the end of the condition, expected ')', 'and' or 'or'\n"},
    {HEAD "detection:\n  s: {verb: list}\n  condition: s s\n",
     "r.yaml:7:16: error: found 's' in the condition, expected 'and', 'or', or its end\n"},
    {HEAD "detection:\n  s: {verb: list}\n  condition: s | count() > 5\n",
     "r.yaml:7:16: error: found '|' in the condition, expected no pipe: counts are written as correlations, which are "
     "not supported\n"},
    {HEAD "detection:\n  s: {verb: list}\n  condition: 1 of x*\n",
     "r.yaml:7:19: error: found 'x*' in the condition, expected 'them', or a pattern that a search's name fits\n"},
    {HEAD "detection:\n  s: {verb: list}\n  condition: [s, q]\n",
     "r.yaml:7:18: error: found 'q' in the condition, expected the name of a search\n"},
    {HEAD "detection:\n  s: {\"a\\e[31m\": 1}\n  condition: s\n",
     "r.yaml:6:7: error: found field 'a?[31m', expected a name that kapiwatch-events(5) lists\n"},
    {HEAD "detection:\n  s: {verb: a}\n  condition: s\n---\n" HEAD "detection:\n  s: {verb: b}\n  condition: s\n",
     "r.yaml:9:1: error: found id " ID ", expected one of its own: that of r.yaml:1 is the same\n"},
};

static void complains(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        char *said;
        struct rule_set *set = load(WRONG[i].file, &said);
        assert_string_equal(said, WRONG[i].said);
        assert_null(set);
        free(said);
    }
}

static void warns(void **state)
{
    (void)state;
    static const struct {
        const char *file, *said;
        size_t rules;
    } CASES[] = {
        {HEAD "detection:\n  s: {verb: ''}\n  t: {verb: a}\n  _u: {verb: a}\n  condition: s\n",
         "r.yaml:6:13: warning: found an empty value: it matches nothing, for what is empty is absent here; expected "
         "null, or a value\n"
         "r.yaml:7:3: warning: found search 't', which the condition does not name\n",
         1},
        {"title: A\nlogsource: {product: windows}\n",
         "r.yaml:2:22: warning: found product 'windows', expected 'kubernetes': the rule is for another log and is "
         "left out\n",
         0},
        {"title: A\nlogsource: {category: application}\n",
         "r.yaml:2:12: warning: found no product, expected 'kubernetes': the rule is for another log and is left out\n",
         0},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *said;
        struct rule_set *set = load(CASES[i].file, &said);
        assert_string_equal(said, CASES[i].said);
        assert_non_null(set);
        assert_int_equal(rule_set_count(set), CASES[i].rules);
        rule_set_free(set);
        free(said);
    }
}

/* Neither depth nor length of a condition is the writer's to choose. */
static void bounds_conditions(void **state)
{
    (void)state;
    static char text[65536];
    for (int deep = 0; deep < 2; deep++) {
        size_t at = (size_t)snprintf(text, sizeof text, HEAD "detection:\n  s: {verb: a}\n  condition: ");
        for (int i = 0; i < 5000; i++)
            at += (size_t)snprintf(text + at, sizeof text - at, deep ? "not " : "s or ");
        snprintf(text + at, sizeof text - at, "s\n");
        char *said;
        assert_null(load(text, &said));
        assert_non_null(strstr(said, deep ? "expected less depth" : "the condition is too long"));
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

static void write_step(void *owner, unsigned depth, const char *what, enum truth truth)
{
    fprintf(owner, "%u %s %d\n", depth, what, truth);
}

static void explains(void **state)
{
    (void)state;
    char *said, *steps;
    size_t size;
    struct rule_set *set = load(HEAD "detection:\n  a: {http.url|contains: [nodes, POD], kube.reason: null}\n"
                                     "  b: {http.status: 404}\n  condition: a and not b or b\n",
                                &said);
    struct rule_scratch *scratch = rule_scratch_new(set);
    struct event_room room;
    FILE *out = open_memstream(&steps, &size);
    rule_explain(set, scratch, rule_set_at(set, 0), request(&room), write_step, out);
    fclose(out);
    assert_string_equal(steps,
                        "0 A 0\n1 or 0\n2 and 0\n3 a 0\n4 all fields 0\n5 any of 1\n6 http.url|contains: 'nodes' -1\n"
                        "6 http.url|contains: 'POD' 1\n5 kube.reason: null 0\n3 not 1\n4 b -1\n5 all fields -1\n"
                        "6 http.status: '404' -1\n2 b -1\n");
    rule_scratch_free(scratch);
    rule_set_free(set);
    free(steps);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches),
        cmocka_unit_test(complains),
        cmocka_unit_test(warns),
        cmocka_unit_test(bounds_conditions),
        cmocka_unit_test(tells_about),
        cmocka_unit_test(explains),
        cmocka_unit_test(speaks_of_requests_only),
        cmocka_unit_test(installed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
