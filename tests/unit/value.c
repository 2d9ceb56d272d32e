/* Judges: the C library's inet_ntop, printf and gmtime_r. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sensor/event/value.h"

static char text[VALUE_MAX + 1];

static const char *ended(char *end)
{
    assert_true(end <= text + VALUE_MAX);
    *end = 0;
    return text;
}

static void numbers(void **state)
{
    (void)state;
    uint64_t number = 0;
    for (unsigned i = 0; i < 20000; i++) {
        char expected[24];
        snprintf(expected, sizeof expected, "%llu", (unsigned long long)number);
        assert_string_equal(ended(value_number(text, number)), expected);
        number = i < 1100 ? number + 1 : number * 3 + i;
    }
    assert_string_equal(ended(value_number(text, UINT64_MAX)), "18446744073709551615");
    assert_string_equal(ended(value_hex(text, 0xAB, 8)), "00000000000000ab");
    assert_string_equal(ended(value_hex(text, 0xFEDCBA9876543210, 8)), "fedcba9876543210");
}

/* Every pattern of zero and other groups, of all lengths that a group can have. */
static void ipv6_addresses(void **state)
{
    (void)state;
    static const uint16_t groups[8] = {0x2001, 0xDB8, 0xA, 0x1B, 0x2C3, 0xFFFF, 0x10, 0x1000};
    for (unsigned pattern = 0; pattern < 256; pattern++) {
        uint8_t ip[16] = {0};
        char expected[INET6_ADDRSTRLEN];
        for (unsigned i = 0; i < 8; i++) {
            ip[2 * i] = pattern >> i & 1 ? (uint8_t)(groups[i] >> 8) : 0;
            ip[2 * i + 1] = pattern >> i & 1 ? (uint8_t)groups[i] : 0;
        }
        if ((pattern & 0x3F) == 0 && pattern > 0x80)
            continue; /* ::a.b.c.d, which only the C library still knows */
        assert_non_null(inet_ntop(AF_INET6, ip, expected, sizeof expected));
        if (!strchr(expected, '.'))
            assert_string_equal(ended(value_ip(text, ip)), expected);
    }
}

static void ipv4_addresses(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 256; i++) {
        uint8_t ip[16] = {[10] = 0xFF, [11] = 0xFF, 192, (uint8_t)i, 0, (uint8_t)(255 - i)};
        char expected[INET_ADDRSTRLEN];
        inet_ntop(AF_INET, ip + 12, expected, sizeof expected);
        assert_string_equal(ended(value_ip(text, ip)), expected);
    }
}

static void endpoints(void **state)
{
    (void)state;
    struct address a = {.ip = {[10] = 0xFF, [11] = 0xFF, 192, 0, 2, 1}, .port = 6443};
    assert_string_equal(ended(value_endpoint(text, &a)), "192.0.2.1:6443");
    a = (struct address){.ip = {0x20, 0x01, 0x0D, 0xB8, [15] = 1}, .port = 443};
    assert_string_equal(ended(value_endpoint(text, &a)), "[2001:db8::1]:443");
    memset(a.ip, 0xFE, sizeof a.ip);
    a.port = 65535;
    assert_string_equal(ended(value_endpoint(text, &a)), "[fefe:fefe:fefe:fefe:fefe:fefe:fefe:fefe]:65535");
}

/* @param nanoseconds  of the second */
static void check_time(struct value_clock *clock, time_t seconds, unsigned nanoseconds)
{
    struct tm tm;
    char day[16], expected[40];
    assert_non_null(gmtime_r(&seconds, &tm));
    strftime(day, sizeof day, "%Y-%m-%d", &tm);
    snprintf(expected, sizeof expected, "%sT%02d:%02d:%02d.%06uZ", day, tm.tm_hour, tm.tm_min, tm.tm_sec,
             nanoseconds / 1000);
    moment m = (moment)seconds * 1000000000 + nanoseconds;
    assert_string_equal(ended(value_time(text, clock, m)), expected);
    snprintf(expected, sizeof expected, "%s %02d:%02d:%02d", day, tm.tm_hour, tm.tm_min, tm.tm_sec);
    assert_string_equal(ended(value_time_plain(text, clock, m)), expected);
}

/* Every day from 1678 to 2261, all that a moment reaches: leap days, centuries and years before 1970 among them. */
static void times(void **state)
{
    (void)state;
    struct value_clock clock = {0};
    check_time(&clock, 0, 0);
    for (time_t day = -106000; day < 106000; day++)
        check_time(&clock, day * 86400 + (day % 86400 + 86400) % 86400, 895306999);
    check_time(&clock, -1, 999999999);
    check_time(&clock, 1795494774, 895306000);
    assert_string_equal(ended(value_time(text, &clock, INT64_C(1795494774895306000))), "2026-11-24T04:32:54.895306Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),   cmocka_unit_test(ipv6_addresses), cmocka_unit_test(ipv4_addresses),
        cmocka_unit_test(endpoints), cmocka_unit_test(times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
