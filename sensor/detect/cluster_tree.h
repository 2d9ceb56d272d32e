/* Inside of a cluster map: written by cluster_map.c, cluster_entry.c and cluster_check.c, read by cluster.c. */
#ifndef SENSOR_DETECT_CLUSTER_TREE_H
#define SENSOR_DETECT_CLUSTER_TREE_H

#include "sensor/detect/cluster.h"
#include "sensor/detect/prefix.h"
#include "sensor/detect/rule_pattern.h"

struct cluster_place {
    const char *file;
    unsigned line, column;
};

/** A source that is expected, or a front. */
struct cluster_source {
    struct prefix prefix;
    const char *reason; /* of one that is expected */
    unsigned says;      /* of a front: enum cluster_says */
    struct cluster_place place;
    struct cluster_source *next;
};

struct cluster_sources {
    struct cluster_source *first, *last;
    size_t count;
    const struct cluster_source **rows; /* what the table's entries mean; once finished */
    struct prefix_table table;
};

/** What is said of one cluster, or of the whole map. */
struct cluster_scope {
    struct cluster about; /* first: a cluster is its scope */
    struct cluster_sources expected, fronts;
    size_t endpoints, names;
    struct cluster_scope *next;
};

/** An address and one range of ports. */
struct cluster_endpoint {
    struct prefix prefix;
    uint16_t low, high;
    bool any_port, any_tunnel;
    uint32_t tunnel;
    const struct cluster_scope *scope;
    struct cluster_place place;
    struct cluster_endpoint *next;
};

struct cluster_name {
    const char *text; /* in lower case */
    struct rule_pattern pattern;
    const struct cluster_scope *scope;
    struct cluster_place place;
    struct cluster_name *next;
};

struct cluster_map {
    struct rule_arena arena; /* this struct is in its account, too */
    struct cluster_scope whole;
    struct cluster_scope *first, *last;
    struct cluster_endpoint *first_endpoint, *last_endpoint;
    struct cluster_name *first_name, *last_name;
    size_t cluster_count, endpoint_count, name_count;
    /* once finished */
    const struct cluster_scope **clusters; /* in the order of the files */
    const struct cluster_scope **by_name;
    const struct cluster_endpoint **endpoints;
    struct prefix_table endpoint_table;
    const struct cluster_name **names; /* those without wildcards, by text; then the others, most literals first */
    size_t exact_count;
};

#endif
