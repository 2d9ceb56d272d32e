#include "sensor/capture/inside.h"

#include "sensor/capture/filter.h"
#include "sensor/capture/record.h"

enum {
    LOOKS_MOST = 10000,
    LAYERS_MOST = 16,
    ETHERNET = 1,
    ETHERNET_HEADER = 14,
    IPV4_HEADER = 20,
    IPV6_HEADER = 40,
    TCP_HEADER = 20,
    FRAME_MOST = ETHERNET_HEADER + IPV6_HEADER + TCP_HEADER + 64 /* and the first of the payload */
};

/* What is not known of the frame any more, such as the sum of its headers, is 0. */
struct shown {
    uint8_t bytes[FRAME_MOST];
    size_t size;
};

static void show_u8(struct shown *f, unsigned value)
{
    f->bytes[f->size++] = (uint8_t)value;
}

static void show_u16(struct shown *f, unsigned value)
{
    show_u8(f, value >> 8);
    show_u8(f, value & 0xff);
}

static void show_u32(struct shown *f, uint32_t value)
{
    show_u16(f, value >> 16);
    show_u16(f, value & 0xffff);
}

static void show_bytes(struct shown *f, const uint8_t *bytes, size_t size)
{
    memcpy(f->bytes + f->size, bytes, size);
    f->size += size;
}

static void show_ipv4(struct shown *f, const struct packet *p, size_t size)
{
    show_u16(f, 0x0800);
    show_u16(f, 0x4500);
    show_u16(f, (unsigned)(IPV4_HEADER + size) & 0xffff);
    show_u32(f, 0);
    show_u16(f, 0x4006); /* time to live, TCP */
    show_u16(f, 0);
    show_bytes(f, p->from.ip + 12, 4);
    show_bytes(f, p->to.ip + 12, 4);
}

static void show_ipv6(struct shown *f, const struct packet *p, size_t size)
{
    show_u16(f, 0x86dd);
    show_u32(f, 0x60000000);
    show_u16(f, (unsigned)size & 0xffff);
    show_u16(f, 0x0640); /* TCP, hop limit */
    show_bytes(f, p->from.ip, 16);
    show_bytes(f, p->to.ip, 16);
}

/* The segment as a frame of its own, without what was around it. */
static void show(struct shown *f, const struct packet *p)
{
    static const uint8_t addresses[12] = {2};
    size_t size = TCP_HEADER + p->payload.size, room;
    f->size = 0;
    show_bytes(f, addresses, sizeof addresses);
    if (address_is_ipv4(p->from.ip))
        show_ipv4(f, p, size);
    else
        show_ipv6(f, p, size);
    show_u16(f, p->from.port);
    show_u16(f, p->to.port);
    show_u32(f, p->seq);
    show_u32(f, p->ack);
    show_u16(f, 0x5000U | (p->flags & 0x1ffU));
    show_u16(f, p->window);
    show_u32(f, 0);
    room = sizeof f->bytes - f->size;
    show_bytes(f, p->payload.data, p->payload.size < room ? p->payload.size : room);
}

void inside_look(struct inside_tally *t, const struct record *record, const char *expression)
{
    struct packet p;
    struct shown shown;
    struct capture_error ignored;
    if (t->looked == LOOKS_MOST)
        return;
    t->looked++;
    struct frame frame = {
        .bytes = record->bytes, .wire_size = record->wire_size, .link_type = record->link_type, .number = 1};
    if (packet_walk(&frame, LAYERS_MOST, &p) != WALK_SEGMENT || (p.vlans == 0 && p.tunnel_kind == 0))
        return;
    if (t->filter == NULL)
        t->filter = filter_new(ETHERNET, expression, &ignored);
    if (t->filter == NULL)
        return;
    t->expression = expression;
    show(&shown, &p);
    /* Its length is that of the whole: what was around it is little. */
    if (!filter_accepts(t->filter, (struct slice){.data = shown.bytes, .size = shown.size}, record->wire_size))
        return;
    t->tunnelled += p.tunnel_kind != 0;
    t->tagged += p.tunnel_kind == 0;
}

void inside_deinit(struct inside_tally *t)
{
    filter_free(t->filter);
    *t = (struct inside_tally){.filter = NULL};
}

bool inside_hint(const struct inside_tally *t, char *line, size_t size)
{
    if (t->tunnelled > t->tagged)
        snprintf(line, size,
                 "the filter \"%.120s\" rejected packets that match inside a tunnel (%" PRIu64 " of the first %" PRIu64
                 " rejected): it sees the outermost headers; filter by these, or leave the filter and choose with -p",
                 t->expression, t->tunnelled, t->looked);
    else if (t->tagged > 0)
        snprintf(line, size,
                 "the filter \"%.120s\" rejected packets that match inside a VLAN tag (%" PRIu64
                 " of the first %" PRIu64 " rejected): to have them too, say: (EXPRESSION) or (vlan and (EXPRESSION))",
                 t->expression, t->tagged, t->looked);
    return t->tunnelled + t->tagged > 0;
}
