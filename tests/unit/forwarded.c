#include "sensor/detect/forwarded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/packet/address.h"
#include "sensor/detect/cluster_map.h"

static const char text[] = "fronts:\n"
                           "  - {address: 203.0.113.1, says: x-forwarded-for}\n"
                           "  - {address: '2001:db8:f::/48', says: x-forwarded-for}\n"
                           "clusters:\n"
                           "  a:\n"
                           "    endpoints: [198.51.100.1]\n"
                           "    fronts: [{address: 203.0.113.2, says: x-forwarded-for}]\n";

static struct cluster_map *map(void)
{
    struct complaint_list *complaints = complaint_list_new();
    struct cluster_map *m = cluster_map_new();
    FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    cluster_map_add_file(m, file, "m", complaints);
    fclose(file);
    assert_true(cluster_map_finish(m, complaints));
    assert_int_equal(complaint_errors(complaints), 0);
    complaint_list_free(complaints);
    return m;
}

static void headers(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        enum forwarded found;
        const char *ip;
    } cases[] = {
        {"", FORWARDED_NONE, NULL},
        {" , ,,\t", FORWARDED_NONE, NULL},
        {"192.0.2.1", FORWARDED_CLIENT, "192.0.2.1"},
        {"  192.0.2.1\t", FORWARDED_CLIENT, "192.0.2.1"},
        {"192.0.2.1,192.0.2.2", FORWARDED_CLIENT, "192.0.2.2"},
        {"192.0.2.1, 192.0.2.2, ", FORWARDED_CLIENT, "192.0.2.2"},
        /* Fronts behind it are passed over, those that claim to be before it count for nothing. */
        {"192.0.2.1, 192.0.2.2, 203.0.113.1", FORWARDED_CLIENT, "192.0.2.2"},
        {"192.0.2.1,192.0.2.2,203.0.113.2,203.0.113.1", FORWARDED_CLIENT, "192.0.2.2"},
        {"192.0.2.1, 203.0.113.1, 192.0.2.2", FORWARDED_CLIENT, "192.0.2.2"},
        {"192.0.2.1, 2001:db8:f::9", FORWARDED_CLIENT, "192.0.2.1"},
        {"203.0.113.2, 203.0.113.1", FORWARDED_FRONT, "203.0.113.2"},
        {"203.0.113.1", FORWARDED_FRONT, "203.0.113.1"},
        /* Forms of an element. */
        {"192.0.2.1:4711", FORWARDED_CLIENT, "192.0.2.1"},
        {"2001:db8::1", FORWARDED_CLIENT, "2001:db8::1"},
        {"[2001:db8::1]", FORWARDED_CLIENT, "2001:db8::1"},
        {"[2001:db8::1]:4711", FORWARDED_CLIENT, "2001:db8::1"},
        {"\"[2001:db8::1]:4711\"", FORWARDED_CLIENT, "2001:db8::1"},
        {"192.0.2.1, 203.0.113.1:80", FORWARDED_CLIENT, "192.0.2.1"},
        {"::ffff:192.0.2.1", FORWARDED_CLIENT, "192.0.2.1"},
        /* What is no address hides who it was: nothing before it counts. */
        {"unknown", FORWARDED_UNREADABLE, NULL},
        {"192.0.2.1, unknown", FORWARDED_UNREADABLE, NULL},
        {"192.0.2.1, _hidden, 203.0.113.1", FORWARDED_UNREADABLE, NULL},
        {"192.0.2.1, 192.0.2.999", FORWARDED_UNREADABLE, NULL},
        {"192.0.2.1:port", FORWARDED_UNREADABLE, NULL},
        {"192.0.2.1:", FORWARDED_UNREADABLE, NULL},
        {"[192.0.2.1]", FORWARDED_UNREADABLE, NULL},
        {"[2001:db8::1", FORWARDED_UNREADABLE, NULL},
        {"[2001:db8::1]x", FORWARDED_UNREADABLE, NULL},
        {"[2001:db8::1]:123456", FORWARDED_UNREADABLE, NULL},
        {"192.0.2.1 192.0.2.2", FORWARDED_UNREADABLE, NULL},
        {"192.0.2.1; 192.0.2.2", FORWARDED_UNREADABLE, NULL},
        {"\"", FORWARDED_UNREADABLE, NULL},
        {"\"\"", FORWARDED_NONE, NULL},
        /* But what stands before who it was does not matter. */
        {"unknown, 192.0.2.1", FORWARDED_CLIENT, "192.0.2.1"},
        {"garbage\x01\xff,,192.0.2.1,203.0.113.1", FORWARDED_CLIENT, "192.0.2.1"},
    };
    struct cluster_map *m = map();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t ip[16] = {0}, expected[16];
        enum forwarded found = forwarded_client(slice_of(cases[i].header), false, m, cluster_named(m, "a"), ip);
        if (found != cases[i].found)
            fail_msg("\"%s\": %d", cases[i].header, found);
        if (cases[i].ip != NULL) {
            assert_true(address_parse(slice_of(cases[i].ip), expected));
            assert_memory_equal(ip, expected, 16);
        }
    }
    cluster_map_free(m);
}

/* A front of one cluster is none of another; without its end nothing of a header counts; no map has no fronts. */
static void whose_fronts(void **state)
{
    (void)state;
    struct cluster_map *m = map();
    struct slice header = slice_of("192.0.2.1, 203.0.113.2");
    uint8_t ip[16];
    assert_int_equal(forwarded_client(header, false, m, NULL, ip), FORWARDED_CLIENT);
    assert_int_equal(ip[12], 203);
    assert_int_equal(forwarded_client(header, false, NULL, NULL, ip), FORWARDED_CLIENT);
    assert_int_equal(ip[12], 203);
    assert_int_equal(forwarded_client(header, true, m, cluster_named(m, "a"), ip), FORWARDED_UNREADABLE);
    cluster_map_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(headers), cmocka_unit_test(whose_fronts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
