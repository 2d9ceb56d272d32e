/* TLS records (RFC 8446, 5.1) of both sides of one connection, framed and counted; their content stays closed.
 *
 * A stream. Behind a gap inside a record the boundary is computed; behind any other gap the next record is searched by
 * a chain of three plausible headers. */
#ifndef PROTO_TLS_RECORD_H
#define PROTO_TLS_RECORD_H

#include "proto/base/memory.h"
#include "proto/stream/stream.h"

enum tls_content { TLS_CHANGE_CIPHER_SPEC = 20, TLS_ALERT = 21, TLS_HANDSHAKE = 22, TLS_APPLICATION_DATA = 23 };

enum { TLS_RECORD_HEADER = 5, TLS_RECORD_MAX = 16384 + 2048 };

/** Whether these five bytes can be a record's header: content, a version of 3.0 to 3.4, a length within the bound. */
bool tls_record_plausible(const uint8_t header[static TLS_RECORD_HEADER]);

struct tls_record_events {
    /** A record's header was read; told once, before its content is passed over. */
    void (*record)(void *owner, enum side from, moment time, enum tls_content content, uint16_t version,
                   uint16_t length);
    void (*gave_up)(void *owner, moment time, enum gave_up reason);
};

/** @param from_start  false: joined late, the first record is searched. @return NULL when the account is full. */
struct stream *tls_record_new(bool from_start, struct memory *memory, const struct tls_record_events *events,
                              void *owner);

#endif
