/* The survey as a person reads it: one page, and what to change. */
#include "sensor/report/survey.h"

#include "proto/packet/tunnel.h"
#include "sensor/report/text.h"

#include <stdlib.h>

enum { ENDPOINTS_SHOWN = 16, WAYS_SHOWN = 8, NAME = 44 };

struct survey_state {
    struct text_state text; /* first: the parts of the report are shared */
    struct survey survey;
};

static void *survey_open(const struct report_style *style)
{
    struct survey_state *s = calloc(1, sizeof *s);
    if (s)
        s->text.style = *style;
    return s;
}

static void survey_event(void *state, struct buffer *out, const struct event *e)
{
    (void)out; /* all is told at the end */
    struct survey_state *s = state;
    if (e->type == EVENT_FLOW)
        survey_count(&s->survey, (const struct flow_record *)e);
}

static void add_share(struct buffer *out, uint64_t some, uint64_t all, const char *words)
{
    if (!some)
        return;
    unsigned percent = (unsigned)((some * 100 + all / 2) / (all ? all : 1));
    buffer_format(out, "%12llu  %3u %%  %s\n", (unsigned long long)some, percent, words);
}

static void add_endpoints(struct survey_state *s, struct buffer *out)
{
    const struct survey *v = &s->survey;
    text_heading(&s->text, out, "ENDPOINTS");
    if (v->endpoint_count)
        buffer_format(out, "\n  %-*s %-12s %11s %8s\n", NAME, "Endpoint", "Basis", "Connections", "Requests");
    else
        buffer_text(out, "\n  None: no connection to a followed port.\n");
    uint64_t hidden = v->other_endpoints;
    for (size_t i = 0; i < v->endpoint_count; i++) {
        const struct survey_endpoint *e = &v->endpoints[i];
        char name[VALUE_MAX];
        int size = (int)(value_endpoint(name, &e->address) - name);
        hidden += i >= ENDPOINTS_SHOWN ? e->connections : 0;
        if (i < ENDPOINTS_SHOWN)
            buffer_format(out, "  %-*.*s %-12s %11llu %8llu\n", NAME, size, name, endpoint_basis_name(e->basis),
                          (unsigned long long)e->connections, (unsigned long long)e->exchanges);
    }
    if (hidden)
        buffer_format(out, "  and %llu connections to others\n", (unsigned long long)hidden);
}

static void add_way(struct buffer *out, const struct survey_way *w)
{
    buffer_format(out, "%12llu  ", (unsigned long long)w->connections);
    if (!w->vlans && !w->tunnel_kind)
        buffer_text(out, "without tag or tunnel");
    for (unsigned i = 0; i < w->vlans && i < 2; i++)
        buffer_format(out, "%sVLAN %u", i ? ", " : "", w->vlan[i]);
    if (w->tunnel_kind)
        buffer_format(out, "%s%s", w->vlans ? ", " : "", tunnel_name(w->tunnel_kind));
    if (w->tunnel_id)
        buffer_format(out, " %u", w->tunnel_id);
    buffer_text(out, "\n");
}

static void add_ways(struct survey_state *s, struct buffer *out)
{
    const struct survey *v = &s->survey;
    text_heading(&s->text, out, "TAGS AND TUNNELS");
    buffer_text(out, "\n");
    uint64_t hidden = v->other_ways;
    for (size_t i = 0; i < v->way_count; i++) {
        if (i < WAYS_SHOWN)
            add_way(out, &v->ways[i]);
        else
            hidden += v->ways[i].connections;
    }
    if (hidden)
        text_row(out, hidden, "connection| another way");
    if (!v->way_count)
        buffer_text(out, "  None.\n");
}

/* What shares are of. Its line stands before the first of them, and not where there is none. */
struct whole {
    uint64_t count;
    const char *words;
    bool told;
};

static void add_part(struct buffer *out, struct whole *of, uint64_t some, const char *words)
{
    if (some && !of->told)
        text_row(out, of->count, of->words);
    of->told |= some != 0;
    add_share(out, some, of->count, words);
}

static void add_quality(struct survey_state *s, struct buffer *out, const struct counters *c)
{
    const struct survey *v = &s->survey;
    struct whole all = {v->connections, "connection| of followed ports, of these:", false};
    struct whole frames = {c->of[COUNT_FRAMES], "packet|, of these:", false};
    text_heading(&s->text, out, "QUALITY");
    buffer_text(out, "\n");
    add_part(out, &all, v->client_only, "one-sided: no packet of the server");
    add_part(out, &all, v->server_only, "one-sided: no packet of the client");
    add_part(out, &all, v->doubled, "doubled: every packet twice");
    add_part(out, &all, v->reordered, "with segments out of order");
    add_part(out, &all, v->holed, "with holes: packets missing");
    add_part(out, &all, v->midstream, "begun before the capture");
    add_part(out, &all, v->silent, "without a byte of payload");
    add_part(out, &frames, c->of[COUNT_OTHER_PORTS], "of TCP ports that are not followed");
    add_part(out, &frames, c->of[COUNT_WALK_OTHER], "not TCP over IP");
    add_part(out, &frames, c->of[COUNT_WALK_SEALED], "encrypted whole: ESP, WireGuard, MACsec, wireless");
    add_part(out, &frames, c->of[COUNT_WALK_UNREAD], "in forms that are not read: L2TP, PPTP, wireless in pieces");
    add_part(out, &frames, c->of[COUNT_WALK_FRAGMENT], "IP fragments");
    add_part(out, &frames, c->of[COUNT_OVERSIZED], "longer than 1600 bytes: offload, or jumbo frames");
    add_part(out, &frames, c->of[COUNT_FRAMES_CUT], "cut by the snap length");
    add_part(out, &frames, c->of[COUNT_WALK_CUT] + c->of[COUNT_WALK_BAD] + c->of[COUNT_WALK_DEEP], "not readable");
    add_part(out, &frames, c->of[COUNT_WALK_LINK], "of a link type that is not read");
    add_part(out, &frames, c->of[COUNT_KERNEL_DROPS] + c->of[COUNT_INTERFACE_DROPS],
             "more were dropped on the way here");
    if (c->of[COUNT_INPUT_ERRORS])
        text_row(out, c->of[COUNT_INPUT_ERRORS], TEXT_INPUT_ERRORS);
    else if (!all.told && !frames.told)
        buffer_text(out, frames.count ? "  Nothing amiss.\n" : "  None.\n");
}

