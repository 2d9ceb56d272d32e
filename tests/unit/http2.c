/* What is told of a talk; the first law (cuts), memory that fails, and bounds. */
#include "tests/unit/http2_talk.h"

#include "tests/unit/http2_talks.h"

static const struct http2_limits roomy = {.block_bytes = 16384, .streams = 8};

struct play {
    const struct http2_limits *limits;
    size_t cut;       /* each push into pieces of so many bytes */
    unsigned seed;    /* or at random */
    uint64_t fail_at; /* this allocation fails */
    bool failed;      /* out: one did */
    size_t peak;      /* out: of the memory */
    bool rests;       /* it is freed and made again wherever it may be */
    unsigned rested;  /* out: how often it was */
    const struct http2_shared *shared;
    struct record *record;
};

/* Bytes on the heap of their own size, so that reading past them is seen. */
static void push(struct stream *s, enum side from, const uint8_t *bytes, size_t size)
{
    uint8_t *own = malloc(size ? size : 1);
    memcpy(own, bytes, size);
    stream_push(s, from, 1, (struct slice){own, size});
    free(own);
}

static void may_rest(struct stream **s, struct play *p)
{
    if (!p->rests || !http2_may_rest(*s))
        return;
    stream_free(*s);
    *s = http2_wake(p->shared, &record_events, p->record);
    assert_non_null(*s);
    p->rested++;
}

static void push_cut(struct stream **s, enum side from, const uint8_t *bytes, size_t size, struct play *p)
{
    for (size_t at = 0; at < size;) {
        size_t piece = size - at;
        if (p->cut && p->cut < piece)
            piece = p->cut;
        if (p->seed) {
            p->seed = p->seed * 1103515245 + 12345;
            size_t most = 1 + (p->seed >> 16) % 23;
            piece = most < piece ? most : piece;
        }
        push(*s, from, bytes + at, piece);
        may_rest(s, p);
        at += piece;
    }
}

static void play_piece(struct stream **s, const struct script *script, const struct piece *piece, struct play *p)
{
    switch (piece->kind) {
    case PIECE_PUSH: push_cut(s, piece->from, script->bytes + piece->at, piece->size, p); break;
    case PIECE_GAP: stream_gap(*s, piece->from, 1, piece->size); break;
    case PIECE_GAP_UNKNOWN: stream_gap(*s, piece->from, 1, GAP_UNKNOWN); break;
    case PIECE_BEFORE: break;
    case PIECE_FIN: stream_end(*s, piece->from, 1, END_FIN); break;
    case PIECE_RESET:
        stream_end(*s, CLIENT, 1, END_RESET);
        stream_end(*s, SERVER, 1, END_RESET);
        break;
    }
}

static void finish(struct stream *s, const struct record *r)
{
    stream_end(s, CLIENT, 1, END_CAPTURE);
    stream_end(s, SERVER, 1, END_CAPTURE);
    size_t size = r->size;
    stream_push(s, CLIENT, 1, slice_of("0123456789"));
    stream_gap(s, SERVER, 1, 10);
    assert_int_equal(r->size, size);
    stream_free(s);
    for (unsigned i = 0; i < r->count; i++)
        assert_true(r->things[i].over);
}

static struct record *play(const struct script *script, struct play *p)
{
    static const struct hash_secret secret;
    struct memory memory = {.limit = 1 << 20, .fail_at = p->fail_at};
    struct http2_shared shared = {.limits = p->limits ? *p->limits : roomy, .memory = &memory};
    shared.literals = literals_new(1, &secret, &memory);
    struct record *r = record_new();
    struct stream *s = shared.literals ? http2_new(&shared, true, &record_events, r) : NULL;
    p->shared = &shared;
    p->record = r;
    if (s) {
        for (size_t i = 0; i < script->count; i++)
            play_piece(&s, script, &script->pieces[i], p);
        finish(s, r);
    }
    literals_free(shared.literals);
    p->failed = p->fail_at && memory.fail_at == 0;
    p->peak = memory.peak;
    assert_int_equal(memory.used, 0);
    return r;
}

