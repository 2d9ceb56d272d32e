/* Attributes in either byte order. */
#include "tests/unit/packet_rig.h"

static const struct wrapped attributes_rows[] = {
    {"little",
     239,
     0,
     0,
     {2, 0, 0, 1, 8, 0, 1, 0, 8, 0, 1, 0, 6, 0, 10, 0, 1, 2, 0, 0, 49, 0, 9, 0},
     24,
     false,
     WALK_SEGMENT,
     0,
     TUNNEL_NONE,
     0},
    {"big", 239, 0, 0, {10, 0, 0, 1, 0, 8, 0, 1, 8, 0, 1, 0, 0, 69, 0, 9}, 16, true, WALK_SEGMENT, 0, TUNNEL_NONE, 0},
    {"no payload",
     239,
     0,
     0,
     {2, 0, 0, 1, 8, 0, 1, 0, 8, 0, 1, 0, 45, 0, 10, 0},
     16,
     false,
     WALK_OTHER,
     0,
     TUNNEL_NONE,
     0},
    {"another version", 239, 0, 0, {2, 1, 0, 1, 49, 0, 9, 0}, 8, false, WALK_OTHER, 0, TUNNEL_NONE, 0},
    {"shorter than itself", 239, 0, 0, {2, 0, 0, 1, 3, 0, 1, 0}, 8, false, WALK_BAD, 0, TUNNEL_NONE, 0},
};

static void attributes(void **state)
{
    (void)state;
    check_wrapped(attributes_rows, sizeof attributes_rows / sizeof *attributes_rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attributes),
    };
    return cmocka_run_group_tests_name("nflog", tests, NULL, NULL);
}
