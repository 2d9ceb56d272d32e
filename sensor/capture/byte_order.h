/* Numbers of a file that says itself in which byte order it is written. */
#ifndef SENSOR_CAPTURE_BYTE_ORDER_H
#define SENSOR_CAPTURE_BYTE_ORDER_H

#include <stdbool.h>
#include <stdint.h>

static inline uint16_t order_u16(const uint8_t *at, bool big)
{
    return (uint16_t)(big ? at[0] << 8 | at[1] : at[1] << 8 | at[0]);
}

static inline uint32_t order_u32(const uint8_t *at, bool big)
{
    uint32_t first = order_u16(at, big), second = order_u16(at + 2, big);
    return big ? first << 16 | second : second << 16 | first;
}

static inline uint64_t order_u64(const uint8_t *at, bool big)
{
    uint64_t first = order_u32(at, big), second = order_u32(at + 4, big);
    return big ? first << 32 | second : second << 32 | first;
}

#endif
