#include "sensor/port_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void reads_ports_and_ranges(void **state)
{
    (void)state;
    struct port_set ports = {.bits = {0}};
    assert_true(port_list_read("443,8443-8445,65535,1", &ports));
    unsigned count = 0;
    for (uint32_t port = 0; port <= UINT16_MAX; port++)
        count += port_set_has(&ports, (uint16_t)port);
    assert_int_equal(count, 6);
    assert_true(port_set_has(&ports, 8444) && port_set_has(&ports, 65535) && port_set_has(&ports, 1));
}

static void refuses_what_is_none(void **state)
{
    (void)state;
    static const char *const none[] = {"",         ",",    "443,",        ",443",    "0", "65536",
                                       "443-",     "-443", "445-443",     "1-65536", "a", "443 ",
                                       "443;6443", "0-5",  "443-444-445", "+443"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        struct port_set ports = {.bits = {0}};
        assert_false(port_list_read(none[i], &ports));
    }
}

/* What is written is read back as the same ports; what had no room is cut, and the end of the text is there. */
static void comes_back_the_same(void **state)
{
    (void)state;
    static char text[1 << 19], cut[16];
    uint32_t random = 1;
    for (unsigned round = 0; round < 40; round++) {
        struct port_set ports = {.bits = {0}}, again = {.bits = {0}};
        for (unsigned i = 0; i < 2 * round; i++) {
            random = random * 1664525 + 1013904223;
            uint32_t port = random >> 16, last = port + (random >> 8 & 3) * round;
            for (; port > 0 && port <= last && port <= UINT16_MAX; port++)
                port_set_add(&ports, (uint16_t)port);
        }
        port_list_text(&ports, text, sizeof text);
        assert_int_equal(port_list_read(text, &again), text[0] != '\0');
        assert_memory_equal(&ports, &again, sizeof ports);
        port_list_text(&ports, cut, sizeof cut);
        assert_memory_equal(cut, text, strlen(cut));
        assert_true(strlen(cut) == strlen(text) || strlen(cut) == sizeof cut - 1);
    }
}

/* None takes more text: two ports, and one that is left out. */
static void room_for_the_longest(void **state)
{
    (void)state;
    static char text[PORT_LIST_TEXT];
    struct port_set ports = {.bits = {0}}, again = {.bits = {0}};
    for (uint32_t port = 1; port <= UINT16_MAX; port++) {
        if (port % 3 != 0)
            port_set_add(&ports, (uint16_t)port);
    }
    port_list_text(&ports, text, sizeof text);
    assert_true(strlen(text) < sizeof text - 1);
    assert_true(port_list_read(text, &again));
    assert_memory_equal(&ports, &again, sizeof ports);
}

static void reads_tunnels(void **state)
{
    (void)state;
    struct tunnel_ports ports;
    char why[PORT_LIST_WHY] = "";
    assert_true(port_list_read_tunnels("vxlan=1,2,geneve=4789,gtp-u=0", &ports, why));
    assert_int_equal(tunnel_ports_find(&ports, 1), TUNNEL_VXLAN);
    assert_int_equal(tunnel_ports_find(&ports, 2), TUNNEL_VXLAN);
    assert_int_equal(tunnel_ports_find(&ports, 8472), TUNNEL_NONE);
    assert_int_equal(tunnel_ports_find(&ports, 4789), TUNNEL_GENEVE);
    assert_int_equal(tunnel_ports_find(&ports, 2152), TUNNEL_NONE);
    assert_int_equal(tunnel_ports_find(&ports, 3544), TUNNEL_TEREDO);
    assert_false(port_list_read_tunnels("4789", &ports, why));
    assert_string_equal(why, "");
    assert_false(port_list_read_tunnels("geneve=4789", &ports, why));
    assert_string_equal(why, "found port 4789 for vxlan and for geneve, expected one tunnel a port");
}

static void tunnels_are_bounded(void **state)
{
    (void)state;
    struct tunnel_ports ports;
    char text[1024] = "vxlan=1000", why[PORT_LIST_WHY] = "";
    for (unsigned port = 1001; port <= 1064; port++)
        snprintf(text + strlen(text), sizeof text - strlen(text), ",%u", port);
    assert_false(port_list_read_tunnels(text, &ports, why));
    assert_string_equal(why, "found more than 64 ports, expected fewer");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_ports_and_ranges), cmocka_unit_test(refuses_what_is_none),
        cmocka_unit_test(comes_back_the_same),    cmocka_unit_test(room_for_the_longest),
        cmocka_unit_test(reads_tunnels),          cmocka_unit_test(tunnels_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
