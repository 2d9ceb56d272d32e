#include "sensor/detect/harmless.h"

#include "proto/packet/address.h"

/* Whether all come by the clock who knocked on a cluster without a handshake: load balancers that look whether a port
 * is open. */
static bool all_knock_regularly(const struct harmless *h, const struct value_list *clients)
{
    bool regular = clients->used > 0 && clients->left_out == 0;
    for (size_t i = 0; regular && i < clients->used; i++) {
        uint8_t ip[16];
        struct slice text = {(const uint8_t *)clients->values[i].text, clients->values[i].size};
        regular = address_parse(text, ip) && source_knocks_regularly(sources_find(h->sources, ip));
    }
    return regular;
}

/* And it asked for nothing but open paths, as far as is known. */
static bool is_expected(const struct harmless *h, const struct finding *f, const struct source *source)
{
    const struct cluster *cluster = h->map && f->cluster[0] ? cluster_named(h->map, f->cluster) : NULL;
    return cluster_expects(h->map, cluster, f->source) && source_keeps_to_open_paths(source);
}

/* @param source  the finding's subject; NULL: it is another, or not kept. */
static bool is_monitor(const struct harmless *h, const struct finding *f, const struct source *source)
{
    if (f->subject != SUBJECT_SOURCE)
        return !f->exchanges && all_knock_regularly(h, &f->clients);
    if (f->exchanges)
        return source_is_regular(source) || is_expected(h, f, source);
    return source_knocks_regularly(source) || source_is_steady(source);
}

/* A monitor, which was not known as one until its period was; a client that lost its credential, which has a finding of
 * its own since that was certain; one that had a credential all along. */
static bool turned_out_harmless(const struct harmless *h, const struct finding *f)
{
    const struct source *source = f->subject == SUBJECT_SOURCE ? sources_find(h->sources, f->source) : NULL;
    bool regular = is_monitor(h, f, source);
    bool misconfigured = !regular && f->exchanges && source_is_misconfigured(source);
    bool refuted = !regular && !f->exchanges && source_refutes(source, h->infer, f->signs, f->first);
    h->counters->of[COUNT_FINDINGS_REGULAR] += regular;
    h->counters->of[COUNT_FINDINGS_MISCONFIGURED] += misconfigured;
    h->counters->of[COUNT_FINDINGS_REFUTED] += refuted;
    return regular || misconfigured || refuted;
}

static bool is_suppressed(const struct harmless *h, const struct finding *f)
{
    struct slice agents[LIST_VALUES];
    for (size_t i = 0; i < f->agents.used; i++)
        agents[i] = (struct slice){(const uint8_t *)f->agents.values[i].text, f->agents.values[i].size};
    const struct suppress_question question = {.rule_id = f->rule->id,
                                               .rule_title = f->rule->title,
                                               .source = f->subject == SUBJECT_SOURCE ? f->source : NULL,
                                               .cluster = f->cluster[0] ? f->cluster : NULL,
                                               .endpoint = finding_endpoint(f),
                                               .agents = agents,
                                               .agent_count = f->agents.used,
                                               .more_agents = f->agent_missing || f->agents.left_out > 0,
                                               .time = f->last};
    bool suppressed = suppressions_match(h->suppressions, &question);
    h->counters->of[COUNT_FINDINGS_SUPPRESSED] += suppressed && f->complete;
    return suppressed;
}

/* The clients of a proxy that lends its credential are listed in its own finding, as far as the verdict on them is
 * inferred. */
bool harmless_is(const struct harmless *h, const struct finding *f, bool held)
{
    struct event about = finding_about(f);
    if (f->subject == SUBJECT_SOURCE && !f->observed && endpoints_lends(h->endpoints, &about)) {
        h->counters->of[COUNT_FINDINGS_LENT] += f->complete;
        return true;
    }
    return (held && turned_out_harmless(h, f)) || (h->suppressions && is_suppressed(h, f));
}
