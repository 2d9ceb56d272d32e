/* GRE and what is built on it. */
#include "tests/unit/packet_rig.h"

/* RFC 2784, 2890. */
static const struct wrapped plain_rows[] = {
    {"IPv4", RAW, 47, 0, {0, 0, 8, 0}, 4, false, WALK_SEGMENT, 1, TUNNEL_GRE, 0},
    {"IPv6", RAW, 47, 0, {0, 0, 0x86, 0xdd}, 4, true, WALK_SEGMENT, 1, TUNNEL_GRE, 0},
    {"checksum", RAW, 47, 0, {0x80, 0, 8, 0, 1, 2, 0, 0}, 8, false, WALK_SEGMENT, 1, TUNNEL_GRE, 0},
    {"key", RAW, 47, 0, {0x20, 0, 8, 0, 1, 2, 3, 4}, 8, false, WALK_SEGMENT, 1, TUNNEL_GRE, 0x01020304},
    {"number", RAW, 47, 0, {0x10, 0, 8, 0, 1, 2, 3, 4}, 8, false, WALK_SEGMENT, 1, TUNNEL_GRE, 0},
    {"all three",
     RAW,
     47,
     0,
     {0xb0, 0, 8, 0, 9, 9, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8},
     16,
     false,
     WALK_SEGMENT,
     1,
     TUNNEL_GRE,
     0x01020304},
    {"bridged",
     RAW,
     47,
     0,
     {0, 0, 0x65, 0x58, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0},
     18,
     false,
     WALK_SEGMENT,
     1,
     TUNNEL_GRE,
     0},
    {"MPLS", RAW, 47, 0, {0, 0, 0x88, 0x47, 0, 1, 1, 0x40}, 8, false, WALK_SEGMENT, 2, TUNNEL_GRE, 0},
    {"source route", RAW, 47, 0, {0x40, 0, 8, 0, 0, 0, 0, 0}, 8, false, WALK_OTHER, 1, TUNNEL_NONE, 0},
    {"PPTP", RAW, 47, 0, {0x20, 1, 0x88, 0x0b, 0, 0, 0, 1}, 8, false, WALK_OTHER, 1, TUNNEL_NONE, 0},
    {"keepalive", RAW, 47, 0, {0, 0, 0, 0}, 4, false, WALK_OTHER, 1, TUNNEL_NONE, 0},
};

static void plain(void **state)
{
    (void)state;
    check_wrapped(plain_rows, sizeof plain_rows / sizeof *plain_rows);
}

/* RFC 7637: 24 bits of the key, from 0x1000 on. */
static const struct wrapped networks_rows[] = {
    {"NVGRE",
     RAW,
     47,
     0,
     {0x20, 0, 0x65, 0x58, 0x12, 0x34, 0x56, 9, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x86, 0xdd},
     22,
     true,
     WALK_SEGMENT,
     1,
     TUNNEL_NVGRE,
     0x123456},
    {"a reserved number",
     RAW,
     47,
     0,
     {0x20, 0, 0x65, 0x58, 0, 0x0f, 0xff, 9, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0},
     22,
     false,
     WALK_SEGMENT,
     1,
     TUNNEL_GRE,
     0x000fff09},
    {"a number beside it",
     RAW,
     47,
     0,
     {0x30, 0, 0x65, 0x58, 0x12, 0x34, 0x56, 9, 0, 0, 0, 1, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0},
     26,
     false,
     WALK_SEGMENT,
     1,
     TUNNEL_GRE,
     0x12345609},
};

static void networks(void **state)
{
    (void)state;
    check_wrapped(networks_rows, sizeof networks_rows / sizeof *networks_rows);
}

/* draft-foschiano-erspan. */
static const struct wrapped mirrors_rows[] = {
    {"type I",
     RAW,
     47,
     0,
     {0, 0, 0x88, 0xbe, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0},
     18,
     false,
     WALK_SEGMENT,
     1,
     TUNNEL_ERSPAN,
     0},
    {"type II",
     RAW,
     47,
     0,
     {0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 7, 0x08, 0x65, 0, 0, 0, 3, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0},
     30,
     false,
     WALK_SEGMENT,
     1,
     TUNNEL_ERSPAN,
     101},
    {"type II, another version",
     RAW,
     47,
     0,
     {0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x30, 7, 0x08, 0x65, 0, 0, 0, 3, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0},
     30,
     false,
     WALK_OTHER,
     1,
     TUNNEL_NONE,
     0},
    {"type III",
     RAW,
     47,
     0,
     {0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 7, 0, 0x66, 0, 0, 0, 0, 0,
      0,    0, 0,    2,    0, 0, 0, 0, 1,    2, 0, 0,    0, 0, 2, 8, 0},
     34,
     false,
     WALK_SEGMENT,
     1,
     TUNNEL_ERSPAN,
     102},
    {"type III, subheader",
     RAW,
     47,
     0,
     {0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 7, 0, 0x66, 0, 0, 0, 0, 0, 0, 0, 1,    1,
      2,    3, 4,    5,    6, 7, 8, 2, 0,    0, 0, 0,    1, 2, 0, 0, 0, 0, 2, 0x86, 0xdd},
     42,
     true,
     WALK_SEGMENT,
     1,
     TUNNEL_ERSPAN,
     102},
    {"type III, IP",
     RAW,
     47,
     0,
     {0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 7, 0, 0x66, 0, 0, 0, 0, 0, 0, 8, 0},
     20,
     false,
     WALK_SEGMENT,
     1,
     TUNNEL_ERSPAN,
     102},
    {"type III, wireless",
     RAW,
     47,
     0,
     {0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 7, 0, 0x66, 0, 0, 0, 0, 0, 0, 4, 0},
     20,
     false,
     WALK_OTHER,
     1,
     TUNNEL_NONE,
     0},
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
