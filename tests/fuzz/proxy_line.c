/* First bytes of a connection: with each byte more the answer is still open, or stays as it is. */
#include <stdlib.h>

#include "proto/stream/proxy_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct proxied whole = {.size = 0}, part;
    enum proxy_line all = proxy_line_read((struct slice){data, size}, &whole);
    if (size >= PROXY_LINE_MAX && all == PROXY_LINE_MORE)
        abort();
    if (all == PROXY_LINE_READ && (whole.size == 0 || whole.size > size || (whole.known && whole.local)))
        abort();
    for (size_t i = 0; i < size && i < 300; i++) {
        enum proxy_line got = proxy_line_read((struct slice){data, i}, &part);
        if (got != PROXY_LINE_MORE && got != all)
            abort();
        if (got == PROXY_LINE_READ &&
            (part.size != whole.size || memcmp(&part.from, &whole.from, sizeof part.from) != 0))
            abort();
    }
    return 0;
}
