/* Whether a source that is refused asks as a program of the cluster does that lost its credential: one program, one
 * cluster, one credential or none, and its own requests alone, again and again. */
#ifndef SENSOR_DETECT_HABIT_H
#define SENSOR_DETECT_HABIT_H

#include "proto/base/slice.h"
#include "proto/packet/packet.h"

enum { HABIT_REQUESTS = 4 };

/** Zero at first. */
struct habit {
    uint64_t program, place, credential; /* hashes, of the first request */
    struct {
        uint64_t request; /* a hash; 0: free */
        moment first;
        uint32_t count;
    } requests[HABIT_REQUESTS]; /* the first that were refused */
    uint32_t network;           /* the first overlay that an endpoint of no cluster was in; 0: none yet */
    bool begun, known, broken;
};

/** One request without a credential that holds; hashes are not 0. */
struct habit_request {
    uint64_t program;    /* the user agent, up to its commit */
    uint64_t place;      /* the cluster, or the endpoint where it is of none */
    uint64_t credential; /* 0: none was shown */
    uint64_t request;
    moment time;
    uint32_t network; /* tunnel_network() of an endpoint of no cluster; else 0 */
    bool own;         /* one that this program makes by itself, and that gained nothing */
    bool refused;     /* 401 or 403 */
};

void habit_add(struct habit *h, const struct habit_request *r);

/** Nothing speaks against it so far, and there was something. */
bool habit_possible(const struct habit *h);

/** And it was refused over and over. */
bool habit_known(const struct habit *h);

#endif
