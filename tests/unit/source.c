#include "sensor/detect/source.h"

#include "sensor/event/field.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/infer_rig.h"

static const moment second = INT64_C(1000) * 1000000;
static const struct hash_secret SECRET = {{1, 2, 3}};

static void set_ends(struct event *e, uint32_t client, moment time)
{
    memcpy(e->client.ip, (uint8_t[]){[10] = 0xFF, [11] = 0xFF, 192, 0}, 14);
    memcpy(e->server.ip, (uint8_t[]){[10] = 0xFF, [11] = 0xFF, 192, 0, 2, 200}, 16);
    memcpy(e->client.ip + 12, &client, sizeof client);
    e->server.port = 6443;
    e->time = time;
}

static const struct memory account = {.limit = 1 << 20};

static void exchange(struct sources *s, uint32_t client, moment time, enum auth_state state, unsigned signs)
{
    struct event_room room;
    struct exchange *x = exchange_begin(&room);
    set_ends(&x->event, client, time);
    x->auth_state = (uint8_t)state;
    x->signs = signs;
    x->agent = event_add_text(&x->event, slice_of("probe/1"), 64);
    sources_exchange(s, x, conduct_of(x), 0, 1000);
}

/* What the exchange is told of its source. */
static struct exchange *ask(struct sources *s, struct event_room *room, const char *url, enum auth_state state,
                            unsigned signs, moment clock, uint32_t cluster)
{
    struct exchange *x = exchange_begin(room);
    set_ends(&x->event, 1, clock);
    x->event.order.clock = clock;
    x->auth_state = (uint8_t)state;
    x->signs = signs;
    x->request = SEEN_WHOLE;
    x->status = state == AUTH_REJECTED ? 401 : signs ? 200 : 403;
    x->target = event_add_text(&x->event, slice_of(url), 64);
    x->path = event_add_text(&x->event, slice_of(url + strcspn(url, "/")), 64);
    sources_exchange(s, x, conduct_of(x), cluster, INT64_C(60000) * 1000000);
    return x;
}

static void counts_within_the_window(void **state)
{
    (void)state;
    struct sources *s = sources_new(&SECRET, account);
    struct event_room room;
    ask(s, &room, "/version", AUTH_ANONYMOUS, 1U << SIGN_OPEN_PATH, second, 1);
    ask(s, &room, "http:/api", AUTH_ANONYMOUS, 0, 2 * second, 1);
    ask(s, &room, "/x", AUTH_REJECTED, 0, 3 * second, 2);
    const struct exchange *x = ask(s, &room, "/y", AUTH_ANONYMOUS, 0, 4 * second, 2);
    assert_int_equal(x->source.anonymous, 3);
    assert_int_equal(x->source.rejected, 1);
    assert_int_equal(x->source.forbidden, 2);
    assert_int_equal(x->source.open_paths, 1);
    assert_int_equal(x->source.resources, 1);
    assert_int_equal(x->source.clusters, 2);
    assert_int_equal(x->source.endpoints, 1);
    x = ask(s, &room, "/y", AUTH_ANONYMOUS, 0, 62 * second, 2);
    assert_int_equal(x->source.anonymous, 1);
    assert_int_equal(x->source.clusters, 1);
    assert_int_equal(sources_free(s), 0);
}

