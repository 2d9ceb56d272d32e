/* Any method and target, up to the first space and behind it: what comes out bears the query as it was sent, what is
 * escaped anew is legal and stays what it is, and there always is something. */
#include <stdlib.h>

#include "sensor/report/request_uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct slice of(const struct buffer *b)
{
    return (struct slice){(const uint8_t *)b->bytes, b->size};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice all = {.data = data, .size = size};
    struct slice method = slice_part(all, 0, slice_find(all, ' ')), target = slice_part(all, method.size + 1, size);
    struct slice query = slice_part(target, slice_find(target, '?'), target.size);
    struct buffer out = {0}, again = {0};
    request_uri(&out, method, target);
    if (out.failed || out.size == 0)
        abort();
    struct slice uri = of(&out);
    bool authority = slice_is(method, "CONNECT") && !slice_begins(target, "/");
    if (authority
            ? !slice_is(uri, "/")
            : !slice_same(slice_part(uri, uri.size - (query.size < uri.size ? query.size : uri.size), uri.size), query))
        abort();
    request_uri(&again, method, uri);
    if (slice_begins(uri, "/") && !slice_same(of(&again), uri))
        abort();
    buffer_deinit(&out);
    buffer_deinit(&again);
    return 0;
}
