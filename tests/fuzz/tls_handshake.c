/* The first byte is the bound; then pieces of a side's handshake bytes, a length byte before each. Aborts where cutting
 * into single bytes changes what is told, or where memory stays. */
#include <stdlib.h>

#include "proto/tls/handshake.h"

static uint64_t mix(uint64_t hash, uint64_t value)
{
    return (hash ^ value) * 1099511628211U;
}

static uint64_t feed(struct tls_handshake *h, struct memory *memory, uint32_t most, struct slice fragment,
                     uint64_t hash)
{
    struct tls_message m;
    for (;;) {
        switch (tls_handshake_next(h, memory, most, &fragment, &m)) {
        case TLS_HANDSHAKE_MORE: return hash;
        case TLS_HANDSHAKE_NO_MEMORY: abort();
        case TLS_HANDSHAKE_PASSED: hash = mix(hash, 1000U + m.type); break;
        case TLS_HANDSHAKE_MESSAGE:
            if (m.body.size > most)
                abort();
            hash = mix(mix(hash, m.type), m.body.size);
            for (size_t i = 0; i < m.body.size; i++)
                hash = mix(hash, m.body.data[i]);
            break;
        }
    }
}

static uint64_t run(struct slice input, bool cut)
{
    struct reader r = reader_of(input);
    struct memory memory = {.limit = 1 << 20};
    struct tls_handshake h = {0};
    uint32_t most = read_u8(&r) * 4U;
    uint64_t hash = 0;
    while (reader_left(&r)) {
        uint8_t size = read_u8(&r);
        struct slice piece = read_slice(&r, size < reader_left(&r) ? size : reader_left(&r));
        for (size_t i = 0; cut && i < piece.size; i++)
            hash = feed(&h, &memory, most, slice_part(piece, i, i + 1), hash);
        if (!cut)
            hash = feed(&h, &memory, most, piece, hash);
    }
    tls_handshake_reset(&h, &memory);
    if (memory.used)
        abort();
    return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (run((struct slice){data, size}, false) != run((struct slice){data, size}, true))
        abort();
    return 0;
}
