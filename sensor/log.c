#include "sensor/log.h"

#include <stdarg.h>
#include <unistd.h>

struct log log_to_stderr(enum log_level level, bool progress)
{
    return (struct log){
        .out = stderr, .level = level, .progress = progress && level != LOG_QUIET && isatty(STDERR_FILENO) == 1};
}

/* In one write, so that lines of several programs on one terminal do not mix. */
static void tell(struct log *to, const char *before, const char *after, const char *format, va_list arguments)
{
    char line[2048];
    vsnprintf(line, sizeof line, format, arguments);
    fprintf(to->out, "%s%s%s", before, line, after);
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
