/* Loss: the rules of pair.h one by one, and the second law: what is told through gaps is what would have been told, or
 * less. */
#include "tests/unit/http1_talk.h"

#include "tests/unit/http1_talks.h"

/* By thought, from the rules in proto/http/pair.h. */
#define TOLD_FOUND(n, path)                                                                                            \
    n " open 1.1\n" n " C mark found_by_search\n" n " C :method=GET\n" n " C :path=" path "\n" n " C Host=h\n" n       \
      " C head request\n" n " C done whole\n"
#define TOLD_ANSWER(n, status)       TOLD_GIVE(n, status, "0") TOLD_END(n)
#define TOLD_FOUND_ANSWER(n, status) n " S mark found_by_search\n" TOLD_ANSWER(n, status)
#define FIRST                        "C" ASK("/1"), "S" GIVE("201", "0", "")
#define TOLD_FIRST                   TOLD_ASK("1", "/1") TOLD_ANSWER("1", "201")
#define CHUNKED_GIVE(status)         "SHTTP/1.1 " status " x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"
#define TOLD_CHUNKED(n, status)      n " S :status=" status "\n" n " S Transfer-Encoding=chunked\n" n " S head final\n"

struct loss {
    struct talk talk;
    bool late;
    uint64_t unpaired;
};

