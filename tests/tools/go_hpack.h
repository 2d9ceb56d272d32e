/* An HPACK encoder with the habits of Go's (golang.org/x/net/http2/hpack), written from its description: what the
 * tests, the fuzzers and the benchmark put beside nghttp2's encoder.
 *
 * Every field that is not marked sensitive goes into the table if it fits there; a field that the tables hold is an
 * index; a name is looked up in the static table first, then in the dynamic one (its newest entry); strings are
 * Huffman-coded where that is shorter. */
#ifndef TESTS_TOOLS_GO_HPACK_H
#define TESTS_TOOLS_GO_HPACK_H

#include <nghttp2/nghttp2.h>

struct go_hpack;

struct go_hpack *go_hpack_new(uint32_t table_size); /* 4096 until the other side's SETTINGS say otherwise */
void go_hpack_free(struct go_hpack *g);

/** The next block begins with the size update that this asks for (two, where it went down and up again since). */
void go_hpack_resize(struct go_hpack *g, uint32_t table_size);

/** Encodes one block. NGHTTP2_NV_FLAG_NO_INDEX marks a field as sensitive (never indexed).
 *  @return its size; aborts if `room` is too small. */
size_t go_hpack_encode(struct go_hpack *g, const nghttp2_nv *fields, size_t count, uint8_t *out, size_t room);

#endif
