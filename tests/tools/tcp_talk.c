#include "tests/tools/tcp_talk.h"

#include <string.h>

enum { ETHERNET = 14, IP = ETHERNET, TCP = IP + 20, HEADERS = TCP + 20, SNAP = 262144 };

static void put16(uint8_t *at, uint32_t number)
{
    at[0] = (uint8_t)(number >> 8);
    at[1] = (uint8_t)number;
}

static void put32(uint8_t *at, uint32_t number)
{
    put16(at, number >> 16);
    put16(at + 2, number);
}

static uint32_t sum(const uint8_t *bytes, size_t size, uint32_t total)
{
    for (size_t i = 0; i < size; i++)
        total += i % 2 ? bytes[i] : (uint32_t)bytes[i] << 8;
    return total;
}

static uint32_t folded(uint32_t total)
{
    while (total >> 16)
        total = (total & 0xFFFF) + (total >> 16);
    return ~total;
}

bool tcp_file_open(struct tcp_file *f, const char *path, uint64_t step)
{
    static const uint32_t head[6] = {0xA1B2C3D4U, 4 << 16 | 2, 0, 0, SNAP, 1};
    *f = (struct tcp_file){.file = fopen(path, "wb"), .step = step};
    return f->file && fwrite(head, sizeof head, 1, f->file) == 1;
}

bool tcp_file_close(struct tcp_file *f)
{
    bool good = !ferror(f->file);
    return fclose(f->file) == 0 && good;
}

static void add_frame(struct tcp_file *f, const uint8_t *frame, uint32_t size)
{
    uint32_t record[4] = {TCP_TALK_START + (uint32_t)(f->micros / 1000000), (uint32_t)(f->micros % 1000000), size,
                          size};
    fwrite(record, sizeof record, 1, f->file);
    fwrite(frame, size, 1, f->file);
    f->size += sizeof record + size;
    f->packets++;
    f->micros += f->step;
}

void tcp_talk_segment(struct tcp_talk *t, unsigned from, unsigned flags, const void *payload, size_t size)
{
    struct tcp_end *a = &t->end[from], *b = &t->end[1 - from];
    uint8_t frame[HEADERS + TCP_TALK_MSS] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, [20] = 0x40, [22] = 64, 6};
    put16(frame + IP + 2, (uint32_t)(HEADERS - IP + size));
    if (t->in_pieces) {
        put16(frame + IP + 4, t->id++);
        put16(frame + IP + 6, 0x2000);
    }
    put32(frame + IP + 12, a->ip);
    put32(frame + IP + 16, b->ip);
    put16(frame + IP + 10, folded(sum(frame + IP, TCP - IP, 0)));
    put16(frame + TCP, a->port);
    put16(frame + TCP + 2, b->port);
    put32(frame + TCP + 4, a->seq);
    put32(frame + TCP + 8, flags & TALK_ACK ? b->seq : 0);
    frame[TCP + 12] = 5 << 4;
    frame[TCP + 13] = (uint8_t)flags;
    put16(frame + TCP + 14, 65535);
    if (size)
        memcpy(frame + HEADERS, payload, size);
    uint32_t pseudo = sum(frame + IP + 12, 8, 6 + (uint32_t)(HEADERS - TCP + size));
    put16(frame + TCP + 16, folded(sum(frame + TCP, HEADERS - TCP + size, pseudo)));
    add_frame(t->file, frame, (uint32_t)(HEADERS + size));
    a->seq += (uint32_t)size + (flags & (TALK_FIN | TALK_SYN) ? 1 : 0);
}

void tcp_talk_say(struct tcp_talk *t, unsigned from, const void *bytes, size_t size)
{
    for (size_t at = 0; at < size; at += TCP_TALK_MSS) {
        size_t part = size - at < TCP_TALK_MSS ? size - at : TCP_TALK_MSS;
        tcp_talk_segment(t, from, TALK_PSH | TALK_ACK, (const uint8_t *)bytes + at, part);
    }
}

void tcp_talk_open(struct tcp_talk *t)
{
    tcp_talk_segment(t, 0, TALK_SYN, NULL, 0);
    tcp_talk_segment(t, 1, TALK_SYN | TALK_ACK, NULL, 0);
    tcp_talk_segment(t, 0, TALK_ACK, NULL, 0);
}

void tcp_talk_close(struct tcp_talk *t)
{
    tcp_talk_segment(t, 0, TALK_FIN | TALK_ACK, NULL, 0);
    tcp_talk_segment(t, 1, TALK_FIN | TALK_ACK, NULL, 0);
    tcp_talk_segment(t, 0, TALK_ACK, NULL, 0);
}
