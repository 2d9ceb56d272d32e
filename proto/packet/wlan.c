#include "proto/packet/wlan.h"

#include "proto/packet/link.h"

enum {
    DATA_HEADER = 24,
    FOURTH_ADDRESS = 6,
    QOS_CONTROL = 2,
    HT_CONTROL = 4,
    RADIOTAP_HEADER = 8,
    CAPTURE_HEADER = 8,
    FRAME_CONTROL_DATA = 0x08,
    FRAME_CONTROL_KIND = 0x0f, /* version and type */
    SUBTYPE_QOS = 0x80,
    SUBTYPE_EMPTY = 0x40,
    FLAG_TO_FROM = 0x03,
    FLAG_MORE_PIECES = 0x04,
    FLAG_ENCRYPTED = 0x40,
    FLAG_ORDER = 0x80,
    QOS_AGGREGATED = 0x80,
    RADIOTAP_MORE = 0x80,
    RADIOTAP_PADDED = 0x20
};

/* @param padded  the header fills whole words, as some drivers hand it over. */
static enum walk wlan_data(struct walker *w, bool padded)
{
    if (w->here.size < DATA_HEADER)
        return w->cut > 0 ? WALK_CUT : WALK_OTHER; /* others are shorter */
    const uint8_t *data = w->here.data;
    uint8_t control = data[0], flags = data[1], piece = data[22] & 0x0f;
    if ((control & FRAME_CONTROL_KIND) != FRAME_CONTROL_DATA || control & SUBTYPE_EMPTY)
        return WALK_OTHER;
    if (flags & FLAG_ENCRYPTED)
        return WALK_SEALED;
    if (flags & FLAG_MORE_PIECES || piece != 0)
        return WALK_UNREAD;
    size_t size = DATA_HEADER + ((flags & FLAG_TO_FROM) == FLAG_TO_FROM ? FOURTH_ADDRESS : 0u), qos = size;
    if (control & SUBTYPE_QOS)
        size += QOS_CONTROL + (flags & FLAG_ORDER ? HT_CONTROL : 0u);
    if (padded)
        size = (size + 3) & ~(size_t)3;
    if (size > w->here.size)
        return walker_short(w, size);
    if (control & SUBTYPE_QOS && data[qos] & QOS_AGGREGATED)
        return WALK_UNREAD;
    walker_take(w, size);
    return link_llc(w);
}

enum walk wlan_walk(struct walker *w)
{
    return wlan_data(w, false);
}

/* radiotap.org: version, size in little endian, words that say which fields there are. The first one may be a time of 8
 * bytes, aligned; the second are the flags. */
enum walk wlan_radiotap(struct walker *w)
{
    if (w->here.size < RADIOTAP_HEADER)
        return walker_short(w, RADIOTAP_HEADER);
    const uint8_t *data = w->here.data;
    size_t size = (size_t)(data[2] | data[3] << 8), at = RADIOTAP_HEADER;
    if (data[0] != 0 || size < RADIOTAP_HEADER)
        return WALK_BAD;
    if (size > w->here.size)
        return walker_short(w, size);
    for (size_t word = 4; data[word + 3] & RADIOTAP_MORE; word += 4, at += 4) {
        if (at + 4 > size)
            return WALK_BAD;
    }
    if (data[4] & 1)
        at = ((at + 7) & ~(size_t)7) + 8;
    bool padded = data[4] & 2 && at < size && data[at] & RADIOTAP_PADDED;
    walker_take(w, size);
    return wlan_data(w, padded);
}

static enum walk wlan_behind(struct walker *w, size_t size)
{
    if (size < CAPTURE_HEADER)
        return WALK_BAD;
    if (size > w->here.size)
        return walker_short(w, size);
    walker_take(w, size);
    return wlan_data(w, false);
}

/* A magic number, and the header's size in network byte order. */
static bool wlan_is_avs(const struct walker *w)
{
    return walker_u24(w, 0) == 0x802110;
}

enum walk wlan_avs(struct walker *w)
{
    if (w->here.size < CAPTURE_HEADER)
        return walker_short(w, CAPTURE_HEADER);
    return wlan_is_avs(w) ? wlan_behind(w, walker_u32(w, 4)) : WALK_BAD;
}

/* A number that names the message, and its size, in the byte order of the system that captured. */
enum walk wlan_prism(struct walker *w)
{
    if (w->here.size < CAPTURE_HEADER)
        return walker_short(w, CAPTURE_HEADER);
    if (wlan_is_avs(w))
        return wlan_avs(w);
    const uint8_t *size = w->here.data + 4;
    bool big = size[0] == 0 && size[1] == 0;
    return wlan_behind(w, big ? (size_t)walker_u16(w, 6) : (size_t)(size[0] | size[1] << 8));
}
