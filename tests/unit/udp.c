/* Tunnels on ports of UDP. */
#include "tests/unit/packet_rig.h"

/* RFC 7348, draft-ietf-nvo3-vxlan-gpe. */
static const struct wrapped vxlan_rows[] = {
    {"VXLAN",
     RAW,
     17,
     4789,
     {8, 0, 0, 0, 0, 0x1b, 0x59, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0},
     22,
     false,
     WALK_SEGMENT,
     1,
     TUNNEL_VXLAN,
     7001},
    {"8472",
     RAW,
     17,
     8472,
     {8, 0, 0, 0, 0, 0x1b, 0x59, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x86, 0xdd},
     22,
     true,
     WALK_SEGMENT,
     1,
     TUNNEL_VXLAN,
     7001},
    {"reserved bits",
     RAW,
     17,
     4789,
     {0x88, 0, 1, 2, 0, 0x1b, 0x59, 3, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0},
     22,
     false,
     WALK_SEGMENT,
     1,
     TUNNEL_VXLAN,
     7001},
    {"no VNI",
     RAW,
     17,
     4789,
     {0, 0, 0, 0, 0, 0x1b, 0x59, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0},
     22,
     false,
     WALK_OTHER,
     1,
     TUNNEL_NONE,
     0},
    {"no Ethernet in it", RAW, 17, 4789, {8, 0, 0, 0, 0, 0x1b, 0x59, 0}, 8, false, WALK_OTHER, 1, TUNNEL_NONE, 0},
    {"GPE, IPv4", RAW, 17, 4790, {0x0c, 0, 0, 1, 0, 0x1b, 0x59, 0}, 8, false, WALK_SEGMENT, 1, TUNNEL_VXLAN_GPE, 7001},
    {"GPE, IPv6", RAW, 17, 4790, {0x0c, 0, 0, 2, 0, 0x1b, 0x59, 0}, 8, true, WALK_SEGMENT, 1, TUNNEL_VXLAN_GPE, 7001},
    {"GPE, Ethernet",
     RAW,
     17,
     4790,
     {0x0c, 0, 0, 3, 0, 0x1b, 0x59, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0},
     22,
     false,
     WALK_SEGMENT,
     1,
     TUNNEL_VXLAN_GPE,
     7001},
    {"GPE as VXLAN",
     RAW,
     17,
     4790,
     {8, 0, 0, 0, 0, 0x1b, 0x59, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0},
     22,
     false,
     WALK_SEGMENT,
     1,
     TUNNEL_VXLAN_GPE,
     7001},
    {"GPE, NSH",
     RAW,
     17,
     4790,
     {0x0c, 0, 0, 4, 0, 0x1b, 0x59, 0, 0x0f, 0xc2, 2, 1, 0, 0, 1, 0xff},
     16,
     false,
     WALK_SEGMENT,
     2,
     TUNNEL_VXLAN_GPE,
     7001},
    {"GPE, MPLS",
     RAW,
     17,
     4790,
     {0x0c, 0, 0, 5, 0, 0x1b, 0x59, 0, 0, 1, 1, 0x40},
     12,
     false,
     WALK_SEGMENT,
     2,
     TUNNEL_VXLAN_GPE,
     7001},
    {"GPE, OAM", RAW, 17, 4790, {0x0d, 0, 0, 1, 0, 0x1b, 0x59, 0}, 8, false, WALK_OTHER, 1, TUNNEL_NONE, 0},
    {"GPE, version 1", RAW, 17, 4790, {0x1c, 0, 0, 1, 0, 0x1b, 0x59, 0}, 8, false, WALK_OTHER, 1, TUNNEL_NONE, 0},
};

static void vxlan(void **state)
{
    (void)state;
    check_wrapped(vxlan_rows, sizeof vxlan_rows / sizeof *vxlan_rows);
}

