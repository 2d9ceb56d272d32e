/* Attributes in either byte order. */
#include "tests/unit/packet_rig.h"

static const struct wrapped attributes_rows[] = {
    {"little", 239, BYTES(2, 0, 0, 1, 8, 0, 1, 0, 8, 0, 1, 0, 6, 0, 10, 0, 1, 2, 0, 0, 49, 0, 9, 0)},
    {"big", 239, BYTES(10, 0, 0, 1, 0, 8, 0, 1, 8, 0, 1, 0, 0, 69, 0, 9), .six = true},
    {"no payload", 239, BYTES(2, 0, 0, 1, 8, 0, 1, 0, 8, 0, 1, 0, 45, 0, 10, 0), .outcome = WALK_OTHER},
    {"another version", 239, BYTES(2, 1, 0, 1, 49, 0, 9, 0), .outcome = WALK_OTHER},
    {"shorter than itself", 239, BYTES(2, 0, 0, 1, 3, 0, 1, 0), .outcome = WALK_BAD},
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
