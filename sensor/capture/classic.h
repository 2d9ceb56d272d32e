/* Files in pcap format (pcap-savefile(5)): both byte orders, microseconds and nanoseconds, the longer packet headers of
 * Alexey Kuznetzov's patched libpcap, and the versions before 2.4, in which the two lengths of a packet stood the other
 * way round. */
#ifndef SENSOR_CAPTURE_CLASSIC_H
#define SENSOR_CAPTURE_CLASSIC_H

#include "sensor/capture/record.h"

enum { CLASSIC_HEADER = 24 };

struct classic {
    bool big, nanoseconds;
    bool swapped, maybe_swapped; /* the lengths: always, or where they make no sense else */
    size_t record_header;
    uint16_t link_type;
    uint64_t packets; /* read so far */
};

/** @param header  the first CLASSIC_HEADER bytes, of FORMAT_PCAP by file_kind_of().
 *  @return false and the error: a version that nobody reads. */
bool classic_init(struct classic *c, const uint8_t header[static CLASSIC_HEADER], struct capture_error *error);

/** The next packet; the file's header has been taken from the stretch before.
 *  @return CAPTURE_IDLE: nothing has been lost, ask again. */
enum capture_got classic_next(struct classic *c, struct stretch *s, struct record *record, struct capture_error *error);

#endif