static const struct loss losses[] = {
    {.talk = {.name = "a whole exchange lost",
              .lines = {FIRST, "(C40", "(S40", "C" ASK("/3"), "S" GIVE("203", "0", "")},
              .told = TOLD_FIRST TOLD_FOUND("2", "/3") TOLD_FOUND_ANSWER("2", "203")}},
    {.talk = {.name = "a request lost: its answer is alone, the next pair is one",
              .lines = {FIRST, "(C40", "S" GIVE("202", "0", ""), "C" ASK("/3"), "S" GIVE("203", "0", "")},
              .told = TOLD_FIRST "2 open 1.1\n" TOLD_ANSWER("2", "202") TOLD_FOUND("3", "/3") TOLD_ANSWER("3", "203")}},
    {.talk = {.name = "bytes of the client lost, and no answer before the next request",
              .lines = {FIRST, "(C40", "C" ASK("/3"), "S" GIVE("202", "0", "") GIVE("203", "0", ""), "C" ASK("/4"),
                        "S" GIVE("204", "0", "")},
              .told = TOLD_FIRST TOLD_FOUND("2", "/3") "2 over\n" TOLD_ASK("3", "/4") "3 over\n"},
     .unpaired = 3},
    {.talk = {.name = "loss behind a client that has pipelined",
              .lines = {"C" ASK("/1") ASK("/2"), "S" GIVE("201", "0", "") GIVE("202", "0", ""), "C" ASK("/3"), "(S4",
                        "S\r\n" GIVE("203", "0", "")},
              .told = TOLD_ASK("1", "/1") TOLD_ASK("2", "/2") TOLD_ANSWER("1", "201") TOLD_ANSWER("2", "202")
                  TOLD_ASK("3", "/3") "3 over\n"},
     .unpaired = 1},
    {.talk = {.name = "a client that pipelines behind loss",
              .lines = {FIRST, "(C40", "(S40", "C" ASK("/3"), "S" GIVE("203", "0", ""), "C" ASK("/4") ASK("/5"),
                        "S" GIVE("204", "0", "") GIVE("205", "0", "")},
              .told = TOLD_FIRST TOLD_FOUND("2", "/3") TOLD_FOUND_ANSWER("2", "203")
                  TOLD_ASK("3", "/4") "3 over\n" TOLD_ASK("4", "/5") "4 over\n"},
     .unpaired = 2},
    {.talk = {.name = "an answer lost",
              .lines = {FIRST, "C" ASK("/2"), "(S40", "C" ASK("/3"), "S" GIVE("203", "0", "")},
              .told = TOLD_FIRST TOLD_ASK("2", "/2") "2 over\n" TOLD_ASK("3", "/3") TOLD_FOUND_ANSWER("3", "203")}},
    {.talk = {.name = "something lost before an answer",
              .lines = {FIRST, "C" ASK("/2"), "(S4", "S\r\n" GIVE("202", "0", "")},
              .told = TOLD_FIRST TOLD_ASK("2", "/2") TOLD_FOUND_ANSWER("2", "202")}},
    {.talk = {.name = "the rest of an answer of unknown length lost",
              .lines = {"C" ASK("/1"), CHUNKED_GIVE("201"), "(S40", "C" ASK("/2"), "S" GIVE("202", "0", "")},
              .told = TOLD_ASK("1", "/1") TOLD_CHUNKED("1", "201") "1 S body [ab]\n1 S done cut\n1 over\n" TOLD_ASK(
                  "2", "/2") TOLD_FOUND_ANSWER("2", "202")}},
    {.talk = {.name = "an answer found that a lost request was given",
              .lines = {"C" ASK("/1"), CHUNKED_GIVE("201"), "(S40", "S\n" GIVE("202", "0", "")},
              .told = TOLD_ASK("1", "/1") TOLD_CHUNKED(
                  "1", "201") "1 S body [ab]\n1 S done cut\n1 over\n2 open 1.1\n" TOLD_FOUND_ANSWER("2", "202")}},
    {.talk = {.name = "a gap inside a chunk",
              .lines = {"C" ASK("/1"), CHUNKED_GIVE("201"), "(S2", "Se\r\n0\r\n\r\n", "C" ASK("/2"),
                        "S" GIVE("202", "0", "")},
              .told = TOLD_ASK("1", "/1") TOLD_CHUNKED("1", "201") "1 S body [ab(2)e]\n" TOLD_END("1")
                  TOLD_ASK("2", "/2") TOLD_ANSWER("2", "202")}},
    {.talk = {.name = "gaps inside bodies of known length, up to their end",
              .lines = {"C" ASK("/1"), "S" GIVE("201", "9", "ab"), "(S3", "Sf", "(S3", "C" ASK("/2"),
                        "S" GIVE("202", "0", "")},
              .told = TOLD_ASK("1", "/1") TOLD_GIVE("1", "201", "9") "1 S body [ab(3)f(3)]\n" TOLD_END("1")
                  TOLD_ASK("2", "/2") TOLD_ANSWER("2", "202")}},
    {.talk = {.name = "a gap over the end of a body of known length",
              .lines = {"C" ASK("/1"), "S" GIVE("201", "9", "ab"), "(S8", "C" ASK("/2"), "S" GIVE("202", "0", "")},
              .told = TOLD_ASK("1", "/1") TOLD_GIVE("1", "201", "9") "1 S body [ab(7)]\n" TOLD_END("1")
                  TOLD_ASK("2", "/2") TOLD_FOUND_ANSWER("2", "202")}},
    {.talk = {.name = "a gap of unknown size in a body of known length",
              .lines = {"C" ASK("/1"), "S" GIVE("201", "9", "ab"), "(S?", "C" ASK("/2"), "S" GIVE("202", "0", "")},
              .told = TOLD_ASK("1", "/1") TOLD_GIVE("1", "201", "9") "1 S body [ab]\n1 S done cut\n1 over\n" TOLD_ASK(
                  "2", "/2") TOLD_FOUND_ANSWER("2", "202")}},
    {.talk = {.name = "a gap in a body that ends with the connection",
              .lines = {"C" ASK("/1"), "SHTTP/1.1 201 x\r\n\r\nab", "(S7", "Scd", "s"},
              .told = TOLD_ASK("1", "/1") "1 S :status=201\n1 S head final\n1 S body [ab(7)cd]\n" TOLD_END("1")}},
    {.talk = {.name = "one of unknown size in it",
              .lines = {"C" ASK("/1"), "SHTTP/1.1 201 x\r\n\r\nab", "(S?", "Scd", "s"},
              .told =
                  TOLD_ASK("1", "/1") "1 S :status=201\n1 S head final\n1 S body [ab(?)cd]\n1 S done cut\n1 over\n"}},
    {.talk = {.name = "a gap inside a request's head, in a value: the name is known",
              .lines = {"CGET /1 HTTP/1.1\r\nHost: h\r\nAuthorization: Bea", "(C30", "Cx\r\n\r\n",
                        "S" GIVE("201", "0", ""), "C" ASK("/2"), "S" GIVE("202", "0", "")},
              .told = "1 open 1.1\n1 C :method=GET\n1 C :path=/1\n1 C Host=h\n1 C Authorization=<unknown>\n"
                      "1 C head request partly\n1 C done cut\n" TOLD_ANSWER("1", "201") TOLD_FOUND("2", "/2")
                          TOLD_ANSWER("2", "202")}},
    {.talk = {.name = "a gap between two fields: the first may have gone on",
              .lines = {"CGET /1 HTTP/1.1\r\nHost: h\r\n", "(C30", "S" GIVE("201", "0", "")},
              .told = "1 open 1.1\n1 C :method=GET\n1 C :path=/1\n1 C Host=<unknown>\n1 C head request partly\n"
                      "1 C done cut\n" TOLD_ANSWER("1", "201")}},
    {.talk = {.name = "a gap in an informational head, and then the answer",
              .lines = {"C" ASK("/1"), "SHTTP/1.1 103 x\r\nLink: ", "(S9", "S\r\n" GIVE("201", "0", "")},
              .told = TOLD_ASK("1", "/1") "1 S :status=103\n1 S Link=<unknown>\n1 S head informational "
                                          "partly\n" TOLD_FOUND_ANSWER("1", "201")}},
    {.talk = {.name = "lost after one asked to switch: what follows may be no HTTP/1",
              .lines = {"CGET /w HTTP/1.1\r\nHost: h\r\nUpgrade: x\r\n\r\n", "(S9", "S\r\n" GIVE("201", "0", "")},
              .told = "1 open 1.1\n1 C :method=GET\n1 C :path=/w\n1 C Host=h\n1 C Upgrade=x\n1 C head request\n"
                      "1 C done whole\n1 over\ngave up no-resume\n"}},
    {.talk = {.name = "lost after one asked for h2c: what follows may be that",
              .lines = {"CGET /w HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\n\r\n", "(S9", "S\r\n" GIVE("201", "0", "")},
              .told = "1 open 1.1\n1 C :method=GET\n1 C :path=/w\n1 C Host=h\n1 C Upgrade=h2c\n1 C head request\n"
                      "1 C done whole\nswitched to []\n1 handed over\n"}},
    {.talk = {.name = "the same inside an informational head",
              .lines = {"CGET /w HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\n\r\n", "SHTTP/1.1 103 x\r\nLink: ", "(S9",
                        "S\r\n" GIVE("201", "0", "")},
              .told = "1 open 1.1\n1 C :method=GET\n1 C :path=/w\n1 C Host=h\n1 C Upgrade=h2c\n1 C head request\n"
                      "1 S :status=103\n1 S Link=<unknown>\n1 S head informational partly\n"
                      "1 C done whole\nswitched to []\n1 handed over\n"}},
    {.talk = {.name = "a gap in the head of a 101: no HTTP/1 behind it",
              .lines = {"CGET /w HTTP/1.1\r\nHost: h\r\nUpgrade: x\r\n\r\n", "SHTTP/1.1 101 x\r\n", "(S9",
                        "S" GIVE("201", "0", ""), "C" ASK("/2")},
              .told = "1 open 1.1\n1 C :method=GET\n1 C :path=/w\n1 C Host=h\n1 C Upgrade=x\n1 C head request\n"
                      "1 S :status=101\n1 S head final partly\n1 S done cut\n1 C done whole\n1 over\n"
                      "gave up no-resume\n"}},
    {.talk = {.name = "pipelined, and a request lost: nothing is paired any more, what was begun goes on",
              .lines = {"C" ASK("/1") ASK("/2"), "S" GIVE("201", "4", "ab"), "(C40", "C" ASK("/4"),
                        "Scd" GIVE("202", "0", "") GIVE("203", "0", "") GIVE("206", "0", "")},
              .told = TOLD_ASK("1", "/1") TOLD_ASK("2", "/2")
                  TOLD_GIVE("1", "201", "4") "1 S body [ab]\n2 over\n" TOLD_FOUND(
                      "3", "/4") "3 over\n1 S body [cd]\n" TOLD_END("1")},
     .unpaired = 3},
    {.talk = {.name = "pipelined, and a request lost while an informational head is read: it is told to its end",
              .lines = {"C" ASK("/1") ASK("/2"), "SHTTP/1.1 103 x\r\nA: b\r\nC", "(C40",
                        "S: d\r\n\r\n" GIVE("201", "0", "")},
              .told = TOLD_ASK("1", "/1") TOLD_ASK("2", "/2") "1 S :status=103\n1 S A=b\n2 over\n1 S C=d\n"
                                                              "1 S head informational\n1 S done cut\n1 over\n"},
     .unpaired = 1},
    {.talk = {.name = "pipelined, and an answer lost",
              .lines = {"C" ASK("/1") ASK("/2"), "(S40", "S" GIVE("202", "0", "")},
              .told = TOLD_ASK("1", "/1") TOLD_ASK("2", "/2") "1 over\n2 over\n"},
     .unpaired = 1},
    {.talk = {.name = "joined late, and pipelined later: what was asked before may still be answered",
              .lines = {"C" ASK("/2"), "C" ASK("/3"), "S" GIVE("201", "0", "") GIVE("202", "0", "")},
              .told = TOLD_FOUND("1", "/2") "1 over\n" TOLD_ASK("2", "/3") "2 over\n"},
     .late = true,
     .unpaired = 2},
    {.talk = {.name = "joined late, in a request right before another one",
              .lines = {"Cst: h\r\n\r\n" ASK("/2"), "S" GIVE("201", "0", "") GIVE("202", "0", "")},
              .told = TOLD_FOUND("1", "/2") "1 over\n"},
     .late = true,
     .unpaired = 2},
    {.talk = {.name = "joined late, in a body that ends right before another one: nobody knows where",
              .lines = {"Cst: h\r\n\r\nab", "Cc" ASK("/no"), "S" GIVE("201", "0", ""), "C" ASK("/2"),
                        "S" GIVE("202", "0", "")},
              .told = "1 open 1.1\n" TOLD_FOUND_ANSWER("1", "201") TOLD_FOUND("2", "/2") TOLD_ANSWER("2", "202")},
     .late = true},
    {.talk = {.name = "joined late, before one with a method of nobody's",
              .lines = {"Cst: h\r\n\r\nABC /1 HTTP/1.1\r\nHost: h\r\n\r\n", "S" GIVE("201", "0", "")},
              .told =
                  "1 open 1.1\n1 C mark found_by_search\n1 C :method=ABC\n1 C :path=/1\n1 C Host=h\n1 C head request\n"
                  "1 C done whole\n1 over\n"},
     .late = true,
     .unpaired = 1},
    {.talk = {.name = "joined late, in a request, and it is answered",
              .lines = {"Cst: h\r\n\r\n", "S" GIVE("201", "0", ""), "C" ASK("/2"), "S" GIVE("202", "0", "")},
              .told = "1 open 1.1\n" TOLD_FOUND_ANSWER("1", "201") TOLD_FOUND("2", "/2") TOLD_ANSWER("2", "202")},
     .late = true},
    {.talk = {.name = "lost on both sides: the answer may be of the lost request",
              .lines = {"C" ASK("/1"), "(S40", "(C40", "S" GIVE("202", "0", ""), "C" ASK("/3"),
                        "S" GIVE("203", "0", "")},
              .told = TOLD_ASK("1", "/1") "1 over\n2 open 1.1\n" TOLD_FOUND_ANSWER("2", "202") TOLD_FOUND("3", "/3")
                  TOLD_ANSWER("3", "203")}},
    {.talk = {.name = "a request's own body lost: the answer is its",
              .lines = {"CPOST /1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na", "(C20",
                        "S" GIVE("201", "0", ""), "C" ASK("/2"), "S" GIVE("202", "0", "")},
              .told = "1 open 1.1\n1 C :method=POST\n1 C :path=/1\n1 C Host=h\n1 C Transfer-Encoding=chunked\n"
                      "1 C head request\n1 C body [a]\n1 C done cut\n" TOLD_ANSWER("1", "201") TOLD_FOUND("2", "/2")
                          TOLD_ANSWER("2", "202")}},
    {.talk = {.name = "joined late, in the middle of an answer",
              .lines = {"S lost}", "C" ASK("/2"), "S" GIVE("202", "0", "")},
              .told = TOLD_FOUND("1", "/2") TOLD_FOUND_ANSWER("1", "202")},
     .late = true},
    {.talk = {.name = "joined late, before an answer",
              .lines = {"S" GIVE("201", "0", ""), "C" ASK("/2"), "S" GIVE("202", "0", "")},
              .told = "1 open 1.1\n" TOLD_FOUND_ANSWER("1", "201") TOLD_FOUND("2", "/2") TOLD_ANSWER("2", "202")},
     .late = true},
    {.talk = {.name = "an answer to a HEAD that was not seen, followed by the next",
              .lines = {"S" GIVE("201", "500", ""), "C" ASK("/2"), "S" GIVE("202", "0", "")},
              .told = "1 open 1.1\n1 S mark found_by_search\n" TOLD_GIVE(
                  "1", "201", "500") "1 S done cut\n1 over\n" TOLD_FOUND("2", "/2") TOLD_ANSWER("2", "202")},
     .late = true},
    {.talk = {.name = "two in a row of that kind, and a body that begins like one",
              .lines = {"S" GIVE("201", "500", "") GIVE("202", "6", "HTTP/2"), "C" ASK("/3"), "S" GIVE("203", "0", "")},
              .told = "1 open 1.1\n1 S mark found_by_search\n" TOLD_GIVE("1", "201", "500")
                  TOLD_END("1") "2 open 1.1\n" TOLD_GIVE("2", "202", "6") "2 S body [HTTP/2]\n" TOLD_END("2")
                      TOLD_FOUND("3", "/3") TOLD_ANSWER("3", "203")},
     .late = true},
    {.talk = {.name = "what only begins like a request is passed over",
              .lines = {"CGET /no HTTP/1.1\r\nHost: h\r\nno field\r\n\r\nGET /no\r\n" ASK("/1")},
              .told = TOLD_FOUND("1", "/1") "1 over\n"},
     .late = true},
    {.talk = {.name = "white space before the first field is no head",
              .lines = {"CGET /no HTTP/1.1\r\n Host: h\r\n\r\n" ASK("/1")},
              .told = TOLD_FOUND("1", "/1") "1 over\n"},
     .late = true},
    {.talk = {.name = "what only begins like an answer is passed over",
              .lines = {"SHTTP/1.1 2000\r\n\r\nHTTP/1.1 200 x\r\n" GIVE("201", "0", "")},
              .told = "1 open 1.1\n" TOLD_FOUND_ANSWER("1", "201")},
     .late = true},
};

