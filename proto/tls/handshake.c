#include "proto/tls/handshake.h"

/* Adds to what is held until it has so many bytes. @return whether it has. */
static bool complete(struct tls_handshake *h, struct memory *memory, struct slice *fragment, size_t size, bool *full)
{
    *full = h->hold.size < size && !hold_add(&h->hold, slice_take(fragment, size - h->hold.size), memory);
    return !*full && h->hold.size >= size;
}

static uint32_t length_of(const uint8_t *header)
{
    return (uint32_t)header[1] << 16 | (uint32_t)header[2] << 8 | header[3];
}

static enum tls_handshake_next pass(struct tls_handshake *h, struct memory *memory, uint8_t type, uint32_t size,
                                    struct slice *fragment, struct tls_message *message)
{
    tls_handshake_reset(h, memory);
    h->skip = size - (uint32_t)slice_take(fragment, size).size;
    *message = (struct tls_message){.type = type, .body = slice_of("")};
    return TLS_HANDSHAKE_PASSED;
}

/* A message of which a part is held, or that is not all there. */
static enum tls_handshake_next next_held(struct tls_handshake *h, struct memory *memory, uint32_t most,
                                         struct slice *fragment, struct tls_message *message)
{
    bool full;
    if (!complete(h, memory, fragment, TLS_MESSAGE_HEADER, &full))
        return full ? TLS_HANDSHAKE_NO_MEMORY : TLS_HANDSHAKE_MORE;
    uint8_t type = h->hold.bytes[0];
    uint32_t length = length_of(h->hold.bytes);
    if (length > most)
        return pass(h, memory, type, length, fragment, message);
    if (!complete(h, memory, fragment, TLS_MESSAGE_HEADER + (size_t)length, &full))
        return full ? TLS_HANDSHAKE_NO_MEMORY : TLS_HANDSHAKE_MORE;
    h->told = true;
    *message = (struct tls_message){.type = type, .body = {h->hold.bytes + TLS_MESSAGE_HEADER, length}};
    return TLS_HANDSHAKE_MESSAGE;
}

enum tls_handshake_next tls_handshake_next(struct tls_handshake *h, struct memory *memory, uint32_t most,
                                           struct slice *fragment, struct tls_message *message)
{
    if (h->told)
        tls_handshake_reset(h, memory);
    h->skip -= (uint32_t)slice_take(fragment, h->skip).size;
    if (fragment->size == 0)
        return TLS_HANDSHAKE_MORE;
    if (h->hold.size || fragment->size < TLS_MESSAGE_HEADER)
        return next_held(h, memory, most, fragment, message);
    const uint8_t *header = fragment->data;
    uint32_t length = length_of(header);
    if (length > most) {
        slice_take(fragment, TLS_MESSAGE_HEADER);
        return pass(h, memory, header[0], length, fragment, message);
    }
    if (fragment->size - TLS_MESSAGE_HEADER < length)
        return next_held(h, memory, most, fragment, message);
    slice_take(fragment, TLS_MESSAGE_HEADER);
    *message = (struct tls_message){.type = header[0], .body = slice_take(fragment, length)};
    return TLS_HANDSHAKE_MESSAGE;
}

void tls_handshake_reset(struct tls_handshake *h, struct memory *memory)
{
    hold_clear(&h->hold, memory);
    *h = (struct tls_handshake){0};
}
