#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/tls/vault.h"

struct entry {
    uint8_t key[TLS_VAULT_KEY];
    unsigned number;
};

static struct memory memory = {.limit = 1 << 20};
static const struct hash_secret secret = {.bytes = "192 bytes of a test"};

static const uint8_t *key_of(char letter)
{
    static uint8_t key[TLS_VAULT_KEY];
    memset(key, letter, sizeof key);
    return key;
}

static bool add(struct tls_vault *v, char letter, unsigned number)
{
    struct entry *e = tls_vault_add(v, key_of(letter));
    if (e == NULL)
        return false;
    assert_memory_equal(e->key, key_of(letter), TLS_VAULT_KEY);
    assert_int_equal(e->number, 0);
    e->number = number;
    return true;
}

/* The entries with this key as digits. */
static const char *numbers(const struct tls_vault *v, char letter)
{
    static char text[20];
    size_t size = 0;
    for (const struct entry *e = tls_vault_find(v, key_of(letter)); e != NULL; e = tls_vault_same(e))
        text[size++] = (char)('0' + e->number);
    text[size] = '\0';
    return text;
}

static const char *all(const struct tls_vault *v)
{
    static char text[20];
    size_t size = 0;
    for (const struct entry *e = tls_vault_newest(v); e != NULL; e = tls_vault_older(e))
        text[size++] = (char)('0' + e->number);
    text[size] = '\0';
    assert_int_equal(size, tls_vault_count(v));
    return text;
}

static void order_and_keys(void **state)
{
    (void)state;
    struct tls_vault v;
    tls_vault_init(&v, sizeof(struct entry), &secret, &memory);
    assert_null(tls_vault_find(&v, key_of('a')));
    for (unsigned i = 1; i <= 6; i++)
        assert_true(add(&v, "abacab"[i - 1], i));
    assert_string_equal(numbers(&v, 'a'), "135");
    assert_string_equal(numbers(&v, 'b'), "26");
    assert_string_equal(numbers(&v, 'c'), "4");
    assert_string_equal(all(&v), "654321");
    assert_int_equal(tls_vault_trim(&v, 3), 3);
    assert_string_equal(numbers(&v, 'a'), "5");
    assert_string_equal(numbers(&v, 'b'), "6");
    assert_string_equal(all(&v), "654");
    assert_int_equal(tls_vault_trim(&v, 1), 2);
    assert_string_equal(numbers(&v, 'a'), "");
    assert_string_equal(all(&v), "6");
    assert_true(add(&v, 'a', 7));
    assert_string_equal(all(&v), "76");
    tls_vault_deinit(&v);
    assert_int_equal(memory.used, 0);
}

/* The entries in the order of a walk, as digits. */
static const char *walked(const struct tls_vault *v)
{
    static char text[20];
    size_t size = 0;
    struct tls_vault_walk walk = tls_vault_walk(v);
    for (const struct entry *e; (e = tls_vault_next(&walk)) != NULL;)
        text[size++] = (char)('0' + e->number);
    text[size] = '\0';
    return text;
}

static void walks(void **state)
{
    (void)state;
    struct tls_vault v;
    tls_vault_init(&v, sizeof(struct entry), &secret, &memory);
    assert_string_equal(walked(&v), "");
    for (unsigned i = 1; i <= 7; i++)
        assert_true(add(&v, (char)('a' + i), i));
    assert_string_equal(walked(&v), "7162534");
    tls_vault_mark(&v, tls_vault_find(&v, key_of('a' + 3)));
    assert_string_equal(walked(&v), "3425167");
    tls_vault_mark(&v, tls_vault_find(&v, key_of('a' + 7)));
    assert_string_equal(walked(&v), "7654321");
    tls_vault_mark(&v, tls_vault_find(&v, key_of('a' + 2)));
    assert_string_equal(walked(&v), "2314567");
    assert_int_equal(tls_vault_trim(&v, 6), 1);
    assert_string_equal(walked(&v), "234567");
    assert_int_equal(tls_vault_trim(&v, 5), 1); /* and with it the mark */
    assert_string_equal(walked(&v), "73645");
    tls_vault_deinit(&v);
    assert_int_equal(memory.used, 0);
}

/* An entry that there is no memory for leaves everything as it was, a key without entries least of all. */
static void without_memory(void **state)
{
    (void)state;
    struct tls_vault v;
    tls_vault_init(&v, sizeof(struct entry), &secret, &memory);
    for (unsigned which = 1; which <= 2; which++) {
        memory.fail_at = which;
        assert_false(add(&v, 'a', 1));
        assert_int_equal(v.table.count, 0);
    }
    memory.fail_at = 0;
    assert_true(add(&v, 'a', 1));
    memory.fail_at = 1;
    assert_false(add(&v, 'a', 2));
    assert_string_equal(numbers(&v, 'a'), "1");
    assert_true(add(&v, 'a', 3));
    assert_string_equal(all(&v), "31");
    tls_vault_deinit(&v);
    assert_int_equal(memory.used, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(order_and_keys), cmocka_unit_test(walks),
                                       cmocka_unit_test(without_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
