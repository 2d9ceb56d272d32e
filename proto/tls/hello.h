/* ClientHello and ServerHello (RFC 8446, 4.1; RFC 5246, 7.4.1), read into slices of the message.
 *
 * What a hello's frame of lengths does not hold is no hello. An extension that is broken in itself, and what follows
 * where their list is, is as if it were not there, and marks the hello as broken. Numbers that mean nothing (GREASE,
 * RFC 8701) stay in the lists. */
#ifndef PROTO_TLS_HELLO_H
#define PROTO_TLS_HELLO_H

#include "proto/base/slice.h"

enum { TLS_HELLO_RANDOM = 32, TLS_DRAFT = 0x7f /* the first byte of a draft of TLS 1.3 as version */ };

/** Their numbers in IANA's registry; those that are read, and what fingerprints leave out. */
enum tls_extension {
    TLS_EXTENSION_SERVER_NAME = 0,
    TLS_EXTENSION_SUPPORTED_GROUPS = 10,
    TLS_EXTENSION_POINT_FORMATS = 11,
    TLS_EXTENSION_SIGNATURE_ALGORITHMS = 13,
    TLS_EXTENSION_ALPN = 16,
    TLS_EXTENSION_ENCRYPT_THEN_MAC = 22,
    TLS_EXTENSION_EXTENDED_MASTER_SECRET = 23,
    TLS_EXTENSION_SESSION_TICKET = 35,
    TLS_EXTENSION_PRE_SHARED_KEY = 41,
    TLS_EXTENSION_EARLY_DATA = 42,
    TLS_EXTENSION_SUPPORTED_VERSIONS = 43,
    TLS_EXTENSION_POST_HANDSHAKE_AUTH = 49,
    TLS_EXTENSION_KEY_SHARE = 51,
    TLS_EXTENSION_ECH = 0xfe0d
};

struct tls_client_hello {
    uint16_t version; /* of the hello itself; TLS 1.3 says 1.2 here */
    const uint8_t *random;
    struct slice session_id;
    struct slice suites, compressions;                   /* suites: two bytes each */
    struct slice extensions;                             /* one after the other: type, length, content */
    struct slice server_name;                            /* the host name */
    struct slice protocols;                              /* ALPN: a length byte and a name each */
    struct slice versions, groups, signature_algorithms; /* two bytes each */
    struct slice point_formats;
    struct slice ticket;     /* RFC 5077 */
    struct slice identities; /* of a PRE_SHARED_KEY: see tls_hello_identity_next() */
    uint64_t has;            /* 1 << extension, of those below 64 */
    bool ech;                /* Encrypted Client Hello is offered, or GREASE of it */
    bool broken;
};

struct tls_server_hello {
    uint16_t version;        /* the one that is spoken: of the extension, where there is one */
    uint16_t legacy_version; /* of the hello itself */
    const uint8_t *random;
    struct slice session_id;
    uint16_t suite;
    struct slice extensions;
    struct slice protocol; /* ALPN, of TLS 1.2: the one chosen */
    uint16_t identity;     /* which one of the client's, where it has PRE_SHARED_KEY */
    uint16_t group;        /* of KEY_SHARE; 0: none */
    uint64_t has;          /* as above */
    bool retry;            /* HelloRetryRequest */
    bool broken;
};

/** @param body  of the message. @return false: it is none. Slices are of `body`. */
bool tls_client_hello_read(struct slice body, struct tls_client_hello *hello);
bool tls_server_hello_read(struct slice body, struct tls_server_hello *hello);

static inline bool tls_hello_has(uint64_t has, enum tls_extension extension)
{
    return extension < 64 && has >> extension & 1;
}

/** RFC 8701. */
static inline bool tls_is_grease(uint16_t number)
{
    return (number & 0x0f0f) == 0x0a0a && number >> 8 == (number & 0xff);
}

/** The highest version that the client offers. */
uint16_t tls_client_hello_offers(const struct tls_client_hello *hello);

/** Walks the extensions. @return whether there is one more. */
bool tls_extension_next(struct reader *extensions, uint16_t *type, struct slice *content);

/** The identities of PRE_SHARED_KEY one after the other: a ticket is one. @return whether there is one more. */
bool tls_hello_identity_next(struct reader *identities, struct slice *identity);

/** The first name of an ALPN list; empty: none. */
struct slice tls_protocol_first(struct slice protocols);

/** What stands in EncryptedExtensions. */
struct tls_encrypted_extensions {
    struct slice protocol; /* ALPN */
    bool early_data;       /* the server reads the client's early data */
};
bool tls_encrypted_extensions_read(struct slice body, struct tls_encrypted_extensions *out);

/** NewSessionTicket. @param version  RFC 8446, 4.6.1, or RFC 5077, 3.3. @return the ticket; empty: none, or broken. */
struct slice tls_ticket_read(struct slice body, uint16_t version);

#endif
