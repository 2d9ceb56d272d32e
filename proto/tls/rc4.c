#include "proto/tls/rc4.h"

static void swap(uint8_t *a, uint8_t *b)
{
    uint8_t kept = *a;
    *a = *b;
    *b = kept;
}

void tls_rc4_init(struct tls_rc4 *r, struct slice key)
{
    r->i = r->j = 0;
    for (size_t i = 0; i < sizeof r->box; i++)
        r->box[i] = (uint8_t)i;
    uint8_t j = 0;
    for (size_t i = 0; i < sizeof r->box; i++) {
        j = (uint8_t)(j + r->box[i] + key.data[i % key.size]);
        swap(&r->box[i], &r->box[j]);
    }
}

static uint8_t next(struct tls_rc4 *r)
{
    r->i++;
    r->j = (uint8_t)(r->j + r->box[r->i]);
    swap(&r->box[r->i], &r->box[r->j]);
    return r->box[(uint8_t)(r->box[r->i] + r->box[r->j])];
}

void tls_rc4_apply(struct tls_rc4 *r, struct slice text, uint8_t *out)
{
    for (size_t i = 0; i < text.size; i++)
        out[i] = text.data[i] ^ next(r);
}

void tls_rc4_skip(struct tls_rc4 *r, size_t size)
{
    while (size-- > 0)
        next(r);
}
