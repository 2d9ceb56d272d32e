/* Records of any kind, as the bytes say, through judgement, rules and findings into every format: a record stays as it
 * was given, no finding speaks of an endpoint that is not proven, a JSON line is JSON, and no memory is left in use.
 * The first bytes say how much memory there is, how long a window, and whether there is a cluster map. */
#include <assert.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#include "proto/base/json.h"
#include "proto/kube/agent.h"
#include "proto/kube/credential.h"
#include "proto/kube/request.h"
#include "sensor/complaint.h"
#include "sensor/detect/cluster_map.h"
#include "sensor/detect/correlate.h"
#include "sensor/event/anomaly.h"
#include "sensor/event/field.h"
#include "sensor/event/handshake.h"
#include "sensor/report/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char MAP[] = "clusters:\n"
                          "  one:\n"
                          "    provider: eks\n"
                          "    endpoints: [{address: 0.0.0.1, port: 6443}, {address: 0.0.0.2, port: 8080}]\n"
                          "    expected: [{address: 0.0.0.12, reason: checks}]\n"
                          "  two:\n"
                          "    endpoints: [{address: 0.0.0.3, port: 6443}]\n"
                          "fronts:\n"
                          "  - {address: 0.0.0.11, says: x-forwarded-for}\n"
                          "  - {address: 0.0.0.13, says: proxy-protocol}\n";

enum { FORMATS = 3 };
static const struct report_format *const formats[FORMATS] = {&report_json, &report_text, &report_audit};

/* One run. */
struct run {
    struct correlate *c;
    struct event_sink sink;
    moment clock;
    uint64_t exchanges, found;
    void *states[FORMATS];
    struct buffer out[FORMATS];
};

static bool whatever(void *owner, const struct json_value *value)
{
    (void)owner, (void)value;
    return true;
}

/* Looks at what was written, and forgets it. */
static void look(struct run *run)
{
    for (size_t i = 0; i < FORMATS; i++) {
        struct slice rest = {(const uint8_t *)run->out[i].bytes, run->out[i].size};
        while (formats[i] != &report_text && rest.size) {
            size_t end = slice_find(rest, '\n');
            assert(end < rest.size && json_read(slice_part(rest, 0, end), whatever, NULL) == JSON_WHOLE);
            rest = slice_part(rest, end + 1, rest.size);
        }
        run->out[i].size = 0;
    }
}

static void on_event(void *owner, const struct event *e)
{
    static const enum report_event ASKED[EVENT_TYPES] = {[EVENT_EXCHANGE] = REPORT_HTTP,
                                                         [EVENT_FLOW] = REPORT_FLOW,
                                                         [EVENT_ANOMALY] = REPORT_ANOMALY,
                                                         [EVENT_HANDSHAKE] = REPORT_TLS};
    struct run *run = owner;
    for (size_t i = 0; i < FORMATS; i++) {
        if (formats[i]->events >> ASKED[e->type] & 1)
            formats[i]->event(run->states[i], &run->out[i], e);
    }
    look(run);
}

static void on_finding(void *owner, const struct finding *f)
{
    struct run *run = owner;
    assert(f->basis != ENDPOINT_UNPROVEN && f->count > 0 && f->exchanges <= run->exchanges);
    run->found += f->complete;
    for (size_t i = 0; i < FORMATS; i++) {
        if (formats[i]->events >> REPORT_ALERT & 1)
            formats[i]->finding(run->states[i], &run->out[i], f);
    }
    look(run);
}

static void on_source(void *owner, const struct source *s)
{
    struct run *run = owner;
    for (size_t i = 0; i < FORMATS; i++) {
        if (formats[i]->events >> REPORT_SOURCE & 1)
            formats[i]->source(run->states[i], &run->out[i], s);
    }
    look(run);
}

static void on_closing(void *owner, bool sources, size_t count)
{
    struct run *run = owner;
    for (size_t i = 0; i < FORMATS; i++) {
        if (formats[i]->section)
            formats[i]->section(run->states[i], &run->out[i], sources ? SECTION_SOURCES : SECTION_FINDINGS, count);
    }
}

/* A word of a list, or bytes as they come. */
static struct text words(struct event *e, struct reader *r, const char *const *list)
{
    uint8_t which = read_u8(r);
    size_t i = 0;
    while (list[i] && i < which)
        i++;
    struct slice word = list[i] ? slice_of(list[i]) : read_slice(r, which % 64U);
    return r->failed ? (struct text){0} : event_add_text(e, word, 300);
}

static const char *const NOTHING[] = {"", NULL};
static const char *const AGENTS[] = {"",
                                     "curl/8.4.0",
                                     "kubelet/v1.31.2 (linux/amd64) kubernetes/5864a46",
                                     "kube-probe/1.31",
                                     "zgrab/0.x",
                                     "Nuclei - Open-source project",
                                     NULL};
static const char *const METHODS[] = {"GET", "POST", "", NULL};
static const char *const TARGETS[] = {"/readyz",
                                      "/version",
                                      "/api",
                                      "/api/v1/nodes?limit=500",
                                      "/api/v1/secrets",
                                      "/.env",
                                      "/api/v1/namespaces/kube-public/configmaps/cluster-info",
                                      "",
                                      NULL};
