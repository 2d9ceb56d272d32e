/* A worker under test: frames of a little conversation go in, the records that it tells are kept. */
#ifndef TESTS_UNIT_WORKER_RIG_H
#define TESTS_UNIT_WORKER_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/kube/credential.h"
#include "proto/stream/sniff.h"
#include "sensor/event/exchange.h"
#include "sensor/event/field.h"
#include "sensor/event/flow_record.h"
#include "sensor/flow/worker.h"
#include "tests/tools/wire.h"

enum { CLIENT_IP = 0xc0000201, SERVER_IP = 0xc6336401, PORT = 6443 };
enum { SA = TCP_SYN | TCP_ACK, PA = TCP_PSH | TCP_ACK, FA = TCP_FIN | TCP_ACK };

#define GET "GET /api/v1/pods HTTP/1.1\r\nHost: a\r\nUser-Agent: x/1\r\n\r\n"
#define FORBIDDEN_BODY                                                                                                 \
    "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\","                               \
    "\"message\":\"pods is forbidden: User \\\"system:anonymous\\\" cannot list resource\","                           \
    "\"reason\":\"Forbidden\",\"details\":{\"kind\":\"pods\"},\"code\":403}"
#define OK_EMPTY "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

enum { TOLD_MOST = 4000 };

struct test {
    struct worker *worker;
    struct counters counters;
    struct wire wire;
    struct event_room *told[TOLD_MOST];
    size_t count;
};

static inline void take(void *owner, const struct event *e)
{
    struct test *t = owner;
    assert_true(t->count < TOLD_MOST);
    assert_true(e->size <= EVENT_MAX);
    t->told[t->count] = malloc(sizeof *t->told[0]);
    memcpy(t->told[t->count++]->bytes, e, e->size);
}

static inline void reached(void *owner, moment clock)
{
    (void)owner, (void)clock;
}

/** @param secret  0: hashes of flows depend on the greater address and the ports alone. */
static inline void begin_as(struct test *t, size_t memory, unsigned secret)
{
    *t = (struct test){0};
    struct worker_options *options = calloc(1, sizeof *options);
    options->memory = memory;
    tunnel_ports_default(&options->tunnels);
    for (size_t i = 0; i < sizeof options->secret.bytes; i++)
        options->secret.bytes[i] = (uint8_t)((i * 167 + 13) * secret);
    port_set_add(&options->ports, PORT);
    port_set_add(&options->ports, 8080);
    t->worker = worker_new(options, &t->counters, (struct event_sink){take, reached, t});
    free(options);
    wire_begin(&t->wire, CLIENT_IP, 40000, SERVER_IP, PORT);
}

static inline void begin_with(struct test *t, size_t memory)
{
    begin_as(t, memory, 1);
}

/** The least memory that a worker begins with. */
static inline size_t worker_least(void)
{
    for (size_t memory = 0;; memory += 256) {
        struct test t;
        begin_with(&t, memory);
        if (t.worker) {
            worker_finish(t.worker);
            worker_free(t.worker);
            return memory;
        }
    }
}

static inline void begin(struct test *t)
{
    begin_with(t, 16 << 20);
}

static inline void forget(struct test *t)
{
    while (t->count)
        free(t->told[--t->count]);
}

static inline void finish(struct test *t)
{
    worker_finish(t->worker);
    const char *sum = NULL;
    t->counters.of[COUNT_FRAMES] = t->wire.number;
    sum = counters_check(&t->counters);
    if (sum)
        fail_msg("the sum of %s does not come out", sum);
}

static inline void end(struct test *t)
{
    forget(t);
    assert_int_equal(worker_free(t->worker), 0);
}

static inline void say(struct test *t, enum side from, unsigned flags, const char *payload)
{
    worker_frame(t->worker, wire_next(&t->wire, (int)from, flags, payload));
}

static inline void shake_hands(struct test *t)
{
    say(t, CLIENT, TCP_SYN, "");
    say(t, SERVER, SA, "");
    say(t, CLIENT, TCP_ACK, "");
}

static inline void part(struct test *t)
{
    say(t, CLIENT, FA, "");
    say(t, SERVER, FA, "");
    say(t, CLIENT, TCP_ACK, "");
}

static inline void answer_forbidden(struct test *t)
{
    char text[1024];
    snprintf(text, sizeof text,
             "HTTP/1.1 403 Forbidden\r\nAudit-Id: one\r\nContent-Type: application/json\r\n"
             "Content-Length: %zu\r\n\r\n%s",
             strlen(FORBIDDEN_BODY), FORBIDDEN_BODY);
    say(t, SERVER, PA, text);
}

static inline const struct exchange *exchange_at(const struct test *t, size_t i)
{
    assert_true(i < t->count);
    const struct exchange *x = (const struct exchange *)t->told[i]->bytes;
    assert_int_equal(x->event.type, EVENT_EXCHANGE);
    return x;
}

static inline const struct flow_record *flow_at(const struct test *t, size_t i)
{
    assert_true(i < t->count);
    const struct flow_record *f = (const struct flow_record *)t->told[i]->bytes;
    assert_int_equal(f->event.type, EVENT_FLOW);
    return f;
}

static inline void assert_text(const struct exchange *x, struct text t, const char *expected)
{
    struct slice s = event_text(&x->event, t);
    if (!slice_is(s, expected))
        fail_msg("found \"%.*s\", expected \"%s\"", (int)s.size, (const char *)s.data, expected);
}

#endif