/* Open paths, again and again, and nothing else. */
static void a_monitor_is_ordinary(void **state)
{
    (void)state;
    struct sources *s = sources_new(&SECRET, account);
    struct event_room room;
    for (int i = 1; i <= 4; i++) {
        const struct exchange *x = ask(s, &room, "/livez", AUTH_ANONYMOUS, 1U << SIGN_OPEN_PATH, i * 5 * second, 0);
        assert_int_equal(x->ordinary, i == 4 ? ORDINARY_REGULAR : ORDINARY_NOT);
        assert_true(source_keeps_to_open_paths(sources_find(s, x->event.client.ip)));
        assert_int_equal(source_is_regular(sources_find(s, x->event.client.ip)), i == 4);
    }
    const struct exchange *x = ask(s, &room, "/x", AUTH_CREDENTIALED, 0, 21 * second, 0);
    assert_true(source_is_regular(sources_find(s, x->event.client.ip)));
    x = ask(s, &room, "/api", AUTH_ANONYMOUS, 0, 22 * second, 0);
    assert_int_equal(x->ordinary, ORDINARY_NOT);
    assert_false(source_is_regular(sources_find(s, x->event.client.ip)));
    assert_false(source_keeps_to_open_paths(sources_find(s, x->event.client.ip)));
    assert_int_equal(sources_free(s), 0);
}

/* A request of which not all is known, or that holds, speaks against nothing. */
static void a_monitor_at_a_closed_server(void **state)
{
    (void)state;
    struct memory memory = account;
    struct sources *s = sources_new(&SECRET, account);
    struct event_room room;
    const struct exchange *x = NULL;
    for (int i = 1; i <= 6; i++) {
        if (i == 3)
            ask(s, &room, "", AUTH_REJECTED, 0, i * 5 * second, 0);
        else
            x = ask(s, &room, "/livez", AUTH_REJECTED, 1U << SIGN_OPEN_PATH, i * 5 * second, 0);
        assert_true(source_keeps_to_open_paths(sources_find(s, x->event.client.ip)));
    }
    assert_int_equal(x->ordinary, ORDINARY_REGULAR);
    const struct source **sorted;
    size_t count = sources_sorted(s, &memory, &sorted);
    assert_int_equal(source_peace(sorted[0]), PEACE_ORDINARY);
    memory_resize(&memory, sorted, count * sizeof *sorted, 0);
    for (int i = 0; i < 5; i++) {
        assert_true(source_is_regular(sources_find(s, x->event.client.ip)));
        x = ask(s, &room, "", AUTH_REJECTED, 0, 32 * second, 0);
    }
    assert_false(source_is_regular(sources_find(s, x->event.client.ip))); /* more than half are not known */
    ask(s, &room, "/livez", AUTH_REJECTED, 1U << SIGN_OPEN_PATH, 35 * second, 0);
    assert_true(source_is_regular(sources_find(s, x->event.client.ip)));
    x = ask(s, &room, "/api", AUTH_REJECTED, 0, 36 * second, 0);
    assert_false(source_is_regular(sources_find(s, x->event.client.ip)));
    assert_int_equal(sources_free(s), 0);
}

/* Of three requests: of the second it was lost whether somebody else is asked for, of the third it is known that nobody
 * is. @return what the second is taken for. */
static uint8_t front_behind(enum front first)
{
    struct sources *s = sources_new(&SECRET, account);
    struct exchange x[3];
    for (size_t i = 0; i < 3; i++) {
        x[i] = (struct exchange){.event = {.size = sizeof x[i]}, .front = i == 0 ? (uint8_t)first : FRONT_NOT};
        set_ends(&x[i].event, 1, (moment)i);
        if (i == 1)
            event_set_unknown(&x[i].event, EVENT_FORWARDED_FOR);
        sources_exchange(s, &x[i], conduct_of(&x[i]), 0, 1000);
    }
    assert_int_equal(x[2].front, FRONT_NOT);
    assert_int_equal(sources_free(s), 0);
    return x[1].front;
}

/* Whom a front named in the first may well ask for himself in the second. */
static void a_front_stays_one(void **state)
{
    (void)state;
    assert_int_equal(front_behind(FRONT_NOT), FRONT_NOT);
    assert_int_equal(front_behind(FRONT_SUSPECTED), FRONT_SUSPECTED);
    assert_int_equal(front_behind(FRONT_CONFIGURED), FRONT_NOT);
}

