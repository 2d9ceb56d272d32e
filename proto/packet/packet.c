#include "proto/packet/packet.h"

#include "proto/packet/fragment.h"
#include "proto/packet/ip.h"
#include "proto/packet/link.h"
#include "proto/packet/walker.h"

struct packet_walk {
    struct packet_limits limits;
    struct fragments fragments;
    struct memory *memory;
};

struct packet_walk *packet_walk_new(const struct packet_limits *limits, struct memory *memory)
{
    struct packet_walk *walk = memory_resize(memory, NULL, 0, sizeof *walk);
    if (!walk)
        return NULL;
    walk->limits = *limits;
    walk->memory = memory;
    fragments_init(&walk->fragments, &walk->limits, memory);
    return walk;
}

void packet_walk_free(struct packet_walk *walk)
{
    if (!walk)
        return;
    fragments_deinit(&walk->fragments);
    memory_resize(walk->memory, walk, sizeof *walk, 0);
}

void packet_walk_finish(struct packet_walk *walk)
{
    fragments_finish(&walk->fragments);
}

enum walk packet_walk(struct packet_walk *walk, const struct frame *frame, struct packet *out)
{
    fragments_begin(&walk->fragments, frame->clock);
    walk_step step = link_step(frame->link_type);
    if (!step)
        return WALK_LINK;
    uint32_t kept = (uint32_t)frame->bytes.size;
    struct walker w = {
        .here = frame->bytes,
        .cut = frame->wire_size > kept ? frame->wire_size - kept : 0,
        .layers = walk->limits.layers,
        .clock = frame->clock,
        .limits = &walk->limits,
        .fragments = &walk->fragments,
        .out = out,
    };
    enum walk outcome = step(&w);
    if (outcome != WALK_SEGMENT)
        return outcome;
    out->time = frame->time;
    out->clock = frame->clock;
    out->number = frame->number;
    ip_addresses(&w, out);
    out->conflicting = w.conflicting;
    out->vlans = w.vlans;
    memcpy(out->vlan, w.vlan, sizeof out->vlan);
    out->tunnel_kind = w.tunnel_kind;
    out->tunnel_id = w.tunnel_id;
    return WALK_SEGMENT;
}

const struct packet_counts *packet_walk_counts(const struct packet_walk *walk)
{
    return &walk->fragments.counts;
}

bool packet_link_known(uint16_t link_type)
{
    return link_step(link_type) != NULL;
}

const char *walk_name(enum walk outcome)
{
    static const char *const names[WALK_OUTCOMES] = {
        [WALK_SEGMENT] = "segment",   [WALK_OTHER] = "other", [WALK_SEALED] = "sealed",     [WALK_UNREAD] = "unread",
        [WALK_FRAGMENT] = "fragment", [WALK_CUT] = "cut",     [WALK_BAD] = "bad",           [WALK_DEEP] = "deep",
        [WALK_LINK] = "link",         [WALK_FULL] = "full",   [WALK_CHECKSUM] = "checksum",
    };
    return outcome < WALK_OUTCOMES ? names[outcome] : "";
}
