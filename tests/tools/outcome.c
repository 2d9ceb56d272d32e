#include "tests/tools/outcome.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "proto/tls/keys_reader.h"
#include "sensor/complaint.h"
#include "sensor/detect/correlate.h"
#include "sensor/event/auth.h"
#include "sensor/flow/worker.h"

enum { BUDGET = 64 << 20, FACT_MAX = 1024 };

static const uint16_t followed[] = {443, 6443, 8443, 16443, 8080, 8001};

static void *need(void *block)
{
    if (!block) {
        fputs("no memory\n", stderr);
        exit(99);
    }
    return block;
}

static int is_rule(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && (strcmp(dot, ".yml") == 0 || strcmp(dot, ".yaml") == 0);
}

/* The file's bytes, as they are changed. @param bytes  the caller's, until the file is closed. */
static FILE *open_changed(const char *path, void (*change)(uint8_t *bytes, size_t size), uint8_t **bytes)
{
    enum { RULE_FILE_MAX = 1 << 20 };
    FILE *file = need(fopen(path, "r"));
    *bytes = need(malloc(RULE_FILE_MAX));
    size_t size = fread(*bytes, 1, RULE_FILE_MAX, file);
    fclose(file);
    if (change)
        change(*bytes, size);
    return need(fmemopen(*bytes, size, "r"));
}

struct rule_set *outcome_rules(const char *folder, void (*change)(uint8_t *bytes, size_t size))
{
    struct dirent **entries;
    int count = scandir(folder, &entries, is_rule, alphasort);
    if (count <= 0) {
        fprintf(stderr, "%s: no rules\n", folder);
        exit(99);
    }
    struct complaint_list *complaints = need(complaint_list_new());
    struct rule_file *files = need(calloc((size_t)count, sizeof *files));
    uint8_t **bytes = need(calloc((size_t)count, sizeof *bytes));
    for (int i = 0; i < count; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        files[i] = (struct rule_file){.name = entries[i]->d_name, .file = open_changed(path, change, &bytes[i])};
    }
    struct rule_set *set = rule_set_load(files, (size_t)count, complaints);
    complaint_list_print(complaints, stderr);
    complaint_list_free(complaints);
    for (int i = 0; i < count; i++) {
        fclose(files[i].file);
        free(bytes[i]);
        free(entries[i]);
    }
    free(entries);
    free(files);
    free(bytes);
    return need(set);
}

struct telling {
    struct outcome *outcome;
    unsigned change;
};

static void keep_event(void *owner, const struct event *e)
{
    struct outcome *o = ((const struct telling *)owner)->outcome;
    if (e->type != EVENT_EXCHANGE)
        return;
    if (o->count == o->room) {
        o->room = o->room ? o->room * 2 : 64;
        o->exchanges = need(realloc(o->exchanges, o->room * sizeof(struct event *)));
    }
    o->exchanges[o->count] = need(malloc(e->size));
    memcpy(o->exchanges[o->count++], e, e->size);
}

static void add_fact(struct outcome *o, const char *head, const char *name, struct slice value, uint64_t count)
{
    char *fact = need(malloc(FACT_MAX));
    snprintf(fact, FACT_MAX, "%s %s %.*s: %llu", head, name, (int)value.size, (const char *)value.data,
             (unsigned long long)count);
    if ((o->fact_count & (o->fact_count - 1)) == 0)
        o->facts = need(realloc(o->facts, (o->fact_count ? o->fact_count * 2 : 1) * sizeof *o->facts));
    o->facts[o->fact_count++] = fact;
}

static void add_list(struct outcome *o, const char *head, const char *name, const struct value_list *list)
{
    for (size_t i = 0; i < list->used && !list->left_out; i++) { /* which have a place depends on the order of events */
        struct slice text = {.data = (const uint8_t *)list->values[i].text, .size = list->values[i].size};
        add_fact(o, head, name, text, list->values[i].count);
    }
}

static void print_address(char *out, struct address a, unsigned change)
{
    address_change(&a, change);
    for (size_t i = 0; i < sizeof a.ip; i++)
        out += sprintf(out, "%02x", a.ip[i]);
    sprintf(out, ".%u", a.port);
}

