/* Strings of header blocks, decoded, by their encoded bytes: one a worker, lent to all connections.
 *
 * Fixed size: a new one takes the place of another. Compared whole, never by a digest alone. Short ones, which are
 * decoded nearly as fast as they are found, are not kept. It holds secrets, and is wiped when it is freed.
 *
 * What is kept has a number, so that what was found of a string can be remembered by whoever asked. */
#ifndef PROTO_HTTP_LITERALS_H
#define PROTO_HTTP_LITERALS_H

#include "proto/base/memory.h"
#include "proto/base/slice.h"
#include "proto/base/table.h"
#include "proto/stream/stream.h"

struct literals;

/** @param bytes  of all that it remembers, about. @return NULL when the account is full. */
struct literals *literals_new(size_t bytes, const struct hash_secret *secret, struct memory *memory);
void literals_free(struct literals *l);

/** Decodes a Huffman-coded string (RFC 7541, section 5.2), or remembers that it did.
 *  @param out  the decoded bytes, valid through the next call (so that a name stays while its value is decoded), not
 *  through the one after it.
 *  @return GAVE_UP_NOT; GAVE_UP_MALFORMED: a wrong padding, or the code of EOS; GAVE_UP_MEMORY: no room for it, or it
 * could be longer than a MiB. */
enum gave_up literals_decode(struct literals *l, struct slice coded, struct slice *out);

/** Of the string that was decoded last: one number is one string, for as long as `l` lives. 0: it has none. */
uint32_t literals_number(const struct literals *l);

enum { LITERALS_NUMBER_MAX = (1 << 30) - 1 };

#endif
