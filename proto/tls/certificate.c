#include "proto/tls/certificate.h"

#include <openssl/asn1t.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <time.h>

#define SECOND INT64_C(1000000000)

enum { NAMES_MOST = 64, TEXT_MOST = 1024 };

/* RFC 5280, 4.1. Not libcrypto's own X509, which takes the public key apart as well: where connections are short that
 * was two thirds of all that a sensor does, and nobody here asks for it. */
struct signed_part {
    ASN1_INTEGER *version, *serial;
    X509_ALGOR *algorithm;
    X509_NAME *issuer;
    X509_VAL *validity;
    X509_NAME *subject;
    ASN1_STRING *key;
    ASN1_BIT_STRING *issuer_id, *subject_id;
    STACK_OF(X509_EXTENSION) * extensions;
};

struct parts {
    struct signed_part *signed_part;
    X509_ALGOR *algorithm;
    ASN1_BIT_STRING *signature;
};

/* The template of `struct parts`. */
static const ASN1_ITEM *parts_it(void);

bool tls_certificate_first(struct slice body, bool tls13, struct slice *der)
{
    struct reader r = reader_of(body);
    if (tls13)
        read_slice(&r, read_u8(&r));
    struct reader list = read_part(&r, read_u24(&r));
    *der = slice_of("");
    if (list.failed || reader_left(&r))
        return false;
    if (reader_left(&list))
        *der = read_slice(&list, read_u24(&list));
    return !list.failed;
}

/* A text is written behind the last one, piece by piece. */

static void begin(struct tls_certificate *c, enum tls_certificate_text id)
{
    c->at[id] = (uint16_t)c->used;
    c->size[id] = 0;
}

static void put(struct tls_certificate *c, enum tls_certificate_text id, const void *text, size_t size)
{
    size_t room = sizeof c->bytes - c->used, most = TEXT_MOST - c->size[id];
    size = size < room ? size : room;
    size = size < most ? size : most;
    if (!size)
        return;
    memcpy(c->bytes + c->used, text, size);
    c->used += size;
    c->size[id] = (uint16_t)(c->size[id] + size);
}

static void put_hex(struct tls_certificate *c, enum tls_certificate_text id, const uint8_t *bytes, size_t size,
                    const char *digits)
{
    begin(c, id);
    for (size_t i = 0; i < size; i++) {
        const char text[] = {':', digits[bytes[i] >> 4], digits[bytes[i] & 15]};
        put(c, id, text + (i == 0), i == 0 ? 2 : 3);
    }
}

static const char LOWER[] = "0123456789abcdef", UPPER[] = "0123456789ABCDEF";

/* RFC 2253's escapes, in the order of the certificate, bytes above 127 as they are in UTF-8. */
static void put_name(struct tls_certificate *c, enum tls_certificate_text id, const X509_NAME *name)
{
    const unsigned long flags =
        (XN_FLAG_ONELINE & ~(unsigned long)(XN_FLAG_SPC_EQ | ASN1_STRFLGS_ESC_QUOTE | ASN1_STRFLGS_ESC_MSB));
    char *text;
    BIO *bio = BIO_new(BIO_s_mem());
    begin(c, id);
    if (!bio)
        return;
    if (X509_NAME_print_ex(bio, name, 0, flags) >= 0) {
        long size = BIO_get_mem_data(bio, &text);
        put(c, id, text, size > 0 ? (size_t)size : 0);
    }
    BIO_free(bio);
}

static void put_string(struct tls_certificate *c, enum tls_certificate_text id, const ASN1_STRING *string)
{
    unsigned char *text = NULL;
    int size = ASN1_STRING_to_UTF8(&text, string);
    if (size > 0)
        put(c, id, text, (size_t)size);
    OPENSSL_free(text);
}

