/* What a front says ahead of a connection's own bytes: the PROXY protocol of HAProxy ("The PROXY protocol, versions 1 &
 * 2", sections 2.1 and 2.2). Read from the first bytes that the client's side sent; a function of them alone. */
#ifndef PROTO_STREAM_PROXY_LINE_H
#define PROTO_STREAM_PROXY_LINE_H

#include "proto/packet/address.h"

/** No line is longer: version 1 has 107 bytes at most; version 2 16 and what its length says, of which this much is
 * taken for one. Whoever collects the first bytes needs no more room. */
enum { PROXY_LINE_MAX = 16 + 2048 };

enum proxy_line {
    PROXY_LINE_NOT,  /* these bytes are the connection's own */
    PROXY_LINE_MORE, /* not enough bytes yet to tell, or to its end */
    PROXY_LINE_BAD,  /* it begins as one and is not: what follows it is where nobody knows */
    PROXY_LINE_READ
};

struct proxied {
    uint8_t version; /* 1 or 2 */
    uint16_t size;   /* of the line: where the connection's own bytes begin */
    bool known; /* `from` and `to` are said. Not for LOCAL (the front's own connection), UNKNOWN, UNIX, datagrams */
    bool local; /* LOCAL: the peer itself is the client */
    struct address from, to;
};

/** @param first  the first bytes from the client, PROXY_LINE_MAX of them at most are looked at. More bytes never change
 *  an answer other than PROXY_LINE_MORE; with PROXY_LINE_MAX bytes it is never that.
 *  @param out  to be read only after PROXY_LINE_READ. */
enum proxy_line proxy_line_read(struct slice first, struct proxied *out);

#endif
