#include "sensor/detect/finding_queue.h"

void finding_queue_enter(struct finding_queue *q, struct kept_finding *k)
{
    k->before = q->last;
    *(q->last ? &q->last->after : &q->first) = k;
    q->last = k;
}

void finding_queue_leave(struct finding_queue *q, struct kept_finding *k)
{
    *(k->before ? &k->before->after : &q->first) = k->after;
    *(k->after ? &k->after->before : &q->last) = k->before;
    if (q->hand == k)
        q->hand = k->after;
}

/* Second chance: who was hit is passed over once, so a round finds one at the latest. */
struct kept_finding *finding_queue_silent(struct finding_queue *q)
{
    struct kept_finding *k = q->hand ? q->hand : q->first;
    while (k && k->stirred) {
        k->stirred = false;
        k = k->after ? k->after : q->first;
    }
    q->hand = k;
    return k;
}
