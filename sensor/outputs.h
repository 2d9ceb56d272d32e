/* What is written: the outputs that -o names, opened, and what follows from which they are. */
#ifndef SENSOR_OUTPUTS_H
#define SENSOR_OUTPUTS_H

#include "sensor/inputs.h"
#include "sensor/log.h"
#include "sensor/options.h"
#include "sensor/report/report.h"

/** A report of no outputs. @return NULL: no memory. */
struct report *outputs_begin(const struct options *o);

/** Adds them to the report. Where one writes its lines to a terminal while the run goes on, no progress is shown.
 *  @param in  What is read, which no output may be.
 *  @return false, and which one cannot be written was told. */
bool outputs_open(struct report *r, const struct options *o, const struct inputs *in, struct log *log);

/** Whether a hang-up has them opened anew: live, and where one has a name. Without one HUP, of a terminal that is
 * closed, had better end the run. */
bool outputs_can_reopen(const struct options *o);

/** As report_reopen() says. */
void outputs_reopen(struct report *r);

/** Whether findings are told at the end, in their order: the text report of files does. Who reads only lines wants each
 * as its window closes. */
bool outputs_order_findings(const struct options *o);

/** correlate_options.source_cap: what is written nowhere needs no cap, and is not told as cut off. */
uint64_t outputs_cap(const struct options *o);

#endif