static void flow(struct sources *s, uint32_t client, moment first, moment last, enum flow_state state, bool handshake,
                 uint32_t exchanges)
{
    struct flow_record f = {.event = {.size = sizeof f, .type = EVENT_FLOW},
                            .last = last,
                            .state = (uint8_t)state,
                            .handshake = handshake,
                            .exchanges = exchanges};
    set_ends(&f.event, client, first);
    sources_flow(s, &f, false, INT64_MAX);
}

/* What asks for nothing is counted, by the endpoints that it goes to; not what a front does. */
static void knows_what_was_knocked_on(void **state)
{
    (void)state;
    struct sources *s = sources_new(&SECRET, account);
    struct flow_record f = {.event = {.size = sizeof f, .type = EVENT_FLOW, .basis = ENDPOINT_PORT}, .state = FLOW_NEW};
    for (uint16_t port = 1; port <= 3; port++) {
        f.event.server.port = port;
        const struct knocks *k = sources_flow(s, &f, false, INT64_MAX);
        assert_int_equal(k->basis, ENDPOINT_PORT);
    }
    assert_true(f.knocks.is_one && !f.knocks.verified && f.knocks.knocks == 3 && f.knocks.endpoints == 3);
    f.knocks = (struct knock_counts){0};
    f.handshake = f.asked = true;
    assert_null(sources_flow(s, &f, false, INT64_MAX));
    assert_true(!f.knocks.is_one && f.knocks.verified && !f.knocks.knocks);
    f.asked = false;
    assert_null(sources_flow(s, &f, true, INT64_MAX));
    assert_false(f.knocks.is_one);
    assert_int_equal(sources_flow(s, &f, false, INT64_MAX)->count, 4);
    /* Given up because memory was short: what was never answered still is a knock, of others nobody knows. */
    f.reason = FLOW_EVICTED;
    assert_int_equal(sources_flow(s, &f, false, INT64_MAX)->count, 5);
    f.state = FLOW_ESTABLISHED;
    f.knocks.is_one = false;
    assert_null(sources_flow(s, &f, false, INT64_MAX));
    assert_false(source_knocks_regularly(sources_find(s, f.event.client.ip)));
    assert_int_equal(sources_free(s), 0);
}

static void closed_flow(struct sources *s, struct infer *infer, moment time, uint8_t server, bool asks)
{
    struct flow_record f = stranger(300);
    set_ends(&f.event, 1, time);
    f.event.order.clock = time;
    f.event.server.ip[15] = server;
    f.handshake = true;
    f.asked = asks;
    f.shape.inside = TLS_INSIDE_HTTP2;
    if (!asks)
        f.shape = (struct tls_reading){.client = TLS_CLIENT_ABSENT, .asked = true, .inside = TLS_INSIDE_HTTP2};
    sources_flow(s, &f, false, INT64_MAX);
    sources_closed(s, infer, &f, false, INT64_MAX);
}

/* What fails where it comes by the clock does not make a monitor something else; what it knocks on besides does. */
static void a_monitor_fails_now_and_then(void **state)
{
    (void)state;
    struct infer *infer = shipped_infer();
    struct sources *s = sources_new(&SECRET, account);
    struct event named = {0};
    set_ends(&named, 1, 0);
    for (int i = 1; i <= 30; i++) {
        for (uint8_t server = 1; server <= 3; server++)
            closed_flow(s, infer, i * 10 * second + server, server, i != 10 + server);
    }
    assert_true(source_is_steady(sources_find(s, named.client.ip)));
    closed_flow(s, infer, 311 * second, 4, false);
    assert_false(source_is_steady(sources_find(s, named.client.ip)));
    sources_free(s);
    /* Of so many endpoints not all are kept. */
    s = sources_new(&SECRET, account);
    for (int i = 1; i <= 30; i++) {
        for (uint8_t server = 1; server <= KNOCK_ENDPOINTS; server++)
            closed_flow(s, infer, i * 10 * second + server, server, i != 10);
    }
    assert_false(source_is_steady(sources_find(s, named.client.ip)));
    sources_free(s);
    infer_free(infer, &infer_memory);
}

