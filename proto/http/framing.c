#include "proto/http/framing.h"

static void read_length(struct framing *f, struct slice value)
{
    if (slice_find(value, ',') < value.size) {
        f->two_lengths = true;
        return;
    }
    f->two_lengths |= value.size ? f->empty_length : f->length_digits > 0;
    f->empty_length |= value.size == 0;
    uint64_t number = 0;
    size_t digits = 0;
    for (; digits < value.size; digits++) {
        unsigned digit = (unsigned)value.data[digits] - '0';
        if (digit > 9 || number > ((uint64_t)INT64_MAX - digit) / 10)
            break;
        number = number * 10 + digit;
    }
    if (digits < value.size) {
        f->odd_length = true;
        return;
    }
    /* So many digits are not told from more. */
    uint8_t size = value.size < UINT8_MAX ? (uint8_t)value.size : UINT8_MAX;
    if (f->length_digits && (f->length != number || f->length_digits != size || size == UINT8_MAX))
        f->two_lengths = true;
    f->length = number;
    f->length_digits = size;
}

static void read_encoding(struct framing *f, struct slice value)
{
    const struct slice chunked = slice_of("chunked");
    f->encodings = f->encodings ? 2 : 1;
    f->chunked = slice_same_nocase(value, chunked);
    size_t before = value.size > chunked.size ? value.size - chunked.size : 0;
    f->ends_chunked = slice_same_nocase(slice_part(value, before, value.size), chunked) &&
                      (before == 0 || value.data[before - 1] == ',' || value.data[before - 1] == ' ');
}

void framing_field(struct framing *f, const struct field *field)
{
    if (field->known != KNOWN)
        return;
    switch (field->id) {
    case FIELD_CONTENT_LENGTH: read_length(f, field->value); break;
    case FIELD_TRANSFER_ENCODING: read_encoding(f, field->value); break;
    case FIELD_HOST: f->hosts = f->hosts ? 2 : 1; break;
    default: break;
    }
}

static uint32_t bit(bool set, enum http_mark mark)
{
    return set ? 1U << mark : 0;
}

static uint32_t marks_of_length(const struct framing *f)
{
    return bit(f->odd_length || f->empty_length, MARK_ODD_LENGTH) | bit(f->two_lengths, MARK_TWO_LENGTHS);
}

static struct body_rule by_length(const struct framing *f, enum body_kind without)
{
    struct body_rule rule = {.kind = without, .marks = marks_of_length(f)};
    if (f->odd_length || f->two_lengths || (f->empty_length && without != BODY_NONE))
        rule.kind = BODY_REFUSED;
    else if (f->length_digits)
        rule.kind = f->length ? BODY_COUNTED : BODY_NONE;
    return rule;
}

/* Beside chunked a length decides nothing, whatever it is: who reads it more strictly only closes earlier. */
static uint32_t marks_beside_chunked(const struct framing *f)
{
    uint32_t marks = marks_of_length(f);
    return marks | bit(f->length_digits || marks, MARK_LENGTH_AND_CHUNKED);
}

static struct body_rule request_body(const struct framing *f, enum http_version version)
{
    if (f->encodings == 0)
        return by_length(f, BODY_NONE);
    if (version == HTTP_1_0) {
        struct body_rule rule = by_length(f, BODY_NONE);
        rule.marks |= 1U << MARK_ODD_ENCODING;
        return rule;
    }
    if (f->encodings > 1 || !f->chunked)
        return (struct body_rule){BODY_REFUSED, 1U << MARK_ODD_ENCODING};
    return (struct body_rule){BODY_CHUNKED, marks_beside_chunked(f)};
}

struct body_rule framing_request(const struct framing *f, enum http_version version)
{
    struct body_rule rule = request_body(f, version);
    bool no_host = f->hosts == 0 && version == HTTP_1_1 && !f->connect;
    rule.marks |= bit(no_host, MARK_NO_HOST) | bit(f->hosts > 1, MARK_TWO_HOSTS);
    if (no_host || f->hosts > 1 || (f->odd_trailer && rule.kind != BODY_CHUNKED))
        rule.kind = BODY_REFUSED;
    return rule;
}

struct body_rule framing_answer(const struct framing *f, enum http_version version)
{
    if (f->encodings == 0)
        return by_length(f, BODY_UNTIL_END);
    if (version == HTTP_1_0) {
        struct body_rule rule = by_length(f, BODY_UNTIL_END);
        rule.marks |= 1U << MARK_ODD_ENCODING;
        return rule;
    }
    uint32_t odd = bit(f->encodings > 1 || !f->chunked, MARK_ODD_ENCODING);
    return (struct body_rule){f->ends_chunked ? BODY_CHUNKED : BODY_UNTIL_END, odd | marks_beside_chunked(f)};
}
