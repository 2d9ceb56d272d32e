#include "sensor/capture/clock.h"

static moment reach(struct capture_clock *c, moment time)
{
    if (!c->begun || time > c->reached)
        c->reached = time;
    c->begun = true;
    return c->reached;
}

moment capture_clock_file(struct capture_clock *c, moment time)
{
    /* Against the frame before, not against the clock: one frame from the future is one jump, not one a frame. */
    if (c->begun && time < c->previous - CLOCK_JUMP)
        c->jumps++;
    c->previous = time;
    return reach(c, time);
}

void capture_clock_start(struct capture_clock *c, moment wall, moment steady)
{
    c->base = wall - steady;
}

moment capture_clock_live(struct capture_clock *c, moment time, moment steady)
{
    moment now = c->base + steady, shifted = time + c->shift;
    if (shifted > now + CLOCK_JUMP || shifted < now - CLOCK_JUMP) {
        c->jumps++;
        c->shift += now - shifted;
        shifted = now;
    }
    c->previous = time;
    return reach(c, shifted);
}

moment capture_clock_idle(struct capture_clock *c, moment steady)
{
    return reach(c, c->base + steady - CLOCK_LIVE_DELAY);
}
