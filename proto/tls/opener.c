#include "proto/tls/opener.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "proto/tls/rc4.h"

enum { NONCE = 12, BLOCK_MAX = 16, PSEUDO_HEADER = 13, LENGTH_AT = 3 };

struct tls_opener {
    struct memory *memory;
    struct tls_ciphers *ciphers; /* borrowed */
    struct tls_record_keys keys;
    const struct tls_cipher_info *info;
    EVP_CIPHER_CTX *cipher; /* has the key; NULL with RC4 */
    EVP_MAC_CTX *mac;       /* of CBC and stream: has the key */
    uint64_t sequence;
    uint8_t chain[BLOCK_MAX]; /* CBC of TLS 1.0: the last block of the record before is this one's IV */
    bool chain_known;
    struct tls_rc4 stream; /* of RC4: where the next record begins */
    bool pads;             /* TLS 1.3: a record was padded */
};

/* A record on its way: what of `sealed` is what. */
struct parts {
    struct slice iv, body, check; /* explicit; encrypted; tag or MAC behind it */
};

static bool is_chained(const struct tls_opener *o)
{
    return o->info->mode == TLS_MODE_CBC && o->keys.version == TLS_1_0;
}

static size_t explicit_iv(const struct tls_opener *o)
{
    return o->keys.version == TLS_1_3 || is_chained(o) ? 0 : o->info->explicit_iv;
}

/* CCM wants the sizes of nonce and tag before the key. */
static bool set_cipher(struct tls_opener *o)
{
    if (o->info->mode == TLS_MODE_STREAM) {
        tls_rc4_init(&o->stream, (struct slice){.data = o->keys.key, .size = TLS_RC4_KEY});
        return true;
    }
    EVP_CIPHER *cipher = tls_ciphers_cipher(o->ciphers, o->keys.suite->cipher);
    o->cipher = cipher != NULL ? EVP_CIPHER_CTX_new() : NULL;
    if (o->cipher == NULL || EVP_DecryptInit_ex2(o->cipher, cipher, NULL, NULL, NULL) != 1)
        return false;
    if (o->info->mode == TLS_MODE_CBC)
        EVP_CIPHER_CTX_set_padding(o->cipher, 0); /* TLS has a padding of its own */
    else if (EVP_CIPHER_CTX_ctrl(o->cipher, EVP_CTRL_AEAD_SET_IVLEN, NONCE, NULL) != 1)
        return false;
    if (o->info->mode == TLS_MODE_CCM && EVP_CIPHER_CTX_ctrl(o->cipher, EVP_CTRL_AEAD_SET_TAG, o->info->tag, NULL) != 1)
        return false;
    return EVP_DecryptInit_ex2(o->cipher, NULL, o->keys.key, NULL, NULL) == 1;
}

static bool set_mac(struct tls_opener *o)
{
    char *name = (char *)(uintptr_t)tls_hash_name(o->keys.suite->mac); /* only read */
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                           OSSL_PARAM_construct_end()};
    o->mac = EVP_MAC_CTX_new(tls_ciphers_hmac(o->ciphers));
    return o->mac != NULL && EVP_MAC_init(o->mac, o->keys.mac_key, tls_hash_size(o->keys.suite->mac), params) == 1;
}

struct tls_opener *tls_opener_new(struct tls_ciphers *c, const struct tls_record_keys *keys, struct memory *memory)
{
    struct tls_opener *o = memory_resize(memory, NULL, 0, sizeof *o);
    if (o == NULL)
        return NULL;
    o->memory = memory;
    o->ciphers = c;
    o->keys = *keys;
    o->info = tls_cipher_info(keys->suite->cipher);
    memory_charge(memory, o->info->taken);
    o->chain_known = true;
    memcpy(o->chain, keys->iv, sizeof o->chain);
    if (set_cipher(o) && (keys->suite->mac == TLS_NO_HASH || set_mac(o)))
        return o;
    tls_opener_free(o);
    return NULL;
}

/* libcrypto wipes what it frees of keys. */
void tls_opener_free(struct tls_opener *o)
{
    if (o == NULL)
        return;
    EVP_CIPHER_CTX_free(o->cipher);
    EVP_MAC_CTX_free(o->mac);
    memory_charge(o->memory, -(ptrdiff_t)o->info->taken);
    struct memory *memory = o->memory;
    OPENSSL_cleanse(o, sizeof *o);
    memory_resize(memory, o, sizeof *o, 0);
}

