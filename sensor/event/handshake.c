#include "sensor/event/handshake.h"

struct handshake *handshake_begin(struct event_room *room)
{
    struct handshake *h = (struct handshake *)room;
    *h = (struct handshake){.event = {.size = sizeof *h, .type = EVENT_HANDSHAKE}};
    return h;
}
