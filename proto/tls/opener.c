#include "proto/tls/opener.h"

struct tls_opener {
    uint64_t sequence;
};

struct tls_opener *tls_opener_new(struct tls_ciphers *c, const struct tls_record_keys *keys, struct memory *memory)
{
    (void)c, (void)keys, (void)memory;
    return NULL;
}

void tls_opener_free(struct tls_opener *o)
{
    (void)o;
}

enum tls_open tls_opener_open(struct tls_opener *o, const uint8_t header[static TLS_RECORD_HEADER], struct slice sealed,
                              uint8_t *out, struct tls_opened *opened)
{
    return tls_opener_try(o, o->sequence, header, sealed, out, opened);
}

enum tls_open tls_opener_try(struct tls_opener *o, uint64_t sequence, const uint8_t header[static TLS_RECORD_HEADER],
                             struct slice sealed, uint8_t *out, struct tls_opened *opened)
{
    (void)o, (void)sequence, (void)header, (void)sealed, (void)out, (void)opened;
    return TLS_OPEN_BAD;
}

uint64_t tls_opener_sequence(const struct tls_opener *o)
{
    return o->sequence;
}

void tls_opener_seek(struct tls_opener *o, uint64_t sequence)
{
    o->sequence = sequence;
}

void tls_opener_pass(struct tls_opener *o, struct slice sealed)
{
    (void)sealed;
    o->sequence++;
}

bool tls_opener_update(struct tls_opener *o)
{
    (void)o;
    return false;
}
