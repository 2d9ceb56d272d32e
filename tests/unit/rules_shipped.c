/* The rules of rules/: each fires on an exchange made for it, and stays silent on its near misses; rules_shipped.yaml
 * has them. */
#include "sensor/detect/rule.h"

#include <dirent.h>
#include <fnmatch.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/kube/request.h"
#include "proto/packet/address.h"
#include "sensor/event/flow_record.h"
#include "sensor/yaml.h"
#include "tests/unit/rule_rig.h"

enum { RULES_MAX = 128, PATH_SIZE = 4096 };

struct shipped {
    struct rule_set *set;
    struct rule_scratch *scratch;
    struct yaml *cases;
    bool tried[RULES_MAX][2]; /* silent, fires */
};

static const char *path_of(const char *name, char path[static PATH_SIZE])
{
    const char *source = getenv("srcdir");
    snprintf(path, PATH_SIZE, "%s/%s", source ? source : ".", name);
    return path;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_rule(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && strcmp(dot, ".yaml") == 0;
}

static struct rule_set *load_shipped(void)
{
    char folder[PATH_SIZE], path[2 * PATH_SIZE];
    struct dirent **names;
    struct rule_file files[RULES_MAX];
    int count = scandir(path_of("rules", folder), &names, is_rule, by_name);
    assert_in_range(count, 1, RULES_MAX);
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
        files[i] = (struct rule_file){.name = names[i]->d_name, .file = fopen(path, "r")};
        assert_non_null(files[i].file);
    }
    struct complaint_list *complaints = complaint_list_new();
    struct rule_set *set = rule_set_load(files, (size_t)count, complaints);
    char *said = rule_rig_said(complaints);
    assert_string_equal(said, "");
    free(said);
    for (int i = 0; i < count; i++) {
        fclose(files[i].file);
        free(names[i]);
    }
    free(names);
    return set;
}

static int setup(void **state)
{
    static struct shipped s;
    char path[PATH_SIZE];
    struct complaint_list *complaints = complaint_list_new();
    FILE *file = fopen(path_of("tests/unit/rules_shipped.yaml", path), "r");
    assert_non_null(file);
    s.cases = yaml_read(file, "rules_shipped.yaml", complaints);
    complaint_list_print(complaints, stderr);
    complaint_list_free(complaints);
    fclose(file);
    s.set = load_shipped();
    assert_true(s.cases && s.set && rule_set_count(s.set) <= RULES_MAX);
    s.scratch = rule_scratch_new(s.set);
    *state = &s;
    return 0;
}

static int teardown(void **state)
{
    struct shipped *s = *state;
    rule_scratch_free(s->scratch);
    rule_set_free(s->set);
    yaml_release(s->cases);
    return 0;
}

static uint64_t number_of(const struct event_field *f, const struct yaml_node *value)
{
    uint64_t bits = 0;
    if (f->kind == FIELD_NUMBER || f->kind == FIELD_COUNT)
        return strtoull(value->text, NULL, 10);
    if (f->kind == FIELD_FLAG)
        return strcmp(value->text, "true") == 0;
    const struct yaml_node *first = value->kind == YAML_LIST ? value->first : value;
    for (const struct yaml_node *n = first; n; n = value->kind == YAML_LIST ? n->next : NULL) {
        unsigned i = 0;
        while (i < 64 && (!f->text(i) || strcmp(f->text(i), n->text) != 0))
            i++;
        if (i == 64)
            fail_msg("rules_shipped.yaml:%u: %s is never %s", n->line, f->name, n->text);
        if (f->kind == FIELD_NAME)
            return i;
        bits |= UINT64_C(1) << i;
    }
    return bits;
}

/* As who writes the record does, behind the target. */
static void set_path(struct exchange *x, struct slice target)
{
    uint8_t room[1024];
    struct request_info info;
    request_info_read(&info, slice_of("GET"), target, false, room, sizeof room);
    x->path = event_add_text(&x->event, info.path, sizeof room);
}

static void set_field(struct event *e, const struct yaml_node *value)
{
    int field = event_field_find(value->key);
    if (field < 0)
        fail_msg("rules_shipped.yaml:%u: no field %s", value->line, value->key);
    const struct event_field *f = &event_fields[field];
    uint8_t *at = (uint8_t *)e + f->offset;
    if (f->kind == FIELD_TEXT) {
        *(struct text *)at = event_add_text(e, slice_of(value->text), 1024);
        if (field == EVENT_HTTP_URL)
            set_path((struct exchange *)e, slice_of(value->text));
    } else if (f->kind == FIELD_IP) {
        assert_true(address_parse(slice_of(value->text), ((struct address *)at)->ip));
    } else if (value->kind == YAML_NULL) {
        memset(at, 0, f->width);
    } else {
        uint64_t number = number_of(f, value);
        memcpy(at, &number, f->width); /* tests run where the first byte is the lowest */
        assert_true(event_field_number(at, f->width) == number);
    }
}

