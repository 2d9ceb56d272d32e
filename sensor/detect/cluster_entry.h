/* Entries of a cluster map that have an address: endpoints, sources that are expected, fronts. */
#ifndef SENSOR_DETECT_CLUSTER_ENTRY_H
#define SENSOR_DETECT_CLUSTER_ENTRY_H

#include "sensor/detect/cluster_tree.h"
#include "sensor/detect/document.h"

/** What reading goes through: a document, and whom it speaks of. */
struct cluster_reader {
    const struct document *d;
    struct cluster_map *map;
    struct cluster_scope *scope;
    const char *file; /* the name's copy */
};

struct cluster_place cluster_place_of(const struct cluster_reader *r, const struct yaml_node *n);

/** The map's own copy; "" of NULL, and where there is no memory, which its arena remembers. */
const char *cluster_copy_of(const struct cluster_reader *r, const char *text);

/** Whether it is a list with something in it: an empty one says that somebody forgot. Complained of, if not.
 *  @param of  what should be in it. */
bool cluster_is_list(const struct cluster_reader *r, const struct yaml_node *n, const char *of);

/** Each adds an entry to the scope, or complains of it: an address alone, or a map with address, port and tunnel; a map
 * with address and reason; a map with address and says. */
void cluster_read_endpoint(const struct cluster_reader *r, const struct yaml_node *entry);
void cluster_read_expected(const struct cluster_reader *r, const struct yaml_node *entry);
void cluster_read_front(const struct cluster_reader *r, const struct yaml_node *entry);

#endif
