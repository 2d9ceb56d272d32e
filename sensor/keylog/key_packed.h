/* A key log that was packed with gzip or zstd: read whole, never followed. */
#ifndef SENSOR_KEYLOG_KEY_PACKED_H
#define SENSOR_KEYLOG_KEY_PACKED_H

#include "sensor/capture/kind.h"
#include "sensor/keylog/key_lines.h"

/** Closes `fd`, which stands at the beginning of the file.
 *  @return false, and the reason was told: it cannot be read or unpacked to its end. What came before counts. */
bool key_packed_read(struct key_lines *l, int fd, enum file_format format);

#endif
