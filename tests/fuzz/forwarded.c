/* Any text as X-Forwarded-For: what stands before a client's address does not change who it is. */
#include <stdlib.h>

#include "sensor/detect/forwarded.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = {.data = data, .size = size};
    uint8_t ip[16] = {0}, again[16] = {0};
    enum forwarded found = forwarded_client(text, false, NULL, NULL, ip);
    if (found == FORWARDED_FRONT || forwarded_client(text, true, NULL, NULL, again) != FORWARDED_UNREADABLE)
        abort(); /* without a map there are none */
    size_t comma = size;
    while (comma > 0 && data[comma - 1] != ',')
        comma--;
    struct slice last = slice_part(text, comma, size);
    enum forwarded alone = forwarded_client(last, false, NULL, NULL, again);
    if (alone != FORWARDED_NONE && (alone != found || memcmp(ip, again, sizeof ip) != 0))
        abort();
    return 0;
}
