/* A number, or the least and the greatest, as data lists of kind `measure` give their values. */
#ifndef SENSOR_DETECT_MEASURE_H
#define SENSOR_DETECT_MEASURE_H

#include <stdbool.h>
#include <stdint.h>

enum { MEASURE_MOST = 1000000 };

/** Both the same where one number is given. */
struct measure {
    uint32_t least, most;
};

/** "11" or "95-130". @return false: neither, above MEASURE_MOST, or the least is the greater; *m is left alone. */
bool measure_read(const char *text, struct measure *m);

#endif
