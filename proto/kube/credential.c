#include "proto/kube/credential.h"

#define XXH_INLINE_ALL
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <xxhash.h>

#include "proto/kube/jwt.h"

enum {
    CACHE_SLOTS = 1024, /* a power of two, in pairs. A client sends the same with each request; hundreds of clients at
                           once are many for one capture point, and a miss costs a microsecond */
    SECRET_SIZE = 192,  /* XXH3_SECRET_DEFAULT_SIZE */
    DIGEST_SIZE = 32,   /* SHA-256 */
    CONTEXT_SIZE = 1024 /* what the contexts of OpenSSL take, about */
};

/* What was made of a token, or of a whole Authorization: never its bytes. */
struct reading {
    XXH128_hash_t hash;
    uint64_t digest;
    uint32_t at, size; /* of the token in an Authorization */
    uint8_t kind;
    bool whole; /* of an Authorization */
    bool used;
};

struct credential_digests {
    struct memory *memory;
    EVP_MAC_CTX *mac; /* has the key; each digest starts from it anew */
    uint8_t secret[SECRET_SIZE];
    struct reading cache[CACHE_SLOTS];
};

const char *credential_kind_name(enum credential_kind kind)
{
    static const char *const names[CREDENTIAL_KINDS] = {
        [CREDENTIAL_NONE] = "none",
        [CREDENTIAL_BEARER] = "bearer",
        [CREDENTIAL_JWT] = "jwt",
        [CREDENTIAL_WEBSOCKET] = "websocket",
        [CREDENTIAL_CERTIFICATE] = "certificate",
        [CREDENTIAL_BASIC] = "basic",
        [CREDENTIAL_OTHER_SCHEME] = "other",
        [CREDENTIAL_EMPTY] = "empty",
    };
    return names[kind];
}

/* The size of the white space of Unicode that `s` begins with, 0: none. Go's server cuts all of it off, so that a
 * no-break space behind "Bearer" is no token. */
static size_t space_size(struct slice s)
{
    static const struct {
        char first[4];
        uint8_t low, high; /* the byte behind `first` */
    } spaces[] = {{"", '\t', '\r'},         {"", ' ', ' '},           {"\xC2", 0x85, 0x85},
                  {"\xC2", 0xA0, 0xA0},     {"\xE1\x9A", 0x80, 0x80}, {"\xE2\x80", 0x80, 0x8A},
                  {"\xE2\x80", 0xA8, 0xA9}, {"\xE2\x80", 0xAF, 0xAF}, {"\xE2\x81", 0x9F, 0x9F},
                  {"\xE3\x80", 0x80, 0x80}};
    if (s.size == 0 || (s.data[0] > ' ' && s.data[0] < 0x80))
        return 0;
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++) {
        size_t size = strlen(spaces[i].first);
        if (s.size > size && memcmp(s.data, spaces[i].first, size) == 0 && s.data[size] >= spaces[i].low &&
            s.data[size] <= spaces[i].high)
            return size + 1;
    }
    return 0;
}

/* strings.TrimSpace */
static struct slice trim(struct slice s)
{
    for (size_t size; (size = space_size(s)) > 0;)
        s = slice_part(s, size, s.size);
    for (size_t size = 1; size <= 3 && size <= s.size; size++) {
        if (space_size(slice_part(s, s.size - size, s.size)) != size)
            continue;
        s.size -= size;
        size = 0;
    }
    return s;
}

struct credential credential_of_authorization(struct slice value)
{
    value = trim(value);
    struct slice scheme = slice_part(value, 0, slice_find(value, ' '));
    struct slice rest = slice_part(value, scheme.size + 1, value.size);
    if (value.size == 0)
        return (struct credential){CREDENTIAL_EMPTY, value};
    if (slice_same_nocase(scheme, slice_of("basic")))
        return (struct credential){CREDENTIAL_BASIC, trim(rest)};
    if (!slice_same_nocase(scheme, slice_of("bearer")))
        return (struct credential){CREDENTIAL_OTHER_SCHEME, rest.size > 0 ? trim(rest) : value};
    struct slice token = slice_part(rest, 0, slice_find(rest, ' '));
    if (token.size == 0)
        return (struct credential){CREDENTIAL_EMPTY, token};
    return (struct credential){jwt_shaped(token) ? CREDENTIAL_JWT : CREDENTIAL_BEARER, token};
}

struct credential credential_of_subprotocols(struct slice value)
{
    static const char prefix[] = "base64url.bearer.authorization.k8s.io.";
    struct credential found = {CREDENTIAL_NONE, slice_part(value, 0, 0)};
    bool seen = false;
    for (bool more = true; more;) {
        size_t end = slice_find(value, ',');
        struct slice protocol = trim(slice_part(value, 0, end));
        more = end < value.size;
        value = slice_part(value, end + 1, value.size);
        if (!slice_begins(protocol, prefix))
            continue;
        struct slice token = slice_part(protocol, sizeof prefix - 1, protocol.size);
        if (found.token.size == 0)
            found.token = token;
        if (token.size > 0 || seen)
            found.kind = CREDENTIAL_WEBSOCKET;
        seen = true;
    }
    return found;
}