static struct record *run(const struct loss *l, size_t cut, unsigned *rested)
{
    struct memory memory = {.limit = 1 << 20};
    struct record *r = record_new();
    struct stream *s = http1_new(&roomy, !l->late, &memory, &record_events, r);
    for (size_t i = 0; i < TALK_LINES && l->talk.lines[i]; i++) {
        talk_line(s, l->talk.lines[i], cut);
        if (rested)
            s = talk_rest(s, &memory, r, rested);
    }
    assert_int_equal(http1_unpaired(s), l->unpaired);
    talk_finish(s, r, &memory);
    return r;
}

static void tell_losses(unsigned *rested)
{
    for (size_t i = 0; i < sizeof losses / sizeof losses[0]; i++) {
        for (size_t cut = 0; cut < 6; cut++) {
            struct record *r = run(&losses[i], cut, rested);
            if (strcmp(r->text, losses[i].talk.told) != 0)
                print_error("loss: %s, cut %zu\n", losses[i].talk.name, cut);
            assert_string_equal(r->text, losses[i].talk.told);
            free(r);
        }
    }
}

static void losses_are_told(void **state)
{
    (void)state;
    tell_losses(NULL);
}

static void losses_are_told_whoever_rests(void **state)
{
    (void)state;
    unsigned rested = 0;
    tell_losses(&rested);
    assert_true(rested > 50);
}

