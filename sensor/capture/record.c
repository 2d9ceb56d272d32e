#include "sensor/capture/record.h"

#include <stdarg.h>

/* Offsets are of what was unpacked, which no tool shows of the file itself. */
static const char *of_what(const struct stretch *s)
{
    return s->compressed != NULL ? " unpacked" : "";
}

enum capture_got record_stopped(const struct stretch *s, enum input_got got, const char *what, uint64_t begin,
                                struct capture_error *error)
{
    uint64_t end = stretch_offset(s) + stretch_left(s);
    if (got == INPUT_IDLE)
        return CAPTURE_IDLE;
    if (got == INPUT_END && begin == end)
        return CAPTURE_END;
    if (got == INPUT_END) {
        snprintf(error->text, sizeof error->text,
                 "cut off in the middle of %s at byte %" PRIu64 "%s: it begins at byte %" PRIu64
                 "; all before it was read",
                 what, end, of_what(s), begin);
        return CAPTURE_FAILED;
    }
    struct capture_error why;
    stretch_problem(s, &why);
    snprintf(error->text, sizeof error->text,
             "cannot be read in %s at byte %" PRIu64 "%s: %.250s; all before it was read", what, end, of_what(s),
             why.text);
    return CAPTURE_FAILED;
}

enum capture_got record_wrong(const struct stretch *s, const char *what, uint64_t begin, struct capture_error *error,
                              const char *format, ...)
{
    char why[CAPTURE_ERROR_MAX / 2];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    snprintf(error->text, sizeof error->text, "%s at byte %" PRIu64 "%s cannot be read: %s; all before it was read",
             what, begin, of_what(s), why);
    return CAPTURE_FAILED;
}
