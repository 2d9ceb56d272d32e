#include "sensor/detect/source.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct hash_secret SECRET = {{1, 2, 3}};
static const struct memory account = {.limit = 1 << 20};

/* Who does not take the server's certificate, of connections that were opened, too; not one that is expected there. */
static void knows_who_does_not_trust(void **state)
{
    (void)state;
    static const struct {
        bool distrusts, ours;
        unsigned told;
    } flows[] = {{true, false, 1}, {false, false, 0}, {true, false, 2}, {true, true, 0}, {true, false, 3}};
    struct sources *s = sources_new(&SECRET, account);
    for (size_t i = 0; i < sizeof flows / sizeof flows[0]; i++) {
        struct flow_record f = {.event = {.size = sizeof f, .type = EVENT_FLOW, .order.clock = 1000},
                                .handshake = true,
                                .distrusts = flows[i].distrusts};
        sources_flow(s, &f, flows[i].ours, INT64_MAX);
        assert_int_equal(f.suspicion.distrusts, flows[i].told);
    }
    assert_int_equal(sources_free(s), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_who_does_not_trust),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
