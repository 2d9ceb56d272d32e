#include "sensor/report/json_format.h"

#include "sensor/report/json_plan.h"

#include <stdlib.h>

void json_values(struct json *j, const char *name, const char *name_left_out, const struct value_list *list)
{
    if (list->used) {
        uint16_t order[LIST_VALUES];
        value_list_order(list, order);
        json_open(j, name, '[');
        for (unsigned i = 0; i < list->used; i++) {
            const struct value_count *v = &list->values[order[i]];
            json_open(j, NULL, '{');
            json_text(j, "value", (struct slice){(const uint8_t *)v->text, v->size});
            json_number(j, "count", v->count);
            json_close(j, '}');
        }
        json_close(j, ']');
    }
    if (list->left_out)
        json_number(j, name_left_out, list->left_out);
}

static void json_state_close(void *state)
{
    struct json_state *s = state;
    if (s)
        json_plan_free(s->plan);
    free(s);
}

static void *json_state_open(const struct report_style *style)
{
    (void)style; /* for people */
    struct json_state *s = calloc(1, sizeof *s);
    if (s && (s->plan = json_plan_new()))
        return s;
    json_state_close(s);
    return NULL;
}

const struct report_format report_json = {.name = "json",
                                          .events = (1U << REPORT_EVENTS) - 1,
                                          .open = json_state_open,
                                          .close = json_state_close,
                                          .event = json_event,
                                          .finding = json_finding,
                                          .source = json_source,
                                          .statistics = json_statistics};