static void add_protocols(struct survey_state *s, struct buffer *out, const struct counters *c)
{
    static const struct {
        enum counter counter;
        const char *words;
    } rows[] = {{COUNT_HTTP1, "HTTP/1"},
                {COUNT_HTTP2, "HTTP/2"},
                {COUNT_TLS, "TLS, of these:"},
                {COUNT_TLS_OPENED, "  opened with a key"},
                {COUNT_TLS_CLOSED, "  that stay closed"},
                {COUNT_PROTOCOL_OTHER, "something else"},
                {COUNT_PROTOCOL_UNKNOWN, "too little to tell"}};
    text_heading(&s->text, out, "PROTOCOLS");
    buffer_text(out, "\n");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        add_share(out, c->of[rows[i].counter], s->survey.connections, rows[i].words);
    if (!s->survey.connections)
        buffer_text(out, "  None.\n");
    if (c->of[COUNT_KEYS_CONNECTIONS])
        add_share(out, c->of[COUNT_KEYS_CONNECTIONS] - c->of[COUNT_KEYS_UNASKED], c->of[COUNT_KEYS_CONNECTIONS],
                  "of the connections in key logs came by");
}

static void add_advice(struct survey_state *s, struct buffer *out, const struct counters *c)
{
    static const char *const words[ADVICES] = {
        [ADVICE_NOTHING_SEEN] =
            "Nothing of a followed port came by. Name the API servers' ports with -p, and see that the "
            "mirror sends what goes to them.",
        [ADVICE_OTHER_PORTS] =
            "Most segments are of ports that are not followed. If API servers are among them, name "
            "their ports with -p; if not, a filter expression keeps the rest out: it costs less in the "
            "kernel.",
        [ADVICE_ONE_SIDED] = "One direction is missing. Mirror both (rx and tx of the port, or both ports of an "
                             "asymmetric path): without the answers no verdict is certain.",
        [ADVICE_DOUBLED] = "Packets come twice: both ends of a path are mirrored. It does no harm but cost; one "
                           "direction of each port, or one of the two, is enough.",
        [ADVICE_LOSS] =
            "Packets are missing. The mirror's port may be oversubscribed: mirror less, or give it a faster "
            "port; a filter on the switch helps more than one here.",
        [ADVICE_KERNEL_DROPS] = "This machine did not keep up. Use a larger buffer (-B), or a filter expression.",
        [ADVICE_CUT] = "Packets were cut. Capture them whole: tcpdump -s 0, and no truncation in the mirror's session.",
        [ADVICE_REORDERED] =
            "Much comes out of order: the directions are mirrored over ways of unlike delay. It is put in "
            "order again, as long as nothing is missing.",
        [ADVICE_LINK] =
            "Some frames are of a link type that is not read: capture on another interface, or write Ethernet.",
        [ADVICE_CLOSED] = "Some TLS stays closed: without keys who connects is seen, and what they ask is inferred at "
                          "best. Where keys come from: kapiwatch-tls(7).",
        [ADVICE_UNPROVEN] =
            "Some endpoints answer requests, and nothing shows that they are API servers: no verdict finding "
            "speaks of them. Name those that are with -p or in the cluster map (-C).",
    };
    uint32_t advice = survey_advise(&s->survey, c);
    text_heading(&s->text, out, "WHAT TO CHANGE");
    for (unsigned i = 0; i < ADVICES; i++) {
        if (!(advice >> i & 1))
            continue;
        buffer_text(out, "\n  - ");
        text_wrap(&s->text, out, words[i], 4, 0);
    }
    if (!advice)
        buffer_text(out, "\n  Nothing: this is a good seat.\n");
}

static void survey_statistics(void *state, struct buffer *out, const struct statistics *statistics)
{
    struct survey_state *s = state;
    if (!statistics->at_end)
        return;
    survey_sort(&s->survey);
    text_heading(&s->text, out, "SURVEY");
    buffer_text(out, "\n");
    text_inputs(&s->text, out, statistics);
    add_endpoints(s, out);
    add_ways(s, out);
    add_protocols(s, out, statistics->counters);
    add_quality(s, out, statistics->counters);
    add_advice(s, out, statistics->counters);
}

const struct report_format report_survey = {.name = "survey",
                                            .events = 1U << REPORT_FLOW | 1U << REPORT_STATS,
                                            .whole = true,
                                            .open = survey_open,
                                            .close = free,
                                            .event = survey_event,
                                            .statistics = survey_statistics};
