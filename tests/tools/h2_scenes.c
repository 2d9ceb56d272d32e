/* h2_scenes FOLDER: writes the made HTTP/2 captures of pcaps/, each with NAME.truth.json beside it. `make check` sees
 * that they come out the same, byte for byte, and that tshark reads the same requests. */
#include <stdlib.h>
#include <string.h>

#include "tests/tools/h2_scene.h"

#define TOKEN_HEAD "eyJhbGciOiJSUzI1NiIsImtpZCI6Im1hZGUtdXAifQ."
/* {"aud":["https://kubernetes.default.svc"],"exp":1900000000, ... ,"sub":"system:serviceaccount:one:reader"} */
#define TOKEN_CLAIMS                                                                                                   \
    "eyJhdWQiOlsiaHR0cHM6Ly9rdWJlcm5ldGVzLmRlZmF1bHQuc3ZjIl0sImV4cCI6MTkwMDAwMDAwMCwiaWF0IjoxNzAwMDAwMDAwLCJpc3MiOiJo" \
    "dH"                                                                                                               \
    "RwczovL2t1YmVybmV0ZXMuZGVmYXVsdC5zdmMiLCJrdWJlcm5ldGVzLmlvIjp7Im5hbWVzcGFjZSI6Im9uZSIsInNlcnZpY2VhY2NvdW50Ijp7Im" \
    "5h"                                                                                                               \
    "bWUiOiJyZWFkZXIiLCJ1aWQiOiIzYTBiN2MxMS0yZDk0LTRiNmUtOGE1MS05MGM0ZGUxN2YyYWEifX0sIm5iZiI6MTcwMDAwMDAwMCwic3ViIjoi" \
    "c3"                                                                                                               \
    "lzdGVtOnNlcnZpY2VhY2NvdW50Om9uZTpyZWFkZXIifQ"
#define TOKEN_SIGNATURE                                                                                                \
    "bm90LWEtc2lnbmF0dXJlbm90LWEtc2lnbmF0dXJlbm90LWEtc2lnbmF0dXJlbm90LWEtc2lnbmF0dXJlbm90LWEtc2lnbmF0dXJl"

static const char READER[] = "Bearer " TOKEN_HEAD TOKEN_CLAIMS "." TOKEN_SIGNATURE;
static const char WRONG[] = "Bearer bm90LWEtdG9rZW4tb2YtYW55Ym9keS00NzEx";
static const char USER[] = "system:serviceaccount:one:reader", ANONYMOUS[] = "system:anonymous";

enum { CLIENT_IP = 0xC000020A /* 192.0.2.10 */, ALL = 30, TOGETHER = 4 };

#define WATCH        "/api/v1/namespaces/one/pods?allowWatchBookmarks=true&resourceVersion=4711&watch=true"
#define LEASE        "/apis/coordination.k8s.io/v1/namespaces/one/leases/reader"
#define CREDENTIALED "credentialed"

static const char LEASE_BODY[] =
    "{\"kind\":\"Lease\",\"apiVersion\":\"coordination.k8s.io/v1\",\"spec\":{\"holderIdentity\":\"r\"}}";
static const char OBJECT_BODY[] = "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"made\"}}";

