/* The second law: what is told through gaps is what would have been told, or less. */
#include "tests/unit/http2_capture.h"

#include "tests/unit/http2_talks.h"

/* In these talks the target of each request is its stream's number and the last two digits of its
 * status: what is told of a stream can be compared with what was told of it without loss. No value has a space. */

static const char *const lawful[][TALK_LINES] = {
    {HELLO, "C headers 1 +end | " GET("/1.01") " | user-agent x/1 | authorization token-of-one",
     "S headers 1 | :status 201 | audit-id a1 | content-type json", "S data 1 | hello", "S data 1 +end | world",
     "C headers 3 +end | " GET("/3.03") " | user-agent x/1 | authorization token-of-one",
     "C headers 5 | " POST("/5.05") " | user-agent x/1 | content-type json", "C data 5 | {}",
     "C data 5 +end +pad=4 | []", "S headers 5 +end | :status 205 | audit-id a5 | content-type json",
     "S headers 3 | :status 203 | audit-id a3 | content-type json", "S data 3 +end | abcdefghijkl",
     "C headers 7 +end | " GET("/7.07") " | user-agent x/2 | authorization token-of-two",
     "S headers 7 +end | :status 207 | audit-id a7", "S goaway 7 0", "c", "s"},
    {HELLO, "C headers 1 +end +cut=5 | " GET("/1.01") " | user-agent a-long-agent/1.2.3 | x-long 0123456789abcdef",
     "C headers 3 | " POST("/3.03") " | expect 100-continue", "S headers 3 | :status 103 | link a", "C data 3 | ab",
     "S headers 1 +cut=7 | :status 201 | some-field of-some-size | other-field of-another", "S data 1 | x",
     "C headers 3 +end | trailer-of-three yes", "S headers 1 +end | grpc-status 0",
     "S headers 3 | :status 203 | link a", "S data 3 +end +pad=3 | no",
     "C headers 5 +end | " GET("/5.05") " | user-agent a-long-agent/1.2.3",
     "C headers 7 +end | " GET("/7.07") " | x-long 0123456789abcdef",
     "S headers 7 +end | :status 207 | other-field of-another",
     "S headers 5 +end | :status 205 | some-field of-some-size"},
    {HELLO,
     "C headers 1 +end | " GET("/1.01") " | a b",
     "C headers 3 +end | " GET("/3.03") " | a b",
     "C rst 1 8",
     "S headers 1 | :status 201 | c d",
     "S data 1 +end | late",
     "S headers 3 | :status 203 | c d",
     "S data 3 | watch",
     "C headers 5 | " POST("/5.05") " | e f",
     "S headers 5 | :status 205 | e f",
     "S data 5 +end | refused",
     "S rst 5 0",
     "C data 5 | more",
     "C ping",
     "S ping",
     "S data 3 | watch",
     "C rst 3 8",
     "S data 3 +end | it",
     "C headers 7 +end | " GET("/7.07") " | e f",
     "r"},
    {"C preface", "C settings 1=65536", "S settings 1=1024", "C ack", "S ack", "C table 100", "S table 65536",
     "C headers 1 +end | " GET("/1.01") " | a-field with-a-value | b-field with-a-value",
     "S headers 1 +end | :status 201 | x y",
     "C headers 3 +end | " GET("/3.03") " | a-field with-a-value | b-field with-a-value",
     "S promise 3 2 | " GET("/promised") " | c-field pushed", "S headers 3 | :status 203 | x y | c-field pushed",
     "S headers 2 | :status 299 | c-field pushed", "S data 2 +end | css", "S data 3 +end | three", "C table 1024",
     "C headers 5 +end | " GET("/5.05") " | a-field with-a-value | c-field else", "S table 0",
     "S headers 5 +end | :status 205 | x y"},
    {HELLO, "C headers 1 | :method CONNECT | :protocol websocket | :scheme http | :authority h | :path /1.01",
     "S headers 1 | :status 201 | a b", "C data 1 | \x82\x05hello", "S data 1 | \x81\x05world",
     "C headers 3 +end | " GET("/3.03") " | a b", "S headers 3 +end | :status 203 | a b", "C data 1 +end",
     "C headers 5 +end | " GET("/5.05") " | Upper x", "S headers 5 +end | :status 205 | Upper x",
     "C headers 7 +end | " GET("/7.07") " | Upper x", "S headers 7 +end | :status 207 | Upper x"},
};

