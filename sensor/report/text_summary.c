/* What was seen, and what could not be: so that "nothing happened" and "nothing was seen" are told apart. */
#include "sensor/report/text.h"

#include "sensor/report/escape.h"

enum { INPUTS_SHOWN = 4 };

struct row {
    enum counter counter;
    const char *words; /* behind the number; a bar stands for the plural's s */
};

static const struct row seen[] = {
    {COUNT_FRAMES, "packet|"},
    {COUNT_OTHER_PORTS, "of them to or from ports that are not followed"},
    {COUNT_FLOWS, "connection|"},
    {COUNT_HTTP1, "of them HTTP/1"},
    {COUNT_HTTP2, "of them HTTP/2"},
    {COUNT_TLS, "of them TLS"},
    {COUNT_TLS_OPENED, "of these opened with a key"},
    {COUNT_HALF_OPEN, "connection attempt| that nobody answered"},
    {COUNT_REFUSED, "connection attempt| that the server refused"},
    {COUNT_EXCHANGES, "request|"},
    {COUNT_STATE_ANONYMOUS, "of them without a credential"},
    {COUNT_STATE_REJECTED, "of them answered 401: credential missing or not accepted"},
    {COUNT_STATE_CREDENTIALED, "of them with a credential"},
    {COUNT_STATE_UNKNOWN, "of them where that cannot be told"},
    {COUNT_TWINS, "of them seen again behind a load balancer: counted once"},
    {COUNT_FINDINGS_REGULAR, "finding| left out: health checks, by their period or as expected"},
    {COUNT_FINDINGS_LENT, "finding| left out: clients of an endpoint that lends a credential"},
    {COUNT_FINDINGS_MISCONFIGURED, "finding| left out: the first requests of a client told of above"},
    {COUNT_FINDINGS_REFUTED, "finding| left out: the source showed a credential later"},
    {COUNT_FINDINGS_SUPPRESSED, "finding| left out: suppressed by the configuration"},
};

