#include "proto/packet/nflog.h"

#include "proto/packet/ip.h"

enum { NFLOG_HEADER = 4, ATTRIBUTE_HEADER = 4, ATTRIBUTE_PAYLOAD = 9, ATTRIBUTE_TYPE = 0x7fff };

/* Sizes and types are in the byte order of the system that captured, and nothing says which that was: types are small
 * and never 0. */
static uint16_t nflog_number(const struct walker *w, size_t at, bool little)
{
    const uint8_t *data = w->here.data + at;
    return (uint16_t)(little ? data[0] | data[1] << 8 : walker_u16(w, at));
}

/* Address family, version, resource; then attributes: size with this header, type, value, padding to 4 bytes. */
enum walk nflog_walk(struct walker *w)
{
    if (w->here.size < NFLOG_HEADER + ATTRIBUTE_HEADER)
        return walker_short(w, NFLOG_HEADER + ATTRIBUTE_HEADER);
    if (w->here.data[1] != 0)
        return WALK_OTHER;
    walker_take(w, NFLOG_HEADER);
    bool little = w->here.data[2] != 0;
    while (w->here.size >= ATTRIBUTE_HEADER) {
        size_t size = nflog_number(w, 0, little), padded = (size + 3) & ~(size_t)3;
        uint16_t type = nflog_number(w, 2, little) & ATTRIBUTE_TYPE;
        if (size < ATTRIBUTE_HEADER)
            return WALK_BAD;
        if (type == ATTRIBUTE_PAYLOAD) {
            walker_take(w, ATTRIBUTE_HEADER);
            walker_bound(w, (uint32_t)(size - ATTRIBUTE_HEADER));
            return ip_walk(w);
        }
        if (padded > w->here.size)
            return walker_short(w, padded);
        walker_take(w, padded);
    }
    return w->cut > 0 ? WALK_CUT : WALK_OTHER;
}
