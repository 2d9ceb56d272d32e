#include "proto/tls/keys_reader.h"

#include <openssl/crypto.h>

void tls_keys_reader_init(struct tls_keys_reader *r, struct tls_keys *keys,
                          void (*malformed)(void *owner, uint64_t line, const struct tls_mistake *mistake), void *owner)
{
    *r = (struct tls_keys_reader){.keys = keys, .malformed = malformed, .owner = owner, .line = 1};
}

/* Exactly one line, without its end. */
static void read_line(struct tls_keys_reader *r, struct slice line)
{
    struct tls_mistake mistake = {TLS_KEYS_LINE_MAX + 1, "a line that goes on", "the end of the line"};
    enum tls_line what = r->too_long ? TLS_LINE_MALFORMED : tls_keys_add(r->keys, line, &mistake);
    r->counts[what]++;
    if (what == TLS_LINE_MALFORMED && r->malformed != NULL)
        r->malformed(r->owner, r->line, &mistake);
    r->line++;
    r->held = 0;
    r->too_long = false;
}

static void hold(struct tls_keys_reader *r, struct slice bytes)
{
    if (r->too_long || bytes.size > sizeof r->bytes - r->held) {
        r->too_long = true;
        return;
    }
    memcpy(r->bytes + r->held, bytes.data, bytes.size);
    r->held += (uint32_t)bytes.size;
}

void tls_keys_reader_feed(struct tls_keys_reader *r, struct slice bytes)
{
    while (bytes.size > 0) {
        size_t end = slice_find(bytes, '\n');
        struct slice piece = slice_part(bytes, 0, end);
        bool ends = end < bytes.size;
        bool whole = ends && r->held == 0 && piece.size <= TLS_KEYS_LINE_MAX;
        if (!whole)
            hold(r, piece);
        if (ends)
            read_line(r, whole ? piece : (struct slice){.data = r->bytes, .size = r->held});
        bytes = slice_part(bytes, end + 1, bytes.size);
    }
}

void tls_keys_reader_finish(struct tls_keys_reader *r)
{
    if (r->held > 0 || r->too_long)
        read_line(r, (struct slice){.data = r->bytes, .size = r->held});
    OPENSSL_cleanse(r->bytes, sizeof r->bytes);
}
