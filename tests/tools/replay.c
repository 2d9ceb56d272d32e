/* replay LAW[,LAW...] [-n PACKET] CAPTURE...: changes captures in memory and sees that the sensor tells the same of
 * them, or less where packets are missing, never anything else. A line of TAP for each capture. With -n, only the
 * change at that packet.
 *
 *   drop      each packet in turn is missing            start     the capture begins at each packet in turn
 *   bytes     each payload byte comes by itself         swap      two packets of both sides change places, each pair in
 * turn twice     each packet comes twice                   shift     all happened at another time renumber  everybody
 * has another address             copies    eight of it at once, under other addresses rename    paths, agents and
 * names are others, in rules, too   truth     the capture as it is (only sums and memory)
 *
 * $srcdir says where rules/ is. */
#include <stdio.h>
#include <stdlib.h>

#include "proto/tls/record.h"
#include "tests/tools/outcome.h"
#include "tests/tools/rename.h"
#include "tests/tools/walk_rig.h"

enum { COPIES = 8, SHOWN = 5, WHY_SIZE = 512 };

struct law {
    const char *name, *path;
    const struct rule_set *rules, *renamed; /* with the names that the law of renaming gives */
    struct frame_list frames;
    struct outcome full;
    size_t only; /* 0: all */
    unsigned failures;
};

struct claim { /* what one changed capture must come to */
    const struct outcome *then;
    enum tolerance tolerance;                                      /* of a connection that was touched */
    bool (*touched)(const struct claim *c, const struct event *e); /* NULL: all are */
    struct address low, high;                                      /* of the touched one */
    uint64_t from;                                                 /* flows from this packet on are untouched */
    size_t packet;                                                 /* 0: none */
    bool missing_allowed;                                          /* of a touched connection */
    size_t missing_most;                                           /* how many of them, where that is allowed */
    bool compare_findings;
    moment shift;
};

static void say(struct law *law, const struct claim *c, const char *what)
{
    if (++law->failures > SHOWN)
        return;
    printf("# %s\n", what);
    if (c->packet)
        printf("#   packet %zu; again: tests/tools/replay %s -n %zu %s\n", c->packet, law->name, c->packet, law->path);
    else
        printf("#   again: tests/tools/replay %s %s\n", law->name, law->path);
}

static bool is_touched(const struct claim *c, const struct event *e)
{
    return !c->touched || c->touched(c, e);
}

static bool same_ends(const struct event *a, const struct event *b)
{
    return memcmp(&a->client, &b->client, sizeof a->client) == 0 &&
           memcmp(&a->server, &b->server, sizeof a->server) == 0;
}

/* @return the first field that differs, EVENT_FIELDS: none. */
static unsigned differs(const struct claim *c, const struct event *now, const struct event *then, char *why)
{
    enum tolerance tolerance = is_touched(c, then) ? c->tolerance : SAME_ALONE;
    if (!same_ends(now, then)) {
        snprintf(why, WHY_SIZE, "there is none of that connection");
        return 0;
    }
    unsigned field = exchange_compare(now, then, tolerance, why, WHY_SIZE);
    if (field == EVENT_FIELDS && tolerance == SAME && now->time != then->time + c->shift) {
        snprintf(why, WHY_SIZE, "its time is another");
        return EVENT_FIELDS - 1;
    }
    return field;
}

struct matching {
    const struct claim *claim;
    const struct outcome *now;
    size_t *partner; /* of each event then: which now, from 1 */
    bool *tried;
};

/* Finds a partner for each event, others giving way where they can: an event with much unknown may fit several. */
static bool match(struct matching *m, size_t now)
{
    char why[WHY_SIZE];
    for (size_t then = 0; then < m->claim->then->count; then++) {
        if (m->tried[then] ||
            differs(m->claim, m->now->exchanges[now], m->claim->then->exchanges[then], why) < EVENT_FIELDS)
            continue;
        m->tried[then] = true;
        if (m->partner[then] == 0 || match(m, m->partner[then] - 1)) {
            m->partner[then] = now + 1;
            return true;
        }
    }
    return false;
}

static void name_exchange(char *out, size_t size, const struct event *e)
{
    const struct exchange *x = (const struct exchange *)e;
    struct slice method = event_text(e, x->method), target = event_text(e, x->target);
    snprintf(out, size, "client port %u: %.*s %.*s status %u", e->client.port, (int)method.size,
             (const char *)method.data, (int)slice_part(target, 0, 80).size, (const char *)target.data, x->status);
}

