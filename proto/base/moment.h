/* A point in time, and a span of it. */
#ifndef PROTO_BASE_MOMENT_H
#define PROTO_BASE_MOMENT_H

#include <stdint.h>

/** Nanoseconds since 1970, UTC; of a span, nanoseconds. */
typedef int64_t moment;

#endif
