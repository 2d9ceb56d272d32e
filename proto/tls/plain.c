/* Who reads the plaintext is told of it here, and of nothing else: made with the first byte that there is, and told
 * then what was lost and has ended before. */
#include "proto/tls/tls_inside.h"

void tls_plain_gap(struct tls *t, enum side from, moment time, uint64_t size)
{
    if (t->inside)
        stream_gap(t->inside, from, time, size);
    else
        t->half[from].lost = true;
}

/* What was lost before, if anything was. Of the server it is told once its own bytes show that it was; of the client
 * before the server's next bytes, which may answer it. */
static void tell_lost_before(struct tls *t, enum side from, moment time)
{
    for (int side = CLIENT; side <= (int)from; side++) {
        if (t->half[side].lost)
            stream_gap(t->inside, (enum side)side, time, GAP_UNKNOWN);
        t->half[side].lost = false;
    }
}

void tls_plain_end(struct tls *t, enum side from, moment time, enum stream_end how)
{
    t->half[from].ended = true;
    t->half[from].how = (uint8_t)how;
    if (t->inside)
        stream_end(t->inside, from, time, how);
}

void tls_plain_push(struct tls *t, enum side from, moment time, struct slice bytes)
{
    if (!bytes.size)
        return;
    if (!t->inside) {
        t->inside = t->events->opened(t->owner);
        for (int side = CLIENT; side <= SERVER; side++) {
            if (t->half[side].ended)
                stream_end(t->inside, (enum side)side, time, (enum stream_end)t->half[side].how);
        }
    }
    tell_lost_before(t, from, time);
    stream_push(t->inside, from, time, bytes);
}