/* Of those that it could have been, the one that is like it for the longest. */
static void say_new(struct law *law, const struct claim *c, const struct event *now)
{
    char best[WHY_SIZE] = "there were none", why[WHY_SIZE], what[2 * WHY_SIZE], name[256];
    unsigned like = 0;
    for (size_t i = 0; i < c->then->count; i++) {
        unsigned field = differs(c, now, c->then->exchanges[i], why);
        if (field >= like && same_ends(now, c->then->exchanges[i])) {
            like = field;
            memcpy(best, field < EVENT_FIELDS ? why : "it was told once", field < EVENT_FIELDS ? sizeof best : 17);
        }
    }
    name_exchange(name, sizeof name, now);
    snprintf(what, sizeof what, "an event that was not there: %s: %s", name, best);
    say(law, c, what);
}

static void compare_findings(struct law *law, const struct claim *c, const struct outcome *now)
{
    size_t i = 0;
    while (i < now->fact_count && i < c->then->fact_count && strcmp(now->facts[i], c->then->facts[i]) == 0)
        i++;
    if (i == now->fact_count && i == c->then->fact_count)
        return;
    char what[2 * WHY_SIZE];
    snprintf(what, sizeof what, "a finding's \"%.400s\" was \"%.400s\"", i < now->fact_count ? now->facts[i] : "",
             i < c->then->fact_count ? c->then->facts[i] : "");
    say(law, c, what);
}

static void compare(struct law *law, const struct claim *c, const struct outcome *now)
{
    size_t count = c->then->count;
    struct matching m = {.claim = c, .now = now};
    m.partner = calloc(count + 1, sizeof *m.partner);
    m.tried = calloc(count + 1, sizeof *m.tried);
    if (!m.partner || !m.tried)
        exit(99);
    if (now->wrong[0])
        say(law, c, now->wrong);
    if (!c->missing_allowed && now->finding_count != c->then->finding_count)
        say(law, c, "there are more or fewer findings");
    for (size_t i = 0; i < now->count; i++) {
        memset(m.tried, 0, count * sizeof *m.tried);
        if (!match(&m, i))
            say_new(law, c, now->exchanges[i]);
    }
    size_t missing = 0;
    for (size_t i = 0; i < count; i++) {
        const struct event *then = c->then->exchanges[i];
        char what[WHY_SIZE], name[256];
        if (m.partner[i] || (c->missing_allowed && is_touched(c, then) && ++missing <= c->missing_most))
            continue;
        name_exchange(name, sizeof name, then);
        snprintf(what, sizeof what, "an event is missing: %s", name);
        say(law, c, what);
    }
    if (c->compare_findings)
        compare_findings(law, c, now);
    free(m.partner);
    free(m.tried);
}

static void try(struct law *law, const struct claim *c, const struct frame_list *frames, unsigned change)
{
    struct outcome now;
    outcome_of(&now, frames, law->rules, change);
    compare(law, c, &now);
    outcome_deinit(&now);
}

static bool of_connection(const struct claim *c, const struct event *e)
{
    return (memcmp(&e->client, &c->low, sizeof c->low) == 0 && memcmp(&e->server, &c->high, sizeof c->high) == 0) ||
           (memcmp(&e->client, &c->high, sizeof c->high) == 0 && memcmp(&e->server, &c->low, sizeof c->low) == 0);
}

/* What resumes a session rests on the connection that began it. */
static bool rests_on_it(const struct claim *c, const struct event *e)
{
    return of_connection(c, e) || e->tls.resumed;
}

/* What looks like a header of HTTP/2's HEADERS, wherever it is: a length that fits a frame, the type, its flags, a
 * client's stream. A few more than there are do no harm. */
static size_t http2_heads_in(struct slice s)
{
    size_t heads = 0;
    for (size_t i = 0; i + 9 <= s.size; i++) {
        const uint8_t *at = s.data + i;
        heads += at[0] == 0 && at[1] < 64 && at[3] == 1 && (at[4] & 0xD2) == 0 && at[5] == 0 && at[6] == 0 && at[8] % 2;
    }
    return heads;
}

/* How many exchanges may go with a packet: those whose start lines or heads are in it; one, where it has payload and
 * none; none, where it has no payload. */