/* The second law. In these talks the target of each request is the status of its answer. */

#define POST(path, fields, body) "POST " path " HTTP/1.1\r\nHost: h\r\n" fields "\r\n" body

static const char *const lawful[][TALK_LINES] = {
    {"C" ASK("/201"), "S" GIVE("201", "11", "hello world"), "C" ASK("/202"), "S" GIVE("202", "0", ""), "C" ASK("/203"),
     "S" GIVE("203", "3", "abc"), "C" ASK("/206"), "S" GIVE("206", "0", ""), "c", "s"},
    {"C" POST("/201", "Content-Length: 12\r\n", "{\"a\":\"b\",\n1}"),
     "SHTTP/1.1 100 Continue\r\n\r\n" GIVE("201", "2", "ok"),
     "C" POST("/409", "Transfer-Encoding: chunked\r\n", "4\r\n{\n}\n\r\n3\r\nabc\r\n0\r\n\r\n"),
     "SHTTP/1.1 409 x\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nnot now\n\r\n1\r\n}\r\n0\r\nT: u\r\n\r\n",
     "C" ASK("/207"), "SHTTP/1.1 207 y\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", "C" ASK("/500"),
     "S" GIVE("500", "1", "?")},
    {"C" ASK("/201") ASK("/202") ASK("/203"), "S" GIVE("201", "1", "x"), "S" GIVE("202", "1", "y") GIVE("203", "0", ""),
     "C" ASK("/205") ASK("/206"), "S" GIVE("205", "0", ""), "S" GIVE("206", "0", "")},
    {"CHEAD /201 HTTP/1.1\r\nHost: h\r\n\r\n", "S" GIVE("201", "100", ""), "C" ASK("/202"), "S" GIVE("202", "2", "ab"),
     "CHEAD /203 HTTP/1.1\r\nHost: h\r\n\r\n", "S" GIVE("203", "7", ""), "C" ASK("/403"), "S" GIVE("403", "3", "abc")},
    {"C" ASK("/201"), "S" GIVE("201", "0", ""), "C" ASK("/202"), "SHTTP/1.1 202 z\r\n\r\nuntil\nthe end", "s", "c"},
    {"C" ASK("/201"), "S" GIVE("201", "0", ""), "CGET /101 HTTP/1.1\r\nHost: h\r\nUpgrade: x\r\n\r\n",
     "SHTTP/1.1 101 s\r\nUpgrade: x\r\n\r\n" GIVE("299", "0", ""), "C" ASK("/298")},
};

