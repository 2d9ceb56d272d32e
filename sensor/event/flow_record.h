/* A connection, told at its end. */
#ifndef SENSOR_EVENT_FLOW_RECORD_H
#define SENSOR_EVENT_FLOW_RECORD_H

#include "proto/tls/shape.h"
#include "sensor/event/event.h"

enum flow_state {
    FLOW_NEW,         /* a SYN and no answer */
    FLOW_REFUSED,     /* a SYN answered by RST */
    FLOW_ESTABLISHED, /* a handshake, or packets from its midst; its end was not seen */
    FLOW_CLOSED,      /* both sides ended */
    FLOW_STATES
};

enum flow_reason { FLOW_FIN, FLOW_RST, FLOW_TIMEOUT, FLOW_EVICTED, FLOW_SHUTDOWN, FLOW_REUSED, FLOW_REASONS };

const char *flow_state_name(unsigned state);       /* "new", "refused", "established", "closed" */
const char *flow_reason_name(unsigned reason);     /* "fin", "rst", "timeout", "evicted", "shutdown", "reused" */
const char *flow_protocol_name(unsigned protocol); /* as EVE's app_proto: "http", "http2", "tls", "unknown", "failed" */

/** What its source knocked on within the window so far, this connection among it: where it asked for nothing. */
struct knock_counts {
    uint32_t knocks, endpoints; /* endpoints: different ones, as far as KNOCK_ENDPOINTS */
    uint8_t is_one;             /* this connection is a knock */
    uint8_t verified;           /* a handshake with the source was completed */
};

enum { KNOCK_ENDPOINTS = 8 };

/** What speaks against a source whose connections stay closed; each a bit. */
enum suspect {
    SUSPECT_ANSWERS_OF_403, /* several answers of a 403's size, of different sizes, and none larger */
    SUSPECT_ANSWERS_OF_401,
    SUSPECT_ONLY_403, /* several connections with one answer, of a 403's size */
    SUSPECT_EARLY_GOAWAYS,
    SUSPECT_MANY_HELLOS,  /* ClientHellos of many shapes within seconds */
    SUSPECT_OLD_VERSIONS, /* offers nothing newer than TLS 1.1 */
    SUSPECT_NO_ALPN,
    SUSPECT_NO_NAME,        /* no SNI, or an address as one */
    SUSPECT_ASKS_NOTHING,   /* closes right behind the handshake, or within it */
    SUSPECT_MANY_ENDPOINTS, /* connections to several */
    SUSPECT_SYN_SHAPE,      /* a SYN as a scanner writes it */
    SUSPECT_WIDE_403,       /* endpoints whose one answer was of a 403's size */
    SUSPECTS
};

const char *suspect_name(unsigned suspect); /* "answers_of_401" */

/** Of a source within the window so far, this connection among it. */
struct suspicion {
    uint32_t evidence;      /* 1 << enum suspect */
    uint16_t weight;        /* the sum of their weights, in percent */
    uint16_t distrusts;     /* connections that the client left because of the server's certificate */
    uint32_t refusals;      /* connections without a certificate, first answered as it is refused, by the size */
    uint32_t shown_refused; /* connections with a certificate or a token, first answered 401, by the size */
    uint32_t inferred;      /* connections that were inferred to be anonymous or rejected */
};

/** A body that is indented, and one that is not. */
enum { FLOW_REFUSALS = 2 };

struct flow_record {
    struct event event;     /* time: of the first packet */
    uint32_t auth_evidence; /* these six as in struct exchange, at the same place; the correlator's */
    uint8_t auth_state, auth_outcome, auth_basis, auth_confidence;
    uint8_t front;
    uint8_t closed;                   /* TLS of which nothing was opened */
    uint8_t tls_old;                  /* the client offers nothing newer than TLS 1.1 */
    uint8_t tls_no_alpn;              /* it offers no protocols */
    uint8_t distrusts;                /* it does not take the server's certificate, by its alert */
    struct tls_reading shape;         /* what can be told of that */
    bool sends_away;                  /* this endpoint sends strangers away over HTTP/2. The correlator's */
    uint16_t refusals[FLOW_REFUSALS]; /* bodies of 401s of this endpoint that were read; 0: none. The correlator's */
    uint32_t records[2];              /* sealed ones, by enum side */
    moment last;
    uint64_t packets[2], bytes[2]; /* by enum side; bytes of whole frames, as on the wire */
    uint64_t gap_bytes[2];
    uint32_t segments;  /* with payload, of both sides */
    uint32_t repeated;  /* of these: whose bytes were seen before */
    uint32_t reordered; /* of these: that came before bytes they follow on, or before what they acknowledge */
    uint32_t exchanges;
    uint32_t goaway_after; /* HTTP/2: exchanges that had been opened when the server's first GOAWAY came */
    uint8_t state, reason;
    uint8_t protocol;      /* enum protocol of proto/stream/sniff.h */
    uint8_t handshake;     /* a SYN and the SYN-ACK to it were seen: the source is verified */
    uint8_t from_start;    /* the SYN was seen */
    uint8_t asked;         /* the client sent what may be a request and be heard, or not all of it is known */
    uint8_t gave_up;       /* enum gave_up */
    uint8_t goaway;        /* the code of the server's first GOAWAY, as proto/http/http2_error.h keeps it */
    uint8_t tls_completed; /* the handshake, as far as can be seen */
    struct text alert[2];  /* of TLS, by enum side: the last one that could be read */
    uint8_t tls_client_hello, tls_server_hello,
        tls_data;         /* records of this kind were seen: handshake by side, application data */
    struct syn_shape syn; /* of the client's first SYN */
    struct text syn_tool; /* who sends such ones; the correlator's, as the next two */
    struct knock_counts knocks;
    struct suspicion suspicion;
};

#endif
