/* What is told of a talk; the first law (cuts), memory that fails, and bounds. */
#include <time.h>

#include "tests/unit/http1_talk.h"

#include "tests/unit/http1_talks.h"

struct play {
    const char *const *lines;
    size_t count;
    const struct http1_limits *limits;
    bool late;
    size_t cut;           /* each push into pieces of so many bytes */
    size_t line, at;      /* or this one push into two, before byte `at` */
    bool rests;           /* it is freed and made again wherever it may be */
    unsigned rested;      /* out: how often it was */
    uint64_t fail_at;     /* this allocation fails */
    uint64_t unpaired;    /* out */
    uint64_t allocations; /* out, with fail_at: none was left to fail */
};

static struct stream *play_line(struct stream *s, struct play *p, size_t i, struct memory *memory, struct record *r)
{
    const char *line = p->lines[i];
    if (i != p->line || p->at == 0) {
        talk_line(s, line, p->cut);
        return p->rests ? talk_rest(s, memory, r, &p->rested) : s;
    }
    enum side from = line[0] == 'C' ? CLIENT : SERVER;
    talk_push(s, from, line + 1, p->at);
    if (p->rests)
        s = talk_rest(s, memory, r, &p->rested);
    talk_push(s, from, line + 1 + p->at, strlen(line + 1) - p->at);
    return p->rests ? talk_rest(s, memory, r, &p->rested) : s;
}

static struct record *play(struct play *p)
{
    struct memory memory = {.limit = 1 << 20, .fail_at = p->fail_at};
    struct record *r = record_new();
    struct stream *s = http1_new(p->limits ? p->limits : &roomy, !p->late, &memory, &record_events, r);
    if (s) {
        for (size_t i = 0; i < p->count && p->lines[i]; i++)
            s = play_line(s, p, i, &memory, r);
        p->unpaired = http1_unpaired(s);
        talk_finish(s, r, &memory);
    }
    p->allocations = memory.fail_at == 0;
    assert_int_equal(memory.used, 0);
    return r;
}

static void expect(struct play *p, const char *told)
{
    struct record *r = play(p);
    assert_string_equal(r->text, told);
    free(r);
}

static struct play play_of(const struct talk *t)
{
    return (struct play){.lines = t->lines, .count = TALK_LINES};
}

static void talks_are_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < TALKS; i++) {
        struct play p = play_of(&talks[i]);
        struct record *r = play(&p);
        if (strcmp(r->text, talks[i].told) != 0)
            print_error("talk: %s\n", talks[i].name);
        assert_string_equal(r->text, talks[i].told);
        free(r);
    }
}

static void byte_by_byte_is_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < TALKS; i++) {
        for (size_t cut = 1; cut < 8; cut++) {
            struct play p = play_of(&talks[i]);
            p.cut = cut;
            expect(&p, talks[i].told);
        }
    }
}

static void cut_anywhere_is_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < TALKS; i++) {
        for (size_t line = 0; line < TALK_LINES && talks[i].lines[line]; line++) {
            size_t size = strlen(talks[i].lines[line]) - 1;
            for (size_t at = 1; at < size; at++) {
                struct play p = play_of(&talks[i]);
                p.line = line;
                p.at = at;
                expect(&p, talks[i].told);
            }
        }
    }
}

/* Wherever it says that it may, each talk cut anywhere. */
static void rests_unnoticed(void **state)
{
    (void)state;
    unsigned rested = 0;
    for (size_t i = 0; i < TALKS; i++) {
        for (size_t line = 0; line < TALK_LINES && talks[i].lines[line]; line++) {
            size_t size = strlen(talks[i].lines[line]) - 1;
            for (size_t at = 0; at < size; at++) {
                struct play p = play_of(&talks[i]);
                p.line = line;
                p.at = at;
                p.rests = true;
                expect(&p, talks[i].told);
                rested += p.rested;
            }
        }
    }
    assert_true(rested > 1000);
}

/* Where memory fails, what was told until then is a beginning of what would have been told, then all is over. */
static void memory_may_fail(void **state)
{
    (void)state;
    for (size_t i = 0; i < TALKS; i++) {
        for (size_t cut = 0; cut < 2; cut++) {
            struct play p = play_of(&talks[i]);
            p.cut = cut;
            do {
                p.fail_at++;
                struct record *r = play(&p);
                bool failed = strstr(r->text, "gave up memory\n") != NULL;
                assert_true(failed || !p.allocations || p.fail_at == 1 || strcmp(r->text, talks[i].told) == 0);
                free(r);
            } while (p.allocations);
            assert_true(p.fail_at > 1);
        }
    }
}

static const char *const long_head[] = {
    "CGET /long HTTP/1.1\r\nHost: h\r\nA: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\r\n\r\n" ASK(
        "/2"),
    "S" GIVE("431", "0", ""),
};

