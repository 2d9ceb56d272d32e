/* PPP and Cisco's HDLC. */
#include "tests/unit/packet_rig.h"

static const struct wrapped links_rows[] = {
    {"address and control", 9, BYTES(0xff, 3, 0, 0x21)},
    {"without", 9, BYTES(0, 0x21)},
    {"one byte", 9, BYTES(0x21)},
    {"IPv6", 9, BYTES(0xff, 3, 0, 0x57), .six = true},
    {"LCP", 9, BYTES(0xff, 3, 0xc0, 0x21), .outcome = WALK_OTHER},
    {"MPLS", 9, BYTES(0xff, 3, 2, 0x81, 0, 1, 1, 0x40), .layers = 1},
    {"like HDLC", 50, BYTES(0xff, 3, 0, 0x21)},
    {"Cisco in it", 50, BYTES(0x0f, 0, 8, 0)},
    {"Cisco, multicast", 104, BYTES(0x8f, 0, 0x86, 0xdd), .six = true},
    {"Cisco, keepalive", 104, BYTES(0x8f, 0, 0x80, 0x35), .outcome = WALK_OTHER},
    {"Cisco, other address", 104, BYTES(0x0e, 0, 8, 0), .outcome = WALK_OTHER},
};

static void links(void **state)
{
    (void)state;
    check_wrapped(links_rows, sizeof links_rows / sizeof *links_rows);
}

/* RFC 2516: the length is of what is behind it. */
static const struct wrapped over_ethernet_rows[] = {
    {"session", 1, BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0x64, 0x11, 0, 0, 7, 0, 47, 0, 0x21), .layers = 1},
    {"IPv6", 51, BYTES(0x11, 0, 0, 7, 0, 67, 0, 0x57), .six = true, .layers = 1},
    {"discovery", 51, BYTES(0x11, 9, 0, 7, 0, 47, 0, 0x21), .outcome = WALK_OTHER, .layers = 1},
    {"another version", 51, BYTES(0x21, 0, 0, 7, 0, 47, 0, 0x21), .outcome = WALK_OTHER, .layers = 1},
    {"shorter than IP", 51, BYTES(0x11, 0, 0, 7, 0, 10, 0, 0x21), .outcome = WALK_BAD, .layers = 1},
};

static void over_ethernet(void **state)
{
    (void)state;
    check_wrapped(over_ethernet_rows, sizeof over_ethernet_rows / sizeof *over_ethernet_rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(links),
        cmocka_unit_test(over_ethernet),
    };
    return cmocka_run_group_tests_name("ppp", tests, NULL, NULL);
}
