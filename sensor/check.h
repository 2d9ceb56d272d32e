/* -T: says what is in force, and where it comes from. */
#ifndef SENSOR_CHECK_H
#define SENSOR_CHECK_H

#include <stdio.h>

#include "sensor/options.h"

/** @param filter  NULL: none. */
void check_print(const struct options *o, const char *filter, const struct rule_set *rules, FILE *out);

#endif
