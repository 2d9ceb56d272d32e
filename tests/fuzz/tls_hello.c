/* The body of a message: both hellos, their fingerprints, and the messages that are read beside them. Slices lie in it.
 */
#include <stdlib.h>

#include "proto/tls/fingerprint.h"
#include "proto/tls/suite.h"

static void lies_in(struct slice part, struct slice body)
{
    if (part.size && (part.data < body.data || part.data + part.size > body.data + body.size))
        abort();
}

static void client(struct slice body)
{
    struct tls_client_hello h;
    struct tls_ja3 ja3;
    char ja4[TLS_JA4];
    if (!tls_client_hello_read(body, &h))
        return;
    const struct slice parts[] = {h.session_id, h.suites, h.extensions, h.server_name,          h.protocols,
                                  h.versions,   h.groups, h.ticket,     h.signature_algorithms, h.point_formats,
                                  h.identities};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        lies_in(parts[i], body);
    struct reader identities = reader_of(h.identities);
    struct slice identity;
    while (tls_hello_identity_next(&identities, &identity))
        lies_in(identity, body);
    lies_in(tls_protocol_first(h.protocols), body);
    tls_client_hello_offers(&h);
    if (tls_ja3_of_client(&h, &ja3) && ja3.size > sizeof ja3.string)
        abort();
    tls_ja4_of_client(&h, ja4);
}

static void server(struct slice body)
{
    struct tls_server_hello h;
    struct tls_ja3 ja3;
    if (!tls_server_hello_read(body, &h))
        return;
    lies_in(h.session_id, body);
    lies_in(h.extensions, body);
    lies_in(h.protocol, body);
    tls_ja3_of_server(&h, &ja3);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice body = {data, size};
    struct tls_encrypted_extensions e;
    client(body);
    server(body);
    if (tls_encrypted_extensions_read(body, &e))
        lies_in(e.protocol, body);
    lies_in(tls_ticket_read(body, TLS_1_2), body);
    lies_in(tls_ticket_read(body, TLS_1_3), body);
    return 0;
}
