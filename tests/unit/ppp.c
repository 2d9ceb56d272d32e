/* PPP and Cisco's HDLC. */
#include "tests/unit/packet_rig.h"

static const struct wrapped links_rows[] = {
    {"address and control", 9, 0, 0, {0xff, 3, 0, 0x21}, 4, false, WALK_SEGMENT, 0, TUNNEL_NONE, 0},
    {"without", 9, 0, 0, {0, 0x21}, 2, false, WALK_SEGMENT, 0, TUNNEL_NONE, 0},
    {"one byte", 9, 0, 0, {0x21}, 1, false, WALK_SEGMENT, 0, TUNNEL_NONE, 0},
    {"IPv6", 9, 0, 0, {0xff, 3, 0, 0x57}, 4, true, WALK_SEGMENT, 0, TUNNEL_NONE, 0},
    {"LCP", 9, 0, 0, {0xff, 3, 0xc0, 0x21}, 4, false, WALK_OTHER, 0, TUNNEL_NONE, 0},
    {"MPLS", 9, 0, 0, {0xff, 3, 2, 0x81, 0, 1, 1, 0x40}, 8, false, WALK_SEGMENT, 1, TUNNEL_NONE, 0},
    {"like HDLC", 50, 0, 0, {0xff, 3, 0, 0x21}, 4, false, WALK_SEGMENT, 0, TUNNEL_NONE, 0},
    {"Cisco in it", 50, 0, 0, {0x0f, 0, 8, 0}, 4, false, WALK_SEGMENT, 0, TUNNEL_NONE, 0},
    {"Cisco, multicast", 104, 0, 0, {0x8f, 0, 0x86, 0xdd}, 4, true, WALK_SEGMENT, 0, TUNNEL_NONE, 0},
    {"Cisco, keepalive", 104, 0, 0, {0x8f, 0, 0x80, 0x35}, 4, false, WALK_OTHER, 0, TUNNEL_NONE, 0},
    {"Cisco, other address", 104, 0, 0, {0x0e, 0, 8, 0}, 4, false, WALK_OTHER, 0, TUNNEL_NONE, 0},
};

static void links(void **state)
{
    (void)state;
    check_wrapped(links_rows, sizeof links_rows / sizeof *links_rows);
}

/* RFC 2516: the length is of what is behind it. */
static const struct wrapped over_ethernet_rows[] = {
    {"session",
     1,
     0,
     0,
     {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0x64, 0x11, 0, 0, 7, 0, 47, 0, 0x21},
     22,
     false,
     WALK_SEGMENT,
     1,
     TUNNEL_NONE,
     0},
    {"IPv6", 51, 0, 0, {0x11, 0, 0, 7, 0, 67, 0, 0x57}, 8, true, WALK_SEGMENT, 1, TUNNEL_NONE, 0},
    {"discovery", 51, 0, 0, {0x11, 9, 0, 7, 0, 47, 0, 0x21}, 8, false, WALK_OTHER, 1, TUNNEL_NONE, 0},
    {"another version", 51, 0, 0, {0x21, 0, 0, 7, 0, 47, 0, 0x21}, 8, false, WALK_OTHER, 1, TUNNEL_NONE, 0},
    {"shorter than IP", 51, 0, 0, {0x11, 0, 0, 7, 0, 10, 0, 0x21}, 8, false, WALK_BAD, 1, TUNNEL_NONE, 0},
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
