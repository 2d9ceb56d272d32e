#include "sensor/detect/component.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/kube/request.h"
#include "proto/packet/tunnel.h"
#include "tests/unit/rule_rig.h"

static struct hash_secret SECRET;

static const char LIST[] =
    "list: component_requests\nkind: path\nsource: a test\nentries:\n"
    "  - {tool: kubelet, value: ['list nodes ?*', list pods, 'patch pods/status ?*/?*', create nodes, get /healthz]}\n"
    "  - {tool: kubelet, value: 'get leases.coordination.k8s.io kube-node-lease/?*'}\n"
    "  - {tool: kube-scheduler, value: list nodes}\n"
    "  - {tool: Prometheus/, value: get /metrics}\n";

#define KUBELET "kubelet/v1.31.2 (linux/amd64) kubernetes/5864a46"

struct asked {
    const char *agent, *method, *target;
    uint16_t status;
    bool own;
};

static const struct asked ASKED[] = {
    {KUBELET, "GET", "/api/v1/nodes?fieldSelector=metadata.name%3Dnode-1&limit=500", 403, true},
    {KUBELET, "GET", "/api/v1/nodes?limit=500", 403, false}, /* all of them: not the kubelet's */
    {KUBELET, "GET", "/api/v1/nodes/node-1", 403, false},    /* get */
    {KUBELET, "GET", "/api/v1/pods?fieldSelector=spec.nodeName%3Dnode-1", 403, true},
    {KUBELET, "GET", "/api/v1/namespaces/a/pods", 403, false},
    {KUBELET, "GET", "/apis/x/v1/pods", 403, false}, /* of another group */
    {KUBELET, "POST", "/api/v1/nodes", 403, true},
    {KUBELET, "PATCH", "/api/v1/namespaces/a/pods/b/status", 403, true},
    {KUBELET, "PATCH", "/api/v1/namespaces/a/pods/b", 403, false},
    {KUBELET, "GET", "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/b?timeout=10s", 403, true},
    {KUBELET, "GET", "/apis/coordination.k8s.io/v1/namespaces/default/leases/b", 403, false},
    {KUBELET, "GET", "/healthz?timeout=32s", 403, true},
    {KUBELET, "GET", "/healthz/x", 403, false},
    {KUBELET "/extra", "GET", "/api/v1/pods", 401, true}, /* a part of the program that says so */
    {KUBELET, "GET", "/api/v1/pods", 0, true},            /* no answer seen */
    {KUBELET, "GET", "/api/v1/pods", 429, true},
    {KUBELET, "GET", "/api/v1/pods", 503, true},
    {KUBELET, "GET", "/api/v1/pods", 200, false},
    {KUBELET, "GET", "/api/v1/pods", 404, false}, /* was let through to where nothing is */
    {KUBELET, "GET", "/api/v1/pods", 101, false},
    {"kube-scheduler/v1.31.2 (linux/amd64) kubernetes/5864a46/scheduler", "GET", "/api/v1/nodes", 403, true},
    {"kube-scheduler/v1.31.2 (linux/amd64) kubernetes/5864a46/scheduler", "GET", "/api/v1/pods", 403, false},
    {"kubelets/v1.31.2 (linux/amd64) kubernetes/5864a46", "GET", "/api/v1/pods", 403, false},
    {"kubelet/v1.31.2", "GET", "/api/v1/pods", 403, false},
    {"kubelet/v1.31.2 (linux/amd64) kubernetes/5864a46d", "GET", "/api/v1/pods", 403, false},
    {"curl/8.5.0", "GET", "/api/v1/pods", 403, false},
    {"", "GET", "/api/v1/pods", 403, false},
    /* One that does not have Kubernetes' form. */
    {"Prometheus/2.42.0+ds", "GET", "/metrics", 403, true},
    {"Prometheus/2.42.0+ds", "GET", "/metrics", 401, true},
    {"Prometheus/2.42.0+ds", "GET", "/metrics", 200, false},
    {"Prometheus/2.42.0+ds", "GET", "/api/v1/pods", 403, false},
    {"Prometheus", "GET", "/metrics", 403, false},
    {"Prometheus/v1.31.2 (linux/amd64) kubernetes/5864a46", "GET", "/metrics", 403, false},
    {"Prometheus/v1.31.2 (linux/amd64) kubernetes/5864a46d", "GET", "/metrics", 403, false},
};

