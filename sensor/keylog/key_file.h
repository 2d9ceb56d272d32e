/* A key log under a name: a file that grows and is rotated while it is read, or a FIFO that several write to. */
#ifndef SENSOR_KEYLOG_KEY_FILE_H
#define SENSOR_KEYLOG_KEY_FILE_H

#include "proto/base/moment.h"
#include "sensor/keylog/key_lines.h"

struct key_file;

/** Asks for what stands under the name now, without waiting for whoever writes a FIFO: as MONITOR_FOLLOW_KEYS.
 *  @return a descriptor, or -1 and errno. */
struct key_reopen {
    int (*open)(void *owner, const char *name);
    void *owner;
};

/** @param name  borrowed. @param fd  closed by key_file_free(); it may or may not wait.
 *  @return NULL, `fd` is then still the caller's: no memory. */
struct key_file *key_file_new(struct key_store *store, const char *name, int fd);
void key_file_free(struct key_file *f);

/** All that is there: before the first packet.
 *  @param follow  key_file_poll() goes on from there. Otherwise this is the end, and that of a FIFO, which comes when
 *                 all its writers have gone, is waited for.
 *  @return false, and the reason was told: it is no key log, or cannot be read. */
bool key_file_read_all(struct key_file *f, bool follow);

/** What has come since, a bounded part of it: of the file, and of the one that was rotated away, for half a minute.
 *  @return whether there is more. */
bool key_file_poll(struct key_file *f, moment now, const struct key_reopen *reopen);

/** Each source is in a list. */
struct key_file **key_file_next(struct key_file *f);

#endif