static const char *const VERBS[] = {"get", "list", "create", "", NULL};
static const char *const RESOURCES[] = {"", "pods", "nodes", "secrets", NULL};
static const char *const USERS[] = {"", "system:anonymous", "system:serviceaccount:a:b", NULL};
static const char *const ADDRESSES[] = {"", "192.0.2.1", "0.0.0.12, 0.0.0.11", NULL};

static void fill_head(struct run *run, struct event *e, struct reader *r)
{
    static const uint16_t PORTS[] = {6443, 8080, 443, 16443};
    uint8_t ends = read_u8(r), how = read_u8(r);
    run->clock += (moment)read_u8(r) << (how & 31);
    e->order.clock = run->clock;
    e->time = run->clock - (how >> 5) * (moment)1000000000;
    e->flow_id = read_u8(r);
    static const uint8_t IPV4[12] = {[10] = 0xff, [11] = 0xff};
    memcpy(e->client.ip, IPV4, sizeof IPV4);
    memcpy(e->server.ip, IPV4, sizeof IPV4);
    e->client.ip[15] = ends & 31;
    e->client.port = ends;
    e->server.ip[15] = 1 + (ends >> 5 & 3);
    e->server.port = PORTS[ends >> 6];
    if (how & 32)
        e->client.ip[0] = 0x20;
    if (how & 64)
        e->tls.client_random[0] = read_u8(r) & 3;
    if (how & 128)
        e->proxied = read_u8(r) % (PROXIED_LOST + 1);
    for (size_t i = 0; how & 1 && i < FIELD_SET_WORDS; i++)
        e->unknown.words[i] = (uint64_t)read_u32(r) << 32 | read_u32(r);
    e->unknown.words[EVENT_FIELDS / 64] &= (UINT64_C(1) << EVENT_FIELDS % 64) - 1;
}

static void fill_tls(struct event *e, struct reader *r)
{
    e->tls.client = read_u8(r) % 3;
    e->tls.resumed = read_u8(r) & 1;
    for (size_t i = 0; i < TLS_TEXTS_BRIEF; i++)
        e->tls.texts[i] = words(e, r, NOTHING);
}

static const struct event *make_exchange(struct run *run, struct event_room *room, struct reader *r)
{
    static const uint16_t CODES[] = {0, 200, 401, 403, 404, 429, 500, 101};
    struct exchange *x = exchange_begin(room);
    fill_head(run, &x->event, r);
    x->signs = read_u32(r) & ((UINT32_C(1) << EXCHANGE_SIGNS) - 1);
    x->request = read_u8(r) % 3;
    x->answer = read_u8(r) % 3;
    x->status = CODES[read_u8(r) & 7];
    x->auth_kind = read_u8(r) % CREDENTIAL_KINDS;
    x->certificate = read_u8(r) % 3;
    x->stream_id = read_u8(r);
    x->digest = read_u8(r);
    x->reset_by = read_u8(r) % 3;
    x->audit_id_basis = read_u8(r) % AUTH_BASES;
    x->path_kind = read_u8(r) % (PATH_ERROR + 1);
    x->agent_form = read_u8(r) % (AGENT_BROKEN + 1);
    x->method = words(&x->event, r, METHODS);
    x->target = words(&x->event, r, TARGETS);
    x->agent = words(&x->event, r, AGENTS);
    x->verb = words(&x->event, r, VERBS);
    x->resource = words(&x->event, r, RESOURCES);
    x->status_user = words(&x->event, r, USERS);
    x->jwt_subject = words(&x->event, r, USERS);
    x->audit_id = words(&x->event, r, NOTHING);
    x->event.forwarded_for = words(&x->event, r, ADDRESSES);
    fill_tls(&x->event, r);
    run->exchanges++;
    return &x->event;
}

static const struct event *make_flow(struct run *run, struct event_room *room, struct reader *r)
{
    struct flow_record *f = (struct flow_record *)room->bytes;
    *f = (struct flow_record){.event = {.size = sizeof *f, .type = EVENT_FLOW}};
    fill_head(run, &f->event, r);
    f->last = f->event.time + read_u32(r);
    f->state = read_u8(r) % FLOW_STATES;
    f->reason = read_u8(r) % FLOW_REASONS;
    f->exchanges = read_u8(r) & 3;
    uint8_t how = read_u8(r);
    f->handshake = how & 1;
    f->from_start = how >> 1 & 1;
    f->asked = how >> 2 & 1;
    f->closed = how >> 3 & 1;
    f->tls_old = how >> 4 & 1;
    f->tls_no_alpn = how >> 5 & 1;
    f->syn = (struct syn_shape){.window = read_u16(r), .options = read_u8(r), .ttl = read_u8(r)};
    struct tls_reading *s = &f->shape;
    how = read_u8(r);
    s->client = how % 3;
    s->asked = how >> 2 & 1;
    s->early_goaway = how >> 3 & 1;
    s->hole = how >> 4 & 1;
    s->cut = how >> 5 & 1;
    f->distrusts = s->distrusts = how >> 6 & 1;
    s->sized = how >> 7;
    s->inside = read_u8(r) % TLS_INSIDES;
    s->answers = read_u8(r) % (TLS_SHAPE_ANSWERS + 1);
    s->first_request = read_u16(r);
    s->requests = read_u8(r);
    for (size_t i = 0; i < s->answers; i++)
        s->answer[i] = (struct tls_answer){.head = read_u16(r), .body = read_u16(r), .more = read_u8(r)};
    fill_tls(&f->event, r);
    return &f->event;
}

