#include "proto/base/json.h"

#include "proto/base/sixteen.h"
#include "proto/base/utf8.h"

struct json {
    const uint8_t *at, *end;
    bool (*each)(void *owner, const struct json_value *value);
    void *owner;
    enum json_end how; /* once a function has said not to go on */
    unsigned depth;
    struct slice key; /* of the member whose value comes; empty in an array */
    struct level {
        bool array;
        struct slice key; /* of the container itself */
    } levels[JSON_DEPTH + 1];
    uint8_t keys[JSON_DEPTH + 1][JSON_KEY_MAX]; /* keys with escapes, each while its container is open */
    uint8_t text[JSON_STRING_MAX];
};

/* Unescaped bytes of a string. Once a character does not fit, none is added any more. */
struct writer {
    uint8_t *room;
    size_t size, room_size;
    bool full;
};

enum escape { ESCAPE_DONE, ESCAPE_CUT, ESCAPE_BAD };

static const struct slice nothing = {.data = (const uint8_t *)"", .size = 0};

static bool stop(struct json *j, enum json_end how)
{
    j->how = how;
    return false;
}

static struct slice rest(const struct json *j)
{
    return (struct slice){.data = j->at, .size = (size_t)(j->end - j->at)};
}

static void skip_space(struct json *j)
{
    while (j->at < j->end && *j->at <= ' ' && (*j->at == ' ' || *j->at == '\n' || *j->at == '\r' || *j->at == '\t'))
        j->at++;
}

static void write_bytes(struct writer *w, const uint8_t *bytes, size_t size)
{
    if (w->full || size > w->room_size - w->size) {
        w->full = true;
        return;
    }
    memcpy(w->room + w->size, bytes, size);
    w->size += size;
}

/* @return the value of four hexadecimal digits, or ESCAPE_CUT or ESCAPE_BAD in `how`. */
static uint32_t read_hex4(struct slice s, enum escape *how)
{
    uint32_t value = 0;
    for (size_t i = 0; i < 4; i++) {
        if (i == s.size) {
            *how = ESCAPE_CUT;
            return 0;
        }
        int digit = byte_hex(s.data[i]);
        if (digit < 0) {
            *how = ESCAPE_BAD;
            return 0;
        }
        value = value << 4 | (uint32_t)digit;
    }
    *how = ESCAPE_DONE;
    return value;
}

/* \uXXXX, behind the u. Half a pair is written only when it is sure that the other half does not follow. */
static enum escape read_unicode(struct json *j, struct writer *w)
{
    enum escape how;
    uint32_t code = read_hex4(rest(j), &how);
    if (how != ESCAPE_DONE)
        return how;
    size_t used = 4;
    if (code >= 0xD800 && code < 0xDC00) {
        struct slice more = slice_part(rest(j), 4, SIZE_MAX);
        if (more.size == 0 || (more.size == 1 && more.data[0] == '\\'))
            return ESCAPE_CUT;
        if (slice_begins(more, "\\u")) {
            uint32_t low = read_hex4(slice_part(more, 2, SIZE_MAX), &how);
            if (how != ESCAPE_DONE)
                return how;
            if (low >= 0xDC00 && low < 0xE000) {
                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
                used = 10;
            }
        }
    }
    uint8_t bytes[4];
    write_bytes(w, bytes, utf8_put(bytes, code));
    j->at += used;
    return ESCAPE_DONE;
}

