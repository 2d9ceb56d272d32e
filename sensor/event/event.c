#include "sensor/event/event.h"

const char *event_type_name(unsigned type)
{
    static const char *const names[] = {
        [EVENT_EXCHANGE] = "http", [EVENT_FLOW] = "flow", [EVENT_ANOMALY] = "anomaly", [EVENT_HANDSHAKE] = "tls"};
    return type < EVENT_TYPES ? names[type] : "?";
}

const char *endpoint_basis_name(unsigned basis)
{
    static const char *const names[] = {[ENDPOINT_UNPROVEN] = "unproven",
                                        [ENDPOINT_PORT] = "port",
                                        [ENDPOINT_SHAPE] = "shape",
                                        [ENDPOINT_RECOGNISED] = "recognised",
                                        [ENDPOINT_CONFIGURED] = "configured"};
    return basis < ENDPOINT_BASES ? names[basis] : "?";
}

struct text event_add_text(struct event *e, struct slice wire, size_t size_max)
{
    size_t room = e->size < EVENT_MAX ? (size_t)EVENT_MAX - e->size : 0;
    size_t most = size_max < room ? size_max : room;
    size_t size = wire.size < most ? wire.size : most;
    if (size < wire.size)
        e->cut = 1;
    return event_append(e, (struct slice){.data = wire.data, .size = size});
}