static struct exchange *make(struct event_room *room, const struct asked *a)
{
    struct exchange *x = exchange_begin(room);
    struct event *e = &x->event;
    struct request_info info;
    uint8_t bytes[512];
    request_info_read(&info, slice_of(a->method), slice_of(a->target), false, bytes, sizeof bytes);
    x->auth_state = a->status == 401 ? AUTH_REJECTED : AUTH_ANONYMOUS;
    x->status = a->status;
    x->path_kind = (uint8_t)info.kind;
    x->agent = event_add_text(e, slice_of(a->agent), 256);
    x->target = event_add_text(e, slice_of(a->target), 256);
    x->verb = event_add_text(e, info.verb, 64);
    x->group = event_add_text(e, info.group, 64);
    x->resource = event_add_text(e, info.resource, 64);
    x->subresource = event_add_text(e, info.subresource, 64);
    x->name_space = event_add_text(e, info.name_space, 64);
    x->name = event_add_text(e, info.name, 64);
    e->server.port = 6443;
    return x;
}

static struct components *components(const char *list, struct rule_set **rules)
{
    char *said;
    *rules = load(list, &said);
    assert_string_equal(said, "");
    free(said);
    struct components *c = components_new(*rules);
    assert_non_null(c);
    return c;
}

static void knows_its_own(void **state)
{
    (void)state;
    struct rule_set *rules;
    struct components *c = components(LIST, &rules);
    for (size_t i = 0; i < sizeof ASKED / sizeof *ASKED; i++) {
        struct event_room room;
        struct habit_request r;
        assert_true(components_request(c, make(&room, &ASKED[i]), &SECRET, 0, &r));
        if (r.own != ASKED[i].own)
            fail_msg("%s %s by %s, %u", ASKED[i].method, ASKED[i].target, ASKED[i].agent, ASKED[i].status);
        assert_int_equal(r.refused, ASKED[i].status == 401 || ASKED[i].status == 403);
    }
    components_free(c);
    rule_set_free(rules);
}

/* What would make it a claim to be somebody else, and what says nothing at all. */
static void only_without_a_credential(void **state)
{
    (void)state;
    struct rule_set *rules;
    struct components *c = components(LIST, &rules);
    struct event_room room;
    struct habit_request r;
    static const enum exchange_sign CLAIMS[] = {SIGN_IMPERSONATES, SIGN_FRONT_USER, SIGN_PROXIED};
    for (size_t i = 0; i < 3; i++) {
        struct exchange *x = make(&room, &ASKED[0]);
        x->signs = 1U << CLAIMS[i];
        assert_true(components_request(c, x, &SECRET, 0, &r));
        assert_false(r.own);
    }
    struct exchange *x = make(&room, &ASKED[11]);
    x->status = 200;
    x->signs = 1U << SIGN_OPEN_PATH;
    assert_true(components_request(c, x, &SECRET, 0, &r));
    assert_true(r.own && !r.refused);
    x = make(&room, &ASKED[0]);
    x->auth_state = AUTH_CREDENTIALED;
    assert_false(components_request(c, x, &SECRET, 0, &r));
    x->auth_state = AUTH_UNKNOWN;
    assert_false(components_request(c, x, &SECRET, 0, &r));
    x->auth_state = AUTH_REJECTED;
    event_set_unknown(&x->event, EVENT_HTTP_USER_AGENT);
    assert_false(components_request(c, x, &SECRET, 0, &r));
    x = make(&room, &ASKED[0]);
    event_set_unknown(&x->event, EVENT_HTTP_URL);
    assert_false(components_request(c, x, &SECRET, 0, &r));
    components_free(c);
    rule_set_free(rules);
}

