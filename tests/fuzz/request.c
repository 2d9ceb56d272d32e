/* The first byte chooses the method (or takes it from the input) and how much room there is. */
#include <stdlib.h>

#include "proto/kube/request.h"

static void check(struct slice part, struct slice target, struct slice method, const uint8_t *room, size_t room_size)
{
    /* Read each byte, so that a slice of nothing's is seen. */
    volatile uint8_t sum = 0;
    for (size_t i = 0; i < part.size; i++)
        sum = (uint8_t)(sum + part.data[i]);
    if (part.size > target.size + method.size + 16 || (part.data == room && part.size > room_size))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const methods[] = {"GET", "HEAD", "POST", "DELETE", "OPTIONS", "CONNECT", "get"};
    if (size == 0)
        return 0;
    struct slice target = {data + 1, size - 1}, method;
    if (data[0] % 8 < 7) {
        method = slice_of(methods[data[0] % 8]);
    } else {
        method = slice_part(target, 0, slice_find(target, ' '));
        target = slice_part(target, method.size + 1, target.size);
    }
    size_t room_size = data[0] < 128 ? target.size + method.size : target.size * (data[0] - 128U) / 128;
    uint8_t *room = malloc(room_size + 1);
    struct request_info info;
    request_info_read(&info, method, target, data[0] & 8, room, room_size);
    const struct slice parts[] = {info.verb,     info.group,       info.version, info.name_space,
                                  info.resource, info.subresource, info.name};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        check(parts[i], target, method, room, room_size);
    if (info.kind == PATH_ERROR && (info.verb.size > 0 || info.open || info.opened || info.proxied))
        abort();
    if (info.kind == PATH_NON_RESOURCE && (info.resource.size > 0 || info.name.size > 0 || info.proxied))
        abort();
    free(room);
    return 0;
}
