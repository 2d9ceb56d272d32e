#include "proto/tls/schedule.h"

bool tls_schedule_expand(struct tls_ciphers *c, const struct tls_suite *suite, uint16_t version,
                         const struct tls_secret *master, const uint8_t client_random[static TLS_RANDOM],
                         const uint8_t server_random[static TLS_RANDOM], bool encrypt_then_mac,
                         struct tls_record_keys keys[static 2])
{
    (void)c, (void)suite, (void)version, (void)master, (void)client_random, (void)server_random;
    (void)encrypt_then_mac, (void)keys;
    return false;
}

bool tls_schedule_traffic(struct tls_ciphers *c, const struct tls_suite *suite, const struct tls_secret *traffic,
                          struct tls_record_keys *keys)
{
    (void)c, (void)suite, (void)traffic, (void)keys;
    return false;
}

bool tls_schedule_update(struct tls_ciphers *c, struct tls_record_keys *keys)
{
    (void)c, (void)keys;
    return false;
}