/* @return how often it rested. */
static unsigned expect(const struct script *script, struct play p, const char *name, const char *told)
{
    struct record *r = play(script, &p);
    if (strcmp(r->text, told) != 0)
        print_error("talk: %s, cut %zu, seed %u\n", name, p.cut, p.seed);
    assert_string_equal(r->text, told);
    free(r);
    return p.rested;
}

static void talks_are_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < TALKS; i++) {
        struct script *script = script_new(talks[i].lines, TALK_LINES);
        expect(script, (struct play){0}, talks[i].name, talks[i].told);
        script_free(script);
    }
}

static void cut_anywhere_is_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < TALKS; i++) {
        struct script *script = script_new(talks[i].lines, TALK_LINES);
        for (size_t cut = 1; cut < 16; cut++)
            expect(script, (struct play){.cut = cut}, talks[i].name, talks[i].told);
        for (unsigned seed = 1; seed < 40; seed++)
            expect(script, (struct play){.seed = seed}, talks[i].name, talks[i].told);
        script_free(script);
    }
}

static void rests_unnoticed(void **state)
{
    (void)state;
    unsigned rested = 0;
    for (size_t i = 0; i < TALKS; i++) {
        struct script *script = script_new(talks[i].lines, TALK_LINES);
        /* floods are of ten seconds, and no rest is as short */
        for (size_t cut = 0; cut < 16 && !strstr(talks[i].told, "flood"); cut++)
            rested += expect(script, (struct play){.cut = cut, .rests = true}, talks[i].name, talks[i].told);
        script_free(script);
    }
    assert_true(rested > 16 * TALKS);
}

/* Where memory fails, all is over, and that is told once; or a header block is lost, or a thing was not opened. */
static void memory_may_fail(void **state)
{
    (void)state;
    for (size_t i = 0; i < TALKS; i++) {
        struct script *script = script_new(talks[i].lines, TALK_LINES);
        for (size_t cut = 0; cut < 2; cut++) {
            struct play p = {.cut = cut};
            do {
                p.fail_at++;
                struct record *r = play(script, &p);
                assert_true(p.failed || strcmp(r->text, talks[i].told) == 0);
                free(r);
            } while (p.failed);
            assert_true(p.fail_at > 4);
        }
        script_free(script);
    }
}

static void memory_that_fails_for_a_stream_ends_all(void **state)
{
    (void)state;
    static const char *const lines[] = {HELLO, "C headers 1 +end | " GET("/1"), "S headers 1 +end | :status 200"};
    struct script *script = script_new(lines, sizeof lines / sizeof *lines);
    unsigned gave_up = 0;
    for (struct play p = {.fail_at = 1}; p.fail_at == 1 || p.failed; p.fail_at++) {
        struct record *r = play(script, &p);
        gave_up += strcmp(r->text, "gave up memory\n") == 0;
        free(r);
    }
    assert_true(gave_up >= 2); /* the streams' room and a table */
    script_free(script);
}

/* Heads longer than the bound, in one frame and in several; and what is in the table behind them. */
static void large_blocks_are_told_in_part(void **state)
{
    (void)state;
    static const char *const lines[] = {
        HELLO,
        "C headers 1 +end | " GET("/1") " | a b",
        "C headers 3 +end +cut=9 | " GET(
            "/3") " | !x 0123456789012345678901234567890123456789012345678901234567890123456789"
                  " | a b",
        "C headers 5 +end | " GET("/5") " | a b",
        "S headers 3 | :status 200 | !x 0123456789012345678901234567890123456789012345678901234567890123456789",
        "S headers 1 +end | :status 200 | c d",
        "C headers 7 +end +cut=40 | " GET("/7") " | a b"};
    static const struct http2_limits small = {.block_bytes = 48, .streams = 8};
    struct script *script = script_new(lines, sizeof lines / sizeof *lines);
    for (size_t cut = 0; cut < 60; cut++) {
        expect(script, (struct play){.limits = &small, .cut = cut}, "large blocks",
               "1 open\n1 C request" TOLD_GET(
                   "/1") " a=b\n1 C done whole\n3 open\n3 C mark head_too_large\n"
                         "3 C request partly\n3 C done cut\n5 open\n5 C request :method=GET :scheme=http ?=? :path=/5 "
                         "?=?\n"
                         "5 C done whole\n3 S mark head_too_large\n3 S final partly\n1 S final :status=200 c=d\n" ENDED(
                             "1") "7 open\n7 C request :method=GET :scheme=http ?=? :path=/7 ?=?\n7 C done whole\n"
                                  "3 S done cut\n3 over\n5 over\n7 over\n");
    }
    script_free(script);
}

