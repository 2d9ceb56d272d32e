/* The first byte says how large the pieces are, the rest is a key log. Aborts where the pieces change what is told, or
 * where the same log adds anything a second time. */
#include <stdlib.h>

#include "proto/tls/keys_reader.h"

static void need(bool is)
{
    if (!is)
        abort();
}

static void hear(void *owner, uint64_t line, const struct tls_mistake *mistake)
{
    uint64_t *hash = owner;
    need(mistake->column > 0 && mistake->column <= TLS_KEYS_LINE_MAX + 1 && mistake->found && mistake->expected);
    *hash = (*hash ^ line << 16 ^ mistake->column) * 1099511628211U;
}

static size_t walk(const struct tls_keys *k)
{
    size_t count = 0;
    struct tls_vault_walk walk = tls_keys_walk(k);
    for (const struct tls_logged *l; (l = tls_keys_next(&walk)) != NULL;) {
        const struct tls_logged *same = tls_keys_logged(k, l->random);
        while (same != l && same != NULL)
            same = tls_keys_same(same);
        need(same == l);
        count++;
    }
    return count;
}

static void run(struct slice log, size_t piece, uint64_t *hash, struct tls_keys_reader *r)
{
    static const struct hash_secret secret;
    struct memory memory = {.limit = 1 << 24};
    struct tls_keys *k = tls_keys_new(&secret, &memory);
    tls_keys_reader_init(r, k, hear, hash);
    for (size_t at = 0; at < log.size; at += piece)
        tls_keys_reader_feed(r, slice_part(log, at, at + piece));
    tls_keys_reader_finish(r);
    need(walk(k) == tls_keys_count(k) &&
         tls_keys_count(k) <= r->counts[TLS_LINE_ADDED] + r->counts[TLS_LINE_CONTRADICTS]);
    uint64_t added = r->counts[TLS_LINE_ADDED], others = r->counts[TLS_LINE_CONTRADICTS], lines = 0;
    for (int i = 0; i < TLS_LINES; i++)
        lines += r->counts[i];
    need(r->line == lines + 1);
    tls_keys_reader_feed(r, log);
    tls_keys_reader_finish(r);
    need(r->counts[TLS_LINE_ADDED] == added && r->counts[TLS_LINE_CONTRADICTS] == others);
    tls_keys_trim(k, 1);
    need(tls_keys_count(k) <= 1);
    tls_keys_free(k);
    need(memory.used == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tls_keys_reader whole, cut;
    uint64_t hash[2] = {0, 0};
    if (size == 0)
        return 0;
    struct slice log = {data + 1, size - 1};
    run(log, size, &hash[0], &whole);
    run(log, data[0] + 1U, &hash[1], &cut);
    need(hash[0] == hash[1] && memcmp(whole.counts, cut.counts, sizeof cut.counts) == 0);
    return 0;
}
