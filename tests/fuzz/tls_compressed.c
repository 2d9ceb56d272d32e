/* A CompressedCertificate message: unpacked, it has the size that it claims. */
#include <stdlib.h>

#include "proto/tls/compressed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { MOST = 64 << 10 };
    struct tls_compressed c;
    if (!tls_compressed_read((struct slice){data, size}, &c) || c.size > MOST)
        return 0;
    uint8_t *room = malloc(c.size + !c.size), sum = 0;
    if (room && tls_compressed_unpack(&c, room)) {
        for (uint32_t i = 0; i < c.size; i++)
            sum ^= room[i];
        room[0] = sum;
    }
    free(room);
    return 0;
}
