#include "sensor/keylog/key_lines.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum {
    FED_AT_ONCE = 8192, /* room is made in between: a line of 150 bytes can take three times as many */
    MESSAGE_MAX = 512
};

void key_origin_tell(struct key_origin *o, const char *format, ...)
{
    if (o->told > KEY_TOLD_MOST)
        return;
    if (o->told++ == KEY_TOLD_MOST) {
        log_note(o->store->log, "%s: there is more like it, which is counted and not told", o->name);
        return;
    }
    char message[MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    log_note(o->store->log, "%s: %s", o->name, message);
}

static void tell_malformed(void *owner, uint64_t line, const struct tls_mistake *mistake)
{
    const struct key_lines *l = owner;
    char writer[sizeof "writer 18446744073709551615, "] = "";
    if (l->writer > 0)
        snprintf(writer, sizeof writer, "writer %" PRIu64 ", ", l->writer);
    key_origin_tell(l->origin, "%sline %" PRIu64 ", column %u: found %s, expected %s", writer, line, mistake->column,
                    mistake->found, mistake->expected);
}

void key_lines_begin(struct key_lines *l, struct key_origin *origin, uint64_t writer)
{
    l->origin = origin;
    l->writer = writer;
    tls_keys_reader_init(&l->reader, origin->store->keys, tell_malformed, l);
}

static void count(struct key_lines *l)
{
    for (size_t i = 0; i < TLS_LINES; i++) {
        l->origin->store->lines[i] += l->reader.counts[i];
        l->reader.counts[i] = 0;
    }
}

void key_lines_feed(struct key_lines *l, struct slice bytes)
{
    for (size_t at = 0; at < bytes.size; at += FED_AT_ONCE) {
        tls_keys_reader_feed(&l->reader, slice_part(bytes, at, at + FED_AT_ONCE));
        count(l);
        key_store_make_room(l->origin->store);
    }
}

void key_lines_end(struct key_lines *l)
{
    tls_keys_reader_finish(&l->reader);
    count(l);
}
