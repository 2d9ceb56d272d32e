#include "sensor/report/json.h"

enum { LINE_ROOM = 2048 }; /* an ordinary line: one reservation */

static bool grow(struct json *j, size_t size)
{
    size_t used = j->at ? (size_t)(j->at - (j->out->bytes + j->out->size)) : 0;
    char *begin = buffer_reserve(j->out, used + size + LINE_ROOM);
    j->at = begin ? begin + used : NULL;
    j->end = begin ? begin + used + size + LINE_ROOM : NULL;
    return begin != NULL;
}

/* Room to write `size` bytes at `at`, and one for the comma. */
static bool has_room(struct json *j, size_t size)
{
    return (size_t)(j->end - j->at) > size || grow(j, size);
}

struct json json_begin(struct buffer *out)
{
    struct json j = {.out = out};
    if (grow(&j, 1))
        *j.at++ = '{';
    return j;
}

void json_end(struct json *j)
{
    json_close(j, '}');
    if (!j->at)
        return;
    j->at[-1] = '\n';
    j->out->size = (size_t)(j->at - j->out->bytes);
}

/* Room for a member of this name and so long a value, with the name written. @return where the value goes, or NULL */
static char *begin_member(struct json *j, const char *name, size_t size)
{
    size_t name_size = name ? strlen(name) : 0;
    if (!has_room(j, size + name_size + 3))
        return NULL;
    char *at = j->at;
    if (name) {
        *at++ = '"';
        memcpy(at, name, name_size);
        at += name_size;
        *at++ = '"';
        *at++ = ':';
    }
    return at;
}

static void end_member(struct json *j, char *at)
{
    *at++ = ',';
    j->at = at;
}

void json_open(struct json *j, const char *name, char bracket)
{
    char *at = begin_member(j, name, 1);
    if (!at)
        return;
    *at++ = bracket;
    j->at = at;
}

void json_close(struct json *j, char bracket)
{
    if (!has_room(j, 1))
        return;
    if (j->at[-1] == ',')
        j->at--;
    *j->at++ = bracket;
    *j->at++ = ',';
}

void json_text(struct json *j, const char *name, struct slice wire)
{
    char *at = begin_member(j, name, escape_json_room(wire.size));
    if (at)
        end_member(j, escape_json_at(at, wire));
}

void json_string(struct json *j, const char *name, const char *text)
{
    json_text(j, name, slice_of(text));
}

void json_number(struct json *j, const char *name, uint64_t number)
{
    char *at = begin_member(j, name, VALUE_MAX);
    if (at)
        end_member(j, value_number(at, number));
}

void json_flag(struct json *j, const char *name, bool flag)
{
    struct slice word = slice_of(flag ? "true" : "false");
    char *at = begin_member(j, name, word.size);
    if (!at)
        return;
    memcpy(at, word.data, word.size);
    end_member(j, at + word.size);
}

/* A value that needs quotes and no escapes: `written` is behind it. */
static void end_quoted(struct json *j, char *written)
{
    *written++ = '"';
    end_member(j, written);
}

void json_time(struct json *j, const char *name, struct value_clock *clock, moment time)
{
    char *at = begin_member(j, name, VALUE_MAX + 2);
    if (!at)
        return;
    *at++ = '"';
    end_quoted(j, value_time(at, clock, time));
}

void json_ip(struct json *j, const char *name, const uint8_t ip[static 16])
{
    char *at = begin_member(j, name, VALUE_MAX + 2);
    if (!at)
        return;
    *at++ = '"';
    end_quoted(j, value_ip(at, ip));
}

void json_endpoint(struct json *j, const char *name, const struct address *a)
{
    char *at = begin_member(j, name, VALUE_MAX + 2);
    if (!at)
        return;
    *at++ = '"';
    end_quoted(j, value_endpoint(at, a));
}
