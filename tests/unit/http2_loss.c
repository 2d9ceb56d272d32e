/* Loss and late starts: what must be told of them, by thought. */
#include "tests/unit/http2_capture.h"

#include "tests/unit/http2_talks.h"

#define LOST_GET(path) " :method=GET :scheme=http ?=? :path=" path

struct loss {
    struct talk talk;
    bool late;
    uint32_t streams; /* the most at a time; 0: eight */
};

/* Behind a gap two frames that are not of DATA show where frames begin, or one, where the other side speaks next. The
 * payload of DATA before that is not held: it is told as lost. */
static const struct loss losses[] = {
    {.talk = {.name = "bytes of DATA, of both sides",
              .lines = {HELLO, "C headers 1 | " POST("/1"), "C data 1 +end +lose=9-11 | hello",
                        "S headers 1 | :status 200 | a b", "S data 1 +lose=11-13 | hello", "S data 1 +end | you",
                        "C headers 3 +end | " GET("/3"), "S headers 3 | :status 200 | a b",
                        "S data 3 +end +lose=9-99 | gone"},
              .told = "1 open\n1 C request" TOLD_POST(
                  "/1") "\n1 C body [(2)llo]\n1 C done cut\n"
                        "1 S final :status=200 a=b\n1 S body [he(2)oyou]\n1 S done cut\n1 over\n" ASKED(
                            "3", "/3") "3 S final :status=200 a=b\n3 S body [(4)]\n3 S done cut\n3 over\n"}},
    {.talk = {.name = "a whole DATA frame",
              .lines = {HELLO, "C headers 1 +end | " GET("/1"), "S headers 1 | :status 200 | a b", "(S data 1 | hello",
                        "S headers 1 +end | t 1", "C headers 3 +end | " GET("/3"),
                        "S headers 3 +end | :status 200 | a b"},
              .told = ASKED("1", "/1") "1 S final :status=200 a=b\n1 S body [(?)]\n1 S trailers t=1\n1 S done cut\n1 "
                                       "over\n" ASKED("3", "/3") "3 S final :status=200 ?=?\n" ENDED("3")}},
    {.talk = {.name = "bytes of a request's head: the answer is its; the table is not known",
              .lines = {HELLO, "C headers 1 +end +lose=11-13 | " GET("/1") " | a b", "S headers 1 +end | :status 200",
                        "C headers 3 +end | " GET("/3") " | a b | c d", "C headers 5 +end | " GET("/5") " | c d"},
              .told = "1 open\n1 C request partly\n1 C done cut\n" GIVEN("1", "200") "3 open\n3 C request" LOST_GET(
                  "/3") " ?=? c=d\n3 C done whole\n5 open\n5 C request" LOST_GET("/5") " c=d\n5 C done whole\n3 over\n"
                                                                                       "5 over\n"}},
    {.talk = {.name = "bytes of an answer's head",
              .lines = {HELLO, "C headers 1 +end | " GET("/1"), "S headers 1 +lose=9-11 | :status 403 | a b",
                        "S data 1 +end | no", "C headers 3 +end | " GET("/3"), "S headers 3 +end | :status 403 | a b"},
              .told = ASKED("1", "/1") "1 S final partly\n1 S body [no]\n1 S done cut\n1 over\n" ASKED(
                  "3", "/3") "3 S final ?=? ?=?\n" ENDED("3")}},
    {.talk = {.name = "bytes of a block in pieces: in the first, in a later one, between them",
              .lines = {HELLO, "C headers 1 +end +cut=6 +lose=10-12 | " GET("/1") " | a b",
                        "C headers 3 +end +cut=6 +lose=24-25 | " GET("/3"),
                        "C headers 5 +end +cut=6 +lose=15-17 | " GET("/5") " | a b", "C headers 7 +end | " GET("/7"),
                        "C headers 9 +end | " GET("/9"), "S headers 3 +end | :status 200"},
              .told = "1 open\n1 C request partly\n1 C done cut\n3 open\n3 C request partly\n3 C done cut\n5 open\n"
                      "5 C request partly\n5 C done cut\n7 open\n7 C request" LOST_GET(
                          "/7") "\n7 C done whole\n9 open\n"
                                "9 C request" LOST_GET("/9") "\n9 C done whole\n" GIVEN(
                                    "3", "200") "1 over\n5 over\n7 over\n9 over\n"}},
    {.talk = {.name = "bytes of a head before which another one did not end",
              .lines = {HELLO, "C headers 1 +end +open | " GET("/1"), "C headers 3 +end +lose=11-13 | " GET("/3"),
                        "S headers 3 +end | :status 200"},
              .told = "C odd bad_frame 1\n1 open\n1 C request partly\n1 C done cut\n3 open\n3 C request partly\n"
                      "3 C done cut\n" GIVEN("3", "200") "1 over\n"}},
    {.talk = {.name = "bytes of a promise, of its CONTINUATION",
              .lines = {HELLO, "C headers 1 +end | " GET("/1"), "S headers 1 | :status 200 | a b",
                        "S promise 1 2 +lose=14-15 | " GET("/2"), "S headers 1 +end | t u",
                        "C headers 3 +end | " GET("/3"), "S headers 3 | :status 200 | t u",
                        "S promise 3 4 +cut=9 +lose=28-29 | " GET("/4"), "S headers 3 +end | t u | t v",
                        "C headers 5 +end | " GET("/5"), "S headers 5 +end | :status 200 | t u | t v"},
              .told = ASKED("1", "/1") "1 S final :status=200 a=b\n1 S trailers t=u\n" ENDED("1")
                  ASKED("3", "/3") "3 S final :status=200 t=u\nS odd server_push 1\n3 S trailers ?=? ?=v\n" ENDED("3")
                      ASKED("5", "/5") "5 S final :status=200 ?=? ?=v\n" ENDED("5")}},
    {.talk = {.name = "bytes of a promise that goes on in CONTINUATIONs: these are in their place",
              .lines = {HELLO, "C headers 1 +end | " GET("/1"), "S promise 1 2 +cut=9 +lose=14-15 | " GET("/2"),
                        "S headers 1 +end | :status 200 | t u"},
              .told = ASKED("1", "/1") "1 S final :status=200 t=u\n" ENDED("1")}},
    {.talk = {.name = "a whole request: its answer is alone, the others are known",
              .lines = {HELLO, "C headers 1 +end | " GET("/1"), "(C headers 3 +end | " GET("/3"),
                        "C headers 5 +end | " GET("/5"), "C headers 7 +end | " GET("/7"),
                        "S headers 3 +end | :status 203", "S headers 7 +end | :status 207",
                        "S headers 5 +end | :status 205", "S headers 1 +end | :status 201"},
              .told = ASKED("1", "/1") "5 open\n5 C request" LOST_GET(
                  "/5") "\n5 C done whole\n7 open\n7 C request" LOST_GET("/7") "\n7 C done whole\n3 open\n" GIVEN("3",
                                                                                                                  "203")
                  GIVEN("7", "207") GIVEN("5", "205") GIVEN("1", "201")}},
    {.talk = {.name = "heads may be what is missing: their streams are not idle for certain",
              .lines = {HELLO, "C headers 1 +end | " GET("/1"), "(C headers 3 | " POST("/3"), "C data 3 | x",
                        "C window 3 1", "C rst 5 8", "S headers 1 +end | :status 200", "(S headers 3 | :status 200",
                        "S data 3 | y", "S window 0 1", "C headers 7 +end | " GET("/7"), "C window 9 0",
                        "C headers 11 +end | " GET("/11"), "r"},
              .told = ASKED("1", "/1") GIVEN("1", "200") "7 open\n7 C request" LOST_GET(
                  "/7") "\n7 C done whole\n"
                        "C odd bad_frame 1\n11 open\n11 C request" LOST_GET(
                            "/11") "\n11 C done whole\n7 over\n11 over\n"}},
    {.talk = {.name = "behind a loss, too, what a reset stream still says is no other exchange",
              .lines = {HELLO, "C headers 1 +end | " GET("/1"), "C rst 1 8", "(C headers 3 +end | " GET("/3"),
                        "C headers 5 +end | " GET("/5"), "C rst 5 8", "S headers 1 +end | :status 201",
                        "S headers 5 +end | :status 205", "S headers 3 +end | :status 203",
                        "S headers 3 +end | :status 203"},
              .told = ASKED("1", "/1") "1 C reset 8\n5 open\n5 C request" LOST_GET(
                  "/5") "\n5 C done whole\n5 C reset 8\n" GIVEN("1", "201")
                  GIVEN("5", "205") "3 open\n" GIVEN("3", "203")}},
    {.talk = {.name = "the head of an answer that was under way to one who has reset its stream",
              .lines = {HELLO, "C headers 1 +end | " GET("/1"), "C headers 3 +end | " GET("/3"), "C rst 1 8",
                        "(S headers 1 | :status 200", "S headers 3 +end | :status 203", "S ping", "S data 1 | abc",
                        "S data 1 +end | def"},
              .told = ASKED("1", "/1") ASKED("3", "/3") "1 C reset 8\n" GIVEN("3", "203") "1 S final partly\n"
                                                                                          "1 S done reset\n1 over\n"}},
    {.talk = {.name = "a whole answer's head: that it was there is known by what follows",
              .lines = {HELLO, "C headers 1 +end | " GET("/1"), "(S headers 1 | :status 200", "S data 1 | ab",
                        "S ping +times=2", "S data 1 +end | cd"},
              .told = ASKED("1", "/1") "1 S final partly\n1 S body [(2)cd]\n1 S done cut\n1 over\n"}},
    {.talk = {.name = "a whole answer's head and body: trailers are not taken for a head",
              .lines = {HELLO, "C headers 1 +end | " GET("/1"), "(S headers 1 | :status 200", "S headers 1 +end | t u",
                        "C headers 3 +end | " GET("/3"), "S headers 3 +end | :status 404"},
              .told = ASKED("1", "/1") "1 S final partly\n1 S trailers t=u\n1 S done cut\n1 over\n" ASKED("3", "/3")
                  GIVEN("3", "404")}},
    {.talk =
         {.name = "a request's head: its trailers are not taken for one",
          .lines = {HELLO, "(C headers 1 | " POST("/1"), "C ping", "S headers 1 | :status 200",
                    "C headers 1 +end | t u", "S data 1 +end | x", "C headers 3 +end | t u",
                    "C headers 5 +end | " GET("/5")},
          .told =
              "1 open\n1 S final :status=200\n1 C request partly\n1 C trailers t=u\n1 C done cut\n1 S body [x]\n" ENDED(
                  "1") "5 open\n5 C request" LOST_GET("/5") "\n5 C done whole\n"
                                                            "5 over\n"}},
    {.talk = {.name = "a request's end: its answer's ends the exchange, before the loss or behind it",
              .lines = {HELLO, "C headers 1 | " POST("/1"), "C headers 3 | " POST("/3"), "C data 1 | ab",
                        "S headers 1 | :status 201", "S data 1 +end | x", "(C data 1 +end | cd", "C ping",
                        "S headers 3 +end | :status 203", "C headers 5 +end | " GET("/5")},
              .told = "1 open\n1 C request" TOLD_POST("/1") "\n3 open\n3 C request" TOLD_POST(
                  "/3") "\n1 C body [ab]\n"
                        "1 S final :status=201\n1 S body [x]\n1 S done whole\n1 C body [(?)]\n1 C done cut\n1 over\n"
                        "3 C body [(?)]\n3 S final :status=203\n3 S done whole\n3 C done cut\n3 over\n"
                        "5 open\n5 C request" LOST_GET("/5") "\n5 C done whole\n5 over\n"}},
    {.talk = {.name = "SETTINGS that allow a larger table, whole and in part",
              .lines = {"C preface", "(C settings 1=65536", "C ack", "S settings 1=32768 +lose=12-14", "S ack",
                        "C table 32768", "C headers 1 +end | " GET("/1"), "S table 65536",
                        "S headers 1 +end | :status 404", "C headers 3 +end | " GET("/3"),
                        "S headers 3 +end | :status 404"},
              .told = ASKED("1", "/1") GIVEN("1", "404") ASKED("3", "/3") GIVEN("3", "404")}},
    {.talk = {.name = "an informational head whose code is not known, and the final one",
              .lines = {HELLO, "C headers 1 +end | " GET("/1"), "S headers 1 | :status 103",
                        "(S headers 1 +end | :status 200", "S ping", "C headers 3 +end | " GET("/3"),
                        "S headers 3 | :status 103", "S headers 3 +end | :status 200"},
              .told = ASKED("1", "/1") "1 S informational :status=103\n1 S body [(?)]\n" ASKED(
                  "3", "/3") "3 S final ?=?\n3 S trailers :status=200\n" ENDED("3") "1 S done cut\n1 over\n"}},
    {.talk = {.name = "what one said when everything of it was lost from then on",
              .lines = {HELLO, "C headers 1 +end | " GET("/1"), "S headers 1 | :status 200", "S data 1 | ab",
                        "?S data 1 | cd", "C headers 3 +end | " GET("/3"), "c", "s"},
              .told = ASKED("1", "/1") "1 S final :status=200\n1 S body [ab(?)]\n" ASKED(
                  "3", "/3") "1 S done cut\n1 over\n3 over\n"}},
    {.talk =
         {.name = "joined late: the answers to what was asked before, and none to what was not",
          .lines = {"-C headers 1 +end | " GET("/1") " | a b", "-C headers 3 +end | " GET("/3"),
                    "S headers 3 +end | "
                    ":status 203",
                    "C headers 5 +end | " GET("/5") " | a b | c d", "S headers 5 +end | :status 205",
                    "S headers 1 +end | :status 201", "S headers 7 +end | :status 207",
                    "C headers 9 +end | " GET("/9") " | c d | !authorization t", "S headers 7 +end | :status 207"},
          .told =
              "3 open\n" GIVEN("3", "203") "5 open\n5 C request" LOST_GET("/5") " ?=? c=d\n5 C done whole\n" GIVEN(
                  "5", "205") "1 open\n" GIVEN("1", "201") "9 open\n9 C request" LOST_GET("/9") " c=d "
                                                                                                "authorization=t\n9 C "
                                                                                                "done whole\n9 over\n"},
     .late = true},
    {.talk = {.name = "joined late: fields with an unknown name, and again",
              .lines = {"-C headers 1 +end | " GET("/1") " | x 1 | y 1", "C headers 3 +end | " GET("/3") " | x 2 | y 1",
                        "S headers 3 +end | :status 203", "C headers 5 +end | " GET("/5") " | x 2 | y 2"},
              .told = "3 open\n3 C request" LOST_GET("/3") " ?=2 ?=?\n3 C done whole\n" GIVEN(
                  "3", "203") "5 open\n5 C request" LOST_GET("/5") " ?=2 ?=2\n5 C done whole\n5 over\n"},
     .late = true},
    {.talk = {.name = "joined late: trailers, both ways, are no exchanges",
              .lines = {"-C headers 1 | " POST("/1"), "-S headers 1 | :status 200", "C headers 1 +end | t u",
                        "S headers 1 +end | t u", "C headers 3 +end | " GET("/3"), "S headers 3 +end | :status 200"},
              .told = "3 open\n3 C request" LOST_GET("/3") "\n3 C done whole\n" GIVEN("3", "200")},
     .late = true},
    {.talk = {.name = "joined late: what does not end the stream is no trailers",
              .lines = {"C ping", "C headers 3 | a b | :method GET | :path /3", "S headers 3 | c d", "S ping",
                        "C ping"},
              .told = "3 open\n3 C mark bad_pseudo_header\n3 C request a=b :method=GET :path=/3\n"
                      "3 S mark bad_pseudo_header\n3 S final c=d\n3 C done cut\n3 S done cut\n3 over\n"},
     .late = true},
    {.talk = {.name = "joined late: before the preface, and the server first",
              .lines = {"S settings 3=100", "C preface", "C settings 1=8192", "S ack",
                        "C headers 1 +end | " GET("/1") " | a b", "S table 8192", "S headers 1 +end | :status 404",
                        "C headers 3 +end | " GET("/3") " | a b", "S headers 3 +end | :status 404"},
              .told = "1 open\n1 C request" TOLD_GET("/1") " a=b\n1 C done whole\n" GIVEN(
                  "1", "404") "3 open\n3 C request" TOLD_GET("/3") " a=b\n3 C done whole\n" GIVEN("3", "404")},
     .late = true},
    {.talk = {.name = "one side only: of many open streams none is known to be open",
              .lines = {"C headers 1 +end | " GET("/1"), "C headers 3 +end | " GET("/3"),
                        "C headers 5 +end | " GET("/5"), "C headers 7 +end | " GET("/7"),
                        "C headers 9 +end | " GET("/9"), "C headers 11 +end | " GET("/11")},
              .told = ASKED("1", "/1") ASKED("3", "/3") ASKED("5", "/5")
                  ASKED("7", "/7") "1 over\n3 over\n5 over\n" ASKED("9", "/9")
                      ASKED("11", "/11") "7 over\n9 over\n11 over\n"},
     .late = true,
     .streams = 4},
};