/* An escape, at its backslash. */
static enum escape read_escape(struct json *j, struct writer *w)
{
    static const char names[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
    if (j->end - j->at < 2)
        return ESCAPE_CUT;
    uint8_t letter = j->at[1];
    if (letter == 'u') {
        j->at += 2;
        return read_unicode(j, w);
    }
    const char *name = letter != 0 ? strchr(names, letter) : NULL;
    if (name == NULL)
        return ESCAPE_BAD;
    write_bytes(w, (const uint8_t *)&bytes[name - names], 1);
    j->at += 2;
    return ESCAPE_DONE;
}

/* How many of sixteen bytes are plain before the first quote, backslash or control character. */
static unsigned plain_of_sixteen(const uint8_t *at)
{
    sixteen bytes = sixteen_at(at);
    return sixteen_first((sixteen)((bytes == '"') | (bytes == '\\') | (bytes < 0x20)));
}

/* The run of a string up to what ends it or must be unescaped. */
static struct slice read_run(struct json *j)
{
    const uint8_t *from = j->at, *at = from;
    for (; j->end - at >= 16; at += 16) {
        unsigned plain = plain_of_sixteen(at);
        if (plain < 16) {
            j->at = at + plain;
            return (struct slice){.data = from, .size = (size_t)(j->at - from)};
        }
    }
    while (at < j->end && *at != '"' && *at != '\\' && *at >= 0x20)
        at++;
    j->at = at;
    return (struct slice){.data = from, .size = (size_t)(at - from)};
}

/* From the first escape of a string on: what is before it and all that follows are copied. */
static bool unescape(struct json *j, struct slice run, struct writer *w)
{
    enum escape how;
    for (;;) {
        /* Byte by byte only at the bound, so that a text is cut at the same place however it is written. */
        if (!w->full && run.size > w->room_size - w->size) {
            run.size = w->room_size - w->size;
            write_bytes(w, run.data, run.size);
            w->full = true;
        }
        write_bytes(w, run.data, run.size);
        if (j->at == j->end || *j->at != '\\')
            return true;
        how = read_escape(j, w);
        if (how != ESCAPE_DONE)
            return stop(j, how == ESCAPE_CUT ? JSON_CUT : JSON_BAD);
        run = read_run(j);
    }
}

/* A string, behind its first quote. A text without escapes is not copied.
 * @return false when it does not end: `text` is then what came before. */
static bool read_string(struct json *j, uint8_t *room, size_t room_size, struct slice *text, bool *whole)
{
    *text = read_run(j);
    *whole = text->size <= room_size;
    bool read = true;
    if (j->at < j->end && *j->at == '\\') {
        struct writer w = {.room = room, .room_size = room_size};
        read = unescape(j, *text, &w);
        *text = (struct slice){.data = room, .size = w.size};
        *whole = !w.full;
    } else if (!*whole) {
        text->size = room_size;
    }
    if (read && j->at < j->end && *j->at == '"') {
        j->at++;
        return true;
    }
    *whole = false;
    return read && stop(j, j->at == j->end ? JSON_CUT : JSON_BAD);
}

static bool tell(struct json *j, enum json_kind kind, struct slice text, bool whole)
{
    struct json_value value = {
        .kind = kind,
        .depth = j->depth,
        .key = j->key,
        .outer = j->levels[j->depth].key,
        .text = text,
        .whole = whole,
    };
    return j->each(j->owner, &value) || stop(j, JSON_WHOLE);
}

static bool tell_string(struct json *j)
{
    struct slice text;
    bool whole;
    j->at++;
    bool ends = read_string(j, j->text, sizeof j->text, &text, &whole);
    enum json_end how = j->how;
    return tell(j, JSON_STRING, text, whole) && (ends || stop(j, how));
}

static bool skip_digits(struct json *j)
{
    const uint8_t *from = j->at;
    while (j->at < j->end && *j->at >= '0' && *j->at <= '9')
        j->at++;
    return j->at > from;
}

static bool skip_byte(struct json *j, uint8_t byte)
{
    bool there = j->at < j->end && *j->at == byte;
    j->at += there;
    return there;
}

/* RFC 8259 section 6. */
static bool tell_number(struct json *j)
{
    const uint8_t *from = j->at;
    skip_byte(j, '-');
    bool good = skip_byte(j, '0') || skip_digits(j);
    if (good && skip_byte(j, '.'))
        good = skip_digits(j);
    if (good && (skip_byte(j, 'e') || skip_byte(j, 'E'))) {
        if (!skip_byte(j, '+'))
            skip_byte(j, '-');
        good = skip_digits(j);
    }
    bool cut = j->at == j->end;
    if (!tell(j, JSON_NUMBER, (struct slice){.data = from, .size = (size_t)(j->at - from)}, good && !cut))
        return false;
    if (cut)
        return stop(j, good && j->depth == 0 ? JSON_WHOLE : JSON_CUT);
    return good || stop(j, JSON_BAD);
}

static bool tell_literal(struct json *j)
{
    static const struct {
        const char *text;
        enum json_kind kind;
    } literals[] = {{"true", JSON_TRUE}, {"false", JSON_FALSE}, {"null", JSON_NULL}};
    for (size_t i = 0; i < 3; i++) {
        struct slice text = slice_of(literals[i].text), there = slice_part(rest(j), 0, text.size);
        if (!slice_same(there, slice_part(text, 0, there.size)))
            continue;
        if (there.size < text.size)
            return stop(j, JSON_CUT);
        j->at += text.size;
        return tell(j, literals[i].kind, nothing, true);
    }
    return stop(j, JSON_BAD);
}

/* The key of a member and its colon. */
static bool read_key(struct json *j)
{
    bool whole;
    skip_space(j);
    if (j->at == j->end)
        return stop(j, JSON_CUT);
    if (*j->at++ != '"')
        return stop(j, JSON_BAD);
    if (!read_string(j, j->keys[j->depth], JSON_KEY_MAX, &j->key, &whole))
        return false;
    skip_space(j);
    if (j->at == j->end)
        return stop(j, JSON_CUT);
    return *j->at++ == ':' || stop(j, JSON_BAD);
}

/* What a value of a container is preceded by. */
static bool read_lead(struct json *j)
{
    if (!j->levels[j->depth].array)
        return read_key(j);
    j->key = nothing;
    return true;
}

/* @return true when a value inside follows, or the container was empty and `*over` is set. */
static bool open_container(struct json *j, bool *over)
{
    bool array = *j->at == '[';
    if (j->depth == JSON_DEPTH)
        return stop(j, JSON_DEEP);
    j->at++;
    j->depth++;
    j->levels[j->depth] = (struct level){.array = array, .key = j->key};
    skip_space(j);
    if (j->at == j->end)
        return stop(j, JSON_CUT);
    *over = skip_byte(j, array ? ']' : '}');
    if (*over)
        j->depth--;
    return *over || read_lead(j);
}

/* A value. @return as open_container(): with `*over` unset the next value is one inside. */
static bool read_value(struct json *j, bool *over)
{
    *over = true;
    skip_space(j);
    if (j->at == j->end)
        return stop(j, JSON_CUT);
    if (*j->at == '{' || *j->at == '[')
        return open_container(j, over);
    if (*j->at == '"')
        return tell_string(j);
    if (*j->at == '-' || (*j->at >= '0' && *j->at <= '9'))
        return tell_number(j);
    return tell_literal(j);
}

/* Behind a value: closes what ends here. @return true when another value follows. */
static bool read_after(struct json *j)
{
    for (;;) {
        skip_space(j);
        if (j->depth == 0)
            return stop(j, j->at == j->end ? JSON_WHOLE : JSON_BAD);
        if (j->at == j->end)
            return stop(j, JSON_CUT);
        if (skip_byte(j, ','))
            return read_lead(j);
        if (!skip_byte(j, j->levels[j->depth].array ? ']' : '}'))
            return stop(j, JSON_BAD);
        j->depth--;
    }
}

enum json_end json_read(struct slice text, bool (*each)(void *owner, const struct json_value *value), void *owner)
{
    struct json j; /* its buffers are not worth clearing for each small body */
    j.at = text.data;
    j.end = text.data + text.size;
    j.each = each;
    j.owner = owner;
    j.how = JSON_WHOLE;
    j.depth = 0;
    j.key = nothing;
    j.levels[0] = (struct level){.array = true, .key = nothing};
    bool over;
    while (read_value(&j, &over) && (!over || read_after(&j)))
        ;
    return j.how;
}
