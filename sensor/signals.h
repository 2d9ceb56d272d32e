/* INT and TERM end a run with its report; HUP has the files of its outputs opened anew; USR1 has it say how it goes. */
#ifndef SENSOR_SIGNALS_H
#define SENSOR_SIGNALS_H

#include <stdbool.h>

/** From now on USR1 is remembered: opening may wait long for whoever writes a pipe or reads a FIFO. */
void signals_begin(void);

/** From now on INT and TERM are remembered once, and a second one ends the program; PIPE and XFSZ are ignored: writing
 *  reports them.
 *  @param hang_up  HUP is remembered, too. */
void signals_catch(bool hang_up);

/** Whether INT or TERM came. */
bool signals_came(void);

/** Whether HUP came since this was asked last. */
bool signals_hung_up(void);

/** Whether USR1 came since this was asked last. */
bool signals_asked(void);

/** Nothing will wait for input or a reader any more. */
void signals_rest(void);

#endif
