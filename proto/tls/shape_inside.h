/* Inside of a shape: for shape.c (what is kept) and shape_read.c (what it betrays), and for nobody else. */
#ifndef PROTO_TLS_SHAPE_INSIDE_H
#define PROTO_TLS_SHAPE_INSIDE_H

#include "proto/tls/shape.h"

/** How a size is kept. */
#define TLS_SHAPE_SERVER 0x8000u
#define TLS_SHAPE_SIZE   0x7fffu

/** What sealing adds in TLS 1.3, and its handshake messages with their header: RFC 8446, 4 and 5.2. */
enum {
    TLS_SHAPE_OVERHEAD = 16 + 1,
    TLS_SHAPE_NO_CERTIFICATE = 4 + 1 + 3,
    TLS_SHAPE_CERTIFICATE = 200, /* the least, with any key that is in use */
    TLS_SHAPE_VERIFY_LEAST = 4 + 2 + 2 + 60,
    TLS_SHAPE_VERIFY_MOST = 4 + 2 + 2 + 1024,
    TLS_SHAPE_FINISHED_SHA256 = 4 + 32,
    TLS_SHAPE_FINISHED_SHA384 = 4 + 48
};

static inline bool tls_shape_is_finished(unsigned size)
{
    return size == TLS_SHAPE_FINISHED_SHA256 || size == TLS_SHAPE_FINISHED_SHA384;
}

#endif
