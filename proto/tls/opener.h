/* Opens the records of one side in one epoch: RFC 5246, 6.2.3; RFC 7366; RFC 8446, 5.2.
 *
 * What opens is what was sent, at that place of the sequence: nothing is handed out that does not authenticate, and
 * what does not leaves the opener as it was. One context of libcrypto for the life of the opener; per record only the
 * IV is set. */
#ifndef PROTO_TLS_OPENER_H
#define PROTO_TLS_OPENER_H

#include "proto/base/memory.h"
#include "proto/base/slice.h"
#include "proto/tls/record.h"
#include "proto/tls/schedule.h"

struct tls_opener;

enum tls_open {
    TLS_OPEN_OK,
    TLS_OPEN_BAD,      /* does not authenticate: another key, another place in the sequence, other bytes */
    TLS_OPEN_MALFORMED /* no such record can be: too short or long, no whole blocks, nothing but padding */
};

struct tls_opened {
    enum tls_content content; /* of TLS 1.3 the inner one. May be none of the enum: it is the peer's byte */
    struct slice plaintext;   /* in `out`; may be empty */
};

/** @param keys  copied. What libcrypto takes is charged to the account.
 *  @return NULL: the account is full, or this libcrypto does not have the cipher. */
struct tls_opener *tls_opener_new(struct tls_ciphers *c, const struct tls_record_keys *keys, struct memory *memory);

/** Wipes the keys. NULL is nothing. */
void tls_opener_free(struct tls_opener *o);

/** The record at the opener's place in the sequence; when it opens, the place is the next.
 *  @param header  as on the wire. Content and version are authenticated, too, so far as the version of TLS does.
 *  @param sealed  what stands behind it, whole.
 *  @param out     at least sealed.size bytes, apart from `sealed`; what it holds is nothing, unless it opens. */
enum tls_open tls_opener_open(struct tls_opener *o, const uint8_t header[static TLS_RECORD_HEADER], struct slice sealed,
                              uint8_t *out, struct tls_opened *opened);

/** Whether the record stands at that place of the sequence. Opens as above, but the opener stays where it is. */
enum tls_open tls_opener_try(struct tls_opener *o, uint64_t sequence, const uint8_t header[static TLS_RECORD_HEADER],
                             struct slice sealed, uint8_t *out, struct tls_opened *opened);

/** How much plaintext a record of this length bears. @return false: that cannot be told, because of padding. Of TLS 1.3
 * it is likely only: the sender has padded none so far, and the record may bear something else. */
bool tls_opener_plain_size(const struct tls_opener *o, size_t length, size_t *size);

/** The place in the sequence of the record that comes next. */
uint64_t tls_opener_sequence(const struct tls_opener *o);

/** To the place of the record that comes next, when records are missing before it. With CBC of TLS 1.0, where each
 * record begins with the end of the one before, that one cannot be opened then; after tls_opener_pass() over it, those
 * behind it can. A place that tls_opener_try() found: seek to it, and pass over what was tried.
 *
 * With RC4 the place in the keystream stays: behind missing bytes nothing opens at any place in the sequence, until
 * tls_opener_pass() was over as many bytes as are missing. */
void tls_opener_seek(struct tls_opener *o, uint64_t sequence);

/** Passes over a record that is not opened: the place is the next. @param sealed  its last block at least. With RC4 as
 * many bytes as it had, whatever they are: with fewer, nothing opens any more. */
void tls_opener_pass(struct tls_opener *o, struct slice sealed);

/** A new one with the sender's next keys, from sequence 0 on. @return NULL: not TLS 1.3, or no memory. */
struct tls_opener *tls_opener_updated(const struct tls_opener *o);

/** The sender's next keys, from sequence 0 on (KeyUpdate). @return false: not TLS 1.3, or libcrypto failed; the opener
 *  is then as it was. */
bool tls_opener_update(struct tls_opener *o);

#endif
