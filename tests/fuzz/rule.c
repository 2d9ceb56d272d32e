/* Any bytes as a file of rules and lists: it is refused with a complaint, or its rules can be matched, each the
 * short way and the long one, and all agree. */
#include <stdlib.h>

#include "proto/kube/credential.h"
#include "sensor/complaint.h"
#include "sensor/detect/rule_match.h"
#include "sensor/event/auth.h"
#include "sensor/event/exchange.h"
#include "sensor/event/field.h"

static struct event *request(struct event_room *room)
{
    struct exchange *x = exchange_begin(room);
    x->event.server.port = 6443;
    x->status = 403;
    x->auth_state = AUTH_ANONYMOUS;
    x->auth_evidence = 1U << EVIDENCE_NO_CREDENTIAL | 1U << EVIDENCE_STATUS_USER;
    x->method = event_add_text(&x->event, slice_of("GET"), 64);
    x->target = event_add_text(&x->event, slice_of("/api/v1/pods?limit=5&aaaaaaaaaaaaaaaaaaaaaaaaab"), 64);
    event_set_unknown(&x->event, EVENT_KUBE_REASON);
    return &x->event;
}

static void judge(const struct rule_set *set, enum rule_mode mode)
{
    struct event_room room;
    const struct event *e = request(&room);
    struct rule_scratch *scratch = rule_scratch_new(set);
    const struct rule *const *fired;
    rule_scratch_set_mode(scratch, mode);
    size_t count = rule_set_match(set, scratch, e, &fired), true_ones = 0;
    for (size_t i = 0; i < rule_set_count(set); i++) {
        const struct rule *rule = rule_set_at(set, i);
        enum truth truth = rule_evaluate_slowly(rule->condition, scratch, e);
        if (truth != rule_evaluate_node(rule->condition, scratch, e))
            abort();
        bool asked = rule->about.event == e->type && (mode == RULE_MODE_ALL || *rule->about.story);
        true_ones += asked && truth == IS_TRUE;
    }
    if (count != true_ones)
        abort();
    rule_scratch_free(scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    FILE *file = fmemopen((void *)(uintptr_t)data, size, "r");
    if (!file)
        return 0;
    struct complaint_list *complaints = complaint_list_new();
    struct rule_set *set = rule_set_load(&(struct rule_file){.name = "r", .file = file}, 1, complaints);
    if (!set != (complaint_errors(complaints) > 0))
        abort();
    for (unsigned mode = 0; set && mode < RULE_MODES; mode++)
        judge(set, (enum rule_mode)mode);
    rule_set_free(set);
    complaint_list_free(complaints);
    fclose(file);
    return 0;
}