/* What a controller asks: thirty requests, one of them a watch that stays. */
static const struct call asked[ALL] = {
    {"GET", "/version", 200, CREDENTIALED, "get", NULL, 0},
    {"GET", "/api", 200, CREDENTIALED, "get", NULL, 0},
    {"GET", "/apis", 200, CREDENTIALED, "get", NULL, 0},
    {"GET", "/api/v1/namespaces/one/pods?limit=500&resourceVersion=0", 200, CREDENTIALED, "list pods one", NULL, 180},
    {"GET", WATCH, 200, CREDENTIALED, "watch pods one", NULL, 0},
    {"GET", "/api/v1/namespaces/one/configmaps/settings", 200, CREDENTIALED, "get configmaps one settings", NULL, 1},
    {"PUT", LEASE, 200, CREDENTIALED, "update leases.coordination.k8s.io one reader", LEASE_BODY, 1},
    {"GET", "/api/v1/nodes", 200, CREDENTIALED, "list nodes", NULL, 3},
    {"GET", "/api/v1/nodes/worker-1", 200, CREDENTIALED, "get nodes - worker-1", NULL, 1},
    {"POST", "/api/v1/namespaces/one/configmaps", 201, CREDENTIALED, "create configmaps one", OBJECT_BODY, 1},
    {"GET", "/api/v1/namespaces/kube-system/secrets", 403, CREDENTIALED, "list secrets kube-system", NULL, 0},
    {"PUT", LEASE, 200, CREDENTIALED, "update leases.coordination.k8s.io one reader", LEASE_BODY, 1},
    {"GET", "/apis/apps/v1/deployments?limit=500", 200, CREDENTIALED, "list deployments.apps", NULL, 60},
    {"GET", "/apis/apps/v1/namespaces/one/deployments/front", 200, CREDENTIALED, "get deployments.apps one front", NULL,
     1},
    {"PATCH", "/apis/apps/v1/namespaces/one/deployments/front/status", 200, CREDENTIALED,
     "patch deployments.apps/status one front", "{\"status\":{\"replicas\":2}}", 1},
    {"GET", "/api/v1/namespaces/one/pods/none", 404, CREDENTIALED, "get pods one none", NULL, 0},
    {"PUT", LEASE, 200, CREDENTIALED, "update leases.coordination.k8s.io one reader", LEASE_BODY, 1},
    {"DELETE", "/api/v1/namespaces/one/pods/two", 200, CREDENTIALED, "delete pods one two", NULL, 1},
    {"GET", "/api/v1/namespaces/one/pods/three/log?container=main", 200, CREDENTIALED, "get pods/log one three", NULL,
     1},
    {"GET", "/api/v1/namespaces/one/services", 200, CREDENTIALED, "list services one", NULL, 2},
    {"GET", "/api/v1/namespaces/one/endpoints/front", 200, CREDENTIALED, "get endpoints one front", NULL, 1},
    {"PUT", LEASE, 200, CREDENTIALED, "update leases.coordination.k8s.io one reader", LEASE_BODY, 1},
    {"POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", 201, CREDENTIALED,
     "create selfsubjectaccessreviews.authorization.k8s.io", OBJECT_BODY, 1},
    {"GET", "/api/v1/namespaces/two/secrets/key", 403, CREDENTIALED, "get secrets two key", NULL, 0},
    {"DELETE", "/api/v1/namespaces/one/pods?labelSelector=app%3Dold", 200, CREDENTIALED, "deletecollection pods one",
     NULL, 2},
    {"GET", "/healthz", 200, CREDENTIALED, "get", NULL, 0},
    {"PUT", LEASE, 200, CREDENTIALED, "update leases.coordination.k8s.io one reader", LEASE_BODY, 1},
    {"GET", "/api/v1/namespaces/one/events?limit=500", 200, CREDENTIALED, "list events one", NULL, 6},
    {"GET", "/apis/batch/v1/namespaces/one/jobs", 200, CREDENTIALED, "list jobs.batch one", NULL, 2},
    {"PUT", LEASE, 200, CREDENTIALED, "update leases.coordination.k8s.io one reader", LEASE_BODY, 1},
};

static const struct call probed[] = {
    {"GET", "/", 403, "anonymous", "get", NULL, 0},
    {"GET", "/version", 200, "anonymous", "get", NULL, 0},
    {"GET", "/api/v1/namespaces/kube-system/secrets", 403, "anonymous", "list secrets kube-system", NULL, 0},
    {"GET", "/api/v1/pods?limit=1", 403, "anonymous", "list pods", NULL, 0},
    {"GET", "/apis/apps/v1/namespaces/one/deployments", 403, "anonymous", "list deployments.apps one", NULL, 0},
    {"GET", "/metrics", 403, "anonymous", "get", NULL, 0},
    {"GET", "/logs", 403, "anonymous", "get", NULL, 0},
    {"GET", "/healthz", 200, "anonymous", "get", NULL, 0},
    {"GET", "/api/v1/nodes", 403, "anonymous", "list nodes", NULL, 0},
};

enum { PROBED = sizeof probed / sizeof probed[0] };

