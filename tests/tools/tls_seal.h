/* Seals a record, as a sender would, with libcrypto's one-time calls: what OpenSSL's own sender does not do, too (any
 * padding, any content). */
#ifndef TESTS_TOOLS_TLS_SEAL_H
#define TESTS_TOOLS_TLS_SEAL_H

#include "proto/base/slice.h"
#include "proto/tls/rc4.h"
#include "proto/tls/record.h"
#include "proto/tls/schedule.h"

/** @param padding  TLS 1.3: zeros. CBC: padding bytes, the one that counts them apart; made more until blocks are
 * whole.
 *  @param record   room for TLS_RECORD_HEADER + text.size + 512 + padding.
 *  @return the record's size. CBC of TLS 1.0 takes keys->iv, as the first record does;
 *  so does RC4 with its keystream. */
size_t tls_seal(const struct tls_record_keys *keys, uint64_t sequence, uint8_t content, struct slice text,
                size_t padding, uint8_t *record);

/** CBC: these blocks as they are, whatever they say of MAC and padding; behind them the MAC of RFC 7366, if agreed. */
size_t tls_seal_blocks(const struct tls_record_keys *keys, uint64_t sequence, uint8_t content, struct slice blocks,
                       uint8_t *record);

/** RC4: with the keystream from `stream` on, which goes on behind the record. */
size_t tls_seal_stream(const struct tls_record_keys *keys, uint64_t sequence, uint8_t content, struct slice text,
                       struct tls_rc4 *stream, uint8_t *record);

#endif
