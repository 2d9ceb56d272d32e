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
    walker_take(w, header);
    p->payload = w->here;
    p->cut = w->cut;
    return WALK_SEGMENT;
}
