#include "sensor/event/flow_record.h"

#include "proto/stream/sniff.h"

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
