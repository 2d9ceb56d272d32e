/* Reading cluster maps: YAML, as kapiwatch.yaml(5) describes it. Whatever is wrong is complained of at its place, and
 * reading goes on, so that one run shows all of it. */
#ifndef SENSOR_DETECT_CLUSTER_MAP_H
#define SENSOR_DETECT_CLUSTER_MAP_H

#include "sensor/detect/cluster.h"
#include "sensor/detect/document.h"

/** The keys of a map: `clusters`, `fronts`, `expected`. */
enum { CLUSTER_MAP_KEYS = 3 };
extern const char *const cluster_map_keys[CLUSTER_MAP_KEYS];

/** An empty map. @return NULL: no memory. */
struct cluster_map *cluster_map_new(void);
void cluster_map_free(struct cluster_map *m);

/** One file more; several are one map. The caller closes the file. @param name  for messages; copied. */
void cluster_map_add_file(struct cluster_map *m, FILE *file, const char *name, struct complaint_list *complaints);

/** What these keys of a larger document say; others are the caller's, and so are `clusters` that are no map, but names
 * of files. Texts are copied. */
void cluster_map_add(struct cluster_map *m, const struct document *d, const struct yaml_node *root);

/** Once, behind the last file: what contradicts each other is complained of, and questions can be asked from now on.
 *  @return false: no memory. */
bool cluster_map_finish(struct cluster_map *m, struct complaint_list *complaints);

#endif
