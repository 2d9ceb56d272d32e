/* The pieces joined: frames from the capture to the worker, its records to the correlator, what that tells to the
 * report. */
#ifndef SENSOR_RUN_H
#define SENSOR_RUN_H

#include "sensor/detect/rule.h"
#include "sensor/exit_status.h"
#include "sensor/log.h"
#include "sensor/options.h"

/** One run, from opening the inputs to closing the outputs.
 *  @param filter  an expression that compiles, or NULL.  @return how the program ends. */
enum exit_status run(const struct options *o, const char *filter, const struct rule_set *rules, struct log *log);

#endif