/* RFC 8926. */
static const struct wrapped geneve_rows[] = {
    {"Ethernet",
     RAW,
     17,
     6081,
     {0, 0, 0x65, 0x58, 0, 0x1b, 0x5b, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0},
     22,
     false,
     WALK_SEGMENT,
     1,
     TUNNEL_GENEVE,
     7003},
    {"options",
     RAW,
     17,
     6081,
     {2, 0x40, 0x65, 0x58, 0, 0x1b, 0x5b, 0, 1, 2, 0x80, 1, 0, 0, 0, 1, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x86, 0xdd},
     30,
     true,
     WALK_SEGMENT,
     1,
     TUNNEL_GENEVE,
     7003},
    {"IPv4", RAW, 17, 6081, {0, 0, 8, 0, 0, 0x1b, 0x5b, 0}, 8, false, WALK_SEGMENT, 1, TUNNEL_GENEVE, 7003},
    {"control", RAW, 17, 6081, {0, 0x80, 8, 0, 0, 0x1b, 0x5b, 0}, 8, false, WALK_OTHER, 1, TUNNEL_NONE, 0},
    {"version 1", RAW, 17, 6081, {0x40, 0, 8, 0, 0, 0x1b, 0x5b, 0}, 8, false, WALK_OTHER, 1, TUNNEL_NONE, 0},
    {"options beyond the end", RAW, 17, 6081, {63, 0, 8, 0, 0, 0x1b, 0x5b, 0}, 8, false, WALK_OTHER, 1, TUNNEL_NONE, 0},
};

static void geneve(void **state)
{
    (void)state;
    check_wrapped(geneve_rows, sizeof geneve_rows / sizeof *geneve_rows);
}

/* 3GPP TS 29.281. */
static const struct wrapped gtp_rows[] = {
    {"packet", RAW, 17, 2152, {0x30, 0xff, 0, 45, 0, 0, 0x10, 1}, 8, false, WALK_SEGMENT, 1, TUNNEL_GTP, 0x1001},
    {"number",
     RAW,
     17,
     2152,
     {0x32, 0xff, 0, 69, 0, 0, 0x10, 1, 0, 9, 0, 0x85},
     12,
     true,
     WALK_SEGMENT,
     1,
     TUNNEL_GTP,
     0x1001},
    {"extension",
     RAW,
     17,
     2152,
     {0x34, 0xff, 0, 53, 0, 0, 0x10, 1, 0, 0, 0, 0x85, 1, 0x10, 9, 0},
     16,
     false,
     WALK_SEGMENT,
     1,
     TUNNEL_GTP,
     0x1001},
    {"two extensions",
     RAW,
     17,
     2152,
     {0x34, 0xff, 0, 61, 0, 0, 0x10, 1, 0, 0, 0, 0x85, 1, 0x10, 9, 0x40, 2, 1, 2, 3, 4, 5, 6, 0},
     24,
     false,
     WALK_SEGMENT,
     1,
     TUNNEL_GTP,
     0x1001},
    {"an empty extension",
     RAW,
     17,
     2152,
     {0x34, 0xff, 0, 53, 0, 0, 0x10, 1, 0, 0, 0, 0x85, 0, 0x10, 9, 0},
     16,
     false,
     WALK_OTHER,
     1,
     TUNNEL_NONE,
     0},
    {"extensions beyond the end",
     RAW,
     17,
     2152,
     {0x34, 0xff, 0, 53, 0, 0, 0x10, 1, 0, 0, 0, 0x85, 99, 0x10, 9, 0},
     16,
     false,
     WALK_OTHER,
     1,
     TUNNEL_NONE,
     0},
    {"echo", RAW, 17, 2152, {0x32, 1, 0, 45, 0, 0, 0x10, 1}, 8, false, WALK_OTHER, 1, TUNNEL_NONE, 0},
    {"version 2", RAW, 17, 2152, {0x48, 0xff, 0, 45, 0, 0, 0x10, 1}, 8, false, WALK_OTHER, 1, TUNNEL_NONE, 0},
    {"GTP prime", RAW, 17, 2152, {0x20, 0xff, 0, 45, 0, 0, 0x10, 1}, 8, false, WALK_OTHER, 1, TUNNEL_NONE, 0},
};

static void gtp(void **state)
{
    (void)state;
    check_wrapped(gtp_rows, sizeof gtp_rows / sizeof *gtp_rows);
}

