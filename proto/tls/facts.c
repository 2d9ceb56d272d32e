#include "proto/tls/facts.h"

#include "proto/tls/suite.h"

/* What is kept of a client, most important first. */
static const uint8_t KEPT[] = {TLS_TEXT_USER, TLS_TEXT_GROUPS, TLS_TEXT_CLIENT_FINGERPRINT, TLS_TEXT_CLIENT_SUBJECT,
                               TLS_TEXT_CLIENT_ISSUER};

_Static_assert(sizeof KEPT == sizeof((struct tls_kept *)0)->size / sizeof(uint16_t), "a size for each");

static bool reserve(struct tls_facts *f, struct memory *memory, size_t need)
{
    size_t capacity = f->capacity ? f->capacity : 256;
    while (capacity < need)
        capacity *= 2;
    if (need > TLS_FACTS_MAX)
        return false;
    if (capacity <= f->capacity)
        return true;
    uint8_t *bytes = memory_resize(memory, f->bytes, f->capacity, capacity);
    if (!bytes)
        return false;
    f->bytes = bytes;
    f->capacity = (uint16_t)capacity;
    return true;
}

static bool is_brief(unsigned id)
{
    bool asked_again = id == TLS_TEXT_USER || id == TLS_TEXT_GROUPS || id == TLS_TEXT_OFFERED;
    return id < TLS_TEXTS_BRIEF || asked_again;
}

static bool append(struct tls_facts *f, struct memory *memory, unsigned id, struct slice text)
{
    if (!reserve(f, memory, f->size + text.size))
        return false;
    memcpy(f->bytes + f->size, text.data, text.size);
    f->texts[id].at = f->size;
    f->texts[id].size = (uint16_t)text.size;
    f->size = (uint16_t)(f->size + text.size);
    return true;
}

/* Texts that are no more leave their room, and with `brief` those go that are told once. Where there is no memory for
 * it, all stays. */
static void compact(struct tls_facts *f, struct memory *memory, bool brief)
{
    struct tls_facts less = {0};
    for (unsigned id = 0; id < TLS_TEXTS; id++) {
        struct slice text = tls_facts_text(f, (enum tls_text)id);
        if (text.size && (!brief || is_brief(id)) && !append(&less, memory, id, text)) {
            tls_facts_release(&less, memory);
            return;
        }
    }
    if (f->bytes)
        memory_resize(memory, f->bytes, f->capacity, 0);
    f->bytes = less.bytes ? memory_resize(memory, less.bytes, less.capacity, less.size) : NULL;
    f->size = f->capacity = less.size;
    memcpy(f->texts, less.texts, sizeof f->texts);
}

void tls_facts_set(struct tls_facts *f, struct memory *memory, enum tls_text id, struct slice text)
{
    text = slice_part(text, 0, TLS_TEXT_MAX);
    f->texts[id].size = 0;
    if (!text.size || append(f, memory, id, text))
        return;
    compact(f, memory, false);
    append(f, memory, id, text);
}

static bool is_of_client(unsigned id)
{
    return (id >= TLS_TEXT_CLIENT_SUBJECT && id <= TLS_TEXT_CLIENT_FINGERPRINT) || id >= TLS_TEXT_CLIENT_SERIAL;
}

void tls_facts_client(struct tls_facts *f, enum tls_client client)
{
    f->client = (uint8_t)client;
    f->signs &= ~(UINT32_C(1) << TLS_SIGN_CLIENT_EXPIRED);
    for (unsigned id = 0; id < TLS_TEXTS; id++) {
        if (is_of_client(id))
            f->texts[id].size = 0;
    }
}

void tls_facts_shed(struct tls_facts *f, struct memory *memory)
{
    compact(f, memory, true);
}

void tls_facts_release(struct tls_facts *f, struct memory *memory)
{
    if (f->bytes)
        memory_resize(memory, f->bytes, f->capacity, 0);
    *f = (struct tls_facts){0};
}

