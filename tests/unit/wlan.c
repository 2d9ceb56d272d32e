/* Wireless frames, and what captures put before them. */
#include "tests/unit/packet_rig.h"

static const struct wrapped data_rows[] = {
    {"to", 105,
     BYTES(8, 1, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0)},
    {"from", 105,
     BYTES(8, 2, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0)},
    {"ad hoc", 105,
     BYTES(8, 0, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0)},
    {"four addresses", 105,
     BYTES(8, 3, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0, 2, 0, 0, 0, 0, 4, 0xaa, 0xaa, 3, 0,
           0, 0, 8, 0)},
    {"QoS", 105,
     BYTES(0x88, 1, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0, 5, 0, 0xaa, 0xaa, 3, 0, 0, 0, 8,
           0)},
    {"QoS, four, HT", 105,
     BYTES(0x88, 0x83, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0, 2, 0, 0, 0, 0, 4, 5, 0, 0, 0,
           0, 0, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0)},
    {"retry", 105,
     BYTES(8, 9, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0)},
    {"encrypted", 105,
     BYTES(8, 0x41, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0),
     .outcome = WALK_SEALED},
    {"in pieces", 105,
     BYTES(8, 5, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0),
     .outcome = WALK_UNREAD},
    {"last piece", 105,
     BYTES(8, 1, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 1, 0, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0),
     .outcome = WALK_UNREAD},
    {"aggregated", 105,
     BYTES(0x88, 1, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0, 0x80, 0, 0xaa, 0xaa, 3, 0, 0, 0,
           8, 0),
     .outcome = WALK_UNREAD},
    {"empty", 105,
     BYTES(0x48, 1, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0),
     .outcome = WALK_OTHER},
    {"beacon", 105,
     BYTES(0x80, 0, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0),
     .outcome = WALK_OTHER},
    {"another version", 105,
     BYTES(9, 1, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0),
     .outcome = WALK_OTHER},
};

static void data(void **state)
{
    (void)state;
    check_wrapped(data_rows, sizeof data_rows / sizeof *data_rows);
}

/* radiotap.org, and the others as Wireshark describes them. */
static const struct wrapped around_rows[] = {
    {"radiotap", 127,
     BYTES(0, 0, 8, 0, 0, 0, 0, 0, 8, 1, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0, 0xaa, 0xaa,
           3, 0, 0, 0, 8, 0)},
    {"flags", 127,
     BYTES(0, 0, 9, 0, 2, 0, 0, 0, 0x10, 8, 1, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0, 0xaa,
           0xaa, 3, 0, 0, 0, 8, 0)},
    {"padded", 127,
     BYTES(0, 0, 9, 0, 2, 0, 0, 0, 0x20, 0x88, 1, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0, 5,
           0, 0, 0, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0)},
    {"time, padded", 127,
     BYTES(0, 0, 17, 0, 3, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0x20, 0x88, 1, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2,
           0, 0, 0, 0, 3, 0, 0, 5, 0, 0, 0, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0)},
    {"two words, time, padded", 127,
     BYTES(0, 0, 25, 0, 3, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0x20, 0x88, 1, 0, 0, 2, 0, 0, 0,
           0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0, 5, 0, 0, 0, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0)},
    {"words without end", 127,
     BYTES(0, 0, 12, 0, 3, 0, 0, 0x80, 0, 0, 0, 0x80, 8, 1, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3,
           0, 0, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0),
     .outcome = WALK_BAD},
    {"another version", 127,
     BYTES(1, 0, 8, 0, 0, 0, 0, 0, 8, 1, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0, 0xaa, 0xaa,
           3, 0, 0, 0, 8, 0),
     .outcome = WALK_BAD},
    {"Prism, little", 119,
     BYTES(0x44, 0, 0, 0, 8, 0, 0, 0, 8, 1, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0, 0xaa,
           0xaa, 3, 0, 0, 0, 8, 0)},
    {"Prism, big", 119,
     BYTES(0, 0, 0, 0x44, 0, 0, 0, 10, 0, 0, 8, 1, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0,
           0xaa, 0xaa, 3, 0, 0, 0, 8, 0)},
    {"AVS there", 119,
     BYTES(0x80, 0x21, 0x10, 1, 0, 0, 0, 9, 0, 8, 1, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0,
           0xaa, 0xaa, 3, 0, 0, 0, 8, 0)},
    {"AVS", 163,
     BYTES(0x80, 0x21, 0x10, 2, 0, 0, 0, 8, 8, 1, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0,
           0xaa, 0xaa, 3, 0, 0, 0, 8, 0)},
    {"no AVS", 163,
     BYTES(0x80, 0x22, 0x10, 2, 0, 0, 0, 8, 8, 1, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0,
           0xaa, 0xaa, 3, 0, 0, 0, 8, 0),
     .outcome = WALK_BAD},
};

static void around(void **state)
{
    (void)state;
    check_wrapped(around_rows, sizeof around_rows / sizeof *around_rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data),
        cmocka_unit_test(around),
    };
    return cmocka_run_group_tests_name("wlan", tests, NULL, NULL);
}