static size_t exchanges_in(const struct frame *frame)
{
    struct packet p;
    if (walk_alone(frame, 16, &p) != WALK_SEGMENT || p.payload.size == 0)
        return 0;
    if (p.payload.data[0] == TLS_HANDSHAKE && p.payload.size > 1 && p.payload.data[1] == 3)
        return SIZE_MAX; /* without a hello nothing is opened that follows */
    size_t lines = http2_heads_in(p.payload);
    for (struct slice rest = p.payload;; lines++) {
        const uint8_t *at = memmem(rest.data, rest.size, "HTTP/1.", 7);
        if (!at)
            return lines ? lines : 1;
        rest = slice_part(rest, (size_t)(at - rest.data) + 7, rest.size);
    }
}

static void law_drop(struct law *law)
{
    for (size_t i = 0; i < law->frames.count; i++) {
        struct frame_ends ends;
        if ((law->only && law->only != i + 1) || !frame_ends(&law->frames.at[i], &ends))
            continue;
        struct frame_list left = {0};
        struct claim c = {.then = &law->full,
                          .tolerance = LESS,
                          .touched = rests_on_it,
                          .low = ends.low,
                          .high = ends.high,
                          .packet = i + 1,
                          .missing_allowed = true,
                          .missing_most = exchanges_in(&law->frames.at[i])};
        for (size_t k = 0; k < law->frames.count; k++) {
            if (k != i)
                frame_list_add(&left, &law->frames.at[k]);
        }
        try(law, &c, &left, 0);
        frame_list_deinit(&left);
    }
}

static bool began_before(const struct claim *c, const struct event *e)
{
    return e->flow_id < c->from || e->tls.resumed;
}

static void law_start(struct law *law)
{
    for (size_t i = 1; i < law->frames.count; i++) {
        if (law->only && law->only != i + 1)
            continue;
        struct frame_list left = {.at = law->frames.at + i, .count = law->frames.count - i};
        struct claim c = {.then = &law->full,
                          .tolerance = LESS,
                          .touched = began_before,
                          .from = law->frames.at[i].number,
                          .packet = i + 1,
                          .missing_allowed = true,
                          .missing_most = SIZE_MAX};
        try(law, &c, &left, 0);
    }
}

static void law_bytes(struct law *law)
{
    struct frame_list cut = {0};
    struct claim c = {.then = &law->full, .tolerance = SAME, .compare_findings = true};
    frame_list_split(&cut, &law->frames);
    try(law, &c, &cut, 0);
    frame_list_deinit(&cut);
}

/* The next frame of the same connection from the other side, near enough to change places. */
static size_t next_answer(const struct frame_list *f, size_t i)
{
    struct frame_ends ends, other;
    if (!frame_ends(&f->at[i], &ends))
        return 0;
    for (size_t k = i + 1; k < f->count; k++) {
        if (!frame_ends(&f->at[k], &other) || memcmp(&ends.low, &other.low, sizeof ends.low) != 0 ||
            memcmp(&ends.high, &other.high, sizeof ends.high) != 0)
            continue;
        return other.from_low != ends.from_low ? k : 0;
    }
    return 0;
}

/* The frame at `late` comes just before that at `early`, at its time. */
static void swapped(struct frame_list *out, const struct frame_list *in, size_t early, size_t late)
{
    for (size_t i = 0; i < in->count; i++) {
        if (i == early) {
            frame_list_add(out, &in->at[late]);
            out->at[out->count - 1].time = in->at[early].time;
        }
        if (i != late)
            frame_list_add(out, &in->at[i]);
    }
    frame_list_number(out);
}

static void law_swap(struct law *law)
{
    for (size_t i = 0; i < law->frames.count; i++) {
        size_t late = next_answer(&law->frames, i);
        if (late == 0 || (law->only && law->only != i + 1))
            continue;
        struct frame_list order = {0};
        struct claim c = {.then = &law->full, .tolerance = SAME_ALONE, .packet = i + 1, .compare_findings = true};
        swapped(&order, &law->frames, i, late);
        try(law, &c, &order, 0);
        frame_list_deinit(&order);
    }
}