static void long_blocks_are_not_kept(void **state)
{
    (void)state;
    static const char *const lines[] = {HELLO, "C headers 1 +open | " GET("/1"), "C frame 9 0 1 +times=12000 | 82",
                                        "C frame 9 4 1 | 82"};
    static const struct http2_limits small = {.block_bytes = 4096, .streams = 8};
    struct script *script = script_new(lines, sizeof lines / sizeof *lines);
    struct play p = {.limits = &small};
    struct record *r = play(script, &p);
    assert_string_equal(r->text, "C odd continuation_flood 100\nC odd continuation_flood 1000\n"
                                 "C odd continuation_flood 10000\n1 open\n1 C mark head_too_large\n"
                                 "1 C request partly\n1 C done cut\n1 over\n");
    assert_true(p.peak < 32768);
    free(r);
    script_free(script);
}

static size_t told_bytes;

static void count_field(void *thing, enum side from, const struct field *f)
{
    (void)thing, (void)from;
    told_bytes += f->name.size + f->value.size;
}

/* A large entry, and many references to it, of one byte each. */
static void bombs_are_told_in_part(void **state)
{
    (void)state;
    enum { VALUE = 3000, TIMES = 1000, MOST = 1 << 20 };
    struct script *script = script_new((const char *[]){HELLO}, 5);
    char *line = malloc(VALUE + TIMES * 2 + 200);
    snprintf(line, VALUE + 200, "C headers 1 +end | " GET("/1") " | bomb %0*d", VALUE, 0);
    script_line(script, line);
    size_t size = (size_t)sprintf(line, "C frame 1 5 3 | 82 86 84 ");
    for (int i = 0; i < TIMES; i++)
        size += (size_t)sprintf(line + size, "be");
    script_line(script, line);
    script_line(script, "C headers 5 +end | " GET("/5") " | a b");
    struct message_events events = record_events;
    events.field = count_field;
    struct memory memory = {.limit = 1 << 20};
    struct http2_shared shared = {.limits = roomy, .memory = &memory};
    static const struct hash_secret secret;
    shared.literals = literals_new(1, &secret, &memory);
    struct record *r = record_new();
    struct stream *s = http2_new(&shared, true, &events, r);
    told_bytes = 0;
    for (size_t i = 0; i < script->count; i++)
        play_piece(&s, script, &script->pieces[i], &(struct play){0});
    finish(s, r);
    assert_string_equal(r->text, "1 open\n1 C request\n1 C done whole\n3 open\n3 C mark head_too_large\n"
                                 "3 C request partly\n3 C done whole\n5 open\n5 C request\n5 C done whole\n"
                                 "1 over\n3 over\n5 over\n");
    assert_true(told_bytes > MOST / 2 && told_bytes < MOST + 2 * VALUE);
    literals_free(shared.literals);
    assert_int_equal(memory.used, 0);
    free(r);
    free(line);
    script_free(script);
}