/* All that its requests without a credential say has to fit; what is known then is written into the exchange. */
static void a_client_without_its_credential(void **state)
{
    (void)state;
    struct sources *s = sources_new(&SECRET, account);
    struct event_room room;
    struct habit_request own = {.program = 1, .place = 1, .request = 1, .own = true, .refused = true};
    struct exchange *x = NULL;
    for (int i = 1; i <= 4; i++) {
        own.time = i * second;
        x = ask(s, &room, "/api/v1/nodes", AUTH_ANONYMOUS, 0, own.time, 0);
        assert_true(source_habit(sources_find(s, x->event.client.ip), x, &own));
        assert_int_equal(x->ordinary, i >= 3 ? ORDINARY_MISCONFIGURED : ORDINARY_NOT);
        assert_int_equal(source_is_misconfigured(sources_find(s, x->event.client.ip)), i >= 3);
    }
    x->ordinary = ORDINARY_JOIN; /* what is known better stays */
    assert_true(source_habit(sources_find(s, x->event.client.ip), x, &own));
    assert_int_equal(x->ordinary, ORDINARY_JOIN);
    x = ask(s, &room, "/api/v1/secrets", AUTH_ANONYMOUS, 0, 5 * second, 0);
    own.own = false;
    assert_false(source_habit(sources_find(s, x->event.client.ip), x, &own));
    assert_int_equal(x->ordinary, ORDINARY_NOT);
    assert_false(source_is_misconfigured(sources_find(s, x->event.client.ip)));
    assert_int_equal(sources_free(s), 0);
}

static enum source_peace peace_of(struct sources *s)
{
    struct memory memory = account;
    const struct source **sorted;
    assert_int_equal(sources_sorted(s, &memory, &sorted), 1);
    enum source_peace peace = source_peace(sorted[0]);
    memory_resize(&memory, sorted, sizeof *sorted, 0);
    return peace;
}

static void who_need_not_be_looked_at(void **state)
{
    (void)state;
    static const struct {
        enum auth_state auth;
        enum auth_basis basis;
        enum ordinary ordinary;
    } ASKED[] = {
        {AUTH_CREDENTIALED, BASIS_OBSERVED, ORDINARY_NOT}, {AUTH_ANONYMOUS, BASIS_OBSERVED, ORDINARY_EXPECTED},
        {AUTH_ANONYMOUS, BASIS_OBSERVED, ORDINARY_JOIN},   {AUTH_CREDENTIALED, BASIS_INFERRED, ORDINARY_NOT},
        {AUTH_ANONYMOUS, BASIS_OBSERVED, ORDINARY_NOT},    {AUTH_REJECTED, BASIS_OBSERVED, ORDINARY_NOT},
        {AUTH_UNKNOWN, BASIS_NONE, ORDINARY_NOT},
    };
    for (size_t i = 0; i < sizeof ASKED / sizeof *ASKED; i++) {
        struct sources *s = sources_new(&SECRET, account);
        struct event_room room;
        for (int with = 0; with < 2; with++) { /* alone, and after one with a credential */
            struct exchange *x = exchange_begin(&room);
            set_ends(&x->event, 1, 1);
            x->auth_state = with ? AUTH_CREDENTIALED : (uint8_t)ASKED[i].auth;
            x->auth_basis = with ? BASIS_OBSERVED : (uint8_t)ASKED[i].basis;
            x->ordinary = with ? ORDINARY_NOT : (uint8_t)ASKED[i].ordinary;
            sources_exchange(s, x, conduct_of(x), 0, 1000);
            assert_int_equal(peace_of(s), i == 0 ? PEACE_LEGITIMATE : i < 3 ? PEACE_ORDINARY : PEACE_NONE);
        }
        assert_null(sources_find(s, (uint8_t[16]){1}));
        assert_int_equal(peace_of(s) != PEACE_NONE, i < 3);
        sources_find(s, ((struct exchange *)room.bytes)->event.client.ip)->found = true;
        assert_int_equal(peace_of(s), PEACE_NONE);
        sources_free(s);
    }
    struct sources *monitor = sources_new(&SECRET, account);
    struct event_room room;
    for (int i = 1; i <= 4; i++) {
        assert_int_equal(i == 1 || peace_of(monitor) == PEACE_NONE, 1);
        ask(monitor, &room, "/livez", AUTH_ANONYMOUS, 1U << SIGN_OPEN_PATH, i * INT64_C(5000) * 1000000, 0);
    }
    assert_int_equal(peace_of(monitor), PEACE_ORDINARY);
    assert_int_equal(sources_free(monitor), 0);
}

