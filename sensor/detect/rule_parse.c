#include "sensor/detect/rule_parse.h"

#include <stdarg.h>

#include "sensor/detect/document.h"

enum { TITLE_MAX = 256 };

void rule_wrong(const struct rule_reader *r, unsigned line, unsigned column, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    complain_quoting(r->complaints, false, r->file, line, column, format, args);
    va_end(args);
}

void rule_warn(const struct rule_reader *r, unsigned line, unsigned column, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    complain_quoting(r->complaints, true, r->file, line, column, format, args);
    va_end(args);
}

const struct yaml_node *rule_needed(const struct rule_reader *r, const struct yaml_node *map, const char *key,
                                    const char *in)
{
    const struct yaml_node *n = yaml_member(map, key);
    if (!n)
        rule_wrong(r, map->line, map->column, "found no '%s', expected one in every %s", key, in);
    return n;
}

static const struct yaml_node *needed(const struct rule_reader *r, const struct yaml_node *map, const char *key)
{
    return rule_needed(r, map, key, "rule");
}

const char *rule_read_text(const struct rule_reader *r, const struct yaml_node *n)
{
    if (!n)
        return "";
    if (n->kind != YAML_SCALAR) {
        rule_wrong(r, n->line, n->column, "found no text as '%s', expected one", n->key ? n->key : "value");
        return "";
    }
    const char *copy = rule_arena_text(r->arena, (struct slice){(const uint8_t *)n->text, n->size});
    return copy ? copy : "";
}

static const char *const *read_texts(const struct rule_reader *r, const struct yaml_node *n, size_t *count)
{
    *count = 0;
    if (!n || n->kind == YAML_NULL)
        return NULL;
    const char **texts = rule_arena_take(r->arena, yaml_count(n) + 1, sizeof *texts);
    if (!texts || n->kind == YAML_MAP) {
        if (texts)
            rule_wrong(r, n->line, n->column, "found a map as '%s', expected a list of texts", n->key);
        return NULL;
    }
    for (const struct yaml_node *m = NULL; (m = document_each(n, m));) {
        if (m->kind != YAML_SCALAR) {
            rule_wrong(r, m->line, m->column, "found no text in '%s', expected a list of texts", n->key);
            continue;
        }
        const char *copy = rule_arena_text(r->arena, (struct slice){(const uint8_t *)m->text, m->size});
        if (copy)
            texts[(*count)++] = copy;
    }
    return texts;
}

