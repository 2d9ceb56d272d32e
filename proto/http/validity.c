#include "proto/http/validity.h"

#include <nghttp2/nghttp2.h>

#include "proto/base/sixteen.h"

enum {
    METHOD = 1,
    SCHEME = 2,
    AUTHORITY = 4,
    PATH = 8,
    STATUS = 16,
    PROTOCOL = 32,
    CONNECT = 64,
    UNKNOWN_PSEUDO = 128
};

static void mark(struct validity *v, enum http_mark mark)
{
    v->marks |= UINT32_C(1) << mark;
}

static bool is_code(struct slice value)
{
    bool digits = value.size == 3;
    for (size_t i = 0; i < value.size; i++)
        digits = digits && value.data[i] >= '0' && value.data[i] <= '9';
    return digits;
}

/* Of a name that begins with a colon. */
static uint8_t pseudo_of(enum field_name id)
{
    static const uint8_t which[FIELD_IDS] = {
        [FIELD_METHOD] = METHOD, [FIELD_SCHEME] = SCHEME,     [FIELD_AUTHORITY] = AUTHORITY, [FIELD_PATH] = PATH,
        [FIELD_STATUS] = STATUS, [FIELD_PROTOCOL] = PROTOCOL, [FIELD_OTHER] = UNKNOWN_PSEUDO};
    return which[id];
}

/* Printable ASCII alone, from `low` on: so are most values, and long tokens. The last sixteen overlap those before. */
static bool is_plain(struct slice value, uint8_t low)
{
    const uint8_t span = (uint8_t)('~' - low);
    sixteen odd = {0};
    bool plain = true;
    if (value.size >= sizeof odd) {
        for (size_t at = 0, last = value.size - sizeof odd; at < value.size; at += sizeof odd)
            odd |= (sixteen)(sixteen_at(value.data + (at < last ? at : last)) - low > span);
        return !sixteen_any(odd);
    }
    for (size_t i = 0; i < value.size; i++)
        plain = plain && (uint8_t)(value.data[i] - low) <= span;
    return plain;
}

/* No rule forbids what is plain and has no blank at an end. */
static bool is_lawful(struct slice value)
{
    bool blank = value.size > 0 && (value.data[0] == ' ' || value.data[value.size - 1] == ' ');
    return (!blank && is_plain(value, ' ')) || nghttp2_check_header_value_rfc9113(value.data, value.size);
}

static bool is_path(struct slice value)
{
    return value.size > 0 && (is_plain(value, '!') || nghttp2_check_path(value.data, value.size));
}

static bool value_fits(enum field_name id, struct slice value)
{
    switch (id) {
    case FIELD_METHOD: return nghttp2_check_method(value.data, value.size);
    case FIELD_PATH: return is_path(value);
    case FIELD_AUTHORITY: return nghttp2_check_authority(value.data, value.size);
    case FIELD_STATUS: return is_code(value);
    default: return is_lawful(value);
    }
}

/* What Go's server takes for no value at all; of what else is unlawful it resets the stream later, or answers. */
static bool has_control(struct slice value)
{
    bool control = false;
    for (size_t i = 0; i < value.size; i++)
        control = control || (value.data[i] < ' ' && value.data[i] != '\t') || value.data[i] == 0x7f;
    return control;
}

static void bad_value(struct validity *v, struct slice value)
{
    mark(v, MARK_BAD_FIELD);
    v->uncounted |= has_control(value);
}

/* What is an entry's was looked at when it came as a literal. */
static bool is_new(const struct validity *v, bool of_entry)
{
    return !of_entry || v->careful;
}

static void pseudo_header(struct validity *v, const struct field *f)
{
    uint8_t which = pseudo_of(f->id);
    bool misplaced = v->fields || which & (v->pseudo | UNKNOWN_PSEUDO);
    if (misplaced)
        mark(v, MARK_BAD_PSEUDO);
    v->uncounted |= misplaced || (which == PROTOCOL && !v->knows_protocol);
    v->pseudo |= which;
    if (f->known != KNOWN)
        return;
    if (f->id == FIELD_METHOD && slice_is(f->value, "CONNECT"))
        v->pseudo |= CONNECT;
    if (is_new(v, f->indexed) && !value_fits(f->id, f->value))
        bad_value(v, f->value);
}

/* RFC 9113, section 8.2.2: fields that speak of one connection have no place here. */
static bool speaks_of_connection(const struct field *f)
{
    switch (f->id) {
    case FIELD_CONNECTION:
    case FIELD_TRANSFER_ENCODING:
    case FIELD_UPGRADE: return true;
    default: return slice_is(f->name, "keep-alive") || slice_is(f->name, "proxy-connection");
    }
}

/* Of these one value has a place: RFC 9113, section 8.2.2. */
static bool is_other_te(const struct field *f)
{
    return f->known == KNOWN && slice_is(f->name, "te") && !slice_same_nocase(f->value, slice_of("trailers"));
}

void validity_field(struct validity *v, const struct field *f)
{
    if (f->known == KNOWN_NOT || f->known == KNOWN_VALUE) {
        v->unknown = true;
        return;
    }
    if (f->pseudo) {
        pseudo_header(v, f);
        return;
    }
    v->fields = true;
    if (!is_new(v, f->indexed))
        return;
    bool name_fits = !is_new(v, f->named) || nghttp2_check_header_name(f->name.data, f->name.size);
    if (!name_fits || speaks_of_connection(f) || is_other_te(f))
        mark(v, MARK_BAD_FIELD);
    v->uncounted |= !name_fits;
    if (f->known != KNOWN || (f->entry && f->entry == v->lawful))
        return;
    if (!is_lawful(f->value))
        bad_value(v, f->value);
    else if (f->entry)
        v->lawful = f->entry;
}

/* RFC 9113, sections 8.3.1 and 8.5; RFC 8441, section 4. */
static bool request_fits(const struct validity *v)
{
    uint8_t needed = METHOD | SCHEME | PATH, foreign = STATUS;
    bool tunnel = v->pseudo & CONNECT && !(v->pseudo & PROTOCOL);
    if (tunnel && v->unknown)
        return !(v->pseudo & foreign); /* what is unknown may be :protocol */
    if (tunnel) {
        needed = METHOD | AUTHORITY;
        foreign = STATUS | SCHEME | PATH;
    } else if (v->pseudo & PROTOCOL) {
        needed |= CONNECT | AUTHORITY;
    }
    return !(v->pseudo & foreign) && (v->unknown || (v->pseudo & needed) == needed);
}

void validity_end(struct validity *v, enum head_kind kind)
{
    bool fits;
    if (v->pseudo & STATUS && v->pseudo & (METHOD | SCHEME | AUTHORITY | PATH))
        v->uncounted = true;
    if (kind == HEAD_REQUEST)
        fits = request_fits(v);
    else if (kind == HEAD_TRAILERS)
        fits = v->pseudo == 0;
    else
        fits = !(v->pseudo & ~STATUS) && (v->unknown || v->pseudo & STATUS);
    if (!fits)
        mark(v, MARK_BAD_PSEUDO);
}
