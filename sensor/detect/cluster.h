/* The clusters that the user knows: whose endpoint is this, who is expected to be anonymous there, who stands before
 * it.
 *
 * A map is made by sensor/detect/cluster_map.h, and constant from then on; all strings live as long as it. Where
 * several entries hold an address the longest prefix counts. Every question is legal on NULL, the map of nobody. */
#ifndef SENSOR_DETECT_CLUSTER_H
#define SENSOR_DETECT_CLUSTER_H

#include "proto/packet/packet.h"

struct cluster_map;

struct cluster {
    const char *name;     /* no control characters, at most CLUSTER_NAME_MAX bytes */
    const char *provider; /* "eks", "aks", "gke", "openshift", another text; "" where none is said */
    const char *file;     /* where it stands */
    unsigned line;
    size_t number; /* in the order of the files, from 0 */
};

enum { CLUSTER_NAME_MAX = 128, CLUSTER_PROVIDER_MAX = 64, CLUSTER_REASON_MAX = 200 };

/** What a front says of the client behind it; a bit each. */
enum cluster_says {
    SAYS_FORWARDED_FOR = 1, /* the last address of X-Forwarded-For that is no front */
    SAYS_PROXY_LINE = 2     /* a PROXY protocol line ahead of the connection's bytes */
};

size_t cluster_count(const struct cluster_map *map);
const struct cluster *cluster_at(const struct cluster_map *map, size_t i);
/** @return NULL: there is none of this name. */
const struct cluster *cluster_named(const struct cluster_map *map, const char *name);

/** Whose endpoint this is, or NULL. An entry with a tunnel id is only for packets in a tunnel of that id, and counts
 * before one without of the same prefix; an entry without ports is for all ports, and counts after one with.
 *  @param tunnel_kind  0: in none, as in struct packet. */
const struct cluster *cluster_of_endpoint(const struct cluster_map *map, const struct address *endpoint,
                                          unsigned tunnel_kind, uint32_t tunnel_id);

/** Whose server name (SNI, Host without its port) this is, or NULL; the one with most literal characters counts. */
const struct cluster *cluster_of_server_name(const struct cluster_map *map, struct slice name);

/** Why this source is expected to be anonymous there, or NULL: it is not expected.
 *  @param at  NULL: at an endpoint of no cluster. */
const char *cluster_expects(const struct cluster_map *map, const struct cluster *at, const uint8_t source[static 16]);

/** @return 0: it is no front of this cluster; else bits of enum cluster_says.
 *  @param at  NULL: of an endpoint of no cluster; only fronts of the whole map then. */
unsigned cluster_front(const struct cluster_map *map, const struct cluster *at, const uint8_t ip[static 16]);

/** Each range of ports that an entry names: they are to be followed. */
void cluster_each_port(const struct cluster_map *map, void (*range)(void *owner, uint16_t low, uint16_t high),
                       void *owner);

/** How many there are, for people. @param at  NULL: of the whole map, without those of clusters. */
struct cluster_sums {
    size_t endpoints, server_names, expected, fronts;
};
struct cluster_sums cluster_sum(const struct cluster_map *map, const struct cluster *at);

#endif
