#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "sensor/event/exchange.h"
#include "sensor/event/field.h"
#include "sensor/report/report.h"

static uint32_t next(uint32_t *random)
{
    return (*random = *random * 1664525 + 1013904223) >> 8;
}

/* A record of its type's shape but for one field, with values of its own. */
static const struct event *make_alike(struct event_room *room, unsigned kind, unsigned odd, uint32_t *values)
{
    struct exchange *x = exchange_begin(room);
    uint32_t choice = kind + 1;
    x->event.type = (uint8_t)kind;
    x->event.size = 1024; /* more than any record without its texts */
    for (unsigned i = EVENT_COMMUNITY_ID + 1; i < EVENT_FIELDS; i++) {
        const struct event_field *f = &event_fields[i];
        uint8_t *at = (uint8_t *)x + f->offset, bytes[40];
        unsigned chosen = next(&choice) % 16 ^ (i == odd ? 9 : 0);
        for (size_t k = 0; k < sizeof bytes; k++)
            bytes[k] = (uint8_t)(next(values) % 200 + 1);
        if (!(f->in >> kind & 1))
            continue;
        if (chosen % 8 == 0)
            event_set_unknown(&x->event, i);
        if (f->kind == FIELD_TEXT)
            *(struct text *)at = event_add_text(&x->event, (struct slice){bytes, chosen < 8 ? 0 : bytes[0] % 40}, 40);
        else if (f->width == 1 || f->kind == FIELD_NAMES)
            *at = (uint8_t)(chosen % 4);
        else if (f->kind == FIELD_NUMBER || f->kind == FIELD_HEX || f->kind == FIELD_COUNT)
            memcpy(at, bytes, chosen < 8 ? 0 : f->width - chosen % f->width);
    }
    return &x->event;
}

/* What is kept of a line that was alike changes no byte of the next. */
static void lines_alike_are_written_alike(void **state)
{
    (void)state;
    struct report_style style = {.width = 80};
    struct event_room room;
    struct buffer out = {0};
    void *format = report_json.open(&style);
    uint32_t values = 1;
    for (unsigned round = 0; round < 6 * EVENT_TYPES * EVENT_FIELDS; round++) {
        unsigned kind = round / 6 % EVENT_TYPES, odd = round / 6 / EVENT_TYPES;
        const struct event *e = make_alike(&room, kind, round & 1 ? odd : EVENT_FIELDS, &values);
        struct buffer fresh = {0};
        void *other = report_json.open(&style);
        report_json.event(other, &fresh, e);
        report_json.event(format, &out, e);
        assert_int_equal(out.size, fresh.size);
        assert_memory_equal(out.bytes, fresh.bytes, out.size);
        out.size = 0;
        buffer_deinit(&fresh);
        report_json.close(other);
    }
    buffer_deinit(&out);
    report_json.close(format);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines_alike_are_written_alike)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