static void watch_event(struct link *l, struct pending *watch)
{
    static const char event[] =
        "{\"type\":\"MODIFIED\",\"object\":{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"two\"}}}\n";
    h2_talk_data(&l->h2, H2_SERVER, watch->stream, event, sizeof event - 1, false);
}

/* Up to four requests at a time, answered last first. A large answer is followed by WINDOW_UPDATEs. */
static void ask_together(struct link *l, const struct call *c, size_t count)
{
    struct pending p[TOGETHER];
    for (size_t i = 0; i < count; i++)
        p[i] = link_ask(l, &c[i]);
    link_carry(l, H2_CLIENT);
    for (size_t i = count; i-- > 0;) {
        link_answer(l, &p[i]);
        link_carry(l, H2_SERVER);
        if (c[i].items > 100) {
            h2_talk_number(&l->h2, H2_CLIENT, H2_WINDOW_UPDATE, 0, 20000);
            h2_talk_number(&l->h2, H2_CLIENT, H2_WINDOW_UPDATE, p[i].stream, 20000);
        }
    }
}

static void ask_all(struct link *l)
{
    static const size_t together[] = {1, 3, 1, 2, TOGETHER, 2, 1, 3}; /* the third is the watch */
    struct pending watch = {.call = NULL};
    for (size_t at = 0, turn = 0; at < ALL; turn++) {
        size_t count = together[turn % 8] < ALL - at ? together[turn % 8] : ALL - at;
        if (turn == 2) {
            watch = link_ask(l, &asked[at]);
            link_carry(l, H2_CLIENT);
            link_answer_head(l, &watch, -1, false);
            link_row(l, watch.call, 200, watch.audit_id, watch.stream);
        } else {
            ask_together(l, &asked[at], count);
        }
        at += count;
        if (turn > 2)
            watch_event(l, &watch);
        if (turn == 5) { /* silence, then a sign of life */
            link_carry(l, H2_SERVER);
            l->scene->to.micros += 31 * 1000000;
            h2_talk_frame(&l->h2, H2_CLIENT, H2_PING, 0, 0, "abcdefgh", 8);
            link_carry(l, H2_CLIENT);
            h2_talk_frame(&l->h2, H2_SERVER, H2_PING, H2_ACK, 0, "abcdefgh", 8);
        }
    }
    h2_talk_data(&l->h2, H2_SERVER, watch.stream, NULL, 0, true);
    link_carry(l, H2_SERVER);
}

/* What servers since 1.29 do with whom they do not know: an answer, and no more on this connection. */
static void ask_and_be_sent_away(struct scene *s, const struct speaker *by, const struct call *c)
{
    struct link l;
    link_open(&l, s, by);
    struct pending p = link_ask(&l, c);
    link_carry(&l, H2_CLIENT);
    link_answer(&l, &p);
    h2_talk_goaway(&l.h2, H2_SERVER, 0x7FFFFFFF, 0, "");
    link_carry(&l, H2_SERVER);
    link_close(&l);
}

static void kubernetes(const char *folder, const char *name, enum h2_habit habit, const char *agent, const char *prober)
{
    static const struct call refused = {"GET", "/api/v1/pods", 401, "rejected", "list pods", NULL, 0};
    struct scene s;
    struct link l, bare;
    struct speaker by = {CLIENT_IP, 40061, habit, habit, agent, READER, USER},
                   probe = {CLIENT_IP + 1, 40062, habit, habit, prober, NULL, ANONYMOUS},
                   again = {CLIENT_IP + 1, 40063, habit, habit, prober, NULL, ANONYMOUS},
                   wrong = {CLIENT_IP + 2, 40064, habit, habit, prober, WRONG, ""};
    scene_begin(&s, folder, name);
    link_open(&l, &s, &by);
    ask_all(&l);
    link_open(&bare, &s, &probe);
    for (size_t at = 0; at < PROBED; at += 3)
        ask_together(&bare, &probed[at], 3);
    link_close(&bare);
    ask_and_be_sent_away(&s, &again, &probed[2]);
    ask_and_be_sent_away(&s, &wrong, &refused);
    link_close(&l);
    scene_end(&s);
}

