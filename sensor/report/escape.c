#include "sensor/report/escape.h"

#include "proto/base/sixteen.h"

static const char hex_digits[] = "0123456789abcdef";

/* The code point that begins at `at`, and its bytes; 0: no valid UTF-8 begins here. RFC 3629, without noncharacters
 * (Unicode, 23.7), which strict readers refuse. */
static size_t decode(const uint8_t *at, size_t left, uint32_t *code)
{
    uint8_t lead = at[0];
    if (lead < 0x80) {
        *code = lead;
        return 1;
    }
    size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    static const uint32_t least[] = {[2] = 0x80, [3] = 0x800, [4] = 0x10000};
    if (lead < 0xC0 || lead > 0xF4 || size > left)
        return 0;
    uint32_t c = lead & (0x7FU >> size);
    for (size_t i = 1; i < size; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
        c = c << 6 | (at[i] & 0x3FU);
    }
    bool surrogate = c >= 0xD800 && c <= 0xDFFF;
    bool noncharacter = (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
    if (c < least[size] || c > 0x10FFFF || surrogate || noncharacter)
        return 0;
    *code = c;
    return size;
}

/* Not 0 if one of eight bytes is a control character, a quote, a backslash, DEL or above. A borrow can only raise a
 * false alarm in a byte beside one that is a true alarm. */
static inline uint64_t needs_care(uint64_t w)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones << 7;
    uint64_t quote = w ^ (ones * '"'), backslash = w ^ (ones * '\\');
    return ((w - ones * 0x20) | (quote - ones) | (backslash - ones) | (w + ones) | w) & highs;
}

/* Fewer than eight bytes; where they are too few for two halves, blanks fill the word. */
static inline uint64_t copy_short(char *at, struct slice s)
{
    uint64_t w = UINT64_C(0x2020202020202020);
    if (s.size >= 4) {
        uint32_t first, last;
        memcpy(&first, s.data, 4);
        memcpy(&last, s.data + s.size - 4, 4);
        memcpy(at, &first, 4);
        memcpy(at + s.size - 4, &last, 4);
        return needs_care((uint64_t)first << 32 | last);
    }
    for (size_t i = 0; i < s.size; i++) {
        w = w << 8 | s.data[i];
        at[i] = (char)s.data[i];
    }
    return needs_care(w);
}

/* @return a mask of those that need care. */
static inline sixteen copy_sixteen(char *at, const uint8_t *from)
{
    sixteen bytes = sixteen_at(from);
    memcpy(at, &bytes, sizeof bytes);
    return (sixteen)((bytes < 0x20) | (bytes == '"') | (bytes == '\\') | (bytes >= 0x7F));
}

static bool copy_long(char *at, struct slice s)
{
    size_t last = s.size - sizeof(sixteen);
    sixteen care = copy_sixteen(at + last, s.data + last);
    for (size_t i = 0; i < last; i += sizeof(sixteen))
        care |= copy_sixteen(at + i, s.data + i);
    return !sixteen_any(care);
}

/* Plain ASCII stands as it is: nearly everything that is ever written. The last piece overlaps the one before.
 * @return false: something needs care, and what was copied is to be written over. */
static bool copy_plain(char *at, struct slice s)
{
    if (s.size >= sizeof(sixteen))
        return copy_long(at, s);
    if (s.size < 8)
        return copy_short(at, s) == 0;
    uint64_t first, last;
    memcpy(&first, s.data, 8);
    memcpy(&last, s.data + s.size - 8, 8);
    memcpy(at, &first, 8);
    memcpy(at + s.size - 8, &last, 8);
    return (needs_care(first) | needs_care(last)) == 0;
}

static char *put_hex(char *at, const char *before, uint8_t byte)
{
    size_t size = strlen(before);
    memcpy(at, before, size);
    at[size] = hex_digits[byte >> 4];
    at[size + 1] = hex_digits[byte & 15];
    return at + size + 2;
}

/* Not inlined: rarely called, and what is called always would save the registers for it. */
__attribute__((noinline)) static char *put_json(char *at, struct slice s)
{
    for (size_t i = 0; i < s.size;) {
        uint32_t code;
        size_t size = decode(s.data + i, s.size - i, &code);
        if (size == 0) {
            at = put_hex(at, "\\\\x", s.data[i++]);
            continue;
        }
        if (code < 0x20 || (code >= 0x7F && code < 0xA0)) {
            at = put_hex(at, "\\u00", (uint8_t)code);
        } else {
            if (code == '"' || code == '\\')
                *at++ = '\\';
            memcpy(at, s.data + i, size);
            at += size;
        }
        i += size;
    }
    return at;
}

char *escape_json_at(char *at, struct slice wire)
{
    *at++ = '"';
    at = copy_plain(at, wire) ? at + wire.size : put_json(at, wire);
    *at++ = '"';
    return at;
}

/* Format and bidirectional characters, line and paragraph separators: Unicode's Cf, Zl and Zp, and Cc. */
static bool is_unprintable(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x0000, 0x001F},   {0x007F, 0x009F},   {0x00AD, 0x00AD},   {0x0600, 0x0605},   {0x061C, 0x061C},
        {0x06DD, 0x06DD},   {0x070F, 0x070F},   {0x0890, 0x0891},   {0x08E2, 0x08E2},   {0x180E, 0x180E},
        {0x200B, 0x200F},   {0x2028, 0x202E},   {0x2060, 0x206F},   {0xFEFF, 0xFEFF},   {0xFFF9, 0xFFFB},
        {0x110BD, 0x110BD}, {0x110CD, 0x110CD}, {0x13430, 0x1343F}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},
        {0xE0000, 0xE007F},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (code <= ranges[i].last)
            return code >= ranges[i].first;
    }
    return false;
}

/* One code point, or one byte that is none, as it is printed. @return how many bytes of `s` it was */
static size_t print_one(struct slice s, char text[static 4 * 4], size_t *size, size_t *columns)
{
    uint32_t code;
    size_t bytes = decode(s.data, s.size, &code);
    char *at = text;
    if (bytes > 0 && !is_unprintable(code)) {
        if (code == '\\')
            *at++ = '\\';
        memcpy(at, s.data, bytes);
        at += bytes;
        *columns = code == '\\' ? 2 : 1;
    } else {
        bytes = bytes ? bytes : 1;
        for (size_t i = 0; i < bytes; i++)
            at = put_hex(at, "\\x", s.data[i]);
        *columns = (size_t)(at - text);
    }
    *size = (size_t)(at - text);
    return bytes;
}

void escape_text(struct buffer *out, struct slice wire, size_t columns)
{
    size_t used = 0;
    for (size_t i = 0; i < wire.size;) {
        char text[4 * 4];
        size_t size, width;
        i += print_one(slice_part(wire, i, wire.size), text, &size, &width);
        if (columns && used + width > columns) {
            buffer_text(out, "...");
            return;
        }
        used += width;
        buffer_add(out, text, size);
    }
}
