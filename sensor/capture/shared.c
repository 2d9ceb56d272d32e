#include "sensor/capture/shared.h"

#include <stdarg.h>

void capture_tell(const struct capture_shared *shared, bool wrong, const char *format, ...)
{
    const struct capture_listener *to = &shared->listener;
    void (*tell)(void *, const char *) = wrong ? to->wrong : to->note;
    if (tell == NULL)
        return;
    char line[CAPTURE_ERROR_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    tell(to->owner, line);
}

void capture_tell_key_log(struct capture_shared *shared, struct slice text)
{
    shared->key_logs++;
    if (shared->listener.key_log != NULL)
        shared->listener.key_log(shared->listener.owner, shared->reading, text);
}
