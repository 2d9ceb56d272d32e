#include "sensor/event/exchange.h"

#include "proto/http/message.h"
#include "proto/kube/agent.h"
#include "proto/kube/credential.h"
#include "proto/kube/request.h"

struct exchange *exchange_begin(struct event_room *room)
{
    struct exchange *x = (struct exchange *)room;
    *x = (struct exchange){.event = {.size = sizeof *x, .type = EVENT_EXCHANGE}};
    return x;
}

const char *exchange_version_name(unsigned version)
{
    static const char *const names[] = {
        [HTTP_UNKNOWN] = "", [HTTP_1_0] = "HTTP/1.0", [HTTP_1_1] = "HTTP/1.1", [HTTP_2] = "HTTP/2"};
    return version < sizeof names / sizeof *names ? names[version] : "?";
}

const char *exchange_reset_by_name(unsigned by)
{
    static const char *const names[] = {"", [RESET_BY_CLIENT] = "client", [RESET_BY_SERVER] = "server"};
    return by < sizeof names / sizeof *names ? names[by] : "?";
}

const char *exchange_mark_name(unsigned mark)
{
    return mark < HTTP_MARKS ? http_mark_name((enum http_mark)mark) : "?";
}

const char *exchange_path_kind_name(unsigned kind)
{
    return kind <= PATH_ERROR ? path_kind_name((enum path_kind)kind) : "?";
}

const char *exchange_agent_name(unsigned form)
{
    return form <= AGENT_BROKEN ? agent_form_name((enum agent_form)form) : "?";
}

const char *exchange_credential_name(unsigned kind)
{
    return kind < CREDENTIAL_KINDS ? credential_kind_name((enum credential_kind)kind) : "?";
}

const char *exchange_ordinary_name(unsigned ordinary)
{
    static const char *const names[ORDINARIES] = {[ORDINARY_NOT] = "",
                                                  [ORDINARY_EXPECTED] = "expected",
                                                  [ORDINARY_REGULAR] = "regular",
                                                  [ORDINARY_JOIN] = "join",
                                                  [ORDINARY_MISCONFIGURED] = "misconfigured"};
    return ordinary < ORDINARIES ? names[ordinary] : "?";
}

const char *exchange_front_name(unsigned front)
{
    static const char *const names[FRONTS] = {[FRONT_NOT] = "",
                                              [FRONT_CONFIGURED] = "configured",
                                              [FRONT_SUSPECTED] = "suspected",
                                              [FRONT_UNNAMED] = "unnamed"};
    return front < FRONTS ? names[front] : "?";
}
