#include "proto/base/age.h"

#include <stddef.h>

void age_enter(struct age_queue *q, struct age *who, moment clock)
{
    who->touched = clock;
    who->newer = NULL;
    who->older = q->newest;
    if (q->newest)
        q->newest->newer = who;
    else
        q->oldest = who;
    q->newest = who;
}

void age_leave(struct age_queue *q, struct age *who)
{
    if (who->older)
        who->older->newer = who->newer;
    else
        q->oldest = who->newer;
    if (who->newer)
        who->newer->older = who->older;
    else
        q->newest = who->older;
    who->older = who->newer = NULL;
}