static void large_heads_are_told_in_part(void **state)
{
    (void)state;
    const struct http1_limits small = {.head_bytes = 48, .open = 8};
    for (size_t cut = 0; cut < 60; cut++) {
        struct play p = {.lines = long_head, .count = 2, .limits = &small, .cut = cut};
        /* The second request may be the first one's body, as far as is known: it is not paired. */
        expect(&p,
               "1 open 1.1\n1 C :method=GET\n1 C :path=/long\n1 C Host=h\n1 C mark head_too_large\n1 C A=<unknown>\n"
               "1 C head request partly\n1 C done cut\n1 over\n2 open 1.1\n2 C mark found_by_search\n"
               "2 C :method=GET\n2 C :path=/2\n2 C Host=h\n2 C head request\n2 C done whole\n2 over\n");
        assert_int_equal(p.unpaired, 1);
    }
}

static void no_bound_is_too_small(void **state)
{
    (void)state;
    const struct http1_limits none = {.head_bytes = 0, .open = 0};
    for (size_t i = 0; i < TALKS; i++) {
        struct play p = play_of(&talks[i]);
        p.limits = &none;
        struct record *whole = play(&p);
        p.cut = 1;
        struct record *cut = play(&p);
        assert_string_equal(whole->text, cut->text);
        free(whole);
        free(cut);
    }
}

#define GIVEN(n, status) TOLD_GIVE(n, status, "0") TOLD_END(n)

/* Those that are too many are not told, but read and answered in their turn. */
static void told_requests_are_bounded(void **state)
{
    (void)state;
    const struct http1_limits two = {.head_bytes = 4096, .open = 2};
    static const char *const lines[] = {"C" ASK("/1") ASK("/2") "HEAD /3 HTTP/1.1\r\nHost: h\r\n\r\n",
                                        "S" GIVE("201", "0", ""),
                                        "C" ASK("/4"),
                                        "S" GIVE("202", "0", "") GIVE("203", "9", "") GIVE("204", "0", ""),
                                        "C" ASK("/5"),
                                        "S" GIVE("205", "0", "")};
    for (size_t cut = 0; cut < 30; cut++) {
        struct play p = {.lines = lines, .count = 6, .limits = &two, .cut = cut};
        expect(&p, TOLD_ASK("1", "/1") TOLD_ASK("2", "/2") "C odd many_streams 3\n" GIVEN("1", "201") GIVEN("2", "202")
                       TOLD_ASK("3", "/5") GIVEN("3", "205"));
        assert_int_equal(p.unpaired, 2);
    }
}

/* 64 are passed over beside the two, and the next one is the end. */
static void open_requests_are_bounded(void **state)
{
    (void)state;
    const struct http1_limits two = {.head_bytes = 4096, .open = 2};
    static const char ask[] = ASK("/");
    char many[1 + 65 * (sizeof ask - 1) + 1] = "C";
    for (unsigned i = 0; i < 64; i++)
        memcpy(many + 1 + i * (sizeof ask - 1), ask, sizeof ask);
    const char *const lines[] = {many, "S" GIVE("201", "0", ""), "C" ASK("/"), "C" ASK("/")};
    struct play p = {.lines = lines, .count = 3, .limits = &two};
    expect(&p, TOLD_ASK("1", "/") TOLD_ASK("2", "/") "C odd many_streams 3\n" GIVEN("1", "201") "2 over\n");
    assert_int_equal(p.unpaired, 63);
    p.count = 4;
    expect(&p,
           TOLD_ASK("1", "/") TOLD_ASK("2", "/") "C odd many_streams 3\n" GIVEN("1", "201") "2 over\ngave up limit\n");
}

static void *open_nothing(void *owner, moment time, enum http_version version, uint32_t stream_id)
{
    (void)time;
    (void)version;
    (void)stream_id;
    ++*(unsigned *)owner;
    return NULL;
}

