/* Where an output's bytes go: standard output, a file, a FIFO, or a Unix socket that somebody listens at. Knows no
 * format. */
#ifndef SENSOR_REPORT_TARGET_H
#define SENSOR_REPORT_TARGET_H

#include "sensor/report/buffer.h"

struct target;

/** @param name  a path, or "-" for standard output; copied.
 *  @param fd  opened by whoever may; closed by target_close, standard output too.
 *  @param over  whether the run is to end; NULL: never by itself.
 *  @param connect  gives a new descriptor of a socket whose listener went away, or -1: it is asked once a second at
 *  most, and what is to be written meanwhile is dropped, and counted; NULL: that the listener went away is an error.
 *  @return NULL: no memory; `fd` is then still the caller's. */
struct target *target_new(const char *name, int fd, bool (*over)(void), int (*connect)(const char *name));

/** Writes when the buffer is large, or when `now`. An error is kept, the first one; after it bytes are dropped and
 * counted. Waits where the other end is slow; when the run is to end, not for one that takes nothing for ten seconds:
 * ETIME. A descriptor that is not set non-blocking has to be interrupted by a signal for that. The caller has SIGPIPE
 * ignored. */
void target_write(struct target *t, struct buffer *from, bool now);

/** A file that was renamed or removed is left, and that which has its name from now on written: what is
 *  to go to the old one was written before. What is no file (standard output, a FIFO, a device) stays as it is.
 *  @param reopen  gives a descriptor, or -1 and errno. @return that errno: the old one is then kept; 0: all is well. */
int target_reopen(struct target *t, int (*reopen)(const char *path));

/** @return the first errno that writing met, 0: none. */
int target_error(const struct target *t);
/** Bytes that were not written because of it, or because nobody listened. */
uint64_t target_dropped(const struct target *t);
/** Whether nobody listens at the socket. */
bool target_is_left(const struct target *t);
/** For messages. */
const char *target_name(const struct target *t);
/** Columns of the terminal, within what can be laid out; 80 where it is none. */
unsigned target_width(const struct target *t);

/** @return the first errno, close's too. */
int target_close(struct target *t);

#endif
