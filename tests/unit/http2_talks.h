/* Talks of HTTP/2 and what must be told of them. Written by thought, from RFC 9113 and message.h. */
#ifndef TESTS_UNIT_HTTP2_TALKS_H
#define TESTS_UNIT_HTTP2_TALKS_H

enum { TALK_LINES = 24 };

struct talk {
    const char *name;
    const char *lines[TALK_LINES]; /* as in http2_talk.h */
    const char *told;
};

/* What most talks begin with, and what is told of it. */
#define HELLO                         "C preface", "C settings 3=100 4=65535", "S settings 3=250", "C ack", "S ack"
#define GET(path)                     ":method GET | :scheme http | :authority h | :path " path
#define POST(path)                    ":method POST | :scheme http | :authority h | :path " path
#define TOLD_GET(path)                " :method=GET :scheme=http :authority=h :path=" path
#define TOLD_POST(path)               " :method=POST :scheme=http :authority=h :path=" path
#define ASKED(n, path)                n " open\n" n " C request" TOLD_GET(path) "\n" n " C done whole\n"
#define ASKED_WITH(n, path, fields)   n " open\n" n " C request" TOLD_GET(path) " " fields "\n" n " C done whole\n"
#define GIVEN_WITH(n, status, fields) n " S final :status=" status " " fields "\n" ENDED(n)
#define ENDED(n)                      n " S done whole\n" n " over\n"
#define GIVEN(n, status)              n " S final :status=" status "\n" ENDED(n)