static void put_sequence(uint8_t out[static 8], uint64_t sequence)
{
    for (int i = 7; i >= 0; i--) {
        out[i] = (uint8_t)sequence;
        sequence >>= 8;
    }
}

/* In front of what is authenticated, before TLS 1.3: sequence number, content, version, a length. RFC 5246, 6.2.3. */
static void put_pseudo_header(uint8_t out[static PSEUDO_HEADER], uint64_t sequence, const uint8_t *header,
                              size_t length)
{
    put_sequence(out, sequence);
    memcpy(out + 8, header, LENGTH_AT);
    out[11] = (uint8_t)(length >> 8);
    out[12] = (uint8_t)length;
}

/* RFC 5288, 3 and RFC 6655, 3: fixed and explicit part. RFC 7905, 2 and RFC 8446, 5.3: the fixed part and the sequence.
 */
static void put_nonce(const struct tls_opener *o, uint64_t sequence, struct slice explicit_part,
                      uint8_t nonce[static NONCE])
{
    memcpy(nonce, o->keys.iv, NONCE);
    if (explicit_part.size > 0) {
        memcpy(nonce + o->info->fixed_iv, explicit_part.data, explicit_part.size);
        return;
    }
    uint8_t number[8];
    put_sequence(number, sequence);
    for (size_t i = 0; i < sizeof number; i++)
        nonce[NONCE - sizeof number + i] ^= number[i];
}

static bool set_tag(struct tls_opener *o, struct slice tag)
{
    return EVP_CIPHER_CTX_ctrl(o->cipher, EVP_CTRL_AEAD_SET_TAG, (int)tag.size, (void *)(uintptr_t)tag.data) == 1;
}

/* CCM has the tag and the length first, and says with the only piece of data whether it authenticates. */
static bool decrypt_aead(struct tls_opener *o, const struct parts *p, const uint8_t nonce[static NONCE],
                         struct slice authenticated, uint8_t *out)
{
    int size = (int)p->body.size, written = 0;
    bool ccm = o->info->mode == TLS_MODE_CCM;
    if ((ccm && !set_tag(o, p->check)) || EVP_DecryptInit_ex2(o->cipher, NULL, NULL, nonce, NULL) != 1 ||
        (ccm && EVP_DecryptUpdate(o->cipher, NULL, &written, NULL, size) != 1) ||
        EVP_DecryptUpdate(o->cipher, NULL, &written, authenticated.data, (int)authenticated.size) != 1 ||
        EVP_DecryptUpdate(o->cipher, out, &written, p->body.data, size) != 1)
        return false;
    return ccm || (set_tag(o, p->check) && EVP_DecryptFinal_ex(o->cipher, out + size, &written) == 1);
}

/* Behind the inner content of TLS 1.3 stands its kind, and behind that zeros: RFC 8446, 5.4. */
static enum tls_open strip_padding(struct tls_opener *o, struct tls_opened *opened)
{
    size_t size = opened->plaintext.size;
    while (size > 0 && opened->plaintext.data[size - 1] == 0)
        size--;
    o->pads |= size < opened->plaintext.size;
    if (size == 0)
        return TLS_OPEN_MALFORMED;
    opened->content = (enum tls_content)opened->plaintext.data[size - 1];
    opened->plaintext.size = size - 1;
    return TLS_OPEN_OK;
}

static enum tls_open open_aead(struct tls_opener *o, uint64_t sequence, const uint8_t *header, const struct parts *p,
                               uint8_t *out, struct tls_opened *opened)
{
    bool tls13 = o->keys.version == TLS_1_3;
    uint8_t nonce[NONCE], pseudo[PSEUDO_HEADER];
    put_nonce(o, sequence, p->iv, nonce);
    put_pseudo_header(pseudo, sequence, header, p->body.size);
    struct slice authenticated = {.data = tls13 ? header : pseudo, .size = tls13 ? TLS_RECORD_HEADER : PSEUDO_HEADER};
    if (!decrypt_aead(o, p, nonce, authenticated, out))
        return TLS_OPEN_BAD;
    opened->plaintext = (struct slice){.data = out, .size = p->body.size};
    return tls13 ? strip_padding(o, opened) : TLS_OPEN_OK;
}

