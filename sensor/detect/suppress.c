#include "sensor/detect/suppress.h"

#include <inttypes.h>

#include "sensor/event/value.h"

enum { SUPPRESS_MEMORY = 16 << 20, RULE_MAX = 256, AGENT_MAX = 256 };

static const int64_t nanoseconds_a_day = INT64_C(86400) * 1000000000;

struct suppressions {
    struct rule_arena arena; /* this struct is in its account, too */
    struct suppression *all;
    size_t count;
};

/* Days since 1970 of a date of the Gregorian calendar. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    /* Years begin in March, so that the day that is sometimes missing is the last of one. */
    int64_t y = month > 2 ? year : year - 1, m = month > 2 ? month - 3 : month + 9;
    int64_t day_of_year = (153 * m + 2) / 5 + day - 1;
    return y * 365 + y / 4 - y / 100 + y / 400 + day_of_year - 719468;
}

/* "2026-11-24", a day that there is. */
static bool parse_date(const char *text, moment *end)
{
    static const uint8_t lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    struct slice s = slice_of(text);
    uint64_t year, month, day;
    if (s.size != 10 || text[4] != '-' || text[7] != '-')
        return false;
    if (!document_number(slice_part(s, 0, 4), 2200, &year) || !document_number(slice_part(s, 5, 7), 12, &month) ||
        !document_number(slice_part(s, 8, 10), 31, &day))
        return false;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (year < 1970 || month == 0 || day == 0 || day > lengths[month - 1] || (month == 2 && day == 29 && !leap))
        return false;
    *end = (days_of((int64_t)year, (int64_t)month, (int64_t)day) + 1) * nanoseconds_a_day;
    return true;
}

static const char *copy_member(struct suppressions *s, const struct document *d, const struct yaml_node *entry,
                               const char *key, size_t most, const char *expected)
{
    const char *text = document_member(d, entry, key, most, expected);
    return text != NULL ? rule_arena_text(&s->arena, slice_of(text)) : NULL;
}

static void read_end(struct suppression *to, const struct document *d, const struct yaml_node *entry)
{
    char shown[DOCUMENT_SHOWN];
    const struct yaml_node *n = yaml_member(entry, "until");
    to->until = INT64_MAX;
    if (n != NULL && (n->kind != YAML_SCALAR || !parse_date(n->text, &to->until)))
        document_wrong(d, n, "found %s as the last day, expected a date like 2026-11-24", document_shown(n, shown));
}

static void read_endpoint(struct suppression *to, const struct document *d, const struct yaml_node *entry)
{
    const struct yaml_node *endpoint = yaml_member(entry, "endpoint"), *port = yaml_member(entry, "port");
    char shown[DOCUMENT_SHOWN];
    uint64_t number = 0;
    to->has_endpoint = endpoint != NULL && document_address(d, endpoint, &to->endpoint);
    if (port == NULL)
        return;
    if (endpoint == NULL)
        document_wrong(d, port, "found a port without an endpoint, expected the endpoint's address beside it");
    if (port->kind != YAML_SCALAR || !document_number(slice_of(port->text), UINT16_MAX, &number) || number == 0)
        document_wrong(d, port, "found %s as the endpoint's port, expected 1 to 65535", document_shown(port, shown));
    to->port = (uint16_t)number;
}

