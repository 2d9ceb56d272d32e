/* Which rule files are read, and reading them: those named with -R, or the installed ones. */
#ifndef SENSOR_RULEBOOK_H
#define SENSOR_RULEBOOK_H

#include "sensor/detect/rule.h"
#include "sensor/log.h"
#include "sensor/options.h"

/** @return NULL when there is an error; errors and warnings are told. The caller frees the set. */
struct rule_set *rulebook_load(const struct options *o, struct log *log);

#endif
