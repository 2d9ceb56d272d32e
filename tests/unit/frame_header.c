#include "proto/http/frame_header.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_plausible(void **state)
{
    (void)state;
    static const struct {
        struct h2_frame frame;
        bool client, server;
    } rows[] = {
        {{0, 1, FRAME_DATA, 0}, true, true},
        {{1 << 20, 1, FRAME_DATA, 0x9}, true, true},
        {{(1 << 20) + 1, 1, FRAME_DATA, 0}, false, false},
        {{5, 0, FRAME_DATA, 0}, false, false},
        {{5, 2, FRAME_DATA, 0}, false, true},
        {{5, 70000, FRAME_DATA, 0}, false, false},
        {{5, 1, FRAME_DATA, 0x4}, false, false},
        {{0, 1, FRAME_DATA, FRAME_PADDED}, false, false},
        {{0, 1, FRAME_HEADERS, 0x4}, false, false},
        {{1, 1, FRAME_HEADERS, 0x5}, true, true},
        {{1, 1, FRAME_HEADERS, 0x2}, false, false},
        {{6, 1, FRAME_HEADERS, 0x2c}, false, false},
        {{7, 1, FRAME_HEADERS, 0x2c}, true, true},
        {{65537, 1, FRAME_HEADERS, 0x4}, false, false},
        {{5, 1, FRAME_PRIORITY, 0}, true, true},
        {{4, 1, FRAME_PRIORITY, 0}, false, false},
        {{4, 1, FRAME_RST_STREAM, 0}, true, true},
        {{4, 0, FRAME_RST_STREAM, 0}, false, false},
        {{5, 1, FRAME_RST_STREAM, 0}, false, false},
        {{12, 0, FRAME_SETTINGS, 0}, true, true},
        {{13, 0, FRAME_SETTINGS, 0}, false, false},
        {{606, 0, FRAME_SETTINGS, 0}, false, false},
        {{12, 1, FRAME_SETTINGS, 0}, false, false},
        {{0, 0, FRAME_SETTINGS, FRAME_ACK}, true, true},
        {{6, 0, FRAME_SETTINGS, FRAME_ACK}, false, false},
        {{5, 1, FRAME_PUSH_PROMISE, 0x4}, false, true},
        {{5, 2, FRAME_PUSH_PROMISE, 0x4}, false, false},
        {{8, 0, FRAME_PING, FRAME_ACK}, true, true},
        {{7, 0, FRAME_PING, 0}, false, false},
        {{8, 0, FRAME_GOAWAY, 0}, true, true},
        {{7, 0, FRAME_GOAWAY, 0}, false, false},
        {{8, 1, FRAME_GOAWAY, 0}, false, false},
        {{4, 0, FRAME_WINDOW_UPDATE, 0}, true, true},
        {{4, 3, FRAME_WINDOW_UPDATE, 0}, true, true},
        {{4, 2, FRAME_WINDOW_UPDATE, 0}, true, true},
        {{5, 3, FRAME_WINDOW_UPDATE, 0}, false, false},
        {{0, 1, FRAME_CONTINUATION, 0}, true, true},
        {{9, 1, FRAME_CONTINUATION, 0x1}, false, false},
        {{9, 1, FRAME_TYPES, 0}, false, false},
        {{9, 1, 0xff, 0}, false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(frame_header_plausible(&rows[i].frame, CLIENT), rows[i].client);
        assert_int_equal(frame_header_plausible(&rows[i].frame, SERVER), rows[i].server);
    }
}

static void test_may_follow(void **state)
{
    (void)state;
    const struct h2_frame extension = {16384, 1, FRAME_TYPES, 0xff}, longer = {16385, 1, FRAME_TYPES, 0};
    const struct h2_frame ping = {8, 0, FRAME_PING, 0}, broken = {7, 0, FRAME_PING, 0};
    for (enum side side = CLIENT; side <= SERVER; side++) {
        assert_true(frame_header_may_follow(&extension, side));
        assert_false(frame_header_may_follow(&longer, side));
        assert_true(frame_header_may_follow(&ping, side));
        assert_false(frame_header_may_follow(&broken, side));
    }
}

/* The highest bit of the stream is reserved. */
static void test_read(void **state)
{
    (void)state;
    const uint8_t nine[] = {1, 2, 3, 4, 5, 0xff, 2, 3, 4};
    struct h2_frame f = frame_header_read(nine);
    assert_true(f.size == 0x010203 && f.type == 4 && f.flags == 5 && f.stream == 0x7f020304);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plausible),
        cmocka_unit_test(test_may_follow),
        cmocka_unit_test(test_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
