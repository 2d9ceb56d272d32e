#include "proto/http/http2_error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* RFC 9113, section 7. */
static const char *const NAMES[] = {"NO_ERROR",
                                    "PROTOCOL_ERROR",
                                    "INTERNAL_ERROR",
                                    "FLOW_CONTROL_ERROR",
                                    "SETTINGS_TIMEOUT",
                                    "STREAM_CLOSED",
                                    "FRAME_SIZE_ERROR",
                                    "REFUSED_STREAM",
                                    "CANCEL",
                                    "COMPRESSION_ERROR",
                                    "CONNECT_ERROR",
                                    "ENHANCE_YOUR_CALM",
                                    "INADEQUATE_SECURITY",
                                    "HTTP_1_1_REQUIRED"};

static void codes_have_names(void **state)
{
    (void)state;
    for (uint32_t code = 0; code < 14; code++) {
        assert_int_not_equal(http2_error_keep(code), HTTP2_ERROR_NONE);
        assert_string_equal(http2_error_name(http2_error_keep(code)), NAMES[code]);
    }
    static const uint32_t others[] = {14, 15, 255, 256, 0x80000000, UINT32_MAX};
    for (unsigned i = 0; i < sizeof others / sizeof *others; i++)
        assert_string_equal(http2_error_name(http2_error_keep(others[i])), "unknown");
    assert_string_equal(http2_error_name(HTTP2_ERROR_NONE), "");
    assert_string_equal(http2_error_name(HTTP2_ERRORS), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(codes_have_names)};
    return cmocka_run_group_tests_name("http2_error", tests, NULL, NULL);
}