static void read_entry(struct suppressions *s, const struct document *d, const struct yaml_node *entry)
{
    static const char *const keys[] = {"rule", "source", "cluster", "endpoint", "port", "agent", "reason", "until"};
    if (!document_keys(d, entry, "a suppression", keys, sizeof keys / sizeof *keys))
        return;
    struct suppression *to = &s->all[s->count++];
    *to = (struct suppression){.line = entry->line, .column = entry->column};
    to->file = rule_arena_text(&s->arena, slice_of(d->file));
    to->rule = copy_member(s, d, entry, "rule", RULE_MAX, "the id or title of a rule");
    to->cluster = copy_member(s, d, entry, "cluster", CLUSTER_NAME_MAX, "the name of a cluster");
    to->agent = copy_member(s, d, entry, "agent", AGENT_MAX, "a user agent; * stands for any characters");
    to->reason = copy_member(s, d, entry, "reason", CLUSTER_REASON_MAX, "why it is not to be told");
    to->has_source =
        yaml_member(entry, "source") != NULL && document_address(d, yaml_member(entry, "source"), &to->source);
    read_endpoint(to, d, entry);
    read_end(to, d, entry);
    if (yaml_member(entry, "reason") == NULL)
        document_wrong(d, entry, "found no reason, expected one: why it is not to be told");
    if (yaml_member(entry, "rule") == NULL && yaml_member(entry, "cluster") == NULL &&
        yaml_member(entry, "endpoint") == NULL && yaml_member(entry, "agent") == NULL &&
        yaml_member(entry, "source") == NULL)
        document_wrong(d, entry,
                       "found nothing that says which findings are meant, expected rule, source, cluster, "
                       "endpoint or agent");
    if (to->agent != NULL &&
        rule_pattern_read(&to->agents, &s->arena, slice_of(to->agent), (struct pattern_form){.plain = true}) &&
        rule_pattern_literals(&to->agents) == 0)
        document_wrong(d, yaml_member(entry, "agent"),
                       "found \"%s\", which every agent matches, expected a part of its "
                       "name",
                       to->agent);
}

struct suppressions *suppressions_read(const struct document *d, const struct yaml_node *list)
{
    struct memory memory = {.limit = SUPPRESS_MEMORY};
    struct suppressions *s = memory_resize(&memory, NULL, 0, sizeof *s);
    char shown[DOCUMENT_SHOWN];
    if (s == NULL)
        return NULL;
    s->arena.memory = memory;
    size_t most = yaml_count(list);
    s->all = rule_arena_take(&s->arena, most, sizeof *s->all);
    if (list->kind != YAML_LIST || most == 0)
        document_wrong(d, list,
                       "found %s as suppressions, expected a list of maps with rule, source, cluster, endpoint, "
                       "agent, reason and until",
                       list->kind == YAML_LIST ? "an empty list" : document_shown(list, shown));
    for (const struct yaml_node *n = list->first; s->all != NULL && list->kind == YAML_LIST && n != NULL; n = n->next)
        read_entry(s, d, n);
    if (!s->arena.failed)
        return s;
    suppressions_free(s);
    return NULL;
}

void suppressions_free(struct suppressions *s)
{
    if (s == NULL)
        return;
    rule_arena_release(&s->arena);
    struct memory memory = s->arena.memory;
    memory_resize(&memory, s, sizeof *s, 0);
}

size_t suppressions_count(const struct suppressions *s)
{
    return s != NULL ? s->count : 0;
}

const struct suppression *suppressions_at(const struct suppressions *s, size_t i)
{
    return i < suppressions_count(s) ? &s->all[i] : NULL;
}

static bool agents_match(const struct rule_pattern *pattern, const struct suppress_question *q)
{
    for (size_t i = 0; i < q->agent_count; i++) {
        if (!rule_pattern_matches(pattern, q->agents[i]))
            return false;
    }
    return q->agent_count > 0 && !q->more_agents;
}

static bool is_rule(const char *rule, const char *id, const char *title)
{
    return slice_same_nocase(slice_of(rule), slice_of(id)) || strcmp(rule, title) == 0;
}

static bool is_endpoint(const struct suppression *s, const struct address *endpoint)
{
    return endpoint != NULL && prefix_holds(&s->endpoint, endpoint->ip) && (s->port == 0 || s->port == endpoint->port);
}

