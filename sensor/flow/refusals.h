/* What bodies of answers seen lately say: who is refused asks again, and is told the same word for word. */
#ifndef SENSOR_FLOW_REFUSALS_H
#define SENSOR_FLOW_REFUSALS_H

#include "proto/base/table.h"
#include "proto/kube/status.h"

enum { REFUSALS_KEPT = 16, REFUSAL_BYTES = 512 };

struct refusals {
    struct {
        struct status status;
        uint16_t size; /* 0: free */
        uint8_t body[REFUSAL_BYTES];
    } kept[REFUSALS_KEPT]; /* each where its hash leads to */
    struct status other;   /* of a body that is longer, or empty */
};

/** As status_read(). @param secret  what leads to a place is not to be foreseen. @return valid until the next call. */
const struct status *refusals_of(struct refusals *r, const struct hash_secret *secret, struct slice body);

#endif
