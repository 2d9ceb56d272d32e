#include "proto/kube/status.h"

#include "proto/base/cbor.h"
#include "proto/base/json.h"
#include "proto/base/utf8.h"

static const char UNAUTHORIZED[] = "Unauthorized";

/* The first of each counts, so that a longer beginning of the same body never changes what was read. */
struct reading {
    struct status *status;
    bool kind, message, reason; /* was read */
    bool message_lost;          /* it is longer than what is looked at */
    bool unauthorized;          /* it says just that */
    bool user_cut, reason_cut;  /* was longer than what is kept */
};

static uint16_t copy(char *to, size_t room, struct slice text)
{
    size_t size = text.size < room ? text.size : room;
    memcpy(to, text.data, size);
    return (uint16_t)size;
}

/* One escape of strconv.Quote, behind the backslash; from `*at` on.  @return the size written, 0: it is none. */
static size_t unquote_escape(struct slice s, size_t *at, uint8_t out[static 4])
{
    static const char names[] = "abfnrtv\\\"'", bytes[] = "\a\b\f\n\r\t\v\\\"'";
    uint8_t letter = s.data[(*at)++];
    size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
    if (digits == 0) {
        const char *name = letter != 0 ? strchr(names, letter) : NULL;
        out[0] = name != NULL ? (uint8_t)bytes[name - names] : 0;
        return name != NULL;
    }
    uint32_t code = 0;
    for (; digits > 0; digits--, ++*at) {
        int digit = *at < s.size ? byte_hex(s.data[*at]) : -1;
        if (digit < 0)
            return 0;
        code = code << 4 | (uint32_t)digit;
    }
    out[0] = (uint8_t)code;
    return letter == 'x' ? 1 : utf8_put(out, code); /* \x is a byte that was no UTF-8 */
}

/* A text as strconv.Quote wrote it, behind its first quote.
 * @param to  as much of it as there is room for. @param full  whether that is not all.
 * @return the size of what was read, with the last quote; 0: no such. */
static size_t unquote(struct slice s, char *to, size_t room, uint16_t *to_size, bool *full)
{
    size_t size = 0;
    for (size_t at = 0, begin = 0; at < s.size; begin = at) {
        while (at < s.size && s.data[at] != '"' && s.data[at] != '\\')
            at++;
        uint8_t escaped[4];
        struct slice more = {.data = s.data + begin, .size = at - begin};
        size_t fits = more.size < room - size ? more.size : room - size;
        if (at == s.size)
            return 0;
        if (!*full)
            size += copy(to + size, fits, more);
        *full = *full || fits < more.size;
        if (s.data[at++] == '"') {
            *to_size = (uint16_t)size;
            return at;
        }
        more = (struct slice){.data = escaped, .size = at < s.size ? unquote_escape(s, &at, escaped) : 0};
        if (more.size == 0)
            return 0;
        *full = *full || more.size > room - size;
        if (!*full)
            size += copy(to + size, more.size, more);
    }
    return 0;
}

/* The server writes these three as HTML does, behind quoting.  @return the new size. */
static uint16_t unescape_html(char *text, uint16_t size)
{
    static const struct {
        const char *name, byte;
    } escapes[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}};
    uint16_t to = 0;
    for (uint16_t at = 0; at < size; to++) {
        struct slice rest = {.data = (const uint8_t *)text + at, .size = (size_t)(size - at)};
        size_t taken = 1;
        char byte = text[at];
        for (size_t i = 0; byte == '&' && i < sizeof escapes / sizeof *escapes; i++) {
            if (!slice_begins(rest, escapes[i].name))
                continue;
            byte = escapes[i].byte;
            taken = strlen(escapes[i].name);
            break;
        }
        text[to] = byte;
        at = (uint16_t)(at + taken);
    }
    return to;
}

/* The clause that the authorizer's refusal ends in. Everything behind it that a client chose is quoted, so the clause
 * cannot occur there; before it the resource stands as it came in the path: hence the last one. */