static const struct wrapped others_rows[] = {
    {"TZSP",
     RAW,
     17,
     37008,
     {1, 0, 0, 1, 1, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0},
     19,
     false,
     WALK_SEGMENT,
     1,
     TUNNEL_TZSP,
     0},
    {"TZSP, tags",
     RAW,
     17,
     37008,
     {1, 0, 0, 1, 0, 0, 0x0a, 1, 0x20, 0x12, 1, 6, 1, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x86, 0xdd},
     27,
     true,
     WALK_SEGMENT,
     1,
     TUNNEL_TZSP,
     0},
    {"TZSP, wireless",
     RAW,
     17,
     37008,
     {1, 0, 0, 18, 1, 8, 1, 0, 0, 2, 0,    0,    0, 0, 1, 2, 0, 0, 0,
      0, 2, 2, 0,  0, 0, 0, 3, 0, 0, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0},
     37,
     false,
     WALK_SEGMENT,
     1,
     TUNNEL_TZSP,
     0},
    {"TZSP, keepalive",
     RAW,
     17,
     37008,
     {1, 4, 0, 1, 1, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0},
     19,
     false,
     WALK_OTHER,
     1,
     TUNNEL_NONE,
     0},
    {"TZSP, other",
     RAW,
     17,
     37008,
     {1, 0, 0, 2, 1, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0},
     19,
     false,
     WALK_OTHER,
     1,
     TUNNEL_NONE,
     0},
    {"Teredo", RAW, 17, 3544, {0}, 0, true, WALK_SEGMENT, 1, TUNNEL_TEREDO, 0},
    {"Teredo, authentication",
     RAW,
     17,
     3544,
     {0, 1, 2, 1, 9, 9, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0},
     16,
     true,
     WALK_SEGMENT,
     1,
     TUNNEL_TEREDO,
     0},
    {"Teredo, origin", RAW, 17, 3544, {0, 0, 1, 2, 3, 4, 5, 6}, 8, true, WALK_SEGMENT, 1, TUNNEL_TEREDO, 0},
    {"Teredo, both",
     RAW,
     17,
     3544,
     {0, 1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 1, 2, 3, 4, 5, 6},
     21,
     true,
     WALK_SEGMENT,
     1,
     TUNNEL_TEREDO,
     0},
    {"Teredo, IPv4", RAW, 17, 3544, {0}, 0, false, WALK_OTHER, 1, TUNNEL_NONE, 0},
    {"GRE", RAW, 17, 4754, {0, 0, 8, 0}, 4, false, WALK_SEGMENT, 1, TUNNEL_GRE, 0},
    {"GRE with a key", RAW, 17, 4754, {0x20, 0, 8, 0, 0, 0, 1, 2}, 8, false, WALK_SEGMENT, 1, TUNNEL_GRE, 258},
    {"GRE, source route", RAW, 17, 4754, {0x40, 0, 8, 0, 0, 0, 0, 0}, 8, false, WALK_OTHER, 1, TUNNEL_NONE, 0},
    {"MPLS", RAW, 17, 6635, {0, 1, 1, 0x40}, 4, false, WALK_SEGMENT, 2, TUNNEL_MPLS, 0},
    {"MPLS over IP", RAW, 137, 0, {0, 1, 1, 0x40}, 4, false, WALK_SEGMENT, 2, TUNNEL_MPLS, 0},
    {"IPv4 in IPv4", RAW, 4, 0, {0}, 0, false, WALK_SEGMENT, 1, TUNNEL_IP, 0},
    {"IPv6 in IPv4", RAW, 41, 0, {0}, 0, true, WALK_SEGMENT, 1, TUNNEL_IP, 0},
    {"a number that lies", RAW, 4, 0, {0}, 0, true, WALK_BAD, 1, TUNNEL_NONE, 0},
    {"EtherIP",
     RAW,
     97,
     0,
     {0x30, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0},
     16,
     false,
     WALK_SEGMENT,
     1,
     TUNNEL_ETHERIP,
     0},
    {"EtherIP, another version",
     RAW,
     97,
     0,
     {0x20, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0},
     16,
     false,
     WALK_OTHER,
     1,
     TUNNEL_NONE,
     0},
    {"DNS", RAW, 17, 53, {1, 2, 3, 4}, 4, false, WALK_OTHER, 1, TUNNEL_NONE, 0},
};

static void others(void **state)
{
    (void)state;
    check_wrapped(others_rows, sizeof others_rows / sizeof *others_rows);
}