static void upgrade_head(struct link *l, const struct call *c, bool followed)
{
    char head[2048];
    int size = snprintf(
        head, sizeof head,
        "%s %s HTTP/1.1\r\nHost: api.example:8080\r\nUser-Agent: %s\r\nAccept: */*\r\n%s%s%s"
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n",
        c->method, c->path, l->by->agent, l->by->bearer ? "Authorization: " : "", l->by->bearer ? l->by->bearer : "",
        l->by->bearer ? "\r\n" : "");
    h2_talk_bytes(&l->h2, H2_CLIENT, head, (size_t)size);
    link_carry(l, H2_CLIENT);
    static const char switching[] = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
    if (followed)
        h2_talk_bytes(&l->h2, H2_SERVER, switching, sizeof switching - 1);
}

/* The request that asked for it is stream 1. `early`: its answer comes before the client's preface. */
static void upgrade_one(struct scene *s, const struct speaker *by, const struct call *c, size_t count, bool early)
{
    struct link l;
    link_connect(&l, s, by);
    upgrade_head(&l, c, true);
    struct pending p = {.call = c, .stream = 1};
    h2_uuid(&l.h2, p.audit_id);
    l.h2.next_stream = 3;
    h2_talk_greet(&l.h2, H2_SERVER);
    if (early)
        link_answer(&l, &p);
    link_carry(&l, H2_SERVER);
    h2_talk_greet(&l.h2, H2_CLIENT);
    h2_talk_frame(&l.h2, H2_CLIENT, H2_SETTINGS, H2_ACK, 0, NULL, 0);
    link_carry(&l, H2_CLIENT);
    h2_talk_frame(&l.h2, H2_SERVER, H2_SETTINGS, H2_ACK, 0, NULL, 0);
    if (!early)
        link_answer(&l, &p);
    link_carry(&l, H2_SERVER);
    for (size_t i = 1; i < count; i++)
        ask_together(&l, &c[i], 1);
    link_close(&l);
}

/* A server that knows no h2c answers in HTTP/1.1. */
static void upgrade_refused(struct scene *s, const struct speaker *by, const struct call *c)
{
    struct link l;
    char body[1024], head[2048];
    char audit_id[H2_UUID];
    link_connect(&l, s, by);
    upgrade_head(&l, c, false);
    size_t body_size = scene_body(&l, c, body, sizeof body);
    h2_uuid(&l.h2, audit_id);
    int size = snprintf(
        head, sizeof head,
        "HTTP/1.1 %u Forbidden\r\nAudit-Id: %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
        c->status, audit_id, body_size);
    h2_talk_bytes(&l.h2, H2_SERVER, head, (size_t)size);
    h2_talk_bytes(&l.h2, H2_SERVER, body, body_size);
    link_carry(&l, H2_SERVER);
    link_row(&l, c, c->status, audit_id, 0);
    link_close(&l);
}

static void upgrade(const char *folder)
{
    struct scene s;
    struct speaker by = {CLIENT_IP, 40081, H2_NGHTTP2, H2_GO, "curl/8.5.0", READER, USER},
                   bare = {CLIENT_IP + 1, 40082, H2_NGHTTP2, H2_GO, "curl/8.5.0", NULL, ANONYMOUS},
                   old = {CLIENT_IP + 1, 40083, H2_NGHTTP2, H2_GO, "curl/8.5.0", NULL, ANONYMOUS};
    scene_begin(&s, folder, "h2c-upgrade");
    upgrade_one(&s, &by, &asked[7], 4, false);
    upgrade_one(&s, &bare, &probed[2], 3, true);
    upgrade_refused(&s, &old, &probed[0]);
    scene_end(&s);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: h2_scenes FOLDER\n", stderr);
        return 1;
    }
    kubernetes(argv[1], "go-http2", H2_GO, "reader/v1.4.2 (linux/amd64) kubernetes/1a2b3c4", "Go-http-client/2.0");
    kubernetes(argv[1], "nghttp2-http2", H2_NGHTTP2, "curl/8.5.0", "h2load nghttp2/1.52.0");
    scene_odd(argv[1]);
    upgrade(argv[1]);
    return 0;
}
