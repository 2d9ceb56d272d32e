/* Which ports are followed: a bit each, so that the question costs one load. */
#ifndef SENSOR_FLOW_PORT_SET_H
#define SENSOR_FLOW_PORT_SET_H

#include <stdbool.h>
#include <stdint.h>

struct port_set {
    uint64_t bits[65536 / 64];
};

static inline bool port_set_has(const struct port_set *ports, uint16_t port)
{
    return ports->bits[port / 64] >> (port % 64) & 1;
}

static inline void port_set_add(struct port_set *ports, uint16_t port)
{
    ports->bits[port / 64] |= UINT64_C(1) << (port % 64);
}

#endif
