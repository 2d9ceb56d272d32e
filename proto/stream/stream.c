#include "proto/stream/stream.h"

const char *gave_up_name(enum gave_up reason)
{
    static const char *const names[GAVE_UP_REASONS] = {
        [GAVE_UP_NOT] = "not",     [GAVE_UP_NOT_MINE] = "not-mine", [GAVE_UP_MALFORMED] = "malformed",
        [GAVE_UP_LIMIT] = "limit", [GAVE_UP_MEMORY] = "memory",     [GAVE_UP_NO_RESUME] = "no-resume",
    };
    return reason < GAVE_UP_REASONS ? names[reason] : "";
}
