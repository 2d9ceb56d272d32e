#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/kube/request.h"

enum { NON = PATH_NON_RESOURCE, RES = PATH_RESOURCE, ERR = PATH_ERROR };

struct row {
    const char *method, *target;
    int kind;
    const char *verb, *group, *version, *name_space, *resource, *subresource, *name;
};

/* The API server's rules, and what a real one (1.20) wrote into its audit log. */
static const struct row rows[] = {
    {"GET", "/api/v1/pods", RES, "list", "", "v1", "", "pods", "", ""},
    {"GET", "/api/v1/pods?watch=1", RES, "watch", "", "v1", "", "pods", "", ""},
    {"GET", "/api/v1/watch/namespaces/x/pods/p", RES, "watch", "", "v1", "x", "pods", "", "p"},
    {"GET", "/api/v1/watch/pods", RES, "watch", "", "v1", "", "pods", "", ""},
    {"HEAD", "/api/v1/namespaces/x", RES, "get", "", "v1", "x", "namespaces", "", "x"},
    {"HEAD", "/api/v1/pods", RES, "list", "", "v1", "", "pods", "", ""},
    {"PUT", "/api/v1/namespaces/x/finalize", RES, "update", "", "v1", "x", "namespaces", "finalize", "x"},
    {"GET", "/api/v1/namespaces/x/status", RES, "get", "", "v1", "x", "namespaces", "status", "x"},
    {"GET", "/api/v1/namespaces/x/pods?fieldSelector=metadata.name%3Dp", RES, "list", "", "v1", "x", "pods", "", "p"},
    {"GET", "/api/v1/namespaces/x/pods/q?fieldSelector=metadata.name%3Dp", RES, "get", "", "v1", "x", "pods", "", "q"},
    {"GET", "/api/v1/namespaces/x/pods/q?watch=1", RES, "get", "", "v1", "x", "pods", "", "q"},
    {"DELETE", "/apis/apps/v1/namespaces/x/deployments", RES, "deletecollection", "apps", "v1", "x", "deployments", "",
     ""},
    {"DELETE", "/api/v1/namespaces/x/pods?fieldSelector=metadata.name=p", RES, "deletecollection", "", "v1", "x",
     "pods", "", ""},
    {"DELETE", "/api/v1/namespaces/x/pods/p", RES, "delete", "", "v1", "x", "pods", "", "p"},
    {"PATCH", "/api/v1/namespaces/x/pods/p", RES, "patch", "", "v1", "x", "pods", "", "p"},
    {"POST", "/api/v1/namespaces/x/pods", RES, "create", "", "v1", "x", "pods", "", ""},
    {"POST", "/api/v1/namespaces/x/pods/p/exec?command=sh", RES, "create", "", "v1", "x", "pods", "exec", "p"},
    {"POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", RES, "create", "authorization.k8s.io", "v1", "",
     "selfsubjectaccessreviews", "", ""},
    {"GET", "/api/v1/proxy/namespaces/x/services/s/a/b", RES, "proxy", "", "v1", "x", "services", "", "s"},
    {"GET", "/api/v1/nodes/n/proxy/pods", RES, "get", "", "v1", "", "nodes", "proxy", "n"},
    {"POST", "/api/v1/namespaces/x/services/s:80/proxy/login", RES, "create", "", "v1", "x", "services", "proxy",
     "s:80"},
    {"OPTIONS", "/api/v1/pods", RES, "", "", "v1", "", "pods", "", ""},
    {"CONNECT", "/api/v1/pods", RES, "", "", "v1", "", "pods", "", ""},
    {"PROPFIND", "/api/v1/namespaces/x/pods/p", RES, "", "", "v1", "x", "pods", "", "p"},
    {"get", "/api/v1/namespaces/x/pods", RES, "", "", "v1", "x", "pods", "", ""},
    {"GET", "/apis/apps/v1", NON, "get", "", "", "", "", "", ""},
    {"GET", "/apis/apps", NON, "get", "", "", "", "", "", ""},
    {"GET", "/api/v1", NON, "get", "", "", "", "", "", ""},
    {"GET", "/api/v1/", NON, "get", "", "", "", "", "", ""},
    {"GET", "/", NON, "get", "", "", "", "", "", ""},
    {"GET", "/healthz", NON, "get", "", "", "", "", "", ""},
    {"HEAD", "/healthz", NON, "head", "", "", "", "", "", ""},
    {"OPTIONS", "/version", NON, "options", "", "", "", "", "", ""},
    {"OPTIONS", "*", NON, "options", "", "", "", "", "", ""},
    {"TRACE", "/version", NON, "trace", "", "", "", "", "", ""},
    {"PROPFIND", "/version", NON, "propfind", "", "", "", "", "", ""},
    {"MKCOL", "/apis", NON, "mkcol", "", "", "", "", "", ""},
    {"WUUT", "/", NON, "wuut", "", "", "", "", "", ""},
    {"get", "/version", NON, "get", "", "", "", "", "", ""},
    {"GET", "/api/v1/watch", ERR, "", "", "", "", "", "", ""},
    {"GET", "/api/v1/watch/", ERR, "", "", "", "", "", "", ""},
    {"GET", "/api/v1/proxy", ERR, "", "", "", "", "", "", ""},
    {"GET", "/apis/apps/v1/watch", ERR, "", "", "", "", "", "", ""},
    {"GET", "/%2e%2e/api/v1/pods", NON, "get", "", "", "", "", "", ""},
    {"GET", "/./api/v1/pods", NON, "get", "", "", "", "", "", ""},
    {"GET", "//api//v1/pods", RES, "get", "", "", "", "v1", "", "pods"},
    {"GET", "//api/v1/pods", RES, "list", "", "v1", "", "pods", "", ""},
    {"GET", "/API/v1/pods", NON, "get", "", "", "", "", "", ""},
    {"GET", "/api/../x", RES, "list", "", "..", "", "x", "", ""},
    {"GET", "/api//v1/pods", RES, "get", "", "", "", "v1", "", "pods"},
    {"GET", "/api//pods", RES, "list", "", "", "", "pods", "", ""},
    {"GET", "/api/v1/%2e%2e/v1/pods", RES, "get", "", "v1", "", "..", "pods", "v1"},
    {"GET", "/api/v1/%70ods", RES, "list", "", "v1", "", "pods", "", ""},
    {"GET", "/api/v1/../../version", RES, "get", "", "v1", "", "..", "version", ".."},
    {"GET", "/api/v1//pods", RES, "get", "", "v1", "", "", "", "pods"},
    {"GET", "/api/v1/namespaces%2Fx%2Fpods", RES, "list", "", "v1", "x", "pods", "", ""},
    {"GET", "/api/v1/namespaces/x/pods/p/log", RES, "get", "", "v1", "x", "pods", "log", "p"},
    {"GET", "/api/v1/namespaces/x/pods/p/status/more", RES, "get", "", "v1", "x", "pods", "status", "p"},
    {"GET", "/apis/g/v1/watch/namespaces/x/pods/p/status/more/and/more", RES, "watch", "g", "v1", "x", "pods", "status",
     "p"},
    {"GET", "/api/v1/namespaces/{x}/pods", RES, "list", "", "v1", "{x}", "pods", "", ""},
    {"GET", "/api/v1/pods#frag", RES, "list", "", "v1", "", "pods#frag", "", ""},
    {"GET", "/api/v1/pods/", RES, "list", "", "v1", "", "pods", "", ""},
    {"GET", "/api/v1/pods/\xC3\xA9", RES, "get", "", "v1", "", "pods", "", "\xC3\xA9"},
    {"GET", "/api/v1/pods;a=1", RES, "list", "", "v1", "", "pods;a=1", "", ""},
    {"GET", "/api/v1/pods?", RES, "list", "", "v1", "", "pods", "", ""},
    {"GET", "/api/v1/pods|x", RES, "list", "", "v1", "", "pods|x", "", ""},
    {"GET", "/api/v1/pods+x", RES, "list", "", "v1", "", "pods+x", "", ""},
    {"GET", "/apis/nosuch.example/v9/things", RES, "list", "nosuch.example", "v9", "", "things", "", ""},
    {"GET", "/api/zzz/foo", RES, "list", "", "zzz", "", "foo", "", ""},
    {"GET", "/api/v1/namespaces", RES, "list", "", "v1", "", "namespaces", "", ""},
    {"GET", "/api/v1/namespaces/", RES, "list", "", "v1", "", "namespaces", "", ""},
    {"GET", "http://kubernetes:1/api/v1/namespaces/x/pods?limit=1", RES, "list", "", "v1", "x", "pods", "", ""},
    {"GET", "https://kubernetes/api/v1/pods", RES, "list", "", "v1", "", "pods", "", ""},
    {"GET", "https://kubernetes?a/b/c/d", NON, "get", "", "", "", "", "", ""},
    {"GET", "mailto:api/v1/pods", NON, "get", "", "", "", "", "", ""},
    {"CONNECT", "example.org:443", NON, "connect", "", "", "", "", "", ""},
    {"CONNECT", "192.0.2.1:443", NON, "connect", "", "", "", "", "", ""},
    /* net/url refuses these, and the server answers 400 before all else. */
    {"GET", "api/v1/pods", ERR, "", "", "", "", "", "", ""},
    {"GET", "192.0.2.1:443", ERR, "", "", "", "", "", "", ""},
    {"GET", "", ERR, "", "", "", "", "", "", ""},
    {"GET", ":x", ERR, "", "", "", "", "", "", ""},
    {"GET", "/api/v1/pods%", ERR, "", "", "", "", "", "", ""},
    {"GET", "/api/v1/pods%4", ERR, "", "", "", "", "", "", ""},
    {"GET", "/api/v1/pods%4g/x", ERR, "", "", "", "", "", "", ""},
    {"GET", "/api/v1/pods?x=%4g", RES, "list", "", "v1", "", "pods", "", ""},
    {"GET",
     "/api/v1/po\x7F"
     "ds",
     ERR, "", "", "", "", "", "", ""},
    {"GET", "/api/v1/pods?\x1F", ERR, "", "", "", "", "", "", ""},
};

