/* What the fields of a head say of the body behind it (RFC 9112, 6), read as Go's net/http reads it. */
#ifndef PROTO_HTTP_FRAMING_H
#define PROTO_HTTP_FRAMING_H

#include "proto/http/message.h"

/** Gathered field by field; begins as zeros. */
struct framing {
    uint64_t length;
    uint8_t length_digits; /* 0: no Content-Length that is a number. "05" and "5" are two lengths. At most 255 */
    uint8_t hosts;         /* up to 2 */
    uint8_t encodings;     /* Transfer-Encoding fields, up to 2 */
    bool chunked;          /* the last of them was exactly "chunked" */
    bool ends_chunked;     /* its last coding is */
    bool odd_length : 1, two_lengths : 1;
    bool empty_length : 1; /* of a request as if it were not there: newer servers refuse it, and close */
    bool odd_trailer : 1;  /* a Trailer that only who reads chunks takes: given by who found it */
    bool connect;          /* the method is CONNECT, of which Go asks no Host: given with the start line */
};

void framing_field(struct framing *f, const struct field *field);

enum body_kind { BODY_NONE, BODY_COUNTED, BODY_CHUNKED, BODY_UNTIL_END, BODY_REFUSED };

struct body_rule {
    enum body_kind kind;
    uint32_t marks; /* 1 << enum http_mark */
};

/** Of a request. BODY_REFUSED: the server answers 400 or 501 and closes. `f->length` is the size of a counted body. */
struct body_rule framing_request(const struct framing *f, enum http_version version);

/** Of an answer that may have a body: whoever calls has looked at status and method. */
struct body_rule framing_answer(const struct framing *f, enum http_version version);

#endif
