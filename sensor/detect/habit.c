#include "sensor/detect/habit.h"

/* client-go's reflector, which is behind most requests of a component, waits for 0.8 s to 1.6 s before its second try
 * and for twice as long before the third: three tries of one list take 2.4 s at least, and never end. A scan works
 * through its list and asks each thing once; a tool that tries all of it again without a pause is done sooner. */
enum { TRIES = 3 };
static const moment SPAN = INT64_C(2) * 1000 * 1000 * 1000;

static void count_refusal(struct habit *h, const struct habit_request *r)
{
    size_t i = 0;
    while (i < HABIT_REQUESTS && h->requests[i].request && h->requests[i].request != r->request)
        i++;
    if (i == HABIT_REQUESTS)
        return;
    if (!h->requests[i].request) {
        h->requests[i].request = r->request;
        h->requests[i].first = r->time;
    }
    h->requests[i].count++;
    h->known |= h->requests[i].count >= TRIES && r->time - h->requests[i].first >= SPAN;
}

/* Tenants may have the same addresses. What is in no overlay is not another place: who captures on all interfaces has
 * the same packets with the overlay and without it. */
static bool is_another_network(struct habit *h, uint32_t network)
{
    if (!h->network)
        h->network = network;
    return network && network != h->network;
}

void habit_add(struct habit *h, const struct habit_request *r)
{
    if (!h->begun) {
        h->begun = true;
        h->program = r->program;
        h->place = r->place;
        h->credential = r->credential;
    }
    h->broken |= !r->own || r->program != h->program || r->place != h->place || r->credential != h->credential ||
                 is_another_network(h, r->network);
    if (r->refused && !h->broken)
        count_refusal(h, r);
}

bool habit_possible(const struct habit *h)
{
    return h->begun && !h->broken;
}

bool habit_known(const struct habit *h)
{
    return h->known && !h->broken;
}