static void read_exact(struct request_info *info, const char *method, struct slice target, uint8_t **room)
{
    size_t size = target.size + strlen(method);
    *room = malloc(size + 1);
    request_info_read(info, slice_of(method), target, false, *room, size);
}

static void reads_as_the_server_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *r = &rows[i];
        struct request_info in;
        uint8_t *room;
        read_exact(&in, r->method, slice_of(r->target), &room);
        if ((int)in.kind != r->kind || !slice_is(in.verb, r->verb) || !slice_is(in.group, r->group) ||
            !slice_is(in.version, r->version) || !slice_is(in.name_space, r->name_space) ||
            !slice_is(in.resource, r->resource) || !slice_is(in.subresource, r->subresource) ||
            !slice_is(in.name, r->name))
            fail_msg("%s %s: %s [%.*s] [%.*s]", r->method, r->target, path_kind_name(in.kind), (int)in.verb.size,
                     (const char *)in.verb.data, (int)in.resource.size, (const char *)in.resource.data);
        free(room);
    }
}

/* url.URL.Path, as the authorizer compares it. */
static void the_path_alone(void **state)
{
    (void)state;
    static const struct {
        const char *method, *target, *path;
    } paths[] = {{"GET", "/version", "/version"},
                 {"GET", "/version?a=/b", "/version"},
                 {"GET", "/%76ersion%3f", "/version?"},
                 {"GET", "//api/v1/pods/", "//api/v1/pods/"},
                 {"GET", "http://h:1/api%2Fv1/pods?x", "/api/v1/pods"},
                 {"GET", "http:/healthz", "/healthz"},
                 {"GET", "http://h", ""},
                 {"OPTIONS", "*", "*"},
                 {"CONNECT", "h:1/version", "/version"},
                 {"CONNECT", "h:1", ""},
                 {"GET", "/api/v1/watch", "/api/v1/watch"},
                 {"GET", "version", ""}};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct request_info in;
        uint8_t *room;
        read_exact(&in, paths[i].method, slice_of(paths[i].target), &room);
        assert_true(slice_is(in.path, paths[i].path));
        free(room);
    }
}

