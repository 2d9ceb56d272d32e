#include "sensor/event/value.h"

#define NANOSECONDS INT64_C(1000000000)
enum { DAY = 24 * 60 * 60 };

static char *put_pair(char *at, unsigned number)
{
    static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
                                "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
                                "8081828384858687888990919293949596979899";
    memcpy(at, pairs + (size_t)2 * number, 2);
    return at + 2;
}

char *value_number(char *at, uint64_t number)
{
    if (number >= 100)
        return put_pair(value_number(at, number / 100), (unsigned)(number % 100));
    if (number >= 10)
        return put_pair(at, (unsigned)number);
    *at = (char)('0' + number);
    return at + 1;
}

char *value_hex(char *at, uint64_t number, unsigned width)
{
    for (unsigned i = 2 * width; i > 0; i--)
        *at++ = "0123456789abcdef"[number >> 4 * (i - 1) & 15];
    return at;
}

static char *put_octet(char *at, unsigned octet)
{
    if (octet >= 100) {
        *at++ = (char)('0' + octet / 100);
        return put_pair(at, octet % 100);
    }
    if (octet >= 10)
        return put_pair(at, octet);
    *at++ = (char)('0' + octet);
    return at;
}

static char *put_ipv4(char *at, const uint8_t octets[static 4])
{
    for (unsigned i = 0; i < 4; i++) {
        if (i > 0)
            *at++ = '.';
        at = put_octet(at, octets[i]);
    }
    return at;
}

static char *put_group(char *at, unsigned group)
{
    for (unsigned shift = group > 0xFFF ? 16 : group > 0xFF ? 12 : group > 0xF ? 8 : 4; shift > 0; shift -= 4)
        *at++ = "0123456789abcdef"[group >> (shift - 4) & 15];
    return at;
}

static char *put_ipv6(char *at, const uint8_t ip[static 16])
{
    unsigned group[8], best = 8, best_size = 1; /* RFC 5952, 4.2.2: one zero group is not shortened */
    for (unsigned i = 0, zeros = 0; i < 8; i++) {
        group[i] = (unsigned)ip[2 * i] << 8 | ip[2 * i + 1];
        zeros = group[i] ? 0 : zeros + 1;
        if (zeros > best_size) {
            best_size = zeros;
            best = i + 1 - zeros;
        }
    }
    for (unsigned i = 0; i < 8;) {
        if (i == best) {
            *at++ = ':';
            i += best_size;
            if (i == 8)
                *at++ = ':';
            continue;
        }
        if (i > 0)
            *at++ = ':';
        at = put_group(at, group[i++]);
    }
    return at;
}

char *value_ip(char *at, const uint8_t ip[static 16])
{
    return address_is_ipv4(ip) ? put_ipv4(at, ip + 12) : put_ipv6(at, ip);
}

char *value_endpoint(char *at, const struct address *a)
{
    if (address_is_ipv4(a->ip)) {
        at = put_ipv4(at, a->ip + 12);
    } else {
        *at++ = '[';
        at = put_ipv6(at, a->ip);
        *at++ = ']';
    }
    *at++ = ':';
    return value_number(at, a->port);
}

/* The Gregorian date of a day, counted in years that begin in March so that the leap day is the last. */
static char *put_day(char *at, int64_t day)
{
    enum { ERA = 146097, EPOCH = 719468 }; /* days in 400 years; from 0000-03-01 to 1970-01-01 */
    unsigned of_eras = (unsigned)(day + EPOCH), era = of_eras / ERA, of_era = of_eras % ERA;
    unsigned year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    unsigned of_year = of_era - (365 * year + year / 4 - year / 100);
    unsigned march_month = (5 * of_year + 2) / 153;
    unsigned month = march_month < 10 ? march_month + 3 : march_month - 9;
    year += 400 * era + (month <= 2);
    at = put_pair(at, year / 100);
    at = put_pair(at, year % 100);
    *at++ = '-';
    at = put_pair(at, month);
    *at++ = '-';
    return put_pair(at, of_year - (153 * march_month + 2) / 5 + 1);
}

static void set_second(struct value_clock *clock, int64_t second)
{
    int64_t day = second / DAY - (second % DAY < 0);
    unsigned of_day = (unsigned)(second - day * DAY);
    char *at = put_day(clock->text, day);
    *at++ = 'T';
    at = put_pair(at, of_day / 3600);
    *at++ = ':';
    at = put_pair(at, of_day / 60 % 60);
    *at++ = ':';
    put_pair(at, of_day % 60);
    clock->second = second;
}

/* @return nanoseconds of the second */
static unsigned put_seconds(char *at, struct value_clock *clock, moment time)
{
    int64_t second = time / NANOSECONDS - (time % NANOSECONDS < 0);
    if (second != clock->second || !clock->text[0])
        set_second(clock, second);
    memcpy(at, clock->text, sizeof clock->text);
    return (unsigned)(time - second * NANOSECONDS);
}

char *value_time(char *at, struct value_clock *clock, moment time)
{
    unsigned micro = put_seconds(at, clock, time) / 1000;
    at += sizeof clock->text;
    *at++ = '.';
    at = put_pair(at, micro / 10000);
    at = put_pair(at, micro / 100 % 100);
    at = put_pair(at, micro % 100);
    *at++ = 'Z';
    return at;
}

char *value_time_plain(char *at, struct value_clock *clock, moment time)
{
    put_seconds(at, clock, time);
    at[sizeof "2026-11-24" - 1] = ' ';
    return at + sizeof clock->text;
}
