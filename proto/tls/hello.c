#include "proto/tls/hello.h"

#include "proto/tls/suite.h"

/* A vector that is all of what is there. @return false: it is not. */
static bool whole(struct reader *r)
{
    return !r->failed && reader_left(r) == 0;
}

bool tls_extension_next(struct reader *extensions, uint16_t *type, struct slice *content)
{
    if (!reader_left(extensions))
        return false;
    *type = read_u16(extensions);
    *content = read_slice(extensions, read_u16(extensions));
    return !extensions->failed;
}

bool tls_hello_identity_next(struct reader *identities, struct slice *identity)
{
    if (!reader_left(identities))
        return false;
    *identity = read_slice(identities, read_u16(identities));
    read_u32(identities); /* the ticket's age */
    return !identities->failed;
}

struct slice tls_protocol_first(struct slice protocols)
{
    struct reader r = reader_of(protocols);
    return read_slice(&r, read_u8(&r));
}

/* A vector of two-byte numbers with a length of one or two bytes before it. */
static bool read_numbers(struct reader *r, bool wide, struct slice *numbers)
{
    *numbers = read_slice(r, wide ? read_u16(r) : read_u8(r));
    return whole(r) && numbers->size % 2 == 0;
}

/* RFC 6066, 3: a list with one name of kind host_name. A server sends none. */
static bool read_server_name(struct reader *r, struct slice *name)
{
    struct reader list = read_part(r, read_u16(r));
    bool host = read_u8(&list) == 0;
    *name = read_slice(&list, read_u16(&list));
    if (host && !list.failed && whole(r))
        return true;
    *name = slice_of("");
    return false;
}

/* RFC 7301, 3.1: no name is empty. */
static bool read_protocols(struct reader *r, struct slice *protocols)
{
    *protocols = read_slice(r, read_u16(r));
    struct reader names = reader_of(*protocols);
    bool good = whole(r) && protocols->size;
    while (good && reader_left(&names))
        good = read_slice(&names, read_u8(&names)).size != 0;
    if (!good)
        *protocols = slice_of("");
    return good;
}

static bool client_extension(struct tls_client_hello *h, uint16_t type, struct slice content)
{
    struct reader r = reader_of(content);
    switch (type) {
    case TLS_EXTENSION_SERVER_NAME: return read_server_name(&r, &h->server_name);
    case TLS_EXTENSION_SUPPORTED_GROUPS: return read_numbers(&r, true, &h->groups);
    case TLS_EXTENSION_SIGNATURE_ALGORITHMS: return read_numbers(&r, true, &h->signature_algorithms);
    case TLS_EXTENSION_SUPPORTED_VERSIONS: return read_numbers(&r, false, &h->versions);
    case TLS_EXTENSION_POINT_FORMATS: h->point_formats = read_slice(&r, read_u8(&r)); return whole(&r);
    case TLS_EXTENSION_ALPN: return read_protocols(&r, &h->protocols);
    case TLS_EXTENSION_SESSION_TICKET: h->ticket = content; return true;
    case TLS_EXTENSION_PRE_SHARED_KEY: h->identities = read_slice(&r, read_u16(&r)); return !r.failed;
    case TLS_EXTENSION_ECH: h->ech = true; return true;
    default: return true;
    }
}

bool tls_client_hello_read(struct slice body, struct tls_client_hello *hello)
{
    const struct slice none = slice_of("");
    struct reader r = reader_of(body);
    *hello = (struct tls_client_hello){.server_name = none,
                                       .protocols = none,
                                       .versions = none,
                                       .groups = none,
                                       .signature_algorithms = none,
                                       .point_formats = none,
                                       .ticket = none,
                                       .identities = none};
    hello->version = read_u16(&r);
    hello->random = read_slice(&r, TLS_HELLO_RANDOM).data;
    hello->session_id = read_slice(&r, read_u8(&r));
    hello->suites = read_slice(&r, read_u16(&r));
    hello->compressions = read_slice(&r, read_u8(&r));
    if (r.failed || hello->suites.size < 2 || hello->suites.size % 2 || hello->session_id.size > TLS_HELLO_RANDOM)
        return false;
    hello->extensions = none;
    if (!reader_left(&r))
        return true; /* TLS before 1.3 allows it */
    hello->extensions = read_slice(&r, read_u16(&r));
    if (!whole(&r))
        return false;
    struct reader extensions = reader_of(hello->extensions);
    uint16_t type;
    struct slice content;
    while (tls_extension_next(&extensions, &type, &content)) {
        hello->broken |= !client_extension(hello, type, content);
        hello->has |= type < 64 ? UINT64_C(1) << type : 0;
    }
    hello->broken |= extensions.failed;
    return true;
}

