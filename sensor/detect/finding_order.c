#include "sensor/detect/finding_order.h"

#include "proto/packet/tunnel.h"

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

static bool by_severity(const struct kept_finding *a, const struct kept_finding *b)
{
    if (a->subject_level != b->subject_level)
        return a->subject_level > b->subject_level;
    if (a->subject_count != b->subject_count)
        return a->subject_count > b->subject_count;
    return by_subject(a, b);
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

/* What is told of one subject stands together, where its most severe finding belongs. */
struct kept_finding *finding_order(struct kept_finding *list)
{
    list = sorted(list, by_subject);
    for (struct kept_finding *k = list, *group = list; k; k = k->after) {
        if (!finding_same_subject(&k->tally->finding, &group->tally->finding))
            group = k;
        k->subject_level = (uint8_t)group->rule->level;
        k->subject_count = group->tally->finding.count;
    }
    return sorted(list, by_severity);
}
