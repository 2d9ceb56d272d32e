/* Every line is read back by jansson, strictly: valid UTF-8, no name twice. Expected values are what the man page says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/http/http2_error.h"
#include "proto/http/message.h"
#include "proto/stream/sniff.h"
#include "sensor/event/anomaly.h"
#include "sensor/event/auth.h"
#include "sensor/event/exchange.h"
#include "sensor/event/field.h"
#include "sensor/event/flow_record.h"
#include "sensor/report/report.h"

static const struct hash_secret LIST_SECRET = {{1, 2, 3}};

static struct event_room room;
static struct buffer out;
static void *format;

/* 2026-11-24T04:32:54.895306Z, and less than a microsecond more. */
#define TIME (INT64_C(1795494774895306) * 1000 + 999)

/* The published test vector's connection. */
static const struct address client = {.ip = {[10] = 0xFF, [11] = 0xFF, 128, 232, 110, 120}, .port = 34855};
static const struct address server = {.ip = {[10] = 0xFF, [11] = 0xFF, 66, 35, 250, 204}, .port = 80};

static int set_up(void **state)
{
    (void)state;
    struct report_style style = {.width = 80};
    format = report_json.open(&style);
    out = (struct buffer){0};
    return format ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    report_json.close(format);
    buffer_deinit(&out);
    return 0;
}

/* The one line in the buffer; empties it. */
static json_t *read_line_as(size_t flags)
{
    assert_false(out.failed);
    assert_true(out.size > 0 && out.bytes[out.size - 1] == '\n');
    assert_ptr_equal(memchr(out.bytes, '\n', out.size), out.bytes + out.size - 1);
    json_error_t error;
    json_t *line = json_loadb(out.bytes, out.size, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | flags, &error);
    if (!line)
        fail_msg("%s at %d: %.*s", error.text, error.position, (int)out.size, out.bytes);
    out.size = 0;
    return line;
}

static json_t *read_line(void)
{
    return read_line_as(0);
}

static json_t *write_event(const struct event *e)
{
    report_json.event(format, &out, e);
    return read_line();
}

