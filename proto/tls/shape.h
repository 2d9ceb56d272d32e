/* What the sizes of sealed records betray of a TLS connection that stays closed: whether the client sent a certificate,
 * which HTTP is inside, how large requests and answers are, whether the server said GOAWAY before its first answer.
 *
 * Only headers are looked at: the sizes of the first records in their order are kept, and read once, at the end. What
 * follows from RFC 8446, 9113 and the size of a frame stands here; what an API server's answers measure does not.
 *
 * Nothing is read behind a hole, but for one in the handshake, where hellos and certificates are larger than what a
 * short snap length leaves. Who sends ChangeCipherSpec once the server has spoken, and a sealed record right behind it
 * that is no Finished of TLS 1.2, speaks TLS 1.3 and begins its second flight (RFC 8446, D.4; early data came before).
 */
#ifndef PROTO_TLS_SHAPE_H
#define PROTO_TLS_SHAPE_H

#include "proto/tls/facts.h"
#include "proto/tls/record.h"

enum { TLS_SHAPE_RECORDS = 48, TLS_SHAPE_ANSWERS = 8, TLS_SHAPE_BEHIND = 8 };

/** All zero is a fresh one. */
struct tls_shape {
    uint16_t sizes[TLS_SHAPE_RECORDS]; /* on the wire, without the header; the highest bit: the server's */
    uint32_t records[2];               /* by enum side: all of them */
    uint8_t used;
    uint8_t stage;  /* enum tls_shape_stage */
    uint8_t flight; /* where the client's second flight begins, from TLS_SHAPE_FLIGHT on */
    bool hole;      /* records were lost: those behind are not kept */
    uint8_t rest; /* of that flight so many records were seen, and what was lost behind them is as large as its rest */
    bool late;    /* what came before that flight is not kept */
};

/** What is sure of a handshake of TLS 1.3, whether its hellos were read or not. */
enum tls_shape_stage {
    TLS_SHAPE_SILENT,
    TLS_SHAPE_SPOKEN,  /* the server has sent a handshake message in clear */
    TLS_SHAPE_CHANGED, /* the client's ChangeCipherSpec came behind that, and nothing behind it */
    TLS_SHAPE_FLIGHT,  /* right behind that a sealed record */
    TLS_SHAPE_OTHER    /* or something else */
};

/** A record's header, as it is written outside. */
void tls_shape_record(struct tls_shape *s, enum side from, enum tls_content content, uint16_t size);

/** Nobody knows how many records were lost.
 *  @param bytes  of whole ones, with their headers; GAP_UNKNOWN: nobody knows where the first began. */
void tls_shape_lost(struct tls_shape *s, enum side from, uint64_t bytes);

/** What is spoken inside. */
enum tls_inside { TLS_INSIDE_UNKNOWN, TLS_INSIDE_HTTP1, TLS_INSIDE_HTTP2, TLS_INSIDES };

const char *tls_inside_name(unsigned inside); /* "http", "http2"; "": unknown */

/** Bytes of plaintext. A small answer has one record; over HTTP/2 one with its HEADERS and one with its DATA. */
struct tls_answer {
    uint16_t head, body; /* of its first record, and of those behind it */
    uint16_t more;       /* how many these are; one that is not known, too */
};

/** What was read out of a shape. Flat: a part of records. */
struct tls_reading {
    uint8_t client;         /* enum tls_client */
    uint8_t asked;          /* the server asked for a certificate */
    uint8_t inside;         /* enum tls_inside */
    uint8_t sized;          /* sizes of plaintext can be told: the suite does not pad */
    uint8_t early_goaway;   /* a record of a GOAWAY's size before the first answer, and nothing was served behind it */
    uint8_t goaway;         /* a record of that size before the first answer, whatever came behind it */
    uint8_t hole;           /* records were lost: what is in here may be incomplete */
    uint8_t cut;            /* a hole, or more records than are kept: what follows is not in here */
    uint8_t answers;        /* kept in `answer` */
    uint8_t sent_more;      /* 1 << answer: before it the client sent more than a request: a body, or another one */
    uint8_t quiet;          /* the client said nothing behind the handshake */
    uint8_t distrusts;      /* the client's alert came right behind the server's flight */
    uint16_t first_request; /* bytes; 0: none was seen */
    uint16_t requests;      /* about so many, as far as they were kept */
    struct tls_answer answer[TLS_SHAPE_ANSWERS];
    uint16_t behind[TLS_SHAPE_BEHIND]; /* records of the first behind its head, one by one */
};

/** @param f  of the same connection. Nothing is told where something was opened, and nothing of sizes where neither the
 * ServerHello nor the client's second flight was seen. */
void tls_shape_read(const struct tls_shape *s, const struct tls_facts *f, struct tls_reading *reading);

/** Whether it is sure that a client of TLS 1.3 said nothing but its handshake, alerts, and less than a request has,
 * opened or not: RFC 8446, 2. */
bool tls_shape_asked_nothing(const struct tls_shape *s, const struct tls_facts *f);

#endif