/* As crypto/x509 of Go reads a subject, and so the API server: the last CN; each O. */
static void put_identity(struct tls_certificate *c, const X509_NAME *name)
{
    int count = X509_NAME_entry_count(name), last = -1;
    for (int i = -1; (i = X509_NAME_get_index_by_NID(name, NID_commonName, i)) >= 0;)
        last = i;
    begin(c, TLS_CERTIFICATE_USER);
    if (last >= 0)
        put_string(c, TLS_CERTIFICATE_USER, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last)));
    begin(c, TLS_CERTIFICATE_GROUPS);
    for (int i = -1; (i = X509_NAME_get_index_by_NID(name, NID_organizationName, i)) >= 0 && i < count;) {
        if (c->size[TLS_CERTIFICATE_GROUPS])
            put(c, TLS_CERTIFICATE_GROUPS, ",", 1);
        put_string(c, TLS_CERTIFICATE_GROUPS, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, i)));
    }
}

static moment put_time(struct tls_certificate *c, enum tls_certificate_text id, const ASN1_TIME *time)
{
    struct tm tm;
    char text[32];
    begin(c, id);
    if (!time || ASN1_TIME_to_tm(time, &tm) != 1)
        return 0;
    put(c, id, text, strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm));
    int days, seconds;
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    bool good = epoch && ASN1_TIME_diff(&days, &seconds, epoch, time) == 1;
    ASN1_TIME_free(epoch);
    int64_t since = good ? (int64_t)days * 86400 + seconds : 0, most = INT64_MAX / SECOND;
    since = since > most ? most : since < -most ? -most : since;
    return since * SECOND;
}

static void put_address(struct tls_certificate *c, const ASN1_OCTET_STRING *address)
{
    const uint8_t *bytes = ASN1_STRING_get0_data(address);
    int size = ASN1_STRING_length(address);
    if (size != 4 && size != 16)
        return;
    for (int i = 0; i < size; i += size == 4 ? 1 : 2) {
        char text[8];
        size_t used = 0;
        if (i)
            text[used++] = size == 4 ? '.' : ':';
        unsigned number = size == 4 ? bytes[i] : (unsigned)bytes[i] << 8 | bytes[i + 1], base = size == 4 ? 10 : 16;
        unsigned unit = 1;
        while (number / unit >= base)
            unit *= base;
        for (; unit; unit /= base)
            text[used++] = LOWER[number / unit % base];
        put(c, TLS_CERTIFICATE_NAMES, text, used);
    }
}

/* "kubernetes.default.svc", with the cluster's domain behind it or without: every API server's own certificate has it.
 */
static bool is_api_server(struct slice name)
{
    static const char own[] = "kubernetes.default.svc";
    size_t size = sizeof own - 1;
    return slice_same_nocase(slice_part(name, 0, size), slice_of(own)) && (name.size == size || name.data[size] == '.');
}

static void put_names(struct tls_certificate *c, const STACK_OF(X509_EXTENSION) * extensions)
{
    GENERAL_NAMES *names = X509V3_get_d2i(extensions, NID_subject_alt_name, NULL, NULL);
    begin(c, TLS_CERTIFICATE_NAMES);
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        int kind;
        const ASN1_STRING *value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, i), &kind);
        if (kind != GEN_DNS && kind != GEN_IPADD)
            continue;
        struct slice text = {ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value)};
        c->api_server |= kind == GEN_DNS && is_api_server(text);
        if (i >= NAMES_MOST)
            continue;
        if (c->size[TLS_CERTIFICATE_NAMES])
            put(c, TLS_CERTIFICATE_NAMES, ",", 1);
        if (kind == GEN_DNS)
            put(c, TLS_CERTIFICATE_NAMES, text.data, text.size);
        else
            put_address(c, value);
    }
    GENERAL_NAMES_free(names);
}

static void put_digest(struct tls_certificate *c, enum tls_certificate_text id, struct slice der, const EVP_MD *kind)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (EVP_Digest(der.data, der.size, digest, &size, kind, NULL) == 1)
        put_hex(c, id, digest, size, LOWER);
}

