/* GRE and what is built on it. */
#include "tests/unit/packet_rig.h"

/* RFC 2784, 2890. */
static const struct wrapped plain_rows[] = {
    {"IPv4", RAW, .protocol = 47, BYTES(0, 0, 8, 0), .layers = 1, .kind = TUNNEL_GRE},
    {"IPv6", RAW, .protocol = 47, BYTES(0, 0, 0x86, 0xdd), .six = true, .layers = 1, .kind = TUNNEL_GRE},
    {"checksum", RAW, .protocol = 47, BYTES(0x80, 0, 8, 0, 1, 2, 0, 0), .layers = 1, .kind = TUNNEL_GRE},
    {"key", RAW, .protocol = 47, BYTES(0x20, 0, 8, 0, 1, 2, 3, 4), .layers = 1, .kind = TUNNEL_GRE, .id = 0x01020304},
    {"number", RAW, .protocol = 47, BYTES(0x10, 0, 8, 0, 1, 2, 3, 4), .layers = 1, .kind = TUNNEL_GRE},
    {"all three", RAW, .protocol = 47, BYTES(0xb0, 0, 8, 0, 9, 9, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8), .layers = 1,
     .kind = TUNNEL_GRE, .id = 0x01020304},
    {"bridged", RAW, .protocol = 47, BYTES(0, 0, 0x65, 0x58, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0), .layers = 1,
     .kind = TUNNEL_GRE},
    {"MPLS", RAW, .protocol = 47, BYTES(0, 0, 0x88, 0x47, 0, 1, 1, 0x40), .layers = 2, .kind = TUNNEL_GRE},
    {"source route", RAW, .protocol = 47, BYTES(0x40, 0, 8, 0, 0, 0, 0, 0), .outcome = WALK_OTHER, .layers = 1},
    {"PPTP", RAW, .protocol = 47, BYTES(0x20, 1, 0x88, 0x0b, 0, 0, 0, 1), .outcome = WALK_OTHER, .layers = 1},
    {"PPTP, a packet", RAW, .protocol = 47, BYTES(0x30, 1, 0x88, 0x0b, 0, 0, 0, 1, 0, 0, 0, 1), .outcome = WALK_UNREAD,
     .layers = 1},
    {"version 1 of what is no PPP", RAW, .protocol = 47, BYTES(0x30, 1, 8, 0, 0, 0, 0, 1, 0, 0, 0, 1),
     .outcome = WALK_OTHER, .layers = 1},
    {"keepalive", RAW, .protocol = 47, BYTES(0, 0, 0, 0), .outcome = WALK_OTHER, .layers = 1},
};

static void plain(void **state)
{
    (void)state;
    check_wrapped(plain_rows, sizeof plain_rows / sizeof *plain_rows);
}

/* RFC 7637: 24 bits of the key, from 0x1000 on. */
static const struct wrapped networks_rows[] = {
    {"NVGRE", RAW, .protocol = 47,
     BYTES(0x20, 0, 0x65, 0x58, 0x12, 0x34, 0x56, 9, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x86, 0xdd), .six = true,
     .layers = 1, .kind = TUNNEL_NVGRE, .id = 0x123456},
    {"a reserved number", RAW, .protocol = 47,
     BYTES(0x20, 0, 0x65, 0x58, 0, 0x0f, 0xff, 9, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0), .layers = 1,
     .kind = TUNNEL_GRE, .id = 0x000fff09},
    {"a number beside it", RAW, .protocol = 47,
     BYTES(0x30, 0, 0x65, 0x58, 0x12, 0x34, 0x56, 9, 0, 0, 0, 1, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0), .layers = 1,
     .kind = TUNNEL_GRE, .id = 0x12345609},
};

static void networks(void **state)
{
    (void)state;
    check_wrapped(networks_rows, sizeof networks_rows / sizeof *networks_rows);
}

/* draft-foschiano-erspan. */
static const struct wrapped mirrors_rows[] = {
    {"type I", RAW, .protocol = 47, BYTES(0, 0, 0x88, 0xbe, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0), .layers = 1,
     .kind = TUNNEL_ERSPAN},
    {"type II", RAW, .protocol = 47,
     BYTES(0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 7, 0x08, 0x65, 0, 0, 0, 3, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0),
     .layers = 1, .kind = TUNNEL_ERSPAN, .id = 101},
    {"type II, another version", RAW, .protocol = 47,
     BYTES(0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x30, 7, 0x08, 0x65, 0, 0, 0, 3, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0),
     .outcome = WALK_OTHER, .layers = 1},
    {"type III", RAW, .protocol = 47,
     BYTES(0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 7, 0, 0x66, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0,
           2, 8, 0),
     .layers = 1, .kind = TUNNEL_ERSPAN, .id = 102},
    {"type III, subheader", RAW, .protocol = 47,
     BYTES(0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 7, 0, 0x66, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 2, 0, 0,
           0, 0, 1, 2, 0, 0, 0, 0, 2, 0x86, 0xdd),
     .six = true, .layers = 1, .kind = TUNNEL_ERSPAN, .id = 102},
    {"type III, IP", RAW, .protocol = 47,
     BYTES(0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 7, 0, 0x66, 0, 0, 0, 0, 0, 0, 8, 0), .layers = 1,
     .kind = TUNNEL_ERSPAN, .id = 102},
    {"type III, wireless", RAW, .protocol = 47,
     BYTES(0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 7, 0, 0x66, 0, 0, 0, 0, 0, 0, 4, 0), .outcome = WALK_OTHER,
     .layers = 1},
};

static void mirrors(void **state)
{
    (void)state;
    check_wrapped(mirrors_rows, sizeof mirrors_rows / sizeof *mirrors_rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain),
        cmocka_unit_test(networks),
        cmocka_unit_test(mirrors),
    };
    return cmocka_run_group_tests_name("gre", tests, NULL, NULL);
}
