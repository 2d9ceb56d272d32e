/* Who asked, by what the fronts say: X-Forwarded-For, read from its end. Each front appends whom it was asked by, so
 * the last address that is no front was written by one that is; everything before it anybody may have written. */
#ifndef SENSOR_DETECT_FORWARDED_H
#define SENSOR_DETECT_FORWARDED_H

#include "sensor/detect/cluster.h"

enum forwarded {
    FORWARDED_NONE,       /* the header names nobody */
    FORWARDED_CLIENT,     /* `ip` is the last address that is no front */
    FORWARDED_FRONT,      /* all are fronts: `ip` is the first one, which asked for itself */
    FORWARDED_UNREADABLE, /* what stands there is no address ("unknown", a name, bytes that were cut off) */
};

/** @param header  the header's text; of several lines their texts in order, joined by commas.
 *  @param cut  its end is missing: then the last address is not known, and whoever wrote the beginning must not choose.
 *  @param at  the endpoint's cluster, or NULL.
 *  @param ip  written for FORWARDED_CLIENT and FORWARDED_FRONT. */
enum forwarded forwarded_client(struct slice header, bool cut, const struct cluster_map *map, const struct cluster *at,
                                uint8_t ip[static 16]);

#endif
