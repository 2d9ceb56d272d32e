/* Numbers, sizes and durations as a person writes them, and back. Strict: what is not wholly understood is refused. */
#ifndef SENSOR_QUANTITY_H
#define SENSOR_QUANTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { QUANTITY_TEXT = 32 };

/** Decimal digits alone, not over `most`. */
bool quantity_number(const char *text, uint64_t most, uint64_t *value);

/** Bytes: "1000", "64k", "256M", "2G", in powers of 1024. */
bool quantity_size(const char *text, size_t *bytes);

/** Nanoseconds: "90s", "30m", "1h", "2d"; the unit is never guessed. At least a second, at most ten years. */
bool quantity_duration(const char *text, int64_t *nanoseconds);

/** In the largest unit that leaves nothing over. @return `text`. */
const char *quantity_size_text(size_t bytes, char text[static QUANTITY_TEXT]);
const char *quantity_duration_text(int64_t nanoseconds, char text[static QUANTITY_TEXT]);

#endif
