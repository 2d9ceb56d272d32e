#include "sensor/event/anomaly.h"

#include "proto/http/message.h"

struct anomaly *anomaly_begin(struct event_room *room)
{
    struct anomaly *a = (struct anomaly *)room;
    *a = (struct anomaly){.event = {.size = sizeof *a, .type = EVENT_ANOMALY}};
    return a;
}

const char *anomaly_name(unsigned kind)
{
    static const char *const names[ANOMALY_MARKS] = {[ANOMALY_CONFLICTING_OVERLAP] = "conflicting_overlap",
                                                     [ANOMALY_OUTSIDE_WINDOW] = "outside_window",
                                                     [ANOMALY_WRONG_RESET] = "wrong_reset",
                                                     [ANOMALY_GAVE_UP] = "gave_up"};
    if (kind < ANOMALY_MARKS)
        return names[kind];
    return kind - ANOMALY_MARKS < HTTP_MARKS ? http_mark_name((enum http_mark)(kind - ANOMALY_MARKS)) : "?";
}

const char *anomaly_layer(unsigned kind)
{
    return kind < ANOMALY_GAVE_UP ? "stream" : "applayer";
}

const char *anomaly_reason_name(unsigned reason)
{
    if (reason == GAVE_UP_NOT)
        return "";
    return reason < GAVE_UP_REASONS ? gave_up_name((enum gave_up)reason) : "?";
}

const char *anomaly_from_name(unsigned side)
{
    static const char *const names[] = {[CLIENT] = "client", [SERVER] = "server", [ANOMALY_FROM_NOBODY] = ""};
    return side < sizeof names / sizeof *names ? names[side] : "?";
}