static void keep_finding(void *owner, const struct finding *f)
{
    const struct telling *room = owner;
    struct outcome *o = room->outcome;
    if (!f->complete)
        return;
    o->finding_count++;
    char source[64], endpoint[64], head[256];
    struct address from = {.port = 0};
    memcpy(from.ip, f->source, sizeof from.ip);
    print_address(source, from, room->change);
    print_address(endpoint, f->endpoint, room->change);
    snprintf(head, sizeof head, "%s %s %s %s", f->rule->id, source, endpoint, endpoint_basis_name(f->basis));
    add_fact(o, head, "hits", slice_of(""), f->count);
    add_list(o, head, "agent", &f->agents);
    add_list(o, head, "verb", &f->verbs);
    add_list(o, head, "url", &f->urls);
    add_list(o, head, "status", &f->statuses);
    add_list(o, head, "reason", &f->reasons);
    add_list(o, head, "method", &f->methods);
}

static void count_frame(struct counters *counters, const struct frame *frame)
{
    counters->of[COUNT_FRAMES]++;
    counters->of[COUNT_FRAME_BYTES] += frame->wire_size;
}

static void pass_source(void *owner, const struct source *s)
{
    (void)owner, (void)s;
}

static void pass_closing(void *owner, bool sources, size_t count)
{
    (void)owner, (void)sources, (void)count;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void outcome_sort(struct outcome *o)
{
    if (o->fact_count)
        qsort(o->facts, o->fact_count, sizeof *o->facts, by_text);
}

/* One account each, as in the program: both are empty in the end, and the sums come out. */
static void finish(struct outcome *o, struct worker *worker, struct correlate *correlate,
                   const struct counters *counters)
{
    worker_finish(worker);
    size_t worker_used = worker_free(worker);
    correlate_finish(correlate);
    size_t correlate_used = correlate_free(correlate);
    const char *sum = counters_check(counters);
    if (sum)
        snprintf(o->wrong, sizeof o->wrong, "the sum %s does not come out", sum);
    if (worker_used || correlate_used)
        snprintf(o->wrong, sizeof o->wrong, "in use at the end: %zu bytes of the worker, %zu of the correlator",
                 worker_used, correlate_used);
}

/* Of the capture that is looked at; a program of laws has one at a time. */
static struct {
    struct memory memory;
    struct hash_secret secret;
    struct tls_keys *keys;
} lent = {.memory = {.limit = BUDGET}};

void outcome_load_keys(const char *capture)
{
    char path[PATH_MAX];
    uint8_t bytes[4096];
    size_t size;
    const char *dot = strrchr(capture, '.');
    if (lent.keys)
        tls_keys_free(lent.keys);
    lent.keys = NULL;
    snprintf(path, sizeof path, "%.*s.keys", (int)(dot ? dot - capture : 0), capture);
    FILE *file = fopen(path, "rb");
    if (!file)
        return;
    struct tls_keys_reader reader;
    lent.keys = need(tls_keys_new(&lent.secret, &lent.memory));
    tls_keys_reader_init(&reader, lent.keys, NULL, NULL);
    while ((size = fread(bytes, 1, sizeof bytes, file)) > 0)
        tls_keys_reader_feed(&reader, (struct slice){bytes, size});
    tls_keys_reader_finish(&reader);
    fclose(file);
}

bool outcome_has_keys(void)
{
    return lent.keys != NULL;
}

void outcome_of(struct outcome *o, const struct frame_list *frames, const struct rule_set *rules, unsigned change)
{
    *o = (struct outcome){0};
    struct telling room = {.outcome = o, .change = change};
    struct counters counters = {0};
    struct worker_options options = {
        .memory = BUDGET, .credential_key = "the same in all runs of a law", .keys = lent.keys};
    for (size_t i = 0; i < sizeof followed / sizeof followed[0]; i++)
        port_set_add(&options.ports, followed[i]);
    tunnel_ports_default(&options.tunnels);
    for (size_t i = 0; i < sizeof options.secret.bytes; i++)
        options.secret.bytes[i] = (uint8_t)(i * 197 + 11);
    struct correlate_options judged = {.window = INT64_C(3600) * 1000000000, .memory = BUDGET};
    struct correlate_events events = {
        .event = keep_event, .finding = keep_finding, .source = pass_source, .closing = pass_closing, .owner = &room};
    struct correlate *correlate = need(correlate_new(&judged, rules, &options.secret, &counters, &events));
    struct worker *worker = need(worker_new(&options, &counters, correlate_sink(correlate)));
    for (size_t i = 0; i < frames->count; i++) {
        count_frame(&counters, &frames->at[i]);
        worker_frame(worker, &frames->at[i]);
    }
    finish(o, worker, correlate, &counters);
    outcome_sort(o);
}

void outcome_deinit(struct outcome *o)
{
    for (size_t i = 0; i < o->count; i++)
        free(o->exchanges[i]);
    for (size_t i = 0; i < o->fact_count; i++)
        free(o->facts[i]);
    free(o->exchanges);
    free(o->facts);
    *o = (struct outcome){0};
}

static void print_value(char *out, size_t size, const struct value *v)
{
    switch (v->kind) {
    case VALUE_ABSENT: snprintf(out, size, "(absent)"); break;
    case VALUE_UNKNOWN: snprintf(out, size, "(unknown)"); break;
    case VALUE_TEXT: snprintf(out, size, "\"%.*s\"", (int)v->text.size, (const char *)v->text.data); break;
    case VALUE_ADDRESS: snprintf(out, size, "(another address)"); break;
    case VALUE_NUMBER:
    case VALUE_NAMES:
    case VALUE_FLAG: snprintf(out, size, "%llu", (unsigned long long)v->number); break;
    }
}

static bool value_same(const struct value *a, const struct value *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == VALUE_TEXT)
        return slice_same(a->text, b->text);
    if (a->kind == VALUE_ADDRESS)
        return memcmp(a->ip, b->ip, 16) == 0;
    return a->number == b->number;
}

