/* Ethernet's tags and what else a link layer is. */
#include "tests/unit/packet_rig.h"

static const struct wrapped tags_rows[] = {
    {"VN-tag", 1, BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x89, 0x26, 0x80, 1, 0, 2, 8, 0), .layers = 1},
    {"VN-tag and VLAN", 1, BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x89, 0x26, 0, 1, 0, 2, 0x81, 0, 0, 7, 8, 0),
     .layers = 2},
    {"802.1ah", 1,
     BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xe7, 0, 0, 0x12, 0x34, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x86,
           0xdd),
     .six = true, .layers = 1},
    {"802.1ah behind its tag", 1,
     BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xa8, 0, 5, 0x88, 0xe7, 0, 0, 0x12, 0x34, 2, 0, 0, 0, 0, 1, 2, 0,
           0, 0, 0, 2, 8, 0),
     .layers = 2},
};

static void tags(void **state)
{
    (void)state;
    check_wrapped(tags_rows, sizeof tags_rows / sizeof *tags_rows);
}

/* RFC 1042: the length, LLC, SNAP, the ethertype. */
static const struct wrapped snap_rows[] = {
    {"SNAP", 1, BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0, 53, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0)},
    {"802.1H", 1, BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0, 53, 0xaa, 0xaa, 3, 0, 0, 0xf8, 8, 0)},
    {"SNAP in a VLAN", 1, BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x81, 0, 0, 7, 0, 53, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0),
     .layers = 1},
    {"another organisation", 1, BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0, 53, 0xaa, 0xaa, 3, 0, 0, 0xc, 8, 0),
     .outcome = WALK_OTHER},
    {"spanning tree", 1, BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0, 53, 0x42, 0x42, 3, 0, 0, 0, 8, 0),
     .outcome = WALK_OTHER},
    {"a length in SNAP", 1, BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0, 53, 0xaa, 0xaa, 3, 0, 0, 0, 0, 53),
     .outcome = WALK_OTHER},
};

static void snap(void **state)
{
    (void)state;
    check_wrapped(snap_rows, sizeof snap_rows / sizeof *snap_rows);
}

/* RFC 8300. */
static const struct wrapped service_headers_rows[] = {
    {"NSH, IPv4", 1, BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x89, 0x4f, 0x0f, 0xc2, 2, 1, 0, 0, 1, 0xff),
     .layers = 1},
    {"NSH, Ethernet", 1,
     BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x89, 0x4f, 0x0f, 0xc3, 2, 3, 0, 0, 1, 0xff, 1, 2, 3, 4, 2, 0, 0, 0, 0,
           1, 2, 0, 0, 0, 0, 2, 0x86, 0xdd),
     .six = true, .layers = 1},
    {"NSH, MPLS", 1,
     BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x89, 0x4f, 0x0f, 0xc2, 2, 5, 0, 0, 1, 0xff, 0, 1, 1, 0x40),
     .layers = 2},
    {"NSH, OAM", 1, BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x89, 0x4f, 0x0f, 0xc2, 2, 9, 0, 0, 1, 0xff),
     .outcome = WALK_OTHER, .layers = 1},
    {"NSH too short", 1, BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x89, 0x4f, 0x0f, 0xc1, 2, 1, 0, 0, 1, 0xff),
     .outcome = WALK_BAD, .layers = 1},
};

static void service_headers(void **state)
{
    (void)state;
    check_wrapped(service_headers_rows, sizeof service_headers_rows / sizeof *service_headers_rows);
}

/* PPI. */
static const struct wrapped around_others_rows[] = {
    {"Ethernet in it", 192, BYTES(0, 0, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0), .layers = 1},
    {"with a field", 192, BYTES(0, 0, 12, 0, 101, 0, 0, 0, 1, 2, 3, 4), .layers = 1},
    {"a link type that is not read", 192, BYTES(0, 0, 8, 0, 0xff, 0xff, 0, 0), .outcome = WALK_OTHER, .layers = 1},
    {"in itself", 192, BYTES(0, 0, 8, 0, 192, 0, 0, 0, 0, 0, 8, 0, 101, 0, 0, 0), .layers = 2},
    {"shorter than itself", 192, BYTES(0, 0, 7, 0, 1, 0, 0, 0), .outcome = WALK_BAD, .layers = 1},
};

static void around_others(void **state)
{
    (void)state;
    check_wrapped(around_others_rows, sizeof around_others_rows / sizeof *around_others_rows);
}

/* Cisco's metadata, Arista's stamps and 802.1AE. */
static const struct wrapped marked_rows[] = {
    {"metadata", 1, BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x89, 9, 1, 1, 0, 1, 0, 100, 8, 0), .layers = 1},
    {"metadata, more options", 1, BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x89, 9, 1, 2, 0, 1, 0, 100, 8, 0),
     .outcome = WALK_UNREAD, .layers = 1},
    {"time stamp", 1,
     BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0xd2, 0x8b, 0, 1, 0, 0x10, 1, 2, 3, 4, 5, 6, 7, 8, 8, 0), .layers = 1},
    {"of that maker something else", 1,
     BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0xd2, 0x8b, 0, 2, 0, 0x10, 1, 2, 3, 4, 5, 6, 7, 8, 8, 0),
     .outcome = WALK_UNREAD, .layers = 1},
    {"MACsec in the clear", 1, BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xe5, 0, 45, 0, 0, 0, 1, 8, 0),
     .layers = 1},
    {"MACsec with a channel", 1,
     BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xe5, 0x23, 45, 0, 0, 0, 1, 2, 0, 0, 0, 0, 1, 0, 1, 8, 0),
     .layers = 1},
    {"MACsec, encrypted", 1, BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xe5, 0x0c, 45, 0, 0, 0, 1, 8, 0),
     .outcome = WALK_SEALED, .layers = 1},
    {"MACsec, changed", 1, BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xe5, 0x04, 45, 0, 0, 0, 1, 8, 0),
     .outcome = WALK_SEALED, .layers = 1},
    {"MACsec, another version", 1, BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xe5, 0x80, 45, 0, 0, 0, 1, 8, 0),
     .outcome = WALK_OTHER, .layers = 1},
};

static void marked(void **state)
{
    (void)state;
    check_wrapped(marked_rows, sizeof marked_rows / sizeof *marked_rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags),          cmocka_unit_test(snap),
        cmocka_unit_test(marked),        cmocka_unit_test(service_headers),
        cmocka_unit_test(around_others),
    };
    return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
