/* The first byte says where to cut: each fact of a beginning is that of the whole, or absent. */
#include <stdlib.h>
#include <string.h>

#include "proto/kube/status.h"

static bool absent_or_same(const char *some, size_t some_size, const char *all, size_t all_size)
{
    return some_size == 0 || (some_size == all_size && memcmp(some, all, all_size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct slice body = {data + 1, size - 1};
    struct status all, some;
    status_read(&all, body);
    status_read(&some, slice_part(body, 0, body.size * data[0] / 256));
    if (all.user_size > sizeof all.user || all.reason_size > sizeof all.reason)
        abort();
    if ((some.is_status && !all.is_status) || (some.impersonation_refused && !all.impersonation_refused) ||
        (some.own_401 && !all.own_401) || (some.other_401 && !all.other_401) ||
        !absent_or_same(some.reason, some.reason_size, all.reason, all.reason_size) ||
        !absent_or_same(some.user, some.user_size, all.user, all.user_size))
        abort();
    if (!all.is_status &&
        (all.reason_size > 0 || all.user_size > 0 || all.impersonation_refused || all.own_401 || all.other_401))
        abort();
    return 0;
}