static void a_zero_byte_is_a_byte(void **state)
{
    (void)state;
    struct request_info in;
    uint8_t *room;
    read_exact(&in, "GET", slice_of("/api/v1/pods%00"), &room);
    assert_true(slice_same(in.resource, (struct slice){(const uint8_t *)"pods", 5}));
    free(room);
}

static void what_is_open(void **state)
{
    (void)state;
    static const struct {
        const char *method, *target;
        bool open, opened, proxied;
    } flags[] = {
        {"GET", "/healthz", true, false, false},
        {"GET", "/livez?verbose", true, false, false},
        {"GET", "/readyz?exclude=etcd", true, false, false},
        {"GET", "/version", true, false, false},
        {"GET", "/version/", true, false, false},
        {"GET", "http://kubernetes/version?timeout=32s", true, false, false},
        {"OPTIONS", "*", true, false, false},
        {"GET", "*", false, false, false},
        {"HEAD", "/healthz", false, false, false},
        /* A real server (1.20): anonymous, 405 and 200; a method that it does not grant is 403. */
        {"get", "/version", true, false, false},
        {"gEt", "/healthz", true, false, false},
        {"head", "/healthz", false, false, false},
        {"gets", "/healthz", false, false, false},
        {"get", "/api", false, true, false},
        {"get", "/api/v1/namespaces/kube-public/configmaps/cluster-info", false, false, false},
        {"POST", "/version", false, false, false},
        {"GET", "/healthz/", false, false, false},
        {"GET", "/healthz/ping", false, false, false},
        {"GET", "/livez/etcd", false, false, false},
        {"GET", "//healthz", false, false, false},
        {"GET", "/Healthz", false, false, false},
        {"GET", "/", false, false, false},
        {"GET", "/metrics", false, false, false},
        {"GET", "/api", false, true, false},
        {"GET", "/api/", false, true, false},
        {"GET", "/api/v1", false, true, false},
        {"GET", "/apis/apps/v1", false, true, false},
        {"GET", "/openapi/v2?timeout=32s", false, true, false},
        {"GET", "/openapi", false, true, false},
        {"GET", "/openapix", false, false, false},
        {"GET", "/apix", false, false, false},
        {"GET", "/api/v1/watch", false, false, false},
        {"GET", "/api/%", false, false, false},
        {"HEAD", "/api", false, false, false},
        {"GET", "/.well-known/openid-configuration", false, true, false},
        {"GET", "/openid/v1/jwks", false, true, false},
        {"GET", "/openid/v1/jwks/", false, true, false},
        {"GET", "/openid/v1/jwksx", false, false, false},
        {"GET", "/api/v1/namespaces/kube-public/configmaps/cluster-info", false, true, false},
        {"GET", "/api/v1/namespaces/kube-public/configmaps?fieldSelector=metadata.name=cluster-info", false, false,
         false},
        {"PUT", "/api/v1/namespaces/kube-public/configmaps/cluster-info", false, false, false},
        {"GET", "/api/v1/namespaces/kube-public/configmaps/cluster-info/status", false, false, false},
        {"GET", "/api/v1/namespaces/kube-public/configmaps/other", false, false, false},
        {"GET", "/api/v1/namespaces/kube-system/configmaps/cluster-info", false, false, false},
        {"GET", "/apis/g/v1/namespaces/kube-public/configmaps/cluster-info", false, false, false},
        {"GET", "/api/v1/pods", false, false, false},
        {"GET", "/api/v1/namespaces/x/pods/p/proxy", false, false, true},
        {"POST", "/api/v1/nodes/n/proxy/run", false, false, true},
        {"GET", "/api/v1/proxy/nodes/n", false, false, true},
        {"GET", "/api/v1/namespaces/proxy/pods/proxy", false, false, false},
        {"GET", "/api/v1/namespaces/x/pods/p/log/proxy", false, false, false},
    };
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        struct request_info in;
        uint8_t *room;
        read_exact(&in, flags[i].method, slice_of(flags[i].target), &room);
        if (in.open != flags[i].open || in.opened != flags[i].opened || in.proxied != flags[i].proxied)
            fail_msg("%s %s: open %d opened %d proxied %d", flags[i].method, flags[i].target, in.open, in.opened,
                     in.proxied);
        free(room);
    }
}

