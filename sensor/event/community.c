#include "sensor/event/community.h"

#include <openssl/evp.h>
#include <stdlib.h>

enum { DIGEST_SIZE = 20, INPUT_MAX = 2 + 16 + 16 + 1 + 1 + 2 + 2 };

struct community {
    EVP_MD *sha1; /* fetched once: fetching costs ten times the hash */
    EVP_MD_CTX *context;
    uint16_t seed;
};

struct community *community_new(uint16_t seed)
{
    struct community *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->seed = seed;
    c->sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
    c->context = EVP_MD_CTX_new();
    if (c->sha1 && c->context && EVP_DigestInit_ex2(c->context, c->sha1, NULL))
        return c;
    community_free(c);
    return NULL;
}

void community_free(struct community *c)
{
    if (!c)
        return;
    EVP_MD_CTX_free(c->context);
    EVP_MD_free(c->sha1);
    free(c);
}

static uint8_t *put_u16(uint8_t *at, unsigned number)
{
    at[0] = (uint8_t)(number >> 8);
    at[1] = (uint8_t)number;
    return at + 2;
}

/* An IPv4 address is hashed as its four bytes. */
static uint8_t *put_ip(uint8_t *at, const uint8_t ip[static 16])
{
    size_t skip = address_is_ipv4(ip) ? 12 : 0;
    memcpy(at, ip + skip, 16 - skip);
    return at + 16 - skip;
}

/* The smaller address comes first, at equal addresses the smaller port. */
static bool in_order(const struct address *a, const struct address *b)
{
    int order = memcmp(a->ip, b->ip, sizeof a->ip);
    return order < 0 || (order == 0 && a->port <= b->port);
}

bool community_id(struct community *c, uint8_t protocol, const struct address *a, const struct address *b,
                  char text[static COMMUNITY_ID_SIZE])
{
    const struct address *first = in_order(a, b) ? a : b;
    const struct address *second = first == a ? b : a;
    uint8_t input[INPUT_MAX];
    uint8_t *at = put_u16(input, c->seed);
    at = put_ip(at, first->ip);
    at = put_ip(at, second->ip);
    *at++ = protocol;
    *at++ = 0; /* padding */
    at = put_u16(at, first->port);
    at = put_u16(at, second->port);

    uint8_t digest[EVP_MAX_MD_SIZE];
    uint8_t base64[4 * ((DIGEST_SIZE + 2) / 3) + 1];
    if (!EVP_DigestInit_ex2(c->context, NULL, NULL) || !EVP_DigestUpdate(c->context, input, (size_t)(at - input)) ||
        !EVP_DigestFinal_ex(c->context, digest, NULL))
        return false;
    EVP_EncodeBlock(base64, digest, DIGEST_SIZE);
    text[0] = '1';
    text[1] = ':';
    memcpy(text + 2, base64, COMMUNITY_ID_SIZE - 2);
    return true;
}
