/* TLS records (RFC 8446, 5.1) of both sides of one connection. A record's header is told; its content only where that
 * is asked for, and whole: else it is passed over without being copied.
 *
 * A stream. Behind a gap inside a record the boundary is computed; behind any other gap the next record is searched by
 * a chain of three plausible headers or two of sealed data, by a hello, or by one that is proved; one of sealed data
 * right behind a gap is believed at once, until the next shows that it was none. */
#ifndef PROTO_TLS_RECORD_H
#define PROTO_TLS_RECORD_H

#include "proto/base/memory.h"
#include "proto/stream/stream.h"

enum tls_content {
    TLS_CHANGE_CIPHER_SPEC = 20,
    TLS_ALERT = 21,
    TLS_HANDSHAKE = 22,
    TLS_APPLICATION_DATA = 23,
    TLS_HEARTBEAT = 24 /* RFC 6520 */
};

enum { TLS_RECORD_HEADER = 5, TLS_RECORD_MAX = 16384 + 2048 };

/** Whether these five bytes, from anywhere, are like a record's header: content, which heartbeats are too rare for, a
 * version of 3.0 to 3.4, a length within the bound. */
bool tls_record_plausible(const uint8_t header[static TLS_RECORD_HEADER]);

/** What is missing, of records of which something is. */
enum tls_record_lost {
    TLS_LOST_ONE, /* of one record, whose header was told: the next one is where it should be */
    TLS_LOST_SOME /* nobody knows how many records */
};

/** None but `record` and `gave_up` need be there, where no content is ever asked for. */
struct tls_record_events {
    /** A record's header was read; told once, before its content. @return whether the content is wanted. */
    bool (*record)(void *owner, enum side from, const uint8_t header[static TLS_RECORD_HEADER]);
    /** What is wanted, once it is all there. The slice is valid during the call. */
    void (*content)(void *owner, enum side from, moment time, const uint8_t header[static TLS_RECORD_HEADER],
                    struct slice content);
    /** A part of a record that is wanted is missing, or whole records. May be NULL.
     *  @param header  of the one; NULL: nobody knows how many.
     *  @param size    of whole records that are missing: their bytes from where one began; else 0, or GAP_UNKNOWN. */
    void (*lost)(void *owner, enum side from, moment time, enum tls_record_lost what, const uint8_t *header,
                 uint64_t size);
    /** Searching: whether this is a record, which chance can hardly be: it opens with a key. Asked once of each place
     * where one may be. May be NULL. */
    bool (*proves)(void *owner, enum side from, const uint8_t header[static TLS_RECORD_HEADER], struct slice content);
    /** The client begins with a hello in the form of SSL 2 (RFC 5246, E.2), which may offer TLS. May be NULL. */
    void (*sslv2_hello)(void *owner);
    void (*gave_up)(void *owner, moment time, enum gave_up reason);
};

/** @param from_start  false: joined late, the first record is searched. @return NULL when the account is full. */
struct stream *tls_record_new(bool from_start, struct memory *memory, const struct tls_record_events *events,
                              void *owner);

#endif
