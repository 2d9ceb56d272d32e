/* What the tests of rules share: loading a text, and the one event that they ask about. */
#ifndef TESTS_UNIT_RULE_RIG_H
#define TESTS_UNIT_RULE_RIG_H

#include <stdlib.h>

#include "proto/kube/credential.h"
#include "sensor/complaint.h"
#include "sensor/detect/rule.h"
#include "sensor/event/auth.h"
#include "sensor/event/exchange.h"
#include "sensor/event/field.h"

#define ID   "1b5f3c0e-6d0a-4a52-9c7e-2f8f5a1d7b36"
#define HEAD "title: A\nid: " ID "\nlevel: high\nlogsource: {product: kubernetes, service: audit}\n"

/** All that was complained of, for the caller to free. */
static inline char *rule_rig_said(struct complaint_list *complaints)
{
    char *said;
    size_t size;
    FILE *out = open_memstream(&said, &size);
    complaint_list_print(complaints, out);
    fclose(out);
    complaint_list_free(complaints);
    return said;
}

/** Loads text as the file r.yaml. */
static inline struct rule_set *load(const char *text, char **said)
{
    struct complaint_list *complaints = complaint_list_new();
    FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    struct rule_file files[] = {{.name = "r.yaml", .file = file}};
    struct rule_set *set = rule_set_load(files, 1, complaints);
    fclose(file);
    *said = rule_rig_said(complaints);
    return set;
}

/** GET /api/v1/pods?limit=5 by nobody, answered 403. */
static inline struct event *request(struct event_room *room)
{
    struct exchange *x = exchange_begin(room);
    memcpy(x->event.client.ip, (uint8_t[]){[10] = 0xFF, [11] = 0xFF, 192, 0, 2, 7}, 16);
    memcpy(x->event.server.ip, (uint8_t[]){0x20, 0x01, 0x0D, 0xB8, [15] = 1}, 16);
    x->event.server.port = 6443;
    x->request = x->answer = SEEN_WHOLE;
    x->event.vlan[0] = 110;
    x->event.vlan[1] = 20;
    x->event.vlans = 2;
    x->status = 403;
    x->digest = 0xAB;
    x->auth_state = AUTH_ANONYMOUS;
    x->auth_evidence = 1U << EVIDENCE_NO_CREDENTIAL | 1U << EVIDENCE_STATUS_USER;
    x->method = event_add_text(&x->event, slice_of("GET"), 64);
    x->target = event_add_text(&x->event, slice_of("/api/v1/pods?limit=5"), 64);
    x->agent = event_add_text(&x->event, slice_of("caf\xC3\xA9*\\probe/1.0"), 64);
    x->api_version = event_add_text(&x->event, slice_of("limit=5"), 64); /* made up, for comparing fields */
    x->subresource = event_add_text(&x->event, slice_of("/API"), 64);
    x->verb = event_add_text(&x->event, slice_of("list"), 64);
    x->user = event_add_text(&x->event, slice_of("system:anonymous"), 64);
    event_set_unknown(&x->event, EVENT_KUBE_REASON);
    event_set_unknown(&x->event, EVENT_KUBE_NAME);
    return &x->event;
}

#endif
