#include "sensor/report/survey.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void connect_to(struct survey *s, uint16_t port, enum endpoint_basis basis)
{
    struct flow_record f = {
        .event = {.size = sizeof f, .type = EVENT_FLOW, .basis = (uint8_t)basis, .server = {.port = port}},
        .state = FLOW_CLOSED,
        .packets = {1, 1}};
    survey_count(s, &f);
}

static uint64_t all_connections(const struct survey *s)
{
    uint64_t sum = s->other_endpoints;
    for (size_t i = 0; i < s->endpoint_count; i++)
        sum += s->endpoints[i].connections;
    return sum;
}

/* On a network's edge web sites take all places before the first API server is seen. */
static void proven_endpoints_find_a_place(void **state)
{
    (void)state;
    struct survey *s = calloc(1, sizeof *s);
    for (uint16_t port = 1; port <= SURVEY_ENDPOINTS + 10; port++) {
        for (unsigned i = 0; i < (port == 7 ? 1 : 2); i++)
            connect_to(s, port, ENDPOINT_UNPROVEN);
    }
    connect_to(s, 6443, ENDPOINT_PORT);
    connect_to(s, 6443, ENDPOINT_RECOGNISED);
    connect_to(s, 8443, ENDPOINT_UNPROVEN);
    survey_sort(s);
    assert_int_equal(s->endpoint_count, SURVEY_ENDPOINTS);
    assert_int_equal(s->endpoints[0].address.port, 6443);
    assert_int_equal(s->endpoints[0].basis, ENDPOINT_RECOGNISED);
    assert_int_equal(s->endpoints[0].connections, 2);
    for (size_t i = 0; i < s->endpoint_count; i++) /* the one that had fewest gave way */
        assert_true(s->endpoints[i].address.port != 7 && s->endpoints[i].address.port != 8443);
    assert_int_equal(all_connections(s), s->connections);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(proven_endpoints_find_a_place)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