static bool mac_of(EVP_MAC_CTX *mac, struct slice text, uint8_t out[static DIGEST_SIZE])
{
    size_t size;
    return EVP_MAC_init(mac, NULL, 0, NULL) == 1 && EVP_MAC_update(mac, text.data, text.size) == 1 &&
           EVP_MAC_final(mac, out, &size, DIGEST_SIZE) == 1 && size == DIGEST_SIZE;
}

static EVP_MAC_CTX *new_mac(const uint8_t key[static 32])
{
    char name[] = "SHA256";
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0), OSSL_PARAM_END};
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *mac = hmac != NULL ? EVP_MAC_CTX_new(hmac) : NULL;
    EVP_MAC_free(hmac);
    if (mac != NULL && EVP_MAC_init(mac, key, 32, params) == 1)
        return mac;
    EVP_MAC_CTX_free(mac);
    return NULL;
}

/* The cache's secret is made from the key, under labels that are no token: a token has no NUL. */
static bool make_secret(struct credential_digests *d)
{
    uint8_t label[] = "cache\0 ";
    for (size_t i = 0; i < SECRET_SIZE; i += DIGEST_SIZE) {
        label[sizeof label - 2] = (uint8_t)('0' + i / DIGEST_SIZE);
        if (!mac_of(d->mac, (struct slice){.data = label, .size = sizeof label - 1}, d->secret + i))
            return false;
    }
    return true;
}

struct credential_digests *credential_digests_new(const uint8_t key[static 32], struct memory *memory)
{
    struct credential_digests *d = memory_resize(memory, NULL, 0, sizeof *d);
    if (d == NULL)
        return NULL;
    d->memory = memory;
    d->mac = new_mac(key);
    memory_charge(memory, CONTEXT_SIZE);
    if (d->mac != NULL && make_secret(d))
        return d;
    credential_digests_free(d);
    return NULL;
}

void credential_digests_free(struct credential_digests *d)
{
    if (d == NULL)
        return;
    struct memory *memory = d->memory;
    EVP_MAC_CTX_free(d->mac);
    memory_charge(memory, -CONTEXT_SIZE);
    OPENSSL_cleanse(d, sizeof *d);
    memory_resize(memory, d, sizeof *d, 0);
}

static XXH128_hash_t hash_of(const struct credential_digests *d, struct slice text)
{
    return XXH3_128bits_withSecret(text.data, text.size, d->secret, sizeof d->secret);
}

static const struct reading *find(const struct credential_digests *d, XXH128_hash_t hash, bool whole)
{
    const struct reading *pair = &d->cache[hash.low64 & (CACHE_SLOTS - 2)];
    for (size_t i = 0; i < 2; i++) {
        if (pair[i].used && pair[i].whole == whole && XXH128_isEqual(pair[i].hash, hash))
            return &pair[i];
    }
    return NULL;
}

/* Of a pair the one that was kept longer goes. */
static void keep(struct credential_digests *d, struct reading reading)
{
    struct reading *pair = &d->cache[reading.hash.low64 & (CACHE_SLOTS - 2)];
    pair[1] = pair[0];
    pair[0] = reading;
    pair[0].used = true;
}

struct credential credential_read(struct credential_digests *d, struct slice authorization, uint64_t *digest)
{
    XXH128_hash_t hash = hash_of(d, authorization);
    const struct reading *known = find(d, hash, true);
    if (known) {
        *digest = known->digest;
        return (struct credential){known->kind, slice_part(authorization, known->at, (size_t)known->at + known->size)};
    }
    struct credential c = credential_of_authorization(authorization);
    *digest = c.token.size != 0 ? credential_digest(d, c.token) : 0;
    keep(d, (struct reading){.hash = hash,
                             .digest = *digest,
                             .at = (uint32_t)(c.token.size != 0 ? c.token.data - authorization.data : 0),
                             .size = (uint32_t)c.token.size,
                             .kind = (uint8_t)c.kind,
                             .whole = true});
    return c;
}

uint64_t credential_digest(struct credential_digests *d, struct slice token)
{
    XXH128_hash_t hash = hash_of(d, token);
    const struct reading *known = find(d, hash, false);
    if (known)
        return known->digest;
    uint8_t mac[DIGEST_SIZE];
    uint64_t digest = 0;
    if (!mac_of(d->mac, token, mac))
        return hash.high64 | 1; /* OpenSSL is out of memory: keyed as well, only not repeatable elsewhere */
    for (size_t i = 0; i < 8; i++)
        digest = digest << 8 | mac[i];
    digest += digest == 0;
    keep(d, (struct reading){.hash = hash, .digest = digest});
    return digest;
}