/* How the verdict came about says less when less was seen; that it is another one is never right. */
static bool may_be_less(enum event_field_id field, const struct event *now, const struct value *now_value,
                        const struct value *then_value)
{
    const struct exchange *x = (const struct exchange *)now;
    switch (field) {
    case EVENT_HTTP2_ERROR: /* a watch is told while it runs, without its request at its end */
    case EVENT_HTTP2_RESET_BY:
    case EVENT_HTTP_LENGTH: return now_value->kind == VALUE_UNKNOWN || then_value->kind == VALUE_UNKNOWN;
    case EVENT_CLUSTER_BASIS: return now->basis <= ENDPOINT_PORT; /* nothing better was seen */
    case EVENT_AUTH_STATE: return x->auth_state == AUTH_UNKNOWN;
    case EVENT_AUTH_OUTCOME: return x->auth_outcome == OUTCOME_UNSEEN;
    case EVENT_AUTH_USER:
    case EVENT_AUTH_GROUPS: /* inside of TLS a certificate decides, that may not have been seen */
        if (now_value->kind == VALUE_UNKNOWN && !exchange_has(x, SIGN_PLAINTEXT))
            return true;
        return x->auth_state == AUTH_UNKNOWN && now_value->kind != VALUE_TEXT;
    case EVENT_FORWARDED_FOR: /* a list of which less was seen */
        return now_value->kind == VALUE_UNKNOWN ||
               (now_value->kind == VALUE_TEXT && then_value->kind == VALUE_TEXT &&
                slice_same(now_value->text, slice_part(then_value->text, 0, now_value->text.size)));
    case EVENT_KUBE_AUDIT_ID_BASIS: /* inferred what was read; what it is stands in another field */
    case EVENT_AUTH_BASIS:
    case EVENT_AUTH_CONFIDENCE:
    case EVENT_AUTH_EVIDENCE:
    case EVENT_HTTP_MARKS: return true;
    default: return now_value->kind == VALUE_UNKNOWN;
    }
}

/* Not what rules are told of a source's past, which a lost packet changes for all that follow. */
static bool is_compared(enum event_field_id field)
{
    if (!(event_fields[field].in >> EVENT_EXCHANGE & 1) || field == EVENT_AUTH_ORDINARY)
        return false;
    return field != EVENT_FLOW_ID && field != EVENT_TIMESTAMP;
}

unsigned exchange_compare(const struct event *now, const struct event *then, enum tolerance tolerance, char *why,
                          size_t why_size)
{
    for (enum event_field_id field = 0; field < EVENT_FIELDS; field++) {
        if (!is_compared(field))
            continue;
        struct value a = event_field_get(field, now), b = event_field_get(field, then);
        if (value_same(&a, &b))
            continue;
        if (tolerance == LESS && may_be_less(field, now, &a, &b))
            continue;
        if (tolerance == SAME_ALONE && field == EVENT_CLUSTER_BASIS)
            continue;
        char one[160], two[160];
        print_value(one, sizeof one, &a);
        print_value(two, sizeof two, &b);
        snprintf(why, why_size, "%s is %s, was %s", event_fields[field].name, one, two);
        return field;
    }
    return EVENT_FIELDS;
}
