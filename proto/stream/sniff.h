/* Which protocol a connection speaks, told from the bytes that one side sent: first bytes of a connection, or bytes
 * from anywhere on one that was joined late. */
#ifndef PROTO_STREAM_SNIFF_H
#define PROTO_STREAM_SNIFF_H

#include "proto/stream/stream.h"

enum protocol {
    PROTOCOL_UNKNOWN, /* not enough bytes yet */
    PROTOCOL_TLS,     /* records of TLS 1.0 to 1.3, or an SSLv2-style hello */
    PROTOCOL_HTTP1,
    PROTOCOL_HTTP2, /* the preface, or on the server's side a SETTINGS frame as the first */
    PROTOCOL_OTHER
};

struct sniffed {
    enum protocol protocol;
    bool side_known; /* the bytes can only be of one side: a request line, a ClientHello */
    enum side side;
};

/** What SNIFF_BYTES cannot tell is PROTOCOL_OTHER; with fewer the answer may be PROTOCOL_UNKNOWN, and never changes
 * from one known protocol to another when bytes are added. */
enum { SNIFF_BYTES = 64 };

/** No request is shorter: "G / HTTP/1.0" and two ends of lines. Who looks for a banner or a certificate sends less. */
enum { SNIFF_LEAST_REQUEST = 14 };

struct sniffed sniff(struct slice first);

/** Whether it is a method of RFC 9110 or 5789, as it is written. */
bool sniff_is_method(struct slice token);

/** Whether it ends in one, or is one. */
bool sniff_ends_in_method(struct slice token);

const char *protocol_name(enum protocol p); /* as EVE's app_proto: "tls", "http", "http2", "unknown", "failed" */

#endif
