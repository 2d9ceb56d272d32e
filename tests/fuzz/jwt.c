/* The first byte says whether the rest is a token, or the claims of one. */
#include <stdlib.h>
#include <string.h>

#include "proto/kube/jwt.h"

static void check(struct slice token)
{
    struct jwt jwt;
    bool good = jwt_read(&jwt, token);
    if (jwt.issuer_size > JWT_TEXT_MAX || jwt.subject_size > JWT_TEXT_MAX)
        abort();
    if (good && !jwt_shaped(token))
        abort();
    if (!good && (jwt.issuer_size > 0 || jwt.subject_size > 0))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    if (size == 0)
        return 0;
    struct slice rest = {data + 1, size - 1};
    if (data[0] % 2 == 0) {
        check(rest);
        return 0;
    }
    rest = slice_part(rest, 0, rest.size / 3 * 3); /* whole groups need no care at the end */
    char *token = malloc(rest.size / 3 * 4 + 16);
    size_t at = 4;
    memcpy(token, "eyA.", at);
    for (size_t i = 0; i < rest.size; i += 3) {
        unsigned group = (unsigned)rest.data[i] << 16 | (unsigned)rest.data[i + 1] << 8 | rest.data[i + 2];
        for (unsigned shift = 24; shift > 0; shift -= 6)
            token[at++] = alphabet[group >> (shift - 6) & 63];
    }
    token[at++] = '.';
    check((struct slice){(const uint8_t *)token, at});
    free(token);
    return 0;
}
