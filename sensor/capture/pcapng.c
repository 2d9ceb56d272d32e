#include "sensor/capture/pcapng.h"

#include <stdlib.h>

#include "sensor/capture/byte_order.h"
#include "sensor/capture/pcapng_interface.h"
#include "sensor/capture/shared.h"

enum {
    BLOCK_INTERFACE = 1,
    BLOCK_PACKET_OLD = 2, /* obsolete, and still written by some */
    BLOCK_PACKET_SIMPLE = 3,
    BLOCK_STATISTICS = 5,
    BLOCK_PACKET = 6,
    BLOCK_SECRETS = 10,
    BLOCK_SECTION = 0x0a0d0d0a /* reads the same in both byte orders */
};

#define SECTION_MAGIC   0x1a2b3c4d
#define SECRETS_KEY_LOG 0x544c534b /* "TLSK": the text that SSLKEYLOGFILE names */

/* A block is its type and length, a body, the length again. */
enum {
    BLOCK_HEAD = 8,
    BLOCK_FRAME = 12,
    SECTION_LEAST = 28,
    STATISTICS_BODY = 12,
    SECRETS_BODY = 8,
    PACKET_BODY = 20,
    PACKET_SIMPLE_BODY = 4,
    BLOCK_MOST = 1 << 20, /* of those that are read: a packet and 768 KiB of options */
    SECRETS_MOST = 1 << 24,
    INTERFACES_MOST = 4096,
    OPTION_DROPCOUNT = 4,
    DROPS_UNKNOWN = 0xffff, /* of an obsolete packet block */
    NAME_MOST = 48
};

void pcapng_init(struct pcapng *p, struct capture_shared *shared)
{
    *p = (struct pcapng){.shared = shared};
}

void pcapng_deinit(struct pcapng *p)
{
    free(p->interfaces);
    *p = (struct pcapng){.interfaces = NULL};
}

uint64_t pcapng_dropped(const struct pcapng *p)
{
    uint64_t sum = p->dropped;
    for (size_t i = 0; i < p->count; i++)
        sum += pcapng_interface_dropped(&p->interfaces[i]);
    return sum;
}

/* How messages name a block. */
static const char *behind(const struct pcapng *p, char text[static NAME_MOST])
{
    snprintf(text, NAME_MOST, "a block behind packet %" PRIu64, p->packets);
    return text;
}

static const char *this_packet(const struct pcapng *p, char text[static NAME_MOST])
{
    snprintf(text, NAME_MOST, "packet %" PRIu64, p->packets + 1);
    return text;
}

/* The block's frame is there. A block that says at its end that it has another length is not where it seems to be. */
static enum capture_got check_end(const struct pcapng *p, const struct stretch *s, uint64_t begin, uint32_t length,
                                  uint32_t again, struct capture_error *error)
{
    char name[NAME_MOST];
    if (length == again)
        return CAPTURE_FRAME;
    return record_wrong(s, behind(p, name), begin, error,
                        "found a length of %" PRIu32 " bytes at its beginning and %" PRIu32
                        " at its end, expected the same",
                        length, again);
}

/* The rest of a block that is not read. CAPTURE_FRAME: it is behind us. */
static enum capture_got pass(struct pcapng *p, struct stretch *s, struct capture_error *error)
{
    char name[NAME_MOST];
    enum input_got got = stretch_skip(s, &p->passing);
    if (got == INPUT_BYTES)
        got = stretch_need(s, 4);
    if (got != INPUT_BYTES)
        return record_stopped(s, got, behind(p, name), p->begun, error);
    uint32_t length = p->length, again = order_u32(s->at, p->big);
    s->at += 4;
    p->length = 0;
    return check_end(p, s, p->begun, length, again, error);
}

static void pass_later(struct pcapng *p, struct stretch *s, uint32_t length)
{
    p->begun = stretch_offset(s);
    p->length = length;
    p->passing = length - BLOCK_FRAME;
    s->at += BLOCK_HEAD;
}

/* A new section: its byte order holds from its own length on. */
static enum capture_got begin_section(struct pcapng *p, struct stretch *s, struct capture_error *error)
{
    char name[NAME_MOST];
    enum input_got got = stretch_need(s, SECTION_LEAST);
    if (got != INPUT_BYTES)
        return record_stopped(s, got, behind(p, name), stretch_offset(s), error);
    bool little = order_u32(s->at + BLOCK_HEAD, false) == SECTION_MAGIC;
    bool big = order_u32(s->at + BLOCK_HEAD, true) == SECTION_MAGIC;
    if (!little && !big)
        return record_wrong(s, behind(p, name), stretch_offset(s), error,
                            "found %08" PRIx32 " in a section header, expected the byte-order magic 1a2b3c4d",
                            order_u32(s->at + BLOCK_HEAD, true));
    unsigned major = order_u16(s->at + 12, big), minor = order_u16(s->at + 14, big);
    if (major != 1)
        return record_wrong(s, behind(p, name), stretch_offset(s), error,
                            "found a section of version %u.%u, expected version 1", major, minor);
    p->dropped = pcapng_dropped(p);
    p->count = 0;
    p->big = big;
    return CAPTURE_FRAME;
}

