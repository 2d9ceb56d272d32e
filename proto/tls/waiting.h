/* Records that wait, with what was lost between them and the ends of both sides, in the order of their coming. */
#ifndef PROTO_TLS_WAITING_H
#define PROTO_TLS_WAITING_H

#include "proto/base/hold.h"
#include "proto/tls/record.h"

struct tls_waiting {
    struct hold hold;
    moment since; /* of the first */
};

enum tls_waiting_kind { TLS_WAITING_RECORD, TLS_WAITING_LOST_ONE, TLS_WAITING_LOST_SOME, TLS_WAITING_END };

struct tls_waiting_record {
    moment time;
    uint8_t side; /* enum side */
    uint8_t kind; /* enum tls_waiting_kind */
    uint8_t how;  /* enum stream_end, of an end */
    uint8_t header[TLS_RECORD_HEADER];
    struct slice content;
};

/** @param most  bytes in all. @return false: there is no room, or no memory. */
bool tls_waiting_add(struct tls_waiting *w, struct memory *memory, size_t most,
                     const struct tls_waiting_record *record);

/** @param at  0 at first. @return whether there is one more. Slices are of the waiting bytes. */
bool tls_waiting_next(const struct tls_waiting *w, size_t *at, struct tls_waiting_record *record);

void tls_waiting_release(struct tls_waiting *w, struct memory *memory);

#endif
