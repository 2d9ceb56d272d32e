#include "sensor/detect/endpoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct hash_secret SECRET = {{1, 2, 3}};

static struct exchange *answer(struct event_room *room, uint8_t host, uint16_t port, unsigned signs)
{
    struct exchange *x = exchange_begin(room);
    x->event.server.ip[15] = host;
    x->event.server.port = port;
    x->signs = signs;
    return x;
}

static void knows_ports(void **state)
{
    (void)state;
    static const uint16_t PORTS[] = {8080, 6443};
    struct memory memory = {.limit = 1 << 20};
    struct endpoints *e = endpoints_new(PORTS, 2, &SECRET, &memory);
    struct event_room room;
    assert_int_equal(endpoints_basis(e, &answer(&room, 1, 8080, 0)->event), ENDPOINT_CONFIGURED);
    assert_int_equal(endpoints_basis(e, &answer(&room, 1, 6443, 0)->event), ENDPOINT_CONFIGURED);
    assert_int_equal(endpoints_basis(e, &answer(&room, 1, 16443, 0)->event), ENDPOINT_PORT);
    assert_int_equal(endpoints_basis(e, &answer(&room, 1, 443, 0)->event), ENDPOINT_UNPROVEN);
    endpoints_free(e);
    e = endpoints_new(NULL, 0, &SECRET, &memory);
    assert_int_equal(endpoints_basis(e, &answer(&room, 1, 6443, 0)->event), ENDPOINT_PORT);
    assert_int_equal(endpoints_basis(e, &answer(&room, 1, 8080, 0)->event), ENDPOINT_UNPROVEN);
    endpoints_free(e);
    assert_int_equal(memory.used, 0);
}

/* As many as a command line names: "1-65535". */
static void knows_all_ports(void **state)
{
    (void)state;
    static uint16_t ports[UINT16_MAX];
    struct memory memory = {.limit = 1 << 20};
    struct event_room room;
    for (size_t i = 0; i < UINT16_MAX; i++)
        ports[i] = (uint16_t)(i + 1);
    struct endpoints *e = endpoints_new(ports, UINT16_MAX, &SECRET, &memory);
    assert_non_null(e);
    assert_int_equal(endpoints_basis(e, &answer(&room, 1, 1, 0)->event), ENDPOINT_CONFIGURED);
    assert_int_equal(endpoints_basis(e, &answer(&room, 1, 65535, 0)->event), ENDPOINT_CONFIGURED);
    assert_int_equal(endpoints_basis(e, &answer(&room, 1, 0, 0)->event), ENDPOINT_UNPROVEN);
    endpoints_free(e);
    assert_int_equal(memory.used, 0);
}

static void learns_from_answers(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct endpoints *e = endpoints_new(NULL, 0, &SECRET, &memory);
    struct event_room room;
    /* Not from any answer, and not from one that a backend may have written. */
    endpoints_learn(e, answer(&room, 1, 443, 1U << SIGN_PLAINTEXT));
    endpoints_learn(e, answer(&room, 1, 443, 1U << SIGN_KUBERNETES | 1U << SIGN_PROXIED));
    assert_int_equal(endpoints_basis(e, &answer(&room, 1, 443, 0)->event), ENDPOINT_UNPROVEN);
    endpoints_learn(e, answer(&room, 1, 443, 1U << SIGN_KUBERNETES));
    endpoints_learn(e, answer(&room, 1, 6443, 1U << SIGN_KUBERNETES));
    assert_int_equal(endpoints_basis(e, &answer(&room, 1, 443, 0)->event), ENDPOINT_RECOGNISED);
    assert_int_equal(endpoints_basis(e, &answer(&room, 1, 6443, 0)->event), ENDPOINT_RECOGNISED);
    /* Neither its other ports, nor other hosts, nor the same address in an overlay; other tunnels are the way
     * to one and the same. */
    assert_int_equal(endpoints_basis(e, &answer(&room, 1, 8443, 0)->event), ENDPOINT_UNPROVEN);
    assert_int_equal(endpoints_basis(e, &answer(&room, 2, 443, 0)->event), ENDPOINT_UNPROVEN);
    struct exchange *x = answer(&room, 1, 443, 0);
    x->event.tunnel_kind = TUNNEL_VXLAN;
    assert_int_equal(endpoints_basis(e, &x->event), ENDPOINT_UNPROVEN);
    x->event.tunnel_kind = TUNNEL_GTP;
    x->event.tunnel_id = 9;
    assert_int_equal(endpoints_basis(e, &x->event), ENDPOINT_RECOGNISED);
    endpoints_free(e);
    assert_int_equal(memory.used, 0);
}

