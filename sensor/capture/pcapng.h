/* Files in pcapng format (draft-ietf-opsawg-pcapng): sections of either byte order, interfaces of any link type and
 * resolution. Packets, interfaces, their statistics and key logs are read; of all other blocks only the frame. */
#ifndef SENSOR_CAPTURE_PCAPNG_H
#define SENSOR_CAPTURE_PCAPNG_H

#include "sensor/capture/record.h"

struct capture_shared;
struct pcapng_interface;

struct pcapng {
    struct capture_shared *shared;
    bool big;
    struct pcapng_interface *interfaces; /* of this section */
    size_t count, room;
    uint64_t dropped; /* in the sections before */
    uint64_t packets; /* read so far */
    uint64_t passing; /* bytes of a block that are to be passed over */
    uint64_t begun;   /* where that block begins */
    uint32_t length;  /* what that block says it has, which stands at its end again; 0: there is none */
    moment time;      /* of the last packet: a Simple Packet Block has none of its own */
};

void pcapng_init(struct pcapng *p, struct capture_shared *shared);
void pcapng_deinit(struct pcapng *p);

/** The next packet. @return CAPTURE_IDLE: nothing has been lost, ask again. */
enum capture_got pcapng_next(struct pcapng *p, struct stretch *s, struct record *record, struct capture_error *error);

/** Packets that interfaces say were dropped, so far. */
uint64_t pcapng_dropped(const struct pcapng *p);

#endif
