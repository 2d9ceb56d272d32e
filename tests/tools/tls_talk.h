/* OpenSSL's own client and server speaking to each other in memory: what goes over the wire, record by record in the
 * order of its sending, and the key log. Certificates are made when asked for. */
#ifndef TESTS_TOOLS_TLS_TALK_H
#define TESTS_TOOLS_TLS_TALK_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tls_talk_options {
    const char *suite;    /* the registry's name */
    uint16_t version;     /* 0x0301 to 0x0304 */
    uint64_t off;         /* SSL_OP_NO_...: of both */
    size_t padding;       /* TLS 1.3: records are padded to a multiple of it; 0: not */
    SSL_SESSION *session; /* to resume, by its ticket alone where it has no id; NULL: none */
    bool client_certificate;
    bool late_certificate; /* the client has one, and is asked for it with tls_talk_ask() */
    bool retry;            /* TLS 1.3: the server wants another key share */
    const char *early;     /* TLS 1.3, with a session: early data of the client; NULL: none */
    unsigned early_more;   /* so many more records with the same */
    bool takes_early;      /* the server's tickets allow it */
    bool early_refused;    /* and the server does not read it */
};

struct tls_talk_record {
    int side;        /* 0: the client's */
    size_t at, size; /* in `wire`, with its header */
};

struct tls_talk {
    SSL *ssl[2];
    uint8_t *wire;
    size_t wire_size;
    struct tls_talk_record *records;
    size_t count;
    char *log; /* lines */
    size_t log_size;
};

/** Both hands shaken. @return NULL: this OpenSSL will not speak so. Exits when something else is wrong. */
struct tls_talk *tls_talk_new(const struct tls_talk_options *options);
void tls_talk_free(struct tls_talk *t);

/** `size` bytes go from that side to the other, which has them, or it exits. */
void tls_talk_send(struct tls_talk *t, int side, const uint8_t *bytes, size_t size);

/** The server asks for the client's certificate, before TLS 1.3 in a handshake anew, and is given it, or none: the
 * client may change its mind. */
void tls_talk_ask(struct tls_talk *t, bool declines);

/** What a later talk may resume; the caller frees it. */
SSL_SESSION *tls_talk_session(struct tls_talk *t);

/** Both sides negotiate anew. TLS 1.2. */
void tls_talk_renegotiate(struct tls_talk *t);

/** That side changes its keys; `both`: it asks the other to, too. TLS 1.3. */
void tls_talk_update(struct tls_talk *t, int side, bool both);

#endif