/* Connections of a front carry what counts as its clients'. */
static void a_front_carries(void **state)
{
    (void)state;
    struct memory memory = account;
    struct sources *s = sources_new(&SECRET, account);
    for (int asked = 0; asked < 2; asked++) {
        if (asked)
            exchange(s, 1, 1, AUTH_ANONYMOUS, 0);
        flow(s, 1, 1, 2, FLOW_CLOSED, true, 7);
        const struct source **sorted;
        assert_int_equal(sources_sorted(s, &memory, &sorted), 1);
        assert_int_equal(sorted[0]->carried, 7);
        memory_resize(&memory, sorted, sizeof *sorted, 0);
    }
    sources_free(s);
}

static void remembers(void **state)
{
    (void)state;
    struct memory memory = account;
    struct sources *s = sources_new(&SECRET, account);
    exchange(s, 1, 500, AUTH_ANONYMOUS, 1U << SIGN_OPEN_PATH);
    exchange(s, 1, 400, AUTH_ANONYMOUS, 0);
    exchange(s, 1, 600, AUTH_CREDENTIALED, 1U << SIGN_OPEN_PATH);
    exchange(s, 1, 550, AUTH_REJECTED, 0);
    flow(s, 1, 390, 700, FLOW_CLOSED, false, 4);
    flow(s, 1, 300, 300, FLOW_REFUSED, false, 0);
    flow(s, 1, 310, 310, FLOW_NEW, false, 0);
    flow(s, 1, 800, 900, FLOW_ESTABLISHED, true, 0);
    const struct source **sorted;
    assert_int_equal(sources_sorted(s, &memory, &sorted), 1);
    const struct source *one = sorted[0];
    assert_int_equal(one->first, 300);
    assert_int_equal(one->last, 900);
    assert_true(one->verified);
    assert_int_equal(one->exchanges, 4);
    assert_int_equal(one->states[AUTH_ANONYMOUS], 2);
    assert_int_equal(one->states[AUTH_CREDENTIALED], 1);
    assert_int_equal(one->states[AUTH_REJECTED], 1);
    assert_int_equal(one->open_paths, 1);
    assert_int_equal(one->flows, 4);
    assert_int_equal(one->half_open, 1);
    assert_int_equal(one->refused, 1);
    assert_int_equal(one->without_request, 1);
    assert_int_equal(one->endpoints.used, 1);
    assert_int_equal(one->endpoints.values[0].size, strlen("192.0.2.200:6443"));
    assert_memory_equal(one->endpoints.values[0].text, "192.0.2.200:6443", one->endpoints.values[0].size);
    assert_int_equal(one->endpoints.values[0].count, 7);
    assert_int_equal(one->agents.values[0].count, 4);
    memory_resize(&memory, sorted, sizeof *sorted, 0);
    assert_int_equal(sources_free(s), 0);
}

