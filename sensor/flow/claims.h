/* The claims of tokens seen lately, by their digest: a client sends the same token with each request, and reading one
 * costs more than all the rest of its exchange. */
#ifndef SENSOR_FLOW_CLAIMS_H
#define SENSOR_FLOW_CLAIMS_H

#include "proto/kube/jwt.h"

enum { CLAIMS_KEPT = 256 }; /* hundreds of clients at once are many for one capture point */

struct claims {
    struct {
        uint64_t digest; /* 0: free */
        struct jwt jwt;
    } kept[CLAIMS_KEPT]; /* pairs: the one that was read later first */
};

/** @return valid until the next call. */
const struct jwt *claims_of(struct claims *c, uint64_t digest, struct slice token);

#endif
