/* HPACK (RFC 7541), one direction, for one who may have come late.
 *
 * An entry inserted before the capture, or in a gap, has a place but no content: a reference to it is KNOWN_NOT, a
 * literal whose name refers to it KNOWN_VALUE, and so is every later reference to what that literal inserted. Indices
 * count from the newest entry, and entries are dropped at the oldest end only, so what was inserted after the loss
 * resolves exactly, and a wrong idea of the table's size can make a field unknown but never wrong.
 *
 * Nothing that Go's decoder (golang.org/x/net/http2/hpack) accepts is refused. Where that is laxer than others:
 *
 *  - strings longer than 64 KiB (nghttp2 refuses them; Huffman-coded ones to a MiB: literals.h);
 *  - a size update behind a field, while the table is empty (section 4.2 wants it at the beginning of a block); while
 *    it is not empty, it is refused; where that is not known, accepted;
 *  - integers with up to nine bytes behind the first, needed or not (nghttp2 refuses more than 32 bits).
 *
 * As RFC 7541 has it, and Go not: several size updates may begin a block whatever the table holds.
 *
 * A string that cannot be decoded costs its head and not the table, where it stays out of that: behind a field for
 * which it refuses a request, Go decodes no such strings, resets the stream, and reads the next block.
 *
 * Literals that stay out of the table (an Authorization of 900 bytes with each request) are looked up by their
 * encoded bytes, compared whole, before they are decoded: ten times cheaper than decoding them again. */
#ifndef PROTO_HTTP_HPACK_H
#define PROTO_HTTP_HPACK_H

#include "proto/base/memory.h"
#include "proto/http/field.h"
#include "proto/http/literals.h"
#include "proto/stream/stream.h"

/** Of tables larger than the first, the newest entries are followed. The second is what a table begins with, and what
 * it is thought to have when joined late, until an update says another, or a reference shows that it is larger. */
enum { HPACK_TABLE_MAX = 65536, HPACK_TABLE_FIRST = 4096 };

/** A direction's table: its entries' bytes and 8 bytes an entry, grown as entries come; unknown entries cost nothing.
 *  What it held is wiped when it is given up. */
struct hpack;

/** @param from_start  false: older entries may exist and are unknown. @return NULL when the account is full. */
struct hpack *hpack_new(bool from_start, struct memory *memory);
void hpack_free(struct hpack *h);

/** A client's: what a loss makes unknown is to be found again where that can be: see hpack_recovery.h. */
void hpack_recover(struct hpack *h);

/** The reader of this direction announced SETTINGS_HEADER_TABLE_SIZE, or may have, in a gap: then UINT32_MAX. It only
 *  ever raises what size updates in a block may ask for: when it takes effect is not seen here. Joined late, and after
 *  hpack_lost(), they may ask for anything. */
void hpack_allow(struct hpack *h, uint32_t size);

/** A block, or part of one, was lost: all entries become unknown, and with them how large the table is. */
void hpack_lost(struct hpack *h);

/** Decodes one whole block, to its end.
 *  @param each  called for each field in order; its slices are valid until it returns.
 *  @return GAVE_UP_NOT; otherwise the fields told so far hold, and hpack_lost() is implied unless nothing else is wrong
 *          than strings that stay out of the table: GAVE_UP_MALFORMED, GAVE_UP_MEMORY (an entry found no room, or a
 *          string no room to be decoded to). */
enum gave_up hpack_block(struct hpack *h, struct slice block, struct literals *literals,
                         void (*each)(void *owner, const struct field *field), void *owner);

#endif
