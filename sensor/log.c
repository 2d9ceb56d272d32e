#include "sensor/log.h"

#include <stdarg.h>
#include <unistd.h>

struct log log_to_stderr(enum log_level level, bool progress)
{
    return (struct log){
        .out = stderr, .level = level, .progress = progress && level != LOG_QUIET && isatty(STDERR_FILENO) == 1};
}

enum { LINE = 2048, ESCAPE = sizeof "\\x1b" - 1 };

/* C0, DEL, and C1 as UTF-8 has it, of which this is the first or the second byte. */
static bool is_control(const char *text, size_t at)
{
    unsigned char b = (unsigned char)text[at], next = b == 0xc2 ? (unsigned char)text[at + 1] : 0;
    bool second = at > 0 && (unsigned char)text[at - 1] == 0xc2 && b >= 0x80 && b < 0xa0;
    return b < 0x20 || b == 0x7f || (next >= 0x80 && next < 0xa0) || second;
}

static size_t show(char shown[static ESCAPE + 1], const char *text, size_t at)
{
    int size = is_control(text, at) ? snprintf(shown, ESCAPE + 1, "\\x%02x", (unsigned char)text[at])
                                    : snprintf(shown, ESCAPE + 1, "%c", text[at]);
    return (size_t)size;
}

void log_printable(FILE *out, const char *text)
{
    char shown[ESCAPE + 1];
    for (size_t at = 0; text[at] != '\0'; at++)
        fwrite(shown, 1, show(shown, text, at), out);
}

/* In one write, so that lines of several programs on one terminal do not mix. */
static void tell(struct log *to, const char *before, const char *after, const char *format, va_list arguments)
{
    char line[LINE], shown[LINE * ESCAPE + 1];
    size_t used = 0;
    vsnprintf(line, sizeof line, format, arguments);
    for (size_t at = 0; line[at] != '\0'; at++)
        used += show(shown + used, line, at);
    fprintf(to->out, "%s%.*s%s", before, (int)used, shown, after);
    fflush(to->out);
}

void log_progress_end(struct log *to)
{
    if (to->progress_shown)
        fputs("\r\033[K", to->out);
    to->progress_shown = false;
}

void log_error(struct log *to, const char *format, ...)
{
    va_list arguments;
    log_progress_end(to);
    va_start(arguments, format);
    tell(to, "kapiwatch: ", "\n", format, arguments);
    va_end(arguments);
}

void log_note(struct log *to, const char *format, ...)
{
    if (to->level == LOG_QUIET)
        return;
    va_list arguments;
    log_progress_end(to);
    va_start(arguments, format);
    tell(to, "kapiwatch: ", "\n", format, arguments);
    va_end(arguments);
}

void log_progress(struct log *to, const char *format, ...)
{
    if (!to->progress)
        return;
    va_list arguments;
    va_start(arguments, format);
    tell(to, "\r", "\033[K", format, arguments);
    va_end(arguments);
    to->progress_shown = true;
}
