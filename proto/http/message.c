#include "proto/http/message.h"

const char *http_mark_name(enum http_mark mark)
{
    static const char *const names[HTTP_MARKS] = {
#define HTTP_MARK(id, name, about) [MARK_##id] = name,
#include "proto/http/mark.def"
#undef HTTP_MARK
    };
    return mark < HTTP_MARKS ? names[mark] : "";
}
