#include "proto/tls/keys.h"

#include "proto/tls/vault.h"

struct tls_keys {
    struct tls_vault vault; /* of struct tls_logged */
    struct memory *memory;
};

struct tls_keys *tls_keys_new(const struct hash_secret *secret, struct memory *memory)
{
    struct tls_keys *k = memory_resize(memory, NULL, 0, sizeof *k);
    if (k == NULL)
        return NULL;
    k->memory = memory;
    tls_vault_init(&k->vault, sizeof(struct tls_logged), secret, memory);
    return k;
}

void tls_keys_free(struct tls_keys *k)
{
    if (k == NULL)
        return;
    tls_vault_deinit(&k->vault);
    memory_resize(k->memory, k, sizeof *k, 0);
}

const struct tls_logged *tls_keys_logged(const struct tls_keys *k, const uint8_t random[static TLS_RANDOM])
{
    return tls_vault_find(&k->vault, random);
}

const struct tls_secret *tls_keys_find(const struct tls_keys *k, const uint8_t random[static TLS_RANDOM],
                                       enum tls_label label)
{
    const struct tls_logged *logged = tls_keys_logged(k, random);
    return logged != NULL && logged->secrets[label].size > 0 ? &logged->secrets[label] : NULL;
}

const struct tls_logged *tls_keys_newest(const struct tls_keys *k)
{
    return tls_vault_newest(&k->vault);
}

const struct tls_logged *tls_keys_older(const struct tls_logged *logged)
{
    return tls_vault_older(logged);
}

const struct tls_logged *tls_keys_newer(const struct tls_logged *logged)
{
    return tls_vault_newer(logged);
}

size_t tls_keys_count(const struct tls_keys *k)
{
    return tls_vault_count(&k->vault);
}

size_t tls_keys_trim(struct tls_keys *k, size_t connections)
{
    return tls_vault_trim(&k->vault, connections);
}

enum tls_line tls_keys_add(struct tls_keys *k, struct slice line, struct tls_mistake *mistake)
{
    (void)k, (void)line, (void)mistake;
    return TLS_LINE_COMMENT;
}

const char *tls_line_name(enum tls_line line)
{
    static const char *const names[TLS_LINES] = {
        [TLS_LINE_ADDED] = "added",     [TLS_LINE_KNOWN] = "known", [TLS_LINE_CONTRADICTS] = "contradicts",
        [TLS_LINE_COMMENT] = "comment", [TLS_LINE_OTHER] = "other", [TLS_LINE_MALFORMED] = "malformed",
        [TLS_LINE_FULL] = "full",
    };
    return names[line];
}