static void losses_are_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++) {
        struct script *script = script_new(losses[i].talk.lines, TALK_LINES);
        for (size_t cut = 0; cut < 12; cut++) {
            struct record *r = capture_play(
                script, &(struct capture){.late = losses[i].late, .cut = cut, .streams = losses[i].streams});
            if (strcmp(r->text, losses[i].talk.told) != 0)
                print_error("loss: %s, cut %zu\n", losses[i].talk.name, cut);
            assert_string_equal(r->text, losses[i].talk.told);
            free(r);
        }
        script_free(script);
    }
}

/* Where memory fails, the record sees that what is open is over, and nothing is told behind that. */
static void memory_may_fail(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++) {
        struct script *script = script_new(losses[i].talk.lines, TALK_LINES);
        bool failed = true;
        for (uint64_t fail_at = 1; failed; fail_at++) {
            struct capture c = {.late = losses[i].late, .streams = losses[i].streams, .cut = 1, .fail_at = fail_at};
            struct record *r = capture_play(script, &c);
            failed = c.fail_at == 0;
            assert_true(failed || strcmp(r->text, losses[i].talk.told) == 0);
            free(r);
        }
        script_free(script);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(losses_are_told),
        cmocka_unit_test(memory_may_fail),
    };
    return cmocka_run_group_tests_name("http2_loss", tests, NULL, NULL);
}
