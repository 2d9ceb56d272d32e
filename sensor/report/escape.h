/* The only way a string of the wire gets into an output: escaped, valid UTF-8, no control character. */
#ifndef SENSOR_REPORT_ESCAPE_H
#define SENSOR_REPORT_ESCAPE_H

#include "sensor/report/buffer.h"

/** As a JSON string, in quotes, written to where escape_json_room(size) bytes have room. Bytes that are no valid UTF-8
 * become the text \xNN (a backslash, escaped as JSON wants it); control characters, DEL and C1 included, become \u00NN.
 * Overlong forms, surrogates and noncharacters are no valid UTF-8. @return the place behind it */
char *escape_json_at(char *at, struct slice wire);

static inline size_t escape_json_room(size_t size)
{
    return 6 * size + 2; /* a control character becomes \u00NN */
}

/** For a terminal or a text file: printable UTF-8 stands as it is; control, format and bidirectional characters, line
 * separators and invalid bytes become \xNN, a backslash \\. At most `columns` characters, then "..."; 0: all. */
void escape_text(struct buffer *out, struct slice wire, size_t columns);

#endif