static bool is_uuid(const char *text)
{
    static const char SHAPE[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    for (size_t i = 0; i < sizeof SHAPE; i++) {
        bool hex = text[i] && strchr("0123456789abcdefABCDEF", text[i]);
        if (SHAPE[i] == 'x' ? !hex : text[i] != SHAPE[i])
            return false;
    }
    return true;
}

/* FNV-1a over the id in lower case, 31 bits, because readers of EVE take it as a signed number. Never 0. */
static uint32_t number_of(const char *id)
{
    uint32_t hash = 2166136261U;
    for (; *id; id++)
        hash = (hash ^ byte_lower((uint8_t)*id)) * 16777619U;
    hash &= 0x7FFFFFFF;
    return hash ? hash : 1;
}

/* One of a few words. @return its index; 0 where the key is not there or its value is none of them. */
static size_t read_word(const struct rule_reader *r, const struct yaml_node *d, const char *key,
                        const char *const *words, const char *expected)
{
    const struct yaml_node *n = yaml_member(d, key);
    if (!n)
        return 0;
    for (size_t i = 0; words[i]; i++) {
        if (strcmp(n->text, words[i]) == 0)
            return i;
    }
    rule_wrong(r, n->line, n->column, "found '%.64s' as %s, expected %s", n->text, key, expected);
    return 0;
}

static void check_date(const struct rule_reader *r, const struct yaml_node *n)
{
    static const char SHAPE[] = "0000-00-00";
    bool good = !n || n->size == sizeof SHAPE - 1;
    for (size_t i = 0; n && good && i < n->size; i++)
        good = SHAPE[i] == '0' ? n->text[i] >= '0' && n->text[i] <= '9' : n->text[i] == SHAPE[i];
    if (good)
        return;
    rule_wrong(r, n->line, n->column, "found '%.64s' as %s, expected a day as 2026-11-24", n->text, n->key);
}

static void check_tags(const struct rule_reader *r, const struct yaml_node *tags)
{
    for (const struct yaml_node *n = tags && tags->kind == YAML_LIST ? tags->first : NULL; n; n = n->next) {
        const char *dot = strchr(n->text, '.');
        if (n->kind != YAML_SCALAR || (dot && dot > n->text && dot[1]))
            continue;
        rule_wrong(r, n->line, n->column, "found '%.64s' as a tag, expected 'namespace.value', as attack.t1526",
                   n->text);
    }
}

static void read_custom(const struct rule_reader *r, const struct yaml_node *d, struct rule_about *about)
{
    static const char *const SUBJECTS_NAMED[] = {"source", "endpoint", "cluster", NULL};
    static const char *const ORDINARY[] = {"counted", "excluded", NULL};
    about->provider = rule_read_text(r, yaml_member(d, "provider"));
    about->story = rule_read_text(r, yaml_member(d, "story"));
    about->subject = (enum rule_subject)read_word(r, d, "subject", SUBJECTS_NAMED, "source, endpoint or cluster");
    about->ordinary_excluded = read_word(r, d, "ordinary", ORDINARY, "counted or excluded") != 0;
}

static void read_level(const struct rule_reader *r, const struct yaml_node *level, struct rule_about *about)
{
    int known = level ? rule_level_of(level->text) : LEVEL_LOW;
    if (known < 0)
        rule_wrong(r, level->line, level->column,
                   "found '%s' as level, expected informational, low, medium, high or critical", level->text);
    about->level = known < 0 ? LEVEL_LOW : (enum rule_level)known;
}

static void read_identity(const struct rule_reader *r, const struct yaml_node *d, struct rule_about *about)
{
    const struct yaml_node *title = needed(r, d, "title"), *id = needed(r, d, "id");
    about->title = rule_read_text(r, title);
    about->id = rule_read_text(r, id);
    about->number = number_of(about->id);
    if (title && title->kind == YAML_SCALAR && (!*about->title || strlen(about->title) > TITLE_MAX))
        rule_wrong(r, title->line, title->column, "found a title of %zu bytes, expected 1 to %d", title->size,
                   TITLE_MAX);
    if (id && id->kind == YAML_SCALAR && !is_uuid(about->id))
        rule_wrong(r, id->line, id->column, "found '%s' as id, expected a UUID", id->text);
}

static void read_about(const struct rule_reader *r, const struct yaml_node *d, struct rule_about *about)
{
    static const char *const STATUSES[] = {"stable", "test", "experimental", "deprecated", "unsupported", NULL};
    static const char *const TAXONOMIES[] = {"sigma", NULL};
    about->file = r->file;
    about->line = d->line;
    read_identity(r, d, about);
    read_level(r, needed(r, d, "level"), about);
    about->description = rule_read_text(r, yaml_member(d, "description"));
    read_word(r, d, "status", STATUSES, "stable, test, experimental, deprecated or unsupported");
    read_word(r, d, "taxonomy", TAXONOMIES, "sigma, whose names of fields are read");
    rule_read_text(r, yaml_member(d, "author"));
    check_date(r, yaml_member(d, "date"));
    check_date(r, yaml_member(d, "modified"));
    check_tags(r, yaml_member(d, "tags"));
    about->tags = read_texts(r, yaml_member(d, "tags"), &about->tag_count);
    about->references = read_texts(r, yaml_member(d, "references"), &about->reference_count);
    about->false_positives = read_texts(r, yaml_member(d, "falsepositives"), &about->false_positive_count);
    size_t fields;
    read_texts(r, yaml_member(d, "fields"), &fields);
    read_custom(r, d, about);
}

const char *rule_subject_words(enum event_type event)
{
    return event == EVENT_FLOW ? "connections" : event == EVENT_HANDSHAKE ? "handshakes" : "requests";
}

/* What the network alone shows: `product: kapiwatch` and a service, which is the type of the events. */
static bool reads_network(const struct rule_reader *r, const struct yaml_node *logsource, enum event_type *event)
{
    static const struct {
        const char *name;
        enum event_type event;
    } SERVICES[] = {{"flow", EVENT_FLOW}, {"tls", EVENT_HANDSHAKE}};
    enum { SERVICES_COUNT = sizeof SERVICES / sizeof *SERVICES };
    const struct yaml_node *product = yaml_member(logsource, "product"), *service = yaml_member(logsource, "service");
    if (!product || strcmp(product->text, "kapiwatch") != 0)
        return false;
    const struct yaml_node *at = service ? service : logsource;
    size_t i = 0;
    while (service && i < SERVICES_COUNT && strcmp(service->text, SERVICES[i].name) != 0)
        i++;
    if (!service || i == SERVICES_COUNT) {
        rule_wrong(r, at->line, at->column, "found service '%s', expected flow, connections, or tls, handshakes",
                   service ? service->text : "");
        i = 0;
    }
    *event = SERVICES[i].event;
    return true;
}

/* Whether the rule is for what is seen here: a rule applies where all that its logsource names agrees. */
static bool is_ours(const struct rule_reader *r, const struct yaml_node *logsource, enum event_type *event)
{
    static const struct {
        const char *key, *value;
    } OURS[] = {{"product", "kubernetes"}, {"service", "audit"}, {"category", "application"}};
    *event = EVENT_EXCHANGE;
    if (logsource->kind != YAML_MAP) {
        rule_wrong(r, logsource->line, logsource->column, "found no map as logsource, expected 'product: kubernetes'");
        return true;
    }
    if (reads_network(r, logsource, event))
        return true;
    for (const struct yaml_node *n = logsource->first; n; n = n->next) {
        size_t i = 0;
        while (i < 3 && strcmp(n->key, OURS[i].key) != 0)
            i++;
        if (i < 3 && strcmp(n->text, OURS[i].value) != 0) {
            rule_warn(r, n->line, n->column,
                      "found %s '%s', expected '%s': the rule is for another log and is left out", n->key, n->text,
                      OURS[i].value);
            return false;
        }
    }
    if (yaml_member(logsource, "product"))
        return true;
    rule_warn(r, logsource->line, logsource->column,
              "found no product, expected 'kubernetes': the rule is for another log and is left out");
    return false;
}

/* Documents of other kinds, and what does their work here. */
static void refuse_others(const struct rule_reader *r, const struct yaml_node *d)
{
    static const struct {
        const char *key, *instead;
    } OTHERS[] = {{"correlation", "a rule that asks for a count of the source, as in 'source.forbidden|gt: 5'"},
                  {"filter", "the exception as a search in the rule itself, behind 'and not'"},
                  {"action", "each rule whole, in a document of its own"}};
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++) {
        const struct yaml_node *n = yaml_member(d, OTHERS[i].key);
        if (!n)
            continue;
        rule_wrong(r, n->key_line, n->key_column, "found '%s', which is not supported, expected %s", n->key,
                   OTHERS[i].instead);
    }
}

