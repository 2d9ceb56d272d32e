/* The lines of a key log out of bytes that come in any pieces. */
#ifndef PROTO_TLS_KEYS_READER_H
#define PROTO_TLS_KEYS_READER_H

#include "proto/tls/keys.h"

enum { TLS_KEYS_LINE_MAX = 4096 };

/** Plain memory: made with tls_keys_reader_init(), wiped by tls_keys_reader_finish(). */
struct tls_keys_reader {
    struct tls_keys *keys; /* borrowed */
    void (*malformed)(void *owner, uint64_t line, const struct tls_mistake *mistake);
    void *owner;
    uint64_t line;              /* of the line that is being read, from 1 */
    uint64_t counts[TLS_LINES]; /* lines read so far, by what they were */
    bool too_long;              /* the rest of this line is passed over */
    uint32_t held;
    uint8_t bytes[TLS_KEYS_LINE_MAX]; /* the beginning of a line */
};

/** @param malformed  told of each such line; a line longer than TLS_KEYS_LINE_MAX is one. May be NULL. */
void tls_keys_reader_init(struct tls_keys_reader *r, struct tls_keys *keys,
                          void (*malformed)(void *owner, uint64_t line, const struct tls_mistake *mistake),
                          void *owner);

void tls_keys_reader_feed(struct tls_keys_reader *r, struct slice bytes);

/** The log is over: a last line without an end counts. May be fed again afterwards, as the next lines. */
void tls_keys_reader_finish(struct tls_keys_reader *r);

#endif
