/* libpcap's time of a packet as a moment. */
#ifndef SENSOR_CAPTURE_PACKET_TIME_H
#define SENSOR_CAPTURE_PACKET_TIME_H

#include <pcap/pcap.h>

#include "proto/packet/packet.h"

/** @param nanoseconds  the fraction's unit, as the capture was opened. Seconds are held to what a moment can tell with
 * room for the arithmetic of deadlines: pcapng can claim any. */
static inline moment packet_time(const struct pcap_pkthdr *header, bool nanoseconds)
{
    const int64_t most = INT64_C(8000000000); /* the year 2223 */
    int64_t seconds = header->ts.tv_sec, fraction = header->ts.tv_usec;
    seconds = seconds > most ? most : seconds < -most ? -most : seconds;
    fraction = fraction > UINT32_MAX ? UINT32_MAX : fraction < INT32_MIN ? INT32_MIN : fraction;
    return seconds * 1000000000 + (nanoseconds ? fraction : fraction * 1000);
}

#endif
