/* What the tests of inference share: the shipped lists, and connections as they were measured. */
#ifndef TESTS_UNIT_INFER_RIG_H
#define TESTS_UNIT_INFER_RIG_H

#include <stdio.h>
#include <stdlib.h>

#include "sensor/complaint.h"
#include "sensor/detect/infer.h"
#include "sensor/event/auth.h"

static struct memory infer_memory = {.limit = 1 << 20};

/** Of the lists that the rules ship. */
static inline struct infer *shipped_infer(void)
{
    static const char *const names[] = {"list-tls-shapes.yaml", "list-tls-signs.yaml"};
    struct rule_file files[2];
    char path[2][512];
    for (size_t i = 0; i < 2; i++) {
        const char *root = getenv("srcdir");
        snprintf(path[i], sizeof path[i], "%s/rules/%s", root ? root : ".", names[i]);
        files[i] = (struct rule_file){.name = path[i], .file = fopen(path[i], "r")};
        assert_non_null(files[i].file);
    }
    struct complaint_list *complaints = complaint_list_new();
    struct rule_set *rules = rule_set_load(files, 2, complaints);
    complaint_list_free(complaints);
    fclose(files[0].file);
    fclose(files[1].file);
    assert_non_null(rules);
    struct infer *infer = infer_new(rules, &infer_memory);
    assert_non_null(infer);
    rule_set_free(rules);
    return infer;
}

/** A stranger's answer over HTTP/2 on a server that sends GOAWAY to strangers: 403 for a path. */
static inline struct flow_record stranger(unsigned body)
{
    return (struct flow_record){
        .event = {.size = sizeof(struct flow_record), .type = EVENT_FLOW},
        .closed = true,
        .from_start = true,
        .shape = {.client = TLS_CLIENT_ABSENT,
                  .asked = true,
                  .inside = TLS_INSIDE_HTTP2,
                  .sized = true,
                  .early_goaway = true,
                  .answers = 1,
                  .requests = 1,
                  .first_request = 50,
                  .answer = {{.head = 232, .body = (uint16_t)body, .more = 1}}},
    };
}

#endif
