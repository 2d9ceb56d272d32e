#include "tests/tools/tls_talk.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLIENT_SIDE, SERVER_SIDE, HEADER = 5, PIECE = 16384 };

static void need(bool is, const char *what)
{
    if (is)
        return;
    fprintf(stderr, "tls_talk: %s\n", what);
    ERR_print_errors_fp(stderr);
    abort();
}

static void *grown(void *block, size_t size)
{
    void *more = realloc(block, size);
    need(more != NULL, "no memory");
    return more;
}

/* Made once a process: RSA keys take their time. */
static struct identity {
    EVP_PKEY *key;
    X509 *certificate;
} identities[2];

static void forget_identities(void)
{
    for (size_t i = 0; i < 2; i++) {
        EVP_PKEY_free(identities[i].key);
        X509_free(identities[i].certificate);
    }
}

static const struct identity *identity(bool ecdsa)
{
    struct identity *id = &identities[ecdsa];
    if (id->key != NULL)
        return id;
    if (identities[!ecdsa].key == NULL)
        atexit(forget_identities);
    id->key = ecdsa ? EVP_EC_gen("P-256") : EVP_RSA_gen(2048);
    id->certificate = X509_new();
    need(id->key != NULL && id->certificate != NULL, "no key");
    X509_NAME *name = X509_get_subject_name(id->certificate);
    X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC, (const unsigned char *)"makers", -1, -1, 0);
    X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC, (const unsigned char *)"readers", -1, -1, 0);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"kube-apiserver", -1, -1, 0);
    X509_set_issuer_name(id->certificate, name);
    ASN1_INTEGER_set(X509_get_serialNumber(id->certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(id->certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(id->certificate), 86400);
    X509_set_pubkey(id->certificate, id->key);
    need(X509_sign(id->certificate, id->key, EVP_sha256()) > 0, "no certificate");
    return id;
}

static void log_line(const SSL *ssl, const char *line)
{
    struct tls_talk *t = SSL_get_app_data(ssl);
    size_t size = strlen(line);
    t->log = grown(t->log, t->log_size + size + 2);
    memcpy(t->log + t->log_size, line, size);
    t->log_size += size;
    t->log[t->log_size++] = '\n';
    t->log[t->log_size] = '\0';
}

static unsigned psk_client(SSL *ssl, const char *hint, char *name, unsigned name_max, unsigned char *psk, unsigned max)
{
    (void)ssl, (void)hint;
    snprintf(name, name_max, "client");
    memset(psk, 'k', max < 16 ? max : 16);
    return 16;
}

static unsigned psk_server(SSL *ssl, const char *name, unsigned char *psk, unsigned max)
{
    (void)ssl, (void)name;
    memset(psk, 'k', max < 16 ? max : 16);
    return 16;
}

static int trust(int ok, X509_STORE_CTX *store)
{
    (void)ok, (void)store;
    return 1;
}

static void use(SSL_CTX *context, bool ecdsa)
{
    const struct identity *id = identity(ecdsa);
    need(SSL_CTX_use_certificate(context, id->certificate) == 1 && SSL_CTX_use_PrivateKey(context, id->key) == 1,
         "certificate refused");
}

static unsigned char ticket_keys[80];

static SSL_CTX *context_of(const struct tls_talk_options *o, int side)
{
    SSL_CTX *context = SSL_CTX_new(side == SERVER_SIDE ? TLS_server_method() : TLS_client_method());
    need(context != NULL, "no context");
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_options(context, o->off);
    SSL_CTX_set_keylog_callback(context, side == CLIENT_SIDE ? log_line : NULL);
    const char *name = OPENSSL_cipher_name(o->suite);
    bool can = SSL_CTX_set_min_proto_version(context, o->version) == 1 &&
               SSL_CTX_set_max_proto_version(context, o->version) == 1 &&
               (o->version == TLS1_3_VERSION ? SSL_CTX_set_ciphersuites(context, o->suite)
                                             : SSL_CTX_set_cipher_list(context, name)) == 1;
    if (!can || strcmp(name, "(NONE)") == 0) {
        SSL_CTX_free(context);
        return NULL;
    }
    if (o->padding > 0)
        SSL_CTX_set_block_padding(context, o->padding);
    if (strstr(o->suite, "PSK") != NULL) {
        SSL_CTX_set_psk_client_callback(context, psk_client);
        SSL_CTX_set_psk_server_callback(context, psk_server);
    }
    if (side == SERVER_SIDE) {
        use(context, false);
        use(context, true);
        SSL_CTX_set_dh_auto(context, 1);
        SSL_CTX_set_session_id_context(context, (const unsigned char *)"talk", 4);
        /* One talk's tickets are good in the next. */
        SSL_CTX_set_tlsext_ticket_keys(context, ticket_keys, sizeof ticket_keys);
        SSL_CTX_set_max_early_data(context, o->takes_early || (o->early != NULL && !o->early_refused) ? PIECE : 0);
        SSL_CTX_set_options(context, SSL_OP_NO_ANTI_REPLAY | SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    }
    if (o->version == TLS1_3_VERSION && o->retry)
        SSL_CTX_set1_groups_list(context, side == SERVER_SIDE ? "P-256" : "X25519:P-256");
    if (o->late_certificate && side == CLIENT_SIDE) {
        use(context, false);
        SSL_CTX_set_post_handshake_auth(context, 1);
    }
    if (o->client_certificate && side == CLIENT_SIDE)
        use(context, false);
    if (o->client_certificate && side == SERVER_SIDE)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, trust);
    return context;
}

/* The bytes are whole records: each is noted. */
static void note(struct tls_talk *t, int side, const uint8_t *bytes, size_t size)
{
    t->wire = grown(t->wire, t->wire_size + size);
    memcpy(t->wire + t->wire_size, bytes, size);
    for (size_t at = 0; at < size;) {
        need(size - at >= HEADER, "half a record");
        size_t whole = HEADER + ((size_t)bytes[at + 3] << 8 | bytes[at + 4]);
        need(whole <= size - at, "half a record");
        t->records = grown(t->records, (t->count + 1) * sizeof *t->records);
        t->records[t->count++] = (struct tls_talk_record){side, t->wire_size + at, whole};
        at += whole;
    }
    t->wire_size += size;
}

/* What one side has written is carried to the other. @return whether there was any. */
static bool carry(struct tls_talk *t, int side)
{
    char *bytes;
    BIO *from = SSL_get_wbio(t->ssl[side]);
    long size = BIO_get_mem_data(from, &bytes);
    if (size <= 0)
        return false;
    note(t, side, (const uint8_t *)bytes, (size_t)size);
    need(BIO_write(SSL_get_rbio(t->ssl[!side]), bytes, (int)size) == size, "not carried");
    BIO_reset(from);
    return true;
}

/* Without data to read, reading is what takes tickets and key updates in. */
static void settle(struct tls_talk *t)
{
    uint8_t none[1];
    for (bool moved = true; moved;) {
        moved = carry(t, CLIENT_SIDE);
        moved = carry(t, SERVER_SIDE) || moved;
        for (int side = 0; moved && side < 2; side++)
            need(SSL_read(t->ssl[side], none, sizeof none) <= 0, "unexpected data");
    }
}

static bool shake_hands(struct tls_talk *t)
{
    for (int round = 0; round < 10; round++) {
        for (int side = 0; side < 2; side++) {
            int done = SSL_do_handshake(t->ssl[side]);
            if (done != 1 && SSL_get_error(t->ssl[side], done) != SSL_ERROR_WANT_READ)
                return false;
            carry(t, side);
        }
        if (SSL_is_init_finished(t->ssl[0]) && SSL_is_init_finished(t->ssl[1])) {
            settle(t);
            return true;
        }
    }
    return false;
}

/* What the server does not read, it never sees: the caller sends it again. */
static void send_early(struct tls_talk *t, const char *early, unsigned records)
{
    size_t wrote = 0, got = 0;
    uint8_t bytes[PIECE];
    for (unsigned i = 0; i < records; i++)
        need(SSL_write_early_data(t->ssl[CLIENT_SIDE], early, strlen(early), &wrote) == 1, "no early data");
    carry(t, CLIENT_SIDE);
    int how = SSL_read_early_data(t->ssl[SERVER_SIDE], bytes, sizeof bytes, &got);
    need(how != SSL_READ_EARLY_DATA_SUCCESS || (got == wrote && memcmp(bytes, early, got) == 0), "other early data");
    carry(t, SERVER_SIDE);
    for (unsigned round = 0; round < 4 + records && how == SSL_READ_EARLY_DATA_SUCCESS; round++) {
        SSL_do_handshake(t->ssl[CLIENT_SIDE]);
        carry(t, CLIENT_SIDE);
        how = SSL_read_early_data(t->ssl[SERVER_SIDE], bytes, sizeof bytes, &got);
        if (how != SSL_READ_EARLY_DATA_FINISH)
            how = SSL_READ_EARLY_DATA_SUCCESS;
    }
}

/* With a ticket and no session id a client knows by the server's next message alone that it was taken (RFC 5077, 3.4).
 * OpenSSL's looks for that only where it is told the secret, as EAP-FAST does: here the one it has. */
static int same_secret(SSL *ssl, void *secret, int *size, STACK_OF(SSL_CIPHER) * theirs, const SSL_CIPHER **chosen,
                       void *none)
{
    (void)theirs;
    (void)chosen;
    (void)none;
    *size = (int)SSL_SESSION_get_master_key(SSL_get_session(ssl), secret, (size_t)*size);
    return 1;
}

static void offer(SSL *client, SSL_SESSION *session)
{
    unsigned size;
    SSL_SESSION_get_id(session, &size);
    if (size == 0)
        SSL_set_session_secret_cb(client, same_secret, NULL);
    SSL_set_session(client, session);
}

struct tls_talk *tls_talk_new(const struct tls_talk_options *options)
{
    struct tls_talk *t = grown(NULL, sizeof *t);
    *t = (struct tls_talk){0};
    bool can = true;
    for (int side = 0; side < 2; side++) {
        SSL_CTX *context = context_of(options, side);
        t->ssl[side] = context != NULL ? SSL_new(context) : NULL;
        SSL_CTX_free(context);
        if (t->ssl[side] == NULL) {
            can = false;
            continue;
        }
        SSL_set_app_data(t->ssl[side], t);
        SSL_set_bio(t->ssl[side], BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        BIO_set_mem_eof_return(SSL_get_rbio(t->ssl[side]), -1);
    }
    if (can) {
        SSL_set_connect_state(t->ssl[CLIENT_SIDE]);
        SSL_set_accept_state(t->ssl[SERVER_SIDE]);
        if (options->session != NULL)
            offer(t->ssl[CLIENT_SIDE], options->session);
        if (options->early != NULL)
            send_early(t, options->early, 1 + options->early_more);
        can = shake_hands(t);
    }
    ERR_clear_error();
    if (can)
        return t;
    tls_talk_free(t);
    return NULL;
}

void tls_talk_free(struct tls_talk *t)
{
    if (t == NULL)
        return;
    SSL_free(t->ssl[0]);
    SSL_free(t->ssl[1]);
    free(t->wire);
    free(t->records);
    free(t->log);
    free(t);
}

void tls_talk_send(struct tls_talk *t, int side, const uint8_t *bytes, size_t size)
{
    uint8_t piece[PIECE];
    need(size == 0 || SSL_write(t->ssl[side], bytes, (int)size) == (int)size, "not written");
    carry(t, side);
    for (size_t at = 0; at < size;) {
        int got = SSL_read(t->ssl[!side], piece, sizeof piece);
        need(got > 0 && (size_t)got <= size - at && memcmp(piece, bytes + at, (size_t)got) == 0, "not read");
        at += (size_t)got;
    }
    settle(t);
}

void tls_talk_update(struct tls_talk *t, int side, bool both)
{
    need(SSL_key_update(t->ssl[side], both ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED) == 1 &&
             SSL_do_handshake(t->ssl[side]) == 1,
         "no key update");
    settle(t);
}

SSL_SESSION *tls_talk_session(struct tls_talk *t)
{
    /* A session of a connection that was not shut down would not be resumed. */
    SSL_set_shutdown(t->ssl[CLIENT_SIDE], SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    return SSL_get1_session(t->ssl[CLIENT_SIDE]);
}

void tls_talk_renegotiate(struct tls_talk *t)
{
    need(SSL_renegotiate(t->ssl[CLIENT_SIDE]) == 1, "no renegotiation");
    for (int round = 0; round < 10 && (round == 0 || SSL_renegotiate_pending(t->ssl[CLIENT_SIDE])); round++) {
        uint8_t none[1];
        SSL_do_handshake(t->ssl[CLIENT_SIDE]);
        carry(t, CLIENT_SIDE);
        SSL_read(t->ssl[SERVER_SIDE], none, sizeof none);
        carry(t, SERVER_SIDE);
    }
    settle(t);
}

void tls_talk_ask(struct tls_talk *t, bool declines)
{
    if (declines)
        SSL_certs_clear(t->ssl[CLIENT_SIDE]);
    SSL_set_verify(t->ssl[SERVER_SIDE], SSL_VERIFY_PEER, trust);
    if (SSL_version(t->ssl[SERVER_SIDE]) == TLS1_3_VERSION) {
        need(SSL_verify_client_post_handshake(t->ssl[SERVER_SIDE]) == 1 && SSL_do_handshake(t->ssl[SERVER_SIDE]) == 1,
             "not asked");
        settle(t);
    } else {
        tls_talk_renegotiate(t);
    }
    X509 *certificate = SSL_get1_peer_certificate(t->ssl[SERVER_SIDE]);
    need((certificate == NULL) == declines, declines ? "a certificate came" : "no certificate came");
    X509_free(certificate);
}
