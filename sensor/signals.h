/* INT and TERM end a run with its report; HUP has the files of its outputs opened anew. */
#ifndef SENSOR_SIGNALS_H
#define SENSOR_SIGNALS_H

#include <stdbool.h>

/** From now on INT and TERM are remembered once, and a second one ends the program; PIPE is ignored: writing reports
 *  it.
 *  @param hang_up  HUP is remembered, too. */
void signals_catch(bool hang_up);

/** Whether INT or TERM came. */
bool signals_came(void);

/** Whether HUP came since this was asked last. */
bool signals_hung_up(void);

/** Nothing will wait for input any more. */
void signals_rest(void);

#endif
