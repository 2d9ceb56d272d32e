/* Judge: the baseline of github.com/corelight/community-id-spec, baseline_deflt.json and baseline_seed1.json. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <string.h>

#include "sensor/event/community.h"

enum { TCP = 6, UDP = 17, SCTP = 132 };

static const struct {
    uint8_t protocol;
    const char *a;
    uint16_t a_port;
    const char *b;
    uint16_t b_port;
    const char *seed0, *seed1;
} vectors[] = {
    {TCP, "128.232.110.120", 34855, "66.35.250.204", 80,
     "1:LQU9qZlK+B5F3KDmev6m5PMibrg=", "1:3V71V58M3Ksw/yuFALMcW0LAHvc="},
    {TCP, "2001:470:e5bf:dead:4957:2174:e82c:4887", 63943, "2607:f8b0:400c:c03::1a", 25,
     "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=", "1:eJYTW6AOzFLlSUoESovMjnu7rMw="},
    {UDP, "192.168.1.52", 54585, "8.8.8.8", 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ=", "1:Q9We8WO3piVF8yEQBNJF4uiSVrI="},
    {SCTP, "192.168.170.8", 7, "192.168.170.56", 7, "1:MP2EtRCAUIZvTw6MxJHLV7N7JDs=", "1:5w3ZRjeKBzqT3zsaEECDGjUbYeg="},
};

static struct address address_of(const char *ip, uint16_t port)
{
    struct address a = {.ip = {[10] = 0xFF, [11] = 0xFF}, .port = port};
    if (!strchr(ip, ':'))
        assert_int_equal(inet_pton(AF_INET, ip, a.ip + 12), 1);
    else
        assert_int_equal(inet_pton(AF_INET6, ip, a.ip), 1);
    return a;
}

static void published_vectors(void **state)
{
    (void)state;
    for (uint16_t seed = 0; seed < 2; seed++) {
        struct community *c = community_new(seed);
        assert_non_null(c);
        for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
            char there[COMMUNITY_ID_SIZE], back[COMMUNITY_ID_SIZE];
            struct address a = address_of(vectors[i].a, vectors[i].a_port);
            struct address b = address_of(vectors[i].b, vectors[i].b_port);
            assert_true(community_id(c, vectors[i].protocol, &a, &b, there));
            assert_true(community_id(c, vectors[i].protocol, &b, &a, back));
            assert_memory_equal(there, seed ? vectors[i].seed1 : vectors[i].seed0, COMMUNITY_ID_SIZE);
            assert_memory_equal(back, there, COMMUNITY_ID_SIZE);
        }
        community_free(c);
    }
}

/* A connection of an address with itself is ordered by its ports: both directions are one name. */
static void equal_addresses_go_by_port(void **state)
{
    (void)state;
    struct community *c = community_new(0);
    char there[COMMUNITY_ID_SIZE], back[COMMUNITY_ID_SIZE];
    struct address a = address_of("192.0.2.1", 40000), b = address_of("192.0.2.1", 6443);
    assert_true(community_id(c, TCP, &a, &b, there));
    assert_true(community_id(c, TCP, &b, &a, back));
    assert_memory_equal(there, back, COMMUNITY_ID_SIZE);
    b.port = 6444;
    assert_true(community_id(c, TCP, &a, &b, back));
    assert_memory_not_equal(there, back, COMMUNITY_ID_SIZE);
    community_free(c);
    community_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors),
        cmocka_unit_test(equal_addresses_go_by_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