static void law_twice(struct law *law)
{
    struct frame_list doubled = {0};
    struct claim c = {.then = &law->full, .tolerance = SAME, .compare_findings = true};
    for (size_t i = 0; i < law->frames.count; i++) {
        frame_list_add(&doubled, &law->frames.at[i]);
        frame_list_add(&doubled, &law->frames.at[i]);
    }
    frame_list_number(&doubled);
    try(law, &c, &doubled, 0);
    frame_list_deinit(&doubled);
}

static void law_shift(struct law *law)
{
    struct frame_list later = {0};
    moment shift = INT64_C(86400) * 1000000000 * 1000 + 123456789;
    struct claim c = {.then = &law->full, .tolerance = SAME, .compare_findings = true, .shift = shift};
    for (size_t i = 0; i < law->frames.count; i++) {
        frame_list_add(&later, &law->frames.at[i]);
        later.at[i].time += shift;
    }
    frame_list_number(&later);
    try(law, &c, &later, 0);
    frame_list_deinit(&later);
}

static void *need(void *block)
{
    if (!block)
        exit(99);
    return block;
}

/* Appends what these events would be under other addresses. */
static void expect_events(struct outcome *expected, const struct outcome *full, unsigned change)
{
    size_t count = expected->count + full->count;
    expected->exchanges = need(realloc(expected->exchanges, (count + 1) * sizeof(struct event *)));
    for (size_t i = 0; i < full->count; i++) {
        struct event *copy = need(malloc(full->exchanges[i]->size));
        memcpy(copy, full->exchanges[i], full->exchanges[i]->size);
        address_change(&copy->client, change);
        address_change(&copy->server, change);
        expected->exchanges[expected->count++] = copy;
    }
    expected->finding_count += full->finding_count;
}

static void expect_facts(struct outcome *expected, const struct outcome *full)
{
    expected->facts = need(calloc(full->fact_count + 1, sizeof *expected->facts));
    for (size_t i = 0; i < full->fact_count; i++)
        expected->facts[expected->fact_count++] = need(strdup(full->facts[i]));
}

static void law_renumber(struct law *law)
{
    unsigned change = 0x5B;
    struct frame_list others = {0};
    struct outcome expected = {0};
    expect_events(&expected, &law->full, change);
    expect_facts(&expected, &law->full);
    struct claim c = {.then = &expected, .tolerance = SAME, .compare_findings = true};
    frame_list_change_addresses(&others, &law->frames, change);
    try(law, &c, &others, change);
    frame_list_deinit(&others);
    outcome_deinit(&expected);
}

static void law_copies(struct law *law)
{
    struct frame_list copy[COPIES] = {0}, all = {0};
    struct outcome expected = {0};
    for (unsigned i = 0; i < COPIES; i++) {
        frame_list_change_addresses(&copy[i], &law->frames, i);
        expect_events(&expected, &law->full, i);
    }
    for (size_t i = 0; i < law->frames.count * COPIES; i++)
        frame_list_add(&all, &copy[i % COPIES].at[i / COPIES]);
    frame_list_number(&all);
    struct claim c = {.then = &expected, .tolerance = SAME};
    try(law, &c, &all, 0);
    for (unsigned i = 0; i < COPIES; i++)
        frame_list_deinit(&copy[i]);
    frame_list_deinit(&all);
    outcome_deinit(&expected);
}

static bool speaks_http2(const struct frame_list *f)
{
    for (size_t i = 0; i < f->count; i++) {
        if (memmem(f->at[i].bytes.data, f->at[i].bytes.size, "PRI * HTTP/2.0", 14))
            return true;
    }
    return false;
}

/* Of a scan all is renamed, and its findings rest on it: with rules that know the old names they are others. An open
 * proxy is one whatever it is asked for. */
static void check_renamed_scan(struct law *law, const struct claim *c, const struct frame_list *others)
{
    struct outcome old;
    struct slice left = rename_left(&law->full);
    char what[WHY_SIZE];
    snprintf(what, sizeof what, "not renamed: %.*s", (int)slice_part(left, 0, 80).size, (const char *)left.data);
    if (left.size)
        say(law, c, what);
    outcome_of(&old, others, law->rules, 0);
    if (old.finding_count == law->full.finding_count && law->full.finding_count > 1)
        say(law, c, "there are as many findings with the rules as they were");
    outcome_deinit(&old);
}

/* Strings of a record are the wire's, so what is expected is the record with the same names changed. Where HPACK codes
 * them, the bytes are others than the names. */
