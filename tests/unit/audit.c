/* Every line is read back by jansson, strictly. Expected values are what an API server's audit log has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "proto/packet/address.h"
#include "sensor/event/auth.h"
#include "sensor/event/exchange.h"
#include "sensor/event/field.h"
#include "sensor/report/report.h"

/* 2026-11-24T04:32:54.895306Z */
#define TIME (INT64_C(1795494774895306) * 1000)

static struct event_room room;
static struct exchange *x;
static void *format;

static uint8_t kind_of(const char *name)
{
    for (uint8_t kind = 0; kind < 8; kind++) {
        if (strcmp(exchange_path_kind_name(kind), name) == 0)
            return kind;
    }
    fail_msg("no path kind %s", name);
    return 0;
}

static struct text text(const char *value)
{
    return event_add_text(&x->event, slice_of(value), EVENT_MAX);
}

/* An anonymous LIST that was forbidden. */
static int set_up(void **state)
{
    (void)state;
    struct report_style style = {.width = 80};
    format = report_audit.open(&style);
    x = exchange_begin(&room);
    x->event.time = TIME;
    x->event.order.clock = TIME + INT64_C(2000) * 1000;
    x->event.basis = ENDPOINT_RECOGNISED;
    address_parse(slice_of("192.0.2.7"), x->event.client.ip);
    address_parse(slice_of("2001:db8::1"), x->event.server.ip);
    x->event.server.port = 6443;
    x->path_kind = kind_of("resource");
    x->status = 403;
    x->signs = UINT32_C(1) << SIGN_STATUS;
    x->auth_state = AUTH_ANONYMOUS;
    x->auth_confidence = 95;
    x->method = text("GET");
    x->target = text("/apis/apps/v1/namespaces/shop/deployments/web/scale?a=\"");
    x->verb = text("get");
    x->agent = text("curl/8");
    x->audit_id = text("6d6ee051-94db-4d00-b7b4-ddbeb70bf2f6");
    x->user = text("system:anonymous");
    x->groups = text("system:unauthenticated");
    x->resource = text("deployments");
    x->name_space = text("shop");
    x->name = text("web");
    x->group = text("apps");
    x->api_version = text("v1");
    x->subresource = text("scale");
    x->reason = text("Forbidden");
    return format ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    report_audit.close(format);
    return 0;
}

static json_t *written(void)
{
    struct buffer out = {0};
    json_error_t error;
    report_audit.event(format, &out, &x->event);
    assert_false(out.failed);
    assert_true(out.size > 0 && memchr(out.bytes, '\n', out.size) == out.bytes + out.size - 1);
    json_t *line = json_loadb(out.bytes, out.size, JSON_REJECT_DUPLICATES, &error);
    if (!line)
        fail_msg("%s: %.*s", error.text, (int)out.size, out.bytes);
    buffer_deinit(&out);
    return line;
}

/* The member of this path: "objectRef.name"; NULL: there is none. A key behind "annotations" may have dots. */
static json_t *member(json_t *line, const char *path)
{
    size_t size = strcspn(path, ".");
    char name[64] = "";
    assert_true(size < sizeof name);
    memcpy(name, path, size);
    json_t *inside = json_object_get(line, name);
    return path[size] && inside ? member(inside, path + size + 1) : inside;
}

/* Whether the member is this JSON; NULL: that there is none. */
static void check(const char *path, const char *expected)
{
    json_t *line = written(), *got = member(line, path);
    if (!expected) {
        assert_null(got);
    } else {
        json_t *e = json_loads(expected, JSON_DECODE_ANY, NULL);
        assert_non_null(e);
        if (!got || !json_equal(got, e)) {
            char *text_got = got ? json_dumps(got, JSON_ENCODE_ANY) : NULL;
            fail_msg("%s is %s, should be %s", path, text_got ? text_got : "absent", expected);
        }
        json_decref(e);
    }
    json_decref(line);
}