static void writes_v6(void **state)
{
    (void)state;
    struct memory memory = account;
    struct sources *s = sources_new(&SECRET, account);
    struct flow_record f = {.event = {.size = sizeof f, .type = EVENT_FLOW}, .state = FLOW_NEW};
    memcpy(f.event.server.ip, (uint8_t[]){0x20, 0x01, 0x0D, 0xB8, [15] = 1}, 16);
    f.event.server.port = 443;
    sources_flow(s, &f, false, INT64_MAX);
    const struct source **sorted;
    assert_int_equal(sources_sorted(s, &memory, &sorted), 1);
    assert_false(sorted[0]->verified);
    assert_memory_equal(sorted[0]->endpoints.values[0].text, "[2001:db8::1]:443", strlen("[2001:db8::1]:443"));
    memory_resize(&memory, sorted, sizeof *sorted, 0);
    sources_free(s);
}

static void sorts(void **state)
{
    (void)state;
    struct memory memory = account;
    struct sources *s = sources_new(&SECRET, account);
    for (uint32_t i = 0; i < 100; i++)
        exchange(s, i << 24, 1, AUTH_CREDENTIALED, 0);
    for (int i = 0; i < 2; i++)
        exchange(s, 77U << 24, 1, AUTH_REJECTED, 0);
    exchange(s, 88U << 24, 1, AUTH_REJECTED, 0);
    exchange(s, 66U << 24, 1, AUTH_ANONYMOUS, 0);
    for (uint32_t i = 200; i < 204; i++) { /* whoever only knocks, the most often first: others may be forged */
        for (uint32_t n = 0; n < (i == 202 ? 2 : 1); n++)
            flow(s, i << 24, 1, 1, FLOW_NEW, false, 0);
    }
    const struct source **sorted;
    assert_int_equal(sources_sorted(s, &memory, &sorted), 104);
    static const uint8_t FIRST[] = {77, 66, 88, 0, 1, 2}, LAST[] = {99, 202, 200, 201, 203};
    for (size_t i = 0; i < sizeof FIRST; i++)
        assert_int_equal(sorted[i]->ip[15], FIRST[i]);
    for (size_t i = 0; i < sizeof LAST; i++)
        assert_int_equal(sorted[104 - sizeof LAST + i]->ip[15], LAST[i]);
    memory_resize(&memory, sorted, 104 * sizeof *sorted, 0);
    /* Where there is no memory to sort them, that they are not told is. */
    struct counters counters = {.of = {0}};
    memory.fail_at = 1;
    assert_int_equal(sources_sorted(s, &memory, &sorted), 0);
    sources_count(s, &counters);
    assert_int_equal(counters.of[COUNT_DETECT_LOST], 104);
    assert_int_equal(sources_free(s), 0);
}

static bool may_write(struct sources *s, uint32_t client, moment clock, enum event_type type, unsigned reset_by,
                      enum seen answer, uint64_t cap)
{
    struct event_room room;
    struct exchange *x = exchange_begin(&room);
    set_ends(&x->event, client, clock);
    x->event.type = (uint8_t)type;
    x->event.order.clock = clock;
    x->reset_by = (uint8_t)reset_by;
    x->answer = (uint8_t)answer;
    return sources_may_write(s, &x->event, cap);
}

static const moment MINUTE = INT64_C(60) * 1000 * 1000 * 1000;

