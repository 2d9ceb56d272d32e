/* What the tests of the text report share: a format over a buffer, and what was written compared. */
#ifndef TESTS_UNIT_TEXT_RIG_H
#define TESTS_UNIT_TEXT_RIG_H

#include <stdio.h>
#include <string.h>

#include "sensor/report/report.h"

static const struct hash_secret LIST_SECRET = {{1, 2, 3}};

static struct memory memory = {.limit = 1 << 20};
static struct buffer out;

#define SECOND INT64_C(1000000000)
/** 2026-11-24T04:32:54.895306Z */
#define TIME (INT64_C(1795494774895306) * 1000)

static const uint8_t source_ip[16] = {[10] = 0xFF, [11] = 0xFF, 192, 0, 2, 7};
static const struct address server_endpoint = {.ip = {[10] = 0xFF, [11] = 0xFF, 192, 0, 2, 100}, .port = 6443};

/** Of the rule `about`: so many requests of `source_ip`, in so many seconds. */
static inline struct finding finding_of(const struct rule_about *about, uint64_t count, moment seconds)
{
    struct finding f = {.cluster = "",
                        .provider = "",
                        .rule = about,
                        .endpoint = server_endpoint,
                        .basis = ENDPOINT_RECOGNISED,
                        .count = count,
                        .exchanges = count,
                        .first = TIME,
                        .last = TIME + seconds * SECOND};
    memcpy(f.source, source_ip, sizeof f.source);
    return f;
}

static inline void list(struct value_list *l, const char *value, unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        value_list_add(l, slice_of(value), &LIST_SECRET, &memory);
}

static inline void *begin(bool live, bool verbose, bool colour)
{
    struct report_style style = {.live = live, .verbose = verbose, .colour = colour, .width = 80};
    out = (struct buffer){0};
    return report_text.open(&style);
}

/** No line is wider than a terminal, and none ends in blanks. */
static inline void check_width(void)
{
    size_t columns = 0;
    for (size_t i = 0; i < out.size; i++) {
        if (out.bytes[i] == '\n') {
            assert_true(columns <= 80);
            assert_false(columns > 0 && out.bytes[i - 1] == ' ');
            columns = 0;
        } else if (((uint8_t)out.bytes[i] & 0xC0) != 0x80) {
            columns++;
        }
    }
    assert_int_equal(columns, 0);
}

static inline void end(void *state, const char *expected)
{
    report_text.close(state);
    buffer_add(&out, "", 1);
    assert_false(out.failed);
    if (strcmp(out.bytes, expected) != 0)
        fail_msg("got\n%s\nexpected\n%s", out.bytes, expected);
    buffer_deinit(&out);
    assert_int_equal(memory.used, 0);
}

#endif
