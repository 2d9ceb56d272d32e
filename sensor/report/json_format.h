/* The format json: what its parts share. */
#ifndef SENSOR_REPORT_JSON_FORMAT_H
#define SENSOR_REPORT_JSON_FORMAT_H

#include "sensor/report/format.h"
#include "sensor/report/json.h"

struct json_plan;

/** What an output of this format keeps. */
struct json_state {
    struct value_clock clock;
    struct json_plan *plan; /* how events are written */
};

void json_event(void *state, struct buffer *out, const struct event *e);
void json_finding(void *state, struct buffer *out, const struct finding *f);
void json_source(void *state, struct buffer *out, const struct source *s);
void json_statistics(void *state, struct buffer *out, const struct statistics *s);

/** A list as [{"value":..,"count":..}], most frequent first, and how many hits were left out. */
void json_values(struct json *j, const char *name, const char *name_left_out, const struct value_list *list);

#endif