/* A share of its own for each source and minute; a request that its client resets unanswered is a hundred others. */
static void writes_a_share(void **state)
{
    (void)state;
    struct memory memory = account;
    struct sources *s = sources_new(&SECRET, account);
    for (int i = 0; i < 150; i++) {
        assert_int_equal(may_write(s, 1, MINUTE, EVENT_EXCHANGE, 0, SEEN_WHOLE, 100), i < 100);
        assert_int_equal(may_write(s, 2, MINUTE + i, EVENT_ANOMALY, RESET_BY_CLIENT, SEEN_NOT, 100), i < 100);
    }
    assert_false(may_write(s, 1, 2 * MINUTE - 1, EVENT_EXCHANGE, 0, SEEN_WHOLE, 100));
    assert_true(may_write(s, 1, 2 * MINUTE, EVENT_EXCHANGE, RESET_BY_CLIENT, SEEN_NOT, 199));
    for (int i = 0; i < 99; i++)
        assert_true(may_write(s, 1, 2 * MINUTE, EVENT_EXCHANGE, RESET_BY_CLIENT, SEEN_WHOLE, 199));
    assert_false(may_write(s, 1, 2 * MINUTE, EVENT_EXCHANGE, RESET_BY_SERVER, SEEN_NOT, 199));
    assert_true(may_write(s, 3, 2 * MINUTE, EVENT_EXCHANGE, RESET_BY_SERVER, SEEN_NOT, 1));
    assert_false(may_write(s, 4, 2 * MINUTE, EVENT_EXCHANGE, RESET_BY_CLIENT, SEEN_NOT, 99));
    const struct source **sorted;
    assert_int_equal(sources_sorted(s, &memory, &sorted), 4);
    static const uint64_t NOT_WRITTEN[] = {52, 50, 0, 1};
    for (int i = 0; i < 4; i++)
        assert_int_equal(sorted[i]->not_written, NOT_WRITTEN[i]);
    memory_resize(&memory, sorted, 4 * sizeof *sorted, 0);
    assert_int_equal(sources_free(s), 0);
}

/* Whoever is not kept has a share in common, and what is kept has its own all the same. */
static void the_forlorn_share_a_share(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct sources *s = sources_new(&SECRET, (struct memory){.limit = 1 << 17});
    unsigned written = 0;
    for (uint32_t i = 0; i < 20000; i++) {
        sources_trim(s);
        written += may_write(s, i, MINUTE, EVENT_ANOMALY, 0, SEEN_NOT, 10);
    }
    const struct source **sorted;
    size_t kept = sources_sorted(s, &memory, &sorted);
    assert_true(kept > 4 && kept < 1000);
    memory_resize(&memory, sorted, kept * sizeof *sorted, 0);
    assert_int_equal(written, kept + 10);
    assert_true(may_write(s, 0, MINUTE, EVENT_ANOMALY, 0, SEEN_NOT, 10));
    assert_int_equal(sources_free(s), 0);
}

static uint64_t counted(const struct sources *s, enum counter counter)
{
    struct counters counters = {{0}};
    sources_count(s, &counters);
    return counters.of[counter];
}

/* @return NULL: it was forgotten. */
static const struct source *known(struct sources *s, uint32_t client)
{
    struct memory memory = account;
    struct event e = {.size = sizeof e};
    const struct source **sorted, *found = NULL;
    size_t count = sources_sorted(s, &memory, &sorted);
    set_ends(&e, client, 0);
    for (size_t i = 0; i < count; i++) {
        if (memcmp(sorted[i]->ip, e.client.ip, sizeof e.client.ip) == 0)
            found = sorted[i];
    }
    memory_resize(&memory, sorted, count * sizeof *sorted, 0);
    return found;
}