/* Recognised, and no more; the datagram around which they are is 45 bytes. */
static const struct wrapped unread_rows[] = {
    {"ESP", RAW, 50, 0, {0, 0, 1, 0, 0, 0, 0, 1}, 8, false, WALK_SEALED, 1, TUNNEL_NONE, 0},
    {"ESP on UDP", RAW, 17, 4500, {0, 0, 1, 0, 0, 0, 1}, 7, false, WALK_SEALED, 1, TUNNEL_NONE, 0},
    {"a key exchange", RAW, 17, 4500, {0, 0, 0, 0, 0, 0, 1}, 7, false, WALK_OTHER, 1, TUNNEL_NONE, 0},
    {"no whole words", RAW, 17, 4500, {0, 0, 1, 0, 0, 0, 0, 1}, 8, false, WALK_OTHER, 1, TUNNEL_NONE, 0},
    {"L2TP", RAW, 17, 1701, {0, 2, 0, 1, 0, 1, 0xff, 3, 0, 0x21}, 10, false, WALK_UNREAD, 1, TUNNEL_NONE, 0},
    {"L2TP, length and number", RAW, 17, 1701, {0x48, 2, 0, 1, 0, 1}, 6, false, WALK_UNREAD, 1, TUNNEL_NONE, 0},
    {"L2TP, control", RAW, 17, 1701, {0xc8, 2, 0, 12, 0, 1, 0, 0}, 8, false, WALK_OTHER, 1, TUNNEL_NONE, 0},
    {"L2TP, version 3", RAW, 17, 1701, {0, 3, 0, 0, 0, 0, 0, 1}, 8, false, WALK_UNREAD, 1, TUNNEL_NONE, 0},
    {"L2TP, version 1", RAW, 17, 1701, {0, 1, 0, 0, 0, 0, 0, 1}, 8, false, WALK_OTHER, 1, TUNNEL_NONE, 0},
    {"L2TP over IP", RAW, 115, 0, {0, 0, 0, 1}, 4, false, WALK_UNREAD, 1, TUNNEL_NONE, 0},
    {"WireGuard", RAW, 17, 51820, {4, 0, 0, 0, 1, 2, 3, 4, 1}, 19, false, WALK_SEALED, 1, TUNNEL_NONE, 0},
    {"WireGuard, it begins", RAW, 17, 51820, {1, 0, 0, 0, 1, 2, 3, 4}, 103, false, WALK_SEALED, 1, TUNNEL_NONE, 0},
    {"WireGuard, its answer", RAW, 17, 51820, {2, 0, 0, 0, 1, 2, 3, 4}, 47, false, WALK_SEALED, 1, TUNNEL_NONE, 0},
    {"WireGuard, a cookie", RAW, 17, 51820, {3, 0, 0, 0, 1, 2, 3, 4}, 19, false, WALK_SEALED, 1, TUNNEL_NONE, 0},
    {"WireGuard, of another size", RAW, 17, 51820, {2, 0, 0, 0, 1, 2, 3, 4}, 19, false, WALK_OTHER, 1, TUNNEL_NONE, 0},
    {"what is no WireGuard", RAW, 17, 51820, {4, 0, 1, 0, 1, 2, 3, 4}, 19, false, WALK_OTHER, 1, TUNNEL_NONE, 0},
    {"another type", RAW, 17, 51820, {5, 0, 0, 0, 1, 2, 3, 4}, 19, false, WALK_OTHER, 1, TUNNEL_NONE, 0},
};

static void unread(void **state)
{
    (void)state;
    check_wrapped(unread_rows, sizeof unread_rows / sizeof *unread_rows);
}

/* Pieces of what is not read are not kept. */
static void unread_in_pieces(void **state)
{
    (void)state;
    for (unsigned offset = 0; offset < 2; offset++) {
        struct build b = {.size = 0};
        struct packet p;
        add_ipv4(&b, 44, offset ? 0x0005 : 0x2000, 50);
        for (int i = 0; i < 3; i++)
            ADD(&b, 1, 2, 3, 4, 5, 6, 7, 8);
        assert_int_equal(walk(&b, RAW, &p), WALK_SEALED);
        b.bytes[9] = 115;
        assert_int_equal(walk(&b, RAW, &p), WALK_UNREAD);
    }
}