static void law_rename(struct law *law)
{
    if (speaks_http2(&law->frames) || outcome_has_keys()) /* nor can what is sealed be renamed */
        return;
    struct frame_list others = {0};
    struct outcome expected = {0}, now;
    if (rename_frames(&others, &law->frames) == 0) {
        frame_list_deinit(&others);
        return;
    }
    expect_events(&expected, &law->full, 0);
    expect_facts(&expected, &law->full);
    for (size_t i = 0; i < expected.count; i++)
        rename_bytes((uint8_t *)expected.exchanges[i] + sizeof(struct exchange),
                     expected.exchanges[i]->size - sizeof(struct exchange));
    for (size_t i = 0; i < expected.fact_count; i++)
        rename_bytes((uint8_t *)expected.facts[i], strlen(expected.facts[i]));
    outcome_sort(&expected);
    struct claim c = {.then = &expected, .tolerance = SAME, .compare_findings = true};
    outcome_of(&now, &others, law->renamed, 0);
    compare(law, &c, &now);
    outcome_deinit(&now);
    if (rename_is_scan(&law->full))
        check_renamed_scan(law, &c, &others);
    frame_list_deinit(&others);
    outcome_deinit(&expected);
}

static void law_truth(struct law *law)
{
    struct claim c = {.then = &law->full, .tolerance = SAME, .compare_findings = true};
    try(law, &c, &law->frames, 0);
}

static const struct {
    const char *name;
    void (*run)(struct law *law);
} laws[] = {
    {"drop", law_drop},     {"start", law_start}, {"bytes", law_bytes},       {"swap", law_swap},
    {"twice", law_twice},   {"shift", law_shift}, {"renumber", law_renumber}, {"copies", law_copies},
    {"rename", law_rename}, {"truth", law_truth},
};

static unsigned run_capture(struct law *law, void (*run)(struct law *law), unsigned number)
{
    const char *slash = strrchr(law->path, '/');
    law->failures = 0;
    law->frames = (struct frame_list){0};
    frame_list_load(&law->frames, law->path);
    outcome_load_keys(law->path);
    outcome_of(&law->full, &law->frames, law->rules, 0);
    if (law->full.count == 0)
        law->failures++;
    run(law);
    printf("%s %u - %s %s: %zu packets, %zu exchanges, %zu findings\n", law->failures ? "not ok" : "ok", number,
           law->name, slash ? slash + 1 : law->path, law->frames.count, law->full.count, law->full.finding_count);
    if (law->failures)
        printf("# %u differences\n", law->failures);
    fflush(stdout);
    outcome_deinit(&law->full);
    frame_list_deinit(&law->frames);
    return law->failures;
}

static void (*law_of(const char *name, size_t size))(struct law *)
{
    for (size_t i = 0; i < sizeof laws / sizeof laws[0]; i++) {
        if (strlen(laws[i].name) == size && memcmp(laws[i].name, name, size) == 0)
            return laws[i].run;
    }
    return NULL;
}

int main(int argc, char **argv)
{
    struct law law = {0};
    unsigned tests = 0, failed = 0;
    const char *srcdir = getenv("srcdir");
    char rules[4096], name[32];
    int first = 2;
    if (argc > 3 && strcmp(argv[2], "-n") == 0) {
        law.only = strtoul(argv[3], NULL, 10);
        first = 4;
    }
    snprintf(rules, sizeof rules, "%s/rules", srcdir ? srcdir : ".");
    struct rule_set *set = outcome_rules(rules, NULL), *renamed = outcome_rules(rules, rename_bytes);
    law.rules = set;
    law.renamed = renamed;
    for (const char *at = argc > first ? argv[1] : "?"; *at;) {
        size_t size = strcspn(at, ",");
        void (*run)(struct law *) = law_of(at, size);
        if (!run) {
            fputs("usage: replay LAW[,LAW...] [-n PACKET] CAPTURE...\n", stderr);
            return 99;
        }
        snprintf(name, sizeof name, "%.*s", (int)size, at);
        law.name = name;
        for (int i = first; i < argc; i++) {
            law.path = argv[i];
            failed += run_capture(&law, run, ++tests) != 0;
        }
        at += size + (at[size] == ',');
    }
    printf("1..%u\n", tests);
    rule_set_free(set);
    rule_set_free(renamed);
    return failed ? 1 : 0;
}
