/* Other names for what agents and paths of the bundled captures are called, each as long as the one it stands for. They
 * mean nothing to an API server; put into captures and into rules alike, all findings follow. */
#ifndef TESTS_TOOLS_RENAME_H
#define TESTS_TOOLS_RENAME_H

#include "sensor/event/exchange.h"
#include "tests/tools/outcome.h"

/** In place. */
void rename_bytes(uint8_t *bytes, size_t size);

/** @return how many names were found. */
size_t rename_frames(struct frame_list *out, const struct frame_list *in);

/** Whether a scanner was at work. */
bool rename_is_scan(const struct outcome *then);

/** An agent or target that bears its old name still, or an empty slice. What an API server itself calls its paths is no
 * name. */
struct slice rename_left(const struct outcome *then);

#endif
