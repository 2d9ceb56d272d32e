#include "sensor/event/flow_record.h"

#include "proto/stream/sniff.h"
#include "sensor/event/exchange.h"

#define SAME_PLACE(member) (offsetof(struct flow_record, member) == offsetof(struct exchange, member))

_Static_assert(SAME_PLACE(auth_evidence) && SAME_PLACE(auth_state) && SAME_PLACE(auth_outcome) &&
                   SAME_PLACE(auth_basis) && SAME_PLACE(auth_confidence) && SAME_PLACE(front),
               "one row of the field table stands for both");

const char *flow_state_name(unsigned state)
{
    static const char *const names[FLOW_STATES] = {
        [FLOW_NEW] = "new", [FLOW_REFUSED] = "refused", [FLOW_ESTABLISHED] = "established", [FLOW_CLOSED] = "closed"};
    return state < FLOW_STATES ? names[state] : "?";
}

const char *flow_reason_name(unsigned reason)
{
    static const char *const names[FLOW_REASONS] = {
        [FLOW_FIN] = "fin",         [FLOW_RST] = "rst",           [FLOW_TIMEOUT] = "timeout",
        [FLOW_EVICTED] = "evicted", [FLOW_SHUTDOWN] = "shutdown", [FLOW_REUSED] = "reused"};
    return reason < FLOW_REASONS ? names[reason] : "?";
}

const char *flow_protocol_name(unsigned protocol)
{
    return protocol <= PROTOCOL_OTHER ? protocol_name((enum protocol)protocol) : "?";
}

const char *suspect_name(unsigned suspect)
{
    static const char *const names[SUSPECTS] = {[SUSPECT_ANSWERS_OF_403] = "answers_of_403",
                                                [SUSPECT_ANSWERS_OF_401] = "answers_of_401",
                                                [SUSPECT_ONLY_403] = "only_403",
                                                [SUSPECT_EARLY_GOAWAYS] = "early_goaways",
                                                [SUSPECT_MANY_HELLOS] = "many_hellos",
                                                [SUSPECT_OLD_VERSIONS] = "old_versions",
                                                [SUSPECT_NO_ALPN] = "no_alpn",
                                                [SUSPECT_NO_NAME] = "no_name",
                                                [SUSPECT_ASKS_NOTHING] = "asks_nothing",
                                                [SUSPECT_MANY_ENDPOINTS] = "many_endpoints",
                                                [SUSPECT_SYN_SHAPE] = "syn_shape",
                                                [SUSPECT_WIDE_403] = "wide_403"};
    return suspect < SUSPECTS ? names[suspect] : "?";
}
