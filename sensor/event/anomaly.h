/* An odd thing seen on a connection: the first of its kind there, told at once; what comes often is told again at each
 * of its thresholds, with its count. */
#ifndef SENSOR_EVENT_ANOMALY_H
#define SENSOR_EVENT_ANOMALY_H

#include "sensor/event/event.h"

/** Of the stream; marks of messages (proto/http/mark.def) follow behind them in the same number space. */
enum anomaly_kind {
    ANOMALY_CONFLICTING_OVERLAP, /* a retransmission or an IP fragment with other bytes */
    ANOMALY_OUTSIDE_WINDOW,      /* a segment that no receiver would take */
    ANOMALY_WRONG_RESET,         /* a RST elsewhere than at the next number */
    ANOMALY_GAVE_UP,             /* a parser reads no further */
    ANOMALY_MARKS                /* here they begin: anomaly_of() */
};

/** @param mark  enum http_mark. */
static inline uint8_t anomaly_of(unsigned mark)
{
    return (uint8_t)(ANOMALY_MARKS + mark);
}

const char *anomaly_name(unsigned kind);          /* "conflicting_overlap" ... or the mark's name */
const char *anomaly_layer(unsigned kind);         /* as EVE's anomaly.type: "stream" or "applayer" */
const char *anomaly_reason_name(unsigned reason); /* of enum gave_up; "": GAVE_UP_NOT */
const char *anomaly_from_name(unsigned side);     /* "client", "server"; "": ANOMALY_FROM_NOBODY */

enum { ANOMALY_TEXT_MAX = 256, ANOMALY_FROM_NOBODY = SERVER + 1 };

struct anomaly {
    struct event event;
    uint64_t count;   /* 0: not counted */
    struct text text; /* GOAWAY's debug data */
    uint8_t kind;
    uint8_t from;   /* enum side; ANOMALY_FROM_NOBODY: a parser gave up, whichever side made it */
    uint8_t reason; /* enum gave_up, for ANOMALY_GAVE_UP */
    uint8_t error;  /* of GOAWAY, as proto/http/http2_error.h keeps it */
};

/** Begins a record in `room`, all absent. */
struct anomaly *anomaly_begin(struct event_room *room);

#endif