static void check(json_t *got, const char *expected)
{
    json_t *e = json_loads(expected, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(e);
    if (!json_equal(got, e)) {
        char *text = json_dumps(got, 0);
        fail_msg("got      %s\n     expected %s", text, expected);
    }
    json_decref(e);
    json_decref(got);
}

static struct exchange *begin(void)
{
    struct exchange *x = exchange_begin(&room);
    x->event.time = TIME;
    x->event.flow_id = 35;
    x->event.client = client;
    x->event.server = server;
    x->event.basis = ENDPOINT_RECOGNISED;
    return x;
}

static struct text add(struct exchange *x, const char *text)
{
    return event_add_text(&x->event, slice_of(text), 4096);
}

#define COMMON                                                                                                         \
    "\"timestamp\": \"2026-11-24T04:32:54.895306Z\", \"flow_id\": 35, \"src_ip\": \"128.232.110.120\","                \
    "\"src_port\": 34855, \"dest_ip\": \"66.35.250.204\", \"dest_port\": 80, \"proto\": \"TCP\","                      \
    "\"community_id\": \"1:LQU9qZlK+B5F3KDmev6m5PMibrg=\","                                                            \
    "\"cluster\": {\"endpoint\": \"66.35.250.204:80\", \"basis\": \"recognised\"},"

static void an_exchange(void **state)
{
    (void)state;
    struct exchange *x = begin();
    x->method = add(x, "GET");
    x->target = add(x, "/api/v1/pods?x=\"\xFF\"");
    x->host = add(x, "api.example");
    x->agent = add(x, "curl/8.5.0");
    x->status = 403;
    x->version = HTTP_1_1;
    x->response_bytes = 312;
    x->marks = 1U << MARK_BARE_LF | 1U << MARK_NO_HOST;
    x->verb = add(x, "list");
    x->api_version = add(x, "v1");
    x->resource = add(x, "pods");
    x->path_kind = 1;
    x->agent_form = 1;
    x->auth_state = AUTH_ANONYMOUS;
    x->auth_outcome = OUTCOME_FORBIDDEN;
    x->auth_basis = BASIS_OBSERVED;
    x->auth_confidence = 100;
    x->user = add(x, "system:anonymous");
    x->digest = 0xAB;
    x->auth_evidence = 1U << EVIDENCE_NO_CREDENTIAL | 1U << EVIDENCE_STATUS_USER;
    x->event.vlans = 2;
    x->event.vlan[0] = 100;
    x->event.vlan[1] = 7;
    check(
        write_event(&x->event),
        "{" COMMON "\"event_type\": \"http\", \"vlan\": [100, 7],"
        "\"http\": {\"http_method\": \"GET\", \"url\": \"/api/v1/pods?x=\\\"\\\\xff\\\"\", \"hostname\": "
        "\"api.example\","
        "\"http_user_agent\": \"curl/8.5.0\", \"status\": 403, \"protocol\": \"HTTP/1.1\", \"length\": 312,"
        "\"marks\": [\"bare_lf\", \"no_host\"]},"
        "\"kube\": {\"verb\": \"list\", \"api_version\": \"v1\", \"resource\": \"pods\", \"path_kind\": \"resource\","
        "\"agent\": \"free\"},"
        "\"auth\": {\"state\": \"anonymous\", \"outcome\": \"forbidden\", \"basis\": \"observed\", \"confidence\": 100,"
        "\"kind\": \"none\", \"user\": \"system:anonymous\", \"evidence\": [\"no_credential\", \"status_user\"],"
        "\"digest\": \"00000000000000ab\"}}");
}

static void expect_ends(json_t *line, const char *ip, unsigned port, const char *server_ip, size_t vlans)
{
    assert_string_equal(json_string_value(json_object_get(line, "src_ip")), ip);
    assert_int_equal(json_integer_value(json_object_get(line, "src_port")), port);
    assert_string_equal(json_string_value(json_object_get(line, "dest_ip")), server_ip);
    assert_int_equal(json_array_size(json_object_get(line, "vlan")), vlans);
    json_decref(line);
}

static void expect_community(const struct exchange *x, const char *id)
{
    json_t *line = write_event(&x->event);
    assert_string_equal(json_string_value(json_object_get(line, "community_id")), id);
    json_decref(line);
}

/* Of a client that a front named the ID is that of the front's connection, which is in the packets; of another
 * connection it is another one, whoever asks. */
static void the_community_is_the_connections(void **state)
{
    (void)state;
    struct exchange *x = begin();
    x->placed = true;
    memcpy(x->peer, client.ip, sizeof x->peer);
    x->event.client.ip[15] = 1;
    expect_community(x, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
    x->event.client.ip[15] = 2;
    expect_community(x, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
    x->event.flow_id += 1024; /* of the same place */
    memcpy(x->peer, server.ip, sizeof x->peer);
    json_t *line = write_event(&x->event);
    assert_string_not_equal(json_string_value(json_object_get(line, "community_id")), "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
    json_decref(line);
}

/* What a connection's events have in common is written once, and only where it is the same. */
static void ends_of_a_connection(void **state)
{
    (void)state;
    struct exchange *x = begin();
    for (unsigned i = 0; i < 2; i++)
        expect_ends(write_event(&x->event), "128.232.110.120", 34855, "66.35.250.204", 0);
    x->event.client.port = 1;
    expect_ends(write_event(&x->event), "128.232.110.120", 1, "66.35.250.204", 0);
    x->event.client.ip[15] = 1;
    expect_ends(write_event(&x->event), "128.232.110.1", 1, "66.35.250.204", 0);
    x->event.server.ip[15] = 7;
    expect_ends(write_event(&x->event), "128.232.110.1", 1, "66.35.250.7", 0);
    x->event.vlans = 1;
    expect_ends(write_event(&x->event), "128.232.110.1", 1, "66.35.250.7", 1);
    x->event.vlan[0] = 4094;
    json_t *line = write_event(&x->event);
    assert_int_equal(json_integer_value(json_array_get(json_object_get(line, "vlan"), 0)), 4094);
    json_decref(line);
    memset(x->event.client.ip, 0xEE, sizeof x->event.client.ip);
    x->event.flow_id += 1024; /* of the same place */
    for (unsigned i = 0; i < 2; i++) {
        line = write_event(&x->event);
        assert_int_equal(json_integer_value(json_object_get(line, "flow_id")), 35 + 1024);
        expect_ends(line, "eeee:eeee:eeee:eeee:eeee:eeee:eeee:eeee", 1, "66.35.250.7", 1);
    }
}

/* What could not be read is left out, even where something was read, and named; the verdict's word is always there. */
static void unknown_fields_are_named(void **state)
{
    (void)state;
    struct exchange *x = begin();
    x->method = add(x, "GET");
    x->status = 200;
    static const enum event_field_id unknown[] = {
        EVENT_HTTP_STATUS,    EVENT_HTTP_LENGTH, EVENT_AUTH_STATE,   EVENT_AUTH_OUTCOME,  EVENT_AUTH_KIND,
        EVENT_KUBE_PATH_KIND, EVENT_KUBE_AGENT,  EVENT_ANOMALY_TYPE, EVENT_CLUSTER_BASIS, EVENT_CLUSTER_ENDPOINT};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        event_set_unknown(&x->event, unknown[i]);
    json_t *line = write_event(&x->event);
    assert_null(json_object_get(line, "cluster")); /* no object without a member */
    assert_null(json_object_get(line, "kube"));
    json_t *http = json_object_get(line, "http");
    assert_int_equal(json_object_size(http), 1);
    json_t *auth = json_object_get(line, "auth");
    assert_int_equal(json_object_size(auth), 1);
    assert_string_equal(json_string_value(json_object_get(auth, "state")), "unknown");
    check(json_incref(json_object_get(line, "unknown")),
          "[\"cluster.endpoint\", \"cluster.basis\", \"http.status\", \"http.length\", \"kube.path_kind\","
          "\"kube.agent\", \"auth.state\", \"auth.outcome\", \"auth.kind\"]");
    json_decref(line);
}

static void a_flow(void **state)
{
    (void)state;
    struct flow_record *f = (struct flow_record *)&room;
    *f = (struct flow_record){.event = {.size = sizeof *f, .type = EVENT_FLOW, .time = TIME, .flow_id = 35},
                              .auth_state = AUTH_NOT_JUDGED,
                              .auth_outcome = AUTH_NOT_JUDGED};
    f->event.client = client;
    f->event.server = server;
    f->event.basis = ENDPOINT_RECOGNISED;
    f->last = TIME + INT64_C(86400) * 1000000000;
    f->packets[0] = 5;
    f->bytes[0] = 338;
    f->gap_bytes[1] = 1460;
    f->state = FLOW_CLOSED;
    f->reason = FLOW_RST;
    f->protocol = PROTOCOL_HTTP1;
    f->syn = (struct syn_shape){.window = 1024, .ttl = 59, .options = 1 << TCP_OPTION_MSS | 1 << TCP_OPTION_NOP};
    check(write_event(&f->event),
          "{" COMMON "\"event_type\": \"flow\", \"app_proto\": \"http\","
          "\"flow\": {\"pkts_toserver\": 5, \"pkts_toclient\": 0, \"bytes_toserver\": 338, \"bytes_toclient\": 0,"
          "\"start\": \"2026-11-24T04:32:54.895306Z\", \"end\": \"2026-11-25T04:32:54.895306Z\","
          "\"state\": \"closed\", \"reason\": \"rst\", \"syn_window\": 1024, \"syn_ttl\": 59, \"syn_options\": "
          "[\"mss\", \"nop\"],"
          "\"gap_bytes_toclient\": 1460}}");
    event_set_unknown(&f->event, EVENT_FLOW_SYN_WINDOW);
    event_set_unknown(&f->event, EVENT_FLOW_SYN_TTL);
    event_set_unknown(&f->event, EVENT_FLOW_SYN_OPTIONS);
    check(write_event(&f->event),
          "{" COMMON "\"event_type\": \"flow\", \"app_proto\": \"http\","
          "\"flow\": {\"pkts_toserver\": 5, \"pkts_toclient\": 0, \"bytes_toserver\": 338, \"bytes_toclient\": 0,"
          "\"start\": \"2026-11-24T04:32:54.895306Z\", \"end\": \"2026-11-25T04:32:54.895306Z\","
          "\"state\": \"closed\", \"reason\": \"rst\", \"gap_bytes_toclient\": 1460},"
          "\"unknown\": [\"flow.syn_window\", \"flow.syn_ttl\", \"flow.syn_options\"]}");
}

static void an_anomaly(void **state)
{
    (void)state;
    struct anomaly *a = (struct anomaly *)&room;
    *a = (struct anomaly){.event = {.size = sizeof *a, .type = EVENT_ANOMALY, .time = TIME, .flow_id = 35}};
    a->event.client = client;
    a->event.server = server;
    a->event.basis = ENDPOINT_RECOGNISED;
    a->kind = ANOMALY_GAVE_UP;
    a->reason = GAVE_UP_LIMIT;
    a->from = ANOMALY_FROM_NOBODY;
    check(write_event(&a->event), "{" COMMON "\"event_type\": \"anomaly\", \"anomaly\": {\"type\": \"applayer\","
                                  "\"event\": \"gave_up\", \"reason\": \"limit\"}}");
    a->from = CLIENT;
    a->kind = ANOMALY_WRONG_RESET;
    a->reason = GAVE_UP_NOT;
    check(write_event(&a->event), "{" COMMON "\"event_type\": \"anomaly\", \"anomaly\": {\"type\": \"stream\","
                                  "\"event\": \"wrong_reset\", \"from\": \"client\"}}");
}

static void http2(void **state)
{
    (void)state;
    struct exchange *x = begin();
    x->version = HTTP_2;
    x->stream_id = 2147483647;
    x->reset_error = http2_error_keep(8);
    x->reset_by = RESET_BY_CLIENT;
    x->connect_protocol = add(x, "websocket");
    json_t *line = write_event(&x->event);
    check(json_incref(json_object_get(line, "http")),
          "{\"protocol\": \"HTTP/2\", \"http2\": {\"stream_id\": 2147483647, \"error\": \"CANCEL\","
          "\"reset_by\": \"client\", \"protocol\": \"websocket\"}, \"length\": 0}");
    json_decref(line);
    struct anomaly *a = anomaly_begin(&room);
    a->kind = anomaly_of(MARK_GOAWAY_ERROR);
    a->from = SERVER;
    a->error = http2_error_keep(11);
    a->count = 1000;
    a->text = event_add_text(&a->event, slice_of("too\x1b[2m many"), ANOMALY_TEXT_MAX);
    line = write_event(&a->event);
    check(json_incref(json_object_get(line, "anomaly")),
          "{\"type\": \"applayer\", \"event\": \"goaway\", \"error\": \"ENHANCE_YOUR_CALM\", \"from\": \"server\","
          "\"count\": 1000, \"text\": \"too\\u001b[2m many\"}");
    json_decref(line);
    struct flow_record *f = (struct flow_record *)&room;
    *f = (struct flow_record){.event = {.size = sizeof *f, .type = EVENT_FLOW, .time = TIME, .flow_id = 35}};
    f->goaway = http2_error_keep(0);
    f->goaway_after = 3;
    line = write_event(&f->event);
    assert_string_equal(json_string_value(json_object_get(json_object_get(line, "flow"), "goaway")), "NO_ERROR");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(line, "flow"), "goaway_after")), 3);
    json_decref(line);
}

/* Fields of both words of the set: named in the order of the table. */
static void the_last_fields_may_be_unknown(void **state)
{
    (void)state;
    assert_true(EVENT_VLAN < 64 && EVENT_ANOMALY_COUNT >= 64);
    struct anomaly *a = anomaly_begin(&room);
    a->count = 3;
    a->event.flow_id = 35;
    event_set_unknown(&a->event, EVENT_ANOMALY_COUNT);
    event_set_unknown(&a->event, EVENT_ANOMALY_TYPE);
    event_set_unknown(&a->event, EVENT_VLAN);
    event_set_unknown(&a->event, EVENT_HTTP_URL); /* of other events */
    json_t *line = write_event(&a->event);
    assert_null(json_object_get(json_object_get(line, "anomaly"), "count"));
    assert_null(json_object_get(json_object_get(line, "anomaly"), "type"));
    assert_non_null(json_object_get(json_object_get(line, "anomaly"), "from"));
    check(json_incref(json_object_get(line, "unknown")), "[\"vlan\", \"anomaly.type\", \"anomaly.count\"]");
    json_decref(line);
}

/* The ID is kept by connection: another one in the same place of the cache gets its own. */
static void community_ids_are_not_mixed_up(void **state)
{
    (void)state;
    struct exchange *x = begin();
    json_t *first = write_event(&x->event);
    x->event.client.port++;
    x->event.flow_id += 4096;
    json_t *second = write_event(&x->event);
    x->event.client.port--;
    x->event.flow_id -= 4096;
    json_t *third = write_event(&x->event);
    assert_true(json_equal(first, third));
    assert_false(json_equal(json_object_get(first, "community_id"), json_object_get(second, "community_id")));
    json_decref(first);
    json_decref(second);
    json_decref(third);
}

/* As long a record as there can be, all of it in need of escapes. */
static void a_full_record(void **state)
{
    (void)state;
    struct exchange *x = begin();
    uint8_t *many = malloc(EVENT_MAX);
    memset(many, 1, EVENT_MAX);
    x->target = event_add_text(&x->event, (struct slice){many, EVENT_MAX}, EVENT_MAX);
    x->host = x->agent = x->target; /* two fields may have one text */
    json_t *line = write_event(&x->event);
    json_t *http = json_object_get(line, "http");
    assert_int_equal(json_string_length(json_object_get(http, "url")), x->target.size);
    assert_int_equal(json_string_length(json_object_get(http, "http_user_agent")), x->target.size);
    json_decref(line);
    free(many);
}

/* Random records of all types: whatever stands in them, a line is JSON, and every unknown field is out and named. */
static void anything_is_json(void **state)
{
    (void)state;
    uint32_t random = 1;
    for (unsigned round = 0; round < 20000; round++) {
        struct exchange *x = exchange_begin(&room);
        uint8_t *at = (uint8_t *)&x->event.order;
        for (size_t i = 0; i < sizeof *x - offsetof(struct event, order); i++) {
            random = random * 1664525 + 1013904223;
            at[i] = (random >> 28) < 12 ? (uint8_t)(random >> 20) : 0;
        }
        x->event.type = (uint8_t)(round % EVENT_TYPES);
        x->event.vlans = (uint8_t)(random >> 8);
        for (int i = 0; i < EVENT_FIELDS; i++) {
            uint8_t bytes[24];
            for (size_t k = 0; k < sizeof bytes; k++)
                bytes[k] = (uint8_t)((random = random * 1664525 + 1013904223) >> 24);
            if ((event_fields[i].in >> x->event.type & 1) && event_fields[i].kind == FIELD_TEXT)
                *(struct text *)((uint8_t *)x + event_fields[i].offset) =
                    event_add_text(&x->event, (struct slice){bytes, random >> 27}, 24);
        }
        report_json.event(format, &out, &x->event);
        json_t *line = read_line_as(JSON_DECODE_INT_AS_REAL); /* jansson's integers are signed */
        json_t *unknown = json_object_get(line, "unknown"), *name;
        size_t i;
        json_array_foreach(unknown, i, name)
        {
            int field = event_field_find(json_string_value(name));
            assert_true(field >= 0 && event_is_unknown(&x->event, (enum event_field_id)field));
        }
        assert_string_equal(json_string_value(json_object_get(line, "event_type")) ?: "unknown",
                            event_is_unknown(&x->event, EVENT_EVENT_TYPE) ? "unknown" : event_type_name(x->event.type));
        json_decref(line);
    }
}

static struct memory memory = {.limit = 1 << 20};

static void list(struct value_list *l, const char *value, unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        value_list_add(l, slice_of(value), &LIST_SECRET, &memory);
}

static void an_alert(void **state)
{
    (void)state;
    static const char *const tags[] = {"attack.discovery", "attack.t1526"};
    static const char *const references[] = {"https://example.org/a"};
    struct rule_about rule = {.id = "0d6ea1d4",
                              .provider = "",
                              .title = "A \"title\"",
                              .description = "Words.",
                              .file = "rules/a.yaml",
                              .level = LEVEL_MEDIUM,
                              .tags = tags,
                              .tag_count = 2,
                              .references = references,
                              .reference_count = 1,
                              .number = 4000000000};
    struct finding f = {.cluster = "",
                        .provider = "",
                        .rule = &rule,
                        .endpoint = server,
                        .basis = ENDPOINT_PORT,
                        .count = 12,
                        .exchanges = 12,
                        .first = TIME,
                        .last = TIME + 1000000000,
                        .first_flow = 35};
    memcpy(f.source, client.ip, 16);
    list(&f.agents, "curl", 1);
    list(&f.agents, "\xFFzgrab", 3);
    list(&f.statuses, "403", 12);
    f.urls.left_out = 5;
    report_json.finding(format, &out, &f);
    check(read_line(),
          "{\"timestamp\": \"2026-11-24T04:32:55.895306Z\", \"flow_id\": 35, \"event_type\": \"alert\","
          "\"src_ip\": \"128.232.110.120\", \"dest_ip\": \"66.35.250.204\", \"dest_port\": 80, \"proto\": \"TCP\","
          "\"cluster\": {\"endpoint\": \"66.35.250.204:80\", \"basis\": \"port\"},"
          "\"alert\": {\"action\": \"allowed\", \"gid\": 1, \"signature_id\": 4000000000, \"rev\": 1,"
          "\"signature\": \"A \\\"title\\\"\", \"category\": \"Kubernetes Scanning Activity\", \"severity\": 2,"
          "\"metadata\": {\"mitre_technique_id\": [\"T1526\"], \"reference\": [\"https://example.org/a\"]}},"
          "\"rule\": {\"id\": \"0d6ea1d4\", \"title\": \"A \\\"title\\\"\", \"level\": \"medium\","
          "\"tags\": [\"attack.discovery\", \"attack.t1526\"], \"file\": \"rules/a.yaml\"},"
          "\"finding\": {\"subject\": \"source\", \"count\": 12, \"first\": \"2026-11-24T04:32:54.895306Z\","
          "\"last\": \"2026-11-24T04:32:55.895306Z\", \"complete\": false,"
          "\"user_agents\": [{\"value\": \"\\\\xffzgrab\", \"count\": 3}, {\"value\": \"curl\", \"count\": 1}],"
          "\"urls_left_out\": 5, \"status_codes\": [{\"value\": \"403\", \"count\": 12}]}}");
    static const unsigned severities[LEVELS] = {4, 3, 2, 1, 1};
    rule.tag_count = rule.reference_count = 0;
    f.complete = true;
    for (unsigned i = 0; i < LEVELS; i++) {
        rule.level = (enum rule_level)i;
        report_json.finding(format, &out, &f);
        json_t *line = read_line(), *alert = json_object_get(line, "alert");
        assert_int_equal(json_integer_value(json_object_get(alert, "severity")), severities[i]);
        assert_null(json_object_get(alert, "metadata"));
        assert_true(json_is_true(json_object_get(json_object_get(line, "finding"), "complete")));
        json_decref(line);
    }
    value_list_clear(&f.agents, &memory);
    value_list_clear(&f.statuses, &memory);
}

static void a_source(void **state)
{
    (void)state;
    struct source s = {
        .first = TIME,
        .last = TIME + 1000000000,
        .verified = true,
        .exchanges = 10,
        .states = {[AUTH_UNKNOWN] = 1, [AUTH_ANONYMOUS] = 2, [AUTH_CREDENTIALED] = 3, [AUTH_REJECTED] = 4},
        .open_paths = 5,
        .flows = 6,
        .half_open = 7,
        .refused = 8,
        .without_request = 9,
        .not_written = 10};
    memcpy(s.ip, client.ip, 16);
    list(&s.endpoints, "192.0.2.1:6443", 2);
    s.agents.left_out = 1;
    report_json.source(format, &out, &s);
    check(
        read_line(),
        "{\"timestamp\": \"2026-11-24T04:32:55.895306Z\", \"event_type\": \"source\", \"src_ip\": \"128.232.110.120\","
        "\"source\": {\"verified\": true, \"first\": \"2026-11-24T04:32:54.895306Z\","
        "\"last\": \"2026-11-24T04:32:55.895306Z\", \"exchanges\": 10, \"anonymous\": 2, \"credentialed\": 3,"
        "\"rejected\": 4, \"unknown\": 1, \"open_paths\": 5, \"flows\": 6, \"half_open\": 7, \"refused\": 8,"
        "\"without_request\": 9, \"not_written\": 10, \"endpoints\": [{\"value\": \"192.0.2.1:6443\", \"count\": 2}],"
        "\"user_agents_left_out\": 1}}");
    value_list_clear(&s.endpoints, &memory);
}

static void statistics(void **state)
{
    (void)state;
    struct counters c;
    for (size_t i = 0; i < COUNTERS; i++)
        c.of[i] = 1000 + i;
    struct statistics s = {.counters = &c, .first = TIME - 5, .last = TIME};
    report_json.statistics(format, &out, &s);
    json_t *line = read_line();
    assert_string_equal(json_string_value(json_object_get(line, "timestamp")), "2026-11-24T04:32:54.895306Z");
    assert_string_equal(json_string_value(json_object_get(line, "event_type")), "stats");
    for (int i = 0; i < COUNTERS; i++) {
        const char *name = counter_name((enum counter)i);
        char group[32];
        snprintf(group, sizeof group, "%.*s", (int)strcspn(name, "."), name);
        json_t *in = json_object_get(json_object_get(line, "stats"), group);
        assert_int_equal(json_integer_value(json_object_get(in, strchr(name, '.') + 1)), 1000 + i);
    }
    json_decref(line);
    s.first = s.last = 0; /* of a pcapng file's simple packets, which have no time */
    report_json.statistics(format, &out, &s);
    line = read_line();
    assert_string_equal(json_string_value(json_object_get(line, "timestamp")), "1970-01-01T00:00:00.000000Z");
    json_decref(line);
    c.of[COUNT_FRAMES] = 0; /* nothing was read: there is no time to tell */
    report_json.statistics(format, &out, &s);
    line = read_line();
    assert_null(json_object_get(line, "timestamp"));
    json_decref(line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_exchange, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_community_is_the_connections, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ends_of_a_connection, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unknown_fields_are_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_flow, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_anomaly, set_up, tear_down),
        cmocka_unit_test_setup_teardown(http2, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_last_fields_may_be_unknown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(community_ids_are_not_mixed_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_record, set_up, tear_down),
        cmocka_unit_test_setup_teardown(anything_is_json, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_alert, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_source, set_up, tear_down),
        cmocka_unit_test_setup_teardown(statistics, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
