/* Findings that the user knows and does not want to be told: by rule, source, cluster, endpoint and agent, each with a
 * reason and perhaps an end. */
#ifndef SENSOR_DETECT_SUPPRESS_H
#define SENSOR_DETECT_SUPPRESS_H

#include "sensor/detect/cluster.h"
#include "sensor/detect/document.h"
#include "sensor/detect/rule.h"
#include "sensor/detect/rule_pattern.h"

/** What a member says nothing of (NULL, no `source`, port 0), it holds for all of. Texts live as long as the
 * suppressions. */
struct suppression {
    const char *rule, *cluster, *agent; /* a rule's id or title; a pattern for agents */
    struct rule_pattern agents;         /* that */
    bool has_source, has_endpoint;
    struct prefix source, endpoint;
    uint16_t port; /* of the endpoint */
    const char *reason;
    moment until; /* the midnight (UTC) that ends its last day; INT64_MAX: no end */
    const char *file;
    unsigned line, column;
};

struct suppressions;

/** Reads a list of them. Whatever is wrong is complained of, all of it. @return NULL: no memory. */
struct suppressions *suppressions_read(const struct document *d, const struct yaml_node *list);
void suppressions_free(struct suppressions *s);

size_t suppressions_count(const struct suppressions *s);
const struct suppression *suppressions_at(const struct suppressions *s, size_t i);

/** What is asked: one hit, or a finding. */
struct suppress_question {
    const char *rule_id, *rule_title;
    const uint8_t *source;          /* NULL: the subject is no source, or several; then none that names one matches */
    const char *cluster;            /* NULL: of no cluster */
    const struct address *endpoint; /* NULL: several; then none that names one matches */
    const struct slice *agents;
    size_t agent_count;
    bool more_agents; /* there were others, which were left out or are not known, or hits without one */
    moment time;      /* the last of what is asked about */
};

/** The first that matches, in the order of the file; NULL: none, and it is to be told. One that names an agent matches
 * only if all agents there are match, and there are some. */
const struct suppression *suppressions_match(const struct suppressions *s, const struct suppress_question *q);

/** Warns of what can never match: rules that are not there, clusters that are not in the map, ends that have passed.
 *  @param now  the time that counts. */
void suppressions_check(const struct suppressions *s, const struct rule_set *rules, const struct cluster_map *map,
                        moment now, struct complaint_list *complaints);

enum { SUPPRESS_TEXT = 2048 };

/** A finding's suppression, to be pasted below `suppressions:`; lines end with newlines. It means no other subject.
 *  @param source, cluster, endpoint  NULL: of none. @return `text`. */
const char *suppress_text(const char *rule_id, const uint8_t *source, const char *cluster,
                          const struct address *endpoint, char text[static SUPPRESS_TEXT]);

#endif