static const struct talk talks[] = {
    {.name = "one exchange",
     .lines = {HELLO, "C headers 1 +end | " GET("/a?b=c") " | user-agent x/1 | authorization Bearer t",
               "S headers 1 | :status 200 | content-type text/plain", "S data 1 +end | hello", "c", "s"},
     .told = "1 open\n1 C request" TOLD_GET(
         "/a?b=c") " user-agent=x/1 authorization=Bearer t\n1 C done whole\n"
                   "1 S final :status=200 content-type=text/plain\n1 S body [hello]\n" ENDED("1")},
    {.name = "fields out of the table",
     .lines = {HELLO, "C headers 1 +end | " GET("/1") " | user-agent x/1", "S headers 1 +end | :status 403 | x y",
               "C headers 3 +end | " GET("/2") " | user-agent x/1", "S headers 3 +end | :status 403 | x y"},
     .told = "1 open\n1 C request" TOLD_GET("/1") " user-agent=x/1\n1 C done whole\n1 S final :status=403 x=y\n" ENDED(
         "1") "3 open\n3 C request" TOLD_GET("/2") " user-agent=x/1\n3 C done whole\n3 S final :status=403 "
                                                   "x=y\n" ENDED("3")},
    {.name = "answered out of order, in pieces between each other",
     .lines = {HELLO, "C headers 1 +end | " GET("/1"), "C headers 3 +end | " GET("/3"), "C headers 5 +end | " GET("/5"),
               "S headers 3 | :status 203", "S headers 1 | :status 201", "S data 3 | th", "S data 1 | on",
               "S data 3 +end | ree", "S headers 5 +end | :status 204", "S data 1 +end | e"},
     .told = ASKED("1", "/1") ASKED("3", "/3") ASKED("5", "/5") "3 S final :status=203\n1 S final :status=201\n"
                                                                "3 S body [th]\n1 S body [on]\n3 S body [ree]\n" ENDED(
                                                                    "3") GIVEN("5", "204") "1 S body [e]\n" ENDED("1")},
    {.name = "bodies both ways, and the answer's end before the request's",
     .lines = {HELLO, "C headers 1 | " POST("/p"), "C data 1 | ab", "S headers 1 | :status 200", "C data 1 | cd",
               "S data 1 | x", "S data 1 +end", "C data 1 +end | e", "C headers 3 +end | " GET("/3"),
               "S headers 3 +end | :status 200"},
     .told = "1 open\n1 C request" TOLD_POST(
         "/p") "\n1 C body [ab]\n1 S final :status=200\n1 C body [cd]\n"
               "1 S body [x]\n1 S done whole\n1 C body [e]\n1 C done whole\n1 over\n" ASKED("3", "/3")
                   GIVEN("3", "200")},
    {.name = "trailers both ways",
     .lines = {HELLO, "C headers 1 | " POST("/p"), "C data 1 | ab", "C headers 1 +end | t 1",
               "S headers 1 | :status 200", "S data 1 | x", "S headers 1 +end | grpc-status 0 | u 2"},
     .told = "1 open\n1 C request" TOLD_POST(
         "/p") "\n1 C body [ab]\n1 C trailers t=1\n1 C done whole\n"
               "1 S final :status=200\n1 S body [x]\n1 S trailers grpc-status=0 u=2\n" ENDED("1")},
    {.name = "heads in CONTINUATIONs, of both sides, and an empty HEADERS",
     .lines = {HELLO, "C headers 1 +end +cut=1 | " GET("/1") " | user-agent x/1",
               "S headers 1 +end +cut=7 | :status 404 | some thing | more of it", "C headers 3 +end | " GET("/3"),
               "C frame 1 1 5", "C frame 9 4 5 | 82 86 84", "S headers 3 +end | :status 404", "C frame 1 1 7",
               "C frame 9 4 7"},
     .told = "1 open\n1 C request" TOLD_GET(
         "/1") " user-agent=x/1\n1 C done whole\n1 S final :status=404 some=thing "
               "more=of it\n" ENDED("1")
                   ASKED("3", "/3") "5 open\n5 C request :method=GET :scheme=http :path=/\n"
                                    "5 C done whole\n" GIVEN(
                                        "3", "404") "7 open\n7 C mark bad_pseudo_header\n7 C request\n7 C done whole\n"
                                                    "5 over\n7 over\n"},
    {.name = "padding and priority",
     .lines = {HELLO, "C headers 1 +pad=7 +priority | " POST("/1"), "C data 1 +pad=3 | ab", "C data 1 +pad=255",
               "C data 1 +end +pad=1 | c", "S headers 1 +pad=1 | :status 200", "S data 1 +pad=9 | xyz",
               "S data 1 +end +pad=2", "C priority 9", "C headers 3 +end +priority +cut=5 | " GET("/3"),
               "S headers 3 +end | :status 200"},
     .told = "1 open\n1 C request" TOLD_POST("/1") "\n1 C body [abc]\n1 C done whole\n1 S final :status=200\n"
                                                   "1 S body [xyz]\n" ENDED("1") ASKED("3", "/3") GIVEN("3", "200")},
    {.name = "informational heads",
     .lines = {HELLO, "C headers 1 | " POST("/1") " | expect 100-continue", "S headers 1 | :status 100",
               "C data 1 +end | ab", "S headers 1 | :status 103 | link a", "S headers 1 +end | :status 200"},
     .told = "1 open\n1 C request" TOLD_POST(
         "/1") " expect=100-continue\n1 S informational :status=100\n1 C body [ab]\n"
               "1 C done whole\n1 S informational :status=103 link=a\n" GIVEN("1", "200")},
    {.name = "reset by the client, before and after the answer's head, which may be under way",
     .lines = {HELLO, "C headers 1 +end | " GET("/1"), "C rst 1 8", "S headers 1 +end | :status 200 | a b",
               "C headers 3 +end | " GET("/3"), "S headers 3 | :status 200 | a b", "S data 3 | x", "C rst 3 8",
               "S data 3 | y", "S data 3 +end | z", "C headers 5 | " POST("/5"), "C data 5 | ab", "C rst 5 5",
               "S headers 5 | :status 200 | a b", "S rst 5 0"},
     .told = ASKED("1", "/1") "1 C reset 8\n1 S final :status=200 a=b\n1 S done whole\n1 over\n" ASKED(
         "3", "/3") "3 S final :status=200 a=b\n3 S body [x]\n"
                    "3 C reset 8\n3 S done reset\n3 over\n5 open\n5 C request" TOLD_POST(
                        "/5") "\n5 C body [ab]\n5 C reset 5\n"
                              "5 C done reset\n5 S final :status=200 a=b\n5 S done reset\n5 over\n"},
    {.name = "reset by the server: refused, and done with a request that goes on",
     .lines = {HELLO, "C headers 1 +end | " GET("/1"), "S rst 1 7", "C headers 3 | " POST("/3"), "C data 3 | ab",
               "S headers 3 | :status 401", "S data 3 +end | no", "S rst 3 0", "C data 3 +end | cd", "S rst 99 1"},
     .told = ASKED("1", "/1") "1 S reset 7\n1 over\n3 open\n3 C request" TOLD_POST(
         "/3") "\n3 C body [ab]\n"
               "3 S final :status=401\n3 S body [no]\n3 S done whole\n3 S reset 0\n3 C done reset\n3 over\n"},
    {.name = "going away, with and without words",
     .lines = {HELLO, "C headers 1 +end | " GET("/1"), "S goaway 2147483647 0", "S headers 1 +end | :status 200",
               "S goaway 1 11 | calm down", "C goaway 0 2"},
     .told = ASKED("1", "/1") "S goaway 0 []\n" GIVEN("1", "200") "S goaway 11 [calm down]\nC goaway 2 []\n"},
    {.name = "unknown frame types, PING, WINDOW_UPDATE, settings that nobody knows",
     .lines = {HELLO, "C frame 250 255 1 | 01 02", "C headers 1 +end | " GET("/1"), "C ping", "S ping",
               "S frame 12 1 0 | 00", "C window 0 65535", "S settings 61440=1", "S headers 1 | :status 200",
               "C window 1 4", "S data 1 | a", "S frame 10 0 1 | 00 00", "S data 1 +end | b"},
     .told = ASKED("1", "/1") "1 S final :status=200\n1 S body [ab]\n" ENDED("1")},
    {.name = "promised: not told, and later fields are right",
     .lines = {HELLO, "C headers 1 +end | " GET("/1"), "S promise 1 2 | " GET("/style") " | accept text",
               "S headers 1 | :status 200 | x y", "S headers 2 | :status 200 | pushed yes", "S data 2 +end | css",
               "S data 1 +end | html", "S promise 1 4 +cut=9 +pad=2 | " GET("/more") " | accept more",
               "S headers 4 +end | :status 200 | pushed yes", "C headers 3 +end | " GET("/3"),
               "S headers 3 +end | :status 200 | accept more | pushed yes | x y"},
     .told = ASKED("1", "/1") "S odd server_push 1\n1 S final :status=200 x=y\n1 S body [html]\n" ENDED("1")
         ASKED("3", "/3") "3 S final :status=200 accept=more pushed=yes x=y\n" ENDED("3")},
    {.name = "WebSocket over HTTP/2 (RFC 8441)",
     .lines = {HELLO, "S settings 8=1",
               "C headers 1 | :method CONNECT | :protocol websocket | :scheme http | :authority h | :path /exec",
               "S headers 1 | :status 200", "C data 1 | \x82", "S data 1 | \x83", "C headers 3 +end | " GET("/3"),
               "S data 1 +end", "S headers 3 +end | :status 200", "C rst 1 8"},
     .told =
         "1 open\n1 C request :method=CONNECT :protocol=websocket :scheme=http :authority=h :path=/exec\n"
         "1 S final :status=200\n1 C done switched\n1 S done switched\n1 over\n" ASKED("3", "/3") GIVEN("3", "200")},
    {.name = "a tunnel, and one that is refused",
     .lines = {HELLO, "C headers 1 | :method CONNECT | :authority a:1", "S headers 1 | :status 200", "C data 1 | x",
               "C headers 3 | :method CONNECT | :authority b:1", "S headers 3 | :status 403", "S data 3 +end | no",
               "C data 3 +end"},
     .told = "1 open\n1 C request :method=CONNECT :authority=a:1\n1 S final :status=200\n1 C done switched\n"
             "1 S done switched\n1 over\n3 open\n3 C request :method=CONNECT :authority=b:1\n3 S final :status=403\n"
             "3 S body [no]\n3 S done whole\n3 C done whole\n3 over\n"},
    {.name = "tables of other sizes: none, small, large",
     .lines = {"C preface", "C settings 1=65536", "S settings 1=0", "C table 0",
               "C headers 1 +end | " GET("/1") " | a b", "S table 65536", "S headers 1 +end | :status 404 | c d",
               "S settings 1=100", "C table 100", "C headers 3 +end | " GET("/3") " | a b | e f | g h | a b",
               "S headers 3 +end | :status 404 | c d", "C headers 5 +end | " GET("/5") " | a b | e f | g h",
               "S table 20", "S headers 5 +end | :status 404 | c d"},
     .told = ASKED_WITH("1", "/1", "a=b") GIVEN_WITH("1", "404", "c=d") ASKED_WITH("3", "/3", "a=b e=f g=h a=b")
         GIVEN_WITH("3", "404", "c=d") ASKED_WITH("5", "/5", "a=b e=f g=h") GIVEN_WITH("5", "404", "c=d")},
    {.name = "a larger table, allowed while one is in use",
     .lines = {HELLO, "C headers 1 +end | " GET("/1") " | a b", "S headers 1 +end | :status 200 | c d",
               "S settings 1=8192", "C ack", "C table 8192", "C headers 3 +end | " GET("/3") " | a b",
               "S headers 3 +end | :status 200 | c d"},
     .told = ASKED_WITH("1", "/1", "a=b") GIVEN_WITH("1", "200", "c=d") ASKED_WITH("3", "/3", "a=b")
         GIVEN_WITH("3", "200", "c=d")},
    {.name = "a table larger than was allowed: the block is none",
     .lines = {HELLO, "C headers 1 +end | " GET("/1") " | a b", "C frame 1 5 3 | 3f e2 1f 82 86 84",
               "C headers 5 +end | " GET("/5") " | a b", "S headers 3 +end | :status 400"},
     .told = "1 open\n1 C request" TOLD_GET(
         "/1") " a=b\n1 C done whole\n3 open\n3 C mark bad_header_block\n"
               "3 C request partly\n3 C done cut\n5 open\n"
               "5 C request :method=GET :scheme=http ?=? :path=/5 ?=?\n5 C done whole\n" GIVEN(
                   "3", "400") "1 over\n5 over\n"},
    {.name = "a block that ends inside a field: what it said before holds",
     .lines = {HELLO, "C frame 1 5 1 | 82 86 84 40 01 61 05 62", "S headers 1 +end | :status 400",
               "C frame 1 5 3 | 82 86 be", "S headers 3 +end | :status 200"},
     .told = "1 open\n1 C mark bad_header_block\n1 C request partly :method=GET :scheme=http :path=/\n1 C done cut\n"
             "1 S final :status=400\n1 S done whole\n1 over\n3 open\n3 C request :method=GET :scheme=http ?=?\n"
             "3 C done whole\n" GIVEN("3", "200")},
    {.name = "pseudo-headers that are unknown, repeated, missing, behind others, of the other side",
     .lines = {HELLO, "C headers 1 +end | " GET("/1") " | :what x", "C headers 3 +end | " GET("/3") " | :path /no",
               "C headers 5 +end | :method GET | :path /5",
               "C headers 7 +end | :method GET | a b | :scheme http | :path /7",
               "C headers 9 +end | " GET("/9") " | :status 200", "S headers 1 +end | a b",
               "S headers 3 +end | "
               ":status 200 | :path /",
               "S headers 5 | :status 200", "S headers 5 +end | :status 200",
               "C headers 11 +end | :method CONNECT | :scheme http | :authority h | :path /",
               "C headers 13 +end | " GET("/13") " | :protocol websocket", "r"},
     .told = "1 open\n1 C mark bad_pseudo_header\n1 C request" TOLD_GET(
         "/1") " :what=x\n1 C done whole\n"
               "3 open\n3 C mark bad_pseudo_header\n3 C request" TOLD_GET(
                   "/3") " :path=/no\n3 C done whole\n"
                         "5 open\n5 C mark bad_pseudo_header\n5 C request :method=GET :path=/5\n5 C done whole\n"
                         "7 open\n7 C mark bad_pseudo_header\n7 C request :method=GET a=b :scheme=http :path=/7\n7 C "
                         "done whole\n"
                         "9 open\n9 C mark bad_pseudo_header\n9 C request" TOLD_GET(
                             "/9") " :status=200\n9 C done whole\n"
                                   "1 S mark bad_pseudo_header\n1 S final a=b\n" ENDED(
                                       "1") "3 S mark bad_pseudo_header\n"
                                            "3 S final :status=200 :path=/\n" ENDED(
                                                "3") "5 S final :status=200\n5 S mark bad_pseudo_header\n"
                                                     "5 S trailers :status=200\n" ENDED(
                                                         "5") "11 open\n11 C mark bad_pseudo_header\n"
                                                              "11 C request :method=CONNECT :scheme=http :authority=h "
                                                              ":path=/\n11 C done whole\n13 open\n"
                                                              "13 C mark bad_pseudo_header\n13 C request" TOLD_GET(
                                                                  "/13") " :protocol=websocket\n13 C done whole\n"
                                                                         "7 over\n9 over\n11 over\n13 over\n"},
    {.name = "fields that are forbidden, new and out of the table",
     .lines = {HELLO, "C headers 1 +end | " GET("/1") " | Upper x", "C headers 3 +end | " GET("/3") " | Upper x",
               "C headers 5 +end | " GET("/5") " | connection close", "C headers 7 +end | " GET("/7") " | te gzip",
               "C headers 9 +end | " GET("/9") " | te trailers", "C headers 11 +end | " GET("/1 1"),
               "S headers 1 +end | :status 2000", "S headers 3 +end | :status 200 | a  b"},
     .told = "1 open\n1 C mark bad_field\n1 C request" TOLD_GET(
         "/1") " Upper=x\n1 C done whole\n"
               "3 open\n3 C mark bad_field\n3 C request" TOLD_GET(
                   "/3") " Upper=x\n3 C done whole\n"
                         "5 open\n5 C mark bad_field\n5 C request" TOLD_GET(
                             "/5") " connection=close\n5 C done whole\n"
                                   "7 open\n7 C mark bad_field\n7 C request" TOLD_GET(
                                       "/7") " te=gzip\n7 C done whole\n"
                                             "9 open\n9 C request" TOLD_GET(
                                                 "/9") " te=trailers\n9 C done whole\n"
                                                       "11 open\n11 C mark bad_field\n11 C request" TOLD_GET(
                                                           "/1 1") "\n11 C done whole\n"
                                                                   "1 S mark bad_field\n1 S final :status=2000\n" ENDED(
                                                                       "1") "3 S mark bad_field\n3 S final :status=200 "
                                                                            "a= b\n" ENDED("3") "5 over\n7 over\n9 "
                                                                                                "over\n11 over\n"},
    {.name = "a block that another frame interrupts",
     .lines = {HELLO, "C headers 1 +end +open | " GET("/1") " | a b", "C headers 3 +end | " GET("/3") " | a b",
               "C headers 5 +end +open | " GET("/5"), "C data 5 | x", "C headers 7 +end +open | " GET("/7"), "C ping",
               "C headers 9 +end | " GET("/9"), "S headers 3 +end | :status 200"},
     .told = "C odd bad_frame 1\n1 open\n1 C request partly\n1 C done cut\n3 open\n"
             "3 C request :method=GET :scheme=http ?=? :path=/3 ?=?\n3 C done whole\n5 open\n5 C request partly\n"
             "5 C done cut\n7 open\n7 C request partly\n7 C done cut\n9 open\n"
             "9 C request :method=GET :scheme=http ?=? :path=/9\n9 C done whole\n" GIVEN(
                 "3", "200") "1 over\n5 over\n7 over\n9 over\n"},
    {.name = "a CONTINUATION of another stream, and one of nothing: the table may be another",
     .lines = {HELLO, "C headers 1 +end | " GET("/1") " | a b", "C frame 9 4 1 | 40 01 61 01 62",
               "C headers 3 +end | " GET("/3") " | a b", "C headers 5 +end +open | " GET("/5"), "C frame 9 4 7 | 82",
               "C headers 9 +end | " GET("/9")},
     .told = "1 open\n1 C request" TOLD_GET(
         "/1") " a=b\n1 C done whole\nC odd bad_frame 1\n3 open\n"
               "3 C request :method=GET :scheme=http ?=? :path=/3 ?=?\n3 C done whole\n5 open\n5 C request partly\n"
               "5 C done cut\n9 open\n9 C request :method=GET :scheme=http ?=? :path=/9\n9 C done whole\n"
               "1 over\n3 over\n5 over\n9 over\n"},
    {.name = "HEADERS on no stream: its block is one all the same",
     .lines = {HELLO, "C headers 1 +end | " GET("/1") " | a b", "C headers 0 | " GET("/0") " | c d",
               "C headers 3 +end | " GET("/3") " | a b", "S headers 3 +end | :status 200", "r"},
     .told = ASKED_WITH("1", "/1", "a=b") "C odd bad_frame 1\n3 open\n3 C request :method=GET :scheme=http ?=? "
                                          ":path=/3 ?=?\n3 C done whole\n" GIVEN("3", "200") "1 over\n"},
    {.name = "HEADERS on no stream, and the block does not end",
     .lines = {HELLO, "C headers 1 +end | " GET("/1") " | a b", "C headers 0 +open | " GET("/0") " | e f",
               "C headers 3 +end | " GET("/3") " | a b | e f", "r"},
     .told = ASKED_WITH("1", "/1", "a=b") "C odd bad_frame 1\n3 open\n3 C request :method=GET :scheme=http ?=? "
                                          ":path=/3 ?=? ?=?\n3 C done whole\n1 over\n3 over\n"},
    {.name = "padding longer than the frame",
     .lines = {HELLO, "C frame 1 13 1 | 09 82 86 84", "C frame 0 9 1 | 09 01 02", "C headers 3 | " POST("/3"),
               "C frame 0 8 3 | 03 61 62", "C frame 0 9 3 | 02 61 00 00", "C frame 1 45 5 | 00 00 00 00"},
     .told = "C odd bad_frame 1\n1 open\n1 C request partly\n1 C done cut\n3 open\n"
             "3 C request :method=POST :scheme=http :authority=h :path=/3\n3 C body [a]\n3 C done whole\n"
             "5 open\n5 C request partly\n5 C done cut\n1 over\n3 over\n5 over\n"},
    {.name = "DATA with more padding than there is, or without its length: no body, and no end",
     .lines = {HELLO, "C headers 1 | " POST("/1"), "C frame 0 9 1 | 03 61 62", "C headers 3 | " POST("/3"),
               "C frame 0 9 3 | 02 00 00", "S headers 1 | :status 200", "S frame 0 9 1", "r"},
     .told = "1 open\n1 C request" TOLD_POST("/1") "\nC odd bad_frame 1\n3 open\n3 C request" TOLD_POST(
         "/3") "\n3 C done whole\n1 S final :status=200\nS odd bad_frame 1\n1 C done reset\n1 S done reset\n1 over\n3 "
               "over\n"},
    {.name = "frames that RFC 9113 forbids: they say nothing",
     .lines = {HELLO, "C headers 1 | " POST("/1"), "C frame 3 0 1 | 00 00 08", "C frame 3 0 0 | 00 00 00 08",
               "C frame 4 0 0 | 00 01 00", "C frame 4 1 0 | 00 03 00 00 00 01", "S frame 4 0 1",
               "S frame 7 0 0 | 00 00 00 01", "C frame 2 0 1 | 00", "C frame 2 0 0 | 00 00 00 00 00",
               "C frame 8 0 0 | 01", "C frame 6 0 0", "C frame 6 0 1 | 00 00 00 00 00 00 00 00", "C frame 0 1 0 | 61",
               "S frame 7 0 3 | 00 00 00 01 00 00 00 02", "S headers 1 +end | :status 200"},
     .told = "1 open\n1 C request" TOLD_POST("/1") "\nC odd bad_frame 1\nS odd bad_frame 1\nC odd bad_frame 10\n"
                                                   "1 S final :status=200\n1 S done whole\n1 C done cut\n1 over\n"},
    {.name = "a promise of the client's: whose block it is, nobody knows",
     .lines = {HELLO, "C headers 1 +end | " GET("/1") " | a b", "C promise 1 2 | " GET("/no") " | c d",
               "C headers 3 +end | " GET("/3") " | a b", "r"},
     .told = ASKED_WITH("1", "/1", "a=b") "C odd bad_frame 1\n3 open\n3 C request :method=GET :scheme=http ?=? "
                                          ":path=/3 ?=?\n3 C done whole\n1 over\n3 over\n"},
    {.name = "trailers that do not end their stream, both ways",
     .lines = {HELLO, "C headers 1 | " POST("/1"), "C headers 1 | t 1", "C data 1 +end | ab",
               "S headers 1 | :status 200", "S headers 1 | u 2", "S data 1 +end | x"},
     .told =
         "1 open\n1 C request" TOLD_POST("/1") "\nC odd bad_frame 1\n1 C trailers t=1\n1 C body [ab]\n1 C done whole\n"
                                               "1 S final :status=200\nS odd bad_frame 1\n1 S trailers u=2\n"
                                               "1 S body [x]\n" ENDED("1")},
    {.name = "HEADERS of a client on even streams: they fill the table, and no more",
     .lines = {HELLO, "C headers 2 +end +times=10 | " GET("/2") " | !c d", "C headers 4 +end | " GET("/4") " | a b",
               "C headers 1 +end | " GET("/1") " | a b", "S headers 1 +end | :status 200"},
     .told = "C odd bad_frame 1\nC odd bad_frame 10\n" ASKED_WITH("1", "/1", "a=b") GIVEN("1", "200")},
    {.name = "a client's frames on streams that it never opened",
     .lines = {HELLO, "C headers 3 | " POST("/3"), "C priority 9", "C data 5 | x", "C window 5 1 +times=3",
               "C rst 5 8 +times=3", "C data 4 | x", "C window 2147483647 1", "C rst 9 0",
               "S headers 3 +end | :status 200"},
     .told = "3 open\n3 C request" TOLD_POST("/3") "\nC odd bad_frame 1\nC odd bad_frame 10\n"
                                                   "3 S final :status=200\n3 S done whole\n3 C done cut\n3 over\n"},
    {.name = "DATA of a server on streams that are idle",
     .lines = {HELLO, "C headers 1 +end | " GET("/1"), "S data 3 +times=5 | x", "S data 2 +times=4 | x",
               "S headers 1 | :status 200", "S data 1 | y", "S data 3 +end", "S data 1 +end"},
     .told =
         ASKED("1", "/1") "S odd bad_frame 1\n1 S final :status=200\n1 S body [y]\nS odd bad_frame 10\n" ENDED("1")},
    {.name = "what is under way to a stream that is over, and what may be, is in its place",
     .lines = {HELLO,
               "C headers 5 | " POST("/5"),
               "S rst 5 8",
               "C data 5 | x",
               "C window 5 1",
               "C rst 5 8",
               "C data 3 | x",
               "C rst 3 8",
               "S goaway 0 0",
               "C headers 7 | " GET("/no") " | Upper x",
               "S rst 7 1",
               "C data 7 | x",
               "S window 9 1",
               "S rst 9 8",
               "S promise 5 2 | " GET("/2"),
               "C window 2 1",
               "C rst 2 8",
               "S headers 2 | :status 200",
               "S data 2 | x",
               "r"},
     .told = "5 open\n5 C request" TOLD_POST("/5") "\n5 S reset 8\n5 C done reset\n5 over\nS goaway 0 []\n"
                                                   "7 open\n7 C mark bad_field\n7 C request" TOLD_GET(
                                                       "/no") " Upper=x\n7 S reset 1\n7 C done reset\n7 over\n"
                                                              "S odd server_push 1\n"},
    {.name = "windows that open by nothing",
     .lines = {HELLO, "C headers 1 +end | " GET("/1"), "C window 0 1", "S window 0 0 +times=10",
               "C window 0 2147483648", "C window 1 0 +times=9", "S window 1 1", "S headers 1 +end | :status 200"},
     .told = ASKED("1", "/1") "S odd bad_frame 1\nS odd bad_frame 10\nC odd bad_frame 1\nC odd bad_frame 10\n" GIVEN(
         "1", "200")},
    {.name = "DATA before any head",
     .lines = {HELLO, "C headers 1 +end | " GET("/1"), "S data 1 | early", "S data 1 +end"},
     .told = ASKED("1", "/1") "S odd bad_frame 1\n1 S final partly\n1 S body [early]\n1 S done cut\n1 over\n"},
    {.name = "answers nobody asked for, and numbers that go down",
     .lines = {HELLO, "S headers 1 +end | :status 200 | a b", "C headers 5 +end | " GET("/5"),
               "C headers 3 +end | " GET("/3"), "C headers 4 +end | " GET("/4"), "S headers 3 +end | :status 200 | a b",
               "S headers 5 +end | :status 200 | a b", "S headers 5 +end | :status 200 | a b"},
     .told = ASKED("5", "/5") ASKED("3", "/3") "C odd bad_frame 1\n" GIVEN_WITH("3", "200", "a=b")
         GIVEN_WITH("5", "200", "a=b")},
    {.name = "a malformed request uses up no numbers",
     .lines = {HELLO, "C headers 2147483647 +end | " GET("/no") " | Upper x", "S rst 2147483647 1",
               "C headers 1 +end | " GET("/1"), "S headers 1 +end | :status 200"},
     .told = "2147483647 open\n2147483647 C mark bad_field\n2147483647 C request" TOLD_GET(
         "/no") " Upper=x\n2147483647 C done whole\n2147483647 S reset 1\n2147483647 over\n" ASKED("1", "/1")
         GIVEN("1", "200")},
    {.name = "its own number comes again before its reset, and another one's behind it",
     .lines = {HELLO, "C headers 1 +end | " GET("/no") " | Upper x", "C headers 1 +end | " GET("/1"), "S rst 1 1",
               "S headers 1 +end | :status 200", "C headers 3 | " GET("/no") " | Upper x", "S rst 3 1",
               "C headers 3 +end | " GET("/3"), "S headers 3 +end | :status 200"},
     .told =
         "1 open\n1 C mark bad_field\n1 C request" TOLD_GET("/no") " Upper=x\n1 C done whole\n1 over\n" ASKED("1", "/1")
             GIVEN("1", "200") "3 open\n3 C mark bad_field\n3 C request" TOLD_GET(
                 "/no") " Upper=x\n3 S reset 1\n3 C done reset\n3 over\n" ASKED("3", "/3") GIVEN("3", "200")},
    {.name = "a number that comes again behind an extended CONNECT which the server does not know",
     .lines = {HELLO,
               "C headers 1 +end | :method CONNECT | :protocol websocket | :scheme http | :authority h | :path /no",
               "C headers 1 +end | " GET("/1"), "S rst 1 1", "S headers 1 +end | :status 200"},
     .told = "1 open\n1 C request :method=CONNECT :protocol=websocket :scheme=http :authority=h :path=/no\n"
             "1 C done whole\n1 over\n" ASKED("1", "/1") GIVEN("1", "200")},
    {.name = "one that comes again behind an extended CONNECT which the server knows is no request",
     .lines = {HELLO, "S settings 8=1",
               "C headers 3 | :method CONNECT | :protocol websocket | :scheme http | :authority h | :path /exec",
               "C headers 3 +end | " GET("/no"), "S headers 3 +end | :status 404"},
     .told = "3 open\n3 C request :method=CONNECT :protocol=websocket :scheme=http :authority=h :path=/exec\n"
             "3 C mark bad_pseudo_header\n3 C trailers" TOLD_GET("/no") "\n3 C done whole\n" GIVEN("3", "404")},
    {.name = "one that only other servers refuse is the one that is answered",
     .lines = {HELLO, "C headers 1 | " GET("/1 2"), "C headers 1 +end | " GET("/no"), "S headers 1 +end | :status 200"},
     .told = "1 open\n1 C mark bad_field\n1 C request" TOLD_GET(
         "/1 2") "\n1 C mark bad_pseudo_header\n"
                 "1 C trailers" TOLD_GET("/no") "\n1 C done whole\n" GIVEN("1", "200")},
    {.name = "a string that cannot be decoded, in a request that is refused: its number, and the table, are good",
     .lines = {HELLO, "C headers 1 +end | " GET("/1") " | a b", "C frame 1 5 3 | 82 86 84 00 01 41 81 00",
               "C headers 3 +end | " GET("/3") " | a b", "S headers 3 +end | :status 200",
               "S headers 1 +end | :status 200"},
     .told = ASKED_WITH("1", "/1",
                        "a=b") "3 open\n3 C mark bad_header_block\n"
                               "3 C request partly :method=GET :scheme=http :path=/\n3 C done cut\n3 over\n" ASKED_WITH(
                                   "3", "/3", "a=b") GIVEN("3", "200") GIVEN("1", "200")},
    {.name = "pseudo-headers behind a good request are no request",
     .lines = {HELLO, "C headers 1 | " GET("/1"), "C headers 1 +end | " GET("/no"), "S headers 1 +end | :status 200"},
     .told = "1 open\n1 C request" TOLD_GET("/1") "\n1 C mark bad_pseudo_header\n1 C trailers" TOLD_GET(
         "/no") "\n1 C done whole\n" GIVEN("1", "200")},
    {.name = "more behind the end of a side",
     .lines = {HELLO, "C headers 1 +end | " GET("/1"), "C data 1 | more", "C headers 1 +end | t u | Upper x",
               "C headers 3 +end | " GET("/3") " | t u", "C headers 5 +end | " GET("/5") " | Upper x",
               "S headers 1 +end | :status 200"},
     .told = ASKED("1", "/1") ASKED_WITH("3", "/3", "t=u") "5 open\n5 C mark bad_field\n5 C request" TOLD_GET(
         "/5") " Upper=x\n5 C done whole\n" GIVEN("1", "200") "3 over\n5 over\n"},
    {.name = "a promise of a stream that the client has opened",
     .lines = {HELLO, "C headers 1 +end | " GET("/1"), "C headers 3 +end | " GET("/3"),
               "S promise 1 3 | " GET("/no") " | a b", "S headers 3 +end | :status 203 | a b",
               "S headers 1 +end | :status 201"},
     .told = ASKED("1", "/1") ASKED("3", "/3") "S odd server_push 1\n" GIVEN_WITH("3", "203", "a=b") GIVEN("1", "201")},
    {.name = "an informational head that ends its stream is the answer",
     .lines = {HELLO, "C headers 1 +end | " GET("/1"), "S headers 1 +end | :status 103"},
     .told = ASKED("1", "/1") GIVEN("1", "103")},
    {.name = "an informational head under way to one who has reset its stream, and the answer",
     .lines = {HELLO, "C headers 1 +end | " GET("/1"), "C rst 1 8", "S headers 1 | :status 103",
               "S headers 1 +end | :status 200"},
     .told = ASKED("1", "/1") "1 C reset 8\n1 S informational :status=103\n" GIVEN("1", "200")},
    {.name = "reset, and reset again",
     .lines = {HELLO, "C headers 1 | " POST("/1"), "C rst 1 8", "C rst 1 5", "C data 1 | x", "S data 1 | y",
               "C headers 3 +end | " GET("/3"), "C rst 3 8", "S rst 3 7"},
     .told = "1 open\n1 C request" TOLD_POST("/1") "\n1 C reset 8\n1 C done reset\nS odd bad_frame 1\n"
                                                   "1 S final partly\n1 S done reset\n1 over\n" ASKED(
                                                       "3", "/3") "3 C reset 8\n3 S reset 7\n3 over\n"},
    {.name = "never answered; the client goes, then the server",
     .lines = {HELLO, "C headers 1 +end | " GET("/1"), "C headers 3 | " POST("/3"), "C data 3 | a",
               "S headers 3 | :status 200", "c", "S data 3 | b", "s"},
     .told = ASKED("1", "/1") "3 open\n3 C request" TOLD_POST(
         "/3") "\n3 C body [a]\n3 S final :status=200\n"
               "3 S body [b]\n1 over\n3 C done cut\n3 S done cut\n3 over\n"},
    {.name = "the connection is reset",
     .lines = {HELLO, "C headers 1 +end | " GET("/1"), "S headers 1 | :status 200", "S data 1 | a", "r"},
     .told = ASKED("1", "/1") "1 S final :status=200\n1 S body [a]\n1 S done reset\n1 over\n"},
    {.name = "fields with an empty value, and those that are not to be indexed",
     .lines = {HELLO, "C headers 1 +end | " GET("/1") " | empty  | !secret s | !secret s",
               "S headers 1 +end | :status 200"},
     .told = "1 open\n1 C request" TOLD_GET("/1") " empty= secret=s secret=s\n1 C done whole\n" GIVEN("1", "200")},
    {.name = "very many SETTINGS, PING, PRIORITY and empty DATA",
     .lines = {HELLO, "C headers 1 | " POST("/1"), "C ping +times=1000", "C settings +times=97", "C settings",
               "C data 1 +times=999", "C priority 5", "S headers 1 +end | :status 200"},
     .told = "1 open\n1 C request" TOLD_POST(
         "/1") "\nC odd ping_flood 1000\nC odd settings_flood 100\n"
               "C odd empty_frames_flood 1000\n1 S final :status=200\n1 S done whole\n1 C done cut\n1 over\n"},
};

enum { TALKS = sizeof talks / sizeof talks[0] };

#endif
