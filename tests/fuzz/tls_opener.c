/* Bytes: the suite, the version and what is done, the place in the sequence, a content, how much padding; then a text.
 *
 * What is done: the text sealed, and opened again; sealed and changed in one byte, which must not open; for the blocks
 * of CBC, encrypted as they are; taken for a record itself, which must not open. */
#include <stdlib.h>

#include "proto/tls/opener.h"
#include "tests/tools/tls_seal.h"

enum { ROUND, CHANGED, BLOCKS, RECORD, TEXT_MAX = 4096 };

static uint8_t record[TLS_RECORD_HEADER + TEXT_MAX + 1024], out[sizeof record];
static struct memory memory = {.limit = 1 << 20};

static void need(bool is)
{
    if (!is)
        abort();
}

static enum tls_open open_record(struct tls_opener *o, uint64_t sequence, struct slice whole, struct tls_opened *opened)
{
    return tls_opener_try(o, sequence, whole.data, slice_part(whole, TLS_RECORD_HEADER, whole.size), out, opened);
}

/* What opens is in place, and the opener goes on. */
static void is_opened(struct tls_opener *o, uint64_t sequence, struct slice whole, const struct tls_opened *opened)
{
    struct tls_opened again;
    need(opened->plaintext.data >= out && opened->plaintext.size <= whole.size);
    tls_opener_seek(o, sequence);
    tls_opener_pass(o, slice_part(whole, TLS_RECORD_HEADER, whole.size));
    need(tls_opener_sequence(o) == sequence + 1);
    need(tls_opener_open(o, whole.data, slice_part(whole, TLS_RECORD_HEADER, whole.size), out, &again) != TLS_OPEN_OK);
}

static void round_trip(struct tls_opener *o, const struct tls_record_keys *keys, uint64_t sequence, uint8_t content,
                       struct slice text, uint8_t padding, bool change)
{
    struct tls_opened opened = {0};
    size_t size = tls_seal(keys, sequence, content, text, padding, record);
    struct slice whole = {record, size};
    if (change) {
        record[(sequence * 251 + padding) % size] ^= (uint8_t)(content | 1);
        need(open_record(o, sequence, whole, &opened) != TLS_OPEN_OK);
        return;
    }
    enum tls_open how = open_record(o, sequence, whole, &opened);
    if (content == 0 && keys->version == TLS_1_3) {
        need(how == TLS_OPEN_MALFORMED || opened.plaintext.size < text.size); /* the text's end is taken for it */
        return;
    }
    need(how == TLS_OPEN_OK && opened.content == content && slice_same(opened.plaintext, text));
    is_opened(o, sequence, whole, &opened);
}

static void raw_blocks(struct tls_opener *o, const struct tls_record_keys *keys, uint64_t sequence, uint8_t content,
                       struct slice text)
{
    const struct tls_cipher_info *info = tls_cipher_info(keys->suite->cipher);
    if (info->mode != TLS_MODE_CBC)
        return;
    struct slice blocks = slice_part(text, 0, text.size - text.size % info->fixed_iv);
    struct tls_opened opened;
    struct slice whole = {record, tls_seal_blocks(keys, sequence, content, blocks, record)};
    enum tls_open how = open_record(o, sequence, whole, &opened);
    size_t padding = blocks.size > 0 ? blocks.data[blocks.size - 1] : 0;
    bool padded = blocks.size > padding;
    for (size_t i = 0; padded && i < padding; i++)
        padded = blocks.data[blocks.size - 2 - i] == padding;
    need((how == TLS_OPEN_OK) == (keys->encrypt_then_mac && padded));
    if (how == TLS_OPEN_OK)
        need(slice_same(opened.plaintext, slice_part(blocks, 0, blocks.size - padding - 1)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tls_ciphers *ciphers;
    ciphers = ciphers != NULL ? ciphers : tls_ciphers_new(&memory);
    struct reader r = reader_of((struct slice){data, size});
    uint8_t suite = read_u8(&r), what = read_u8(&r);
    struct tls_record_keys keys = {.suite = tls_suite_at(suite), .version = (uint16_t)(TLS_1_0 + what / 8 % 4)};
    uint64_t sequence = read_u32(&r);
    uint8_t content = read_u8(&r), padding = read_u8(&r);
    struct slice text = read_slice(&r, reader_left(&r) < TEXT_MAX ? reader_left(&r) : TEXT_MAX);
    if (r.failed || keys.suite == NULL || !tls_suite_fits(keys.suite, keys.version) ||
        (tls_ciphers_cipher(ciphers, keys.suite->cipher) == NULL &&
         tls_cipher_info(keys.suite->cipher)->mode != TLS_MODE_STREAM))
        return 0;
    keys.encrypt_then_mac = (what & 4) != 0 && tls_cipher_info(keys.suite->cipher)->mode == TLS_MODE_CBC;
    for (uint8_t i = 0; i < sizeof keys.key; i++)
        keys.key[i] = keys.mac_key[i] = (uint8_t)(i * suite);
    size_t before = memory.used;
    struct tls_opener *o = tls_opener_new(ciphers, &keys, &memory);
    need(o != NULL);
    tls_opener_pass(o, text);
    tls_opener_free(o);
    o = tls_opener_new(ciphers, &keys, &memory);
    if (keys.version == TLS_1_0)
        sequence = 0; /* a chain holds at its place */
    struct tls_opened opened;
    if (what % 4 == BLOCKS)
        raw_blocks(o, &keys, sequence, content, text);
    else if (what % 4 != RECORD)
        round_trip(o, &keys, sequence, content, text, padding, what % 4 == CHANGED);
    else if (text.size >= TLS_RECORD_HEADER)
        need(open_record(o, sequence, text, &opened) != TLS_OPEN_OK);
    tls_opener_free(o);
    need(memory.used == before);
    return 0;
}
