#include "sensor/flow/secured.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sensor/event/field.h"

#define SIGN(name) (UINT32_C(1) << TLS_SIGN_##name)

/* What can be known of a handshake by what was read of it: who was not read is unknown, and not absent. */
static void what_is_unknown(void **state)
{
    (void)state;
    enum { SERVER_CERTIFICATE = 1, CLIENT_CERTIFICATE = 2, IDENTITY = 4, ALPN = 8, SNI = 16, RESUMED = 32 };
    static const uint32_t hellos = SIGN(CLIENT_HELLO) | SIGN(SERVER_HELLO);
    static const struct {
        uint32_t signs;
        uint16_t version;
        uint8_t resumed, client;
        unsigned unknown;
    } rows[] = {
        {hellos, TLS_1_2, TLS_RESUMED_NOT, TLS_CLIENT_ABSENT, 0},
        /* The certificates were in the session that is resumed. */
        {hellos, TLS_1_2, TLS_RESUMED_TICKET, TLS_CLIENT_ABSENT, SERVER_CERTIFICATE},
        {hellos, TLS_1_2, TLS_RESUMED_TICKET, TLS_CLIENT_UNKNOWN, SERVER_CERTIFICATE | CLIENT_CERTIFICATE | IDENTITY},
        {hellos, TLS_1_2, TLS_RESUMED_NOT, TLS_CLIENT_PRESENTED, IDENTITY},
        /* Of TLS 1.3 all behind the hellos is sealed. */
        {hellos, TLS_1_3, TLS_RESUMED_NOT, TLS_CLIENT_UNKNOWN,
         SERVER_CERTIFICATE | CLIENT_CERTIFICATE | IDENTITY | ALPN},
        {hellos | SIGN(OPENED), TLS_1_3, TLS_RESUMED_NOT, TLS_CLIENT_ABSENT, 0},
        {hellos | SIGN(OPENED) | SIGN(LOST), TLS_1_3, TLS_RESUMED_NOT, TLS_CLIENT_ABSENT, SERVER_CERTIFICATE | ALPN},
        {SIGN(CLIENT_HELLO), 0, TLS_RESUMED_NOT, TLS_CLIENT_UNKNOWN,
         SERVER_CERTIFICATE | CLIENT_CERTIFICATE | IDENTITY | ALPN | RESUMED},
        {SIGN(SERVER_HELLO), TLS_1_2, TLS_RESUMED_NOT, TLS_CLIENT_ABSENT, SNI | RESUMED},
    };
    static const struct {
        unsigned bit;
        enum event_field_id field;
    } fields[] = {{SERVER_CERTIFICATE, EVENT_TLS_SUBJECT},
                  {CLIENT_CERTIFICATE, EVENT_TLS_CLIENT_CERTIFICATE},
                  {IDENTITY, EVENT_TLS_CLIENT_SUBJECT},
                  {ALPN, EVENT_TLS_ALPN},
                  {SNI, EVENT_TLS_SNI},
                  {RESUMED, EVENT_TLS_RESUMED}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tls_facts facts = {
            .signs = rows[i].signs, .version = rows[i].version, .resumed = rows[i].resumed, .client = rows[i].client};
        struct event e = {.size = sizeof e};
        secured_numbers(&facts, &e);
        for (size_t k = 0; k < sizeof fields / sizeof *fields; k++) {
            if (event_is_unknown(&e, fields[k].field) != ((rows[i].unknown & fields[k].bit) != 0))
                fail_msg("row %zu, field %zu", i, k);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_unknown)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