static bool matches(const struct suppression *s, const struct suppress_question *q)
{
    if (q->time >= s->until)
        return false;
    if (s->rule != NULL && !is_rule(s->rule, q->rule_id, q->rule_title))
        return false;
    if (s->has_source && (q->source == NULL || !prefix_holds(&s->source, q->source)))
        return false;
    if (s->cluster != NULL && (q->cluster == NULL || strcmp(s->cluster, q->cluster) != 0))
        return false;
    if (s->has_endpoint && !is_endpoint(s, q->endpoint))
        return false;
    return s->agent == NULL || agents_match(&s->agents, q);
}

const struct suppression *suppressions_match(const struct suppressions *s, const struct suppress_question *q)
{
    for (size_t i = 0; i < suppressions_count(s); i++) {
        if (matches(&s->all[i], q))
            return &s->all[i];
    }
    return NULL;
}

static bool has_rule(const struct rule_set *rules, const char *rule)
{
    for (size_t i = 0; i < rule_set_count(rules); i++) {
        const struct rule_about *about = rule_about(rule_set_at(rules, i));
        if (is_rule(rule, about->id, about->title))
            return true;
    }
    return false;
}

void suppressions_check(const struct suppressions *s, const struct rule_set *rules, const struct cluster_map *map,
                        moment now, struct complaint_list *complaints)
{
    for (size_t i = 0; i < suppressions_count(s); i++) {
        const struct suppression *one = &s->all[i];
        struct document d = {.file = one->file, .complaints = complaints};
        struct yaml_node at = {.line = one->line, .column = one->column};
        if (one->rule != NULL && !has_rule(rules, one->rule))
            document_warn(&d, &at, "no rule has the id or title \"%.100s\": nothing is suppressed", one->rule);
        if (one->cluster != NULL && cluster_named(map, one->cluster) == NULL)
            document_warn(&d, &at, "no cluster \"%.100s\" is in the cluster map: nothing is suppressed", one->cluster);
        if (one->until <= now) {
            char date[VALUE_MAX];
            struct value_clock clock = {.second = 0};
            value_time_plain(date, &clock, one->until - 1);
            document_warn(&d, &at, "it ended with %.10s: nothing is suppressed any more", date);
        }
    }
}

/* As YAML quotes it: in double quotes, which alone can say everything. Cut before it would not fit. */
static size_t add_quoted(char *to, size_t room, const char *text)
{
    size_t used = 0;
    if (room < 8)
        return 0;
    to[used++] = '"';
    for (; *text != '\0' && used + 6 < room; text++) {
        uint8_t b = (uint8_t)*text;
        if (b == '"' || b == '\\') {
            to[used++] = '\\';
            to[used++] = (char)b;
        } else if (b < 0x20 || b == 0x7f) {
            used += (size_t)snprintf(to + used, 5, "\\x%02x", b);
        } else {
            to[used++] = (char)b;
        }
    }
    to[used++] = '"';
    return used;
}

static size_t add_member(char *text, size_t used, const char *key, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return used;
    used += (size_t)snprintf(text + used, 32, "%s%s: ", used == 0 ? "- " : "  ", key);
    used += add_quoted(text + used, SUPPRESS_TEXT / 3, value);
    text[used++] = '\n';
    return used;
}

static size_t add_address(char *text, size_t used, const char *key, const uint8_t *ip)
{
    char address[VALUE_MAX];
    if (ip == NULL)
        return used;
    *value_ip(address, ip) = '\0';
    return add_member(text, used, key, address);
}

const char *suppress_text(const char *rule_id, const uint8_t *source, const char *cluster,
                          const struct address *endpoint, char text[static SUPPRESS_TEXT])
{
    size_t used = add_member(text, 0, "rule", rule_id);
    used = add_address(text, used, "source", source);
    used = add_member(text, used, "cluster", cluster);
    used = add_address(text, used, "endpoint", endpoint != NULL ? endpoint->ip : NULL);
    if (endpoint != NULL)
        used += (size_t)snprintf(text + used, SUPPRESS_TEXT - used, "  port: %u\n", endpoint->port);
    snprintf(text + used, SUPPRESS_TEXT - used, "%sreason: known, and no concern # say why\n", used == 0 ? "- " : "  ");
    return text;
}
