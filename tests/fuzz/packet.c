/* First byte: the link type and how many layers. Second: how much of the frame was not kept, and whether checksums are
 * looked at. */
#include "tests/tools/walk_rig.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint16_t links[] = {1,  101, 228, 229, 12,  1,   113, 9999, 9, 50,
                                     51, 104, 105, 119, 127, 163, 192, 239,  0, 276};
    enum { LINKS = sizeof links / sizeof links[0] };
    if (size < 2)
        return 0;
    unsigned layers = data[0] / LINKS + 4;
    struct frame frame = {.number = 1, .bytes = {data + 2, size - 2}, .link_type = links[data[0] % LINKS]};
    frame.wire_size = (uint32_t)(size - 2) + (data[1] & 0x7f) * 300u;
    struct walk_rig rig;
    walk_rig_begin(&rig, layers, data[1] & 0x80);
    struct packet p;
    enum walk outcome = packet_walk(rig.walk, &frame, &p);
    if (outcome == WALK_SEGMENT) {
        const uint8_t *end = data + size;
        bool whole = packet_walk_counts(rig.walk)->whole > 0;
        if (!whole &&
            (p.payload.data < data + 2 || p.payload.data > end || p.payload.size > (size_t)(end - p.payload.data)))
            abort();
        if (p.vlans > layers || p.tunnel_kind >= TUNNEL_KINDS)
            abort();
    }
    if (outcome >= WALK_OUTCOMES || (outcome == WALK_LINK) == packet_link_known(frame.link_type))
        abort();
    if (outcome == WALK_CHECKSUM && !(data[1] & 0x80))
        abort();
    if (walk_rig_end(&rig) != 0)
        abort();
    return 0;
}
