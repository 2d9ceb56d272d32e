/* Labels, and the guess at what is under them. */
#include "tests/unit/packet_rig.h"

static const struct wrapped stacks_rows[] = {
    {"one", 1, BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0x47, 0, 1, 1, 0x40), .layers = 1},
    {"three", 1, BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0x48, 0, 1, 0, 0x40, 0, 2, 0, 0x40, 0, 3, 1, 0x40),
     .six = true, .layers = 3},
    {"explicit null", 1, BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0x47, 0, 0, 1, 0x40), .layers = 1},
};

static void stacks(void **state)
{
    (void)state;
    check_wrapped(stacks_rows, sizeof stacks_rows / sizeof *stacks_rows);
}

/* RFC 4385: a control word, or none; addresses that begin like it, and like IP. */
static const struct wrapped pseudowires_rows[] = {
    {"control word", 1,
     BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0x47, 0, 1, 1, 0x40, 0, 0, 0, 9, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0,
           2, 8, 0),
     .layers = 1},
    {"none", 1,
     BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0x47, 0, 1, 1, 0x40, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x86,
           0xdd),
     .six = true, .layers = 1},
    {"an address like IPv4", 1,
     BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0x47, 0, 1, 1, 0x40, 0x45, 0, 0xff, 0xff, 0, 1, 2, 0, 0, 0, 0, 2,
           8, 0),
     .layers = 1},
    {"an address like IPv4, too short", 1,
     BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0x47, 0, 1, 1, 0x40, 0x42, 0, 0, 9, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0),
     .layers = 1},
    {"an address like IPv6", 1,
     BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0x47, 0, 1, 1, 0x40, 0x62, 0, 0, 0, 0xff, 1, 2, 0, 0, 0, 0, 2, 8,
           0),
     .layers = 1},
    {"associated channel", 1, BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0x47, 0, 1, 1, 0x40, 0x10, 0, 0, 0x21),
     .outcome = WALK_OTHER, .layers = 1},
};

static void pseudowires(void **state)
{
    (void)state;
    check_wrapped(pseudowires_rows, sizeof pseudowires_rows / sizeof *pseudowires_rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stacks),
        cmocka_unit_test(pseudowires),
    };
    return cmocka_run_group_tests_name("mpls", tests, NULL, NULL);
}
