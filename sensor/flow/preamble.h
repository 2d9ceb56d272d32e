/* What may stand ahead of a connection's own bytes: the PROXY line of a front. It is looked for in the client's first
 * bytes, and only as long as the server says nothing: a server that waits for a line has nothing to say before it. */
#ifndef SENSOR_FLOW_PREAMBLE_H
#define SENSOR_FLOW_PREAMBLE_H

#include "proto/base/memory.h"
#include "proto/stream/proxy_line.h"

struct preamble {
    uint8_t *kept; /* first bytes that may become a line, at most PROXY_LINE_MAX; owned */
    uint16_t size, room;
    bool over; /* nothing is looked for any more */
};

enum preamble_found {
    PREAMBLE_MORE, /* kept: it may be the beginning of a line */
    PREAMBLE_NONE, /* the connection's own bytes: what is kept, then `bytes` */
    PREAMBLE_LINE, /* the connection's own bytes begin with `bytes`, which may be none; nothing is kept */
    PREAMBLE_BAD,  /* it begins as a line and is none: nobody knows what follows */
    PREAMBLE_NO_MEMORY
};

/** The client's next bytes, while it is not `over`; it is from then on, but for PREAMBLE_MORE.
 *  @param bytes  moved behind the line for PREAMBLE_LINE.  @param line  written for PREAMBLE_LINE alone. */
enum preamble_found preamble_push(struct preamble *p, struct memory *m, struct slice *bytes, struct proxied *line);

/** Whether what is kept can be nothing but the beginning of a line. */
bool preamble_is_begun(const struct preamble *p);

/** Frees what is kept. */
void preamble_forget(struct preamble *p, struct memory *m);

#endif
