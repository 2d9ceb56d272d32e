#include "proto/http/head.h"

#include "proto/base/sixteen.h"

/* RFC 9110, 5.6.2: tchar. */
static const bool token[256] = {
    ['!'] = true, ['#'] = true, ['$'] = true, ['%'] = true, ['&'] = true, ['\''] = true, ['*'] = true, ['+'] = true,
    ['-'] = true, ['.'] = true, ['^'] = true, ['_'] = true, ['`'] = true, ['|'] = true,  ['~'] = true, ['0'] = true,
    ['1'] = true, ['2'] = true, ['3'] = true, ['4'] = true, ['5'] = true, ['6'] = true,  ['7'] = true, ['8'] = true,
    ['9'] = true, ['A'] = true, ['B'] = true, ['C'] = true, ['D'] = true, ['E'] = true,  ['F'] = true, ['G'] = true,
    ['H'] = true, ['I'] = true, ['J'] = true, ['K'] = true, ['L'] = true, ['M'] = true,  ['N'] = true, ['O'] = true,
    ['P'] = true, ['Q'] = true, ['R'] = true, ['S'] = true, ['T'] = true, ['U'] = true,  ['V'] = true, ['W'] = true,
    ['X'] = true, ['Y'] = true, ['Z'] = true, ['a'] = true, ['b'] = true, ['c'] = true,  ['d'] = true, ['e'] = true,
    ['f'] = true, ['g'] = true, ['h'] = true, ['i'] = true, ['j'] = true, ['k'] = true,  ['l'] = true, ['m'] = true,
    ['n'] = true, ['o'] = true, ['p'] = true, ['q'] = true, ['r'] = true, ['s'] = true,  ['t'] = true, ['u'] = true,
    ['v'] = true, ['w'] = true, ['x'] = true, ['y'] = true, ['z'] = true,
};

/* How many of sixteen bytes are letters, digits and hyphens before the first other: of those names are made. */
static unsigned usual_of_sixteen(const uint8_t *at)
{
    sixteen bytes = sixteen_at(at), letters = (bytes | 0x20) - 'a', digits = bytes - '0';
    return sixteen_first((sixteen) ~((letters < 26) | (digits < 10) | (bytes == '-')));
}

/* How many bytes at the front are token characters. */
static size_t token_size(struct slice s)
{
    size_t i = 0;
    for (unsigned usual = 16; usual == 16 && s.size - i >= 16; i += usual)
        usual = usual_of_sixteen(s.data + i);
    while (i < s.size && token[s.data[i]])
        i++;
    return i;
}

static bool is_digit(uint8_t b)
{
    return b >= '0' && b <= '9';
}

static bool is_control(uint8_t b)
{
    return (b < 0x20 && b != '\t') || b == 0x7f;
}

/* Tabs too, which are none: they are rare. */
static sixteen suspects(const uint8_t *at)
{
    sixteen bytes = sixteen_at(at);
    return (sixteen)((bytes < 0x20) | (bytes == 0x7f));
}

static bool has_control(struct slice s)
{
    if (s.size >= 16) {
        /* the last ones; overlapping is cheaper than a loop over the rest */
        sixteen any = suspects(s.data + s.size - 16);
        for (size_t i = 0; i + 16 < s.size; i += 16)
            any |= suspects(s.data + i);
        if (!sixteen_any(any))
            return false;
    }
    for (size_t i = 0; i < s.size; i++) {
        if (is_control(s.data[i]))
            return true;
    }
    return false;
}

/* How many bytes at the front are neither control characters nor tabs. */
static size_t quiet_size(struct slice s)
{
    size_t i = 0;
    for (; s.size - i >= 16; i += 16) {
        sixteen odd = suspects(s.data + i);
        if (sixteen_any(odd))
            return i + sixteen_first(odd);
    }
    while (i < s.size && s.data[i] >= 0x20 && s.data[i] != 0x7f)
        i++;
    return i;
}

size_t head_line_size(struct slice s, bool *plain)
{
    size_t quiet = quiet_size(s);
    *plain = s.size - quiet >= 2 && memcmp(s.data + quiet, "\r\n", 2) == 0;
    return *plain ? quiet + 2 : quiet + slice_find(slice_part(s, quiet, s.size), '\n') + 1;
}

/* What is enough of a line to see that it is none, without reading all of it again and again. A longer line with
 * control characters is none: so say a whole line and its beginning alike. A method may be as long as a head. */
enum { LONG = 4096 };

/* HTTP/d.d and nothing else, as Go's ParseHTTPVersion. */
static bool is_version(struct slice s)
{
    return s.size == 8 && slice_begins(s, "HTTP/") && is_digit(s.data[5]) && s.data[6] == '.' && is_digit(s.data[7]);
}

static enum http_version version_of(struct slice s)
{
    if (s.data[5] != '1')
        return HTTP_UNKNOWN;
    return s.data[7] == '0' ? HTTP_1_0 : HTTP_1_1;
}

struct slice head_behind_returns(struct slice line)
{
    size_t returns = 0;
    while (returns < 4 && returns < line.size && line.data[returns] == '\r')
        returns++;
    return slice_part(line, returns, line.size);
}