/* Go's server takes a head of 1048896 bytes, with 32 for each field, and answers 431 to a larger one. */
static void a_head_of_just_the_bound_is_whole(void **state)
{
    (void)state;
    enum { HEAD = 1048896, GET_ROOT = 42 + 43 + 38, BOMB = 3000, ENTRY = 4 + BOMB + 32, FIELD_X = 33 };
    enum { TIMES = (HEAD - GET_ROOT) / ENTRY, LEFT = (HEAD - GET_ROOT) % ENTRY - FIELD_X };
    static const char *const told[] = {"3 C request\n", "3 C mark head_too_large\n3 C request partly\n"};
    for (unsigned over = 0; over < 2; over++) {
        char *line = malloc(16384);
        struct script *script = script_new((const char *[]){HELLO}, 5);
        snprintf(line, 16384, "C headers 1 +end | " GET("/1") " | bomb %0*d", BOMB, 0);
        script_line(script, line);
        size_t size = (size_t)sprintf(line, "C frame 1 5 3 | 82 86 84 ");
        for (int i = 0; i < TIMES; i++)
            size += (size_t)sprintf(line + size, "be");
        size += (size_t)sprintf(line + size, "0001787f%02x%02x", 0x80U | ((LEFT + over - 127) & 127),
                                (LEFT + over - 127) >> 7);
        for (unsigned i = 0; i < LEFT + over; i++)
            size += (size_t)sprintf(line + size, "51");
        script_line(script, line);
        struct message_events events = record_events;
        events.field = count_field;
        struct memory memory = {.limit = 1 << 20};
        static const struct hash_secret secret;
        struct http2_shared shared = {
            .limits = roomy, .literals = literals_new(1, &secret, &memory), .memory = &memory};
        struct record *r = record_new();
        struct stream *s = http2_new(&shared, true, &events, r);
        for (size_t i = 0; i < script->count; i++)
            play_piece(&s, script, &script->pieces[i], &(struct play){0});
        finish(s, r);
        assert_non_null(strstr(r->text, told[over]));
        literals_free(shared.literals);
        free(r);
        free(line);
        script_free(script);
    }
}

static void open_streams_are_bounded(void **state)
{
    (void)state;
    static const char *const lines[] = {HELLO,
                                        "C headers 1 | " POST("/1"),
                                        "C headers 3 +end | " GET("/3"),
                                        "C headers 5 +end | " GET("/5"),
                                        "C headers 7 +end | " GET("/7"),
                                        "S headers 1 | :status 200",
                                        "C headers 9 +end | " GET("/9"),
                                        "S headers 5 +end | :status 200",
                                        "S data 1 +end | a",
                                        "S headers 9 +end | :status 200",
                                        "S headers 7 +end | :status 200"};
    static const struct http2_limits four = {.block_bytes = 4096, .streams = 4};
    struct script *script = script_new(lines, sizeof lines / sizeof *lines);
    expect(script, (struct play){.limits = &four}, "many streams",
           "1 open\n1 C request" TOLD_POST("/1") "\n" ASKED("3", "/3") ASKED("5", "/5")
               ASKED("7", "/7") "1 S final :status=200\n1 C mark many_streams\n1 C done cut\n1 S done cut\n1 over\n3 C "
                                "mark many_streams\n"
                                "3 over\n5 C mark many_streams\n5 over\n" ASKED("9", "/9") GIVEN("9", "200")
                                    GIVEN("7", "200"));
    script_free(script);
}

/* Requests, each reset at once; or answered before. */
static void rapid_resets_are_told_of(void **state)
{
    (void)state;
    for (int answered = 0; answered < 2; answered++) {
        struct script *script = script_new((const char *[]){HELLO}, 5);
        size_t at = script->size;
        for (uint32_t id = 1; id < 300; id += 2) {
            script_frame(script, FRAME_HEADERS, FRAME_END_STREAM | FRAME_END_HEADERS, id, "\x82\x86\x84", 3);
            if (answered) {
                script_piece(script, PIECE_PUSH, CLIENT, at, script->size - at);
                at = script->size;
                script_frame(script, FRAME_HEADERS, FRAME_END_HEADERS, id, "\x88", 1);
                script_piece(script, PIECE_PUSH, SERVER, at, script->size - at);
                at = script->size;
            }
            script_frame(script, FRAME_RST_STREAM, 0, id, "\0\0\0\x8", 4);
        }
        script_piece(script, PIECE_PUSH, CLIENT, at, script->size - at);
        struct play p = {0};
        struct record *r = play(script, &p);
        const char *told = strstr(r->text, "odd");
        if (answered)
            assert_null(told);
        else
            assert_memory_equal(told - 2, "C odd rapid_reset 100\n199 C reset 8\n", 36);
        free(r);
        script_free(script);
    }
}

