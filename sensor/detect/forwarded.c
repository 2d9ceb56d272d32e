#include "sensor/detect/forwarded.h"

#include "proto/packet/address.h"

static struct slice unquoted(struct slice s)
{
    s = slice_trim(s);
    if (s.size > 1 && s.data[0] == '"' && s.data[s.size - 1] == '"')
        s = slice_part(s, 1, s.size - 1);
    return s;
}

static bool is_port(struct slice s)
{
    size_t digits = 0;
    while (digits < s.size && s.data[digits] >= '0' && s.data[digits] <= '9')
        digits++;
    return digits > 0 && digits == s.size && digits <= 5;
}

/* "192.0.2.1", "192.0.2.1:4711", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:4711" */
static bool parse_element(struct slice s, uint8_t ip[static 16])
{
    size_t colon = slice_find(s, ':');
    if (s.size > 0 && s.data[0] == '[') {
        size_t end = slice_find(s, ']');
        if (end == s.size || (end + 1 < s.size && s.data[end + 1] != ':'))
            return false;
        if (end + 1 < s.size && !is_port(slice_part(s, end + 2, s.size)))
            return false;
        struct slice inside = slice_part(s, 1, end);
        return slice_find(inside, ':') < inside.size && address_parse(inside, ip);
    }
    struct slice behind = slice_part(s, colon + 1, s.size);
    if (colon < s.size && slice_find(behind, ':') == behind.size) /* one colon: a port's */
        return is_port(behind) && address_parse(slice_part(s, 0, colon), ip);
    return address_parse(s, ip);
}

/* Takes the last element off the text: what stands behind its last comma. */
static struct slice take_last(struct slice *text)
{
    size_t comma = text->size;
    while (comma > 0 && text->data[comma - 1] != ',')
        comma--;
    struct slice last = unquoted(slice_part(*text, comma, text->size));
    text->size = comma > 0 ? comma - 1 : 0;
    return last;
}

enum forwarded forwarded_client(struct slice header, bool cut, const struct cluster_map *map, const struct cluster *at,
                                uint8_t ip[static 16])
{
    enum forwarded found = FORWARDED_NONE;
    if (cut)
        return FORWARDED_UNREADABLE;
    while (header.size > 0) {
        struct slice element = take_last(&header);
        uint8_t said[16];
        if (element.size == 0)
            continue;
        if (!parse_element(element, said))
            return FORWARDED_UNREADABLE;
        memcpy(ip, said, sizeof said);
        if (cluster_front(map, at, said) == 0)
            return FORWARDED_CLIENT;
        found = FORWARDED_FRONT;
    }
    return found;
}
