/* The argument of -o: FORMAT[+EVENT...][:TARGET]. */
#ifndef SENSOR_REPORT_OUTPUT_H
#define SENSOR_REPORT_OUTPUT_H

#include "sensor/report/format.h"

/** One -o, read but not opened. */
struct output_spec {
    const struct report_format *format;
    uint32_t events;    /* 1 << enum report_event; all where none was named */
    const char *target; /* "-", a path, or "unix:" and one; points into the option */
};

/** Without a target it is standard output.
 *  @return false and one line that says what was found and what was expected. */
bool output_parse(struct output_spec *spec, const char *option, char *error, size_t error_size);

/** What it writes, as -o has it: "json", or "json+http+alert" where that is not all that the format can tell. */
void output_what(const struct output_spec *spec, char *text, size_t size);

#endif