static void *open_nothing(void *owner, moment time, enum http_version version, uint32_t stream_id)
{
    (void)time, (void)version, (void)stream_id;
    ((struct record *)owner)->count++;
    return NULL;
}

static void who_wants_nothing_is_told_nothing(void **state)
{
    (void)state;
    struct message_events events = record_events;
    events.open = open_nothing;
    struct memory memory = {.limit = 1 << 20};
    static const struct hash_secret secret;
    struct http2_shared shared = {.limits = roomy, .memory = &memory, .literals = literals_new(1, &secret, &memory)};
    for (size_t i = 0; i < TALKS; i++) {
        struct script *script = script_new(talks[i].lines, TALK_LINES);
        struct record *r = record_new();
        struct stream *s = http2_new(&shared, true, &events, r);
        for (size_t k = 0; k < script->count; k++)
            play_piece(&s, script, &script->pieces[k], &(struct play){0});
        stream_free(s); /* without an end: nothing is told, nothing is left */
        assert_true(r->count > 0);
        for (const char *at = r->text; *at; at = strchr(at, '\n') + 1)
            assert_true(*at == 'C' || *at == 'S');
        free(r);
        script_free(script);
    }
    literals_free(shared.literals);
    assert_int_equal(memory.used, 0);
}

/* h2c: the request was told by another, with its end; the table is as large as that one's HTTP2-Settings said. */
static void what_began_elsewhere_is_carried_on(void **state)
{
    (void)state;
    static const char *const lines[] = {"S settings 3=100",
                                        "S table 16384",
                                        "S headers 1 | :status 200 | a b",
                                        "C preface",
                                        "C settings 1=16384",
                                        "C window 1 100",
                                        "S data 1 +end | hi",
                                        "C headers 3 +end | " GET("/3"),
                                        "S headers 3 +end | :status 200 | a b"};
    struct memory memory = {.limit = 1 << 20};
    static const struct hash_secret secret;
    struct http2_shared shared = {.limits = roomy, .memory = &memory, .literals = literals_new(1, &secret, &memory)};
    for (int lost = 0; lost < 3; lost++) {
        struct script *script = script_new(lines, sizeof lines / sizeof *lines);
        struct record *r = record_new();
        struct record_thing *t = &r->things[r->count++];
        *t = (struct record_thing){.record = r, .id = 1, .seen = {true}, .done = {true}, .final = {true}};
        struct stream *s = http2_new(&shared, true, &record_events, r);
        assert_true(http2_recognised(s));
        assert_true(http2_carry_on(s, t));
        if (lost == 1)
            stream_gap(s, CLIENT, 1, GAP_UNKNOWN);
        for (size_t i = 0; i < script->count && lost < 2; i++)
            play_piece(&s, script, &script->pieces[i], &(struct play){.cut = 3});
        finish(s, r);
        if (lost == 2)
            assert_string_equal(r->text, "1 over\n");
        else
            assert_string_equal(r->text, "1 S final :status=200 a=b\n1 S body [hi]\n" ENDED("1")
                                             ASKED("3", "/3") "3 S final :status=200 a=b\n" ENDED("3"));
        free(r);
        script_free(script);
    }
    literals_free(shared.literals);
    assert_int_equal(memory.used, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(talks_are_told),
        cmocka_unit_test(cut_anywhere_is_the_same),
        cmocka_unit_test(rests_unnoticed),
        cmocka_unit_test(memory_may_fail),
        cmocka_unit_test(memory_that_fails_for_a_stream_ends_all),
        cmocka_unit_test(large_blocks_are_told_in_part),
        cmocka_unit_test(long_blocks_are_not_kept),
        cmocka_unit_test(bombs_are_told_in_part),
        cmocka_unit_test(a_head_of_just_the_bound_is_whole),
        cmocka_unit_test(open_streams_are_bounded),
        cmocka_unit_test(rapid_resets_are_told_of),
        cmocka_unit_test(who_wants_nothing_is_told_nothing),
        cmocka_unit_test(what_began_elsewhere_is_carried_on),
    };
    return cmocka_run_group_tests_name("http2", tests, NULL, NULL);
}
