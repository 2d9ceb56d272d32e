/* Which fields of HTTP/2 are malformed by RFC 9113, section 8: libnghttp2's judgement, as marks. Unknown fields are not
 * judged. */
#ifndef PROTO_HTTP_VALIDITY_H
#define PROTO_HTTP_VALIDITY_H

#include "proto/http/field.h"
#include "proto/http/message.h"

/** What was met so far in one head. Zero at first. */
struct validity {
    uint8_t pseudo; /* 1 << the pseudo-headers seen */
    bool careful; /* an entry of the table was malformed when it came: those that come as an index are looked at too */
    uint32_t lawful;     /* the `entry` of a value that was found lawful for an ordinary field; 0: none */
    bool knows_protocol; /* the server knows :protocol */
    bool fields;         /* an ordinary one was seen, known as such */
    bool unknown;        /* one of which not even the name is known */
    uint32_t marks;      /* 1 << enum http_mark */
    /* A request that Go's server (golang.org/x/net/http2) resets before it counts the number of its stream: that may
     * come again. Not so what only others refuse, or what it refuses later. */
    bool uncounted;
};

void validity_field(struct validity *v, const struct field *f);

/** At the head's end: what should have been there. */
void validity_end(struct validity *v, enum head_kind kind);

#endif