/* Overlays inside tunnels and tunnels inside overlays: the network is told. */
static const struct wrapped innermost_overlay_rows[] = {
    {"IP in VXLAN",
     RAW,
     17,
     4789,
     {8, 0,    0, 0, 0,  0x1b, 0x59, 0, 2, 0,  0, 0, 0, 1,   2, 0, 0, 0,   0,  2,   8,
      0, 0x45, 0, 0, 65, 0,    1,    0, 0, 64, 4, 0, 0, 192, 0, 2, 1, 198, 51, 100, 7},
     42,
     false,
     WALK_SEGMENT,
     2,
     TUNNEL_VXLAN,
     7001},
    {"VXLAN in VXLAN",
     RAW,
     17,
     4789,
     {8, 0,  0, 0, 0, 0x1b, 0x59, 0,  2, 0, 0,   0, 0, 1, 2,   0,  0,   0, 0, 2, 8,    0,    0x45, 0,
      0, 95, 0, 1, 0, 0,    64,   17, 0, 0, 192, 0, 2, 1, 198, 51, 100, 7, 0, 1, 0x12, 0xb5, 0,    75,
      0, 0,  8, 0, 0, 0,    0,    0,  9, 0, 2,   0, 0, 0, 0,   1,  2,   0, 0, 0, 0,    2,    8,    0},
     72,
     false,
     WALK_SEGMENT,
     2,
     TUNNEL_VXLAN,
     9},
};

static void innermost_overlay(void **state)
{
    (void)state;
    check_wrapped(innermost_overlay_rows, sizeof innermost_overlay_rows / sizeof *innermost_overlay_rows);
}

/* Other ports are not looked at, answers from a tunnel's port are. */
static void ports(void **state)
{
    (void)state;
    struct wrapped w = {"", RAW, 17, 3544, {0}, 0, true, WALK_SEGMENT, 1, TUNNEL_TEREDO, 0};
    struct build b;
    struct packet p;
    wrap(&b, &w);
    assert_int_equal(walk(&b, RAW, &p), WALK_SEGMENT);
    memcpy(b.bytes + 20, (const uint8_t[]){0x0d, 0xd8, 0x12, 0x34}, 4);
    assert_int_equal(walk(&b, RAW, &p), WALK_SEGMENT);
    memcpy(b.bytes + 20, (const uint8_t[]){0x0d, 0xd9, 0x12, 0x34}, 4);
    assert_int_equal(walk(&b, RAW, &p), WALK_OTHER);
    struct tunnel_ports ports = {.count = 0};
    for (unsigned i = 0; i < TUNNEL_PORTS_MOST; i++)
        assert_true(tunnel_ports_add(&ports, (uint16_t)(i + 1), i % 2 ? TUNNEL_VXLAN : TUNNEL_GTP));
    assert_false(tunnel_ports_add(&ports, 999, TUNNEL_GTP));
    assert_true(tunnel_ports_add(&ports, 2, TUNNEL_VXLAN));
    assert_false(tunnel_ports_add(&ports, 2, TUNNEL_GTP));
    tunnel_ports_remove(&ports, TUNNEL_VXLAN);
    assert_int_equal(ports.count, TUNNEL_PORTS_MOST / 2);
    assert_int_equal(tunnel_ports_find(&ports, 1), TUNNEL_GTP);
    assert_int_equal(tunnel_ports_find(&ports, 2), TUNNEL_NONE);
}

/* Of each kind a name of its own; a network's number is part of it, and of no other. */
static void kinds(void **state)
{
    (void)state;
    for (unsigned kind = 1; kind < TUNNEL_KINDS; kind++) {
        enum tunnel_kind named = tunnel_on_udp(slice_of(tunnel_name(kind)));
        assert_true(named == kind || named == TUNNEL_NONE);
        bool overlay =
            kind == TUNNEL_VXLAN || kind == TUNNEL_VXLAN_GPE || kind == TUNNEL_GENEVE || kind == TUNNEL_NVGRE;
        assert_int_equal(tunnel_network(kind, 7) != tunnel_network(kind, 8), overlay);
        assert_int_equal(tunnel_network(kind, 0) != 0, overlay);
    }
    assert_int_equal(tunnel_network(TUNNEL_NONE, 7), 0);
    assert_string_equal(tunnel_name(TUNNEL_KINDS), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vxlan),
        cmocka_unit_test(geneve),
        cmocka_unit_test(gtp),
        cmocka_unit_test(others),
        cmocka_unit_test(unread),
        cmocka_unit_test(unread_in_pieces),
        cmocka_unit_test(innermost_overlay),
        cmocka_unit_test(ports),
        cmocka_unit_test(kinds),
    };
    return cmocka_run_group_tests_name("udp", tests, NULL, NULL);
}
