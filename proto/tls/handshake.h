/* Handshake messages (RFC 8446, 4; RFC 5246, 7.4) out of the records of one side: several in one, one over several.
 *
 * A message that lies in one record whole is told where it lies. What is longer than the bound is passed over. */
#ifndef PROTO_TLS_HANDSHAKE_H
#define PROTO_TLS_HANDSHAKE_H

#include "proto/base/hold.h"

enum tls_message_type {
    TLS_HELLO_REQUEST = 0,
    TLS_CLIENT_HELLO = 1,
    TLS_SERVER_HELLO = 2,
    TLS_NEW_SESSION_TICKET = 4,
    TLS_END_OF_EARLY_DATA = 5,
    TLS_ENCRYPTED_EXTENSIONS = 8,
    TLS_CERTIFICATE = 11,
    TLS_SERVER_KEY_EXCHANGE = 12,
    TLS_CERTIFICATE_REQUEST = 13,
    TLS_SERVER_HELLO_DONE = 14,
    TLS_CERTIFICATE_VERIFY = 15,
    TLS_CLIENT_KEY_EXCHANGE = 16,
    TLS_FINISHED = 20,
    TLS_CERTIFICATE_STATUS = 22,
    TLS_KEY_UPDATE = 24,
    TLS_COMPRESSED_CERTIFICATE = 25
};

enum { TLS_MESSAGE_HEADER = 4 };

/** All zero is a fresh one. */
struct tls_handshake {
    struct hold hold; /* the beginning of a message */
    uint32_t skip;    /* of a message that is too long: what is still to come */
    bool told;        /* what is held was told: it goes with the next call */
};

struct tls_message {
    uint8_t type;      /* may be none of the enum */
    struct slice body; /* valid until the next call */
};

enum tls_handshake_next {
    TLS_HANDSHAKE_MORE,    /* all of the fragment was taken */
    TLS_HANDSHAKE_MESSAGE, /* one; ask again for the next */
    TLS_HANDSHAKE_PASSED,  /* one that is longer than the bound: its type alone is told; ask again */
    TLS_HANDSHAKE_NO_MEMORY
};

/** The next message. @param fragment  moved behind what was taken of it. @param most  bytes of a message's body. */
enum tls_handshake_next tls_handshake_next(struct tls_handshake *h, struct memory *memory, uint32_t most,
                                           struct slice *fragment, struct tls_message *message);

/** Forgets what is held: bytes were lost, or other keys come, over which no message goes (RFC 8446, 5.1). */
void tls_handshake_reset(struct tls_handshake *h, struct memory *memory);

#endif
