/* A Certificate message of either form, and the whole as a certificate. */
#include <stdlib.h>

#include "proto/tls/certificate.h"

static void read_one(struct slice der)
{
    static struct tls_certificate c;
    if (!tls_certificate_read(der, &c))
        return;
    for (int i = 0; i < TLS_CERTIFICATE_TEXTS; i++) {
        if ((size_t)c.at[i] + c.size[i] > sizeof c.bytes)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice body = {data, size}, der;
    for (int tls13 = 0; tls13 < 2; tls13++) {
        if (tls_certificate_first(body, tls13, &der))
            read_one(der);
    }
    read_one(body);
    return 0;
}
