/* What is known of one TLS connection: plain data. It grows; a second handshake of the connection (renegotiation,
 * authentication behind the handshake) puts its own in place of what it says anew. */
#ifndef PROTO_TLS_FACTS_H
#define PROTO_TLS_FACTS_H

#include "proto/base/memory.h"
#include "proto/stream/stream.h"

/** Texts, ready to be printed. Those before TLS_TEXTS_BRIEF are told with all that the connection carried. */
enum tls_text {
    TLS_TEXT_SNI,
    TLS_TEXT_ALPN, /* the protocol that was chosen; of TLS 1.3 known only where the handshake was opened */
    TLS_TEXT_JA3,
    TLS_TEXT_JA3S,
    TLS_TEXT_JA4,
    TLS_TEXT_SUBJECT, /* of the server's certificate, as are the next ones */
    TLS_TEXT_ISSUER,
    TLS_TEXT_FINGERPRINT,
    TLS_TEXT_CLIENT_SUBJECT,
    TLS_TEXT_CLIENT_ISSUER,
    TLS_TEXT_CLIENT_FINGERPRINT,
    TLS_TEXTS_BRIEF,
    TLS_TEXT_JA3_STRING = TLS_TEXTS_BRIEF,
    TLS_TEXT_JA3S_STRING,
    TLS_TEXT_OFFERED, /* the protocols that the client offers (ALPN), with commas */
    TLS_TEXT_SERIAL,
    TLS_TEXT_NOT_BEFORE,
    TLS_TEXT_NOT_AFTER,
    TLS_TEXT_NAMES, /* subject alternative names */
    TLS_TEXT_SHA256,
    TLS_TEXT_KEY_ID,
    TLS_TEXT_AUTHORITY_KEY_ID,
    TLS_TEXT_CLIENT_SERIAL, /* from here on they are the client's */
    TLS_TEXT_CLIENT_NOT_BEFORE,
    TLS_TEXT_CLIENT_NOT_AFTER,
    TLS_TEXT_CLIENT_NAMES,
    TLS_TEXT_CLIENT_SHA256,
    TLS_TEXT_CLIENT_KEY_ID,
    TLS_TEXT_CLIENT_AUTHORITY_KEY_ID,
    TLS_TEXT_USER,   /* the last CN of the client's subject: what Kubernetes takes for its user */
    TLS_TEXT_GROUPS, /* its O, with commas */
    TLS_TEXTS
};

enum { TLS_FACTS_RANDOM = 16 };
enum { TLS_TEXT_MAX = 1024, TLS_FACTS_MAX = 16384 };

/** The client's certificate, in this handshake or in the session that it resumes. */
enum tls_client { TLS_CLIENT_UNKNOWN, TLS_CLIENT_ABSENT, TLS_CLIENT_PRESENTED };

/** How a session is resumed, as far as that can be told. */
enum tls_resumed { TLS_RESUMED_NOT, TLS_RESUMED_ID, TLS_RESUMED_TICKET, TLS_RESUMED_PSK, TLS_RESUMPTIONS };

enum tls_sign {
    TLS_SIGN_CLIENT_HELLO,
    TLS_SIGN_SERVER_HELLO,
    TLS_SIGN_SSLV2_HELLO,    /* the client's, and it may offer TLS */
    TLS_SIGN_BROKEN_HELLO,   /* one of its extensions contradicts itself */
    TLS_SIGN_RETRY,          /* HelloRetryRequest */
    TLS_SIGN_OFFERS_TICKET,  /* the client offers to resume: a session, a ticket, a key */
    TLS_SIGN_EARLY_DATA,     /* the client announces early data */
    TLS_SIGN_EARLY_ACCEPTED, /* and the server reads it */
    TLS_SIGN_ECH,            /* Encrypted Client Hello is offered, or GREASE of it */
    TLS_SIGN_SESSION_FOUND,  /* what is resumed was seen */
    TLS_SIGN_REQUESTED,      /* the server asked for a client certificate */
    TLS_SIGN_CLIENT_EXPIRED, /* the client's certificate was not valid at that time */
    TLS_SIGN_API_SERVER,     /* the server's certificate is for kubernetes.default.svc */
    TLS_SIGN_OPENED,         /* something sealed was opened */
    TLS_SIGN_CLOSED,         /* there are no keys: what is sealed stays closed */
    TLS_SIGN_UNTRIED,        /* a hello was lost or hidden, and not all keys were tried: too much was in vain */
    TLS_SIGN_DONE,           /* the handshake is over, as far as can be seen */
    TLS_SIGN_RENEGOTIATED,
    TLS_SIGN_LOST,               /* bytes of the handshake are missing */
    TLS_SIGN_CERTIFICATE_UNREAD, /* the server's: it is none of X.509, or compressed in an unknown way */
    TLS_SIGNS
};