/* Of the type that the rule is about; `room` has what the type's struct says, all zeros. */
static struct event *begin(const struct shipped *s, size_t rule, struct event_room *room)
{
    struct event *e = &exchange_begin(room)->event;
    if (rule_about(rule_set_at(s->set, rule))->event == EVENT_FLOW) {
        struct flow_record *f = (struct flow_record *)room->bytes;
        *f = (struct flow_record){.event = {.size = sizeof *f, .type = EVENT_FLOW}};
    }
    return e;
}

/* `like` names an exchange to begin with, `unknown` fields that were not seen; all else are fields. */
static void make(const struct shipped *s, struct event *e, const struct yaml_node *exchange)
{
    const struct yaml_node *like = yaml_member(exchange, "like"), *unknown = yaml_member(exchange, "unknown");
    if (like) {
        const struct yaml_node *base = yaml_member(yaml_member(yaml_document(s->cases, 0), "exchanges"), like->text);
        if (!base)
            fail_msg("rules_shipped.yaml:%u: no exchange %s", like->line, like->text);
        make(s, e, base);
    }
    for (const struct yaml_node *n = exchange->first; n; n = n->next) {
        if (n != like && n != unknown)
            set_field(e, n);
    }
    for (const struct yaml_node *n = unknown ? unknown->first : NULL; n; n = n->next) {
        int field = event_field_find(n->text);
        assert_true(field >= 0);
        event_set_unknown(e, (enum event_field_id)field);
        if (field == EVENT_HTTP_URL)
            event_set_unknown(e, EVENT_KUBE_PATH);
    }
}

static size_t find_rule(const struct shipped *s, const struct yaml_node *id)
{
    size_t i = 0;
    while (i < rule_set_count(s->set) && strcmp(rule_about(rule_set_at(s->set, i))->id, id->text) != 0)
        i++;
    if (i == rule_set_count(s->set))
        fail_msg("rules_shipped.yaml:%u: no rule %s", id->line, id->text);
    return i;
}

static void try_exchanges(struct shipped *s, const struct yaml_node *document, bool fires)
{
    const struct yaml_node *list = yaml_member(document, fires ? "fires" : "silent");
    size_t rule = find_rule(s, yaml_member(document, "rule"));
    for (const struct yaml_node *n = list ? list->first : NULL; n; n = n->next) {
        struct event_room room;
        struct event *e = begin(s, rule, &room);
        make(s, e, n);
        const struct rule *const *fired;
        size_t count = rule_set_match(s->set, s->scratch, e, &fired);
        bool found = false;
        for (size_t i = 0; i < count; i++)
            found |= fired[i] == rule_set_at(s->set, rule);
        if (found != fires)
            fail_msg("rules_shipped.yaml:%u: %s %s", n->line, rule_about(rule_set_at(s->set, rule))->title,
                     found ? "fires" : "is silent");
        s->tried[rule][fires] = true;
    }
}

static void fires_on_its_own_and_not_on_near_misses(void **state)
{
    struct shipped *s = *state;
    for (size_t i = 1; i < yaml_documents(s->cases); i++) {
        rule_scratch_set_mode(s->scratch, RULE_MODE_ALL);
        try_exchanges(s, yaml_document(s->cases, i), true);
        try_exchanges(s, yaml_document(s->cases, i), false);
    }
    for (size_t i = 0; i < rule_set_count(s->set); i++) {
        if (!s->tried[i][0] || !s->tried[i][1])
            fail_msg("%s has no exchange and near miss of its own", rule_about(rule_set_at(s->set, i))->title);
    }
}

/* To the letter: six rules and no other, and what is ordinary counts. */
static void the_story_alone_to_the_letter(void **state)
{
    struct shipped *s = *state;
    static const char *const SIX[] = {"294c4686-63dd-4fe6-93a2-ca807626704a", "dbfca1dd-b8e5-4ba4-be0e-e565e5d62002",
                                      "19b53215-4a16-405b-8087-9e6acf619842", "db5957ec-0144-4c56-b512-9dccbe7a2d26",
                                      "c5e5bd5c-1013-4841-8b23-e7b3253c840a", "86aad3e0-732f-4f66-bbbc-70df448e461d"};
    size_t stories = 0;
    for (size_t i = 0; i < rule_set_count(s->set); i++) {
        const struct rule_about *about = rule_about(rule_set_at(s->set, i));
        if (!*about->story)
            continue;
        bool known = false;
        for (size_t k = 0; k < 6; k++)
            known |= strcmp(about->id, SIX[k]) == 0;
        assert_true(known && about->ordinary_excluded && *about->provider && about->level == LEVEL_LOW);
        stories++;
    }
    assert_int_equal(stories, 6);
    struct event_room room;
    struct exchange *x = exchange_begin(&room);
    make(s, &x->event, yaml_member(yaml_member(yaml_document(s->cases, 0), "exchanges"), "pods_refused"));
    x->ordinary = ORDINARY_EXPECTED;
    const struct rule *const *fired;
    rule_scratch_set_mode(s->scratch, RULE_MODE_LITERAL);
    assert_int_equal(rule_set_match(s->set, s->scratch, &x->event, &fired), 3);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(rule_about(fired[i])->story, "kubernetes-scanning-activity");
    rule_scratch_set_mode(s->scratch, RULE_MODE_ALL);
    assert_int_equal(rule_set_match(s->set, s->scratch, &x->event, &fired), 0);
}

