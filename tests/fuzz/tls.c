/* A connection and its keys. Two bytes say how long the key log is; the next one whether it was joined late, and
 * whether the keys come only behind the half of it; then pieces: one byte says side and kind, two how long. Aborts
 * where cutting into single bytes changes what is told, where memory stays, and where something is told that may not
 * be. */
#include <stdlib.h>

#include "proto/tls/keys_reader.h"
#include "proto/tls/tls.h"

struct watch {
    struct stream inside;
    uint64_t hash;
    bool opened;
};

static void mix(struct watch *w, uint64_t value)
{
    w->hash = (w->hash ^ value) * 1099511628211U;
}

static void told_push(struct stream *s, enum side from, moment time, struct slice bytes)
{
    struct watch *w = (struct watch *)s;
    (void)time;
    if (!bytes.size || !w->opened)
        abort();
    for (size_t i = 0; i < bytes.size; i++)
        mix(w, (uint64_t)from << 8 | bytes.data[i]);
}

static void told_gap(struct stream *s, enum side from, moment time, uint64_t size)
{
    (void)time, (void)size;
    mix((struct watch *)s, 7000U + from);
}

static void told_end(struct stream *s, enum side from, moment time, enum stream_end how)
{
    (void)time, (void)how;
    mix((struct watch *)s, 8000U + from);
}

static void told_facts(void *owner, const struct tls_facts *facts)
{
    mix(owner, facts->signs);
    for (int i = 0; i < TLS_TEXTS; i++) {
        struct slice text = tls_facts_text(facts, (enum tls_text)i);
        mix(owner, text.size ? text.data[text.size - 1] + text.size * 256 : 0);
    }
}

static struct stream *told_opened(void *owner)
{
    struct watch *w = owner;
    if (w->opened)
        abort();
    w->opened = true;
    return &w->inside;
}

static void told_record(void *owner, enum side from, enum tls_content content)
{
    mix(owner, (uint64_t)content * 2 + from);
}

static void told_gave_up(void *owner, moment time, enum gave_up reason)
{
    (void)time;
    mix(owner, 9000U + reason);
}

static void push(struct stream *s, enum side from, struct slice bytes, bool cut)
{
    for (size_t i = 0; cut && i < bytes.size; i++)
        stream_push(s, from, 1, slice_part(bytes, i, i + 1));
    if (!cut)
        stream_push(s, from, 1, bytes);
}

static void add_keys(struct tls_keys *keys, struct slice log)
{
    struct tls_keys_reader reader;
    tls_keys_reader_init(&reader, keys, NULL, NULL);
    tls_keys_reader_feed(&reader, log);
    tls_keys_reader_finish(&reader);
}

static void talk(struct stream *s, struct reader *r, size_t until, bool cut)
{
    while (reader_left(r) > until) {
        uint8_t kind = read_u8(r);
        uint16_t size = read_u16(r);
        enum side from = kind & 1 ? SERVER : CLIENT;
        if (kind < 0xe0)
            push(s, from, read_slice(r, size < reader_left(r) ? size : reader_left(r)), cut);
        else if (kind < 0xfe)
            stream_gap(s, from, 1, size == UINT16_MAX ? GAP_UNKNOWN : size);
        else
            stream_end(s, from, 1, END_FIN);
    }
}

static uint64_t run(struct slice input, bool cut)
{
    static const struct stream_ops ops = {.push = told_push, .gap = told_gap, .end = told_end};
    static const struct tls_events events = {
        .facts = told_facts, .opened = told_opened, .record = told_record, .gave_up = told_gave_up};
    static const struct address server = {.port = 6443};
    static struct hash_secret secret;
    static struct tls_bench bench;
    struct memory memory = {.limit = 1 << 22};
    struct reader r = reader_of(input);
    struct slice log = read_slice(&r, read_u16(&r));
    uint8_t how = read_u8(&r);
    struct tls_keys *keys = tls_keys_new(&secret, &memory);
    bench.limits = (struct tls_limits){
        .handshake_bytes = 65536, .early_bytes = 32768, .waiting_bytes = how & 2 ? 65536 : 0, .waiting_time = 10};
    bench.locksmith =
        (struct tls_locksmith){.ciphers = tls_ciphers_new(&memory), .keys = keys, .memory = &memory, .trials = 4};
    bench.sessions = tls_sessions_new(sizeof(struct tls_kept), &secret, &memory);
    struct watch w = {.inside.ops = &ops};
    struct tls *t = tls_new(&bench, !(how & 1), &server, &events, &w);
    if (!keys || !bench.locksmith.ciphers || !bench.sessions || !t)
        abort();
    size_t half = how & 2 ? reader_left(&r) / 2 : reader_left(&r);
    if (!(how & 2))
        add_keys(keys, log);
    talk(tls_stream(t), &r, half, cut);
    if (how & 2)
        add_keys(keys, log);
    tls_retry(t, 1);
    talk(tls_stream(t), &r, 0, cut);
    stream_free(tls_stream(t));
    tls_sessions_free(bench.sessions);
    tls_ciphers_free(bench.locksmith.ciphers);
    tls_keys_free(keys);
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
