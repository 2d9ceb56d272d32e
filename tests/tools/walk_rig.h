/* A walk for tests and tools, with an account of its own. */
#ifndef TESTS_TOOLS_WALK_RIG_H
#define TESTS_TOOLS_WALK_RIG_H

#include "proto/base/table.h"
#include "proto/packet/packet.h"

struct walk_rig {
    struct hash_secret secret;
    struct memory memory;
    struct packet_walk *walk;
};

static inline void walk_rig_begin(struct walk_rig *rig, unsigned layers, bool checksums)
{
    *rig = (struct walk_rig){.memory = {.limit = (size_t)1 << 30}};
    for (size_t i = 0; i < sizeof rig->secret.bytes; i++)
        rig->secret.bytes[i] = (uint8_t)(i * 167 + 13);
    struct packet_limits limits = {.layers = layers,
                                   .pieces = 256,
                                   .piece_bytes = 4 << 20,
                                   .piece_wait = INT64_C(30000000000),
                                   .checksums = checksums,
                                   .secret = &rig->secret};
    tunnel_ports_default(&limits.tunnels);
    rig->walk = packet_walk_new(&limits, &rig->memory);
}

/** @return bytes that are still in use: 0, or it is a defect. */
static inline size_t walk_rig_end(struct walk_rig *rig)
{
    packet_walk_free(rig->walk);
    return rig->memory.used;
}

/** One frame by itself, of the bundled captures: no pieces are kept, and the payload is the frame's. */
static inline enum walk walk_alone(const struct frame *frame, unsigned layers, struct packet *out)
{
    struct walk_rig rig;
    walk_rig_begin(&rig, layers, false);
    enum walk outcome = packet_walk(rig.walk, frame, out);
    return walk_rig_end(&rig) == 0 ? outcome : WALK_OUTCOMES;
}

#endif
