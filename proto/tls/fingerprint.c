/* JA3 and JA3S: github.com/salesforce/ja3. JA4: github.com/FoxIO-LLC/ja4, technical_details/JA4.md; of its family this
 * one alone is free. */
#include "proto/tls/fingerprint.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "proto/tls/suite.h"

/* Text on its way into a digest, the beginning of it kept. */
struct digest {
    EVP_MD_CTX *context;
    bool good;
    char *kept;
    size_t room, size; /* of what is kept; size goes on counting */
};

static void begin(struct digest *d, const EVP_MD *kind, char *kept, size_t room)
{
    *d = (struct digest){.context = EVP_MD_CTX_new(), .kept = kept, .room = room};
    d->good = d->context && EVP_DigestInit_ex(d->context, kind, NULL) == 1;
}

static void put(struct digest *d, const char *text, size_t size)
{
    d->good = d->good && EVP_DigestUpdate(d->context, text, size) == 1;
    if (d->size + size <= d->room)
        memcpy(d->kept + d->size, text, size);
    d->size += size;
}

static char hex_digit(unsigned value)
{
    return "0123456789abcdef"[value & 15];
}

static bool finish(struct digest *d, char *hex, size_t digits)
{
    uint8_t bytes[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    d->good = d->good && EVP_DigestFinal_ex(d->context, bytes, &size) == 1 && digits <= 2 * (size_t)size;
    EVP_MD_CTX_free(d->context);
    for (size_t i = 0; d->good && i < digits; i++)
        hex[i] = hex_digit(i % 2 ? bytes[i / 2] : bytes[i / 2] / 16U);
    return d->good;
}

/* lists of numbers */

struct numbers {
    size_t count;
    uint16_t list[TLS_FINGERPRINT_NUMBERS];
};

static bool add(struct numbers *n, uint16_t number)
{
    if (tls_is_grease(number))
        return true;
    if (n->count == TLS_FINGERPRINT_NUMBERS)
        return false;
    n->list[n->count++] = number;
    return true;
}

static bool read_pairs(struct numbers *n, struct slice pairs)
{
    struct reader r = reader_of(pairs);
    n->count = 0;
    while (reader_left(&r)) {
        if (!add(n, read_u16(&r)))
            return false;
    }
    return true;
}

static bool read_types(struct numbers *n, struct slice extensions)
{
    struct reader r = reader_of(extensions);
    uint16_t type;
    struct slice content;
    n->count = 0;
    while (tls_extension_next(&r, &type, &content)) {
        if (!add(n, type))
            return false;
    }
    return true;
}

static void read_bytes(struct numbers *n, struct slice bytes)
{
    n->count = bytes.size;
    for (size_t i = 0; i < bytes.size; i++) /* 255 at most */
        n->list[i] = bytes.data[i];
}

static void put_decimal(struct digest *d, unsigned number)
{
    char text[8];
    char *at = text + sizeof text;
    do
        *--at = (char)('0' + number % 10);
    while (number /= 10);
    put(d, at, (size_t)(text + sizeof text - at));
}

static void put_list(struct digest *d, const struct numbers *n)
{
    put(d, ",", 1);
    for (size_t i = 0; i < n->count; i++) {
        if (i)
            put(d, "-", 1);
        put_decimal(d, n->list[i]);
    }
}

static bool finish_ja3(struct digest *d, struct tls_ja3 *ja3, bool good)
{
    good = finish(d, ja3->hash, TLS_JA3_HASH) && good;
    ja3->size = (uint16_t)(d->size <= TLS_JA3_STRING ? d->size : 0);
    return good;
}

bool tls_ja3_of_client(const struct tls_client_hello *hello, struct tls_ja3 *ja3)
{
    struct numbers n;
    struct digest d;
    begin(&d, EVP_md5(), ja3->string, sizeof ja3->string);
    put_decimal(&d, hello->version);
    bool good = read_pairs(&n, hello->suites);
    put_list(&d, &n);
    good = good && read_types(&n, hello->extensions);
    put_list(&d, &n);
    good = good && read_pairs(&n, hello->groups);
    put_list(&d, &n);
    read_bytes(&n, hello->point_formats);
    put_list(&d, &n);
    return finish_ja3(&d, ja3, good);
}

bool tls_ja3_of_server(const struct tls_server_hello *hello, struct tls_ja3 *ja3)
{
    struct numbers n;
    struct digest d;
    begin(&d, EVP_md5(), ja3->string, sizeof ja3->string);
    put_decimal(&d, hello->legacy_version);
    put(&d, ",", 1);
    put_decimal(&d, hello->suite);
    bool good = read_types(&n, hello->extensions);
    put_list(&d, &n);
    return finish_ja3(&d, ja3, good);
}

/* JA4 */

enum { JA4_HASH = 12 };

static int by_number(const void *left, const void *right)
{
    return *(const uint16_t *)left - *(const uint16_t *)right;
}

static void put_hex_list(struct digest *d, const struct numbers *n)
{
    for (size_t i = 0; i < n->count; i++) {
        char text[5];
        for (unsigned digit = 0; digit < 4; digit++)
            text[digit] = hex_digit(n->list[i] >> (12 - 4 * digit));
        text[4] = ',';
        put(d, text, i + 1 < n->count ? 5 : 4);
    }
}

static void put_count(char *to, size_t count)
{
    count = count < 99 ? count : 99;
    to[0] = (char)('0' + count / 10);
    to[1] = (char)('0' + count % 10);
}

static const char *version_digits(uint16_t version)
{
    switch (version) {
    case TLS_1_3: return "13";
    case TLS_1_2: return "12";
    case TLS_1_1: return "11";
    case TLS_1_0: return "10";
    case 0x0300: return "s3";
    case 0x0002: return "s2";
    default: return "00";
    }
}

static bool is_letter_or_digit(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || (byte_lower(byte) >= 'a' && byte_lower(byte) <= 'z');
}

/* First and last character of the first protocol; where one of them is none, digits of their hexadecimal form. */
static void put_protocol(char *to, struct slice protocol)
{
    to[0] = to[1] = '0';
    if (!protocol.size)
        return;
    uint8_t first = protocol.data[0], last = protocol.data[protocol.size - 1];
    bool plain = is_letter_or_digit(first) && is_letter_or_digit(last);
    to[0] = plain ? (char)first : hex_digit(first >> 4);
    to[1] = plain ? (char)last : hex_digit(last);
}

static bool put_suites_hash(char *to, struct numbers *suites)
{
    struct digest d;
    if (!suites->count) {
        memset(to, '0', JA4_HASH);
        return true;
    }
    qsort(suites->list, suites->count, sizeof *suites->list, by_number);
    begin(&d, EVP_sha256(), NULL, 0);
    put_hex_list(&d, suites);
    return finish(&d, to, JA4_HASH);
}

/* Server name and protocol stand in the first part, and are left out here. */
static bool put_extensions_hash(char *to, struct numbers *types, struct slice algorithms)
{
    struct digest d;
    struct numbers n = {.count = 0};
    for (size_t i = 0; i < types->count; i++) {
        if (types->list[i] != TLS_EXTENSION_SERVER_NAME && types->list[i] != TLS_EXTENSION_ALPN)
            n.list[n.count++] = types->list[i];
    }
    if (!n.count) {
        memset(to, '0', JA4_HASH);
        return true;
    }
    qsort(n.list, n.count, sizeof *n.list, by_number);
    begin(&d, EVP_sha256(), NULL, 0);
    put_hex_list(&d, &n);
    bool good = read_pairs(&n, algorithms);
    if (n.count) {
        put(&d, "_", 1);
        put_hex_list(&d, &n);
    }
    return finish(&d, to, JA4_HASH) && good;
}

bool tls_ja4_of_client(const struct tls_client_hello *hello, char ja4[static TLS_JA4])
{
    struct numbers suites, types;
    if (!read_pairs(&suites, hello->suites) || !read_types(&types, hello->extensions))
        return false;
    ja4[0] = 't';
    memcpy(ja4 + 1, version_digits(tls_client_hello_offers(hello)), 2);
    ja4[3] = tls_hello_has(hello->has, TLS_EXTENSION_SERVER_NAME) ? 'd' : 'i';
    put_count(ja4 + 4, suites.count);
    put_count(ja4 + 6, types.count);
    put_protocol(ja4 + 8, tls_protocol_first(hello->protocols));
    ja4[10] = ja4[23] = '_';
    return put_suites_hash(ja4 + 11, &suites) && put_extensions_hash(ja4 + 24, &types, hello->signature_algorithms);
}
