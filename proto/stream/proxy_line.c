#include "proto/stream/proxy_line.h"

enum { TEXT_MAX = 107, BINARY_HEAD = 16 };

static const uint8_t signature[12] = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};

/* "0" to "65535", no sign, no leading zero. */
static bool parse_port(struct slice text, uint16_t *port)
{
    uint32_t value = 0;
    if (text.size == 0 || text.size > 5 || (text.data[0] == '0' && text.size > 1))
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        value = value * 10 + text.data[i] - '0';
    }
    *port = (uint16_t)value;
    return value <= UINT16_MAX;
}

/* Up to the next single space or the end; `rest` begins behind it. */
static struct slice next_word(struct slice *rest)
{
    size_t end = slice_find(*rest, ' ');
    struct slice word = slice_part(*rest, 0, end);
    *rest = slice_part(*rest, end < rest->size ? end + 1 : end, rest->size);
    return word;
}

/* The family says how an address is written: a front that listens on both has IPv4 in IPv6, as ::ffff:192.0.2.1. */
static bool parse_address(struct slice text, bool ipv4, uint8_t ip[static 16])
{
    bool dotted = slice_find(text, ':') == text.size;
    return dotted == ipv4 && address_parse(text, ip);
}

/* " 192.0.2.1 192.0.2.2 56324 443" behind the family. */
static bool parse_text(struct slice rest, bool ipv4, struct proxied *out)
{
    bool good =
        parse_address(next_word(&rest), ipv4, out->from.ip) && parse_address(next_word(&rest), ipv4, out->to.ip);
    good = good && parse_port(next_word(&rest), &out->from.port);
    /* The last field has no space behind it. */
    return good && parse_port(rest, &out->to.port);
}

static enum proxy_line read_text(struct slice first, struct proxied *out)
{
    struct slice most = slice_part(first, 0, TEXT_MAX);
    size_t end = slice_find(most, '\r');
    if (end + 1 >= most.size)
        return most.size < TEXT_MAX ? PROXY_LINE_MORE : PROXY_LINE_BAD;
    if (most.data[end + 1] != '\n')
        return PROXY_LINE_BAD;
    *out = (struct proxied){.version = 1, .size = (uint16_t)(end + 2)};
    struct slice line = slice_part(most, strlen("PROXY "), end);
    struct slice family = next_word(&line);
    if (slice_is(family, "UNKNOWN"))
        return PROXY_LINE_READ; /* what follows it is to be ignored */
    bool ipv4 = slice_is(family, "TCP4");
    if (!ipv4 && !slice_is(family, "TCP6"))
        return PROXY_LINE_BAD;
    out->known = true;
    return parse_text(line, ipv4, out) ? PROXY_LINE_READ : PROXY_LINE_BAD;
}

static void read_ip(struct reader *r, bool ipv4, uint8_t ip[static 16])
{
    struct slice bytes = read_slice(r, ipv4 ? 4 : 16);
    if (ipv4)
        ip[10] = ip[11] = 0xff;
    memcpy(ip + 16 - bytes.size, bytes.data, bytes.size);
}

/* The addresses of TCP over IP; TLVs may follow and are left. */
static bool read_addresses(struct slice part, bool ipv4, struct proxied *out)
{
    struct reader r = reader_of(part);
    read_ip(&r, ipv4, out->from.ip);
    read_ip(&r, ipv4, out->to.ip);
    out->from.port = read_u16(&r);
    out->to.port = read_u16(&r);
    out->known = !r.failed;
    return out->known;
}

static enum proxy_line read_binary(struct slice first, struct proxied *out)
{
    struct reader r = reader_of(first);
    read_slice(&r, sizeof signature);
    uint8_t command = read_u8(&r), family = read_u8(&r);
    uint16_t size = read_u16(&r);
    /* What is wrong already does not become right with more bytes. */
    if (first.size > 12 && (command >> 4 != 2 || (command & 15) > 1))
        return PROXY_LINE_BAD;
    bool local = (command & 15) == 0; /* then the family says nothing */
    if (first.size > 13 && !local && (family >> 4 > 3 || (family & 15) > 2))
        return PROXY_LINE_BAD;
    if (r.failed)
        return PROXY_LINE_MORE;
    if (size > PROXY_LINE_MAX - BINARY_HEAD)
        return PROXY_LINE_BAD;
    struct slice part = read_slice(&r, size);
    if (r.failed)
        return PROXY_LINE_MORE;
    *out = (struct proxied){.version = 2, .size = (uint16_t)(BINARY_HEAD + size), .local = local};
    bool stream_of_ip = family == 0x11 || family == 0x21;
    if (out->local || !stream_of_ip)
        return PROXY_LINE_READ;
    return read_addresses(part, family == 0x11, out) ? PROXY_LINE_READ : PROXY_LINE_BAD;
}

enum proxy_line proxy_line_read(struct slice first, struct proxied *out)
{
    struct slice word = slice_of("PROXY "), binary = {.data = signature, .size = sizeof signature};
    first = slice_part(first, 0, PROXY_LINE_MAX);
    if (slice_same(slice_part(first, 0, word.size), slice_part(word, 0, first.size)))
        return first.size < word.size ? PROXY_LINE_MORE : read_text(first, out);
    if (slice_same(slice_part(first, 0, binary.size), slice_part(binary, 0, first.size)))
        return first.size < binary.size ? PROXY_LINE_MORE : read_binary(first, out);
    return PROXY_LINE_NOT;
}
