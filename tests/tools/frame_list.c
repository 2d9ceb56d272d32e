#include "tests/tools/frame_list.h"

#include <stdio.h>
#include <stdlib.h>

#include "sensor/capture/capture.h"

static void *need(void *block)
{
    if (!block) {
        fputs("no memory\n", stderr);
        exit(99);
    }
    return block;
}

void frame_list_add(struct frame_list *f, const struct frame *frame)
{
    if (f->count == f->room) {
        f->room = f->room ? f->room * 2 : 256;
        f->at = need(realloc(f->at, f->room * sizeof *f->at));
    }
    f->at[f->count++] = *frame;
}

uint8_t *frame_list_copy(struct frame_list *f, const struct frame *frame, size_t size)
{
    uint8_t *bytes = need(calloc(1, size ? size : 1));
    memcpy(bytes, frame->bytes.data, frame->bytes.size < size ? frame->bytes.size : size);
    if ((f->owned_count & (f->owned_count - 1)) == 0)
        f->owned = need(realloc(f->owned, (f->owned_count ? f->owned_count * 2 : 1) * sizeof *f->owned));
    f->owned[f->owned_count++] = bytes;
    frame_list_add(f, frame);
    f->at[f->count - 1].bytes = (struct slice){.data = bytes, .size = size};
    f->at[f->count - 1].wire_size = (uint32_t)size;
    return bytes;
}

void frame_list_deinit(struct frame_list *f)
{
    for (size_t i = 0; i < f->owned_count; i++)
        free(f->owned[i]);
    free(f->owned);
    free(f->at);
    *f = (struct frame_list){0};
}

void frame_list_load(struct frame_list *f, const char *path)
{
    struct capture_error error;
    struct frame frame;
    struct capture *capture = need(capture_new());
    FILE *file = fopen(path, "rb");
    if (!file || !capture_add_file(capture, path, file, NULL, &error)) {
        fprintf(stderr, "%s: %s\n", path, file ? error.text : "cannot be opened");
        exit(99);
    }
    while (capture_next(capture, &frame, &error) == CAPTURE_FRAME)
        frame_list_copy(f, &frame, frame.bytes.size);
    capture_free(capture);
}

void frame_list_number(struct frame_list *f)
{
    moment clock = INT64_MIN;
    for (size_t i = 0; i < f->count; i++) {
        clock = f->at[i].time > clock ? f->at[i].time : clock;
        f->at[i].clock = clock;
        f->at[i].number = i + 1;
    }
}

static unsigned u16_at(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

static void put_u16(uint8_t *at, size_t number)
{
    at[0] = (uint8_t)(number >> 8);
    at[1] = (uint8_t)number;
}

bool frame_layout(const struct frame *frame, struct frame_layout *l)
{
    const uint8_t *data = frame->bytes.data;
    size_t at = 12, size = frame->bytes.size;
    while (at + 4 <= size && (u16_at(data + at) == 0x8100 || u16_at(data + at) == 0x88A8))
        at += 4;
    if (at + 42 > size)
        return false;
    unsigned kind = u16_at(data + at);
    l->ip = at + 2;
    l->six = kind == 0x86DD;
    const uint8_t *ip = data + l->ip;
    if ((kind != 0x0800 && !l->six) || ip[l->six ? 6 : 9] != 6)
        return false;
    l->tcp = l->ip + (l->six ? 40U : (ip[0] & 15U) * 4U);
    l->end = l->ip + (l->six ? 40 + u16_at(ip + 4) : u16_at(ip + 2));
    if (l->end > size || l->tcp + 20 > l->end)
        return false;
    l->payload = l->tcp + (size_t)(data[l->tcp + 12] >> 4) * 4;
    return l->payload <= l->end;
}

bool frame_ends(const struct frame *frame, struct frame_ends *ends)
{
    struct packet p;
    if (packet_walk(frame, 8, &p) != WALK_SEGMENT)
        return false;
    int order = memcmp(&p.from, &p.to, sizeof p.from);
    ends->from_low = order <= 0;
    ends->low = order <= 0 ? p.from : p.to;
    ends->high = order <= 0 ? p.to : p.from;
    return true;
}

/* The high bits too, so that the order of the two ends changes. */
static void change_bytes(uint8_t *ip, unsigned change)
{
    ip[0] ^= (uint8_t)((change & 0x40) * 2);
    ip[1] ^= (uint8_t)change;
    ip[2] ^= (uint8_t)(change * 5);
}

void address_change(struct address *a, unsigned change)
{
    static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    change_bytes(memcmp(a->ip, mapped, 12) == 0 ? a->ip + 12 : a->ip, change);
}

void frame_list_change_addresses(struct frame_list *out, const struct frame_list *in, unsigned change)
{
    for (size_t i = 0; i < in->count; i++) {
        struct frame_layout l;
        uint8_t *bytes = frame_list_copy(out, &in->at[i], in->at[i].bytes.size);
        if (!frame_layout(&in->at[i], &l))
            continue;
        change_bytes(bytes + l.ip + (l.six ? 8 : 12), change);
        change_bytes(bytes + l.ip + (l.six ? 24 : 16), change);
    }
}

static void split_one(struct frame_list *out, const struct frame *frame, const struct frame_layout *l)
{
    size_t count = l->end - l->payload;
    for (size_t i = 0; i < count; i++) {
        uint8_t *bytes = frame_list_copy(out, frame, l->payload + 1);
        uint8_t *tcp = bytes + l->tcp;
        bytes[l->payload] = frame->bytes.data[l->payload + i];
        put_u16(bytes + l->ip + (l->six ? 4 : 2), l->payload + 1 - l->ip - (l->six ? 40 : 0));
        uint32_t seq = ((uint32_t)u16_at(tcp + 4) << 16 | u16_at(tcp + 6)) + (uint32_t)i;
        put_u16(tcp + 4, seq >> 16);
        put_u16(tcp + 6, seq);
        if (i + 1 < count)
            tcp[13] &= (uint8_t) ~(TCP_FIN | TCP_RST);
    }
}

void frame_list_split(struct frame_list *out, const struct frame_list *in)
{
    for (size_t i = 0; i < in->count; i++) {
        struct frame_layout l;
        if (frame_layout(&in->at[i], &l) && l.end - l.payload > 1 && !(in->at[i].bytes.data[l.tcp + 13] & TCP_SYN))
            split_one(out, &in->at[i], &l);
        else
            frame_list_add(out, &in->at[i]);
    }
    frame_list_number(out);
}

static size_t rename_all(uint8_t *bytes, size_t size, const char *from, const char *to)
{
    size_t length = strlen(from), found = 0;
    for (size_t at = 0; at + length <= size; at++) {
        if (memcmp(bytes + at, from, length) == 0) {
            memcpy(bytes + at, to, length);
            found++;
        }
    }
    return found;
}

size_t frame_list_rename(struct frame_list *out, const struct frame_list *in, const char *const (*pairs)[2],
                         size_t pair_count)
{
    size_t found = 0;
    for (size_t i = 0; i < in->count; i++) {
        struct frame_layout l;
        uint8_t *bytes = frame_list_copy(out, &in->at[i], in->at[i].bytes.size);
        if (!frame_layout(&in->at[i], &l))
            continue;
        for (size_t k = 0; k < pair_count; k++)
            found += rename_all(bytes + l.payload, l.end - l.payload, pairs[k][0], pairs[k][1]);
    }
    return found;
}