enum { LAWFUL = sizeof lawful / sizeof *lawful, FACT_BYTES = 4096, FACT_STREAMS = 10 };

/* What one stream was told to be. */
struct facts {
    char text[FACT_BYTES]; /* its lines, without number, each between line ends */
    size_t body[2];        /* bytes, lost ones too */
    bool head[2], whole[2], known[2], endless[2];
};

struct told {
    struct facts of[FACT_STREAMS]; /* 0: what belongs to no stream */
};

static size_t body_size(const char *line, bool *endless)
{
    size_t size = 0;
    const char *end = strrchr(line, ']');
    for (const char *at = strchr(line, '[') + 1; at < end; at++) {
        if (strncmp(at, "(?)", 3) == 0) {
            *endless = true;
            at += 2;
        } else if (*at == '(') {
            char *close;
            size += strtoul(at + 1, &close, 10);
            at = close;
        } else {
            size++;
        }
    }
    return size;
}

static void add_fact(struct facts *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add_fact(struct facts *f, const char *format, ...)
{
    size_t used = strlen(f->text);
    if (used == 0)
        strcpy(f->text, "\n"), used++;
    va_list list;
    va_start(list, format);
    int size = vsnprintf(f->text + used, sizeof f->text - used - 1, format, list);
    va_end(list);
    assert_true(size >= 0 && (size_t)size < sizeof f->text - used - 1);
    strcat(f->text, "\n");
}

static void read_facts(struct told *told, const struct record *r)
{
    for (const char *at = r->text; *at;) {
        char *rest, line[FACT_BYTES];
        unsigned long number = strtoul(at, &rest, 10);
        const char *end = strchr(at, '\n'), *begin = number ? rest + 1 : at;
        assert_true(number < FACT_STREAMS);
        struct facts *f = &told->of[number];
        snprintf(line, sizeof line, "%.*s", (int)(end - begin), begin);
        add_fact(f, "%s", line);
        unsigned side = *line == 'S';
        if (strncmp(line + 1, " body", 5) == 0)
            f->body[side] += body_size(line, &f->endless[side]);
        f->whole[side] |= strncmp(line + 1, " done whole", 11) == 0;
        f->known[side] |= strncmp(line, "S final :status=", 16) == 0 ||
                          (strncmp(line, "C request", 9) == 0 && strstr(line, ":path=/") != NULL);
        at = end + 1;
    }
}

/* What was on the wire: an answer that is under way to one who has reset its stream is, too, though it is not told. */
static void add_wire(struct told *truth, const char *line)
{
    const struct order o = order_read(line + 2);
    struct facts *f = &truth->of[o.count && strcmp(o.word, "headers") && strcmp(o.word, "data") ? 0 : o.numbers[0]];
    unsigned side = *line == 'S';
    if (strcmp(o.word, "data") == 0)
        f->body[side] += strlen(o.rest);
    if (strcmp(o.word, "headers") == 0) {
        char fields[FACT_BYTES] = "";
        for (const char *at = o.rest; *at; at++) {
            bool between = strncmp(at, " | ", 3) == 0;
            snprintf(fields + strlen(fields), 3, "%s", between ? " " : *at == ' ' ? "=" : (char[2]){*at});
            at += between ? 2 : 0;
        }
        bool informational = side && strncmp(o.rest, ":status 1", 9) == 0;
        const char *kind = f->head[side] ? "trailers" : informational ? "informational" : side ? "final" : "request";
        f->head[side] |= !informational;
        add_fact(f, "%c %s %s", *line, kind, fields);
    }
    if (o.end)
        add_fact(f, "%c done whole", *line);
}

/* A head of that kind, of the truth: its fields, between spaces. @return how many; -1: there was none. */
static int true_head(const struct facts *truth, const char *kind, char *fields)
{
    char search[40];
    snprintf(search, sizeof search, "\n%s ", kind);
    const char *at = strstr(truth->text, search);
    if (!at)
        return -1;
    at += strlen(search) - 1;
    size_t size = (size_t)(strchr(at, '\n') - at);
    memcpy(fields, at, size);
    memcpy(fields + size, " ", 2);
    int count = -1;
    for (const char *space = fields; space; space = strchr(space + 1, ' '))
        count++;
    return count;
}

/* Whether every known field of a head was one of it, and how many there were, if it is whole. */
static bool head_fits(const char *line, const struct facts *truth, const char *kind)
{
    char fields[FACT_BYTES], copy[FACT_BYTES], token[FACT_BYTES], *save;
    int count = true_head(truth, kind, fields), told = 0;
    if (count < 0)
        return false;
    strcpy(copy, line);
    strtok_r(copy, " ", &save);
    strtok_r(NULL, " ", &save);
    bool partly = false, fits = true;
    for (char *field = strtok_r(NULL, " ", &save); field; field = strtok_r(NULL, " ", &save)) {
        if (strcmp(field, "partly") == 0) {
            partly = true;
            continue;
        }
        told++;
        snprintf(token, sizeof token, *field == '?' ? "%s " : " %s ", *field == '?' ? field + 1 : field);
        fits &= strcmp(field, "?=?") == 0 || strstr(fields, token) != NULL;
    }
    return fits && (partly || told == count);
}

/* A head whose :status is not known may be told as the final one, and the next as trailers. */
static bool is_true(const char *line, const struct facts *truth)
{
    char with_ends[FACT_BYTES];
    snprintf(with_ends, sizeof with_ends, "\n%s\n", line);
    if (strstr(truth->text, with_ends) || strcmp(line + 1, " done cut") == 0 || strstr(line, " body ["))
        return true;
    if (strcmp(line + 1, " done reset") == 0)
        return strstr(truth->text, " reset ") || strstr(truth->text, " done reset\n");
    if (strncmp(line, "C request", 9) == 0 || strncmp(line, "C trailers", 10) == 0)
        return head_fits(line, truth, line[2] == 'r' ? "C request" : "C trailers");
    bool vague = strstr(line, ":status=") == NULL || strncmp(line, "S trailers", 10) == 0;
    if (strncmp(line, "S final", 7) == 0 || strncmp(line, "S trailers", 10) == 0)
        return head_fits(line, truth, line[2] == 'f' ? "S final" : "S trailers") ||
               (vague && (head_fits(line, truth, "S informational") || head_fits(line, truth, "S final") ||
                          head_fits(line, truth, "S trailers")));
    return strncmp(line, "S informational", 15) == 0 && head_fits(line, truth, "S informational");
}

static void explain(const struct capture *c, const char *line, const struct record *r, const char *what)
{
    fail_msg("%s: C %zu-%zu, S %zu-%zu, first %zu, deaf %d%d: %s\n%s", what, c->hole[0].from, c->hole[0].to,
             c->hole[1].from, c->hole[1].to, c->skip, c->deaf[0], c->deaf[1], line, r->text);
}

struct found {
    unsigned requests, pairs;
};

static void compare(const struct script *script, const struct told *truth, struct capture *c, struct found *found)
{
    struct record *r = capture_play(script, c);
    struct told *told = calloc(1, sizeof *told);
    read_facts(told, r);
    for (unsigned i = 0; i < FACT_STREAMS; i++) {
        struct facts *f = &told->of[i];
        const struct facts *t = &truth->of[i];
        found->requests += f->known[CLIENT];
        found->pairs += f->known[CLIENT] && f->known[SERVER];
        char *save;
        for (char *line = strtok_r(f->text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
            if (!is_true(line, t))
                explain(c, line, r, "not true");
        }
        for (unsigned side = 0; side < 2; side++) {
            if (f->whole[side] && (f->endless[side] || f->body[side] != t->body[side]))
                explain(c, t->text, r, "a body is not whole");
        }
    }
    free(told);
    free(r);
}

struct law {
    struct script *script;
    struct told *truth;
    size_t size[2];
};

static struct law law_begin(size_t which)
{
    struct law l = {.script = script_new(lawful[which], TALK_LINES), .truth = calloc(1, sizeof *l.truth)};
    struct record *r = capture_play(l.script, &(struct capture){0});
    read_facts(l.truth, r);
    free(r);
    for (unsigned i = 1; i < FACT_STREAMS; i++)
        l.truth->of[i].body[CLIENT] = l.truth->of[i].body[SERVER] = 0;
    for (size_t i = 0; i < TALK_LINES && lawful[which][i]; i++) {
        if (lawful[which][i][1])
            add_wire(l.truth, lawful[which][i]);
    }
    for (size_t i = 0; i < l.script->count; i++)
        l.size[l.script->pieces[i].from] += l.script->pieces[i].size;
    struct found found = {0};
    compare(l.script, l.truth, &(struct capture){0}, &found);
    assert_true(found.requests > 2);
    return l;
}

static void law_end(struct law *l)
{
    free(l->truth);
    script_free(l->script);
}

static void one_gap_makes_nothing_false(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 5, 9, 17, 40, 64, 90, 200};
    for (size_t which = 0; which < LAWFUL; which++) {
        struct law l = law_begin(which);
        struct found found = {0};
        unsigned runs = 0;
        for (unsigned side = 0; side < 2; side++) {
            for (size_t at = 0; at < l.size[side]; at++) {
                for (size_t i = 0; i < 2 * sizeof sizes / sizeof *sizes; i++) {
                    struct capture c = {.unknown = i % 2};
                    c.hole[side] = (struct hole){at, at + sizes[i / 2]};
                    compare(l.script, l.truth, &c, &found);
                    runs++;
                }
            }
        }
        assert_true(found.requests > 2 * runs); /* it is not done by telling nothing */
        assert_true(found.pairs > runs);
        law_end(&l);
    }
}

static void gaps_of_both_sides_make_nothing_false(void **state)
{
    (void)state;
    static const size_t sizes[] = {3, 20, 80};
    for (size_t which = 0; which < LAWFUL; which++) {
        struct law l = law_begin(which);
        struct found found = {0};
        for (size_t at = 0; at < l.size[CLIENT]; at += 7) {
            for (size_t other = 0; other < l.size[SERVER]; other += 7) {
                for (size_t i = 0; i < 9; i++) {
                    struct capture c = {.hole = {{at, at + sizes[i % 3]}, {other, other + sizes[i / 3]}}};
                    compare(l.script, l.truth, &c, &found);
                }
            }
        }
        law_end(&l);
    }
}

static void a_late_start_makes_nothing_false(void **state)
{
    (void)state;
    for (size_t which = 0; which < LAWFUL; which++) {
        struct law l = law_begin(which);
        struct found found = {0};
        for (size_t skip = 0; skip < l.size[CLIENT] + l.size[SERVER]; skip++) {
            for (unsigned deaf = 0; deaf < 3; deaf++) {
                struct capture c = {.skip = skip, .late = true, .deaf = {deaf == 1, deaf == 2}, .cut = skip % 5};
                compare(l.script, l.truth, &c, &found);
            }
        }
        assert_true(found.requests > l.size[CLIENT] / 2);
        law_end(&l);
    }
}

static void one_side_alone_makes_nothing_false(void **state)
{
    (void)state;
    for (size_t which = 0; which < LAWFUL; which++) {
        struct law l = law_begin(which);
        for (int side = CLIENT; side <= SERVER; side++) {
            struct capture c = {0};
            c.deaf[side] = true;
            struct found found = {0};
            compare(l.script, l.truth, &c, &found);
            assert_int_equal(found.requests > 2, side == SERVER);
        }
        law_end(&l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_gap_makes_nothing_false),
        cmocka_unit_test(gaps_of_both_sides_make_nothing_false),
        cmocka_unit_test(a_late_start_makes_nothing_false),
        cmocka_unit_test(one_side_alone_makes_nothing_false),
    };
    return cmocka_run_group_tests_name("http2_laws", tests, NULL, NULL);
}
