/* What opening a record costs, against libcrypto's decryption of the same bytes and nothing else. A line for each suite
 * and size; the exit status is 1 where more than MOST_TIMES is paid. */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "proto/tls/opener.h"
#include "tests/tools/tls_seal.h"

enum { RECORDS = 64, ROUNDS = 15, NONCE = 12, TAG = 16 };

static const double MOST_TIMES = 2;

struct load {
    struct tls_record_keys keys;
    uint8_t records[RECORDS][2048];
    size_t sizes[RECORDS];
    uint8_t out[2048];
    struct tls_opener *opener;
    EVP_CIPHER_CTX *bare;
};

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void need(bool is)
{
    if (is)
        return;
    fprintf(stderr, "tls_open: a record does not open\n");
    exit(1);
}

static void open_all(struct load *l)
{
    struct tls_opened opened;
    tls_opener_seek(l->opener, 0);
    for (size_t i = 0; i < RECORDS; i++) {
        struct slice sealed = {l->records[i] + TLS_RECORD_HEADER, l->sizes[i] - TLS_RECORD_HEADER};
        need(tls_opener_open(l->opener, l->records[i], sealed, l->out, &opened) == TLS_OPEN_OK);
    }
}

/* The nonce is a wrong one, so that the tag is, too: it costs the same. */
static void decrypt_all(struct load *l)
{
    static uint8_t nonce[NONCE];
    for (size_t i = 0; i < RECORDS; i++) {
        uint8_t *body = l->records[i] + TLS_RECORD_HEADER;
        int size = (int)(l->sizes[i] - TLS_RECORD_HEADER - TAG), written;
        nonce[11] = (uint8_t)i;
        need(EVP_DecryptInit_ex2(l->bare, NULL, NULL, nonce, NULL) == 1 &&
             EVP_DecryptUpdate(l->bare, NULL, &written, l->records[i], TLS_RECORD_HEADER) == 1 &&
             EVP_DecryptUpdate(l->bare, l->out, &written, body, size) == 1 &&
             EVP_CIPHER_CTX_ctrl(l->bare, EVP_CTRL_AEAD_SET_TAG, TAG, body + size) == 1);
        EVP_DecryptFinal_ex(l->bare, l->out + size, &written);
    }
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Both in turn, so that both have the same of what else the machine does. */
static void measure(struct load *l, unsigned times, double nanoseconds[2])
{
    double rounds[2][ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        for (int which = 0; which < 2; which++) {
            double start = seconds();
            for (unsigned i = 0; i < times; i++)
                (which ? open_all : decrypt_all)(l);
            rounds[which][round] = (seconds() - start) * 1e9 / times / (double)RECORDS;
        }
    }
    for (int which = 0; which < 2; which++) {
        qsort(rounds[which], ROUNDS, sizeof **rounds, by_size);
        nanoseconds[which] = rounds[which][ROUNDS / 2];
    }
}

static bool bench(struct tls_ciphers *ciphers, struct memory *memory, uint16_t suite, size_t size)
{
    static struct load l;
    uint8_t text[1400] = {0};
    double nanoseconds[2];
    l.keys = (struct tls_record_keys){.suite = tls_suite_find(suite)};
    l.keys.version = l.keys.suite->tls13 ? TLS_1_3 : TLS_1_2;
    for (size_t i = 0; i < RECORDS; i++)
        l.sizes[i] = tls_seal(&l.keys, i, TLS_APPLICATION_DATA, (struct slice){text, size}, 0, l.records[i]);
    l.opener = tls_opener_new(ciphers, &l.keys, memory);
    l.bare = EVP_CIPHER_CTX_new();
    EVP_CIPHER *cipher = tls_ciphers_cipher(ciphers, l.keys.suite->cipher);
    need(l.opener != NULL && l.bare != NULL && EVP_DecryptInit_ex2(l.bare, cipher, l.keys.key, NULL, NULL) == 1);
    measure(&l, (unsigned)(200000 / (size + 400)), nanoseconds);
    tls_opener_free(l.opener);
    EVP_CIPHER_CTX_free(l.bare);
    double ratio = nanoseconds[1] / nanoseconds[0];
    printf("%-40s %5zu bytes  libcrypto %6.0f ns  opened %6.0f ns  %5.2f times (at most %.0f)%s\n", l.keys.suite->name,
           size, nanoseconds[0], nanoseconds[1], ratio, MOST_TIMES, ratio > MOST_TIMES ? "  MISSED" : "");
    return ratio <= MOST_TIMES;
}

int main(void)
{
    static const uint16_t suites[] = {0x1301, 0x1302, 0x1303, 0xC02F};
    struct memory memory = {.limit = 1 << 20};
    struct tls_ciphers *ciphers = tls_ciphers_new(&memory);
    bool good = ciphers != NULL;
    for (size_t i = 0; good && i < sizeof suites / sizeof *suites; i++) {
        good &= bench(ciphers, &memory, suites[i], 1400);
        good &= bench(ciphers, &memory, suites[i], 64);
    }
    tls_ciphers_free(ciphers);
    return good ? 0 : 1;
}
