/* Numbers, times and addresses as text. Each call writes to `at`, where VALUE_MAX bytes have room, ends nothing with 0,
 * and returns the place behind what it wrote. */
#ifndef SENSOR_EVENT_VALUE_H
#define SENSOR_EVENT_VALUE_H

#include "proto/base/moment.h"
#include "proto/packet/address.h"

/** Room for the longest: "[" an IPv6 address "]:65535". */
enum { VALUE_MAX = 56 };

char *value_number(char *at, uint64_t number);
/** Leading zeros up to 2 * width digits. */
char *value_hex(char *at, uint64_t number, unsigned width);
/** "192.0.2.1" for an IPv4-mapped address, else as RFC 5952 has it. */
char *value_ip(char *at, const uint8_t ip[static 16]);
/** "192.0.2.1:6443", "[2001:db8::1]:6443" */
char *value_endpoint(char *at, const struct address *a);

/** The calendar is computed once a second of packet time, not once a record. All 0 is a fresh one. */
struct value_clock {
    int64_t second; /* since 1970 */
    char text[sizeof "2026-11-24T04:32:54" - 1];
};

/** "2026-11-24T04:32:54.895306Z" */
char *value_time(char *at, struct value_clock *clock, moment time);
/** "2026-11-24 04:32:54": for people; the fraction is cut off. */
char *value_time_plain(char *at, struct value_clock *clock, moment time);

#endif
