/* An interface of a pcapng file: its Interface Description Block (draft-ietf-opsawg-pcapng, 4.2), the time of its
 * packets, and what it dropped. */
#ifndef SENSOR_CAPTURE_PCAPNG_INTERFACE_H
#define SENSOR_CAPTURE_PCAPNG_INTERFACE_H

#include "proto/base/moment.h"
#include "proto/base/slice.h"

struct pcapng_interface {
    uint16_t link_type;
    uint32_t snap_length; /* 0: none */
    /* A tick is multiple / divisor / 2^shift nanoseconds. */
    uint64_t multiple, divisor;
    unsigned shift;
    moment offset;
    uint64_t dropped_known;   /* by its statistics, which count from the beginning */
    uint64_t dropped_between; /* the sum of what its packets say was dropped before them */
};

/** One option of a block. @param left  the options; what is read is taken off.
 *  @return false: there is no more, or it does not fit into the block, and so does nothing behind it. */
bool pcapng_option(struct slice *left, bool big, uint16_t *code, struct slice *value);

enum { PCAPNG_INTERFACE_BODY = 8 };

/** @param body  of the block, at least PCAPNG_INTERFACE_BODY bytes. */
struct pcapng_interface pcapng_interface_of(struct slice body, bool big);

/** Of a packet, by its ticks; held to what a moment can tell with room for the arithmetic of deadlines. */
moment pcapng_interface_time(const struct pcapng_interface *i, uint64_t ticks);

/** The options of an Interface Statistics Block: how many packets were dropped so far. */
void pcapng_interface_statistics(struct pcapng_interface *i, struct slice options, bool big);

static inline uint64_t pcapng_interface_dropped(const struct pcapng_interface *i)
{
    return i->dropped_known > i->dropped_between ? i->dropped_known : i->dropped_between;
}

#endif
