/* What is read: the files and folders that were named, or an interface. */
#ifndef SENSOR_INPUTS_H
#define SENSOR_INPUTS_H

#include "sensor/capture/capture.h"
#include "sensor/log.h"
#include "sensor/options.h"

struct inputs {
    char **names; /* of those that are read, as they are shown */
    size_t count;
    size_t failed; /* so many are not read, which has been told */
};

/** Adds them to the capture. Of a folder those files are read that are captures by their first bytes, by name and not
 * below it; the others are counted in one line. What cannot be opened is told and left; the others are read.
 *  @param filter  NULL: none; lives as long as `c`. @return whether there is anything to read. */
bool inputs_open(struct inputs *in, const struct options *o, const char *filter, struct capture *c, struct log *log);

void inputs_deinit(struct inputs *in);

#endif
