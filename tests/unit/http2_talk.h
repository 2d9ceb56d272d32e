/* A talk of client and server in HTTP/2 as readable text, made to bytes by libnghttp2's encoder, played to the parser,
 * and what it called back as text.
 *
 * A line is a frame: who ("C", "S"), what, its numbers, "+options", and behind " | " its fields or bytes.
 *
 *     C preface | C settings 1=8192 | C ack | C headers 1 +end | :method GET | a b | S data 1 +pad=3 | hello
 *     C rst 1 8 | S goaway 5 0 | debug | C ping | C window 0 100 | C priority 3 | S promise 1 2 | :method GET
 *     C frame 1 5 3 | 82 84    type, flags, stream and payload in hexadecimal
 *     C raw | 00 00            bytes in hexadecimal
 *     C table 0                the encoder's table from the next block on; no frame
 *
 * Options: +end is END_STREAM, +pad=N padding, +priority the priority fields, +cut=N the block in CONTINUATIONs of N
 * bytes, +open without END_HEADERS, +times=N so often. A field that begins with "!" is not to be indexed. Before the
 * line "(" says that its bytes are a gap, "?" one of unknown size, "-" that they were before the capture.
 * +lose=FROM-TO are bytes of the line that are a gap. "c", "s" are a FIN of that side, "r" a reset of both. */
#ifndef TESTS_UNIT_HTTP2_TALK_H
#define TESTS_UNIT_HTTP2_TALK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <nghttp2/nghttp2.h>

#include "proto/http/frame.h"
#include "tests/unit/http2_record.h"

enum { SCRIPT_PIECES = 512, SCRIPT_BYTES = 1 << 17, TALK_FIELDS = 128 };

enum piece_kind { PIECE_PUSH, PIECE_GAP, PIECE_GAP_UNKNOWN, PIECE_BEFORE, PIECE_FIN, PIECE_RESET };

struct piece {
    enum piece_kind kind;
    enum side from;
    size_t at, size; /* of the script's bytes */
};

/** A talk, made to bytes. */
struct script {
    struct piece pieces[SCRIPT_PIECES];
    size_t count, size;
    uint8_t bytes[SCRIPT_BYTES];
    nghttp2_hd_deflater *encoder[2];
};

/* A line, taken apart. */
struct order {
    char word[12];
    unsigned numbers[6];
    unsigned count;
    bool end, open, priority, lose;
    unsigned pad, cut, times;
    size_t lose_from, lose_to;
    const char *rest; /* behind the first " | "; "" if there is none */
};

static inline void order_option(struct order *o, const char *option)
{
    if (strcmp(option, "end") == 0)
        o->end = true;
    else if (strcmp(option, "open") == 0)
        o->open = true;
    else if (strcmp(option, "priority") == 0)
        o->priority = true;
    else if (sscanf(option, "lose=%zu-%zu", &o->lose_from, &o->lose_to) == 2)
        o->lose = true;
    else if (sscanf(option, "pad=%u", &o->pad) != 1 && sscanf(option, "cut=%u", &o->cut) != 1 &&
             sscanf(option, "times=%u", &o->times) != 1)
        fail_msg("no option: %s", option);
}

static inline struct order order_read(const char *line)
{
    struct order o = {.times = 1, .rest = ""};
    char head[128];
    const char *bar = strstr(line, " | ");
    if (bar)
        o.rest = bar + 3;
    snprintf(head, sizeof head, "%.*s", bar ? (int)(bar - line) : (int)strlen(line), line);
    char *save, *word = strtok_r(head, " ", &save);
    assert_non_null(word);
    snprintf(o.word, sizeof o.word, "%s", word);
    while ((word = strtok_r(NULL, " ", &save))) {
        char *equals = strchr(word, '=');
        if (*word == '+') {
            order_option(&o, word + 1);
            continue;
        }
        assert_true(o.count + 1 < sizeof o.numbers / sizeof *o.numbers);
        o.numbers[o.count++] = (unsigned)strtoul(word, NULL, 10);
        if (equals)
            o.numbers[o.count++] = (unsigned)strtoul(equals + 1, NULL, 10);
    }
    return o;
}

static inline void script_put(struct script *s, const void *bytes, size_t size)
{
    assert_true(s->size + size <= SCRIPT_BYTES);
    if (size)
        memcpy(s->bytes + s->size, bytes, size);
    s->size += size;
}

static inline void script_number(struct script *s, uint32_t value, unsigned bytes)
{
    while (bytes--)
        script_put(s, &(uint8_t){(uint8_t)(value >> 8 * bytes)}, 1);
}

static inline void script_frame(struct script *s, unsigned type, unsigned flags, uint32_t stream, const void *payload,
                                size_t size)
{
    script_number(s, (uint32_t)size, 3);
    script_number(s, type, 1);
    script_number(s, flags, 1);
    script_number(s, stream, 4);
    script_put(s, payload, size);
}

