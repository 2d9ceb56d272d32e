/* The first byte chooses the start, then pieces: one byte says side and kind, two how long. Of a push the bytes follow.
 * Aborts where cutting into single bytes changes what is told. */
#include <stdlib.h>

#include "proto/tls/record.h"

struct watch {
    uint64_t hash;
    bool gave_up;
    int left[2]; /* what is told next, of the content of a record that is wanted; -1: of none */
};

static void mix(struct watch *w, uint64_t value)
{
    if (w->gave_up)
        abort();
    w->hash = (w->hash ^ value) * 1099511628211U;
}

/* Records of some kinds are wanted whole. */
static bool on_record(void *owner, enum side from, const uint8_t header[static TLS_RECORD_HEADER])
{
    struct watch *w = owner;
    /* Its version may be any: servers do not look at it everywhere. */
    if (header[0] < TLS_CHANGE_CIPHER_SPEC || header[0] > TLS_HEARTBEAT ||
        (header[3] << 8 | header[4]) > TLS_RECORD_MAX)
        abort();
    for (size_t i = 0; i < TLS_RECORD_HEADER; i++)
        mix(owner, (uint64_t)from << 8 | header[i]);
    w->left[from] = header[0] & 1 ? header[3] << 8 | header[4] : -1;
    return header[0] & 1;
}

static void on_content(void *owner, enum side from, moment time, const uint8_t header[static TLS_RECORD_HEADER],
                       struct slice content)
{
    struct watch *w = owner;
    (void)time;
    if (w->left[from] != (int)content.size || content.size != (size_t)(header[3] << 8 | header[4]))
        abort();
    w->left[from] = -1;
    for (size_t i = 0; i < content.size; i++)
        mix(owner, content.data[i]);
}

static void on_lost(void *owner, enum side from, moment time, enum tls_record_lost what, const uint8_t *header,
                    uint64_t size)
{
    struct watch *w = owner;
    (void)time;
    if ((what == TLS_LOST_ONE) != (size == 0) || (what == TLS_LOST_ONE) != (header != NULL) ||
        (header != NULL && w->left[from] < 0))
        abort();
    w->left[from] = -1;
    mix(owner, 5000U + from + size);
}

/* As if every fourth content were sealed with a key that is known. */
static bool on_proves(void *owner, enum side from, const uint8_t header[static TLS_RECORD_HEADER], struct slice content)
{
    (void)owner, (void)from, (void)header;
    return content.size > 4 && content.data[0] % 4 == 0;
}

static void on_sslv2_hello(void *owner)
{
    mix(owner, 6000);
}

static void on_gave_up(void *owner, moment time, enum gave_up reason)
{
    struct watch *w = owner;
    (void)time;
    mix(w, 1000U + reason);
    w->gave_up = true;
}

static const struct tls_record_events events = {.record = on_record,
                                                .content = on_content,
                                                .lost = on_lost,
                                                .proves = on_proves,
                                                .sslv2_hello = on_sslv2_hello,
                                                .gave_up = on_gave_up};

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
    struct watch w = {.left = {-1, -1}};
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
