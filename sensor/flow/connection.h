/* One connection: which stream reads its bytes now, and what is counted of it. It decides nothing else.
 *
 * Owned by the worker's table; made at the first packet that is more than a SYN, freed when it was told. */
#ifndef SENSOR_FLOW_CONNECTION_H
#define SENSOR_FLOW_CONNECTION_H

#include "proto/stream/sniff.h"
#include "sensor/event/flow_record.h"
#include "sensor/flow/bench.h"
#include "sensor/flow/preamble.h"

/** In the order in which memory is taken back. */
enum age_class {
    AGE_CLOSING,
    AGE_OPENING, /* no payload yet */
    AGE_RESTING, /* idle for so long that what can be made again was given back */
    AGE_IDLE,
    AGE_EXCHANGE_OPEN,
    AGE_CLASSES
};

struct pending; /* first bytes that do not tell yet what they are */

struct connection {
    struct age age;     /* in the worker's queue of `class` */
    struct age waiting; /* in the worker's queue of those that hold segments, while `waits` */
    struct reassembly reassembly;
    struct stream front;   /* what reassembly feeds: passes on to `reader` */
    struct tls *tls;       /* owned; NULL: there is none */
    struct stream inside;  /* what TLS feeds with its plaintext: passes on to `reader`, too */
    struct stream *reader; /* owned; NULL: nobody reads */
    struct stream *tunnel; /* owned: the HTTP/1 that ended in a CONNECT; what it led to is read as a connection's own */
    struct stream *second; /* owned: HTTP/2, searched beside HTTP/1, or what HTTP/1 has switched to and passes on to */
    struct preamble preamble; /* before anything is pending */
    struct pending *pending;
    struct flow_bench *bench;
    struct connection_facts facts;
    moment first, last;
    uint64_t packets[2], bytes[2], gap_bytes[2]; /* by enum side */
    uint32_t segments, repeated, reordered;      /* as in struct flow_record */
    uint8_t class;                               /* enum age_class */
    uint8_t protocol;                            /* enum protocol, inside of TLS once that is opened; PROTOCOL_UNKNOWN
                                                    while it may still be told */
    uint8_t gave_up;
    bool waits : 1;
    bool rival : 1;      /* a SYN with another number came: a half-open flow of the same key stands beside it */
    bool from_start : 1; /* the SYN or the SYN-ACK was seen */
    bool searching : 1;  /* joined late or behind a gap: the readers are the searches of HTTP/1 and HTTP/2, until one of
                            them or the sniffer finds something */
    bool decided : 1;    /* what it speaks, HTTP/1 found by search included */
    bool resting : 1;    /* the reader was given back and is made again at the next byte: it was as a new one is */
    bool opened : 1;     /* the readers read what is inside of TLS */
    bool begun : 1;      /* behind a CONNECT: what is read has its beginning */
    bool tls_told : 1;   /* its handshake was */
    bool unfollowed : 1; /* its server's port turned out not to be followed */
    bool syn_seen : 1;   /* `syn` is that of the client's first SYN */
    bool syn_ack : 1, handshake : 1, reset : 1;
    bool tls_client_hello : 1, tls_server_hello : 1, tls_data : 1; /* as in struct flow_record */
    struct syn_shape syn;
    bool data[2];
    bool ended[2];         /* the side's end was told: to a reader that is made later it is told again */
    uint8_t how[2];        /* enum stream_end, of those */
    uint32_t server_first; /* the sequence number that the client's handshake acknowledges */
};

/** @param from_client  whether this first packet is the client's. @return NULL: no memory. */
struct connection *connection_new(struct flow_bench *bench, const struct packet *p, bool from_client);

/** @param wire_size  of the frame. @return SEGMENT_NEW_LIFE: end this one and make another; nothing was counted. */
enum segment connection_packet(struct connection *c, enum side from, const struct packet *p, uint32_t wire_size);

/** Whether the packet is of this connection, from either side. */
bool connection_has(const struct connection *c, const struct packet *p);

/** Which side the packet is from. */
enum side connection_side(const struct connection *c, const struct packet *p);

/** Ends all streams, tells what is open and the connection itself, and frees it. */
void connection_end(struct connection *c, moment time, enum flow_reason why);

/** The class that it ages in now, but that AGE_IDLE is AGE_RESTING where nothing has come for a while. */
enum age_class connection_class(const struct connection *c);

#endif
