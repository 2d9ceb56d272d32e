/* What is told of a whole run: its sources, its counters. */
#include "sensor/report/json_format.h"

void json_source(void *state, struct buffer *out, const struct source *s)
{
    struct json_state *keep = state;
    struct json j = json_begin(out);
    json_time(&j, "timestamp", &keep->clock, s->last);
    json_string(&j, "event_type", "source");
    json_ip(&j, "src_ip", s->ip);
    json_open(&j, "source", '{');
    json_flag(&j, "verified", s->verified);
    json_time(&j, "first", &keep->clock, s->first);
    json_time(&j, "last", &keep->clock, s->last);
    json_number(&j, "exchanges", s->exchanges);
    json_number(&j, "anonymous", s->states[AUTH_ANONYMOUS]);
    json_number(&j, "credentialed", s->states[AUTH_CREDENTIALED]);
    json_number(&j, "rejected", s->states[AUTH_REJECTED]);
    json_number(&j, "unknown", s->states[AUTH_UNKNOWN]);
    json_number(&j, "open_paths", s->open_paths);
    json_number(&j, "flows", s->flows);
    json_number(&j, "half_open", s->half_open);
    json_number(&j, "refused", s->refused);
    json_number(&j, "without_request", s->without_request);
    json_number(&j, "not_written", s->not_written);
    json_values(&j, "endpoints", "endpoints_left_out", &s->endpoints);
    json_values(&j, "user_agents", "user_agents_left_out", &s->agents);
    json_close(&j, '}');
    json_end(&j);
}

/* The part before the dot of a counter's name is its object; counters of a group stand together in counter.def. */
void json_statistics(void *state, struct buffer *out, const struct statistics *s)
{
    struct json_state *keep = state;
    struct json j = json_begin(out);
    if (s->counters->of[COUNT_FRAMES])
        json_time(&j, "timestamp", &keep->clock, s->last);
    json_string(&j, "event_type", "stats");
    json_open(&j, "stats", '{');
    struct slice open = slice_of("");
    for (int i = 0; i < COUNTERS; i++) {
        struct slice name = slice_of(counter_name((enum counter)i));
        struct slice group = slice_part(name, 0, slice_find(name, '.'));
        if (!slice_same(group, open)) {
            char text[32] = "";
            memcpy(text, group.data, group.size < sizeof text ? group.size : sizeof text - 1);
            if (open.size)
                json_close(&j, '}');
            json_open(&j, text, '{');
            open = group;
        }
        json_number(&j, (const char *)name.data + group.size + 1, s->counters->of[i]);
    }
    json_close(&j, '}');
    json_close(&j, '}');
    json_end(&j);
}