static enum capture_got add_interface(struct pcapng *p, const struct stretch *s, struct slice body,
                                      struct capture_error *error)
{
    char name[NAME_MOST];
    if (body.size < PCAPNG_INTERFACE_BODY || p->count == INTERFACES_MOST)
        return record_wrong(s, behind(p, name), stretch_offset(s), error,
                            body.size < PCAPNG_INTERFACE_BODY ? "found an interface description that is cut off"
                                                              : "found more interfaces than 4096, expected fewer");
    if (p->count == p->room) {
        size_t room = p->room > 0 ? p->room * 2 : 4;
        struct pcapng_interface *grown = realloc(p->interfaces, room * sizeof *grown);
        if (grown == NULL)
            return record_wrong(s, behind(p, name), stretch_offset(s), error, "no memory");
        p->interfaces = grown;
        p->room = room;
    }
    p->interfaces[p->count++] = pcapng_interface_of(body, p->big);
    return CAPTURE_FRAME;
}

/* What it does not fit is not worth an error: it only counts. */
static void take_statistics(struct pcapng *p, struct slice body)
{
    if (body.size < STATISTICS_BODY)
        return;
    uint32_t interface = order_u32(body.data, p->big);
    if (interface < p->count)
        pcapng_interface_statistics(&p->interfaces[interface], slice_part(body, STATISTICS_BODY, body.size), p->big);
}

static enum capture_got take_secrets(struct pcapng *p, const struct stretch *s, struct slice body,
                                     struct capture_error *error)
{
    char name[NAME_MOST];
    uint32_t size = body.size >= SECRETS_BODY ? order_u32(body.data + 4, p->big) : 0;
    if (body.size < SECRETS_BODY || size > body.size - SECRETS_BODY)
        return record_wrong(s, behind(p, name), stretch_offset(s), error,
                            "found decryption secrets that are longer than their block");
    if (order_u32(body.data, p->big) == SECRETS_KEY_LOG)
        capture_tell_key_log(p->shared, slice_part(body, SECRETS_BODY, SECRETS_BODY + size));
    return CAPTURE_FRAME;
}

/* What the three kinds of packet blocks say. */
struct fields {
    uint32_t interface, kept, wire;
    uint64_t ticks, drops;
    size_t at; /* of the packet's bytes in the body */
    bool timed;
};

static struct fields simple_fields_of(const struct pcapng *p, struct slice body)
{
    uint32_t wire = order_u32(body.data, p->big), snap = p->count > 0 ? p->interfaces[0].snap_length : 0;
    return (struct fields){.kept = snap != 0 && snap < wire ? snap : wire, .wire = wire, .at = PACKET_SIMPLE_BODY};
}

static struct fields fields_of(const struct pcapng *p, uint32_t type, struct slice body)
{
    const uint8_t *at = body.data;
    struct fields f = {.interface = type == BLOCK_PACKET ? order_u32(at, p->big) : order_u16(at, p->big),
                       .ticks = (uint64_t)order_u32(at + 4, p->big) << 32 | order_u32(at + 8, p->big),
                       .kept = order_u32(at + 12, p->big),
                       .wire = order_u32(at + 16, p->big),
                       .at = PACKET_BODY,
                       .timed = true};
    if (type == BLOCK_PACKET_OLD && order_u16(at + 2, p->big) != DROPS_UNKNOWN)
        f.drops = order_u16(at + 2, p->big);
    return f;
}

/* The options behind a packet's bytes, of which one counts. */
static uint64_t drops_in(struct slice options, bool big)
{
    struct slice value;
    uint16_t code;
    uint64_t drops = 0;
    while (pcapng_option(&options, big, &code, &value)) {
        if (code == OPTION_DROPCOUNT && value.size == 8 && order_u64(value.data, big) <= UINT32_MAX)
            drops += order_u64(value.data, big);
    }
    return drops;
}

static enum capture_got check_packet(const struct pcapng *p, const struct stretch *s, const struct fields *f,
                                     size_t room, struct capture_error *error)
{
    char name[NAME_MOST];
    if (f->interface >= p->count)
        return record_wrong(s, this_packet(p, name), stretch_offset(s), error,
                            "found interface %" PRIu32 ", expected one of the %zu described before it", f->interface,
                            p->count);
    if (f->kept > RECORD_MOST)
        return record_wrong(s, this_packet(p, name), stretch_offset(s), error,
                            "found a captured length of %" PRIu32 " bytes, expected at most %d", f->kept, RECORD_MOST);
    if (f->kept > room)
        return record_wrong(s, this_packet(p, name), stretch_offset(s), error,
                            "found a captured length of %" PRIu32 " bytes, expected at most the %zu of its block",
                            f->kept, room);
    return CAPTURE_FRAME;
}

