/* A decoder that accepts what Go's (golang.org/x/net/http2/hpack) accepts and refuses what that refuses, written from
 * its rules: what the tests of proto/http/hpack.c put beside nghttp2's where the two differ.
 *
 * Integers have nine bytes behind the first at most, whatever their value. A size update is refused behind anything
 * else in its block, another update too, unless the table is empty. Strings have no bound of their own; here those that
 * are Huffman-coded have nghttp2's of 64 KiB, because that decodes them. */
#ifndef TESTS_TOOLS_GO_HPACK_READER_H
#define TESTS_TOOLS_GO_HPACK_READER_H

#include <nghttp2/nghttp2.h>
#include <stdbool.h>

struct go_reader;

/** Table and allowance of 4096 bytes. */
struct go_reader *go_reader_new(void);
void go_reader_free(struct go_reader *g);
void go_reader_allow(struct go_reader *g, uint32_t size);

/** @param each  told each field, valid until it returns. @return false: refused; the reader is of no use any more. */
bool go_reader_block(struct go_reader *g, const uint8_t *block, size_t size,
                     void (*each)(void *owner, const nghttp2_nv *field), void *owner);

#endif
