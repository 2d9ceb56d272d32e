/* What an exchange says of whether its source is a monitor, which asks whether a server lives and for nothing else. */
#ifndef SENSOR_DETECT_CONDUCT_H
#define SENSOR_DETECT_CONDUCT_H

#include "sensor/event/exchange.h"

enum conduct {
    CONDUCT_SHOWS,   /* nothing: it showed a credential that holds */
    CONDUCT_BEAT,    /* it asks for an open path, or in vain for what monitors ask, and shows nothing */
    CONDUCT_UNKNOWN, /* it may be one's: not all of it is known */
    CONDUCT_STRAY    /* it is none's */
};

/** Of an exchange that was judged. */
enum conduct conduct_of(const struct exchange *x);

#endif