enum start_line head_request_line(struct slice line, bool plain, struct request_line *out)
{
    size_t method = token_size(line);
    if (method == 0 || method == line.size || line.data[method] != ' ')
        return START_UNREADABLE;
    struct slice rest = slice_part(line, method + 1, line.size);
    size_t target = slice_find(rest, ' ');
    struct slice version = slice_part(rest, target + 1, rest.size);
    out->method = slice_part(line, 0, method);
    out->target = slice_part(rest, 0, target);
    out->version = HTTP_UNKNOWN;
    /* Where an authority belongs Go's server takes none, too. */
    if (target == 0 && !slice_is(out->method, "CONNECT"))
        return START_UNREADABLE;
    /* Servers refuse it; behind the version of another protocol, or in a line without one, it is that protocol's. */
    if (!plain && (has_control(rest) || slice_find(out->target, '\t') < target))
        return line.size < LONG && slice_begins(version, "HTTP/1.") ? START_REFUSED : START_UNREADABLE;
    if (is_version(version)) {
        out->version = version_of(version);
        return out->version == HTTP_UNKNOWN ? START_REFUSED : START_GOOD;
    }
    /* HTTP/0.9 or a spoilt version: only with an origin-form target is it surely a request, not another protocol's
     * text. */
    return slice_begins(out->target, "/") ? START_REFUSED : START_UNREADABLE;
}

bool head_status_line(struct slice line, struct status_line *out)
{
    struct slice version = slice_part(line, 0, 8);
    if (line.size < 12 || !is_version(version) || version_of(version) == HTTP_UNKNOWN || line.data[8] != ' ')
        return false;
    const uint8_t *d = line.data + 9;
    if (!is_digit(d[0]) || d[0] == '0' || !is_digit(d[1]) || !is_digit(d[2]) || (line.size > 12 && d[3] != ' '))
        return false;
    out->digits = slice_part(line, 9, 12);
    out->status = (uint16_t)((d[0] - '0') * 100 + (d[1] - '0') * 10 + (d[2] - '0'));
    out->version = version_of(version);
    return true;
}

static bool may_begin_status(struct slice prefix)
{
    static const char shape[] = "HTTP/1.d d";
    for (size_t i = 0; i < prefix.size && i < sizeof shape - 1; i++) {
        if (shape[i] == 'd' ? !is_digit(prefix.data[i]) : prefix.data[i] != (uint8_t)shape[i])
            return false;
    }
    return true;
}

bool head_may_begin(struct slice prefix, enum side from)
{
    if (prefix.size && prefix.size <= LONG && prefix.data[prefix.size - 1] == '\r')
        prefix.size--; /* of the line's end, perhaps */
    if (from == SERVER)
        return may_begin_status(prefix);
    prefix = head_behind_returns(prefix);
    size_t method = token_size(slice_part(prefix, 0, LONG));
    if (method == prefix.size || method == LONG)
        return true;
    if (method == 0 || prefix.data[method] != ' ')
        return false;
    return prefix.size < LONG || !has_control(slice_part(prefix, method, LONG));
}

/* Behind the token that a line begins with there is no colon: why. */
static enum field_line why_not(struct slice line, size_t name)
{
    size_t colon = slice_find(line, ':');
    bool spaced = name > 0 && colon < line.size && slice_trim(slice_part(line, name, colon)).size == 0;
    return spaced ? FIELD_LINE_SPACE : FIELD_LINE_BAD;
}

/* Inline: it is called once a line, from one place. */
inline enum field_line head_field(struct slice line, bool plain, struct field *out)
{
    size_t name = token_size(line);
    if (name == 0 || name == line.size || line.data[name] != ':')
        return why_not(line, name);
    *out = (struct field){
        .known = KNOWN, .name = slice_part(line, 0, name), .value = slice_trim(slice_part(line, name + 1, line.size))};
    out->id = field_id(out->name);
    /* Of the whole line, which is longer than its value: the token and what was trimmed hold none. */
    return !plain && has_control(line) ? FIELD_LINE_CONTROL : FIELD_LINE_GOOD;
}

bool head_unread_value(const struct field *field)
{
    return field->id == FIELD_CONTENT_LENGTH || field->id == FIELD_TRANSFER_ENCODING ||
           slice_same_nocase(field->name, slice_of("trailer"));
}

bool head_value_plain(struct slice s)
{
    return !has_control(s);
}

bool head_field_name(struct slice line, struct field *out)
{
    size_t name = token_size(line);
    if (name == 0 || name == line.size || line.data[name] != ':')
        return false;
    struct slice of_name = slice_part(line, 0, name), none = slice_part(line, name, name);
    *out = (struct field){.id = field_id(of_name), .known = KNOWN_NAME, .name = of_name, .value = none};
    return true;
}

size_t head_unfold(uint8_t *lines, size_t size, bool *bare)
{
    size_t kept = 0;
    for (size_t at = 0; at < size;) {
        struct slice rest = {.data = lines + at, .size = size - at};
        size_t raw = slice_find(rest, '\n') + 1;
        struct slice line = slice_trim(head_line(slice_part(rest, 0, raw), bare));
        if (at)
            lines[kept++] = ' '; /* the line end before it made room */
        memmove(lines + kept, line.data, line.size);
        kept += line.size;
        at += raw;
    }
    return kept;
}

bool head_absolute(struct slice target)
{
    size_t colon = slice_find(target, ':');
    return colon > 0 && target.data[0] != '/' && slice_begins(slice_part(target, colon, target.size), "://");
}
