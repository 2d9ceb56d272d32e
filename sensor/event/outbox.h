/* Records on their way from a worker to the correlator, some at a time. The code that reads packets and the code that
 * judges are each as large as a processor's instruction cache: taken in turns for every exchange, each throws the other
 * out of it.
 *
 * The order stays as it was, and that a clock was reached is told behind the records before it. Who wants to know what
 * was told so far empties it first. */
#ifndef SENSOR_EVENT_OUTBOX_H
#define SENSOR_EVENT_OUTBOX_H

#include "sensor/event/event.h"

struct outbox;

enum { OUTBOX_RECORDS = 32 }; /* it empties itself with the last of these, or sooner where they are large */

/** @param to  gets what is emptied. @return NULL: no memory. */
struct outbox *outbox_new(struct event_sink to);
/** What is still in it is lost. */
void outbox_free(struct outbox *o);

/** Where a worker puts its records: they are copied. */
struct event_sink outbox_sink(struct outbox *o);

/** Hands over all that is in it. */
void outbox_empty(struct outbox *o);

#endif