static void writes_an_event_of_the_audit_log(void **state)
{
    (void)state;
    json_t *line = written();
    json_t *expected = json_loads(
        "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":\"Metadata\",\"stage\":\"ResponseComplete\","
        "\"auditID\":\"6d6ee051-94db-4d00-b7b4-ddbeb70bf2f6\","
        "\"requestURI\":\"/apis/apps/v1/namespaces/shop/deployments/web/scale?a=\\\"\",\"verb\":\"get\","
        "\"user\":{\"username\":\"system:anonymous\",\"groups\":[\"system:unauthenticated\"]},"
        "\"sourceIPs\":[\"192.0.2.7\"],\"userAgent\":\"curl/8\","
        "\"objectRef\":{\"resource\":\"deployments\",\"namespace\":\"shop\",\"name\":\"web\",\"apiGroup\":\"apps\","
        "\"apiVersion\":\"v1\",\"subresource\":\"scale\"},"
        "\"responseStatus\":{\"status\":\"Failure\",\"reason\":\"Forbidden\",\"code\":403},"
        "\"requestReceivedTimestamp\":\"2026-11-24T04:32:54.895306Z\","
        "\"stageTimestamp\":\"2026-11-24T04:32:54.897306Z\","
        "\"annotations\":{\"kapiwatch/auth-state\":\"anonymous\",\"kapiwatch/confidence\":\"95\","
        "\"kapiwatch/endpoint\":\"[2001:db8::1]:6443\",\"kapiwatch/endpoint-basis\":\"recognised\"}}",
        JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(expected);
    assert_true(json_equal(line, expected));
    json_decref(expected);
    json_decref(line);
}

/* What rules may call by an audit name is written under it. */
static void has_every_audit_name(void **state)
{
    (void)state;
    unsigned names = 0;
    json_t *line = written();
    for (unsigned i = 0; i < EVENT_FIELDS; i++) {
        char first[64] = "";
        memcpy(first, event_fields[i].alias, strcspn(event_fields[i].alias, " "));
        if (*first && !member(line, first))
            fail_msg("%s is not written", first);
        names += *first != '\0';
    }
    assert_true(names >= 16);
    json_decref(line);
}

static void leaves_out_what_is_unknown(void **state)
{
    (void)state;
    x->auth_state = AUTH_UNKNOWN;
    x->auth_confidence = 0;
    static const enum event_field_id fields[] = {EVENT_KUBE_AUDIT_ID, EVENT_HTTP_URL,    EVENT_KUBE_VERB,
                                                 EVENT_AUTH_USER,     EVENT_AUTH_GROUPS, EVENT_HTTP_USER_AGENT,
                                                 EVENT_KUBE_RESOURCE, EVENT_KUBE_REASON, EVENT_HTTP_STATUS};
    static const char *const paths[] = {"auditID",
                                        "requestURI",
                                        "verb",
                                        "user",
                                        "user.groups",
                                        "userAgent",
                                        "objectRef.resource",
                                        "responseStatus.reason",
                                        "responseStatus.code"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        event_set_unknown(&x->event, fields[i]);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        check(paths[i], NULL);
    check("annotations.kapiwatch/auth-state", "\"unknown\"");
    check("annotations.kapiwatch/confidence", NULL);
    check("annotations.kapiwatch/unknown", "\"http.url,http.http_user_agent,http.status,kube.verb,kube.resource,"
                                           "kube.reason,kube.audit_id,auth.user,auth.groups\"");
}

static void a_401_has_an_empty_user(void **state)
{
    (void)state;
    x->auth_state = AUTH_REJECTED;
    x->user = x->groups = (struct text){0};
    x->status = 401;
    check("user", "{}");
    check("objectRef.name", "\"web\"");
    x->auth_state = AUTH_CREDENTIALED;
    x->groups = text("makers,readers");
    check("user.groups", "[\"makers\", \"readers\"]");
    x->groups = (struct text){0}; /* an opaque token: somebody, nobody knows who */
    check("user", NULL);
}

static void only_resources_have_an_object(void **state)
{
    (void)state;
    x->path_kind = kind_of("non-resource");
    x->resource = x->name_space = x->name = x->subresource = x->group = (struct text){0};
    check("objectRef", NULL); /* discovery of a group has a version, too */
    check("verb", "\"get\"");
}

static void a_success_has_no_status(void **state)
{
    (void)state;
    x->status = 200;
    x->reason = (struct text){0};
    check("responseStatus", "{\"code\":200}");
    x->signs = 0;
    x->status = 404; /* not the API server's own */
    check("responseStatus", "{\"code\":404}");
    x->status = 0;
    check("responseStatus", NULL);
}

static void check_sources(const char *forwarded, const char *expected)
{
    x->event.forwarded_for = text(forwarded);
    check("sourceIPs", expected);
}

static void sources_are_the_servers(void **state)
{
    (void)state;
    check_sources("198.51.100.1", "[\"198.51.100.1\",\"192.0.2.7\"]");
    check_sources(" 198.51.100.1 ,\t2001:DB8:0:0::9", "[\"198.51.100.1\",\"2001:db8::9\",\"192.0.2.7\"]");
    check_sources("unknown, 198.51.100.1:80, [2001:db8::9],, 203.0.113.4,", "[\"203.0.113.4\",\"192.0.2.7\"]");
    check_sources("010.001.00.000", "[\"10.1.0.0\",\"192.0.2.7\"]");
    check_sources("::ffff:198.51.100.1", "[\"198.51.100.1\",\"192.0.2.7\"]");
    check_sources("198.51.100.1, 192.0.2.7", "[\"198.51.100.1\",\"192.0.2.7\"]");
    check_sources("192.0.2.7, 198.51.100.1", "[\"192.0.2.7\",\"198.51.100.1\",\"192.0.2.7\"]");
    event_set_unknown(&x->event, EVENT_FORWARDED_FOR);
    check("sourceIPs", "[\"192.0.2.7\"]");
}

/* Half an address is another address: of a long list the end is kept, of a full record the beginning. */
static void a_cut_source_is_left_out(void **state)
{
    (void)state;
    char forwarded[513];
    memset(forwarded, ' ', sizeof forwarded);
    forwarded[512] = '\0';
    memcpy(forwarded, "8.51.100.1,203.0.113.4,", 23);
    memcpy(forwarded + 500, "203.0.113.44", 12);
    check_sources(forwarded, "[\"8.51.100.1\",\"203.0.113.4\",\"203.0.113.44\",\"192.0.2.7\"]");
    x->event.cut = 1;
    check("sourceIPs", "[\"203.0.113.4\",\"203.0.113.44\",\"192.0.2.7\"]");
    check_sources("198.51.100.1", "[\"198.51.100.1\",\"192.0.2.7\"]"); /* something else was cut */
    x->event.size = EVENT_MAX - 24;
    check_sources("198.51.100.1,203.0.113.44", "[\"198.51.100.1\",\"192.0.2.7\"]");
}

/* The client that a front named is the source of the event; the server's peer is the front. A front that named nobody
 * is the source itself, whatever a client wrote into Via. */
static void a_front_is_the_peer(void **state)
{
    (void)state;
    x->via = text("198.51.100.9");
    x->front = FRONT_CONFIGURED;
    check_sources("203.0.113.4, 192.0.2.7", "[\"203.0.113.4\",\"192.0.2.7\"]");
    x->placed = true;
    assert_true(address_parse(slice_of("198.51.100.8"), x->peer));
    check("sourceIPs", "[\"203.0.113.4\",\"192.0.2.7\",\"198.51.100.8\"]");
}

static void agents_are_cut_where_the_server_cuts(void **state)
{
    (void)state;
    char agent[1100], expected[1100];
    memset(agent, 'a', sizeof agent);
    for (size_t size = 1023; size <= 1026; size++) {
        memset(expected, 0, sizeof expected);
        expected[0] = '"';
        memset(expected + 1, 'a', size < 1024 ? size : 1024);
        strcat(expected, size > 1024 ? "...TRUNCATED\"" : "\"");
        x->agent = event_add_text(&x->event, (struct slice){(const uint8_t *)agent, size}, sizeof agent);
        check("userAgent", expected);
    }
}

static void uris_are_escaped_as_the_server_does(void **state)
{
    (void)state;
    x->target = text("https://h/a\"b?c\"");
    check("requestURI", "\"/a%22b?c\\\"\"");
    x->method = text("CONNECT");
    x->target = (struct text){0};
    check("requestURI", "\"/\"");
}

static void times_do_not_run_backwards(void **state)
{
    (void)state;
    x->event.order.clock = TIME - 1000;
    check("stageTimestamp", "\"2026-11-24T04:32:54.895306Z\"");
}

static void names_the_cluster(void **state)
{
    (void)state;
    check("annotations.kapiwatch/cluster", NULL);
    x->event.cluster = text("blue");
    check("annotations.kapiwatch/cluster", "\"blue\"");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(writes_an_event_of_the_audit_log),
                                       TEST(has_every_audit_name),
                                       TEST(leaves_out_what_is_unknown),
                                       TEST(a_401_has_an_empty_user),
                                       TEST(only_resources_have_an_object),
                                       TEST(a_success_has_no_status),
                                       TEST(sources_are_the_servers),
                                       TEST(a_cut_source_is_left_out),
                                       TEST(a_front_is_the_peer),
                                       TEST(agents_are_cut_where_the_server_cuts),
                                       TEST(uris_are_escaped_as_the_server_does),
                                       TEST(times_do_not_run_backwards),
                                       TEST(names_the_cluster)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
