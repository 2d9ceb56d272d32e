/* The rules are those of Go's net/url: URL.RequestURI, EscapedPath, validEncoded and shouldEscape of a path. */
#include "sensor/report/request_uri.h"

static bool is_letter(uint8_t b)
{
    return byte_lower(b) >= 'a' && byte_lower(b) <= 'z';
}

static bool is_digit(uint8_t b)
{
    return b >= '0' && b <= '9';
}

static bool among(uint8_t b, const char *bytes)
{
    return slice_find(slice_of(bytes), b) < strlen(bytes);
}

/* What escaping leaves as it is. */
static bool is_plain(uint8_t b)
{
    return is_letter(b) || is_digit(b) || among(b, "-_.~$&+,/:;=@");
}

/* RFC 3986's pchar, and brackets: what makes escaping needless if there is nothing else. */
static bool is_legal(uint8_t b)
{
    return is_plain(b) || among(b, "!'()*[]%");
}

static bool all_legal(struct slice path)
{
    for (size_t i = 0; i < path.size; i++) {
        if (!is_legal(path.data[i]))
            return false;
    }
    return true;
}

/* The byte at `at`, decoded; `at` moves behind it. @return -1: a percent sign that begins no escape */
static int next_byte(struct slice path, size_t *at)
{
    uint8_t b = path.data[(*at)++];
    if (b != '%')
        return b;
    int high = *at < path.size ? byte_hex(path.data[*at]) : -1;
    int low = *at + 1 < path.size ? byte_hex(path.data[*at + 1]) : -1;
    *at += 2;
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static bool decodes(struct slice path)
{
    for (size_t at = 0; at < path.size;) {
        if (next_byte(path, &at) < 0)
            return false;
    }
    return true;
}

static void add_escaped(struct buffer *out, struct slice path)
{
    for (size_t at = 0; at < path.size;) {
        uint8_t b = (uint8_t)next_byte(path, &at);
        char escape[3] = {'%', "0123456789ABCDEF"[b >> 4], "0123456789ABCDEF"[b & 15]};
        if (is_plain(b))
            buffer_add(out, &b, 1);
        else
            buffer_add(out, escape, sizeof escape);
    }
}

/* What is behind scheme and authority; all, where there is no scheme. */
static struct slice without_origin(struct slice path)
{
    size_t colon = 0;
    while (colon < path.size && (is_letter(path.data[colon]) ||
                                 (colon > 0 && (is_digit(path.data[colon]) || among(path.data[colon], "+-.")))))
        colon++;
    if (colon == 0 || colon == path.size || path.data[colon] != ':')
        return path;
    path = slice_part(path, colon + 1, path.size);
    if (!slice_begins(path, "//"))
        return path;
    path = slice_part(path, 2, path.size);
    return slice_part(path, slice_find(path, '/'), path.size);
}

void request_uri(struct buffer *out, struct slice method, struct slice target)
{
    struct slice path = slice_part(target, 0, slice_find(target, '?'));
    struct slice query = slice_part(target, path.size, target.size);
    if (slice_is(method, "CONNECT") && !slice_begins(target, "/")) {
        buffer_text(out, "/");
        return;
    }
    path = without_origin(path);
    if (!path.size)
        buffer_text(out, "/");
    else if (path.data[0] != '/' || all_legal(path) || !decodes(path))
        buffer_add(out, path.data, path.size);
    else
        add_escaped(out, path);
    buffer_add(out, query.data, query.size);
}
