/* Certificates that OpenSSL makes, and pieces of them. */
#include "proto/tls/certificate.h"

#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct made {
    unsigned char *der;
    int size;
    X509 *x;
};

struct name_part {
    const char *key, *value;
};

static void add_extension(X509 *x, X509V3_CTX *context, int nid, const char *value)
{
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, context, nid, value);
    assert_non_null(e);
    assert_int_equal(X509_add_ext(x, e, -1), 1);
    X509_EXTENSION_free(e);
}

static struct made make(const struct name_part *parts, const char *names)
{
    struct made m = {.x = X509_new()};
    EVP_PKEY *key = EVP_EC_gen("P-256");
    assert_non_null(key);
    X509_set_version(m.x, X509_VERSION_3);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(m.x), 0x0aff);
    for (; parts->key; parts++)
        assert_int_equal(X509_NAME_add_entry_by_txt(X509_get_subject_name(m.x), parts->key, MBSTRING_UTF8,
                                                    (const unsigned char *)parts->value, -1, -1, 0),
                         1);
    X509_NAME_add_entry_by_txt(X509_get_issuer_name(m.x), "CN", MBSTRING_ASC, (const unsigned char *)"the issuer", -1,
                               -1, 0);
    ASN1_TIME_set_string_X509(X509_getm_notBefore(m.x), "20261124043254Z");
    ASN1_TIME_set_string_X509(X509_getm_notAfter(m.x), "99991231235959Z");
    X509_set_pubkey(m.x, key);
    X509V3_CTX context;
    X509V3_set_ctx(&context, m.x, m.x, NULL, NULL, 0);
    add_extension(m.x, &context, NID_subject_key_identifier, "hash");
    add_extension(m.x, &context, NID_authority_key_identifier, "keyid:always");
    if (names)
        add_extension(m.x, &context, NID_subject_alt_name, names);
    assert_true(X509_sign(m.x, key, EVP_sha256()) > 0);
    m.size = i2d_X509(m.x, &m.der);
    assert_true(m.size > 0);
    EVP_PKEY_free(key);
    return m;
}

static void unmake(struct made *m)
{
    OPENSSL_free(m->der);
    X509_free(m->x);
}

static struct slice der_of(const struct made *m)
{
    return (struct slice){m->der, (size_t)m->size};
}

static void is_text(const struct tls_certificate *c, enum tls_certificate_text id, const char *expected)
{
    struct slice text = tls_certificate_get(c, id);
    if (!slice_is(text, expected))
        fail_msg("found \"%.*s\", expected \"%s\"", (int)text.size, (const char *)text.data, expected);
}

static void is_hex(const struct tls_certificate *c, enum tls_certificate_text id, const unsigned char *bytes, int size)
{
    char text[3 * EVP_MAX_MD_SIZE];
    assert_in_range(size, 1, EVP_MAX_MD_SIZE);
    for (int i = 0; i < size; i++)
        sprintf(text + (ptrdiff_t)3 * i, "%02x%s", bytes[i], i + 1 < size ? ":" : "");
    is_text(c, id, text);
}