static struct counters counted(const struct endpoints *e)
{
    struct counters c = {0};
    endpoints_count(e, &c);
    return c;
}

/* An address that no other number has. */
static void number(uint8_t ip[static 16], uint32_t n)
{
    memcpy(ip, &n, sizeof n);
}

/* On a network's edge every web site serves, and an API server that comes behind a million of them is known, too. */
static void forgets_the_oldest(void **state)
{
    (void)state;
    enum { ALL = 300000, LAST = 200 };
    struct memory memory = {.limit = 256 << 10};
    struct endpoints *e = endpoints_new(NULL, 0, &SECRET, &memory);
    struct event_room room;
    struct exchange *x = answer(&room, 0, 443, 1U << SIGN_KUBERNETES);
    uint8_t busy[16] = {[15] = 9};
    for (uint32_t n = 1; n <= ALL; n++) {
        number(x->event.server.ip, n);
        endpoints_learn(e, x);
        endpoints_learn_serving(e, &x->event);
        if (n % LAST)
            continue;
        memcpy(x->event.server.ip, busy, sizeof busy);
        endpoints_learn(e, x);
        number(x->event.server.ip, n + 1 - LAST);
        x->event.server.ip[15] = 0;
        assert_int_equal(endpoints_basis(e, &x->event), ENDPOINT_RECOGNISED);
        assert_true(endpoints_serves(e, x->event.server.ip));
    }
    assert_int_equal(endpoints_basis(e, &x->event), ENDPOINT_RECOGNISED);
    memcpy(x->event.server.ip, busy, sizeof busy); /* what answers again and again is kept */
    assert_int_equal(endpoints_basis(e, &x->event), ENDPOINT_RECOGNISED);
    number(x->event.server.ip, 1);
    x->event.server.ip[15] = 0;
    assert_int_equal(endpoints_basis(e, &x->event), ENDPOINT_UNPROVEN);
    assert_false(endpoints_serves(e, x->event.server.ip));
    struct counters c = counted(e);
    assert_int_equal(c.of[COUNT_DETECT_LOST], 0);
    assert_in_range(c.of[COUNT_ENDPOINTS_FORGOTTEN], ALL - 4 * LAST, ALL - LAST);
    assert_true(memory.peak < memory.limit / 2);
    endpoints_free(e);
    assert_int_equal(memory.used, 0);
}

/* One that answers all the time is not forgotten because it was the last that was learnt of. */
static void keeps_the_one_that_speaks(void **state)
{
    (void)state;
    struct memory memory = {.limit = 256 << 10};
    struct endpoints *e = endpoints_new(NULL, 0, &SECRET, &memory);
    struct event_room room;
    for (uint32_t n = 1; n <= 50000; n++) {
        struct exchange *x = answer(&room, 9, 443, 1U << SIGN_KUBERNETES);
        for (unsigned times = 0; times < 3; times++)
            endpoints_learn(e, x);
        number(x->event.server.ip, n);
        x->event.server.ip[15] = 0;
        assert_int_equal(endpoints_basis(e, &answer(&room, 9, 443, 0)->event), ENDPOINT_RECOGNISED);
        number(x->event.server.ip, n);
        endpoints_learn_shape(e, &x->event);
        assert_int_equal(endpoints_basis(e, &answer(&room, 9, 443, 0)->event), ENDPOINT_RECOGNISED);
    }
    endpoints_free(e);
    assert_int_equal(memory.used, 0);
}

static void counts_what_finds_no_memory(void **state)
{
    (void)state;
    struct memory memory = {.limit = 256 << 10};
    struct endpoints *e = endpoints_new(NULL, 0, &SECRET, &memory);
    struct event_room room;
    memory.fail_at = 1;
    endpoints_learn(e, answer(&room, 1, 443, 1U << SIGN_KUBERNETES));
    assert_int_equal(counted(e).of[COUNT_DETECT_LOST], 1);
    assert_int_equal(endpoints_basis(e, &answer(&room, 1, 443, 0)->event), ENDPOINT_UNPROVEN);
    endpoints_free(e);
    assert_int_equal(memory.used, 0);
}

