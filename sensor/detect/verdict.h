/* Decides for one exchange whether it bore a credential: a pure function of the record. See VERDICTS in
 * kapiwatch-events(5). */
#ifndef SENSOR_DETECT_VERDICT_H
#define SENSOR_DETECT_VERDICT_H

#include "sensor/event/exchange.h"

/** Writes auth_state, _outcome, _basis, _confidence, _evidence, user and groups, and the unknown bits of these.
 *  @param x  stands in a struct event_room. */
void verdict_pass(struct exchange *x);

#endif
