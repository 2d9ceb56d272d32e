/* What a certificate says (RFC 5280), as text. Read by libcrypto over bounded bytes; nothing is verified here. */
#ifndef PROTO_TLS_CERTIFICATE_H
#define PROTO_TLS_CERTIFICATE_H

#include "proto/base/moment.h"
#include "proto/base/slice.h"

enum { TLS_CERTIFICATE_BYTES = 65536 }; /* the most that is read */

enum tls_certificate_text {
    TLS_CERTIFICATE_SUBJECT, /* "C=DE, O=Example, CN=host" */
    TLS_CERTIFICATE_ISSUER,
    TLS_CERTIFICATE_SERIAL,     /* "0A:FF" */
    TLS_CERTIFICATE_NOT_BEFORE, /* "2026-11-24T04:32:54" */
    TLS_CERTIFICATE_NOT_AFTER,
    TLS_CERTIFICATE_FINGERPRINT, /* SHA-1: "0a:ff" */
    TLS_CERTIFICATE_SHA256,
    TLS_CERTIFICATE_NAMES, /* DNS names and addresses, with commas */
    TLS_CERTIFICATE_KEY_ID,
    TLS_CERTIFICATE_AUTHORITY_KEY_ID,
    TLS_CERTIFICATE_USER,   /* the last CN */
    TLS_CERTIFICATE_GROUPS, /* each O, with commas */
    TLS_CERTIFICATE_TEXTS
};

struct tls_certificate {
    moment not_before, not_after;
    bool api_server; /* one of its names is kubernetes.default.svc */
    uint16_t at[TLS_CERTIFICATE_TEXTS], size[TLS_CERTIFICATE_TEXTS];
    size_t used;
    char bytes[6144]; /* what does not fit is left out */
};

/** @return false: it is none. */
bool tls_certificate_read(struct slice der, struct tls_certificate *out);

static inline struct slice tls_certificate_get(const struct tls_certificate *c, enum tls_certificate_text id)
{
    return (struct slice){(const uint8_t *)c->bytes + c->at[id], c->size[id]};
}

/** The first certificate of a Certificate message. @param tls13  RFC 8446, 4.4.2, or RFC 5246, 7.4.2.
 *  @param der  empty: the message brings none. @return false: the message is broken. */
bool tls_certificate_first(struct slice body, bool tls13, struct slice *der);

#endif