static inline size_t talk_hex(const char *text, uint8_t *bytes)
{
    size_t size = 0;
    unsigned value;
    int read;
    while (sscanf(text, " %2x%n", &value, &read) == 1) {
        bytes[size++] = (uint8_t)value;
        text += read;
    }
    return size;
}

/* The fields as the encoder writes them. */
static inline size_t talk_block(struct script *s, enum side from, const char *fields, uint8_t *block, size_t room)
{
    nghttp2_nv list[TALK_FIELDS];
    size_t count = 0, size = strlen(fields) + 1;
    char *copy = malloc(size), *at = copy;
    memcpy(copy, fields, size);
    while (at && *at) {
        char *next = strstr(at, " | ");
        if (next) {
            *next = '\0';
            next += 3;
        }
        bool never = *at == '!';
        at += never;
        char *space = strchr(at, ' ');
        size_t name = space ? (size_t)(space - at) : strlen(at);
        char *value = space ? space + 1 : at + name;
        assert_true(count < TALK_FIELDS);
        list[count++] = (nghttp2_nv){.name = (uint8_t *)at,
                                     .namelen = name,
                                     .value = (uint8_t *)value,
                                     .valuelen = strlen(value),
                                     .flags = never ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE};
        at = next;
    }
    ssize_t written = nghttp2_hd_deflate_hd(s->encoder[from], block, room, list, count);
    assert_true(written >= 0);
    free(copy);
    return (size_t)written;
}

/* Padding and priority around the beginning of a payload. @return flags. */
static inline unsigned talk_wrap(const struct order *o, uint8_t *payload, size_t *size, const void *inside, size_t more)
{
    unsigned flags = 0;
    if (o->pad) {
        payload[(*size)++] = (uint8_t)o->pad;
        flags |= FRAME_PADDED;
    }
    if (o->priority) {
        memcpy(payload + *size, "\0\0\0\3\7", 5);
        *size += 5;
        flags |= FRAME_PRIORITISED;
    }
    if (more)
        memcpy(payload + *size, inside, more);
    *size += more;
    memset(payload + *size, 0, o->pad);
    *size += o->pad;
    return flags;
}

static inline void talk_headers(struct script *s, enum side from, const struct order *o, unsigned type)
{
    enum { ROOM = 1 << 16 };
    uint8_t *block = malloc(ROOM), *payload = malloc(ROOM + 512);
    size_t all = 0, size = 0;
    if (type == FRAME_PUSH_PROMISE) {
        const uint8_t promised[4] = {0, 0, 0, (uint8_t)o->numbers[1]};
        memcpy(block, promised, sizeof promised);
        all = sizeof promised;
    }
    all += talk_block(s, from, o->rest, block + all, ROOM - all);
    size_t piece = o->cut && o->cut < all ? o->cut : all;
    unsigned flags = talk_wrap(o, payload, &size, block, piece) | (o->end ? FRAME_END_STREAM : 0);
    bool closed = !o->open;
    script_frame(s, type, flags | (piece == all && closed ? FRAME_END_HEADERS : 0), o->numbers[0], payload, size);
    for (size_t at = piece; at < all; at += piece) {
        bool last = at + piece >= all;
        script_frame(s, FRAME_CONTINUATION, last && closed ? FRAME_END_HEADERS : 0, o->numbers[0], block + at,
                     last ? all - at : piece);
    }
    free(block);
    free(payload);
}

static inline void talk_numbers(struct script *s, const struct order *o, unsigned type, unsigned stream, unsigned first)
{
    uint8_t payload[512];
    size_t size = 0;
    for (unsigned i = first; i < first + (type == FRAME_GOAWAY ? 2 : 1); i++) {
        const uint8_t four[4] = {(uint8_t)(o->numbers[i] >> 24), (uint8_t)(o->numbers[i] >> 16),
                                 (uint8_t)(o->numbers[i] >> 8), (uint8_t)o->numbers[i]};
        memcpy(payload + size, four, sizeof four);
        size += sizeof four;
    }
    memcpy(payload + size, o->rest, strlen(o->rest));
    script_frame(s, type, 0, stream, payload, size + strlen(o->rest));
}

static inline void talk_settings(struct script *s, const struct order *o)
{
    uint8_t payload[64];
    size_t size = 0;
    for (unsigned i = 0; i < o->count; i += 2) {
        const uint8_t setting[6] = {0,
                                    (uint8_t)o->numbers[i],
                                    (uint8_t)(o->numbers[i + 1] >> 24),
                                    (uint8_t)(o->numbers[i + 1] >> 16),
                                    (uint8_t)(o->numbers[i + 1] >> 8),
                                    (uint8_t)o->numbers[i + 1]};
        memcpy(payload + size, setting, sizeof setting);
        size += sizeof setting;
    }
    script_frame(s, FRAME_SETTINGS, 0, 0, payload, size);
}