/* The last switches to a protocol that looks like HTTP: when that is lost on both sides, nobody can know. */
enum { LAWFUL = sizeof lawful / sizeof lawful[0], SWITCHING = LAWFUL - 1 };

struct hole {
    size_t from, to; /* bytes of one side */
};

/* Plays a talk through holes. @param skip  so many bytes of both sides together were before the capture began. */
static struct record *play_holes(const char *const *lines, const struct hole hole[2], size_t skip, bool unknown)
{
    struct memory memory = {.limit = 1 << 20};
    struct record *r = record_new();
    struct stream *s = http1_new(&roomy, skip == 0, &memory, &record_events, r);
    size_t at[2] = {0, 0};
    for (size_t i = 0; i < TALK_LINES && lines[i]; i++) {
        const char *bytes = lines[i] + 1;
        size_t size = strlen(bytes), before = skip < size ? skip : size;
        bytes += before;
        size -= before;
        skip -= before;
        if (lines[i][0] != 'C' && lines[i][0] != 'S') {
            talk_line(s, lines[i], 0);
            continue;
        }
        enum side from = lines[i][0] == 'C' ? CLIENT : SERVER;
        size_t lost_from = hole[from].from > at[from] ? hole[from].from - at[from] : 0;
        size_t lost_to = hole[from].to > at[from] ? hole[from].to - at[from] : 0;
        lost_to = lost_to < size ? lost_to : size;
        lost_from = lost_from < lost_to ? lost_from : lost_to;
        talk_push(s, from, bytes, lost_from);
        stream_gap(s, from, 1, unknown && lost_to > lost_from ? GAP_UNKNOWN : lost_to - lost_from);
        talk_push(s, from, bytes + lost_to, size - lost_to);
        at[from] += size;
    }
    talk_finish(s, r, &memory);
    return r;
}

