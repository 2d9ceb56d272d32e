/* How the program ends. Of several the first that applies, in this order. */
#ifndef SENSOR_EXIT_STATUS_H
#define SENSOR_EXIT_STATUS_H

enum exit_status {
    STATUS_USAGE = 1,    /* a usage, configuration or rule error: nothing was read */
    STATUS_OUTPUT = 3,   /* an output could not be written */
    STATUS_INPUT = 2,    /* input could not be read, or not to its end */
    STATUS_FINDING = 10, /* --fail-on: there is such a finding */
    STATUS_DONE = 0
};

#endif
