/* The configuration file and the cluster maps: kapiwatch.yaml(5). What the command line says wins; what the file says
 * of the same thing is checked all the same. */
#ifndef SENSOR_CONFIG_H
#define SENSOR_CONFIG_H

#include "sensor/complaint.h"
#include "sensor/options.h"

/** Reads the file that the options name, if one is named, and the cluster maps; sets what the command line left open,
 * `map` and `suppressions`, and follows the ports that the map names. Errors and warnings are added to the complaints,
 * all that there are: whether it was good is whether there are errors among them. */
void config_load(struct options *o, struct complaint_list *complaints);

/** "default", "command line", "FILE:LINE": where a setting comes from. @param name  of a row of sensor/setting.h.
 *  @return `text`. */
const char *config_origin(const struct options *o, const char *name, char *text, size_t size);

enum { CONFIG_PLACE = 544 };

/** How a message of what stands behind a setting begins: "FILE:LINE:COLUMN: ", "option -X: ", or "" where it has no
 * letter.
 * @param name  of a row. @return `text`. */
const char *config_place(const struct options *o, const char *name, char text[static CONFIG_PLACE]);

#endif
