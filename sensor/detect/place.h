/* Whose endpoint an exchange went to, and who asked: what the cluster map says of both ends. */
#ifndef SENSOR_DETECT_PLACE_H
#define SENSOR_DETECT_PLACE_H

#include "sensor/detect/cluster.h"
#include "sensor/event/exchange.h"

struct places {
    const struct cluster_map *map; /* borrowed; NULL: there is none */
    struct address last;           /* most events have the endpoint of the one before */
    uint32_t last_tunnel;
    uint8_t last_kind;
    bool known;
    const struct cluster *cluster;
};

/** By its endpoint, else by the server name that the client gave: SNI before Host. Such a name says whose an endpoint
 * is, and nothing of whether it is an API server. @return NULL: of no cluster. */
const struct cluster *place_of(struct places *p, const struct event *e);

/** Whether the map names the endpoint itself. */
bool place_is_configured(struct places *p, const struct event *e);

/** Writes the cluster's name into the record, NULL: none. Room as below. */
void place_name(struct event *e, const struct cluster *cluster);

/** Writes cluster and provider into the record, whether its peer is a front, and, where a configured front says for
 * whom it asks, that client in the place of the source, the front as `via`. What cannot be read there, or was lost,
 * leaves the front as the source. With place_claims(). The record has EVENT_MAX bytes of room. */
void place_exchange(const struct places *p, struct exchange *x, const struct cluster *cluster);

/** Adds whom a PROXY line claims to the end of `forwarded_for`: whoever wrote the header stands behind it. Where a line
 * may have been lost and there is no header, it is unknown. For other records than exchanges; room as above. */
void place_claims(struct event *e);

#endif
