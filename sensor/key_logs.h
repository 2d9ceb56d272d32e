/* The key logs that -k names, opened: files, FIFOs, and sockets that are made for those who write to them. */
#ifndef SENSOR_KEY_LOGS_H
#define SENSOR_KEY_LOGS_H

#include "sensor/keylog/key_sources.h"
#include "sensor/options.h"

/** @param secret  borrowed. @return NULL: no memory. */
struct key_sources *key_logs_new(const struct options *o, const struct hash_secret *secret, size_t memory,
                                 struct log *log);

/** Protects the process, where any are named, and reads all that is there, before the first packet. @return false, and
 * the reason was told. */
bool key_logs_read(struct key_sources *s, const struct options *o, struct log *log);

#endif
