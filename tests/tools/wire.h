/* Frames for tests: Ethernet, IPv4, TCP, as bytes, and a little conversation over them. */
#ifndef TESTS_TOOLS_WIRE_H
#define TESTS_TOOLS_WIRE_H

#include <arpa/inet.h>
#include <string.h>

#include "proto/packet/packet.h"

struct wire_end {
    uint32_t ip; /* host byte order */
    uint16_t port;
    uint32_t seq; /* of its next byte */
};

struct wire {
    struct wire_end end[2]; /* client, server */
    uint8_t bytes[2048];
    struct frame frame;
    moment time; /* of the next frame; a millisecond later after each */
    uint64_t number;
};

static inline void wire_begin(struct wire *w, uint32_t client, uint16_t client_port, uint32_t server,
                              uint16_t server_port)
{
    *w = (struct wire){.end = {{client, client_port, 1000}, {server, server_port, 5000}},
                       .time = INT64_C(1700000000) * 1000000000};
}

static inline void wire_put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static inline void wire_put32(uint8_t *at, uint32_t value)
{
    wire_put16(at, value >> 16);
    wire_put16(at + 2, value & 0xffff);
}

/** A segment with everything said; nothing of the conversation moves but time and number. */
static inline const struct frame *wire_raw(struct wire *w, int from, uint32_t seq, uint32_t ack, unsigned flags,
                                           const char *payload, size_t size)
{
    const struct wire_end *a = &w->end[from], *b = &w->end[!from];
    uint8_t *eth = w->bytes, *ip = eth + 14, *tcp = ip + 20;
    memset(w->bytes, 0, 54);
    wire_put16(eth + 12, 0x0800);
    ip[0] = 0x45;
    wire_put16(ip + 2, (uint32_t)(40 + size));
    ip[8] = 64;
    ip[9] = 6;
    wire_put32(ip + 12, a->ip);
    wire_put32(ip + 16, b->ip);
    wire_put16(tcp, a->port);
    wire_put16(tcp + 2, b->port);
    wire_put32(tcp + 4, seq);
    wire_put32(tcp + 8, ack);
    tcp[12] = 5 << 4;
    tcp[13] = (uint8_t)flags;
    wire_put16(tcp + 14, 65535);
    memcpy(tcp + 20, payload, size);
    w->frame = (struct frame){.time = w->time,
                              .clock = w->time,
                              .number = ++w->number,
                              .bytes = {w->bytes, 54 + size},
                              .wire_size = (uint32_t)(54 + size),
                              .link_type = 1};
    w->time += 1000000;
    return &w->frame;
}

/** The next segment of this side, in order. */
static inline const struct frame *wire_next(struct wire *w, int from, unsigned flags, const char *payload)
{
    size_t size = strlen(payload);
    uint32_t ack = flags & TCP_ACK ? w->end[!from].seq : 0;
    const struct frame *f = wire_raw(w, from, w->end[from].seq, ack, flags, payload, size);
    w->end[from].seq += (uint32_t)size + ((flags & (TCP_SYN | TCP_FIN)) != 0);
    return f;
}

#endif
