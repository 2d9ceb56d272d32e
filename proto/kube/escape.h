/* Percent-escapes (RFC 3986 section 2.1) as Go's net/url undoes them. */
#ifndef PROTO_KUBE_ESCAPE_H
#define PROTO_KUBE_ESCAPE_H

#include "proto/base/slice.h"

/** Whether two hexadecimal digits stand behind each %. Go refuses a text with any other. */
static inline bool escape_valid(struct slice raw)
{
    for (size_t i = slice_find(raw, '%'); i < raw.size; i++) {
        if (raw.data[i] != '%')
            continue;
        if (raw.size - i < 3 || byte_hex(raw.data[i + 1]) < 0 || byte_hex(raw.data[i + 2]) < 0)
            return false;
        i += 2;
    }
    return true;
}

/** Takes the next byte off `raw`, which is valid and not empty, and undoes its escape. */
static inline uint8_t escape_take(struct slice *raw)
{
    const uint8_t *at = raw->data;
    size_t size = *at == '%' ? 3 : 1;
    *raw = (struct slice){.data = at + size, .size = raw->size - size};
    if (size == 1)
        return *at;
    return (uint8_t)(byte_hex(at[1]) << 4 | byte_hex(at[2]));
}

#endif
