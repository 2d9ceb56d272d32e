#include "sensor/detect/harmless.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sensor/event/auth.h"
#include "sensor/event/value.h"

static const struct hash_secret SECRET = {{1, 2, 3}};
static const struct rule_about RULE = {.id = "i", .title = "t", .story = ""};

struct bench {
    struct memory memory;
    struct counters counters;
    struct sources *sources;
    struct endpoints *endpoints;
    struct harmless known;
};

static void begin(struct bench *b)
{
    *b = (struct bench){.memory = {.limit = 1 << 20}};
    b->sources = sources_new(&SECRET, b->memory);
    b->endpoints = endpoints_new(NULL, 0, &SECRET, &b->memory);
    b->known = (struct harmless){.sources = b->sources, .endpoints = b->endpoints, .counters = &b->counters};
}

static void end(struct bench *b)
{
    endpoints_free(b->endpoints);
    assert_int_equal(sources_free(b->sources), 0);
    assert_int_equal(b->memory.used, 0);
}

/* An address that opens a connection every `seconds` and asks for nothing. */
static void knocks(struct bench *b, uint8_t address, unsigned seconds)
{
    for (unsigned i = 1; i <= 6; i++) {
        struct flow_record f = {.event = {.size = sizeof f, .type = EVENT_FLOW}, .state = FLOW_NEW};
        moment jitter = seconds ? 0 : (moment)i * i * 3;
        f.event.client.ip[15] = address;
        f.event.time = f.event.order.clock = ((moment)i * seconds + jitter) * INT64_C(1000000000);
        sources_flow(b->sources, &f, false, INT64_MAX);
    }
}

static void add_client(struct bench *b, struct finding *f, uint8_t address)
{
    uint8_t ip[16] = {[15] = address};
    char text[VALUE_MAX];
    size_t size = (size_t)(value_ip(text, ip) - text);
    value_list_add(&f->clients, (struct slice){(const uint8_t *)text, size}, &SECRET, &b->memory);
}

/* What all clients of a cluster or endpoint did: monitors are no sweep, but all of them have to be some, and known. */
static void all_are_monitors(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    struct finding f = {.rule = &RULE, .subject = SUBJECT_CLUSTER, .cluster = "", .complete = true};
    assert_false(harmless_is(&b.known, &f, true)); /* of nobody */
    knocks(&b, 1, 10);
    knocks(&b, 2, 60);
    knocks(&b, 3, 0);
    add_client(&b, &f, 1);
    add_client(&b, &f, 2);
    assert_true(harmless_is(&b.known, &f, true));
    assert_false(harmless_is(&b.known, &f, false)); /* it was certain from the beginning */
    f.clients.left_out = 1;                         /* who knows what that one does */
    assert_false(harmless_is(&b.known, &f, true));
    f.clients.left_out = 0;
    f.exchanges = 1;
    assert_false(harmless_is(&b.known, &f, true));
    f.exchanges = 0;
    add_client(&b, &f, 3);
    assert_false(harmless_is(&b.known, &f, true));
    assert_int_equal(b.counters.of[COUNT_FINDINGS_REGULAR], 1);
    value_list_clear(&f.clients, &b.memory);
    end(&b);
}

/* Who asks a proxy that lends its credential is not accused of that, as far as it is inferred. */
static void a_lent_credential(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    struct event_room room;
    struct exchange *x = exchange_begin(&room);
    x->event.server.port = 8001;
    x->auth_evidence = UINT32_C(1) << EVIDENCE_ADDED_BEHIND;
    endpoints_learn_lending(b.endpoints, x);
    struct finding f = {.rule = &RULE, .subject = SUBJECT_SOURCE, .cluster = "", .endpoint = {.port = 8001}};
    assert_true(harmless_is(&b.known, &f, false));
    assert_int_equal(b.counters.of[COUNT_FINDINGS_LENT], 0); /* it may be asked again */
    f.complete = true;
    assert_true(harmless_is(&b.known, &f, false));
    f.observed = true;
    assert_false(harmless_is(&b.known, &f, false));
    f.observed = false;
    f.subject = SUBJECT_ENDPOINT;
    assert_false(harmless_is(&b.known, &f, false));
    f.subject = SUBJECT_SOURCE;
    f.endpoint.port = 8002;
    assert_false(harmless_is(&b.known, &f, false));
    assert_int_equal(b.counters.of[COUNT_FINDINGS_LENT], 1);
    end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_are_monitors),
        cmocka_unit_test(a_lent_credential),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
