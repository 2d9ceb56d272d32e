/* One packet as a file has it, whatever the file's format; and how a reader of a format says what is wrong. */
#ifndef SENSOR_CAPTURE_RECORD_H
#define SENSOR_CAPTURE_RECORD_H

#include <inttypes.h>

#include "sensor/capture/stretch.h"

enum { RECORD_MOST = 262144 }; /* bytes of a packet: more than any network has, and what libpcap takes at most */

struct record {
    moment time;
    struct slice bytes; /* in the stretch, until the next record is asked for */
    uint32_t wire_size;
    uint16_t link_type;
    uint32_t interface; /* of the file's section, from 0 */
};

/** Why reading stopped before an element of the file was whole: `got` is what stretch_need() answered.
 *  @param what   "packet 3", "a block behind packet 3".
 *  @param begin  where it begins.
 *  @return CAPTURE_IDLE; CAPTURE_END where nothing of it was there; else CAPTURE_FAILED and the error. */
enum capture_got record_stopped(const struct stretch *s, enum input_got got, const char *what, uint64_t begin,
                                struct capture_error *error);

/** A mistake in the file. @param format  what was found and what was expected. @return CAPTURE_FAILED. */
enum capture_got record_wrong(const struct stretch *s, const char *what, uint64_t begin, struct capture_error *error,
                              const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