void tls_facts_keep(const struct tls_facts *f, struct tls_kept *kept)
{
    size_t used = 0;
    *kept = (struct tls_kept){.client = f->client, .expired = tls_facts_has(f, TLS_SIGN_CLIENT_EXPIRED)};
    for (size_t i = 0; i < sizeof KEPT; i++) {
        struct slice text = tls_facts_text(f, (enum tls_text)KEPT[i]);
        if (!text.size || text.size > sizeof kept->bytes - used)
            continue;
        memcpy(kept->bytes + used, text.data, text.size);
        kept->size[i] = (uint16_t)text.size;
        used += text.size;
    }
}

void tls_facts_restore(struct tls_facts *f, struct memory *memory, const struct tls_kept *kept)
{
    size_t at = 0;
    tls_facts_client(f, (enum tls_client)kept->client);
    if (kept->expired)
        tls_facts_sign(f, TLS_SIGN_CLIENT_EXPIRED);
    for (size_t i = 0; i < sizeof KEPT; i++) {
        tls_facts_set(f, memory, (enum tls_text)KEPT[i], (struct slice){kept->bytes + at, kept->size[i]});
        at += kept->size[i];
    }
}

enum { DRAFT = 0x7f00 }; /* and what follows: RFC 8446 as it came to be */

static const struct {
    uint16_t version;
    const char *name;
} VERSIONS[] = {
    {0, ""},
    {0x0002, "SSLv2"},
    {0x0300, "SSLv3"},
    {TLS_1_0, "TLSv1"},
    {TLS_1_1, "TLS 1.1"},
    {TLS_1_2, "TLS 1.2"},
    {TLS_1_3, "TLS 1.3"},
    {DRAFT, "TLS 1.3 draft"},
    {UINT16_MAX, "UNDETERMINED"},
};

enum { RANKS = sizeof VERSIONS / sizeof *VERSIONS };

uint8_t tls_version_rank(uint16_t version)
{
    uint8_t rank = 0;
    if (version >> 8 == DRAFT >> 8)
        version = DRAFT;
    while (rank < RANKS - 1 && VERSIONS[rank].version != version)
        rank++;
    return rank;
}

const char *tls_version_name(unsigned rank)
{
    return rank < RANKS ? VERSIONS[rank].name : "?";
}

const char *tls_alert_name(uint8_t description)
{
    static const char *const names[] = {
        [0] = "close_notify",
        [10] = "unexpected_message",
        [20] = "bad_record_mac",
        [21] = "decryption_failed",
        [22] = "record_overflow",
        [30] = "decompression_failure",
        [40] = "handshake_failure",
        [41] = "no_certificate",
        [42] = "bad_certificate",
        [43] = "unsupported_certificate",
        [44] = "certificate_revoked",
        [45] = "certificate_expired",
        [46] = "certificate_unknown",
        [47] = "illegal_parameter",
        [48] = "unknown_ca",
        [49] = "access_denied",
        [50] = "decode_error",
        [51] = "decrypt_error",
        [60] = "export_restriction",
        [70] = "protocol_version",
        [71] = "insufficient_security",
        [80] = "internal_error",
        [86] = "inappropriate_fallback",
        [90] = "user_canceled",
        [100] = "no_renegotiation",
        [109] = "missing_extension",
        [110] = "unsupported_extension",
        [111] = "certificate_unobtainable",
        [112] = "unrecognized_name",
        [113] = "bad_certificate_status_response",
        [114] = "bad_certificate_hash_value",
        [115] = "unknown_psk_identity",
        [116] = "certificate_required",
        [120] = "no_application_protocol",
        [121] = "ech_required",
    };
    return description < sizeof names / sizeof *names ? names[description] : NULL;
}

const char *tls_resumed_name(unsigned resumed)
{
    static const char *const names[TLS_RESUMPTIONS] = {[TLS_RESUMED_NOT] = "",
                                                       [TLS_RESUMED_ID] = "session_id",
                                                       [TLS_RESUMED_TICKET] = "ticket",
                                                       [TLS_RESUMED_PSK] = "psk"};
    return resumed < TLS_RESUMPTIONS ? names[resumed] : "?";
}

const char *tls_client_name(unsigned client)
{
    static const char *const names[] = {
        [TLS_CLIENT_UNKNOWN] = "", [TLS_CLIENT_ABSENT] = "absent", [TLS_CLIENT_PRESENTED] = "presented"};
    return client < sizeof names / sizeof *names ? names[client] : "?";
}
