/* Fingerprints of hellos: JA3 and JA3S (MD5 of a list of numbers), JA4 of the client. GREASE (RFC 8701) is left out of
 * all of them. A function of the hello alone. */
#ifndef PROTO_TLS_FINGERPRINT_H
#define PROTO_TLS_FINGERPRINT_H

#include "proto/tls/hello.h"

enum {
    TLS_JA3_HASH = 32,     /* hexadecimal digits */
    TLS_JA3_STRING = 1024, /* of the list that is hashed, so much is kept at most */
    TLS_JA4 = 36,
    TLS_FINGERPRINT_NUMBERS = 1024 /* of one list; a hello with more has no fingerprint */
};

struct tls_ja3 {
    char hash[TLS_JA3_HASH];
    uint16_t size; /* of the string; 0: it is longer than what is kept */
    char string[TLS_JA3_STRING];
};

/** @return false: too many numbers, or libcrypto is without the digest. */
bool tls_ja3_of_client(const struct tls_client_hello *hello, struct tls_ja3 *ja3);
bool tls_ja3_of_server(const struct tls_server_hello *hello, struct tls_ja3 *ja3);
bool tls_ja4_of_client(const struct tls_client_hello *hello, char ja4[static TLS_JA4]);

#endif
