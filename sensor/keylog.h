/* The key logs that -k names: read whole before the first packet, live also while they grow, are rotated, or are
 * written to by others through a FIFO or a Unix socket. What is wrong with a line is said with file and line, never
 * with what stands in it. */
#ifndef SENSOR_KEYLOG_H
#define SENSOR_KEYLOG_H

#include "proto/tls/keys.h"
#include "sensor/event/counter.h"
#include "sensor/log.h"

struct keylog;

/** @param secret  borrowed. @param memory  bytes, for all secrets together: the oldest go first. @return NULL: no
 * memory. */
struct keylog *keylog_new(const struct hash_secret *secret, size_t memory, struct log *log);

/** Opens a file and reads it to its end. @param follow  it stays open, for keylog_poll(). Then the path may also be
 *  "unix:PATH": a socket that others write to is made there.
 *  @return false, and the reason was told: it cannot be opened, or read. */
bool keylog_add(struct keylog *k, const char *path, bool follow);

/** Text of a key log from elsewhere: what a capture file brings along. @param name  for messages, "FILE: secrets". */
void keylog_feed(struct keylog *k, const char *name, struct slice text);

/** Reads what has been added meanwhile, of a file that was rotated the new one. @return whether there are new keys. */
bool keylog_poll(struct keylog *k);

/** Whether any file is followed. */
bool keylog_follows(const struct keylog *k);

/** Borrowed; changes within keylog_add(), _feed() and _poll() only. */
const struct tls_keys *keylog_keys(const struct keylog *k);

/** Writes into the counters what was read so far. */
void keylog_count(const struct keylog *k, struct counters *counters);

/** Before secrets are read: no core dumps, and nothing goes to swap where the system lets that be asked for. */
void keylog_protect(struct log *log);

/** Wipes all. @return how many bytes of the account were still in use: 0, or it is a defect. */
size_t keylog_free(struct keylog *k);

#endif