static bool server_extension(struct tls_server_hello *h, uint16_t type, struct slice content)
{
    struct reader r = reader_of(content);
    struct slice protocols;
    switch (type) {
    case TLS_EXTENSION_SUPPORTED_VERSIONS: h->version = read_u16(&r); return whole(&r);
    case TLS_EXTENSION_PRE_SHARED_KEY: h->identity = read_u16(&r); return whole(&r);
    case TLS_EXTENSION_KEY_SHARE: h->group = read_u16(&r); return !r.failed;
    case TLS_EXTENSION_ALPN:
        if (!read_protocols(&r, &protocols))
            return false;
        h->protocol = tls_protocol_first(protocols);
        return true;
    default: return true;
    }
}

/* RFC 8446, 4.1.3: SHA-256 of "HelloRetryRequest". */
static const uint8_t RETRY[TLS_HELLO_RANDOM] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
                                                0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
                                                0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

bool tls_server_hello_read(struct slice body, struct tls_server_hello *hello)
{
    struct reader r = reader_of(body);
    *hello = (struct tls_server_hello){.protocol = slice_of(""), .extensions = slice_of("")};
    hello->version = hello->legacy_version = read_u16(&r);
    hello->random = read_slice(&r, TLS_HELLO_RANDOM).data;
    bool draft = hello->version >> 8 == TLS_DRAFT; /* those before 22 have neither session id nor compression */
    hello->session_id = draft ? slice_of("") : read_slice(&r, read_u8(&r));
    hello->suite = read_u16(&r);
    if (!draft)
        read_u8(&r); /* the compression */
    if (r.failed || hello->session_id.size > TLS_HELLO_RANDOM)
        return false;
    hello->retry = memcmp(hello->random, RETRY, sizeof RETRY) == 0;
    if (!reader_left(&r))
        return true;
    hello->extensions = read_slice(&r, read_u16(&r));
    if (!whole(&r))
        return false;
    struct reader extensions = reader_of(hello->extensions);
    uint16_t type;
    struct slice content;
    while (tls_extension_next(&extensions, &type, &content)) {
        hello->broken |= !server_extension(hello, type, content);
        hello->has |= type < 64 ? UINT64_C(1) << type : 0;
    }
    hello->broken |= extensions.failed;
    return true;
}

uint16_t tls_client_hello_offers(const struct tls_client_hello *hello)
{
    struct reader r = reader_of(hello->versions);
    uint16_t best = 0;
    while (reader_left(&r)) {
        uint16_t version = read_u16(&r);
        if (!tls_is_grease(version) && version > best)
            best = version;
    }
    return best ? best : hello->version;
}

bool tls_encrypted_extensions_read(struct slice body, struct tls_encrypted_extensions *out)
{
    struct reader r = reader_of(body), extensions = read_part(&r, read_u16(&r));
    uint16_t type;
    struct slice content, protocols;
    *out = (struct tls_encrypted_extensions){.protocol = slice_of("")};
    while (whole(&r) && tls_extension_next(&extensions, &type, &content)) {
        struct reader inside = reader_of(content);
        if (type == TLS_EXTENSION_ALPN && read_protocols(&inside, &protocols))
            out->protocol = tls_protocol_first(protocols);
        out->early_data |= type == TLS_EXTENSION_EARLY_DATA;
    }
    return whole(&r) && !extensions.failed;
}

struct slice tls_ticket_read(struct slice body, uint16_t version)
{
    struct reader r = reader_of(body);
    read_u32(&r); /* lifetime */
    if (version == TLS_1_3) {
        read_u32(&r); /* what is added to its age */
        read_slice(&r, read_u8(&r));
    }
    struct slice ticket = read_slice(&r, read_u16(&r));
    if (version == TLS_1_3)
        read_slice(&r, read_u16(&r));
    return whole(&r) ? ticket : slice_of("");
}
