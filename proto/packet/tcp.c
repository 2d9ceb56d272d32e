#include "proto/packet/tcp.h"

#include "proto/packet/checksum.h"

enum { TCP_HEADER = 20, TCP_FLAGS = 0x3f, TCP_PROTOCOL = 6 };

/* RFC 9293 section 3.1, RFC 8200 section 8.1: with the addresses and the length before it. */
static bool tcp_damaged(const struct walker *w)
{
    size_t size = w->here.size;
    if (w->cut > 0 || w->rerouted || (w->ip_version == 4 && size > UINT16_MAX))
        return false;
    uint64_t sum = TCP_PROTOCOL + (size >> 16) + (size & 0xffff);
    sum = checksum_add(sum, w->from, w->ip_version == 6 ? 32 : 8);
    return !checksum_good(checksum_add(sum, w->here.data, size));
}

enum { KIND_END = 0, KIND_NOP = 1 }; /* these have no length */
enum { KIND_TIMESTAMP = 8, TIMESTAMP_SIZE = 10, KIND_SIGNATURE = 19 };

static enum tcp_option option_of(uint8_t kind)
{
    switch (kind) {
    case KIND_END: return TCP_OPTION_END;
    case KIND_NOP: return TCP_OPTION_NOP;
    case 2: return TCP_OPTION_MSS;
    case 3: return TCP_OPTION_SCALE;                  /* RFC 7323 */
    case 4: return TCP_OPTION_SACK;                   /* RFC 2018 */
    case KIND_TIMESTAMP: return TCP_OPTION_TIMESTAMP; /* RFC 7323 */
    default: return TCP_OPTION_OTHER;
    }
}

/* Nearly all segments have their stamp in this place (RFC 7323, appendix A). */
static bool read_usual_stamp(const struct walker *w, struct slice options)
{
    static const uint8_t usual[] = {KIND_NOP, KIND_NOP, KIND_TIMESTAMP, TIMESTAMP_SIZE};
    if (options.size != sizeof usual + 8 || memcmp(options.data, usual, sizeof usual) != 0)
        return false;
    w->out->stamped = true;
    w->out->stamp = walker_u32(w, TCP_HEADER + sizeof usual);
    return true;
}

/* RFC 9293 section 3.2. @return what a SYN's options tell. */
static uint8_t read_options(const struct walker *w, struct slice options)
{
    struct packet *p = w->out;
    unsigned found = 0;
    for (size_t at = 0; at < options.size;) {
        uint8_t kind = options.data[at];
        bool single = kind == KIND_END || kind == KIND_NOP;
        size_t size = single ? 1 : at + 1 < options.size ? options.data[at + 1] : 0;
        if (size < (single ? 1 : 2) || size > options.size - at)
            return (uint8_t)(found | 1u << TCP_OPTION_BAD);
        found |= 1u << option_of(kind);
        p->signature |= kind == KIND_SIGNATURE;
        if (kind == KIND_TIMESTAMP && size == TIMESTAMP_SIZE) {
            p->stamped = true;
            p->stamp = walker_u32(w, TCP_HEADER + at + 2);
        }
        at = kind == KIND_END ? options.size : at + size;
    }
    return (uint8_t)found;
}

const char *tcp_option_name(unsigned option)
{
    static const char *const names[TCP_OPTIONS] = {
        [TCP_OPTION_MSS] = "mss",     [TCP_OPTION_SACK] = "sackOK",  [TCP_OPTION_TIMESTAMP] = "ts",
        [TCP_OPTION_NOP] = "nop",     [TCP_OPTION_SCALE] = "wscale", [TCP_OPTION_END] = "eol",
        [TCP_OPTION_OTHER] = "other", [TCP_OPTION_BAD] = "bad"};
    return option < TCP_OPTIONS ? names[option] : "?";
}

/*   0               1               2               3
 *  +---------------+---------------+---------------+---------------+
 *  |          source port          |       destination port        |
 *  |                        sequence number                        |
 *  |                     acknowledgment number                     |
 *  | offset|reserv.|     flags     |            window             |
 *  |           checksum            |        urgent pointer         |
 *  |                options, up to 4 * offset bytes                |  */
enum walk tcp_walk(struct walker *w)
{
    if (w->here.size < TCP_HEADER)
        return walker_short(w, TCP_HEADER);
    size_t header = (size_t)(w->here.data[12] >> 4) * 4;
    if (header < TCP_HEADER)
        return WALK_BAD;
    if (header > w->here.size)
        return walker_short(w, header);
    if (w->limits->checksums && tcp_damaged(w))
        return WALK_CHECKSUM;
    struct packet *p = w->out;
    p->from.port = walker_u16(w, 0);
    p->to.port = walker_u16(w, 2);
    p->seq = walker_u32(w, 4);
    p->ack = walker_u32(w, 8);
    p->flags = w->here.data[13] & TCP_FLAGS;
    p->window = walker_u16(w, 14);
    p->stamped = p->signature = false;
    p->stamp = 0;
    p->options = 0;
    struct slice options = slice_part(w->here, TCP_HEADER, header);
    if (p->flags & TCP_SYN)
        p->options = read_options(w, options);
    else if (options.size && !read_usual_stamp(w, options))
        read_options(w, options);
    walker_take(w, header);
    p->payload = w->here;
    p->cut = w->cut;
    return WALK_SEGMENT;
}