/* All searches are read before the condition, so that one run shows what is wrong in all of them. */
static const struct rule_node *read_detection(struct rule_reader *r, const struct yaml_node *detection)
{
    if (detection->kind != YAML_MAP) {
        rule_wrong(r, detection->line, detection->column,
                   "found no map as detection, expected searches and a condition");
        return NULL;
    }
    struct rule_selection *selections = rule_arena_take(r->arena, yaml_count(detection), sizeof *selections);
    size_t count = 0;
    bool right = selections != NULL;
    for (const struct yaml_node *n = detection->first; selections && n; n = n->next) {
        if (strcmp(n->key, "condition") == 0)
            continue;
        const struct rule_node *node = rule_selection_parse(r, n);
        right &= node != NULL;
        selections[count++] = (struct rule_selection){.name = n->key, .node = node, .at = n};
    }
    const struct yaml_node *condition = needed(r, detection, "condition");
    if (!condition || !selections)
        return NULL;
    const struct rule_node *node = rule_condition_parse(r, condition, selections, count);
    for (size_t i = 0; right && node && i < count; i++) {
        const struct rule_selection *s = &selections[i];
        if (!s->used && s->name[0] != '_')
            rule_warn(r, s->at->key_line, s->at->key_column, "found search '%s', which the condition does not name",
                      s->name);
    }
    return right ? node : NULL;
}

static bool asks_for(const struct rule_node *node, enum event_field_id field)
{
    bool asks = node->kind == NODE_TEST && node->test.field == field;
    for (size_t i = 0; i < node->count && !asks; i++)
        asks = asks_for(node->children[i], field);
    return asks;
}

const struct rule *rule_parse(struct rule_reader *r, const struct yaml_node *document)
{
    if (document->kind != YAML_MAP) {
        rule_wrong(r, document->line, document->column, "found no map, expected a rule");
        return NULL;
    }
    struct rule *rule = rule_arena_take(r->arena, 1, sizeof *rule);
    if (!rule)
        return NULL;
    size_t errors = complaint_errors(r->complaints);
    refuse_others(r, document);
    bool supported = complaint_errors(r->complaints) == errors;
    const struct yaml_node *logsource = supported ? needed(r, document, "logsource") : NULL;
    if (!logsource || !is_ours(r, logsource, &r->event))
        return NULL;
    rule->about.event = r->event;
    read_about(r, document, &rule->about);
    const struct yaml_node *detection = needed(r, document, "detection");
    if (detection)
        rule->condition = read_detection(r, detection);
    if (complaint_errors(r->complaints) != errors || !rule->condition)
        return NULL;
    rule->about.knocks = asks_for(rule->condition, EVENT_FLOW_KNOCK);
    return rule;
}