static struct slice find_clause(struct slice message)
{
    static const char clause[] = "forbidden: User \"";
    for (struct slice before = message; before.size;) {
        const uint8_t *f = memrchr(before.data, 'f', before.size);
        if (!f)
            break;
        before.size = (size_t)(f - before.data);
        struct slice rest = slice_part(message, before.size, message.size);
        if (slice_begins(rest, clause))
            return slice_part(rest, sizeof clause - 1, rest.size);
    }
    return slice_part(message, message.size, message.size);
}

/* Whether it is the Impersonate header that was refused: verb "impersonate" on some resource, and since constrained
 * impersonation (1.35) a mode behind a colon, and what was asked for. Before a path the verb alone is a method of that
 * name; none has a colon. @param verb  with all that follows. */
static bool refuses_impersonation(struct slice verb)
{
    bool method = slice_begins(verb, "impersonate path ");
    return (slice_begins(verb, "impersonate ") && !method) || slice_begins(verb, "impersonate:") ||
           slice_begins(verb, "impersonate-on:");
}

static void take_message(struct reading *r, struct slice message, bool whole)
{
    static const char cannot[] = " cannot ";
    if (r->message)
        return;
    r->message = true;
    r->message_lost = !whole;
    if (!whole)
        return;
    r->unauthorized = slice_is(message, UNAUTHORIZED);
    struct status *s = r->status;
    struct slice clause = find_clause(message);
    uint16_t size = 0;
    size_t used = unquote(clause, s->user, sizeof s->user, &size, &r->user_cut);
    struct slice rest = slice_part(clause, used, clause.size);
    if (used == 0 || !slice_begins(rest, cannot))
        return;
    s->user_size = unescape_html(s->user, size);
    s->impersonation_refused = refuses_impersonation(slice_part(rest, sizeof cannot - 1, rest.size));
}

static void take_kind(struct reading *r, struct slice kind)
{
    r->status->is_status = r->kind ? r->status->is_status : slice_is(kind, "Status");
    r->kind = true;
}

static void take_reason(struct reading *r, struct slice reason)
{
    if (r->reason)
        return;
    r->reason = true;
    r->reason_cut = reason.size > sizeof r->status->reason;
    r->status->reason_size = copy(r->status->reason, sizeof r->status->reason, reason);
}

/* @return false: nothing behind this is looked at. */
static bool take_member(struct reading *r, struct slice key, struct slice text, bool whole)
{
    if (slice_is(key, "message"))
        take_message(r, text, whole);
    else if (whole && slice_is(key, "kind"))
        take_kind(r, text);
    else if (whole && slice_is(key, "reason"))
        take_reason(r, text);
    return !(r->kind && r->message && r->reason);
}

static bool take_value(void *owner, const struct json_value *value)
{
    return value->depth != 1 || value->kind != JSON_STRING || take_member(owner, value->key, value->text, value->whole);
}

/* The server writes names and texts as byte strings, and a tag that says that it is CBOR before all.
 * @return false: what is absent may be there. */
static bool read_cbor(struct reading *reading, struct slice body)
{
    struct reader r = reader_of(body);
    struct cbor_item map, key, value;
    enum cbor_end how = cbor_next(&r, &map);
    if (how == CBOR_READ && map.major != CBOR_MAP)
        return true;
    for (uint64_t at = 0; how == CBOR_READ && at < map.count; at += 2) {
        how = cbor_next(&r, &key);
        if (how != CBOR_READ || key.is_break || !key.whole)
            return how != CBOR_UNREAD;
        if (!cbor_is_string(&key))
            return false;
        how = cbor_next(&r, &value);
        if (how != CBOR_READ || value.is_break)
            return how == CBOR_CUT;
        if (!cbor_is_string(&value))
            how = cbor_pass(&r, &value);
        else if (!take_member(reading, key.bytes, value.bytes, value.whole))
            return true;
    }
    return how != CBOR_UNREAD;
}

