/* The Huffman code of HPACK (RFC 7541, section 5.2 and appendix B). */
#ifndef PROTO_HTTP_HUFFMAN_H
#define PROTO_HTTP_HUFFMAN_H

#include "proto/base/slice.h"

/** Room that decoding `size` bytes may need: the shortest codes have five bits, and two bytes are written at a time. */
static inline size_t huffman_room(size_t size)
{
    return size * 8 / 5 + 2;
}

/** Decodes a whole string; what pads it must be fewer than eight bits, all ones.
 *  @param out  huffman_room(coded.size) bytes.  @param size  how many of them are the string.
 *  @return false: malformed; `out` is then of no use. */
bool huffman_decode(struct slice coded, uint8_t *out, size_t *size);

#endif
