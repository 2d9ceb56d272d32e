#include "proto/http/field.h"

static const char *const texts[FIELD_IDS] = {
    [FIELD_OTHER] = "",
#define FIELD(id, name) [FIELD_##id] = name,
#include "proto/http/field.def"
#undef FIELD
};

enum { SIZE_MAX_NAME = 33, LETTERS = 32 };

/* Size and third letter leave one candidate at most. */
#define LETTER(c) ((c) & (LETTERS - 1))
static const uint8_t by_size[SIZE_MAX_NAME + 1][LETTERS] = {
    [3] = {[LETTER('a')] = FIELD_VIA},
    [4] = {[LETTER('s')] = FIELD_HOST},
    [5] = {[LETTER('a')] = FIELD_PATH},
    [6] = {[LETTER('r')] = FIELD_SERVER},
    [7] = {[LETTER('e')] = FIELD_METHOD,
           [LETTER('t')] = FIELD_STATUS,
           [LETTER('c')] = FIELD_SCHEME,
           [LETTER('g')] = FIELD_UPGRADE},
    [8] = {[LETTER('d')] = FIELD_AUDIT_ID},
    [9] = {[LETTER('r')] = FIELD_PROTOCOL},
    [10] = {[LETTER('e')] = FIELD_USER_AGENT, [LETTER('n')] = FIELD_CONNECTION, [LETTER('u')] = FIELD_AUTHORITY},
    [12] = {[LETTER('n')] = FIELD_CONTENT_TYPE},
    [13] = {[LETTER('t')] = FIELD_AUTHORIZATION, [LETTER('r')] = FIELD_X_REMOTE_USER},
    [14] = {[LETTER('n')] = FIELD_CONTENT_LENGTH},
    [15] = {[LETTER('f')] = FIELD_X_FORWARDED_FOR, [LETTER('p')] = FIELD_IMPERSONATE_UID},
    [16] = {[LETTER('n')] = FIELD_CONTENT_ENCODING,
            [LETTER('p')] = FIELD_IMPERSONATE_USER,
            [LETTER('w')] = FIELD_WWW_AUTHENTICATE},
    [17] = {[LETTER('a')] = FIELD_TRANSFER_ENCODING, [LETTER('p')] = FIELD_IMPERSONATE_GROUP},
    [22] = {[LETTER('c')] = FIELD_SEC_WEBSOCKET_PROTOCOL},
    [30] = {[LETTER('k')] = FIELD_X_KUBERNETES_PF_FLOWSCHEMA_UID},
    [33] = {[LETTER('k')] = FIELD_X_KUBERNETES_PF_PRIORITYLEVEL_UID},
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
    return name.size >= begin.size && slice_same_nocase(slice_part(name, 0, begin.size), begin);
}

enum field_name field_id(struct slice name)
{
    enum field_name id = FIELD_OTHER;
    if (name.size > 2 && name.size <= SIZE_MAX_NAME)
        id = (enum field_name)by_size[name.size][LETTER(name.data[2])];
    if (id != FIELD_OTHER && is_text(name, texts[id]))
        return id;
    return is_impersonate_extra(name) ? FIELD_IMPERSONATE_EXTRA : FIELD_OTHER;
}