static inline void talk_plain(struct script *s, const struct order *o)
{
    uint8_t bytes[4096];
    size_t size = 0;
    if (strcmp(o->word, "data") == 0) {
        unsigned flags = talk_wrap(o, bytes, &size, o->rest, strlen(o->rest));
        script_frame(s, FRAME_DATA, flags | (o->end ? FRAME_END_STREAM : 0), o->numbers[0], bytes, size);
    } else if (strcmp(o->word, "preface") == 0) {
        script_put(s, NGHTTP2_CLIENT_MAGIC, NGHTTP2_CLIENT_MAGIC_LEN);
    } else if (strcmp(o->word, "ack") == 0) {
        script_frame(s, FRAME_SETTINGS, FRAME_ACK, 0, NULL, 0);
    } else if (strcmp(o->word, "ping") == 0) {
        script_frame(s, FRAME_PING, 0, 0, "12345678", 8);
    } else if (strcmp(o->word, "priority") == 0) {
        script_frame(s, FRAME_PRIORITY, 0, o->numbers[0], "\0\0\0\0\7", 5);
    } else if (strcmp(o->word, "frame") == 0) {
        size = talk_hex(o->rest, bytes);
        script_frame(s, o->numbers[0], o->numbers[1], o->numbers[2], bytes, size);
    } else if (strcmp(o->word, "raw") == 0) {
        script_put(s, bytes, talk_hex(o->rest, bytes));
    } else {
        fail_msg("no frame: %s", o->word);
    }
}

static inline void talk_frame(struct script *s, enum side from, const struct order *o)
{
    if (strcmp(o->word, "headers") == 0)
        talk_headers(s, from, o, FRAME_HEADERS);
    else if (strcmp(o->word, "promise") == 0)
        talk_headers(s, from, o, FRAME_PUSH_PROMISE);
    else if (strcmp(o->word, "settings") == 0)
        talk_settings(s, o);
    else if (strcmp(o->word, "rst") == 0)
        talk_numbers(s, o, FRAME_RST_STREAM, o->numbers[0], 1);
    else if (strcmp(o->word, "window") == 0)
        talk_numbers(s, o, FRAME_WINDOW_UPDATE, o->numbers[0], 1);
    else if (strcmp(o->word, "goaway") == 0)
        talk_numbers(s, o, FRAME_GOAWAY, 0, 0);
    else if (strcmp(o->word, "table") == 0)
        nghttp2_hd_deflate_change_table_size(s->encoder[from], o->numbers[0]);
    else
        talk_plain(s, o);
}

static inline void script_piece(struct script *s, enum piece_kind kind, enum side from, size_t at, size_t size)
{
    assert_true(s->count < SCRIPT_PIECES);
    if (size || kind >= PIECE_FIN)
        s->pieces[s->count++] = (struct piece){kind, from, at, size};
}

static inline void script_line(struct script *s, const char *line)
{
    enum piece_kind kind = *line == '('   ? PIECE_GAP
                           : *line == '?' ? PIECE_GAP_UNKNOWN
                           : *line == '-' ? PIECE_BEFORE
                                          : 0;
    line += kind != 0;
    enum side from = *line == 'S' || *line == 's' ? SERVER : CLIENT;
    if (line[1] == '\0') {
        script_piece(s, *line == 'r' ? PIECE_RESET : PIECE_FIN, from, 0, 0);
        return;
    }
    size_t at = s->size;
    const struct order o = order_read(line + 2);
    for (unsigned i = 0; i < o.times; i++)
        talk_frame(s, from, &o);
    size_t size = s->size - at, to = o.lose_to < size ? o.lose_to : size;
    if (!o.lose) {
        script_piece(s, kind, from, at, size);
        return;
    }
    script_piece(s, PIECE_PUSH, from, at, o.lose_from);
    script_piece(s, kind ? kind : PIECE_GAP, from, at + o.lose_from, to - o.lose_from);
    script_piece(s, PIECE_PUSH, from, at + to, size - to);
}

/** @param lines  up to NULL, no more than `most`. */
static inline struct script *script_new(const char *const *lines, size_t most)
{
    struct script *s = calloc(1, sizeof *s);
    assert_non_null(s);
    for (int side = CLIENT; side <= SERVER; side++)
        assert_int_equal(nghttp2_hd_deflate_new(&s->encoder[side], 65536), 0);
    for (size_t i = 0; i < most && lines[i]; i++)
        script_line(s, lines[i]);
    return s;
}

static inline void script_free(struct script *s)
{
    nghttp2_hd_deflate_del(s->encoder[CLIENT]);
    nghttp2_hd_deflate_del(s->encoder[SERVER]);
    free(s);
}

#endif