/* What a person needs to act on a finding. */
static void rules_say_what_to_do(void **state)
{
    struct shipped *s = *state;
    for (size_t i = 0; i < rule_set_count(s->set); i++) {
        const struct rule_about *about = rule_about(rule_set_at(s->set, i));
        assert_true(strlen(about->description) > 100 && about->reference_count > 0 && about->false_positive_count > 0);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(about->title, rule_about(rule_set_at(s->set, j))->title);
    }
}

/* Whether the agent is one that the lists have of this tool, as the C library reads their wildcards. */
static bool is_agent_of(const struct rule_set *set, const char *agent, const char *name)
{
    static const char *const lists[] = {"definite_scanners", "research_scanners", "cluster_auditors",
                                        "enumeration_tools", "broken_agents",     "metasploit"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        for (const struct rule_entry *entry = rule_set_entries(set, lists[i]); entry; entry = entry->next) {
            if (strcmp(entry->tool, name) == 0 && fnmatch(entry->value, agent, FNM_CASEFOLD) == 0)
                return true;
        }
    }
    return false;
}

/* One agent at a time, on a request that is otherwise in order: which lists alert, and which tool it was. */
static void scanner_agents(void **state)
{
    struct shipped *s = *state;
    static const struct {
        const char *agent, *tool; /* NULL: no rule fires */
    } AGENTS[] = {
        {"Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)", "nmap"},
        {"masscan/1.0 (https://github.com/robertdavidgraham/masscan)", "masscan"},
        {"ivre-masscan/1.3 https://github.com/robertdavidgraham/", "masscan"},
        {"Mozilla/5.0 zgrab/0.x", "zgrab"},
        {"gobuster/3.6", "gobuster"},
        {"Fuzz Faster U Fool v2.1.0-dev", "ffuf"},
        {"feroxbuster/2.10.1", "feroxbuster"},
        {"Wfuzz/3.1.0", "wfuzz"},
        {"WhatWeb/0.5.5", "WhatWeb"},
        {"Mozilla/5.00 (Nikto/2.1.6) (Evasions:None) (Test:map_codes)", "nikto"},
        {"sqlmap/1.7.2#stable (https://sqlmap.org)", "sqlmap"},
        {"Nuclei - Open-source project (github.com/projectdiscovery/nuclei)", "nuclei"},
        {"l9explore/1.2.2", "l9explore"},
        {"l9tcpid/v1.1.0", "l9tcpid"},
        {"Mozilla/5.0 (l9scan/2.0.1323e2733313e2934313e25323; +https://leakix.net)", "l9scan"},
        {"Mozilla/4.0 (Hydra)", "Hydra"},
        {"Mozilla/5.0 (compatible; CensysInspect/1.1; +https://about.censys.io/)", "Censys"},
        {"Hello from Palo Alto Networks, find out more about our scans in https://docs-cortex.paloaltonetworks.com/r/1",
         "Cortex Xpanse"},
        {"Mozilla/5.0 (compatible; InternetMeasurement/1.0; +https://internet-measurement.com/)",
         "InternetMeasurement"},
        {"kubectl/v1.28.2 (linux/amd64) kubernetes/89a4ea3", NULL},
        {"kube-probe/1.28", NULL},
        {"GoogleHC/1.0", NULL},
        {"ELB-HealthChecker/2.0", NULL},
        {"AWS Security Scanner", NULL},
        {"curl/7.88.1", NULL},
        {"Wget/1.21.3 (linux-gnu)", NULL},
        {"python-requests/2.28.1", NULL},
        {"Go-http-client/1.1", NULL},
        {"Go-http-client/2.0", NULL},
        {"okhttp/4.9.0", NULL},
        {"Prometheus/2.45.0", NULL},
        {"Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0", NULL},
        {"OpenAPI-Generator/29.0.0/python", NULL},
        {"kubescape/v0.0.0 (linux/amd64) kubernetes/$Format", NULL}, /* with a credential */
    };
    for (size_t i = 0; i < sizeof AGENTS / sizeof *AGENTS; i++) {
        struct event_room room;
        struct exchange *x = exchange_begin(&room);
        make(s, &x->event, yaml_member(yaml_member(yaml_document(s->cases, 0), "exchanges"), "pods_listed"));
        x->agent = event_add_text(&x->event, slice_of(AGENTS[i].agent), 256);
        const struct rule *const *fired;
        size_t count = rule_set_match(s->set, s->scratch, &x->event, &fired);
        if (count != (AGENTS[i].tool != NULL) || (count && !is_agent_of(s->set, AGENTS[i].agent, AGENTS[i].tool)))
            fail_msg("%s: %zu fire", AGENTS[i].agent, count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_on_its_own_and_not_on_near_misses),
        cmocka_unit_test(the_story_alone_to_the_letter),
        cmocka_unit_test(rules_say_what_to_do),
        cmocka_unit_test(scanner_agents),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