/* A field of a protobuf message. */
struct proto_field {
    uint64_t number, value;
    struct slice bytes;
    enum { PROTO_VARINT = 0, PROTO_FIXED64 = 1, PROTO_BYTES = 2, PROTO_FIXED32 = 5 } type;
    bool whole; /* `bytes` are all of it */
};

static uint64_t read_varint(struct reader *r)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t byte = read_u8(r);
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            return value;
    }
    r->failed = true;
    return 0;
}

/* @return false at the end, at the cut, and where it is no protobuf. */
static bool next_field(struct reader *r, struct proto_field *f)
{
    uint64_t key = read_varint(r);
    *f = (struct proto_field){.number = key >> 3, .type = (unsigned)(key & 7), .whole = true};
    f->bytes = (struct slice){.data = r->at, .size = 0};
    if (r->failed)
        return false;
    switch (f->type) {
    case PROTO_VARINT: f->value = read_varint(r); return !r->failed;
    case PROTO_FIXED64: read_slice(r, 8); return !r->failed;
    case PROTO_FIXED32: read_slice(r, 4); return !r->failed;
    case PROTO_BYTES: break;
    default: return false;
    }
    uint64_t size = read_varint(r);
    if (r->failed)
        return false;
    f->whole = size <= reader_left(r);
    f->bytes = read_slice(r, f->whole ? (size_t)size : reader_left(r));
    return true;
}

/* runtime.TypeMeta: 1 apiVersion, 2 kind. */
static void read_type(struct reading *reading, struct slice type)
{
    struct reader r = reader_of(type);
    struct proto_field f;
    while (next_field(&r, &f)) {
        if (f.number == 2 && f.type == PROTO_BYTES && f.whole)
            take_kind(reading, f.bytes);
    }
}

/* meta/v1 Status: 3 message, 4 reason. */
static void read_raw(struct reading *reading, struct slice raw)
{
    struct reader r = reader_of(raw);
    struct proto_field f;
    while (next_field(&r, &f)) {
        if (f.number == 3 && f.type == PROTO_BYTES)
            take_message(reading, f.bytes, f.whole);
        else if (f.number == 4 && f.type == PROTO_BYTES && f.whole)
            take_reason(reading, f.bytes);
    }
}

/* runtime.Unknown: 1 TypeMeta, 2 the object. */
static void read_envelope(struct reading *reading, struct slice envelope)
{
    struct reader r = reader_of(envelope);
    struct proto_field f;
    while (next_field(&r, &f)) {
        if (f.number == 1 && f.type == PROTO_BYTES)
            read_type(reading, f.bytes);
        else if (f.number == 2 && f.type == PROTO_BYTES)
            read_raw(reading, f.bytes);
    }
}

void status_read(struct status *status, struct slice body)
{
    static const uint8_t magic[] = {'k', '8', 's', 0}, cbor[] = {0xD9, 0xD9, 0xF7};
    struct reading r = {.status = status};
    *status = (struct status){.is_status = false};
    bool unread = false;
    if (body.size >= sizeof magic && memcmp(body.data, magic, sizeof magic) == 0)
        read_envelope(&r, slice_part(body, sizeof magic, body.size));
    else if (body.size >= sizeof cbor && memcmp(body.data, cbor, sizeof cbor) == 0)
        unread = !read_cbor(&r, body);
    else
        unread = json_read(body, take_value, &r) == JSON_DEEP;
    if (!status->is_status)
        *status = (struct status){.is_status = false};
    status->unread = unread || r.message_lost;
    struct slice reason = {.data = (const uint8_t *)status->reason, .size = status->reason_size};
    if (slice_is(reason, UNAUTHORIZED) && r.message && !r.message_lost) {
        status->own_401 = r.unauthorized;
        status->other_401 = !r.unauthorized;
    }
    if (!slice_is(reason, "Forbidden")) {
        status->user_size = 0;
        status->impersonation_refused = false;
    }
    status->cut = (status->reason_size && r.reason_cut) || (status->user_size && r.user_cut);
}
