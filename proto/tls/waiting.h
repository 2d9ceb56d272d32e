/* Records that wait, with what was lost between them and the ends of both sides, in the order of their coming. */
#ifndef PROTO_TLS_WAITING_H
#define PROTO_TLS_WAITING_H

#include "proto/base/hold.h"
#include "proto/tls/record.h"

struct tls_waiting {
    struct hold hold;
    moment since;     /* of the first */
    uint32_t many[2]; /* by enum side: where its TLS_WAITING_LOST_MANY stands, and one; 0: there is none */
};

enum tls_waiting_kind {
    TLS_WAITING_RECORD,
    TLS_WAITING_LOST_ONE,
    TLS_WAITING_LOST_SOME,
    TLS_WAITING_LOST_MANY, /* so many, each of which was seen */
    TLS_WAITING_END
};

struct tls_waiting_record {
    moment time;
    uint8_t side;   /* enum side */
    uint8_t kind;   /* enum tls_waiting_kind */
    uint8_t how;    /* enum stream_end, of an end */
    uint32_t count; /* of LOST_MANY */
    uint8_t header[TLS_RECORD_HEADER];
    struct slice content;
};

/** @param most  bytes in all. @return false: there is no room, or no memory. */
bool tls_waiting_add(struct tls_waiting *w, struct memory *memory, size_t most,
                     const struct tls_waiting_record *record);

/** Where there was no room for it: an end waits all the same, and of the rest it is counted how many they were. From
 * then on nothing else of this side is added. @return false: there is no memory, or nobody knows how many were lost. */
bool tls_waiting_count(struct tls_waiting *w, struct memory *memory, const struct tls_waiting_record *record);

/** @param at  0 at first. @return whether there is one more. Slices are of the waiting bytes. */
bool tls_waiting_next(const struct tls_waiting *w, size_t *at, struct tls_waiting_record *record);

void tls_waiting_release(struct tls_waiting *w, struct memory *memory);

#endif