enum { FACT_BYTES = 4096 };

/* What one exchange was told to be. */
struct facts {
    char text[FACT_BYTES]; /* its lines, without number, each behind a line end */
    unsigned status, path; /* 0: not known */
    unsigned body[2];      /* bytes, lost ones too */
    bool whole[2];
};

static unsigned body_size(const char *line)
{
    unsigned size = 0;
    const char *at = strchr(line, '[') + 1, *end = strrchr(line, ']');
    while (at < end) {
        if (*at == '(') {
            char *close;
            size += (unsigned)strtoul(at + 1, &close, 10);
            at = close + 1;
        } else {
            size++;
            at++;
        }
    }
    return size;
}

static void one_fact(struct facts *f, const char *line)
{
    strcat(f->text, "\n");
    strcat(f->text, line);
    unsigned side = line[0] == 'S';
    if (strncmp(line, "C :path=/", 9) == 0)
        f->path = (unsigned)atoi(line + 9);
    if (strncmp(line, "S :status=", 10) == 0 && (line[10] != '1' || strcmp(line + 10, "101") == 0))
        f->status = (unsigned)atoi(line + 10);
    if (strncmp(line + 1, " body [", 7) == 0)
        f->body[side] += body_size(line);
    f->whole[side] |= strcmp(line + 1, " done whole") == 0;
}

