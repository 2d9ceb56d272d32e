#include "proto/packet/packet.h"

#include "proto/packet/ip.h"
#include "proto/packet/link.h"
#include "proto/packet/walker.h"

enum walk packet_walk(const struct frame *frame, unsigned layers, struct packet *out)
{
    walk_step step = link_step(frame->link_type);
    if (!step)
        return WALK_LINK;
    uint32_t kept = (uint32_t)frame->bytes.size;
    struct walker w = {
        .here = frame->bytes,
        .cut = frame->wire_size > kept ? frame->wire_size - kept : 0,
        .layers = layers,
        .out = out,
    };
    enum walk outcome = step(&w);
    if (outcome != WALK_SEGMENT)
        return outcome;
    out->time = frame->time;
    out->clock = frame->clock;
    out->number = frame->number;
    ip_addresses(&w, out);
    out->vlans = w.vlans;
    memcpy(out->vlan, w.vlan, sizeof out->vlan);
    out->tunnel_kind = 0;
    out->tunnel_id = 0;
    return WALK_SEGMENT;
}

bool packet_link_known(uint16_t link_type)
{
    return link_step(link_type) != NULL;
}

const char *walk_name(enum walk outcome)
{
    static const char *const names[WALK_OUTCOMES] = {
        [WALK_SEGMENT] = "segment", [WALK_OTHER] = "other", [WALK_FRAGMENT] = "fragment", [WALK_CUT] = "cut",
        [WALK_BAD] = "bad",         [WALK_DEEP] = "deep",   [WALK_LINK] = "link",
    };
    return outcome < WALK_OUTCOMES ? names[outcome] : "";
}
