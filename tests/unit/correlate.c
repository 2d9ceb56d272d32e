#include "sensor/detect/correlate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/kube/credential.h"
#include "sensor/complaint.h"
#include "sensor/event/auth.h"
#include "sensor/event/field.h"
#include "sensor/event/flow_record.h"
#include "sensor/event/handshake.h"

static const struct hash_secret SECRET = {{1, 2, 3}};

static const char RULE[] =
    "title: anonymous\nid: 1b5f3c0e-6d0a-4a52-9c7e-2f8f5a1d7b36\nlevel: medium\n"
    "logsource: {product: kubernetes}\ndetection:\n  s: {auth.state: anonymous}\n  condition: s\n";

enum { SECOND = 1000 * 1000 * 1000 };

/* All that is told, a line each. */
struct bench {
    struct correlate *c;
    struct event_sink sink;
    struct rule_set *rules;
    struct counters counters;
    char told[8192];
    const char *agent; /* of requests that follow; NULL: none is sent, "?": it is not known */
    bool expect_audit_id;
    unsigned audit_ids; /* that were as expected */
};

static void tell(struct bench *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void tell(struct bench *b, const char *format, ...)
{
    size_t at = strlen(b->told);
    va_list args;
    va_start(args, format);
    vsnprintf(b->told + at, sizeof b->told - at, format, args);
    va_end(args);
}

static void on_event(void *owner, const struct event *e)
{
    const struct exchange *x = (const struct exchange *)e;
    struct bench *b = owner;
    bool told = event_field_get(EVENT_KUBE_AUDIT_ID, e).kind == VALUE_TEXT &&
                event_field_get(EVENT_KUBE_AUDIT_ID_BASIS, e).kind == VALUE_TEXT;
    bool hidden =
        event_is_unknown(e, EVENT_KUBE_AUDIT_ID) && event_field_get(EVENT_KUBE_AUDIT_ID_BASIS, e).kind == VALUE_ABSENT;
    b->audit_ids += b->expect_audit_id ? told : hidden;
    tell(owner, "%s %s %s\n", event_type_name(e->type), endpoint_basis_name(e->basis),
         e->type == EVENT_EXCHANGE ? auth_state_name(x->auth_state) : "-");
}

static void on_finding(void *owner, const struct finding *f)
{
    tell(owner, "finding %s %llu%s%s\n", f->rule->title, (unsigned long long)f->count,
         f->front == FRONT_SUSPECTED ? " of a front" : "", f->complete ? "." : "");
}

static void on_source(void *owner, const struct source *s)
{
    tell(owner, "source %u: %llu exchanges %llu flows%s\n", s->ip[15], (unsigned long long)s->exchanges,
         (unsigned long long)s->flows, s->found ? ", found" : "");
}

static void on_closing(void *owner, bool sources, size_t count)
{
    tell(owner, "closing %s %zu\n", sources ? "sources" : "findings", count);
}

static void begin_with(struct bench *b, struct correlate_options options)
{
    *b = (struct bench){0};
    struct complaint_list *complaints = complaint_list_new();
    FILE *file = fmemopen((void *)(uintptr_t)RULE, sizeof RULE - 1, "r");
    b->rules = rule_set_load(&(struct rule_file){.name = "r", .file = file}, 1, complaints);
    assert_non_null(b->rules);
    fclose(file);
    complaint_list_free(complaints);
    options.window = (moment)3600 * SECOND;
    struct correlate_events events = {on_event, on_finding, on_source, on_closing, b};
    b->c = correlate_new(&options, b->rules, &SECRET, &b->counters, &events);
    if (b->c)
        b->sink = correlate_sink(b->c);
}

static void begin_capped(struct bench *b, size_t memory, uint64_t cap)
{
    begin_with(b, (struct correlate_options){.source_cap = cap, .memory = memory});
}

static void begin(struct bench *b, size_t memory)
{
    begin_capped(b, memory, 0);
}

static void finish(struct bench *b)
{
    correlate_finish(b->c);
    correlate_count(b->c, &b->counters);
}

static void end(struct bench *b)
{
    assert_int_equal(correlate_free(b->c), 0);
    rule_set_free(b->rules);
}

static void request(struct bench *b, uint8_t client, uint16_t port, moment clock, uint16_t status, bool kubernetes,
                    const char *named)
{
    struct event_room room;
    struct exchange *x = exchange_begin(&room);
    x->event.client.ip[15] = client;
    x->event.server.ip[15] = 200;
    x->event.server.port = port;
    x->event.order.clock = x->event.time = clock;
    x->request = x->answer = SEEN_WHOLE;
    x->status = status;
    x->signs = 1U << SIGN_PLAINTEXT | (kubernetes ? 1U << SIGN_KUBERNETES | 1U << SIGN_STATUS : 0U);
    x->method = event_add_text(&x->event, slice_of("GET"), 64);
    x->target = event_add_text(&x->event, slice_of("/api/v1/pods"), 64);
    x->status_user = event_add_text(&x->event, slice_of(named), 64);
    if (b->agent && *b->agent == '?')
        event_set_unknown(&x->event, EVENT_HTTP_USER_AGENT);
    else if (b->agent)
        x->agent = event_add_text(&x->event, slice_of(b->agent), 64);
    b->sink.take(b->sink.owner, &x->event);
    assert_int_equal(x->auth_evidence, 0); /* the record itself is the giver's */
}

static void flow(struct bench *b, uint8_t client, uint16_t port, moment clock)
{
    struct flow_record f = {.event = {.size = sizeof f, .type = EVENT_FLOW}, .state = FLOW_REFUSED};
    f.event.client.ip[15] = client;
    f.event.server.ip[15] = 200;
    f.event.server.port = port;
    f.event.order.clock = clock;
    b->sink.take(b->sink.owner, &f.event);
}

static void keeps_the_order(void **state)
{
    (void)state;
    struct bench b;
    begin(&b, 8 << 20);
    assert_int_equal(correlate_worst(b.c), -1);
    request(&b, 1, 443, 1, 403, false, "system:anonymous"); /* nothing says that 443 is an API server */
    assert_int_equal(correlate_worst(b.c), -1);
    flow(&b, 2, 6443, 2);
    request(&b, 3, 443, 3, 200, true, ""); /* now it does */
    request(&b, 1, 443, 4, 403, false, "system:anonymous");
    assert_int_equal(correlate_worst(b.c), LEVEL_MEDIUM);
    request(&b, 4, 443, 5, 401, true, "");
    finish(&b);
    assert_string_equal(b.told, "http unproven anonymous\n"
                                "flow port -\n"
                                "http recognised credentialed\n"
                                "http recognised anonymous\n"
                                "finding anonymous 2\n"
                                "http recognised rejected\n"
                                "closing findings 1\n"
                                "finding anonymous 2.\n"
                                "closing sources 4\n"
                                "source 1: 2 exchanges 0 flows, found\n"
                                "source 4: 1 exchanges 0 flows\n"
                                "source 3: 1 exchanges 0 flows\n"
                                "source 2: 0 exchanges 1 flows\n");
    assert_int_equal(b.counters.of[COUNT_STATE_ANONYMOUS], 2);
    assert_int_equal(b.counters.of[COUNT_STATE_CREDENTIALED], 1);
    assert_int_equal(b.counters.of[COUNT_STATE_REJECTED], 1);
    assert_int_equal(b.counters.of[COUNT_STATE_UNKNOWN], 0);
    assert_int_equal(b.counters.of[COUNT_FINDINGS], 1);
    assert_int_equal(b.counters.of[COUNT_FINDINGS_UNPROVEN], 0);
    assert_int_equal(b.counters.of[COUNT_DETECT_LOST], 0);
    end(&b);
}

/* Whose request it was shows by its twin, which was lost; the next one has it. */
static void a_front_that_shows_later(void **state)
{
    (void)state;
    struct bench b;
    begin(&b, 8 << 20);
    request(&b, 5, 6443, 1, 403, true, "system:anonymous");
    for (uint8_t hop = 0; hop < 2; hop++) {
        struct handshake h = {.event = {.type = EVENT_HANDSHAKE, .size = sizeof h, .flow_id = hop, .order.clock = 2}};
        h.event.client.ip[15] = hop ? 5 : 1;
        h.event.server.ip[15] = hop ? 200 : 5;
        h.event.tls.client_random[0] = 7;
        b.sink.take(b.sink.owner, &h.event);
    }
    finish(&b);
    assert_non_null(strstr(b.told, "finding anonymous 1\n"));
    assert_non_null(strstr(b.told, "finding anonymous 1 of a front.\n"));
    end(&b);
}

static void request_inside(struct bench *b, uint32_t network, uint16_t status, bool kubernetes)
{
    struct event_room room;
    struct exchange *x = exchange_begin(&room);
    x->event.client.ip[15] = 1;
    x->event.server.ip[15] = 200;
    x->event.server.port = 443;
    x->event.tunnel_kind = TUNNEL_VXLAN;
    x->event.tunnel_id = network;
    x->request = x->answer = SEEN_WHOLE;
    x->status = status;
    x->signs = 1U << SIGN_PLAINTEXT | (kubernetes ? 1U << SIGN_KUBERNETES | 1U << SIGN_STATUS : 0U);
    x->method = event_add_text(&x->event, slice_of("GET"), 64);
    x->target = event_add_text(&x->event, slice_of("/api/v1/pods"), 64);
    x->status_user = event_add_text(&x->event, slice_of(status == 403 ? "system:anonymous" : ""), 64);
    b->sink.take(b->sink.owner, &x->event);
}

/* Tenants use the same addresses: what is found in one network, and what an endpoint there turns out to be, is no
 * other's. */
static void networks_are_apart(void **state)
{
    (void)state;
    struct bench b;
    begin(&b, 8 << 20);
    for (uint32_t network = 1; network <= 3; network++)
        request_inside(&b, network, 403, false); /* nothing says what 443 is there */
    request_inside(&b, 2, 200, true);
    *b.told = 0;
    finish(&b);
    assert_non_null(strstr(b.told, "closing findings 1\nfinding anonymous 1.\n"));
    assert_int_equal(b.counters.of[COUNT_FINDINGS_UNPROVEN], 2);
    end(&b);
}

/* What is not written is judged, found and summed up all the same; flows are written. */
static void writes_within_the_cap(void **state)
{
    (void)state;
    struct bench b;
    begin_capped(&b, 8 << 20, 2);
    for (int i = 0; i < 12; i++)
        request(&b, 1, 6443, 5, 403, true, "system:anonymous");
    request(&b, 2, 6443, 6, 403, true, "system:anonymous");
    flow(&b, 1, 6443, 7);
    struct anomaly a = {.event = {.size = sizeof a, .type = EVENT_ANOMALY}};
    a.event.client.ip[15] = 1;
    a.event.server.port = 6443;
    a.event.order.clock = 8;
    b.sink.take(b.sink.owner, &a.event);
    a.event.order.clock = (moment)60 * SECOND;
    b.sink.take(b.sink.owner, &a.event);
    finish(&b);
    assert_string_equal(b.told, "http recognised anonymous\n"
                                "finding anonymous 1\n"
                                "http recognised anonymous\n"
                                "finding anonymous 10\n"
                                "http recognised anonymous\n"
                                "finding anonymous 1\n"
                                "flow recognised -\n"
                                "anomaly port -\n"
                                "closing findings 2\n"
                                "finding anonymous 12.\n"
                                "finding anonymous 1.\n"
                                "closing sources 2\n"
                                "source 1: 12 exchanges 1 flows, found\n"
                                "source 2: 1 exchanges 0 flows, found\n");
    assert_int_equal(b.counters.of[COUNT_OUTPUT_CAPPED], 11);
    assert_int_equal(b.counters.of[COUNT_STATE_ANONYMOUS], 13);
    end(&b);
}

/* A UUID that every answer has anew is an Audit-Id at an API server, and any request's id elsewhere. */
static void an_inferred_audit_id_needs_an_api_server(void **state)
{
    (void)state;
    for (int proven = 0; proven < 2; proven++) {
        struct bench b;
        begin(&b, 8 << 20);
        struct event_room room;
        struct exchange *x = exchange_begin(&room);
        x->event.server.port = proven ? 6443 : 443;
        x->audit_id = event_add_text(&x->event, slice_of("an id"), 64);
        x->audit_id_basis = BASIS_INFERRED;
        b.expect_audit_id = proven;
        b.sink.take(b.sink.owner, &x->event);
        assert_int_equal(b.audit_ids, 1);
        end(&b);
    }
}

/* A finding's window closes before the record that comes behind it, whether or not the clock was told between. */
static void closes_windows_by_the_clock(void **state)
{
    (void)state;
    char said[2][sizeof((struct bench *)0)->told];
    for (int told = 0; told < 2; told++) {
        struct bench b;
        begin(&b, 8 << 20);
        request(&b, 1, 6443, 1, 403, true, "system:anonymous");
        if (told)
            b.sink.reached(b.sink.owner, 1 + (moment)3600 * SECOND);
        flow(&b, 2, 6443, 1 + (moment)3600 * SECOND);
        memcpy(said[told], b.told, sizeof b.told);
        end(&b);
    }
    assert_string_equal(said[0],
                        "http recognised anonymous\nfinding anonymous 1\nfinding anonymous 1.\nflow recognised -\n");
    assert_string_equal(said[0], said[1]);
}

/* A suppression holds for the first telling as for the last: neither is told, and the finding counts as one. */
/* What a test reads its suppressions from. */
struct suppressing {
    FILE *file;
    struct complaint_list *complaints;
    struct yaml *yaml;
    struct suppressions *list;
};

static void begin_suppressing(struct suppressing *s, struct bench *b, const char *list)
{
    s->file = fmemopen((void *)(uintptr_t)list, strlen(list), "r");
    s->complaints = complaint_list_new();
    s->yaml = yaml_read(s->file, "s", s->complaints);
    struct document d = {.file = "s", .complaints = s->complaints};
    s->list = suppressions_read(&d, yaml_document(s->yaml, 0));
    begin_with(b, (struct correlate_options){.suppressions = s->list, .memory = 8 << 20});
}

static void end_suppressing(struct suppressing *s, struct bench *b)
{
    end(b);
    suppressions_free(s->list);
    yaml_release(s->yaml);
    fclose(s->file);
    complaint_list_free(s->complaints);
}

static void what_is_suppressed_is_not_told(void **state)
{
    (void)state;
    struct suppressing s;
    struct bench b;
    begin_suppressing(&s, &b, "[{source: '::1', reason: r}]");
    for (int i = 0; i < 20; i++)
        request(&b, 1, 6443, i, 403, true, "system:anonymous");
    request(&b, 2, 6443, 30, 403, true, "system:anonymous");
    finish(&b);
    assert_null(strstr(b.told, "finding anonymous 10"));
    assert_null(strstr(b.told, "source 1: 20 exchanges 0 flows, found"));
    assert_non_null(strstr(b.told, "source 2: 1 exchanges 0 flows, found"));
    assert_non_null(strstr(b.told, "closing findings 1\nfinding anonymous 1.\n"));
    assert_int_equal(b.counters.of[COUNT_FINDINGS_SUPPRESSED], 1);
    assert_int_equal(b.counters.of[COUNT_FINDINGS], 1);
    end_suppressing(&s, &b);
}

/* An agent that nobody knows, or none, is another one. */
static void suppressed_is_whom_the_agent_names(void **state)
{
    (void)state;
    static const char *const others[] = {"probe/2", NULL, "?"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct suppressing s;
        struct bench b;
        begin_suppressing(&s, &b, "[{agent: 'probe/*', reason: r}]");
        for (int n = 0; n < 20; n++) {
            b.agent = n == 15 ? others[i] : "probe/1";
            request(&b, 1, 6443, n, 403, true, "system:anonymous");
        }
        finish(&b);
        assert_int_equal(b.counters.of[COUNT_FINDINGS_SUPPRESSED], i == 0);
        assert_int_equal(strstr(b.told, "finding anonymous 20.\n") != NULL, i > 0);
        end_suppressing(&s, &b);
    }
}

static void keeps_the_unproven(void **state)
{
    (void)state;
    struct bench b;
    begin(&b, 8 << 20);
    for (int i = 0; i < 20; i++)
        request(&b, 1, 8080, i, 403, false, "system:anonymous");
    *b.told = 0;
    finish(&b);
    assert_string_equal(b.told, "closing findings 0\nclosing sources 1\nsource 1: 20 exchanges 0 flows\n");
    assert_int_equal(b.counters.of[COUNT_FINDINGS_UNPROVEN], 1);
    assert_int_equal(b.counters.of[COUNT_FINDINGS], 0);
    assert_int_equal(correlate_worst(b.c), -1);
    end(&b);
}

/* Whoever has addresses without end, as one has with IPv6, and asks once from each. */
static void flood(struct bench *b, unsigned from, unsigned count)
{
    struct event_room room;
    struct exchange *x = exchange_begin(&room);
    x->event.client.ip[0] = 0x20;
    x->event.server.ip[15] = 200;
    x->event.server.port = 6443;
    x->request = x->answer = SEEN_WHOLE;
    x->status = 403;
    x->signs = 1U << SIGN_PLAINTEXT | 1U << SIGN_KUBERNETES | 1U << SIGN_STATUS;
    x->method = event_add_text(&x->event, slice_of("GET"), 64);
    x->target = event_add_text(&x->event, slice_of("/api/v1/pods"), 64);
    x->status_user = event_add_text(&x->event, slice_of("system:anonymous"), 64);
    for (unsigned i = from; i < from + count; i++) {
        memcpy(x->event.client.ip + 4, &i, sizeof i);
        x->event.order.clock = x->event.time = i;
        *b->told = 0;
        b->sink.take(b->sink.owner, &x->event);
        assert_non_null(strstr(b->told, "finding anonymous 1\n"));
    }
}

/* All of a flood are told, and who goes on is one finding all the time. */
static void a_flood_hides_nobody(void **state)
{
    (void)state;
    enum { FLOODS = 200, EACH = 200 };
    struct bench b;
    begin(&b, 4 << 20);
    request(&b, 1, 6443, 0, 403, true, "system:anonymous");
    for (unsigned i = 1; i <= FLOODS; i++) {
        flood(&b, i * EACH, EACH);
        *b.told = 0;
        request(&b, 1, 6443, i * EACH + EACH, 403, true, "system:anonymous");
        assert_null(strstr(b.told, "finding anonymous 1\n"));
    }
    correlate_count(b.c, &b.counters);
    assert_int_equal(b.counters.of[COUNT_DETECT_LOST], 0);
    assert_true(b.counters.of[COUNT_FINDINGS_HURRIED] > FLOODS * EACH / 2);
    end(&b);
}

static uint64_t hurried(const struct bench *b)
{
    struct counters counters = {{0}};
    correlate_count(b->c, &counters);
    return counters.of[COUNT_FINDINGS_HURRIED] + counters.of[COUNT_SOURCES_FORGOTTEN];
}

/* What is lent is used; what is taken back is given back with the next event. */
static void uses_what_is_lent(void **state)
{
    (void)state;
    enum { OWN = 1 << 20, LENT = 16 << 20, CLIENTS = 2000 };
    struct bench b;
    begin(&b, OWN);
    flood(&b, 0, CLIENTS);
    assert_true(hurried(&b) > 0);
    end(&b);
    begin(&b, OWN);
    correlate_set_memory(b.c, LENT);
    flood(&b, 0, CLIENTS);
    assert_int_equal(hurried(&b), 0);
    correlate_set_memory(b.c, OWN);
    request(&b, 1, 6443, CLIENTS, 403, true, "system:anonymous");
    assert_true(hurried(&b) > CLIENTS / 2);
    end(&b);
}

static void lives_within_its_memory(void **state)
{
    (void)state;
    for (size_t memory = 0; memory < 200000; memory += 1777) {
        struct bench b;
        begin(&b, memory);
        if (!b.c) {
            rule_set_free(b.rules);
            continue;
        }
        for (unsigned i = 0; i < 400; i++) {
            *b.told = 0;
            request(&b, (uint8_t)i, (uint16_t)(1 + i / 3), i, 403, true, "system:anonymous");
            flow(&b, (uint8_t)(i / 2), 443, i);
        }
        *b.told = 0;
        finish(&b);
        assert_true(memory > 150000 || b.counters.of[COUNT_DETECT_LOST] + b.counters.of[COUNT_SOURCES_FORGOTTEN] > 0);
        end(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_order),
        cmocka_unit_test(a_front_that_shows_later),
        cmocka_unit_test(networks_are_apart),
        cmocka_unit_test(writes_within_the_cap),
        cmocka_unit_test(an_inferred_audit_id_needs_an_api_server),
        cmocka_unit_test(closes_windows_by_the_clock),
        cmocka_unit_test(keeps_the_unproven),
        cmocka_unit_test(a_flood_hides_nobody),
        cmocka_unit_test(what_is_suppressed_is_not_told),
        cmocka_unit_test(suppressed_is_whom_the_agent_names),
        cmocka_unit_test(uses_what_is_lent),
        cmocka_unit_test(lives_within_its_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