/* Whoever can forge a sender's address must not be able to make the others forgotten, nor whoever comes after. */
static void a_sweep_leaves_room(void **state)
{
    (void)state;
    enum { SWEEP = 20000, SCANNER = 0x01020304, KNOCKER = 0x01020305 };
    struct sources *s = sources_new(&SECRET, account);
    exchange(s, SCANNER, 1, AUTH_ANONYMOUS, 0);
    for (uint32_t i = 0; i < SWEEP; i++) {
        sources_trim(s);
        flow(s, i, 2 + i, 1, FLOW_NEW, false, 0);
        sources_trim(s);
        if (i % 50 == 0)
            flow(s, KNOCKER, 2 + i, 1, FLOW_NEW, false, 0);
    }
    assert_true(counted(s, COUNT_MEMORY_PEAK) < account.limit / 2);
    assert_true(counted(s, COUNT_SOURCES_FORGOTTEN) > SWEEP / 2);
    assert_int_equal(known(s, SCANNER)->exchanges, 1);
    assert_int_equal(known(s, KNOCKER)->flows, SWEEP / 50);
    assert_non_null(known(s, SWEEP - 1));
    assert_null(known(s, 0));
    for (uint32_t i = 0; i < SWEEP; i++) {
        sources_trim(s);
        exchange(s, i + 0x02000000, SWEEP + i, AUTH_ANONYMOUS, 0);
    }
    assert_int_equal(counted(s, COUNT_DETECT_LOST), 0);
    assert_non_null(known(s, SWEEP - 1 + 0x02000000));
    assert_null(known(s, SCANNER));
    assert_int_equal(sources_free(s), 0);
}

/* A scanner's SYN counts as a sign against what else its source does; not one of our own. */
static void remembers_a_scanners_syn(void **state)
{
    (void)state;
    struct infer *infer = shipped_infer();
    for (int ours = 0; ours < 2; ours++) {
        struct sources *s = sources_new(&SECRET, account);
        struct flow_record syn = {.event = {.size = sizeof syn, .type = EVENT_FLOW}, .state = FLOW_NEW};
        struct flow_record closed = stranger(300);
        syn.event.order.clock = closed.event.order.clock = 1000;
        sources_flow(s, &syn, ours, INT64_MAX);
        sources_flow(s, &closed, ours, INT64_MAX);
        sources_closed(s, infer, &closed, false, INT64_MAX);
        assert_false(closed.suspicion.evidence >> SUSPECT_SYN_SHAPE & 1);
        syn.syn_tool = (struct text){.at = 1, .size = 1};
        sources_flow(s, &syn, ours, INT64_MAX);
        closed = stranger(300);
        closed.event.order.clock = 1000;
        sources_closed(s, infer, &closed, false, INT64_MAX);
        assert_int_equal(closed.suspicion.evidence >> SUSPECT_SYN_SHAPE & 1, !ours);
        sources_free(s);
    }
    infer_free(infer, &infer_memory);
}

static void lives_without_memory(void **state)
{
    (void)state;
    for (uint64_t fail = 2; fail < 13; fail++) { /* the first is for none */
        struct sources *s = sources_new(&SECRET, (struct memory){.limit = 1 << 20, .fail_at = fail});
        for (uint32_t i = 0; i < 20; i++)
            exchange(s, i, 1, AUTH_ANONYMOUS, 0);
        struct memory memory = account;
        const struct source **sorted;
        size_t count = sources_sorted(s, &memory, &sorted);
        assert_int_equal(count + counted(s, COUNT_DETECT_LOST), 20);
        memory_resize(&memory, sorted, count * sizeof *sorted, 0);
        assert_int_equal(sources_free(s), 0);
    }
    assert_null(sources_new(&SECRET, (struct memory){.limit = 100}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_within_the_window),
        cmocka_unit_test(a_monitor_is_ordinary),
        cmocka_unit_test(a_front_stays_one),
        cmocka_unit_test(a_monitor_at_a_closed_server),
        cmocka_unit_test(a_client_without_its_credential),
        cmocka_unit_test(who_need_not_be_looked_at),
        cmocka_unit_test(a_front_carries),
        cmocka_unit_test(knows_what_was_knocked_on),
        cmocka_unit_test(a_monitor_fails_now_and_then),
        cmocka_unit_test(remembers),
        cmocka_unit_test(writes_v6),
        cmocka_unit_test(sorts),
        cmocka_unit_test(writes_a_share),
        cmocka_unit_test(the_forlorn_share_a_share),
        cmocka_unit_test(a_sweep_leaves_room),
        cmocka_unit_test(remembers_a_scanners_syn),
        cmocka_unit_test(lives_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