static void odd_nothing(void *owner, moment time, enum side from, enum http_mark mark, uint64_t count)
{
    (void)owner;
    (void)time;
    (void)from;
    (void)mark;
    (void)count;
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Very many are pipelined, and in the middle of the first answer is a gap; or before it come very many interim ones.
 * What is told then costs no more than what was read. */
static void many_requests_cost_little(void **state)
{
    (void)state;
    enum { MANY = 60000, INTERIM = 10000 };
    const struct http1_limits limits = {.head_bytes = 4096, .open = 2048};
    struct message_events events = record_events;
    events.open = open_nothing;
    events.odd = odd_nothing;
    for (unsigned loss = 0; loss < 2; loss++) {
        struct memory memory = {.limit = 1 << 24};
        unsigned opened = 0;
        struct stream *s = http1_new(&limits, true, &memory, &events, &opened);
        double begun = seconds();
        for (unsigned i = 0; i < MANY; i++)
            talk_line(s, "C" ASK("/"), 0);
        double read = seconds();
        if (loss) {
            talk_line(s, "SHTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", 0);
            talk_line(s, "(C?", 0);
        }
        for (unsigned i = 0; i < INTERIM && !loss; i++)
            talk_line(s, "SHTTP/1.1 100 Continue\r\n\r\n", 0);
        assert_true(seconds() - read < read - begun);
        stream_free(s);
        assert_int_equal(memory.used, 0);
    }
}

static void who_wants_nothing_is_told_nothing(void **state)
{
    (void)state;
    struct message_events events = record_events;
    events.open = open_nothing;
    struct memory memory = {.limit = 1 << 20};
    unsigned opened = 0;
    struct stream *s = http1_new(&roomy, true, &memory, &events, &opened);
    talk_line(s, "C" ASK("/1"), 0);
    talk_line(s, "S" GIVE("200", "3", "abc"), 0);
    stream_free(s);
    assert_int_equal(opened, 1);
    assert_int_equal(memory.used, 0);
}

static void what_nobody_asks_for_is_not_told(void **state)
{
    (void)state;
    static struct record record;
    struct message_events events = record_events;
    events.asked_only = true;
    struct memory memory = {.limit = 1 << 20};
    struct stream *s = http1_new(&roomy, true, &memory, &events, &record);
    talk_line(s, "CGET / HTTP/1.1\r\nAccept: a\r\nHost: h\r\nX: 1\r\n\r\n", 0);
    talk_line(s, "SHTTP/1.1 200 OK\r\nDate: d\r\nAudit-Id: i\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: 1\r\n\r\n",
              0);
    stream_free(s);
    assert_string_equal(record.text, "1 open 1.1\n"
                                     "1 C :method=GET\n"
                                     "1 C :path=/\n"
                                     "1 C Host=h\n"
                                     "1 C head request\n"
                                     "1 C done whole\n"
                                     "1 S :status=200\n"
                                     "1 S Audit-Id=i\n"
                                     "1 S Transfer-Encoding=chunked\n"
                                     "1 S head final\n"
                                     "1 S head trailers\n"
                                     "1 S done whole\n"
                                     "1 over\n");
}

struct heard {
    struct stream stream;
    struct record record;
};

static void hear_push(struct stream *s, enum side from, moment time, struct slice bytes)
{
    (void)time;
    record_say(&((struct heard *)s)->record, "%c[%.*s]", record_side(from), (int)bytes.size, (const char *)bytes.data);
}

static void hear_gap(struct stream *s, enum side from, moment time, uint64_t size)
{
    (void)time;
    record_say(&((struct heard *)s)->record, "%c(%d)", record_side(from), (int)size);
}

static void hear_end(struct stream *s, enum side from, moment time, enum stream_end how)
{
    (void)time;
    (void)how;
    record_say(&((struct heard *)s)->record, "%c.", record_side(from));
}

static void hear(const char *const *lines, const char *text)
{
    static const struct stream_ops ops = {.push = hear_push, .gap = hear_gap, .end = hear_end};
    struct heard *heard = calloc(1, sizeof *heard);
    heard->stream.ops = &ops;
    struct record *r = record_new();
    r->next = &heard->stream;
    struct memory memory = {.limit = 1 << 20};
    struct stream *s = http1_new(&roomy, true, &memory, &record_events, r);
    for (; *lines; lines++)
        talk_line(s, *lines, 0);
    talk_finish(s, r, &memory);
    assert_string_equal(heard->record.text, text);
    free(heard);
    free(r);
}

static void what_follows_a_switch_is_handed_on(void **state)
{
    (void)state;
    static const char *const lines[] = {"CGET / HTTP/1.1\r\nHost: h\r\nUpgrade: x\r\n\r\nEARLY",
                                        "SHTTP/1.1 101 \r\nUpgrade: x\r\n\r\nWELCOME",
                                        "Chello",
                                        "(S7",
                                        "Srest",
                                        "c",
                                        NULL};
    hear(lines, "C[EARLY]S[WELCOME]C[hello]S(7)S[rest]C.S.");
}

/* Who is handed on to has to know, or waits for that side for ever. */
static void a_side_that_has_ended_is_told_of_behind_a_switch(void **state)
{
    (void)state;
    static const char *const lines[] = {"CGET / HTTP/1.1\r\nHost: h\r\nUpgrade: x\r\n\r\n", "c",
                                        "SHTTP/1.1 101 \r\nUpgrade: x\r\n\r\nWELCOME", "s", NULL};
    hear(lines, "C(-1)C.S[WELCOME]S.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(talks_are_told),
        cmocka_unit_test(byte_by_byte_is_the_same),
        cmocka_unit_test(cut_anywhere_is_the_same),
        cmocka_unit_test(rests_unnoticed),
        cmocka_unit_test(memory_may_fail),
        cmocka_unit_test(large_heads_are_told_in_part),
        cmocka_unit_test(no_bound_is_too_small),
        cmocka_unit_test(told_requests_are_bounded),
        cmocka_unit_test(open_requests_are_bounded),
        cmocka_unit_test(many_requests_cost_little),
        cmocka_unit_test(who_wants_nothing_is_told_nothing),
        cmocka_unit_test(what_nobody_asks_for_is_not_told),
        cmocka_unit_test(what_follows_a_switch_is_handed_on),
        cmocka_unit_test(a_side_that_has_ended_is_told_of_behind_a_switch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
