#include "proto/tls/compressed.h"

#include <zlib.h>
#include <zstd.h>

/* RFC 8879, 7.3. Brotli is another. */
enum { ZLIB = 1, ZSTD = 3 };

bool tls_compressed_read(struct slice body, struct tls_compressed *c)
{
    struct reader r = reader_of(body);
    c->algorithm = read_u16(&r);
    c->size = read_u24(&r);
    c->bytes = read_slice(&r, read_u24(&r));
    return !r.failed && reader_left(&r) == 0;
}

static bool inflate_all(const struct tls_compressed *c, uint8_t *room)
{
    uLongf size = c->size;
    return uncompress(room, &size, c->bytes.data, c->bytes.size) == Z_OK && size == c->size;
}

bool tls_compressed_unpack(const struct tls_compressed *c, uint8_t *room)
{
    switch (c->algorithm) {
    case ZLIB: return inflate_all(c, room);
    case ZSTD: return ZSTD_decompress(room, c->size, c->bytes.data, c->bytes.size) == c->size;
    default: return false;
    }
}

/* RFC 8446, 4.4.2: beside certificates there are a context of at most 255 bytes, empty in a handshake, and two sizes.
 */
enum tls_client tls_compressed_client(const struct tls_compressed *c)
{
    enum { EMPTY = 1 + 3, CONTEXT_MOST = 255 };
    if (c->size > EMPTY + CONTEXT_MOST)
        return TLS_CLIENT_PRESENTED;
    return c->size == EMPTY ? TLS_CLIENT_ABSENT : TLS_CLIENT_UNKNOWN;
}
