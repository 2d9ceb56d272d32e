/* Tunnels on ports of UDP. */
#include "tests/unit/packet_rig.h"

/* RFC 7348, draft-ietf-nvo3-vxlan-gpe. */
static const struct wrapped vxlan_rows[] = {
    {"VXLAN", RAW, .protocol = 17, .port = 4789,
     BYTES(8, 0, 0, 0, 0, 0x1b, 0x59, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0), .layers = 1, .kind = TUNNEL_VXLAN,
     .id = 7001},
    {"8472", RAW, .protocol = 17, .port = 8472,
     BYTES(8, 0, 0, 0, 0, 0x1b, 0x59, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x86, 0xdd), .six = true, .layers = 1,
     .kind = TUNNEL_VXLAN, .id = 7001},
    {"reserved bits", RAW, .protocol = 17, .port = 4789,
     BYTES(0x88, 0, 1, 2, 0, 0x1b, 0x59, 3, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0), .layers = 1,
     .kind = TUNNEL_VXLAN, .id = 7001},
    {"no VNI", RAW, .protocol = 17, .port = 4789,
     BYTES(0, 0, 0, 0, 0, 0x1b, 0x59, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0), .outcome = WALK_OTHER, .layers = 1},
    {"no Ethernet in it", RAW, .protocol = 17, .port = 4789, BYTES(8, 0, 0, 0, 0, 0x1b, 0x59, 0), .outcome = WALK_OTHER,
     .layers = 1},
    {"GPE, IPv4", RAW, .protocol = 17, .port = 4790, BYTES(0x0c, 0, 0, 1, 0, 0x1b, 0x59, 0), .layers = 1,
     .kind = TUNNEL_VXLAN_GPE, .id = 7001},
    {"GPE, IPv6", RAW, .protocol = 17, .port = 4790, BYTES(0x0c, 0, 0, 2, 0, 0x1b, 0x59, 0), .six = true, .layers = 1,
     .kind = TUNNEL_VXLAN_GPE, .id = 7001},
    {"GPE, Ethernet", RAW, .protocol = 17, .port = 4790,
     BYTES(0x0c, 0, 0, 3, 0, 0x1b, 0x59, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0), .layers = 1,
     .kind = TUNNEL_VXLAN_GPE, .id = 7001},
    {"GPE as VXLAN", RAW, .protocol = 17, .port = 4790,
     BYTES(8, 0, 0, 0, 0, 0x1b, 0x59, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0), .layers = 1,
     .kind = TUNNEL_VXLAN_GPE, .id = 7001},
    {"GPE, NSH", RAW, .protocol = 17, .port = 4790,
     BYTES(0x0c, 0, 0, 4, 0, 0x1b, 0x59, 0, 0x0f, 0xc2, 2, 1, 0, 0, 1, 0xff), .layers = 2, .kind = TUNNEL_VXLAN_GPE,
     .id = 7001},
    {"GPE, MPLS", RAW, .protocol = 17, .port = 4790, BYTES(0x0c, 0, 0, 5, 0, 0x1b, 0x59, 0, 0, 1, 1, 0x40), .layers = 2,
     .kind = TUNNEL_VXLAN_GPE, .id = 7001},
    {"GPE, OAM", RAW, .protocol = 17, .port = 4790, BYTES(0x0d, 0, 0, 1, 0, 0x1b, 0x59, 0), .outcome = WALK_OTHER,
     .layers = 1},
    {"GPE, version 1", RAW, .protocol = 17, .port = 4790, BYTES(0x1c, 0, 0, 1, 0, 0x1b, 0x59, 0), .outcome = WALK_OTHER,
     .layers = 1},
};

static void vxlan(void **state)
{
    (void)state;
    check_wrapped(vxlan_rows, sizeof vxlan_rows / sizeof *vxlan_rows);
}

