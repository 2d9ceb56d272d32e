/* The first byte chooses the start, then pieces: one byte says side and kind, two how long. Of a push the bytes follow.
 * Aborts where cutting into single bytes changes what is told. */
#include <stdlib.h>

#include "proto/tls/record.h"

struct watch {
    uint64_t hash;
    bool gave_up;
};

static void mix(struct watch *w, uint64_t value)
{
    if (w->gave_up)
        abort();
    w->hash = (w->hash ^ value) * 1099511628211U;
}

static void on_record(void *owner, enum side from, moment time, enum tls_content content, uint16_t version,
                      uint16_t length)
{
    const uint8_t header[] = {(uint8_t)content, (uint8_t)(version >> 8), (uint8_t)version, (uint8_t)(length >> 8),
                              (uint8_t)length};
    (void)time;
    if (!tls_record_plausible(header))
        abort();
    mix(owner, (uint64_t)from << 48 | (uint64_t)content << 32 | (uint64_t)version << 16 | length);
}

static void on_gave_up(void *owner, moment time, enum gave_up reason)
{
    struct watch *w = owner;
    (void)time;
    mix(w, 1000U + reason);
    w->gave_up = true;
}

static const struct tls_record_events events = {.record = on_record, .gave_up = on_gave_up};

static void push(struct stream *s, enum side from, struct slice bytes, bool cut)
{
    for (size_t i = 0; cut && i < bytes.size; i++)
        stream_push(s, from, 1, slice_part(bytes, i, i + 1));
    if (!cut)
        stream_push(s, from, 1, bytes);
}

static uint64_t run(struct slice input, bool cut)
{
    struct reader r = reader_of(input);
    struct memory memory = {.limit = 1 << 20};
    struct watch w = {.hash = 0};
    struct stream *s = tls_record_new(!(read_u8(&r) & 1), &memory, &events, &w);
    while (reader_left(&r)) {
        uint8_t kind = read_u8(&r);
        uint16_t size = read_u16(&r);
        enum side from = kind & 1 ? SERVER : CLIENT;
        if (kind < 0xe0)
            push(s, from, read_slice(&r, size < reader_left(&r) ? size : reader_left(&r)), cut);
        else
            stream_gap(s, from, 1, size == UINT16_MAX ? GAP_UNKNOWN : size);
    }
    stream_free(s);
    if (memory.used)
        abort();
    return w.hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (run((struct slice){data, size}, false) != run((struct slice){data, size}, true))
        abort();
    return 0;
}