static const struct event *make_handshake(struct run *run, struct event_room *room, struct reader *r)
{
    struct handshake *h = handshake_begin(room);
    fill_head(run, &h->event, r);
    fill_tls(&h->event, r);
    h->api_server = read_u8(r) & 1;
    h->requested = read_u8(r) & 1;
    return &h->event;
}

static const struct event *make_anomaly(struct run *run, struct event_room *room, struct reader *r)
{
    struct anomaly *a = anomaly_begin(room);
    fill_head(run, &a->event, r);
    a->kind = read_u8(r) % (ANOMALY_MARKS + 1);
    a->count = read_u8(r);
    a->text = words(&a->event, r, NOTHING);
    return &a->event;
}

static const struct event *(*const makers[EVENT_TYPES])(struct run *, struct event_room *,
                                                        struct reader *) = {[EVENT_EXCHANGE] = make_exchange,
                                                                            [EVENT_FLOW] = make_flow,
                                                                            [EVENT_ANOMALY] = make_anomaly,
                                                                            [EVENT_HANDSHAKE] = make_handshake};

static struct rule_set *shipped_rules(void)
{
    enum { FILES = 128 };
    const char *root = getenv("srcdir");
    char pattern[4096];
    glob_t found;
    struct rule_file files[FILES];
    snprintf(pattern, sizeof pattern, "%s/rules/*.yaml", root ? root : ".");
    assert(glob(pattern, 0, NULL, &found) == 0 && found.gl_pathc <= FILES);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        files[i] = (struct rule_file){.name = found.gl_pathv[i], .file = fopen(found.gl_pathv[i], "r")};
        assert(files[i].file);
    }
    struct complaint_list *complaints = complaint_list_new();
    struct rule_set *rules = rule_set_load(files, found.gl_pathc, complaints);
    assert(rules);
    complaint_list_free(complaints);
    for (size_t i = 0; i < found.gl_pathc; i++)
        fclose(files[i].file);
    globfree(&found);
    return rules;
}

static struct cluster_map *make_map(void)
{
    struct complaint_list *complaints = complaint_list_new();
    struct cluster_map *map = cluster_map_new();
    FILE *file = fmemopen((void *)(uintptr_t)MAP, sizeof MAP - 1, "r");
    cluster_map_add_file(map, file, "map", complaints);
    assert(cluster_map_finish(map, complaints));
    fclose(file);
    complaint_list_free(complaints);
    return map;
}

static void feed(struct run *run, struct reader *r)
{
    while (reader_left(r) > 0) {
        struct event_room room, before;
        const struct event *e = makers[read_u8(r) % EVENT_TYPES](run, &room, r);
        memcpy(before.bytes, room.bytes, e->size);
        run->sink.take(run->sink.owner, e);
        assert(memcmp(before.bytes, room.bytes, e->size) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct rule_set *rules; /* as constant as a table: to load them takes longer than all else here */
    static struct cluster_map *map;
    static const struct hash_secret SECRET = {{1, 2, 3}};
    rules = rules ? rules : shipped_rules();
    map = map ? map : make_map();
    struct reader r = reader_of((struct slice){data, size});
    struct counters counters = {0};
    struct correlate_options options = {.memory = (size_t)16384 << (read_u8(&r) & 15)};
    uint8_t how = read_u8(&r);
    options.window = (moment)(1 + (how & 15)) * 60 * 1000000000;
    options.map = how & 16 ? map : NULL;
    options.literal = how & 32;
    options.source_cap = how & 64 ? 3 : 0;
    struct run run = {.clock = 1700000000 * INT64_C(1000000000)};
    struct report_style style = {.live = how & 128, .width = 80};
    struct correlate_events events = {on_event, on_finding, on_source, on_closing, &run};
    run.c = correlate_new(&options, rules, &SECRET, &counters, &events);
    if (!run.c)
        return 0;
    run.sink = correlate_sink(run.c);
    for (size_t i = 0; i < FORMATS; i++)
        run.states[i] = formats[i]->open(&style);
    feed(&run, &r);
    correlate_finish(run.c);
    correlate_count(run.c, &counters);
    assert(counters.of[COUNT_FINDINGS] == run.found);
    assert(correlate_free(run.c) == 0);
    for (size_t i = 0; i < FORMATS; i++) {
        formats[i]->close(run.states[i]);
        buffer_deinit(&run.out[i]);
    }
    return 0;
}