static bool mac_fits(struct tls_opener *o, const uint8_t pseudo[static PSEUDO_HEADER], struct slice text,
                     const uint8_t *expected)
{
    uint8_t mac[EVP_MAX_MD_SIZE];
    size_t size = 0;
    return EVP_MAC_init(o->mac, NULL, 0, NULL) == 1 && EVP_MAC_update(o->mac, pseudo, PSEUDO_HEADER) == 1 &&
           EVP_MAC_update(o->mac, text.data, text.size) == 1 && EVP_MAC_final(o->mac, mac, &size, sizeof mac) == 1 &&
           CRYPTO_memcmp(mac, expected, size) == 0;
}

static bool decrypt_cbc(struct tls_opener *o, const struct parts *p, uint8_t *out)
{
    int written = 0;
    return EVP_DecryptInit_ex2(o->cipher, NULL, NULL, p->iv.data, NULL) == 1 &&
           EVP_DecryptUpdate(o->cipher, out, &written, p->body.data, (int)p->body.size) == 1 &&
           (size_t)written == p->body.size;
}

/* Each byte of the padding is its size, the last one not counted. @return whether it is one, taken off `text`. */
static bool unpad(struct slice *text)
{
    size_t padding = text->size > 0 ? text->data[text->size - 1] : 0;
    if (padding + 1 > text->size)
        return false;
    for (size_t i = text->size - 1 - padding; i < text->size; i++) {
        if (text->data[i] != padding)
            return false;
    }
    text->size -= padding + 1;
    return true;
}

/* On a copy: only a record that opens, or is passed over, moves the place in the keystream. */
static void decrypt_stream(const struct tls_opener *o, const struct parts *p, uint8_t *out)
{
    struct tls_rc4 stream = o->stream;
    tls_rc4_apply(&stream, p->body, out);
    OPENSSL_cleanse(&stream, sizeof stream);
}

/* RFC 5246, 6.2.3.1 and 6.2.3.2: the MAC is of the plaintext, and inside. Timing tells nobody anything: the sensor
 * answers nobody.
 */
static enum tls_open open_mac_inside(struct tls_opener *o, uint64_t sequence, const uint8_t *header,
                                     const struct parts *p, uint8_t *out, struct tls_opened *opened)
{
    size_t mac = tls_hash_size(o->keys.suite->mac);
    uint8_t pseudo[PSEUDO_HEADER];
    struct slice text = {.data = out, .size = p->body.size};
    if (o->info->mode == TLS_MODE_STREAM)
        decrypt_stream(o, p, out);
    else if (!decrypt_cbc(o, p, out) || !unpad(&text) || text.size < mac)
        return TLS_OPEN_BAD;
    text.size -= mac;
    put_pseudo_header(pseudo, sequence, header, text.size);
    if (!mac_fits(o, pseudo, text, out + text.size))
        return TLS_OPEN_BAD;
    opened->plaintext = text;
    return TLS_OPEN_OK;
}

/* RFC 7366, 3: the MAC is of IV and ciphertext, and behind them. */
static enum tls_open open_mac_behind(struct tls_opener *o, uint64_t sequence, const uint8_t *header,
                                     const struct parts *p, struct slice sealed, uint8_t *out,
                                     struct tls_opened *opened)
{
    uint8_t pseudo[PSEUDO_HEADER];
    struct slice covered = slice_part(sealed, 0, sealed.size - p->check.size);
    put_pseudo_header(pseudo, sequence, header, covered.size);
    if (!mac_fits(o, pseudo, covered, p->check.data) || !decrypt_cbc(o, p, out))
        return TLS_OPEN_BAD;
    opened->plaintext = (struct slice){.data = out, .size = p->body.size};
    return unpad(&opened->plaintext) ? TLS_OPEN_OK : TLS_OPEN_MALFORMED;
}

/* RFC 7366's MAC does not cover an IV that is not in the record: with the end of another record for it, what is no
 * plaintext would authenticate. So it is held to the place in the sequence that it belongs to. */
static bool chain_holds(const struct tls_opener *o, uint64_t sequence)
{
    return o->chain_known && (!o->keys.encrypt_then_mac || sequence == o->sequence);
}

static size_t check_size(const struct tls_opener *o)
{
    return o->keys.encrypt_then_mac ? tls_hash_size(o->keys.suite->mac) : o->info->tag;
}

