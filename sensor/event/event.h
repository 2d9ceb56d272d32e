/* What workers tell the correlator: flat records.
 *
 * A record holds no pointer: its strings are offsets into itself. So it is handed over, held back, queued or
 * tested by copying `size` bytes, and nobody asks who frees its parts. At most EVENT_MAX bytes; what did
 * not fit is marked as cut.
 *
 * Absent is not unknown. A field that has no value and no bit in `unknown` was not on the wire. */
#ifndef SENSOR_EVENT_EVENT_H
#define SENSOR_EVENT_EVENT_H

#include "proto/packet/packet.h"
#include "proto/tls/facts.h"

enum { EVENT_MAX = 16384 };

/** Names stand in the JSON as event_type: "http", "flow", "anomaly", "tls". */
enum event_type { EVENT_EXCHANGE, EVENT_FLOW, EVENT_ANOMALY, EVENT_HANDSHAKE, EVENT_TYPES };

const char *event_type_name(unsigned type);

/** The order of all records, whatever the number of workers.
 *  From a packet: its clock, its number, a count. From a deadline: the deadline, the flow's first packet, a count. */
struct event_order {
    moment clock;
    uint64_t number;
    uint32_t count;
};

/** A string of the wire within the record. {0, 0}: none. */
struct text {
    uint16_t at, size;
};

/** Why an endpoint counts as an API server, best reason last. Judged by detect/endpoint, printed as cluster.basis. */
enum endpoint_basis {
    ENDPOINT_UNPROVEN,
    ENDPOINT_PORT,
    ENDPOINT_SHAPE,
    ENDPOINT_RECOGNISED,
    ENDPOINT_CONFIGURED,
    ENDPOINT_BASES
};

const char *endpoint_basis_name(unsigned basis);

/** A set of fields: bit i is field i of event/field.def. */
enum { FIELD_SET_WORDS = 3 };

struct field_set {
    uint64_t words[FIELD_SET_WORDS];
};

/** What a PROXY protocol line ahead of the connection's own bytes says of its client. */
enum proxied_by {
    PROXIED_NOT,    /* there is none */
    PROXIED_CLIENT, /* its address */
    PROXIED_ITSELF, /* the peer is the client: a front's own connection */
    PROXIED_NOBODY, /* that it is not known */
    PROXIED_LOST    /* there may have been one: the beginning was not captured */
};

/** Of the TLS that the connection is in; all 0 on plaintext. */
struct event_tls {
    uint8_t client_random[TLS_FACTS_RANDOM]; /* all 0: not known */
    uint8_t version;                         /* tls_version_rank() */
    uint8_t client;                          /* enum tls_client */
    uint8_t resumed, decrypted;
    struct text texts[TLS_TEXTS_BRIEF]; /* by enum tls_text */
};

/** The head of every record. */
struct event {
    uint16_t size;
    uint8_t type;  /* enum event_type */
    uint8_t cut;   /* a string did not fit; printed as `truncated` */
    uint8_t basis; /* enum endpoint_basis, of `server`; written by the correlator */
    uint8_t tunnel_kind;
    uint8_t vlans;   /* how many of `vlan` there are */
    uint8_t proxied; /* enum proxied_by */
    uint16_t vlan[2];
    uint32_t tunnel_id;
    struct event_order order;
    moment time;              /* printed: the first packet of what is told */
    struct field_set unknown; /* could not be read */
    uint64_t flow_id;         /* the number of the flow's first packet: the same with any number of workers */
    struct address client, server;
    uint8_t proxied_for[16]; /* PROXIED_CLIENT */
    struct event_tls tls;    /* not in anomalies */
    /** X-Forwarded-For of an exchange; the correlator adds, in flows too, whom the PROXY line claims. */
    struct text forwarded_for;
    struct text cluster; /* of `server`, as configured; written by the correlator */
};

static inline struct slice event_text(const struct event *e, struct text t)
{
    return (struct slice){.data = (const uint8_t *)e + t.at, .size = t.size};
}

/** A record under construction, or a copy that more is written to: the record and room behind it. */
struct event_room {
    _Alignas(8) uint8_t bytes[EVENT_MAX];
};

/** Appends a string that there is room for. */
static inline struct text event_append(struct event *e, struct slice wire)
{
    if (!wire.size)
        return (struct text){0};
    struct text t = {.at = e->size, .size = (uint16_t)wire.size};
    memcpy((uint8_t *)e + e->size, wire.data, wire.size);
    e->size = (uint16_t)(e->size + wire.size);
    return t;
}

/** Appends a string to a record that has EVENT_MAX bytes of room behind its beginning; cuts it where it does not fit.
 *  @param size_max  of this one string. */
struct text event_add_text(struct event *e, struct slice wire, size_t size_max);

/** Who is told of a finished record: the correlator itself, or an outbox. `e` is the caller's, until it returns. */
struct event_sink {
    void (*take)(void *owner, const struct event *e);
    /** No record before this clock will come any more. */
    void (*reached)(void *owner, moment clock);
    void *owner;
};

#endif
