#include "proto/tls/ciphers.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <stddef.h>

struct tls_ciphers {
    struct memory *memory;
    EVP_CIPHER *ciphers[TLS_CIPHERS];
    EVP_MD *digests[TLS_HASHES];
    bool asked_cipher[TLS_CIPHERS], asked_digest[TLS_HASHES];
    EVP_MAC *hmac;
    EVP_KDF_CTX *prf, *expand_label;
};

static EVP_KDF_CTX *kdf_of(const char *name)
{
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, name, NULL);
    EVP_KDF_CTX *context = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;
    EVP_KDF_free(kdf);
    return context;
}

struct tls_ciphers *tls_ciphers_new(struct memory *memory)
{
    struct tls_ciphers *c = memory_resize(memory, NULL, 0, sizeof *c);
    if (c == NULL)
        return NULL;
    c->memory = memory;
    c->hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    c->prf = kdf_of("TLS1-PRF");
    c->expand_label = kdf_of("TLS13-KDF");
    if (c->hmac != NULL && c->prf != NULL && c->expand_label != NULL)
        return c;
    tls_ciphers_free(c);
    return NULL;
}

void tls_ciphers_free(struct tls_ciphers *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < TLS_CIPHERS; i++)
        EVP_CIPHER_free(c->ciphers[i]);
    for (size_t i = 0; i < TLS_HASHES; i++)
        EVP_MD_free(c->digests[i]);
    EVP_MAC_free(c->hmac);
    EVP_KDF_CTX_free(c->prf);
    EVP_KDF_CTX_free(c->expand_label);
    memory_resize(c->memory, c, sizeof *c, 0);
}

EVP_CIPHER *tls_ciphers_cipher(struct tls_ciphers *c, enum tls_cipher cipher)
{
    if (!c->asked_cipher[cipher])
        c->ciphers[cipher] = EVP_CIPHER_fetch(NULL, tls_cipher_info(cipher)->name, NULL);
    c->asked_cipher[cipher] = true;
    return c->ciphers[cipher];
}

EVP_MD *tls_ciphers_digest(struct tls_ciphers *c, enum tls_hash hash)
{
    if (!c->asked_digest[hash] && hash != TLS_NO_HASH)
        c->digests[hash] = EVP_MD_fetch(NULL, tls_hash_name(hash), NULL);
    c->asked_digest[hash] = true;
    return c->digests[hash];
}

EVP_MAC *tls_ciphers_hmac(struct tls_ciphers *c)
{
    return c->hmac;
}

EVP_KDF_CTX *tls_ciphers_prf(struct tls_ciphers *c)
{
    return c->prf;
}

EVP_KDF_CTX *tls_ciphers_expand_label(struct tls_ciphers *c)
{
    return c->expand_label;
}
