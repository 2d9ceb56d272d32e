/* Reads "METHOD TARGET" lines and writes what request_info_read() makes of each, tab separated: verb, group, version,
 * resource, subresource, namespace, name, kind. Bytes that would break the line are written as \xNN. */
#include <stdio.h>
#include <stdlib.h>

#include "proto/kube/request.h"

static void put(struct slice s, char end)
{
    for (size_t i = 0; i < s.size; i++) {
        if (s.data[i] < 0x20 || s.data[i] == '\\' || s.data[i] == 0x7F)
            printf("\\x%02x", s.data[i]);
        else
            putchar(s.data[i]);
    }
    putchar(end);
}

int main(void)
{
    char *line = NULL;
    size_t room_size = 0;
    ssize_t size;
    uint8_t room[2 * REQUEST_TARGET_MAX];
    while ((size = getline(&line, &room_size, stdin)) > 0) {
        struct slice rest = {.data = (const uint8_t *)line, .size = (size_t)size - (line[size - 1] == '\n')};
        struct slice method = slice_part(rest, 0, slice_find(rest, ' '));
        struct request_info info;
        request_info_read(&info, method, slice_part(rest, method.size + 1, rest.size), false, room, sizeof room);
        put(info.verb, '\t');
        put(info.group, '\t');
        put(info.version, '\t');
        put(info.resource, '\t');
        put(info.subresource, '\t');
        put(info.name_space, '\t');
        put(info.name, '\t');
        puts(path_kind_name(info.kind));
    }
    free(line);
    return 0;
}