/* RFC 8926. */
static const struct wrapped geneve_rows[] = {
    {"Ethernet", RAW, .protocol = 17, .port = 6081,
     BYTES(0, 0, 0x65, 0x58, 0, 0x1b, 0x5b, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0), .layers = 1,
     .kind = TUNNEL_GENEVE, .id = 7003},
    {"options", RAW, .protocol = 17, .port = 6081,
     BYTES(2, 0x40, 0x65, 0x58, 0, 0x1b, 0x5b, 0, 1, 2, 0x80, 1, 0, 0, 0, 1, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x86,
           0xdd),
     .six = true, .layers = 1, .kind = TUNNEL_GENEVE, .id = 7003},
    {"IPv4", RAW, .protocol = 17, .port = 6081, BYTES(0, 0, 8, 0, 0, 0x1b, 0x5b, 0), .layers = 1, .kind = TUNNEL_GENEVE,
     .id = 7003},
    {"control", RAW, .protocol = 17, .port = 6081, BYTES(0, 0x80, 8, 0, 0, 0x1b, 0x5b, 0), .outcome = WALK_OTHER,
     .layers = 1},
    {"version 1", RAW, .protocol = 17, .port = 6081, BYTES(0x40, 0, 8, 0, 0, 0x1b, 0x5b, 0), .outcome = WALK_OTHER,
     .layers = 1},
    {"options beyond the end", RAW, .protocol = 17, .port = 6081, BYTES(63, 0, 8, 0, 0, 0x1b, 0x5b, 0),
     .outcome = WALK_OTHER, .layers = 1},
};

static void geneve(void **state)
{
    (void)state;
    check_wrapped(geneve_rows, sizeof geneve_rows / sizeof *geneve_rows);
}

/* 3GPP TS 29.281. */
static const struct wrapped gtp_rows[] = {
    {"packet", RAW, .protocol = 17, .port = 2152, BYTES(0x30, 0xff, 0, 45, 0, 0, 0x10, 1), .layers = 1,
     .kind = TUNNEL_GTP, .id = 0x1001},
    {"number", RAW, .protocol = 17, .port = 2152, BYTES(0x32, 0xff, 0, 69, 0, 0, 0x10, 1, 0, 9, 0, 0x85), .six = true,
     .layers = 1, .kind = TUNNEL_GTP, .id = 0x1001},
    {"extension", RAW, .protocol = 17, .port = 2152,
     BYTES(0x34, 0xff, 0, 53, 0, 0, 0x10, 1, 0, 0, 0, 0x85, 1, 0x10, 9, 0), .layers = 1, .kind = TUNNEL_GTP,
     .id = 0x1001},
    {"two extensions", RAW, .protocol = 17, .port = 2152,
     BYTES(0x34, 0xff, 0, 61, 0, 0, 0x10, 1, 0, 0, 0, 0x85, 1, 0x10, 9, 0x40, 2, 1, 2, 3, 4, 5, 6, 0), .layers = 1,
     .kind = TUNNEL_GTP, .id = 0x1001},
    {"an empty extension", RAW, .protocol = 17, .port = 2152,
     BYTES(0x34, 0xff, 0, 53, 0, 0, 0x10, 1, 0, 0, 0, 0x85, 0, 0x10, 9, 0), .outcome = WALK_OTHER, .layers = 1},
    {"extensions beyond the end", RAW, .protocol = 17, .port = 2152,
     BYTES(0x34, 0xff, 0, 53, 0, 0, 0x10, 1, 0, 0, 0, 0x85, 99, 0x10, 9, 0), .outcome = WALK_OTHER, .layers = 1},
    {"echo", RAW, .protocol = 17, .port = 2152, BYTES(0x32, 1, 0, 45, 0, 0, 0x10, 1), .outcome = WALK_OTHER,
     .layers = 1},
    {"version 2", RAW, .protocol = 17, .port = 2152, BYTES(0x48, 0xff, 0, 45, 0, 0, 0x10, 1), .outcome = WALK_OTHER,
     .layers = 1},
    {"GTP prime", RAW, .protocol = 17, .port = 2152, BYTES(0x20, 0xff, 0, 45, 0, 0, 0x10, 1), .outcome = WALK_OTHER,
     .layers = 1},
};

static void gtp(void **state)
{
    (void)state;
    check_wrapped(gtp_rows, sizeof gtp_rows / sizeof *gtp_rows);
}