/* @return false: no such record can be. */
static bool split(const struct tls_opener *o, const uint8_t *header, struct slice sealed, struct parts *p)
{
    size_t iv = explicit_iv(o), check = check_size(o);
    size_t length = (size_t)header[LENGTH_AT] << 8 | header[LENGTH_AT + 1];
    if (sealed.size != length || sealed.size > TLS_RECORD_MAX || sealed.size < iv + check)
        return false;
    p->iv = slice_part(sealed, 0, iv);
    p->body = slice_part(sealed, iv, sealed.size - check);
    p->check = slice_part(sealed, sealed.size - check, sealed.size);
    if (o->info->mode == TLS_MODE_STREAM)
        return p->body.size >= tls_hash_size(o->keys.suite->mac);
    if (o->info->mode != TLS_MODE_CBC)
        return o->keys.version != TLS_1_3 || p->body.size > 0;
    if (is_chained(o))
        p->iv = (struct slice){.data = o->chain, .size = o->info->fixed_iv};
    size_t least = o->keys.encrypt_then_mac ? 1 : tls_hash_size(o->keys.suite->mac) + 1u;
    return p->body.size >= least && p->body.size % o->info->fixed_iv == 0;
}

enum tls_open tls_opener_try(struct tls_opener *o, uint64_t sequence, const uint8_t header[static TLS_RECORD_HEADER],
                             struct slice sealed, uint8_t *out, struct tls_opened *opened)
{
    struct parts p;
    if (!split(o, header, sealed, &p))
        return TLS_OPEN_MALFORMED;
    opened->content = (enum tls_content)header[0];
    if (o->keys.suite->mac == TLS_NO_HASH)
        return open_aead(o, sequence, header, &p, out, opened);
    if (is_chained(o) && !chain_holds(o, sequence))
        return TLS_OPEN_BAD;
    return o->keys.encrypt_then_mac ? open_mac_behind(o, sequence, header, &p, sealed, out, opened)
                                    : open_mac_inside(o, sequence, header, &p, out, opened);
}

enum tls_open tls_opener_open(struct tls_opener *o, const uint8_t header[static TLS_RECORD_HEADER], struct slice sealed,
                              uint8_t *out, struct tls_opened *opened)
{
    enum tls_open how = tls_opener_try(o, o->sequence, header, sealed, out, opened);
    if (how == TLS_OPEN_OK)
        tls_opener_pass(o, sealed);
    return how;
}

bool tls_opener_plain_size(const struct tls_opener *o, size_t length, size_t *size)
{
    size_t kind = o->keys.version == TLS_1_3, around = explicit_iv(o) + o->info->tag + kind;
    *size = length - around;
    return o->info->tag > 0 && !o->pads && length >= around; /* without a tag there is a MAC inside */
}

uint64_t tls_opener_sequence(const struct tls_opener *o)
{
    return o->sequence;
}

void tls_opener_seek(struct tls_opener *o, uint64_t sequence)
{
    o->chain_known = o->chain_known && (!is_chained(o) || sequence == o->sequence);
    o->sequence = sequence;
}

void tls_opener_pass(struct tls_opener *o, struct slice sealed)
{
    o->sequence++;
    if (o->info->mode == TLS_MODE_STREAM)
        tls_rc4_skip(&o->stream, sealed.size);
    if (!is_chained(o))
        return;
    size_t block = o->info->fixed_iv, check = check_size(o);
    o->chain_known = sealed.size >= block + check;
    if (o->chain_known)
        memcpy(o->chain, sealed.data + sealed.size - check - block, block);
}

struct tls_opener *tls_opener_updated(const struct tls_opener *o)
{
    struct tls_record_keys keys = o->keys;
    struct tls_opener *updated =
        tls_schedule_update(o->ciphers, &keys) ? tls_opener_new(o->ciphers, &keys, o->memory) : NULL;
    OPENSSL_cleanse(&keys, sizeof keys);
    return updated;
}

bool tls_opener_update(struct tls_opener *o)
{
    struct tls_record_keys old = o->keys;
    bool done = tls_schedule_update(o->ciphers, &o->keys);
    if (done && EVP_DecryptInit_ex2(o->cipher, NULL, o->keys.key, NULL, NULL) != 1) {
        o->keys = old;
        EVP_DecryptInit_ex2(o->cipher, NULL, o->keys.key, NULL, NULL);
        done = false;
    }
    if (done)
        o->sequence = 0;
    OPENSSL_cleanse(&old, sizeof old);
    return done;
}