struct tls_alert {
    uint8_t level; /* 1 warning, 2 fatal; 0: none */
    uint8_t description;
};

/** Whether its sender says that it does not take the other's certificate (RFC 8446, 6.2). */
static inline bool tls_alert_distrusts(struct tls_alert a)
{
    enum { BAD_CERTIFICATE = 42, CERTIFICATE_UNKNOWN = 46, UNKNOWN_CA = 48 };
    return a.level &&
           ((a.description >= BAD_CERTIFICATE && a.description <= CERTIFICATE_UNKNOWN) || a.description == UNKNOWN_CA);
}

struct tls_facts {
    uint8_t client_random[TLS_FACTS_RANDOM]; /* its first bytes: two connections that have the same are one, relayed */
    uint32_t signs;                          /* 1 << enum tls_sign */
    uint16_t version, suite;                 /* agreed; 0: the ServerHello was not seen */
    uint16_t offers;                         /* the highest version that the client offers */
    uint16_t group;                          /* of the key share in the ServerHello */
    uint8_t client;                          /* enum tls_client */
    uint8_t resumed;                         /* enum tls_resumed */
    struct tls_alert alert[2];               /* the last, by enum side; those that could be read */
    struct {
        uint16_t at, size;
    } texts[TLS_TEXTS]; /* in `bytes` */
    uint8_t *bytes;
    uint16_t size, capacity;
};

static inline bool tls_facts_has(const struct tls_facts *f, enum tls_sign sign)
{
    return f->signs >> sign & 1;
}

static inline void tls_facts_sign(struct tls_facts *f, enum tls_sign sign)
{
    f->signs |= UINT32_C(1) << sign;
}

static inline struct slice tls_facts_text(const struct tls_facts *f, enum tls_text id)
{
    return f->texts[id].size ? (struct slice){f->bytes + f->texts[id].at, f->texts[id].size} : slice_of("");
}

/** In place of what it was, whose room it may take: of no text of `f`. Longer than TLS_TEXT_MAX is cut; where there is
 * no room it becomes absent. */
void tls_facts_set(struct tls_facts *f, struct memory *memory, enum tls_text id, struct slice text);

/** The client is one with this certificate, or without: what was known of the one before goes. */
void tls_facts_client(struct tls_facts *f, enum tls_client client);

/** Forgets the texts that are told once, with the handshake: kept is what is told with all that the connection carries,
 * or asked again.
 */
void tls_facts_shed(struct tls_facts *f, struct memory *memory);

void tls_facts_release(struct tls_facts *f, struct memory *memory);

/** What a resumed session keeps of the client: flat, for tls_sessions. */
struct tls_kept {
    uint8_t client; /* enum tls_client */
    uint8_t expired;
    uint16_t size[5];
    uint8_t bytes[480];
};

void tls_facts_keep(const struct tls_facts *f, struct tls_kept *kept);
void tls_facts_restore(struct tls_facts *f, struct memory *memory, const struct tls_kept *kept);

/** A version as one byte, 0: not known; and its name, as EVE has it: "TLS 1.3"; "" for 0. */
uint8_t tls_version_rank(uint16_t version);
const char *tls_version_name(unsigned rank);

/** RFC 8446, 6: "handshake_failure". NULL: a number without a name. */
const char *tls_alert_name(uint8_t description);

const char *tls_resumed_name(unsigned resumed); /* "session_id", "ticket", "psk"; "": not */
const char *tls_client_name(unsigned client);   /* "absent", "presented"; "": unknown */

#endif