static void says_what_stands_there(void **state)
{
    (void)state;
    static const struct name_part parts[] = {{"C", "DE"},     {"O", "makers, of things"}, {"O", "readers"},
                                             {"CN", "first"}, {"CN", "j\xc3\xbcrgen"},    {0}};
    struct made m = make(parts, "DNS:kubernetes,DNS:kubernetes.default.svc.cluster.local,IP:10.0.0.1,IP:fd00::1:2");
    struct tls_certificate c;
    assert_true(tls_certificate_read(der_of(&m), &c));
    is_text(&c, TLS_CERTIFICATE_SUBJECT, "C=DE, O=makers\\, of things, O=readers, CN=first, CN=j\xc3\xbcrgen");
    is_text(&c, TLS_CERTIFICATE_ISSUER, "CN=the issuer");
    is_text(&c, TLS_CERTIFICATE_USER, "j\xc3\xbcrgen");
    is_text(&c, TLS_CERTIFICATE_GROUPS, "makers, of things,readers");
    is_text(&c, TLS_CERTIFICATE_SERIAL, "0A:FF");
    is_text(&c, TLS_CERTIFICATE_NOT_BEFORE, "2026-11-24T04:32:54");
    is_text(&c, TLS_CERTIFICATE_NOT_AFTER, "9999-12-31T23:59:59");
    is_text(&c, TLS_CERTIFICATE_NAMES, "kubernetes,kubernetes.default.svc.cluster.local,10.0.0.1,fd00:0:0:0:0:0:1:2");
    assert_true(c.api_server);
    assert_int_equal(c.not_before, INT64_C(1795494774) * 1000000000);
    assert_true(c.not_after > c.not_before);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    assert_int_equal(X509_digest(m.x, EVP_sha1(), digest, &size), 1);
    is_hex(&c, TLS_CERTIFICATE_FINGERPRINT, digest, (int)size);
    const ASN1_OCTET_STRING *own = X509_get0_subject_key_id(m.x), *authority = X509_get0_authority_key_id(m.x);
    is_hex(&c, TLS_CERTIFICATE_KEY_ID, ASN1_STRING_get0_data(own), ASN1_STRING_length(own));
    is_hex(&c, TLS_CERTIFICATE_AUTHORITY_KEY_ID, ASN1_STRING_get0_data(authority), ASN1_STRING_length(authority));
    unmake(&m);
}

static void whose_it_is_not(void **state)
{
    (void)state;
    static const char *const names[] = {"DNS:kubernetes.default", "DNS:kubernetes.default.svcx",
                                        "DNS:a.kubernetes.default.svc", NULL};
    static const struct name_part parts[] = {{"CN", "kubernetes.default.svc"}, {0}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct made m = make(parts, names[i]);
        struct tls_certificate c;
        assert_true(tls_certificate_read(der_of(&m), &c));
        assert_false(c.api_server);
        is_text(&c, TLS_CERTIFICATE_GROUPS, "");
        unmake(&m);
    }
}

/* A part of a certificate is none; and whatever a byte becomes, nothing breaks. */
static void pieces(void **state)
{
    (void)state;
    static const struct name_part parts[] = {{"O", "o"}, {"CN", "n"}, {0}};
    struct made m = make(parts, "DNS:a,IP:10.0.0.1");
    struct tls_certificate c;
    for (int size = 0; size < m.size; size++) {
        uint8_t *own = malloc((size_t)size + 1);
        memcpy(own, m.der, (size_t)size);
        assert_false(tls_certificate_read((struct slice){own, (size_t)size}, &c));
        free(own);
    }
    for (int at = 0; at < m.size; at++) {
        for (int bit = 0; bit < 8; bit++) {
            m.der[at] ^= (unsigned char)(1 << bit);
            tls_certificate_read(der_of(&m), &c);
            m.der[at] ^= (unsigned char)(1 << bit);
        }
    }
    unmake(&m);
}

#define BYTES(text)                                                                                                    \
    (struct slice)                                                                                                     \
    {                                                                                                                  \
        (const uint8_t *)(text), sizeof(text) - 1                                                                      \
    }

static void the_first_of_a_message(void **state)
{
    (void)state;
    struct slice der;
    assert_true(tls_certificate_first(BYTES("\0\0\0"), false, &der) && der.size == 0);
    assert_true(tls_certificate_first(BYTES("\0\0\0\0"), true, &der) && der.size == 0);
    assert_true(tls_certificate_first(BYTES("\0\0\5\0\0\2ab"), false, &der) && slice_is(der, "ab"));
    assert_true(tls_certificate_first(BYTES("\1z\0\0\7\0\0\2ab\0\0"), true, &der) && slice_is(der, "ab"));
    assert_false(tls_certificate_first(BYTES("\0\0\5\0\0\3ab"), false, &der));
    assert_false(tls_certificate_first(BYTES("\0\0\6\0\0\2ab"), false, &der));
    assert_false(tls_certificate_first(BYTES("\0\0\4\0\0\2ab"), false, &der));
    assert_false(tls_certificate_first(BYTES(""), false, &der));
    assert_false(tls_certificate_first(BYTES("\5"), true, &der));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(says_what_stands_there), cmocka_unit_test(whose_it_is_not),
                                       cmocka_unit_test(pieces), cmocka_unit_test(the_first_of_a_message)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
