/* A TLS handshake: told once, when it is over as far as can be seen, or with its connection. What it says with all that
 * the connection carries stands in the head. */
#ifndef SENSOR_EVENT_HANDSHAKE_H
#define SENSOR_EVENT_HANDSHAKE_H

#include "sensor/event/event.h"

struct handshake {
    struct event event; /* time: of the connection's first packet */
    uint8_t offers;     /* tls_version_rank() of the highest version offered */
    uint8_t resumption; /* enum tls_resumed */
    uint8_t session_seen, offers_session;
    uint8_t completed; /* by both sides, as far as can be seen */
    uint8_t requested; /* a client certificate */
    uint8_t expired;   /* the client's certificate was, or was not yet valid */
    uint8_t retried, ech, early_data, early_accepted, renegotiated, sslv2, broken;
    uint8_t api_server;           /* the certificate is an API server's */
    struct text suite;            /* its name, or its number */
    struct text texts[TLS_TEXTS]; /* by enum tls_text: those from TLS_TEXTS_BRIEF on */
    struct text alert[2];         /* by enum side: the last one that could be read */
};

/** Begins a record in `room`, all absent. */
struct handshake *handshake_begin(struct event_room *room);

#endif