/* Bodies hold line ends: a line of the record begins with a number and a space, and nothing in these bodies does. */
static unsigned read_facts(const struct record *r, struct facts *all)
{
    unsigned count = 0;
    for (const char *at = r->text; *at;) {
        char *rest;
        unsigned number = (unsigned)strtoul(at, &rest, 10);
        const char *next = at;
        do {
            next = strchr(next, '\n') + 1;
        } while (*next && !(next[0] >= '0' && next[0] <= '9' && (next[1] == ' ')) && strncmp(next, "switched", 8) != 0);
        char line[FACT_BYTES];
        snprintf(line, sizeof line, "%.*s", (int)(next - 1 - rest), rest);
        at = next;
        if (number == 0)
            continue;
        count = number > count ? number : count;
        one_fact(&all[number - 1], line + 1);
    }
    return count;
}

static bool is_field(const char *line)
{
    return strchr(line, '=') && strncmp(line + 1, " body", 5) != 0 && !strstr(line, "<unknown>");
}

static void check_lawful(const struct facts *told, const struct facts *truth)
{
    char text[FACT_BYTES];
    strcpy(text, told->text);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        char with_end[FACT_BYTES + 2];
        snprintf(with_end, sizeof with_end, "\n%s", line);
        if (is_field(line) && !strstr(truth->text, with_end))
            fail_msg("told of /%u: %s\nof: %s", truth->path, line, truth->text);
    }
    for (unsigned side = 0; side < 2; side++) {
        if (told->whole[side] && told->body[side] != truth->body[side])
            fail_msg("a body of /%u: %u bytes, not %u", truth->path, told->body[side], truth->body[side]);
    }
}

static unsigned compare(const char *const *lines, const struct facts *truth, unsigned exchanges,
                        const struct hole hole[2], size_t skip, bool unknown)
{
    static struct facts told[64];
    memset(told, 0, sizeof told);
    struct record *r = play_holes(lines, hole, skip, unknown);
    unsigned count = read_facts(r, told), pairs = 0, last = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned who = told[i].path ? told[i].path : told[i].status, at = 0;
        if (who == 0)
            continue;
        if (told[i].path && told[i].status && told[i].path != told[i].status)
            fail_msg("lost C %zu-%zu, S %zu-%zu, first %zu: status %u for /%u\n%s", hole[0].from, hole[0].to,
                     hole[1].from, hole[1].to, skip, told[i].status, told[i].path, r->text);
        while (at < exchanges && truth[at].path != who)
            at++;
        if (at == exchanges)
            fail_msg("nothing there was /%u\n%s", who, r->text);
        check_lawful(&told[i], &truth[at]);
        assert_true(at + 1 > last || told[i].path == 0);
        last = at + 1;
        pairs += told[i].path && told[i].status;
    }
    free(r);
    return pairs;
}