static const struct wrapped others_rows[] = {
    {"TZSP", RAW, .protocol = 17, .port = 37008, BYTES(1, 0, 0, 1, 1, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0),
     .layers = 1, .kind = TUNNEL_TZSP},
    {"TZSP, tags", RAW, .protocol = 17, .port = 37008,
     BYTES(1, 0, 0, 1, 0, 0, 0x0a, 1, 0x20, 0x12, 1, 6, 1, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x86, 0xdd), .six = true,
     .layers = 1, .kind = TUNNEL_TZSP},
    {"TZSP, wireless", RAW, .protocol = 17, .port = 37008,
     BYTES(1, 0, 0, 18, 1, 8, 1, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0, 0xaa, 0xaa, 3, 0, 0,
           0, 8, 0),
     .layers = 1, .kind = TUNNEL_TZSP},
    {"TZSP, keepalive", RAW, .protocol = 17, .port = 37008,
     BYTES(1, 4, 0, 1, 1, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0), .outcome = WALK_OTHER, .layers = 1},
    {"TZSP, other", RAW, .protocol = 17, .port = 37008, BYTES(1, 0, 0, 2, 1, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0),
     .outcome = WALK_OTHER, .layers = 1},
    {"Teredo", RAW, .protocol = 17, .port = 3544, .six = true, .layers = 1, .kind = TUNNEL_TEREDO},
    {"Teredo, authentication", RAW, .protocol = 17, .port = 3544, BYTES(0, 1, 2, 1, 9, 9, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0),
     .six = true, .layers = 1, .kind = TUNNEL_TEREDO},
    {"Teredo, origin", RAW, .protocol = 17, .port = 3544, BYTES(0, 0, 1, 2, 3, 4, 5, 6), .six = true, .layers = 1,
     .kind = TUNNEL_TEREDO},
    {"Teredo, both", RAW, .protocol = 17, .port = 3544,
     BYTES(0, 1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 1, 2, 3, 4, 5, 6), .six = true, .layers = 1,
     .kind = TUNNEL_TEREDO},
    {"Teredo, IPv4", RAW, .protocol = 17, .port = 3544, .outcome = WALK_OTHER, .layers = 1},
    {"GRE", RAW, .protocol = 17, .port = 4754, BYTES(0, 0, 8, 0), .layers = 1, .kind = TUNNEL_GRE},
    {"GRE with a key", RAW, .protocol = 17, .port = 4754, BYTES(0x20, 0, 8, 0, 0, 0, 1, 2), .layers = 1,
     .kind = TUNNEL_GRE, .id = 258},
    {"GRE, source route", RAW, .protocol = 17, .port = 4754, BYTES(0x40, 0, 8, 0, 0, 0, 0, 0), .outcome = WALK_OTHER,
     .layers = 1},
    {"MPLS", RAW, .protocol = 17, .port = 6635, BYTES(0, 1, 1, 0x40), .layers = 2, .kind = TUNNEL_MPLS},
    {"MPLS over IP", RAW, .protocol = 137, BYTES(0, 1, 1, 0x40), .layers = 2, .kind = TUNNEL_MPLS},
    {"IPv4 in IPv4", RAW, .protocol = 4, .layers = 1, .kind = TUNNEL_IP},
    {"IPv6 in IPv4", RAW, .protocol = 41, .six = true, .layers = 1, .kind = TUNNEL_IP},
    {"a number that lies", RAW, .protocol = 4, .six = true, .outcome = WALK_BAD, .layers = 1},
    {"EtherIP", RAW, .protocol = 97, BYTES(0x30, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0), .layers = 1,
     .kind = TUNNEL_ETHERIP},
    {"EtherIP, another version", RAW, .protocol = 97, BYTES(0x20, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0),
     .outcome = WALK_OTHER, .layers = 1},
    {"DNS", RAW, .protocol = 17, .port = 53, BYTES(1, 2, 3, 4), .outcome = WALK_OTHER, .layers = 1},
};

static void others(void **state)
{
    (void)state;
    check_wrapped(others_rows, sizeof others_rows / sizeof *others_rows);
}

