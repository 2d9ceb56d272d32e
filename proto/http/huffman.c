#include "proto/http/huffman.h"

enum { LOOKUP_BITS = 12, SYMBOLS = 256, FILL_BITS = 56 };

/* What the next bits begin with: one or two whole codes. From the low end, a byte each: the first symbol, the second,
 * the bits of both, how many. 0: a code longer than this looks at. */
static const uint32_t lookup[1 << LOOKUP_BITS] = {
#define HUFFMAN_LOOKUP
#include "proto/http/huffman.def"
#undef HUFFMAN_LOOKUP
};

/* The code is canonical: codes of one length follow each other, and longer ones are larger. */
static const struct length {
    uint32_t first; /* the first code of this length, at the high end of 32 bits */
    uint16_t at;    /* its symbol's place in symbols[] */
    uint16_t bits;
} lengths[] = {
#define HUFFMAN_LENGTHS
#include "proto/http/huffman.def"
#undef HUFFMAN_LENGTHS
};

/* In the order of their codes; EOS would be the next. */
static const uint8_t symbols[SYMBOLS] = {
#define HUFFMAN_SYMBOLS
#include "proto/http/huffman.def"
#undef HUFFMAN_SYMBOLS
};

/* One symbol of any length, as lookup[] tells it; 0: it is EOS. */
static uint32_t long_symbol(uint32_t bits)
{
    size_t i = sizeof lengths / sizeof lengths[0] - 1;
    while (bits < lengths[i].first)
        i--;
    size_t at = lengths[i].at + ((bits - lengths[i].first) >> (32 - lengths[i].bits));
    return at < SYMBOLS ? symbols[at] | (uint32_t)lengths[i].bits << 16 | 1U << 24 : 0;
}

struct bits {
    const uint8_t *at, *end;
    uint64_t word; /* the next bits, from the high end; behind the last one come ones, as in the padding */
    int held;      /* how many of them are of the string; below 0: ones were taken for a part of a code */
};

static void refill(struct bits *b)
{
    if (b->end - b->at >= 8) {
        uint64_t next;
        memcpy(&next, b->at, sizeof next);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        next = __builtin_bswap64(next);
#endif
        b->word |= next >> b->held;
        b->at += (63 - b->held) >> 3;
        b->held |= FILL_BITS;
        return;
    }
    for (; b->held < FILL_BITS && b->at < b->end; b->held += 8)
        b->word |= (uint64_t)*b->at++ << (FILL_BITS - b->held);
    b->word |= b->at == b->end ? UINT64_MAX >> b->held : 0;
}

static uint8_t *take(struct bits *b, uint32_t entry, uint8_t *out)
{
    unsigned bits = entry >> 16 & 0xff;
    out[0] = (uint8_t)entry;
    out[1] = (uint8_t)(entry >> 8);
    b->word <<= bits;
    b->held -= (int)bits;
    return out + (entry >> 24);
}

bool huffman_decode(struct slice coded, uint8_t *out, size_t *size)
{
    struct bits b = {.at = coded.data, .end = coded.data + coded.size, .word = 0, .held = 0};
    const uint8_t *start = out;
    while (b.held >= 0) {
        refill(&b);
        if (b.word == UINT64_MAX && b.at == b.end) {
            *size = (size_t)(out - start);
            return b.held < 8;
        }
        uint32_t entry = lookup[b.word >> (64 - LOOKUP_BITS)];
        if (entry == 0) {
            entry = long_symbol((uint32_t)(b.word >> 32));
            if (entry == 0)
                return false;
            out = take(&b, entry, out);
            continue;
        }
        for (int looks = FILL_BITS / LOOKUP_BITS; looks > 0 && entry != 0; looks--) {
            out = take(&b, entry, out);
            entry = lookup[b.word >> (64 - LOOKUP_BITS)];
        }
    }
    return false;
}
