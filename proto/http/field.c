#include "proto/http/field.h"

static const char *const texts[FIELD_IDS] = {
    [FIELD_OTHER] = "",
#define FIELD(id, name) [FIELD_##id] = name,
#include "proto/http/field.def"
#undef FIELD
};

enum { SIZE_MAX_NAME = 33, SAME_SIZE = 5 };

/* The names of each size, because size and first byte leave one candidate nearly always. Rows end in FIELD_OTHER. */
static const uint8_t by_size[SIZE_MAX_NAME + 1][SAME_SIZE] = {
    [3] = {FIELD_VIA},
    [4] = {FIELD_HOST},
    [5] = {FIELD_PATH},
    [6] = {FIELD_SERVER},
    [7] = {FIELD_METHOD, FIELD_STATUS, FIELD_SCHEME, FIELD_UPGRADE},
    [8] = {FIELD_AUDIT_ID},
    [9] = {FIELD_PROTOCOL},
    [10] = {FIELD_USER_AGENT, FIELD_CONNECTION, FIELD_AUTHORITY},
    [12] = {FIELD_CONTENT_TYPE},
    [13] = {FIELD_AUTHORIZATION, FIELD_X_REMOTE_USER},
    [14] = {FIELD_CONTENT_LENGTH},
    [15] = {FIELD_X_FORWARDED_FOR, FIELD_IMPERSONATE_UID},
    [16] = {FIELD_CONTENT_ENCODING, FIELD_IMPERSONATE_USER, FIELD_WWW_AUTHENTICATE},
    [17] = {FIELD_TRANSFER_ENCODING, FIELD_IMPERSONATE_GROUP},
    [22] = {FIELD_SEC_WEBSOCKET_PROTOCOL},
    [30] = {FIELD_X_KUBERNETES_PF_FLOWSCHEMA_UID},
    [33] = {FIELD_X_KUBERNETES_PF_PRIORITYLEVEL_UID},
};

/* Sets the bit that makes a letter lower in every byte that has a letter's high bit: exact against `text`, which has
 * none of the other bytes that this changes. */
static uint64_t lower8(const uint8_t *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word | (word & 0x4040404040404040U) >> 1;
}

static bool is_text(struct slice name, const char *text)
{
    const uint8_t *known = (const uint8_t *)text;
    if (name.size < 8) {
        for (size_t i = 0; i < name.size; i++) {
            if (byte_lower(name.data[i]) != known[i])
                return false;
        }
        return true;
    }
    size_t last = name.size - 8; /* overlapping is cheaper than a loop over the rest */
    for (size_t i = 0; i < last; i += 8) {
        if (lower8(name.data + i) != lower8(known + i))
            return false;
    }
    return lower8(name.data + last) == lower8(known + last);
}

static bool is_impersonate_extra(struct slice name)
{
    struct slice begin = slice_of(texts[FIELD_IMPERSONATE_EXTRA]);
    return slice_same_nocase(slice_part(name, 0, begin.size), begin);
}

enum field_name field_id(struct slice name)
{
    if (name.size == 0)
        return FIELD_OTHER;
    uint8_t first = byte_lower(name.data[0]);
    if (first == 'i' && is_impersonate_extra(name))
        return FIELD_IMPERSONATE_EXTRA;
    if (name.size > SIZE_MAX_NAME)
        return FIELD_OTHER;
    for (const uint8_t *id = by_size[name.size]; *id != FIELD_OTHER; id++) {
        const char *text = texts[*id];
        if ((uint8_t)text[0] != first)
            continue;
        if (is_text(name, text))
            return (enum field_name) * id;
    }
    return FIELD_OTHER;
}
