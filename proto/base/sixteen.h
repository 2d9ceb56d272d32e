/* Sixteen bytes at once, for scans of text that is nearly always plain: a comparison of such gives a mask, 0xff in each
 * byte for which it holds. Any compiler that has vectors makes a few instructions of it, or loops where the machine has
 * none. */
#ifndef PROTO_BASE_SIXTEEN_H
#define PROTO_BASE_SIXTEEN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

typedef uint8_t sixteen __attribute__((vector_size(16)));

static inline sixteen sixteen_at(const uint8_t *at)
{
    sixteen bytes;
    memcpy(&bytes, at, sizeof bytes);
    return bytes;
}

#ifdef __SSE2__
static inline unsigned sixteen_bits(sixteen mask)
{
    return (unsigned)_mm_movemask_epi8((__m128i)mask);
}

static inline bool sixteen_any(sixteen mask)
{
    return sixteen_bits(mask) != 0;
}

/** The place of the first byte of a mask that is set; 16: none is. */
static inline unsigned sixteen_first(sixteen mask)
{
    return (unsigned)__builtin_ctz(sixteen_bits(mask) | 1U << 16);
}
#else
static inline bool sixteen_any(sixteen mask)
{
    uint64_t halves[2];
    memcpy(halves, &mask, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}

static inline unsigned sixteen_first_of_half(uint64_t half)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    half = __builtin_bswap64(half);
#endif
    return (unsigned)__builtin_ctzll(half) / 8;
}

static inline unsigned sixteen_first(sixteen mask)
{
    uint64_t halves[2];
    memcpy(halves, &mask, sizeof halves);
    if (halves[0])
        return sixteen_first_of_half(halves[0]);
    return halves[1] ? 8 + sixteen_first_of_half(halves[1]) : 16;
}

#endif

#endif
