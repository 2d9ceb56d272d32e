/* Certificate messages that are sent compressed: RFC 8879. */
#ifndef PROTO_TLS_COMPRESSED_H
#define PROTO_TLS_COMPRESSED_H

#include "proto/tls/facts.h"

struct tls_compressed {
    uint16_t algorithm;
    uint32_t size; /* of the Certificate's body, as it is claimed */
    struct slice bytes;
};

/** The body of a CompressedCertificate. @return false: it is broken. */
bool tls_compressed_read(struct slice body, struct tls_compressed *c);

/** Writes the body of the Certificate into `room`, `c->size` bytes. @return false: it is broken, of another size, or
 * compressed in another way than by zlib or zstd. */
bool tls_compressed_unpack(const struct tls_compressed *c, uint8_t *room);

/** Whether a client presents a certificate in it, by its size alone. */
enum tls_client tls_compressed_client(const struct tls_compressed *c);

#endif
