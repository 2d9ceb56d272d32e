/* The Internet checksum, RFC 1071. */
#ifndef PROTO_PACKET_CHECKSUM_H
#define PROTO_PACKET_CHECKSUM_H

#include "proto/base/slice.h"

/** Adds bytes to a sum; all parts but the last are even in size. At most 64 KiB a part, and few of them. */
static inline uint64_t checksum_add(uint64_t sum, const uint8_t *data, size_t size)
{
    size_t i = 0;
    for (; i + 1 < size; i += 2)
        sum += (uint32_t)data[i] << 8 | data[i + 1];
    return i < size ? sum + ((uint32_t)data[i] << 8) : sum;
}

/** Whether what was summed, its checksum included, is as it was sent. */
static inline bool checksum_good(uint64_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum == 0xffff;
}

#endif
