#include "proto/tls/ciphers.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <stddef.h>

struct tls_ciphers {
    struct memory *memory;
    EVP_CIPHER *ciphers[TLS_CIPHERS];
    bool asked[TLS_CIPHERS];
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
    EVP_MAC_free(c->hmac);
    EVP_KDF_CTX_free(c->prf);
    EVP_KDF_CTX_free(c->expand_label);
    memory_resize(c->memory, c, sizeof *c, 0);
}

EVP_CIPHER *tls_ciphers_cipher(struct tls_ciphers *c, enum tls_cipher cipher)
{
    if (!c->asked[cipher])
        c->ciphers[cipher] = EVP_CIPHER_fetch(NULL, tls_cipher_info(cipher)->name, NULL);
    c->asked[cipher] = true;
    return c->ciphers[cipher];
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
