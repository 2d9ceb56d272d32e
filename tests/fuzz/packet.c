/* First byte: the link type and how many layers. Second: how much of the frame was not kept. */
#include "proto/packet/packet.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint16_t links[] = {1, 101, 228, 229, 12, 1, 1, 9999};
    if (size < 2)
        return 0;
    unsigned layers = data[0] >> 3;
    struct frame frame = {.number = 1, .bytes = {data + 2, size - 2}, .link_type = links[data[0] & 7]};
    frame.wire_size = (uint32_t)(size - 2) + data[1] * 300u;
    struct packet p;
    enum walk outcome = packet_walk(&frame, layers, &p);
    if (outcome == WALK_SEGMENT) {
        const uint8_t *end = data + size;
        if (p.payload.data < data + 2 || p.payload.data > end || p.payload.size > (size_t)(end - p.payload.data))
            abort();
        if (p.vlans > layers)
            abort();
    }
    if (outcome >= WALK_OUTCOMES || (outcome == WALK_LINK) == packet_link_known(frame.link_type))
        abort();
    return 0;
}
