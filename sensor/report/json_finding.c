/* Findings as EVE alerts, with what the rule and the finding say in objects of their own. */
#include "sensor/report/json_format.h"

#include "sensor/event/flow_record.h"

/* EVE counts from 1, the most severe. */
static unsigned severity(enum rule_level level)
{
    return level >= LEVEL_HIGH ? 1 : level == LEVEL_MEDIUM ? 2 : level == LEVEL_LOW ? 3 : 4;
}

static void put_strings(struct json *j, const char *name, const char *const *strings, size_t count)
{
    if (!count)
        return;
    json_open(j, name, '[');
    for (size_t i = 0; i < count; i++)
        json_string(j, NULL, strings[i]);
    json_close(j, ']');
}

/* Sigma's tag of an ATT&CK technique is "attack.t1526"; its id is written in capitals. */
static bool is_technique(const char *tag)
{
    return strncmp(tag, "attack.t", 8) == 0 && tag[8] >= '0' && tag[8] <= '9';
}

static void put_techniques(struct json *j, const struct rule_about *rule)
{
    json_open(j, "mitre_technique_id", '[');
    for (size_t i = 0; i < rule->tag_count; i++) {
        char id[16];
        if (!is_technique(rule->tags[i]))
            continue;
        size_t size = strnlen(rule->tags[i] + 7, sizeof id);
        memcpy(id, rule->tags[i] + 7, size);
        id[0] = 'T';
        json_text(j, NULL, (struct slice){(const uint8_t *)id, size});
    }
    json_close(j, ']');
}

static void put_alert(struct json *j, const struct rule_about *rule)
{
    bool techniques = false;
    for (size_t i = 0; i < rule->tag_count; i++)
        techniques = techniques || is_technique(rule->tags[i]);
    json_open(j, "alert", '{');
    json_string(j, "action", "allowed"); /* a listener stops nothing */
    json_number(j, "gid", 1);
    json_number(j, "signature_id", rule->number);
    json_number(j, "rev", 1);
    json_string(j, "signature", rule->title);
    json_string(j, "category", "Kubernetes Scanning Activity");
    json_number(j, "severity", severity(rule->level));
    if (techniques || rule->reference_count) {
        json_open(j, "metadata", '{');
        if (techniques)
            put_techniques(j, rule);
        put_strings(j, "reference", rule->references, rule->reference_count);
        json_close(j, '}');
    }
    json_close(j, '}');
}

static void put_rule(struct json *j, const struct rule_about *rule)
{
    json_open(j, "rule", '{');
    json_string(j, "id", rule->id);
    json_string(j, "title", rule->title);
    json_string(j, "level", rule_level_name(rule->level));
    put_strings(j, "tags", rule->tags, rule->tag_count);
    if (rule->provider[0])
        json_string(j, "provider", rule->provider);
    if (rule->file[0])
        json_string(j, "file", rule->file);
    json_close(j, '}');
}

/* Of what stays closed: nobody has read a request. */
static void put_signs(struct json *j, const struct finding *f)
{
    if (!f->suspicion && !f->signs)
        return;
    json_string(j, "basis", "inferred");
    json_number(j, "suspicion", f->suspicion);
    json_open(j, "signs", '[');
    for (unsigned i = 0; i < SUSPECTS; i++) {
        if (f->signs >> i & 1)
            json_string(j, NULL, suspect_name(i));
    }
    json_close(j, ']');
}

static void put_finding(struct json *j, struct value_clock *clock, const struct finding *f)
{
    json_open(j, "finding", '{');
    static const char *const subjects[SUBJECTS] = {
        [SUBJECT_SOURCE] = "source", [SUBJECT_ENDPOINT] = "endpoint", [SUBJECT_CLUSTER] = "cluster"};
    bool front = f->subject == SUBJECT_SOURCE && (f->front == FRONT_SUSPECTED || f->front == FRONT_UNNAMED);
    json_string(j, "subject", front ? "front" : subjects[f->subject]);
    if (f->front)
        json_string(j, "front", exchange_front_name(f->front));
    put_signs(j, f);
    json_number(j, "count", f->count);
    json_time(j, "first", clock, f->first);
    json_time(j, "last", clock, f->last);
    json_flag(j, "complete", f->complete);
    json_values(j, "user_agents", "user_agents_left_out", &f->agents);
    json_values(j, "verbs", "verbs_left_out", &f->verbs);
    json_values(j, "urls", "urls_left_out", &f->urls);
    json_values(j, "status_codes", "status_codes_left_out", &f->statuses);
    json_values(j, "reasons", "reasons_left_out", &f->reasons);
    json_values(j, "methods", "methods_left_out", &f->methods);
    json_values(j, "forwarded_for", "forwarded_for_left_out", &f->forwarded);
    json_values(j, "endpoints", "endpoints_left_out", &f->endpoints);
    json_values(j, "clients", "clients_left_out", &f->clients);
    json_close(j, '}');
}

void json_finding(void *state, struct buffer *out, const struct finding *f)
{
    struct json_state *s = state;
    struct json j = json_begin(out);
    json_time(&j, "timestamp", &s->clock, f->last);
    if (f->first_flow)
        json_number(&j, "flow_id", f->first_flow);
    json_string(&j, "event_type", "alert");
    if (f->subject == SUBJECT_SOURCE)
        json_ip(&j, "src_ip", f->source);
    json_ip(&j, "dest_ip", f->endpoint.ip);
    json_number(&j, "dest_port", f->endpoint.port);
    json_string(&j, "proto", "TCP");
    json_open(&j, "cluster", '{');
    if (f->cluster[0])
        json_string(&j, "name", f->cluster);
    if (f->provider[0])
        json_string(&j, "provider", f->provider);
    json_endpoint(&j, "endpoint", &f->endpoint);
    json_string(&j, "basis", endpoint_basis_name(f->basis));
    json_close(&j, '}');
    put_alert(&j, f->rule);
    put_rule(&j, f->rule);
    put_finding(&j, &s->clock, f);
    json_end(&j);
}
