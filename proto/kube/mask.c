#include "proto/kube/mask.h"

#include "proto/base/sixteen.h"
#include "proto/kube/escape.h"

enum { KEY_MAX = 48 };

struct masked {
    struct slice in;
    size_t copied; /* of `in`, up to here */
    uint8_t *room;
    size_t size, room_size;
    bool changed;
};

static void put(struct masked *m, struct slice bytes)
{
    size_t left = m->room_size - m->size;
    bytes = slice_part(bytes, 0, left);
    memcpy(m->room + m->size, bytes.data, bytes.size);
    m->size += bytes.size;
}

static void hide(struct masked *m, size_t from, size_t to)
{
    if (from < m->copied)
        from = m->copied;
    if (from >= to)
        return;
    put(m, slice_part(m->in, m->copied, from));
    put(m, slice_part(slice_of("***"), 0, to - from));
    m->copied = to;
    m->changed = true;
}

static struct slice finish(struct masked *m)
{
    if (!m->changed)
        return m->in;
    put(m, slice_part(m->in, m->copied, m->in.size));
    return (struct slice){.data = m->room, .size = m->size};
}

static bool is_base64url(uint8_t b)
{
    uint8_t letter = byte_lower(b);
    return (letter >= 'a' && letter <= 'z') || (b >= '0' && b <= '9') || b == '-' || b == '_';
}

static size_t run(struct slice s, size_t at)
{
    while (at < s.size && is_base64url(s.data[at]))
        at++;
    return at;
}

/* RFC 7519: three base64url parts. The header is a JSON object, so the first is `{"` encoded. A token that ends early,
 * after its claims, is hidden too: the cut may be ours. */
static void hide_jwts(struct masked *m, size_t from, size_t to)
{
    struct slice part = slice_part(m->in, 0, to);
    size_t begin = from;
    while (from < to) {
        /* The rarest letter of three. */
        size_t rare = from + slice_find(slice_part(part, from, to), 'J');
        if (rare == to)
            return;
        from = rare + 1;
        if (rare < begin + 2 || memcmp(part.data + rare - 2, "ey", 2) != 0)
            continue;
        begin = rare - 2;
        size_t end = run(part, begin);
        from = end;
        if (end == to || part.data[end] != '.')
            continue;
        size_t claims = run(part, end + 1);
        if (claims == end + 1)
            continue;
        end = claims < to && part.data[claims] == '.' ? run(part, claims + 1) : claims;
        hide(m, begin, end);
        begin = from = end;
    }
}

/* A parameter's name as the server has it: percent-decoded; here in lower case, and its end only, which is what is
 * compared. */
static struct slice key_of(struct slice wire, uint8_t room[static KEY_MAX])
{
    size_t size = 0;
    wire = slice_part(wire, wire.size > KEY_MAX ? wire.size - KEY_MAX : 0, wire.size);
    for (size_t i = 0; i < wire.size; i++) {
        uint8_t b = wire.data[i];
        if (b == '%' && i + 2 < wire.size) {
            int high = byte_hex(wire.data[i + 1]), low = byte_hex(wire.data[i + 2]);
            if (high >= 0 && low >= 0) {
                b = (uint8_t)(high << 4 | low);
                i += 2;
            }
        }
        room[size++] = byte_lower(b);
    }
    return (struct slice){.data = room, .size = size};
}

static bool names_credential(struct slice key)
{
    static const char *const ends[] = {"token",   "password", "passwd",        "pwd",  "secret",     "apikey",
                                       "api_key", "api-key",  "authorization", "auth", "credential", "credentials",
                                       "bearer",  "jwt",      "assertion",     "sig",  "signature"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t size = strlen(ends[i]);
        if (key.size >= size && memcmp(key.data + key.size - size, ends[i], size) == 0)
            return true;
    }
    return false;
}

static void hide_parameters(struct masked *m, size_t from)
{
    uint8_t room[KEY_MAX];
    while (from < m->in.size) {
        struct slice rest = slice_part(m->in, from, m->in.size);
        size_t end = slice_find(rest, '&');
        struct slice one = slice_part(rest, 0, end);
        size_t equals = slice_find(one, '=');
        if (equals < end && names_credential(key_of(slice_part(one, 0, equals), room)))
            hide(m, from + equals + 1, from + end);
        else
            hide_jwts(m, from, from + end);
        from += end + 1;
    }
}

/* Of `scheme://user:password@host/`, and of an authority alone. */
static void hide_user(struct masked *m, size_t to)
{
    struct slice head = slice_part(m->in, 0, to);
    if (!to || head.data[0] == '/' || slice_find(head, '@') == to)
        return;
    const uint8_t *scheme = memmem(head.data, to, "://", 3);
    size_t begin = scheme ? (size_t)(scheme - head.data) + 3 : 0;
    size_t slash = begin + slice_find(slice_part(head, begin, to), '/');
    const uint8_t *last = memrchr(head.data + begin, '@', slash - begin);
    if (last)
        hide(m, begin, (size_t)(last - head.data));
}

/* Without these there is no query, no token, no user. Nearly every target is done with here. */
static bool is_harmless(struct slice target)
{
    uint8_t few[sizeof(sixteen)] = {0};
    sixteen marks = {0};
    if (target.size < sizeof few) {
        memcpy(few, target.data, target.size);
        target = (struct slice){few, sizeof few};
    }
    /* the last sixteen overlap those before */
    for (size_t at = 0, last = target.size - sizeof few; at < target.size; at += sizeof few) {
        sixteen bytes = sixteen_at(target.data + (at < last ? at : last));
        marks |= (sixteen)((bytes == '?') | (bytes == 'J') | (bytes == '@'));
    }
    return !sixteen_any(marks);
}

struct slice mask_target(struct slice target, uint8_t *room, size_t room_size)
{
    if (is_harmless(target))
        return target;
    size_t query = slice_find(target, '?');
    struct masked m = {.in = target, .room = room, .room_size = room_size};
    hide_user(&m, query);
    hide_jwts(&m, m.copied, query);
    if (query < target.size)
        hide_parameters(&m, query + 1);
    return finish(&m);
}

struct slice mask_text(struct slice text, uint8_t *room, size_t room_size)
{
    if (slice_find(text, 'J') == text.size) /* nearly always */
        return text;
    struct masked m = {.in = text, .room = room, .room_size = room_size};
    hide_jwts(&m, 0, text.size);
    return finish(&m);
}
