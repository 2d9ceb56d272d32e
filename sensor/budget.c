#include "sensor/budget.h"

/* Of the whole; the rest is lost to rounding. */
enum { CONNECTIONS = 11, KEYS = 1, FINDINGS = 4, PARTS = 16 };

/* What connections use is looked at in so many steps; at each, so many steps fewer are lent, beginning with all but as
 * many. */
enum { STEPS = 16, FEWER = 2 };

struct budget budget_divide(size_t total)
{
    size_t part = total / PARTS;
    struct budget b = {.connections = CONNECTIONS * part, .keys = KEYS * part, .own = FINDINGS * part};
    b.findings = b.own;
    b.from = b.below = 0;
    return b;
}

bool budget_lend(struct budget *b, size_t used)
{
    size_t step = b->connections / STEPS;
    if ((used >= b->from && used < b->below) || step == 0)
        return false;
    size_t at = used / step, kept = FEWER * (at + 1), before = b->findings;
    b->findings = b->own + (kept < STEPS ? STEPS - kept : 0) * step;
    b->from = at > 0 ? at * step - step / 2 : 0; /* at the edge of a step nothing is to swing */
    b->below = (at + 1) * step;
    return b->findings != before;
}