struct lawful_run {
    const char *const *lines;
    struct facts truth[16];
    unsigned exchanges;
    size_t size[2];
};

static void begin_lawful(struct lawful_run *l, size_t which)
{
    const struct hole none[2] = {{0, 0}, {0, 0}};
    memset(l, 0, sizeof *l);
    l->lines = lawful[which];
    struct record *r = play_holes(l->lines, none, 0, false);
    l->exchanges = read_facts(r, l->truth);
    for (unsigned i = 0; i < l->exchanges; i++)
        assert_int_equal(l->truth[i].path, l->truth[i].status);
    free(r);
    for (size_t i = 0; i < TALK_LINES && l->lines[i]; i++)
        l->size[l->lines[i][0] == 'S'] += strlen(l->lines[i]) - 1;
}

static void one_gap_makes_nothing_false(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 5, 17, 40, 64, 90, 200};
    for (size_t which = 0; which < LAWFUL; which++) {
        static struct lawful_run l;
        begin_lawful(&l, which);
        unsigned pairs = 0, runs = 0;
        for (unsigned side = 0; side < 2; side++) {
            for (size_t at = 0; at < l.size[side]; at++) {
                for (size_t i = 0; i < 2 * sizeof sizes / sizeof sizes[0]; i++) {
                    struct hole hole[2] = {{0, 0}, {0, 0}};
                    hole[side] = (struct hole){at, at + sizes[i / 2]};
                    pairs += compare(l.lines, l.truth, l.exchanges, hole, 0, i % 2);
                    runs++;
                }
            }
        }
        assert_true(pairs >= runs); /* it is not done by telling nothing */
    }
}

static void gaps_of_both_sides_make_nothing_false(void **state)
{
    (void)state;
    static const size_t sizes[] = {9, 35, 80};
    for (size_t which = 0; which < SWITCHING; which++) {
        static struct lawful_run l;
        begin_lawful(&l, which);
        for (size_t c = 0; c < l.size[CLIENT]; c += 5) {
            for (size_t s = 0; s < l.size[SERVER]; s += 5) {
                for (size_t i = 0; i < 9; i++) {
                    struct hole hole[2] = {{c, c + sizes[i % 3]}, {s, s + sizes[i / 3]}};
                    compare(l.lines, l.truth, l.exchanges, hole, 0, false);
                }
            }
        }
    }
}

/* A capture that begins exactly between two pipelined requests looks as one where nothing was asked before. */
static bool begins_between(const char *const *lines, size_t skip)
{
    for (size_t i = 0; i < TALK_LINES && lines[i]; i++) {
        size_t size = strlen(lines[i]) - 1;
        if (skip < size)
            return skip > 0 && strncmp(lines[i] + 1 + skip, "GET ", 4) == 0;
        skip -= size;
    }
    return false;
}

static void a_late_start_makes_nothing_false(void **state)
{
    (void)state;
    const struct hole none[2] = {{0, 0}, {0, 0}};
    for (size_t which = 0; which < SWITCHING; which++) {
        static struct lawful_run l;
        begin_lawful(&l, which);
        for (size_t skip = 1; skip < l.size[CLIENT] + l.size[SERVER]; skip++) {
            if (!begins_between(l.lines, skip))
                compare(l.lines, l.truth, l.exchanges, none, skip, false);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(losses_are_told),
        cmocka_unit_test(losses_are_told_whoever_rests),
        cmocka_unit_test(one_gap_makes_nothing_false),
        cmocka_unit_test(gaps_of_both_sides_make_nothing_false),
        cmocka_unit_test(a_late_start_makes_nothing_false),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
