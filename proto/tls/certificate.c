#include "proto/tls/certificate.h"

#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <time.h>

#define SECOND INT64_C(1000000000)

enum { NAMES_MOST = 64, TEXT_MOST = 1024 };

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

static void put_names(struct tls_certificate *c, const X509 *x)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
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

bool tls_certificate_read(struct slice der, struct tls_certificate *out)
{
    *out = (struct tls_certificate){0};
    const uint8_t *at = der.data;
    X509 *x = der.size && der.size <= TLS_CERTIFICATE_BYTES ? d2i_X509(NULL, &at, (long)der.size) : NULL;
    if (!x)
        return false;
    const ASN1_INTEGER *serial = X509_get0_serialNumber(x);
    put_identity(out, X509_get_subject_name(x));
    put_name(out, TLS_CERTIFICATE_SUBJECT, X509_get_subject_name(x));
    put_name(out, TLS_CERTIFICATE_ISSUER, X509_get_issuer_name(x));
    put_hex(out, TLS_CERTIFICATE_SERIAL, ASN1_STRING_get0_data(serial), (size_t)ASN1_STRING_length(serial), UPPER);
    out->not_before = put_time(out, TLS_CERTIFICATE_NOT_BEFORE, X509_get0_notBefore(x));
    out->not_after = put_time(out, TLS_CERTIFICATE_NOT_AFTER, X509_get0_notAfter(x));
    put_digest(out, TLS_CERTIFICATE_FINGERPRINT, der, EVP_sha1());
    put_digest(out, TLS_CERTIFICATE_SHA256, der, EVP_sha256());
    put_octets(out, TLS_CERTIFICATE_KEY_ID, X509_get0_subject_key_id(x));
    put_octets(out, TLS_CERTIFICATE_AUTHORITY_KEY_ID, X509_get0_authority_key_id(x));
    put_names(out, x);
    X509_free(x);
    return true;
}