static void put_octets(struct tls_certificate *c, enum tls_certificate_text id, const ASN1_OCTET_STRING *octets)
{
    if (octets)
        put_hex(c, id, ASN1_STRING_get0_data(octets), (size_t)ASN1_STRING_length(octets), LOWER);
}

static void put_key_ids(struct tls_certificate *c, const STACK_OF(X509_EXTENSION) * extensions)
{
    ASN1_OCTET_STRING *own = X509V3_get_d2i(extensions, NID_subject_key_identifier, NULL, NULL);
    AUTHORITY_KEYID *authority = X509V3_get_d2i(extensions, NID_authority_key_identifier, NULL, NULL);
    put_octets(c, TLS_CERTIFICATE_KEY_ID, own);
    put_octets(c, TLS_CERTIFICATE_AUTHORITY_KEY_ID, authority ? authority->keyid : NULL);
    ASN1_OCTET_STRING_free(own);
    AUTHORITY_KEYID_free(authority);
}

bool tls_certificate_read(struct slice der, struct tls_certificate *out)
{
    *out = (struct tls_certificate){0};
    const uint8_t *at = der.data;
    bool readable = der.size && der.size <= TLS_CERTIFICATE_BYTES;
    ASN1_VALUE *value = readable ? ASN1_item_d2i(NULL, &at, (long)der.size, parts_it()) : NULL;
    if (!value)
        return false;
    const struct signed_part *p = ((const struct parts *)value)->signed_part;
    put_identity(out, p->subject);
    put_name(out, TLS_CERTIFICATE_SUBJECT, p->subject);
    put_name(out, TLS_CERTIFICATE_ISSUER, p->issuer);
    put_hex(out, TLS_CERTIFICATE_SERIAL, ASN1_STRING_get0_data(p->serial), (size_t)ASN1_STRING_length(p->serial),
            UPPER);
    out->not_before = put_time(out, TLS_CERTIFICATE_NOT_BEFORE, p->validity->notBefore);
    out->not_after = put_time(out, TLS_CERTIFICATE_NOT_AFTER, p->validity->notAfter);
    put_digest(out, TLS_CERTIFICATE_FINGERPRINT, der, EVP_sha1());
    put_digest(out, TLS_CERTIFICATE_SHA256, der, EVP_sha256());
    put_key_ids(out, p->extensions);
    put_names(out, p->extensions);
    ASN1_item_free(value, parts_it());
    return true;
}

/* clang-format takes these for blocks of code. */
/* clang-format off */

ASN1_SEQUENCE(signed_part) = {
    ASN1_EXP_OPT(struct signed_part, version, ASN1_INTEGER, 0),
    ASN1_SIMPLE(struct signed_part, serial, ASN1_INTEGER),
    ASN1_SIMPLE(struct signed_part, algorithm, X509_ALGOR),
    ASN1_SIMPLE(struct signed_part, issuer, X509_NAME),
    ASN1_SIMPLE(struct signed_part, validity, X509_VAL),
    ASN1_SIMPLE(struct signed_part, subject, X509_NAME),
    ASN1_SIMPLE(struct signed_part, key, ASN1_SEQUENCE),
    ASN1_IMP_OPT(struct signed_part, issuer_id, ASN1_BIT_STRING, 1),
    ASN1_IMP_OPT(struct signed_part, subject_id, ASN1_BIT_STRING, 2),
    ASN1_EXP_SEQUENCE_OF_OPT(struct signed_part, extensions, X509_EXTENSION, 3)
} static_ASN1_SEQUENCE_END_name(struct signed_part, signed_part)

ASN1_SEQUENCE(parts) = {
    ASN1_SIMPLE(struct parts, signed_part, signed_part),
    ASN1_SIMPLE(struct parts, algorithm, X509_ALGOR),
    ASN1_SIMPLE(struct parts, signature, ASN1_BIT_STRING)
} static_ASN1_SEQUENCE_END_name(struct parts, parts)
