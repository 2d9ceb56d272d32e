#include "proto/packet/tcp.h"

enum { TCP_HEADER = 20, TCP_FLAGS = 0x3f };

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