/* What the server asks a kubelet for: exec and its kin, and logs, of pods of the core alone. */
static void what_a_node_answers(void **state)
{
    (void)state;
    static const struct {
        const char *method, *target;
        bool node;
    } asked[] = {
        {"GET", "/api/v1/namespaces/x/pods/p/log", true},
        {"GET", "/api/v1/namespaces/x/pods/p/log/?follow=true", true},
        {"GET", "/api/v1/namespaces/x/pods/p/exec?command=sh", true},
        {"POST", "/api/v1/namespaces/x/pods/p/exec?command=sh", true},
        {"POST", "/api/v1/namespaces/x/pods/p/attach", true},
        {"POST", "/api/v1/namespaces/x/pods/p/portforward", true},
        {"GET", "/api/v1/namespaces/x/pods/log", false},
        {"GET", "/api/v1/namespaces/x/pods/p/logs", false},
        {"GET", "/api/v1/namespaces/x/pods/p/status", false},
        {"POST", "/api/v1/namespaces/x/pods/p/eviction", false},
        {"GET", "/api/v1/namespaces/x/pods/p/proxy", false}, /* a pod's own */
        {"GET", "/api/v1/namespaces/x/services/p/log", false},
        {"GET", "/apis/g/v1/namespaces/x/pods/p/log", false},
        {"GET", "/logs/pods", false},
    };
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        struct request_info in;
        uint8_t *room;
        read_exact(&in, asked[i].method, slice_of(asked[i].target), &room);
        if (in.node != asked[i].node)
            fail_msg("%s %s: node %d", asked[i].method, asked[i].target, in.node);
        free(room);
    }
}