/* Recognised, and no more; the datagram around which they are is 45 bytes. */
static const struct wrapped unread_rows[] = {
    {"ESP", RAW, .protocol = 50, BYTES(0, 0, 1, 0, 0, 0, 0, 1), .outcome = WALK_SEALED, .layers = 1},
    {"ESP on UDP", RAW, .protocol = 17, .port = 4500, BYTES(0, 0, 1, 0, 0, 0, 1), .outcome = WALK_SEALED, .layers = 1},
    {"a key exchange", RAW, .protocol = 17, .port = 4500, BYTES(0, 0, 0, 0, 0, 0, 1), .outcome = WALK_OTHER,
     .layers = 1},
    {"no whole words", RAW, .protocol = 17, .port = 4500, BYTES(0, 0, 1, 0, 0, 0, 0, 1), .outcome = WALK_OTHER,
     .layers = 1},
    {"L2TP", RAW, .protocol = 17, .port = 1701, BYTES(0, 2, 0, 1, 0, 1, 0xff, 3, 0, 0x21), .outcome = WALK_UNREAD,
     .layers = 1},
    {"L2TP, length and number", RAW, .protocol = 17, .port = 1701, BYTES(0x48, 2, 0, 1, 0, 1), .outcome = WALK_UNREAD,
     .layers = 1},
    {"L2TP, control", RAW, .protocol = 17, .port = 1701, BYTES(0xc8, 2, 0, 12, 0, 1, 0, 0), .outcome = WALK_OTHER,
     .layers = 1},
    {"L2TP, version 3", RAW, .protocol = 17, .port = 1701, BYTES(0, 3, 0, 0, 0, 0, 0, 1), .outcome = WALK_UNREAD,
     .layers = 1},
    {"L2TP, version 1", RAW, .protocol = 17, .port = 1701, BYTES(0, 1, 0, 0, 0, 0, 0, 1), .outcome = WALK_OTHER,
     .layers = 1},
    {"L2TP over IP", RAW, .protocol = 115, BYTES(0, 0, 0, 1), .outcome = WALK_UNREAD, .layers = 1},
    {"WireGuard", RAW, .protocol = 17, .port = 51820, .bytes = {4, 0, 0, 0, 1, 2, 3, 4, 1}, .size = 19,
     .outcome = WALK_SEALED, .layers = 1},
    {"WireGuard, it begins", RAW, .protocol = 17, .port = 51820, .bytes = {1, 0, 0, 0, 1, 2, 3, 4}, .size = 103,
     .outcome = WALK_SEALED, .layers = 1},
    {"WireGuard, its answer", RAW, .protocol = 17, .port = 51820, .bytes = {2, 0, 0, 0, 1, 2, 3, 4}, .size = 47,
     .outcome = WALK_SEALED, .layers = 1},
    {"WireGuard, a cookie", RAW, .protocol = 17, .port = 51820, .bytes = {3, 0, 0, 0, 1, 2, 3, 4}, .size = 19,
     .outcome = WALK_SEALED, .layers = 1},
    {"WireGuard, of another size", RAW, .protocol = 17, .port = 51820, .bytes = {2, 0, 0, 0, 1, 2, 3, 4}, .size = 19,
     .outcome = WALK_OTHER, .layers = 1},
    {"what is no WireGuard", RAW, .protocol = 17, .port = 51820, .bytes = {4, 0, 1, 0, 1, 2, 3, 4}, .size = 19,
     .outcome = WALK_OTHER, .layers = 1},
    {"another type", RAW, .protocol = 17, .port = 51820, .bytes = {5, 0, 0, 0, 1, 2, 3, 4}, .size = 19,
     .outcome = WALK_OTHER, .layers = 1},
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
    {"IP in VXLAN", RAW, .protocol = 17, .port = 4789,
     BYTES(8, 0, 0, 0, 0, 0x1b, 0x59, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0, 65, 0, 1, 0, 0, 64, 4, 0,
           0, 192, 0, 2, 1, 198, 51, 100, 7),
     .layers = 2, .kind = TUNNEL_VXLAN, .id = 7001},
    {"VXLAN in VXLAN", RAW, .protocol = 17, .port = 4789,
     BYTES(8, 0, 0, 0, 0, 0x1b, 0x59, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0, 95, 0, 1, 0, 0, 64, 17,
           0, 0, 192, 0, 2, 1, 198, 51, 100, 7, 0, 1, 0x12, 0xb5, 0, 75, 0, 0, 8, 0, 0, 0, 0, 0, 9, 0, 2, 0, 0, 0, 0, 1,
           2, 0, 0, 0, 0, 2, 8, 0),
     .layers = 2, .kind = TUNNEL_VXLAN, .id = 9},
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
