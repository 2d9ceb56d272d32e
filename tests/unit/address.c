#include "proto/packet/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void good(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint8_t ip[16];
    } cases[] = {
        {"192.0.2.1", {[10] = 0xff, [11] = 0xff, 192, 0, 2, 1}},
        {"0.0.0.0", {[10] = 0xff, [11] = 0xff}},
        {"::", {0}},
        {"::1", {[15] = 1}},
        {"2001:db8::a:0:1", {0x20, 0x01, 0x0d, 0xb8, [11] = 0x0a, [15] = 1}},
        {"2001:DB8::", {0x20, 0x01, 0x0d, 0xb8}},
        {"::ffff:192.0.2.1", {[10] = 0xff, [11] = 0xff, 192, 0, 2, 1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t ip[16] = {9};
        assert_true(address_parse(slice_of(cases[i].text), ip));
        assert_memory_equal(ip, cases[i].ip, 16);
    }
}

static void bad(void **state)
{
    (void)state;
    static const char *const cases[] = {"",           "1",          "192.0.2",      "192.0.2.256",  "192.0.2.1.1",
                                        "192.0.02.1", " 192.0.2.1", "192.0.2.1 ",   "192.0.2.1:80", "[::1]",
                                        ":",          ":::",        "fe80::1%eth0", "::1/128",      "1:2:3:4:5:6:7",
                                        "a.example",  "0x7f.0.0.1", "::12345",      "1::2::3",      "-1.0.0.0"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t ip[16] = {9}, same[16] = {9};
        assert_false(address_parse(slice_of(cases[i]), ip));
        assert_memory_equal(ip, same, 16);
    }
    uint8_t ip[16];
    assert_false(address_parse((struct slice){(const uint8_t *)"192.0.2.1\0001", 11}, ip));
    assert_true(address_parse((struct slice){(const uint8_t *)"192.0.2.123", 9}, ip)); /* no further than its end */
    assert_int_equal(ip[15], 1);
    char longer[80];
    memset(longer, '1', sizeof longer);
    for (size_t size = 40; size <= sizeof longer; size++)
        assert_false(address_parse((struct slice){(const uint8_t *)longer, size}, ip));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(good), cmocka_unit_test(bad)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