static enum capture_got take_packet(struct pcapng *p, const struct stretch *s, uint32_t type, struct slice body,
                                    struct record *record, struct capture_error *error)
{
    char name[NAME_MOST];
    size_t least = type == BLOCK_PACKET_SIMPLE ? PACKET_SIMPLE_BODY : PACKET_BODY;
    if (body.size < least)
        return record_wrong(s, this_packet(p, name), stretch_offset(s), error,
                            "found a block of %zu bytes, expected at least %zu", body.size + BLOCK_FRAME,
                            least + BLOCK_FRAME);
    struct fields f = type == BLOCK_PACKET_SIMPLE ? simple_fields_of(p, body) : fields_of(p, type, body);
    enum capture_got got = check_packet(p, s, &f, body.size - f.at, error);
    if (got != CAPTURE_FRAME)
        return got;
    struct pcapng_interface *interface = &p->interfaces[f.interface];
    size_t end = f.at + ((size_t)f.kept + 3) / 4 * 4;
    if (f.timed)
        p->time = pcapng_interface_time(interface, f.ticks);
    interface->dropped_between += f.drops;
    if (f.timed && end < body.size)
        interface->dropped_between += drops_in(slice_part(body, end, body.size), p->big);
    *record = (struct record){.time = p->time,
                              .bytes = {.data = body.data + f.at, .size = f.kept},
                              .wire_size = f.wire > f.kept ? f.wire : f.kept,
                              .link_type = interface->link_type,
                              .interface = f.interface};
    p->packets++;
    return CAPTURE_FRAME;
}

static bool is_packet(uint32_t type)
{
    return type == BLOCK_PACKET || type == BLOCK_PACKET_SIMPLE || type == BLOCK_PACKET_OLD;
}

static bool is_read(uint32_t type)
{
    return is_packet(type) || type == BLOCK_INTERFACE || type == BLOCK_STATISTICS || type == BLOCK_SECRETS;
}

/* A block that is read, whole. CAPTURE_FRAME: it is behind us, and if it is a packet, `record` is it. */
static enum capture_got take_block(struct pcapng *p, struct stretch *s, uint32_t type, uint32_t length,
                                   struct record *record, struct capture_error *error)
{
    char name[NAME_MOST];
    uint32_t most = type == BLOCK_SECRETS ? SECRETS_MOST : BLOCK_MOST;
    if (length > most)
        return record_wrong(s, is_packet(type) ? this_packet(p, name) : behind(p, name), stretch_offset(s), error,
                            "found a block of %" PRIu32 " bytes, expected at most %" PRIu32, length, most);
    enum input_got there = stretch_need(s, length);
    if (there != INPUT_BYTES)
        return record_stopped(s, there, is_packet(type) ? this_packet(p, name) : behind(p, name), stretch_offset(s),
                              error);
    enum capture_got got = check_end(p, s, stretch_offset(s), length, order_u32(s->at + length - 4, p->big), error);
    struct slice body = {.data = s->at + BLOCK_HEAD, .size = length - BLOCK_FRAME};
    if (got == CAPTURE_FRAME && is_packet(type))
        got = take_packet(p, s, type, body, record, error);
    else if (got == CAPTURE_FRAME && type == BLOCK_INTERFACE)
        got = add_interface(p, s, body, error);
    else if (got == CAPTURE_FRAME && type == BLOCK_SECRETS)
        got = take_secrets(p, s, body, error);
    else if (got == CAPTURE_FRAME)
        take_statistics(p, body);
    if (got == CAPTURE_FRAME)
        s->at += length;
    return got;
}

enum capture_got pcapng_next(struct pcapng *p, struct stretch *s, struct record *record, struct capture_error *error)
{
    char name[NAME_MOST];
    for (;;) {
        enum capture_got got = p->length != 0 ? pass(p, s, error) : CAPTURE_FRAME;
        if (got != CAPTURE_FRAME)
            return got;
        enum input_got there = stretch_need(s, BLOCK_HEAD);
        if (there != INPUT_BYTES)
            return record_stopped(s, there, behind(p, name), stretch_offset(s), error);
        uint32_t type = order_u32(s->at, p->big);
        if (type == BLOCK_SECTION)
            got = begin_section(p, s, error);
        if (got != CAPTURE_FRAME)
            return got;
        uint32_t length = order_u32(s->at + 4, p->big);
        if (length < (type == BLOCK_SECTION ? SECTION_LEAST : BLOCK_FRAME) || length % 4 != 0)
            return record_wrong(s, behind(p, name), stretch_offset(s), error,
                                "found a length of %" PRIu32 " bytes, expected a multiple of 4 with room for its frame",
                                length);
        if (!is_read(type)) {
            pass_later(p, s, length);
            continue;
        }
        got = take_block(p, s, type, length, record, error);
        if (got != CAPTURE_FRAME || is_packet(type))
            return got;
    }
}
