/* What the sources of one capture have in common. */
#ifndef SENSOR_CAPTURE_SHARED_H
#define SENSOR_CAPTURE_SHARED_H

#include "sensor/capture/capture.h"
#include "sensor/capture/inside.h"

struct capture_shared {
    struct capture_listener listener;
    struct inside_tally inside; /* of all files */
    uint64_t key_logs;
    const char *reading; /* the name of the file that is read now */
};

/** Lives as long as `c`. */
struct capture_shared *capture_share(struct capture *c);

/** One line to whoever listens. @param wrong  an error: not all of the input is read. */
void capture_tell(const struct capture_shared *shared, bool wrong, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** A key log to whoever listens; counted. */
void capture_tell_key_log(struct capture_shared *shared, struct slice text);

#endif
