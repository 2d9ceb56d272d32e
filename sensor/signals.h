/* INT and TERM end a run with its report. */
#ifndef SENSOR_SIGNALS_H
#define SENSOR_SIGNALS_H

#include <stdbool.h>

/** From now on INT and TERM are remembered once, and a second one ends the program; PIPE is ignored: writing reports
 * it. */
void signals_catch(void);

/** Whether one came. */
bool signals_came(void);

/** Nothing will wait for input any more. */
void signals_rest(void);

#endif