static void knows_who_serves(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct endpoints *e = endpoints_new(NULL, 0, &SECRET, &memory);
    struct event_room room;
    struct exchange *x = answer(&room, 7, 6443, 0);
    assert_false(endpoints_serves(e, x->event.server.ip));
    endpoints_learn_serving(e, &x->event);
    assert_true(endpoints_serves(e, x->event.server.ip));
    assert_false(endpoints_serves(e, answer(&room, 8, 6443, 0)->event.server.ip));
    assert_int_equal(endpoints_basis(e, &answer(&room, 7, 443, 0)->event), ENDPOINT_UNPROVEN);
    endpoints_free(e);
    assert_int_equal(memory.used, 0);
}

static void knows_refusals(void **state)
{
    (void)state;
    enum { STATUS = 1 << SIGN_KUBERNETES | 1 << SIGN_STATUS, OURS = STATUS | 1 << SIGN_OWN_401 };
    static const struct {
        uint16_t status;
        unsigned signs;
        uint64_t size;
        uint8_t complete;
    } others[] = {
        {403, OURS, 150, 1},                                 /* that depends on the path */
        {401, 1 << SIGN_STATUS | 1 << SIGN_OWN_401, 150, 1}, /* a front's, perhaps */
        {401, STATUS | 1 << SIGN_OTHER_401, 150, 1},         /* that a kubelet answered the server */
        {401, 1 << SIGN_KUBERNETES, 150, 1},                 /* of an authenticator with a body of its own */
        {401, OURS | 1 << SIGN_PROXIED, 9, 1},               /* a backend's */
        {401, OURS, 150, 0},                                 /* perhaps not all of it */
        {401, OURS, 0, 1},
        {401, OURS, 5000, 1},
    };
    struct memory memory = {.limit = 1 << 20};
    struct endpoints *e = endpoints_new(NULL, 0, &SECRET, &memory);
    struct event_room room;
    uint16_t bodies[FLOW_REFUSALS] = {1, 1};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct exchange *x = answer(&room, 7, 6443, others[i].signs);
        x->status = others[i].status;
        x->response_bytes = others[i].size;
        x->complete = others[i].complete;
        endpoints_learn(e, x);
        endpoints_refusals(e, &x->event, bodies);
        assert_true(bodies[0] == 0 && bodies[1] == 0);
    }
    static const uint16_t sizes[] = {129, 165, 129, 170};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct exchange *x = answer(&room, 7, 6443, OURS);
        x->status = 401;
        x->complete = 1;
        x->response_bytes = sizes[i];
        endpoints_learn(e, x);
    }
    endpoints_refusals(e, &answer(&room, 7, 6443, 0)->event, bodies);
    assert_true(bodies[0] == 129 && bodies[1] == 165);
    endpoints_refusals(e, &answer(&room, 7, 6444, 0)->event, bodies);
    assert_true(bodies[0] == 0 && bodies[1] == 0);
    endpoints_free(e);
    assert_int_equal(memory.used, 0);
}

static void knows_who_sends_strangers_away(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct endpoints *e = endpoints_new(NULL, 0, &SECRET, &memory);
    struct event_room room;
    const struct event *about = &answer(&room, 7, 6443, 0)->event;
    for (unsigned i = 0; i < 3; i++) {
        assert_false(endpoints_sends_away(e, about));
        endpoints_learn_goaway(e, about, true);
    }
    assert_true(endpoints_sends_away(e, about));
    assert_false(endpoints_sends_away(e, &answer(&room, 7, 6444, 0)->event));
    about = &answer(&room, 7, 6443, 0)->event;
    endpoints_learn_goaway(e, about, false);
    assert_false(endpoints_sends_away(e, about));
    for (unsigned i = 0; i < 5; i++)
        endpoints_learn_goaway(e, about, true);
    assert_true(endpoints_sends_away(e, about));
    /* An older server, by chance. */
    about = &answer(&room, 8, 6443, 0)->event;
    for (unsigned i = 0; i < 200000; i++)
        endpoints_learn_goaway(e, about, i % 50 == 0);
    assert_false(endpoints_sends_away(e, about));
    endpoints_free(e);
    assert_int_equal(memory.used, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_ports),
        cmocka_unit_test(knows_who_sends_strangers_away),
        cmocka_unit_test(knows_who_serves),
        cmocka_unit_test(knows_refusals),
        cmocka_unit_test(knows_all_ports),
        cmocka_unit_test(learns_from_answers),
        cmocka_unit_test(forgets_the_oldest),
        cmocka_unit_test(keeps_the_one_that_speaks),
        cmocka_unit_test(counts_what_finds_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