static void what_monitors_ask_too(void **state)
{
    (void)state;
    static const struct {
        const char *method, *target;
        bool probe;
    } asked[] = {
        {"GET", "/", true},
        {"HEAD", "/", true},
        {"OPTIONS", "/", true},
        {"GET", "https://api:6443/", true},
        {"HEAD", "/healthz", true},
        {"HEAD", "/version", true},
        {"GET", "/livez/ping", true},
        {"GET", "/readyz/etcd?verbose", true},
        {"GET", "/healthz/", true},
        {"GET", "/healthz", false}, /* open to all */
        {"GET", "/?x", false},
        {"GET", "//", false},
        {"GET", "/healthzy", false},
        {"GET", "/version/x", false},
        {"POST", "/", false},
        {"POST", "/healthz", false},
        {"get", "/", false},
        {"GET", "/api", false},
        {"GET", "*", false},
        {"OPTIONS", "*", false},
        {"CONNECT", "/", false},
        {"GET", "/openid/v1/jwks", true},
        {"HEAD", "/openid/v1/jwks", false},
        {"GET", "/.well-known/openid-configuration", true},
        {"GET", "/.well-known/security.txt", false},
    };
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        struct request_info in;
        uint8_t *room;
        read_exact(&in, asked[i].method, slice_of(asked[i].target), &room);
        if (in.probe != asked[i].probe)
            fail_msg("%s %s: probe %d", asked[i].method, asked[i].target, in.probe);
        free(room);
    }
}

/* Each byte that Go refuses, at each place of a target. */
static void control_bytes_are_refused(void **state)
{
    (void)state;
    const char *plain = "/api/v1/namespaces/x/pods?watch=1";
    for (size_t at = 1; at < strlen(plain); at++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            char target[64];
            struct request_info in;
            uint8_t room[80];
            strcpy(target, plain);
            target[at] = (char)byte;
            request_info_read(&in, slice_of("GET"), (struct slice){(uint8_t *)target, strlen(plain)}, false, room,
                              sizeof room);
            bool refused = byte < 0x20 || byte == 0x7F || (byte == '%' && at <= 25);
            if (byte == '%' && at < 24)
                continue; /* an escape, good or bad */
            assert_int_equal(in.kind == PATH_ERROR, refused);
        }
    }
}

