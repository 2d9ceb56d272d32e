#include "sensor/detect/finding_order.h"

#include "proto/packet/tunnel.h"
#include "sensor/detect/likeness.h"

static int compare_endpoints(const struct finding *a, const struct finding *b)
{
    const struct address *x = &a->endpoint, *y = &b->endpoint;
    uint32_t network_x = tunnel_network(a->tunnel_kind, a->tunnel_id);
    uint32_t network_y = tunnel_network(b->tunnel_kind, b->tunnel_id);
    int order = memcmp(x->ip, y->ip, sizeof x->ip);
    if (!order)
        order = (x->port > y->port) - (x->port < y->port);
    return order ? order : (network_x > network_y) - (network_x < network_y);
}

static int compare_subjects(const struct finding *a, const struct finding *b)
{
    if (a->subject != b->subject)
        return a->subject < b->subject ? -1 : 1;
    int order = a->subject == SUBJECT_SOURCE ? memcmp(a->source, b->source, sizeof a->source) : 0;
    if (!order)
        order = strcmp(a->cluster, b->cluster);
    bool apart = a->subject == SUBJECT_SOURCE && !a->cluster[0];
    if (!order && apart && !a->exchanges != !b->exchanges)
        order = a->exchanges ? -1 : 1;
    if (!order && (a->subject == SUBJECT_ENDPOINT || (apart && a->exchanges)))
        order = compare_endpoints(a, b);
    return order;
}

bool finding_same_subject(const struct finding *a, const struct finding *b)
{
    return compare_subjects(a, b) == 0;
}

/* Of one subject: the most severe first, then what says in its own words what happened before a story's search, then
 * the most frequent. */
static bool stands_before(const struct kept_finding *a, const struct kept_finding *b)
{
    const struct finding *x = &a->tally->finding, *y = &b->tally->finding;
    if (a->rule->level != b->rule->level)
        return a->rule->level > b->rule->level;
    if (!*a->rule->story != !*b->rule->story)
        return !*a->rule->story;
    if (x->count != y->count)
        return x->count > y->count;
    if (x->first_flow != y->first_flow)
        return x->first_flow < y->first_flow;
    return a->rule->number < b->rule->number;
}

static bool by_subject(const struct kept_finding *a, const struct kept_finding *b)
{
    int order = compare_subjects(&a->tally->finding, &b->tally->finding);
    return order ? order < 0 : stands_before(a, b);
}

static int compare_severity(const struct kept_finding *a, const struct kept_finding *b)
{
    if (a->subject_level != b->subject_level)
        return a->subject_level > b->subject_level ? -1 : 1;
    return (a->subject_count < b->subject_count) - (a->subject_count > b->subject_count);
}

static bool by_likeness(const struct kept_finding *a, const struct kept_finding *b)
{
    int order = compare_severity(a, b);
    uint64_t x = a->tally->finding.alike, y = b->tally->finding.alike;
    if (order || x != y)
        return order ? order < 0 : x < y;
    return by_subject(a, b);
}

static bool by_severity(const struct kept_finding *a, const struct kept_finding *b)
{
    int order = compare_severity(a, b);
    if (!order)
        order = compare_subjects(&a->lead->tally->finding, &b->lead->tally->finding);
    return order ? order < 0 : by_subject(a, b);
}

typedef bool (*comes_before)(const struct kept_finding *a, const struct kept_finding *b);

static struct kept_finding *merge(struct kept_finding *a, struct kept_finding *b, comes_before before)
{
    struct kept_finding *head = NULL, **tail = &head;
    while (a && b) {
        struct kept_finding **from = before(b, a) ? &b : &a;
        *tail = *from;
        tail = &(*from)->after;
        *from = *tail;
    }
    *tail = a ? a : b;
    return head;
}

/* In place: at the end there may be no memory for anything. Afterwards `before` means nothing. */
static struct kept_finding *sorted(struct kept_finding *list, comes_before before)
{
    struct kept_finding *runs[64] = {0}; /* runs[i]: a sorted list of 2^i, or none */
    while (list) {
        struct kept_finding *one = list;
        list = list->after;
        one->after = NULL;
        size_t i = 0;
        for (; runs[i]; i++) {
            one = merge(runs[i], one, before);
            runs[i] = NULL;
        }
        runs[i] = one;
    }
    struct kept_finding *all = NULL;
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
        all = merge(runs[i], all, before);
    return all;
}

/* From `first` on, up to `end`, all is of one subject. */
static void mark_subject(struct kept_finding *first, const struct kept_finding *end)
{
    uint64_t alike = 0;
    bool known = true;
    for (const struct kept_finding *k = first; k != end; k = k->after) {
        uint64_t likeness = finding_likeness(&k->tally->finding, k->rule);
        known &= likeness != 0;
        alike = likeness_join(alike, likeness);
    }
    for (struct kept_finding *k = first; k != end; k = k->after) {
        k->subject_level = (uint8_t)first->rule->level;
        k->subject_count = first->tally->finding.count;
        k->tally->finding.alike = known ? alike : 0;
    }
}

static void mark_leads(struct kept_finding *list)
{
    const struct kept_finding *lead = list;
    for (struct kept_finding *k = list; k; k = k->after) {
        uint64_t alike = k->tally->finding.alike;
        bool same = alike ? alike == lead->tally->finding.alike && !compare_severity(lead, k)
                          : finding_same_subject(&lead->tally->finding, &k->tally->finding);
        lead = same ? lead : k;
        k->lead = lead;
    }
}

/* What is told of one subject stands together, where its most severe finding belongs. Of subjects that are alike the
 * first is found in an order that differs from run to run; the last one does not. */
struct kept_finding *finding_order(struct kept_finding *list)
{
    list = sorted(list, by_subject);
    for (struct kept_finding *first = list, *end; first; first = end) {
        end = first->after;
        while (end && finding_same_subject(&first->tally->finding, &end->tally->finding))
            end = end->after;
        mark_subject(first, end);
    }
    list = sorted(list, by_likeness);
    mark_leads(list);
    return sorted(list, by_severity);
}
