/* The first byte says which field the rest is. The digest of a token is the same each time, and never 0. */
#include <stdlib.h>

#include "proto/kube/credential.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct memory memory = {.limit = 1 << 20};
    static struct credential_digests *digests;
    static const uint8_t key[32] = {1, 2, 3};
    if (size == 0)
        return 0;
    if (digests == NULL)
        digests = credential_digests_new(key, &memory);
    struct slice value = {data + 1, size - 1};
    struct credential c = data[0] % 2 == 0 ? credential_of_authorization(value) : credential_of_subprotocols(value);
    if (c.kind >= CREDENTIAL_KINDS || c.kind == CREDENTIAL_CERTIFICATE)
        abort();
    if (c.token.data < value.data || c.token.data + c.token.size > value.data + value.size)
        abort();
    if ((c.kind == CREDENTIAL_BEARER || c.kind == CREDENTIAL_JWT) && c.token.size == 0)
        abort();
    uint64_t digest = credential_digest(digests, c.token);
    if (digest == 0 || digest != credential_digest(digests, c.token))
        abort();
    return 0;
}