static const struct row not_seen[] = {
    {COUNT_INPUT_ERRORS, TEXT_INPUT_ERRORS},
    {COUNT_TLS_CLOSED, "TLS connection|: encrypted, not opened"},
    {COUNT_TLS_UNTRIED, "of them, a hello lost, not tried with all keys: too many were in vain"},
    {COUNT_KEYS_MALFORMED, "line| of TLS key logs not understood"},
    {COUNT_KEYS_CONTRADICTING, "TLS secret| unlike one read before: both are kept"},
    {COUNT_KEYS_UNASKED, "connection| of key logs that did not come by"},
    {COUNT_KEYS_LATE, "connection| whose keys came too late to open them"},
    {COUNT_KEYS_FORGOTTEN, "TLS secret| forgotten: memory was short"},
    {COUNT_PROTOCOL_OTHER, "connection| of another protocol: not read"},
    {COUNT_STATE_UNKNOWN, "request| that may or may not have carried a credential"},
    {COUNT_UNANSWERED, "request| of which no answer was captured"},
    {COUNT_ANSWERS_ALONE, "answer| of which no request was captured"},
    {COUNT_UNPAIRED, "answer| to one of several requests, or to one too many: not told"},
    {COUNT_FLOWS_MIDSTREAM, "connection| whose beginning was not captured"},
    {COUNT_GAPS, "hole| in connections, where packets are missing from the capture"},
    {COUNT_GAP_BYTES, "byte| missing there"},
    {COUNT_FRAMES_CUT, "packet| of which the capture kept only a part (snap length)"},
    {COUNT_KERNEL_DROPS, "packet| dropped by the kernel: kapiwatch was too slow"},
    {COUNT_INTERFACE_DROPS, "packet| dropped by the interface"},
    {COUNT_TIME_JUMPS, "time| the packets' clock jumped: what is told by time may be wrong"},
    {COUNT_FRAGMENTS_EXPIRED, "IP datagram| in fragments, of which one did not come"},
    {COUNT_FRAGMENTS_EVICTED, "IP datagram| in fragments given up early: memory was short"},
    {COUNT_FRAGMENTS_CONFLICTING, "IP fragment| contradicting what came before"},
    {COUNT_WALK_FULL, "IP fragment| that found no room"},
    {COUNT_WALK_CHECKSUM, "packet| with a wrong checksum: left out (--checksums)"},
    {COUNT_WALK_CUT, "packet| ending inside a header"},
    {COUNT_WALK_BAD, "packet| with a header that contradicts itself"},
    {COUNT_WALK_DEEP, "packet| with too many layers"},
    {COUNT_WALK_SEALED, "packet| encrypted whole: ESP, WireGuard, MACsec, wireless"},
    {COUNT_WALK_UNREAD, "packet| in forms that are not read: L2TP, PPTP, wireless in pieces"},
    {COUNT_WALK_LINK, "packet| of a link type that is not read"},
    {COUNT_OUTSIDE, "byte| that no receiver would take, or that found no memory"},
    {COUNT_GAVE_UP_NOT_MINE, "connection| left midway: other bytes than HTTP followed"},
    {COUNT_GAVE_UP_MALFORMED, "connection| left midway: malformed, as a server would have"},
    {COUNT_GAVE_UP_LIMIT, "connection| left midway: a message was too large"},
    {COUNT_GAVE_UP_MEMORY, "connection| left midway: memory was short"},
    {COUNT_GAVE_UP_NO_RESUME, "connection| left midway: no way on was found behind a hole"},
    {COUNT_EVICTED, "connection| given up early: memory was short"},
    {COUNT_EVICTED_HALF_OPEN, "connection attempt| given up early: memory was short"},
    {COUNT_OUTPUT_CAPPED, "event| not written: more than a source may have (--source-cap)"},
    {COUNT_OUTPUT_DROPPED, "byte| not written: an output failed"},
    {COUNT_SOURCES_FORGOTTEN, "source| forgotten: memory was short"},
    {COUNT_ENDPOINTS_FORGOTTEN, "endpoint| forgotten: memory was short"},
    {COUNT_FINDINGS_HURRIED, "finding| closed early: memory was short"},
    {COUNT_DETECT_LOST, "time| memory was short for a source, endpoint or finding"},
    {COUNT_REGEX_GAVE_UP, "time| a rule's regular expression was given up"},
    {COUNT_FINDINGS_UNPROVEN, "finding| held back: nothing shows that it is an API server (-p)"},
};

/* @return how many rows there were to tell. */
static size_t add_rows(struct buffer *out, const struct counters *counters, const struct row *rows, size_t count)
{
    size_t told = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t number = counters->of[rows[i].counter];
        if (!number)
            continue;
        text_row(out, number, rows[i].words);
        told++;
    }
    return told;
}

void text_inputs(struct text_state *s, struct buffer *out, const struct statistics *statistics)
{
    size_t shown = statistics->input_count < INPUTS_SHOWN ? statistics->input_count : INPUTS_SHOWN;
    for (size_t i = 0; i < shown; i++) {
        buffer_text(out, statistics->live ? "  Interface " : "  ");
        escape_text(out, slice_of(statistics->inputs[i]), s->style.width - 20);
        buffer_text(out, "\n");
    }
    if (statistics->input_count > shown)
        buffer_format(out, "  and %zu more\n", statistics->input_count - shown);
    buffer_text(out, "  ");
    if (statistics->counters->of[COUNT_FRAMES])
        text_span(s, out, statistics->first, statistics->last);
    else
        buffer_text(out, "No packets.");
    buffer_text(out, "\n");
}

void text_statistics(void *state, struct buffer *out, const struct statistics *statistics)
{
    struct text_state *s = state;
    if (!statistics->at_end)
        return;
    text_heading(s, out, "WHAT WAS SEEN");
    buffer_text(out, "\n");
    text_inputs(s, out, statistics);
    add_rows(out, statistics->counters, seen, sizeof seen / sizeof *seen);
    text_heading(s, out, "WHAT COULD NOT BE SEEN");
    buffer_text(out, "\n");
    if (!add_rows(out, statistics->counters, not_seen, sizeof not_seen / sizeof *not_seen))
        buffer_text(out, "  Nothing: every packet was read.\n");
}
