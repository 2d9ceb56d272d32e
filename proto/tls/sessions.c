#include "proto/tls/sessions.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "proto/tls/vault.h"

struct remembered {
    uint8_t key[TLS_VAULT_KEY];
    struct tls_session session;
};

struct tls_sessions {
    struct tls_vault vault;
    struct memory *memory;
    size_t facts;
    EVP_MD *sha256;
    EVP_MD_CTX *context;
};

struct tls_sessions *tls_sessions_new(size_t facts, const struct hash_secret *secret, struct memory *memory)
{
    struct tls_sessions *s = memory_resize(memory, NULL, 0, sizeof *s);
    if (s == NULL)
        return NULL;
    s->memory = memory;
    s->facts = facts;
    tls_vault_init(&s->vault, sizeof(struct remembered) + facts, secret, memory);
    s->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    s->context = EVP_MD_CTX_new();
    if (s->sha256 != NULL && s->context != NULL)
        return s;
    tls_sessions_free(s);
    return NULL;
}

void tls_sessions_free(struct tls_sessions *s)
{
    if (s == NULL)
        return;
    tls_vault_deinit(&s->vault);
    EVP_MD_CTX_free(s->context);
    EVP_MD_free(s->sha256);
    memory_resize(s->memory, s, sizeof *s, 0);
}

/* A digest that nobody can make collide: who wins a collision is taken for another's client. */
static bool key_of(struct tls_sessions *s, struct slice scope, enum tls_session_name by, struct slice name,
                   uint8_t key[static TLS_VAULT_KEY])
{
    uint8_t start[] = {(uint8_t)by, (uint8_t)scope.size};
    return name.size > 0 && EVP_DigestInit_ex2(s->context, s->sha256, NULL) == 1 &&
           EVP_DigestUpdate(s->context, start, sizeof start) == 1 &&
           EVP_DigestUpdate(s->context, scope.data, scope.size) == 1 &&
           EVP_DigestUpdate(s->context, name.data, name.size) == 1 && EVP_DigestFinal_ex(s->context, key, NULL) == 1;
}

bool tls_sessions_put(struct tls_sessions *s, struct slice scope, enum tls_session_name by, struct slice name,
                      const struct tls_secret *master, const void *facts)
{
    uint8_t key[TLS_VAULT_KEY];
    if (!key_of(s, scope, by, name, key))
        return false;
    struct remembered *r = tls_vault_find(&s->vault, key);
    if (r == NULL)
        r = tls_vault_add(&s->vault, key);
    if (r == NULL)
        return false;
    r->session.master = master != NULL ? *master : (struct tls_secret){0};
    if (s->facts > 0)
        memcpy(r->session.facts, facts, s->facts);
    return true;
}

const struct tls_session *tls_sessions_find(struct tls_sessions *s, struct slice scope, enum tls_session_name by,
                                            struct slice name)
{
    uint8_t key[TLS_VAULT_KEY];
    const struct remembered *r = key_of(s, scope, by, name, key) ? tls_vault_find(&s->vault, key) : NULL;
    return r != NULL ? &r->session : NULL;
}

size_t tls_sessions_count(const struct tls_sessions *s)
{
    return tls_vault_count(&s->vault);
}

size_t tls_sessions_trim(struct tls_sessions *s, size_t sessions)
{
    return tls_vault_trim(&s->vault, sessions);
}