static void tells_programs_and_places_apart(void **state)
{
    (void)state;
    struct rule_set *rules;
    struct components *c = components(LIST, &rules);
    struct event_room room;
    struct habit_request one, other;
    struct asked a = ASKED[0];
    components_request(c, make(&room, &a), &SECRET, 0, &one);
    a.agent = KUBELET "/extra";
    struct exchange *x = make(&room, &a);
    components_request(c, x, &SECRET, 0, &other);
    assert_true(other.own && one.program == other.program && one.place == other.place);
    x->event.server.port = 443;
    components_request(c, x, &SECRET, 0, &other);
    assert_int_not_equal(one.place, other.place);
    components_request(c, x, &SECRET, 7, &one);
    x->event.server.port = 6443;
    components_request(c, x, &SECRET, 7, &other);
    assert_int_equal(one.place, other.place);
    components_request(c, x, &SECRET, 8, &other);
    assert_int_not_equal(one.place, other.place);
    a.agent = "kubelet/v1.31.3 (linux/amd64) kubernetes/5864a46";
    components_request(c, make(&room, &a), &SECRET, 0, &other);
    assert_true(other.own && one.program != other.program);
    components_free(c);
    rule_set_free(rules);
}

/* Whose addresses are others' in another overlay; a cluster of the map is one wherever it is. */
static void tells_overlays_apart(void **state)
{
    (void)state;
    static const struct {
        enum tunnel_kind kind;
        uint32_t id, cluster;
        bool is_network;
    } ROWS[] = {{TUNNEL_NONE, 0, 0, false}, {TUNNEL_VXLAN, 5, 0, true}, {TUNNEL_VXLAN, 5, 7, false},
                {TUNNEL_GTP, 5, 0, false},  {TUNNEL_NVGRE, 5, 0, true}, {TUNNEL_VXLAN, 0, 0, true}};
    struct rule_set *rules;
    struct components *c = components(LIST, &rules);
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct event_room room;
        struct habit_request r;
        struct exchange *x = make(&room, &ASKED[0]);
        x->event.tunnel_kind = (uint8_t)ROWS[i].kind;
        x->event.tunnel_id = ROWS[i].id;
        assert_true(components_request(c, x, &SECRET, ROWS[i].cluster, &r));
        assert_int_equal(r.network, ROWS[i].is_network ? tunnel_network(ROWS[i].kind, ROWS[i].id) : 0);
        assert_int_equal(r.network != 0, ROWS[i].is_network);
    }
    components_free(c);
    rule_set_free(rules);
}

/* A reflector begins each try with a watch, and draws anew how long that may take. */
static void knows_a_watch_again(void **state)
{
    (void)state;
    struct rule_set *rules;
    struct components *c = components(LIST, &rules);
    struct event_room room;
    static const struct {
        const char *one, *other;
        bool same;
    } PAIRS[] = {
        {"/api/v1/pods?sendInitialEvents=true&timeoutSeconds=312&watch=true",
         "/api/v1/pods?sendInitialEvents=true&timeoutSeconds=5999&watch=true", true},
        {"/api/v1/pods?timeoutSeconds=312", "/api/v1/pods?timeoutSeconds=599", true},
        {"/api/v1/pods?timeoutSeconds=312&watch=true", "/api/v1/pods?timeoutSeconds=312&watch=false", false},
        {"/api/v1/pods?timeoutSeconds=312&watch=true", "/api/v1/nodes?timeoutSeconds=312&watch=true", false},
        {"/api/v1/pods?limit=500", "/api/v1/pods?limit=501", false},
        {"/api/v1/pods?xtimeoutSeconds=1", "/api/v1/pods?xtimeoutSeconds=2", false},
        {"/api/v1/timeoutSeconds=1", "/api/v1/timeoutSeconds=2", false},
    };
    for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
        struct habit_request one, other;
        assert_true(components_request(c, make(&room, &(struct asked){KUBELET, "GET", PAIRS[i].one, 403, true}),
                                       &SECRET, 0, &one));
        assert_true(components_request(c, make(&room, &(struct asked){KUBELET, "GET", PAIRS[i].other, 403, true}),
                                       &SECRET, 0, &other));
        if ((one.request == other.request) != PAIRS[i].same)
            fail_msg("%s and %s", PAIRS[i].one, PAIRS[i].other);
    }
    components_free(c);
    rule_set_free(rules);
}

