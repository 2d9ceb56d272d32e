#include "proto/kube/jwt.h"

#include "proto/base/json.h"
#include "proto/base/sixteen.h"

/* Claims of service account tokens take 300 to 900 bytes. Of larger ones the beginning is read. */
enum { CLAIMS_MAX = 4096 };

/* The value of each base64url character (RFC 4648 section 5) from the space on, 0 for what is none. */
static const uint8_t sextets[96] = {
    0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  62, 0,  0,  52, 53, 54, 55, 56, 57, 58, 59,
    60, 61, 0,  0,  0,  0,  0,  0,  0,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 0,  0,  0,  0,  63, 0,  26, 27, 28, 29, 30, 31, 32,
    33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 0,  0,  0,  0,  0,
};

/* A whole token is looked through with each request, so sixteen bytes at a time: at 900 bytes the difference is half
 * the cost of reading the exchange. */
static bool is_base64url(struct slice s)
{
    sixteen found = {0};
    for (size_t at = 0; at < s.size; at += sizeof(sixteen)) {
        sixteen b = (sixteen){0} + 'A'; /* behind the end */
        if (s.size - at >= sizeof b)
            memcpy(&b, s.data + at, sizeof b);
        else
            memcpy(&b, s.data + at, s.size - at);
        found |= (sixteen)((b - '0' > 9) & ((b | 0x20) - 'a' > 25) & (b != '-') & (b != '_'));
    }
    return !sixteen_any(found) && s.size % 4 != 1;
}

/* @param s  what is_base64url() holds of. */
static struct slice decode(struct slice s, uint8_t *room, size_t room_size)
{
    size_t size = 0;
    uint32_t bits = 0;
    for (size_t i = 0; i < s.size && size < room_size; i++) {
        bits = bits << 6 | sextets[s.data[i] - ' '];
        if (i % 4 != 0)
            room[size++] = (uint8_t)(bits >> (6 - 2 * (i % 4)));
    }
    return (struct slice){.data = room, .size = size};
}

static void split(struct slice token, struct slice parts[static 3])
{
    for (size_t i = 0; i < 3; i++) {
        size_t end = i < 2 ? slice_find(token, '.') : token.size;
        parts[i] = slice_part(token, 0, end);
        token = slice_part(token, end + 1, token.size);
    }
}

bool jwt_shaped(struct slice token)
{
    struct slice parts[3];
    uint8_t first;
    if (token.size == 0 || token.data[0] != 'e') /* what {, the first byte of an object, begins with */
        return false;
    split(token, parts);
    /* The signature may be missing (RFC 7519 section 6), but not its dot. */
    if (parts[1].size == 0 || parts[0].size + parts[1].size + 2 > token.size)
        return false;
    if (!is_base64url(parts[0]) || !is_base64url(parts[1]) || !is_base64url(parts[2]))
        return false;
    return decode(parts[0], &first, 1).size == 1 && first == '{';
}

static uint16_t copy(struct jwt *jwt, char to[static JWT_TEXT_MAX], const struct json_value *value)
{
    size_t size = value->text.size < JWT_TEXT_MAX ? value->text.size : JWT_TEXT_MAX;
    memcpy(to, value->text.data, size);
    jwt->cut |= !value->whole || size < value->text.size;
    return (uint16_t)size;
}

static bool take_claim(void *owner, const struct json_value *value)
{
    struct jwt *jwt = owner;
    bool text = value->kind == JSON_STRING && (value->whole || value->text.size >= JWT_TEXT_MAX);
    if (text && value->depth == 1 && slice_is(value->key, "iss"))
        jwt->issuer_size = copy(jwt, jwt->issuer, value);
    else if (text && value->depth == 1 && slice_is(value->key, "sub"))
        jwt->subject_size = copy(jwt, jwt->subject, value);
    return true;
}

bool jwt_read(struct jwt *jwt, struct slice token)
{
    uint8_t room[CLAIMS_MAX];
    struct slice parts[3];
    *jwt = (struct jwt){.issuer_size = 0};
    if (!jwt_shaped(token))
        return false;
    split(token, parts);
    struct slice claims = decode(parts[1], room, sizeof room);
    enum json_end end = json_read(claims, take_claim, jwt);
    bool object = claims.size > 0 && claims.data[0] == '{';
    if (object && (end == JSON_WHOLE || (end == JSON_CUT && claims.size == sizeof room)))
        return true;
    *jwt = (struct jwt){.issuer_size = 0};
    return false;
}