/* Groups that the server may leave to another. */
static void groups_that_may_be_added(void **state)
{
    (void)state;
    static const struct {
        const char *target;
        bool added;
    } groups[] = {{"/apis/metrics.k8s.io/v1beta1/nodes", true},
                  {"/apis/example%2ecom/v1/bars", true},
                  {"/apis/example.com", true},
                  {"/apis/example.com/v1", true},
                  {"/apis/apps/v1/deployments", false},
                  {"/apis", false},
                  {"/api/v1/pods/a.b", false},
                  {"/apix/example.com/v1/bars", false}};
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        struct request_info in;
        uint8_t *room;
        read_exact(&in, "GET", slice_of(groups[i].target), &room);
        assert_int_equal(in.added, groups[i].added);
        free(room);
    }
}

/* Beyond the bound: what the cut cannot change is told, nothing else. */
static void long_targets(void **state)
{
    (void)state;
    static const struct {
        const char *begin, *fill;
        int kind;
        const char *verb, *resource, *name, *subresource;
        bool proxied;
    } longs[] = {
        {"/", "a", NON, "get", "", "", "", false},
        {"/api/v1/pods/", "a", RES, "", "", "", "", false},
        {"/api/v1/", "a", RES, "", "", "", "", false},
        {"/api/v1/namespaces/x/pods/p/", "a", RES, "", "", "", "", false},
        {"/api/v1/namespaces/x/pods/p/log/", "a", RES, "get", "pods", "p", "log", false},
        {"/api/v1/namespaces/x/services/s/proxy/", "%41", RES, "get", "services", "s", "proxy", true},
        {"/api/v1/proxy/namespaces/x/services/s/", "/a", RES, "proxy", "services", "s", "", true},
        {"/api/v1/proxy/namespaces/x/services/s/", "a", RES, "proxy", "services", "s", "", true},
        {"/apis/g/v1/watch/namespaces/x/", "a", RES, "watch", "", "", "", false},
        {"/api/v1/pods?x=", "a", RES, "", "pods", "", "", false},
        {"/api/v1/pods?fieldSelector=metadata.name=n&x=", "a", RES, "", "pods", "", "", false},
        {"/api/v1/pods?watch=0&x=", "a", RES, "list", "pods", "", "", false},
        {"/api/v1/pods/p?x=", "a", RES, "get", "pods", "p", "", false},
        {"/api/", "a", NON, "", "", "", "", false},
        {"/api/v1/pods?watch=1&x=", "a", RES, "watch", "pods", "", "", false},
    };
    for (size_t i = 0; i < sizeof longs / sizeof *longs; i++) {
        for (size_t more = 1; more < 40; more++) {
            char *target = calloc(1, REQUEST_TARGET_MAX + 100);
            struct request_info in;
            uint8_t *room;
            strcpy(target, longs[i].begin);
            while (strlen(target) < REQUEST_TARGET_MAX + more)
                strcat(target + REQUEST_TARGET_MAX / 2 * (strlen(target) > REQUEST_TARGET_MAX / 2), longs[i].fill);
            read_exact(&in, "GET", slice_of(target), &room);
            assert_int_equal(in.kind, longs[i].kind);
            assert_true(slice_is(in.verb, longs[i].verb));
            assert_true(slice_is(in.resource, longs[i].resource));
            assert_true(slice_is(in.name, longs[i].name));
            assert_true(slice_is(in.subresource, longs[i].subresource));
            assert_int_equal(in.proxied, longs[i].proxied);
            assert_true(in.timeout_bad); /* it may be */
            free(room);
            free(target);
        }
    }
    /* Of exactly the bound, all is read. */
    char *target = calloc(1, REQUEST_TARGET_MAX + 1);
    struct request_info in;
    uint8_t *room;
    memset(target, 'a', REQUEST_TARGET_MAX);
    memcpy(target, "/api/v1/pods/", 13);
    read_exact(&in, "GET", slice_of(target), &room);
    assert_int_equal(in.name.size, REQUEST_TARGET_MAX - 13);
    assert_true(slice_is(in.verb, "get"));
    free(room);
    free(target);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_as_the_server_does),
        cmocka_unit_test(the_path_alone),
        cmocka_unit_test(a_zero_byte_is_a_byte),
        cmocka_unit_test(what_is_open),
        cmocka_unit_test(what_monitors_ask_too),
        cmocka_unit_test(what_a_node_answers),
        cmocka_unit_test(control_bytes_are_refused),
        cmocka_unit_test(groups_that_may_be_added),
        cmocka_unit_test(long_targets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
