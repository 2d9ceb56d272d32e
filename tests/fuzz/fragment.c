/* Pieces from six bytes each: which datagram, protocol and clock; offset; size; what was cut of it, and whether more
 * follow; two that choose the bytes. First byte: the bounds. What comes out is compared with an array of first bytes.
 */
#include "proto/packet/fragment.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DATAGRAMS = 4, SIZE_MOST = 4096 };

/* Of bytes that were there first: 0 nothing, else value + 1; -1: there, and cut off. */
struct model {
    int16_t bytes[SIZE_MOST];
};

static void model_put(struct model *m, const struct fragment *piece)
{
    for (uint32_t i = 0; i < piece->bytes.size + piece->cut; i++) {
        if (m->bytes[piece->offset + i] == 0)
            m->bytes[piece->offset + i] = i < piece->bytes.size ? (int16_t)(piece->bytes.data[i] + 1) : -1;
    }
}

static void check(const struct model *m, const struct fragment_whole *whole)
{
    for (size_t i = 0; i < whole->bytes.size; i++) {
        if (m->bytes[i] != whole->bytes.data[i] + 1)
            abort();
    }
    if (whole->cut > 0 && m->bytes[whole->bytes.size] != -1)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct hash_secret secret;
    static struct model models[DATAGRAMS];
    if (size < 1)
        return 0;
    memset(models, 0, sizeof models);
    struct memory memory = {.limit = data[0] & 1 ? 3000 : 1 << 22, .fail_at = data[0] >> 3};
    struct packet_limits limits = {.pieces = data[0] & 2 ? 4 : 1000,
                                   .piece_bytes = data[0] & 4 ? 1000 : 1 << 20,
                                   .piece_wait = 100,
                                   .secret = &secret};
    struct fragments f;
    fragments_init(&f, &limits, &memory);
    bool forgets = data[0] & 7 || data[0] >> 3; /* then older bytes may be gone: no model */
    moment clock = 0;
    for (const uint8_t *at = data + 1; at + 6 <= data + size; at += 6) {
        uint32_t id = at[0] % DATAGRAMS;
        uint8_t bytes[256];
        for (uint32_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (uint8_t)(at[4] + i * at[5]);
        uint32_t cut = at[3] & 0x7f;
        cut = cut < at[2] ? cut : at[2];
        struct fragment piece = {.key = {.id = id},
                                 .bytes = {bytes, at[2] - cut},
                                 .cut = cut,
                                 .offset = at[1] * 8U,
                                 .more = at[3] & 0x80,
                                 .protocol = at[1]};
        struct fragment_whole whole = {.bytes = {bytes, 0}};
        clock += at[0] == 0xff ? 101 : 0;
        forgets = forgets || at[0] == 0xff;
        fragments_begin(&f, clock);
        enum walk outcome = fragments_put(&f, &piece, clock, &whole);
        if (outcome == WALK_FRAGMENT || outcome == WALK_SEGMENT)
            model_put(&models[id], &piece);
        if (outcome == WALK_SEGMENT && !forgets)
            check(&models[id], &whole);
        if (outcome == WALK_SEGMENT)
            memset(&models[id], 0, sizeof models[id]);
        if (outcome != WALK_FRAGMENT && outcome != WALK_SEGMENT && outcome != WALK_BAD && outcome != WALK_FULL)
            abort();
    }
    fragments_deinit(&f);
    if (memory.used != 0)
        abort();
    return 0;
}
