#include "tests/tools/tls_seal.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

enum { PLAIN_MAX = TLS_RECORD_MAX + 1024, NONCE = 12 };

static void need(bool is)
{
    if (!is)
        abort();
}

static uint8_t *put(uint8_t *at, uint64_t number, int size)
{
    for (int i = size - 1; i >= 0; i--)
        *at++ = (uint8_t)(number >> 8 * i);
    return at;
}

static uint8_t *put_bytes(uint8_t *at, const void *bytes, size_t size)
{
    memcpy(at, bytes, size);
    return at + size;
}

static void put_header(uint8_t *record, uint8_t content, uint16_t version, size_t size)
{
    put(put(put(record, content, 1), version, 2), size, 2);
}

static size_t put_mac(const struct tls_record_keys *keys, uint64_t sequence, uint8_t content, struct slice text,
                      uint8_t *out)
{
    static uint8_t covered[PLAIN_MAX];
    unsigned size = 0;
    uint8_t *at = put(put(put(covered, sequence, 8), content, 1), keys->version, 2);
    at = put_bytes(put(at, text.size, 2), text.data, text.size);
    const EVP_MD *hash = EVP_get_digestbyname(tls_hash_name(keys->suite->mac));
    need(HMAC(hash, keys->mac_key, tls_hash_size(keys->suite->mac), covered, (size_t)(at - covered), out, &size) !=
         NULL);
    return size;
}

static EVP_CIPHER *cipher_of(const struct tls_record_keys *keys)
{
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, tls_cipher_info(keys->suite->cipher)->name, NULL);
    need(cipher != NULL);
    return cipher;
}

size_t tls_seal_blocks(const struct tls_record_keys *keys, uint64_t sequence, uint8_t content, struct slice blocks,
                       uint8_t *record)
{
    static const uint8_t iv[16] = "the IV of tests";
    const struct tls_cipher_info *info = tls_cipher_info(keys->suite->cipher);
    bool chained = keys->version == TLS_1_0;
    uint8_t *start = record + TLS_RECORD_HEADER;
    uint8_t *at = chained ? start : put_bytes(start, iv, info->explicit_iv);
    EVP_CIPHER *cipher = cipher_of(keys);
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    int written = 0;
    need(EVP_EncryptInit_ex2(c, cipher, keys->key, chained ? keys->iv : iv, NULL) == 1);
    EVP_CIPHER_CTX_set_padding(c, 0);
    need(EVP_EncryptUpdate(c, at, &written, blocks.data, (int)blocks.size) == 1 && (size_t)written == blocks.size);
    EVP_CIPHER_CTX_free(c);
    EVP_CIPHER_free(cipher);
    at += blocks.size;
    if (keys->encrypt_then_mac)
        at += put_mac(keys, sequence, content, (struct slice){start, (size_t)(at - start)}, at);
    put_header(record, content, keys->version, (size_t)(at - start));
    return (size_t)(at - record);
}

static size_t seal_cbc(const struct tls_record_keys *keys, uint64_t sequence, uint8_t content, struct slice text,
                       size_t padding, uint8_t *record)
{
    static uint8_t blocks[PLAIN_MAX];
    size_t block = tls_cipher_info(keys->suite->cipher)->fixed_iv;
    uint8_t *at = put_bytes(blocks, text.data, text.size);
    if (!keys->encrypt_then_mac)
        at += put_mac(keys, sequence, content, text, at);
    size_t size = (size_t)(at - blocks);
    padding += block - 1 - (size + padding) % block;
    padding -= padding > 255 ? block : 0;
    memset(at, (int)padding, padding + 1);
    return tls_seal_blocks(keys, sequence, content, (struct slice){blocks, size + padding + 1}, record);
}

static size_t seal_aead(const struct tls_record_keys *keys, uint64_t sequence, uint8_t content, struct slice text,
                        size_t padding, uint8_t *record)
{
    static uint8_t inner[PLAIN_MAX];
    const struct tls_cipher_info *info = tls_cipher_info(keys->suite->cipher);
    bool tls13 = keys->version == TLS_1_3, xored = tls13 || info->explicit_iv == 0;
    uint8_t *end = put_bytes(inner, text.data, text.size), nonce[NONCE], front[13];
    if (tls13) {
        *end = content;
        memset(end + 1, 0, padding);
        end += 1 + padding;
    }
    size_t size = (size_t)(end - inner);
    memcpy(nonce, keys->iv, NONCE);
    put(front, sequence, 8);
    for (size_t i = 0; i < 8; i++)
        nonce[4 + i] = xored ? nonce[4 + i] ^ front[i] : front[i];
    uint8_t *at = record + TLS_RECORD_HEADER;
    at = xored ? at : put(at, sequence, 8);
    put_header(record, tls13 ? TLS_APPLICATION_DATA : content, TLS_1_2,
               (size_t)(at - record) - TLS_RECORD_HEADER + size + info->tag);
    put(put(put(front + 8, content, 1), TLS_1_2, 2), size, 2);

    EVP_CIPHER *cipher = cipher_of(keys);
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    int written = 0;
    need(EVP_EncryptInit_ex2(c, cipher, NULL, NULL, NULL) == 1);
    need(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_IVLEN, NONCE, NULL) == 1);
    if (info->mode == TLS_MODE_CCM)
        need(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, info->tag, NULL) == 1);
    need(EVP_EncryptInit_ex2(c, NULL, keys->key, nonce, NULL) == 1);
    if (info->mode == TLS_MODE_CCM)
        need(EVP_EncryptUpdate(c, NULL, &written, NULL, (int)size) == 1);
    need(EVP_EncryptUpdate(c, NULL, &written, tls13 ? record : front, tls13 ? TLS_RECORD_HEADER : 13) == 1);
    need(EVP_EncryptUpdate(c, at, &written, inner, (int)size) == 1);
    need(EVP_EncryptFinal_ex(c, at + size, &written) == 1);
    need(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, info->tag, at + size) == 1);
    EVP_CIPHER_CTX_free(c);
    EVP_CIPHER_free(cipher);
    return (size_t)(at - record) + size + info->tag;
}

size_t tls_seal_stream(const struct tls_record_keys *keys, uint64_t sequence, uint8_t content, struct slice text,
                       struct tls_rc4 *stream, uint8_t *record)
{
    uint8_t *start = record + TLS_RECORD_HEADER;
    uint8_t *at = put_bytes(start, text.data, text.size);
    at += put_mac(keys, sequence, content, text, at);
    size_t size = (size_t)(at - start);
    tls_rc4_apply(stream, (struct slice){start, size}, start);
    put_header(record, content, keys->version, size);
    return TLS_RECORD_HEADER + size;
}

size_t tls_seal(const struct tls_record_keys *keys, uint64_t sequence, uint8_t content, struct slice text,
                size_t padding, uint8_t *record)
{
    struct tls_rc4 stream;
    bool cbc = tls_cipher_info(keys->suite->cipher)->mode == TLS_MODE_CBC;
    if (tls_cipher_info(keys->suite->cipher)->mode == TLS_MODE_STREAM) {
        tls_rc4_init(&stream, (struct slice){keys->key, TLS_RC4_KEY});
        return tls_seal_stream(keys, sequence, content, text, &stream, record);
    }
    return (cbc ? seal_cbc : seal_aead)(keys, sequence, content, text, padding, record);
}