/* What Kubernetes of today asks for, of the list that is shipped; and what nobody's name excuses. */
static void knows_todays_components(void **state)
{
    (void)state;
    static const char SCHEDULER[] = "kube-scheduler/v1.35.0 (linux/amd64) kubernetes/6645204",
                      MANAGER[] = "kube-controller-manager/v1.35.0 (linux/amd64) kubernetes/6645204";
    static const struct asked TODAY[] = {
        /* 1.34: a pod's service account, for who pulls its images; claims of devices */
        {KUBELET, "GET", "/api/v1/namespaces/a/serviceaccounts/b", 403, true},
        {KUBELET, "GET", "/apis/resource.k8s.io/v1/namespaces/a/resourceclaims/b", 403, true},
        {KUBELET, "GET", "/apis/certificates.k8s.io/v1beta1/clustertrustbundles?limit=500&resourceVersion=0", 403,
         true},
        /* who asks it something itself */
        {KUBELET, "POST", "/apis/authentication.k8s.io/v1/tokenreviews", 401, true},
        {KUBELET, "POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", 401, true},
        {SCHEDULER, "POST", "/apis/authentication.k8s.io/v1/tokenreviews?timeout=10s", 401, true},
        {SCHEDULER, "POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews?timeout=10s", 401, true},
        {MANAGER, "POST", "/apis/authentication.k8s.io/v1/tokenreviews?timeout=10s", 401, true},
        {MANAGER, "POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews?timeout=10s", 401, true},
        {KUBELET, "GET", "/api/v1/serviceaccounts", 403, false},
        {KUBELET, "GET", "/api/v1/secrets", 403, false},
        {KUBELET, "POST", "/api/v1/namespaces/a/pods", 403, false},
        {KUBELET, "POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", 403, false},
        {KUBELET, "POST", "/api/v1/namespaces/a/serviceaccounts", 403, false},
    };
    const char *source = getenv("srcdir");
    char path[4096], text[16384] = "";
    snprintf(path, sizeof path, "%s/rules/list-components.yaml", source ? source : ".");
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_true(fread(text, 1, sizeof text - 1, file) < sizeof text - 1);
    fclose(file);
    struct rule_set *rules;
    struct components *c = components(text, &rules);
    for (size_t i = 0; i < sizeof TODAY / sizeof *TODAY; i++) {
        struct event_room room;
        struct habit_request r;
        assert_true(components_request(c, make(&room, &TODAY[i]), &SECRET, 0, &r));
        if (r.own != TODAY[i].own)
            fail_msg("%s %s by %s", TODAY[i].method, TODAY[i].target, TODAY[i].agent);
    }
    components_free(c);
    rule_set_free(rules);
}

/* Without the list nobody is one of them. */
static void may_be_without_a_list(void **state)
{
    (void)state;
    struct rule_set *rules;
    struct components *c = components(HEAD "detection: {s: {kube.verb: x}, condition: s}\n", &rules);
    struct event_room room;
    struct habit_request r;
    assert_true(components_request(c, make(&room, &ASKED[0]), &SECRET, 0, &r));
    assert_false(r.own);
    components_free(c);
    rule_set_free(rules);
}

int main(void)
{
    for (size_t i = 0; i < sizeof SECRET.bytes; i++) /* a poor one makes others the same */
        SECRET.bytes[i] = (uint8_t)(i * 151 + 7);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_its_own),
        cmocka_unit_test(only_without_a_credential),
        cmocka_unit_test(tells_programs_and_places_apart),
        cmocka_unit_test(tells_overlays_apart),
        cmocka_unit_test(knows_a_watch_again),
        cmocka_unit_test(knows_todays_components),
        cmocka_unit_test(may_be_without_a_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
