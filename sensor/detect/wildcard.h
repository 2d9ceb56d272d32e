/* Patterns of the configuration: `*` stands for any bytes, also none; `?` for one character. Nothing else is special.
 */
#ifndef SENSOR_DETECT_WILDCARD_H
#define SENSOR_DETECT_WILDCARD_H

#include "proto/base/slice.h"

/** Whether the pattern is all of `text`; ASCII letters are equal in both cases. At most pattern times text steps. */
bool wildcard_match(const char *pattern, struct slice text);

/** Bytes of the pattern that stand for themselves: the more, the closer it fits. */
size_t wildcard_literals(const char *pattern);

#endif
