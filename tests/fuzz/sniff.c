/* Adding bytes never changes what was told, and enough bytes are always told. */
#include "proto/stream/sniff.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sniffed before = {.protocol = PROTOCOL_UNKNOWN};
    for (size_t n = 0; n <= size && n <= SNIFF_BYTES + 8; n++) {
        struct sniffed now = sniff((struct slice){data, n});
        bool known = before.protocol != PROTOCOL_UNKNOWN;
        if (known && (now.protocol != before.protocol || (before.side_known && now.side != before.side)))
            abort();
        if (n >= SNIFF_BYTES && now.protocol == PROTOCOL_UNKNOWN)
            abort();
        before = now;
    }
    return 0;
}
