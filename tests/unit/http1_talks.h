/* Talks of HTTP/1 and what must be told of them. Written by thought, from RFC 9112 and what Go's net/http server does.
 */
#ifndef TESTS_UNIT_HTTP1_TALKS_H
#define TESTS_UNIT_HTTP1_TALKS_H

enum { TALK_LINES = 16 };

struct talk {
    const char *name;
    const char *lines[TALK_LINES]; /* as in http1_talk.h */
    const char *told;
};

/* What most talks begin with, and what is told of it. */
#define ASK(path) "GET " path " HTTP/1.1\r\nHost: h\r\n\r\n"
#define TOLD_ASK(n, path)                                                                                              \
    n " open 1.1\n" n " C :method=GET\n" n " C :path=" path "\n" n " C Host=h\n" n " C head request\n" n               \
      " C done whole\n"
#define GIVE(status, body_size, body) "HTTP/1.1 " status " Text\r\nContent-Length: " body_size "\r\n\r\n" body
#define TOLD_GIVE(n, status, body_size)                                                                                \
    n " S :status=" status "\n" n " S Content-Length=" body_size "\n" n " S head final\n"
#define TOLD_END(n) n " S done whole\n" n " over\n"
#define TOLD_FOUND(n, path)                                                                                            \
    n " open 1.1\n" n " C mark found_by_search\n" n " C :method=GET\n" n " C :path=" path "\n" n " C Host=h\n" n       \
      " C head request\n" n " C done whole\n"
#define TOLD_REFUSED(n) n " C done refused\n" n " over\n"

#define ZEROS_32   "00000000000000000000000000000000"
#define DIGITS_260 ZEROS_32 ZEROS_32 ZEROS_32 ZEROS_32 ZEROS_32 ZEROS_32 ZEROS_32 ZEROS_32 "0002"

static const struct talk talks[] = {
    {.name = "one exchange",
     .lines = {"C" ASK("/a?b=c"), "S" GIVE("200", "5", "hello")},
     .told = TOLD_ASK("1", "/a?b=c") TOLD_GIVE("1", "200", "5") "1 S body [hello]\n" TOLD_END("1")},
    {.name = "three on one connection",
     .lines = {"C" ASK("/1"), "S" GIVE("200", "1", "x"), "C" ASK("/2"), "S" GIVE("404", "0", ""), "C" ASK("/3"),
               "S" GIVE("403", "2", "yz"), "c", "s"},
     .told = TOLD_ASK("1", "/1") TOLD_GIVE("1", "200", "1") "1 S body [x]\n" TOLD_END("1") TOLD_ASK("2", "/2")
         TOLD_GIVE("2", "404", "0") TOLD_END("2") TOLD_ASK("3", "/3")
             TOLD_GIVE("3", "403", "2") "3 S body [yz]\n" TOLD_END("3")},
    {.name = "pipelined",
     .lines = {"C" ASK("/1") ASK("/2") ASK("/3"), "S" GIVE("201", "1", "x") GIVE("202", "0", "") GIVE("203", "1", "y")},
     .told = TOLD_ASK("1", "/1") TOLD_ASK("2", "/2") TOLD_ASK("3", "/3")
         TOLD_GIVE("1", "201", "1") "1 S body [x]\n" TOLD_END("1") TOLD_GIVE("2", "202", "0") TOLD_END("2")
             TOLD_GIVE("3", "203", "1") "3 S body [y]\n" TOLD_END("3")},
    {.name = "bodies of known length, of both sides",
     .lines = {"CPOST /p HTTP/1.1\r\nhost:h\r\ncontent-length: 4\r\n\r\nabcd", "S" GIVE("201", "2", "ok"),
               "C" ASK("/2"), "S" GIVE("200", "0", "")},
     .told = "1 open 1.1\n1 C :method=POST\n1 C :path=/p\n1 C host=h\n1 C content-length=4\n1 C head request\n"
             "1 C body [abcd]\n1 C done whole\n" TOLD_GIVE("1", "201", "2") "1 S body [ok]\n" TOLD_END("1")
                 TOLD_ASK("2", "/2") TOLD_GIVE("2", "200", "0") TOLD_END("2")},
    {.name = "chunked, of both sides, with extension and trailers",
     .lines =
         {"CPUT /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\nA;x=\"y\"\r\n0123456789\r\n"
          "0\r\n\r\n",
          "SHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: T\r\n\r\n2\r\nhi\r\n0\r\nT: v\r\n\r\n",
          "C" ASK("/2"), "S" GIVE("404", "0", "")},
     .told = "1 open 1.1\n1 C :method=PUT\n1 C :path=/c\n1 C Host=h\n1 C Transfer-Encoding=Chunked\n1 C head request\n"
             "1 C body [abc0123456789]\n1 C done whole\n1 S :status=200\n1 S Transfer-Encoding=chunked\n1 S Trailer=T\n"
             "1 S head final\n1 S body [hi]\n1 S T=v\n1 S head trailers\n1 S done whole\n1 over\n" TOLD_ASK("2", "/2")
                 TOLD_GIVE("2", "404", "0") TOLD_END("2")},
    {.name = "until the connection ends",
     .lines = {"CGET /o HTTP/1.0\r\n\r\n", "SHTTP/1.0 200 OK\r\n\r\nall the", "S rest", "s", "c"},
     .told = "1 open 1.0\n1 C :method=GET\n1 C :path=/o\n1 C head request\n1 C done whole\n1 S :status=200\n"
             "1 S head final\n1 S body [all the rest]\n1 S done whole\n1 over\n"},
    {.name = "until the connection is reset",
     .lines = {"CGET /o HTTP/1.0\r\n\r\n", "SHTTP/1.0 200\r\n\r\nall", "r"},
     .told = "1 open 1.0\n1 C :method=GET\n1 C :path=/o\n1 C head request\n1 C done whole\n1 S :status=200\n"
             "1 S head final\n1 S body [all]\n1 S done reset\n1 over\n"},
    {.name = "ended too early",
     .lines = {"C" ASK("/e"), "S" GIVE("200", "5", "he"), "s", "c"},
     .told = TOLD_ASK("1", "/e") TOLD_GIVE("1", "200", "5") "1 S body [he]\n1 S done cut\n1 over\n"},
    {.name = "never answered", .lines = {"C" ASK("/e"), "c"}, .told = TOLD_ASK("1", "/e") "1 over\n"},
    {.name = "HEAD, 304 and 204 have no body",
     .lines = {"CHEAD /h HTTP/1.1\r\nHost: h\r\n\r\n", "S" GIVE("200", "10", ""), "C" ASK("/2"),
               "S" GIVE("304", "9", ""), "C" ASK("/3"), "SHTTP/1.1 204 No Content\r\n\r\n", "C" ASK("/4"),
               "S" GIVE("200", "0", "")},
     .told = "1 open 1.1\n1 C :method=HEAD\n1 C :path=/h\n1 C Host=h\n1 C head request\n1 C done whole\n" TOLD_GIVE(
         "1", "200", "10") TOLD_END("1") TOLD_ASK("2", "/2") TOLD_GIVE("2", "304", "9") TOLD_END("2")
         TOLD_ASK("3", "/3") "3 S :status=204\n3 S head final\n" TOLD_END("3") TOLD_ASK("4", "/4")
             TOLD_GIVE("4", "200", "0") TOLD_END("4")},
    {.name = "told to go on with the body",
     .lines = {"CPOST /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n",
               "SHTTP/1.1 100 Continue\r\n\r\n", "Cab", "S" GIVE("200", "0", "")},
     .told = "1 open 1.1\n1 C :method=POST\n1 C :path=/x\n1 C Host=h\n1 C Expect=100-continue\n1 C Content-Length=2\n"
             "1 C head request\n1 S :status=100\n1 S head informational\n1 C body [ab]\n"
             "1 C done whole\n" TOLD_GIVE("1", "200", "0") TOLD_END("1")},
    {.name = "an informational head that nobody asked for",
     .lines = {"SHTTP/1.1 103 x\r\n\r\n", "S" GIVE("200", "0", "")},
     .told = "1 open 1.1\n1 S :status=103\n1 S head informational\n" TOLD_GIVE("1", "200", "0") TOLD_END("1")},
    {.name = "two informational heads",
     .lines = {"C" ASK("/i"), "SHTTP/1.1 103 Early\r\nLink: a\r\n\r\nHTTP/1.1 102 P\r\n\r\n" GIVE("200", "0", "")},
     .told = TOLD_ASK("1", "/i") "1 S :status=103\n1 S Link=a\n1 S head informational\n1 S :status=102\n"
                                 "1 S head informational\n" TOLD_GIVE("1", "200", "0") TOLD_END("1")},
    {.name = "answered before its body is sent",
     .lines = {"CPOST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab", "S" GIVE("401", "0", ""), "Ccd",
               "C" ASK("/2"), "S" GIVE("200", "0", "")},
     .told = "1 open 1.1\n1 C :method=POST\n1 C :path=/x\n1 C Host=h\n1 C Content-Length=4\n1 C head request\n"
             "1 C body [ab]\n" TOLD_GIVE("1", "401", "0") "1 S done whole\n1 C body [cd]\n1 C done whole\n"
                                                          "1 over\n" TOLD_ASK("2", "/2") TOLD_GIVE("2", "200", "0")
                                                              TOLD_END("2")},
    {.name = "switched to a WebSocket",
     .lines = {"CGET /w HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
               "SHTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n\x81\x01z", "C" ASK("/no"),
               "S" GIVE("200", "0", "")},
     .told = "1 open 1.1\n1 C :method=GET\n1 C :path=/w\n1 C Host=h\n1 C Connection=upgrade\n1 C Upgrade=websocket\n"
             "1 C head request\n1 S :status=101\n1 S Upgrade=websocket\n1 S Connection=upgrade\n1 S head final\n"
             "1 S done switched\n1 C done switched\n1 over\nswitched to [websocket]\n"},
    {.name = "switched to h2c: the request goes on there, the 101 is not its answer",
     .lines = {"CGET /h HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\n\r\n",
               "SHTTP/1.1 101 Switching\r\nUpgrade: H2C\r\n\r\nframes", "C" ASK("/no"), "S" GIVE("200", "0", "")},
     .told = "1 open 1.1\n1 C :method=GET\n1 C :path=/h\n1 C Host=h\n1 C Upgrade=h2c\n1 C head request\n"
             "1 S :status=101\n1 S Upgrade=H2C\n1 S head informational\n1 C done whole\nswitched to [H2C]\n"
             "1 handed over\n"},
    {.name = "switched to h2c inside its body",
     .lines = {"C" ASK("/1"), "S" GIVE("200", "0", ""),
               "CPOST /h HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\nContent-Length: 9\r\n\r\nabc",
               "SHTTP/1.1 101 \r\nUpgrade: h2c\r\n\r\n", "Cdefghi"},
     .told = TOLD_ASK("1", "/1") TOLD_GIVE("1", "200", "0")
         TOLD_END("1") "2 open 1.1\n2 C :method=POST\n2 C :path=/h\n2 C Host=h\n2 C Upgrade=h2c\n"
                       "2 C Content-Length=9\n2 C head request\n2 C body [abc]\n2 S :status=101\n2 S Upgrade=h2c\n"
                       "2 S head informational\n2 C done cut\nswitched to [h2c]\n2 handed over\n"},
    {.name = "switched to h2c, with another request under way",
     .lines = {"CGET /h HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\n\r\n" ASK("/2"),
               "SHTTP/1.1 101 \r\nUpgrade: h2c\r\n\r\n"},
     .told = "1 open 1.1\n1 C :method=GET\n1 C :path=/h\n1 C Host=h\n1 C Upgrade=h2c\n1 C head "
             "request\n" TOLD_ASK("2", "/2") "1 S :status=101\n1 S Upgrade=h2c\n1 S head informational\n"
                                             "1 C done whole\n2 over\nswitched to [h2c]\n1 handed over\n"},
    {.name = "a 101 to h2c of which the request was not seen",
     .lines = {"SHTTP/1.1 101 \r\nUpgrade: h2c\r\n\r\n"},
     .told = "1 open 1.1\n1 S :status=101\n1 S Upgrade=h2c\n1 S head informational\nswitched to [h2c]\n"
             "1 handed over\n"},
    {.name = "asked to switch, and did not",
     .lines = {"CGET /w HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n\r\n", "S" GIVE("403", "0", ""), "C" ASK("/2"),
               "S" GIVE("200", "0", "")},
     .told =
         "1 open 1.1\n1 C :method=GET\n1 C :path=/w\n1 C Host=h\n1 C Upgrade=websocket\n1 C head request\n" TOLD_GIVE(
             "1", "403", "0") "1 S done whole\n1 C done whole\n1 over\n" TOLD_ASK("2", "/2") TOLD_GIVE("2", "200", "0")
             TOLD_END("2")},
    {.name = "a tunnel",
     .lines = {"CCONNECT a:1 HTTP/1.1\r\n\r\n", "SHTTP/1.1 200 OK\r\n\r\n", "C" ASK("/no")},
     .told = "1 open 1.1\n1 C :method=CONNECT\n1 C :path=a:1\n1 C head request\n1 S :status=200\n1 S head final\n"
             "1 S done switched\n1 C done switched\n1 over\nswitched to [CONNECT]\n"},
    {.name = "no tunnel: to a path",
     .lines = {"CCONNECT /p HTTP/1.1\r\nHost: h\r\n\r\n", "SHTTP/1.1 200 OK\r\n\r\n", "s"},
     .told = "1 open 1.1\n1 C :method=CONNECT\n1 C :path=/p\n1 C Host=h\n1 C head request\n1 C done whole\n"
             "1 S :status=200\n1 S head final\n" TOLD_END("1")},
    {.name = "no tunnel, and no Host, which Go asks of no CONNECT",
     .lines = {"CCONNECT /p HTTP/1.1\r\nA: b\r\n\r\n", "S" GIVE("403", "0", ""), "C" ASK("/2"),
               "S" GIVE("200", "0", "")},
     .told = "1 open 1.1\n1 C :method=CONNECT\n1 C :path=/p\n1 C A=b\n1 C head request\n1 C done whole\n" TOLD_GIVE(
         "1", "403", "0") TOLD_END("1") TOLD_ASK("2", "/2") TOLD_GIVE("2", "200", "0") TOLD_END("2")},
    {.name = "no tunnel: with a body",
     .lines = {"CCONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n", "S" GIVE("200", "1", "x"), "C" ASK("/2"),
               "S" GIVE("403", "0", "")},
     .told = "1 open 1.1\n1 C :method=CONNECT\n1 C :path=h:1\n1 C Host=h\n1 C head request\n" TOLD_GIVE(
         "1", "200", "1") "1 S body [x]\n1 S done whole\n1 C done whole\n1 over\n" TOLD_ASK("2", "/2")
         TOLD_GIVE("2", "403", "0") TOLD_END("2")},
    {.name = "a tunnel refused",
     .lines = {"CCONNECT a:1 HTTP/1.1\r\n\r\n", "S" GIVE("403", "0", ""), "C" ASK("/2"), "S" GIVE("200", "0", "")},
     .told = "1 open 1.1\n1 C :method=CONNECT\n1 C :path=a:1\n1 C head request\n" TOLD_GIVE(
         "1", "403", "0") "1 S done whole\n1 C done whole\n1 over\n" TOLD_ASK("2", "/2") TOLD_GIVE("2", "200", "0")
         TOLD_END("2")},
    {.name = "odd but read: bare LF, folding, space around values, absolute form, any method, an empty line before",
     .lines = {"C\r\nbreW http://h/x HTTP/1.1\nHost:\t h \nA: b\n  c\n\td\nEmpty:\n\n", "S" GIVE("200", "0", "")},
     .told = "1 open 1.1\n1 C mark odd_space\n1 C mark bare_lf\n1 C :method=breW\n1 C :path=http://h/x\n"
             "1 C mark absolute_form\n1 C Host=h\n1 C mark folded_field\n1 C A=b c d\n1 C Empty=\n1 C head request\n"
             "1 C done whole\n" TOLD_GIVE("1", "200", "0") TOLD_END("1")},
    {.name = "CRs before a request, which Go passes over behind a POST",
     .lines = {"CPOST /1 HTTP/1.1\r\nHost: h\r\n\r\n\r\r\r\n\rGET /2 HTTP/1.1\r\nHost: h\r\n\r\n",
               "S" GIVE("200", "0", "") GIVE("201", "0", "")},
     .told = "1 open 1.1\n1 C :method=POST\n1 C :path=/1\n1 C Host=h\n1 C head request\n1 C done whole\n"
             "2 open 1.1\n2 C mark odd_space\n2 C :method=GET\n2 C :path=/2\n2 C Host=h\n2 C head request\n"
             "2 C done whole\n" TOLD_GIVE("1", "200", "0") TOLD_END("1") TOLD_GIVE("2", "201", "0") TOLD_END("2")},
    {.name = "a CONNECT to nobody, which Go serves",
     .lines = {"CCONNECT  HTTP/1.1\r\nHost: h\r\n\r\n", "S" GIVE("403", "0", ""), "C" ASK("/2"),
               "S" GIVE("200", "0", "")},
     .told = "1 open 1.1\n1 C :method=CONNECT\n1 C :path=\n1 C Host=h\n1 C head request\n" TOLD_GIVE(
         "1", "403", "0") "1 S done whole\n1 C done whole\n1 over\n" TOLD_ASK("2", "/2") TOLD_GIVE("2", "200", "0")
         TOLD_END("2")},
    {.name = "an empty line behind a request, and much later the next one",
     .lines = {"C" ASK("/1"), "S" GIVE("200", "0", ""), "C\r\n", "C" ASK("/2"), "S" GIVE("403", "0", "")},
     .told = TOLD_ASK("1", "/1") TOLD_GIVE("1", "200", "0")
         TOLD_END("1") "2 open 1.1\n2 C mark odd_space\n2 C :method=GET\n2 C :path=/2\n2 C Host=h\n2 C head request\n"
                       "2 C done whole\n" TOLD_GIVE("2", "403", "0") TOLD_END("2")},
    {.name = "asterisk form, and versions beyond 1.1",
     .lines = {"COPTIONS * HTTP/1.7\r\nHost: h\r\n\r\n", "SHTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n"},
     .told = "1 open 1.1\n1 C :method=OPTIONS\n1 C :path=*\n1 C Host=h\n1 C head request\n"
             "1 C done whole\n" TOLD_GIVE("1", "200", "0") TOLD_END("1")},
    {.name = "space before the colon",
     .lines = {"CGET /s HTTP/1.1\r\nHost: h\r\nX : y\r\nZ: z\r\n\r\n", "S" GIVE("400", "0", ""), "C" ASK("/2")},
     .told = "1 open 1.1\n1 C :method=GET\n1 C :path=/s\n1 C Host=h\n1 C mark odd_space\n1 C mark malformed\n"
             "1 C head request partly\n1 C done refused\n" TOLD_GIVE("1", "400", "0") TOLD_END("1")
                 TOLD_FOUND("2", "/2") "2 over\n"},
    {.name = "answered at the line that is refused",
     .lines = {"CGET /s HTTP/1.1\r\nno field\r\n", "S" GIVE("400", "0", "")},
     .told = "1 open 1.1\n1 C :method=GET\n1 C :path=/s\n1 C mark malformed\n1 C head request partly\n"
             "1 C done refused\n" TOLD_GIVE("1", "400", "0") TOLD_END("1")},
    {.name = "space before the first field",
     .lines = {"CGET /s HTTP/1.1\r\n Host: h\r\n\r\n"},
     .told = "1 open 1.1\n1 C :method=GET\n1 C :path=/s\n1 C mark malformed\n1 C head request partly\n"
             "1 C done refused\n1 over\n"},
    {.name = "a control character in a value",
     .lines = {"CGET /s HTTP/1.1\r\nHost: h\r\nLonger-than-eight: abcdefgh\x01ij\r\n\r\n"},
     .told = "1 open 1.1\n1 C :method=GET\n1 C :path=/s\n1 C Host=h\n1 C mark malformed\n1 C head request partly\n"
             "1 C done refused\n1 over\n"},
    {.name = "no token as a name",
     .lines = {"CGET /s HTTP/1.1\r\nHo\"st: h\r\n\r\n"},
     .told = "1 open 1.1\n1 C :method=GET\n1 C :path=/s\n1 C mark malformed\n1 C head request partly\n"
             "1 C done refused\n1 over\n"},
    {.name = "no version",
     .lines = {"CGET /nine\r\n", "S" GIVE("400", "0", "")},
     .told = "1 open ?\n1 C :method=GET\n1 C :path=/nine\n1 C mark malformed\n1 C head request partly\n"
             "1 C done refused\n" TOLD_GIVE("1", "400", "0") TOLD_END("1")},
    {.name = "a version that is not spoken",
     .lines = {"CGET /two HTTP/2.0\r\nHost: h\r\n\r\n", "S" GIVE("505", "0", "")},
     .told = "1 open ?\n1 C :method=GET\n1 C :path=/two\n1 C mark malformed\n1 C head request partly\n"
             "1 C done refused\n" TOLD_GIVE("1", "505", "0") TOLD_END("1")},
    {.name = "a control character in the first request, which Go refuses",
     .lines = {"CGET /bell\a HTTP/1.1\r\nHost: h\r\n\r\n", "S" GIVE("400", "0", "")},
     .told = "1 open ?\n1 C :method=GET\n1 C :path=/bell\a\n1 C mark malformed\n1 C head request partly\n"
             "1 C done refused\n" TOLD_GIVE("1", "400", "0") TOLD_END("1")},
    {.name = "and in a line that is no request's",
     .lines = {"CGET /bell\a\r\n", "Sgood day\r\n"},
     .told = "gave up not-mine\n"},
    {.name = "another protocol", .lines = {"CSSH-2.0-thing x\r\n", "Sgood day\r\n"}, .told = "gave up not-mine\n"},
    {.name = "another protocol, not even a line",
     .lines = {"C\x16\x03\x01\x02", "C" ASK("/")},
     .told = "gave up not-mine\n"},
    {.name = "the preface of HTTP/2, which Go's server hands on as a request, and its last one",
     .lines = {"CPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "S" GIVE("403", "0", "")},
     .told = "1 open ?\n1 C :method=PRI\n1 C :path=*\n1 C head request\n1 C done refused\n" TOLD_GIVE("1", "403", "0")
         TOLD_END("1")},
    {.name = "and with a field it is any other request",
     .lines = {"CPRI * HTTP/2.0\r\nHost: h\r\n\r\n" ASK("/2"), "S" GIVE("403", "0", "") GIVE("404", "0", "")},
     .told = "1 open ?\n1 C :method=PRI\n1 C :path=*\n1 C Host=h\n1 C head request\n1 C done whole\n" TOLD_ASK(
         "2", "/2") TOLD_GIVE("1", "403", "0") TOLD_END("1") TOLD_GIVE("2", "404", "0") TOLD_END("2")},
    {.name = "but for its Host",
     .lines = {"CPRI * HTTP/2.0\r\nA: b\r\n\r\n", "S" GIVE("400", "0", "")},
     .told = "1 open ?\n1 C :method=PRI\n1 C :path=*\n1 C A=b\n1 C mark no_host\n1 C head request\n"
             "1 C done refused\n" TOLD_GIVE("1", "400", "0") TOLD_END("1")},
    {.name = "no start line, later on",
     .lines = {"C" ASK("/1"), "S" GIVE("200", "0", ""), "C\x16\x03\x01", "S" GIVE("400", "0", "")},
     .told = TOLD_ASK("1", "/1") TOLD_GIVE("1", "200", "0")
         TOLD_END("1") "2 open ?\n2 C mark malformed\n"
                       "2 C head request partly\n"
                       "2 C done refused\n" TOLD_GIVE("2", "400", "0") TOLD_END("2")},
    {.name = "no start line, later on, seen before its line ends",
     .lines = {"C" ASK("/1"), "S" GIVE("200", "0", ""), "C(no)\n", "S" GIVE("400", "0", "")},
     .told = TOLD_ASK("1", "/1") TOLD_GIVE("1", "200", "0")
         TOLD_END("1") "2 open ?\n2 C mark malformed\n"
                       "2 C head request partly\n"
                       "2 C done refused\n" TOLD_GIVE("2", "400", "0") TOLD_END("2")},
    {.name = "no Host",
     .lines = {"CGET /n HTTP/1.1\r\nA: b\r\n\r\n", "S" GIVE("400", "0", ""), "C" ASK("/2")},
     .told = "1 open 1.1\n1 C :method=GET\n1 C :path=/n\n1 C A=b\n1 C mark no_host\n1 C head request\n"
             "1 C done refused\n" TOLD_GIVE("1", "400", "0") TOLD_END("1") TOLD_FOUND("2", "/2") "2 over\n"},
    {.name = "two Hosts",
     .lines = {"CGET /n HTTP/1.1\r\nHost: b\r\nHOST: b\r\n\r\n"},
     .told = "1 open 1.1\n1 C :method=GET\n1 C :path=/n\n1 C Host=b\n1 C HOST=b\n1 C mark two_hosts\n1 C head request\n"
             "1 C done refused\n1 over\n"},
    {.name = "the same length twice",
     .lines = {"CPOST /l HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nContent-Length:2\r\n\r\nab"},
     .told = "1 open 1.1\n1 C :method=POST\n1 C :path=/l\n1 C Host=h\n1 C Content-Length=2\n1 C Content-Length=2\n"
             "1 C head request\n1 C body [ab]\n1 C done whole\n1 over\n"},
    {.name = "two lengths",
     .lines = {"CPOST /l HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc"},
     .told = "1 open 1.1\n1 C :method=POST\n1 C :path=/l\n1 C Host=h\n1 C Content-Length=2\n1 C Content-Length=3\n"
             "1 C mark two_lengths\n1 C head request\n1 C done refused\n1 over\n"},
    {.name = "the same number, written otherwise",
     .lines = {"CPOST /l HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nContent-Length: 02\r\n\r\nab"},
     .told = "1 open 1.1\n1 C :method=POST\n1 C :path=/l\n1 C Host=h\n1 C Content-Length=2\n1 C Content-Length=02\n"
             "1 C mark two_lengths\n1 C head request\n1 C done refused\n1 over\n"},
    {.name = "a list of lengths",
     .lines = {"CPOST /l HTTP/1.1\r\nHost: h\r\nContent-Length: 2, 2\r\n\r\nab"},
     .told = "1 open 1.1\n1 C :method=POST\n1 C :path=/l\n1 C Host=h\n1 C Content-Length=2, 2\n1 C mark two_lengths\n"
             "1 C head request\n1 C done refused\n1 over\n"},
    {.name = "a length over 63 bits",
     .lines = {"CPOST /l HTTP/1.1\r\nHost: h\r\nContent-Length: 9223372036854775808\r\n\r\n"},
     .told = "1 open 1.1\n1 C :method=POST\n1 C :path=/l\n1 C Host=h\n1 C Content-Length=9223372036854775808\n"
             "1 C mark odd_length\n1 C head request\n1 C done refused\n1 over\n"},
    {.name = "a length of very many digits",
     .lines = {"CPOST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: " DIGITS_260 "\r\n\r\nxy", "S" GIVE("200", "0", "")},
     .told = "1 open 1.1\n1 C :method=POST\n1 C :path=/1\n1 C Host=h\n1 C Content-Length=" DIGITS_260
             "\n1 C head request\n1 C body [xy]\n1 C done whole\n" TOLD_GIVE("1", "200", "0") TOLD_END("1")},
    {.name = "a length with a sign",
     .lines = {"CPOST /l HTTP/1.1\r\nHost: h\r\nContent-Length: +2\r\n\r\nab"},
     .told = "1 open 1.1\n1 C :method=POST\n1 C :path=/l\n1 C Host=h\n1 C Content-Length=+2\n1 C mark odd_length\n"
             "1 C head request\n1 C done refused\n1 over\n"},
    {.name = "length and chunked",
     .lines =
         {"CPOST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
          "S" GIVE("200", "0", "")},
     .told = "1 open 1.1\n1 C :method=POST\n1 C :path=/b\n1 C Host=h\n1 C Content-Length=9\n"
             "1 C Transfer-Encoding=chunked\n1 C mark length_and_chunked\n1 C head request\n1 C body [x]\n"
             "1 C done whole\n" TOLD_GIVE("1", "200", "0") TOLD_END("1")},
    {.name = "chunked in HTTP/1.0 is passed over",
     .lines = {"CPOST /b HTTP/1.0\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nab"},
     .told = "1 open 1.0\n1 C :method=POST\n1 C :path=/b\n1 C Content-Length=2\n1 C Transfer-Encoding=chunked\n"
             "1 C mark odd_transfer_encoding\n1 C head request\n1 C body [ab]\n1 C done whole\n1 over\n"},
    {.name = "a coding that is not chunked",
     .lines = {"CPOST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
               "S" GIVE("501", "0", "")},
     .told = "1 open 1.1\n1 C :method=POST\n1 C :path=/b\n1 C Host=h\n1 C Transfer-Encoding=gzip, chunked\n"
             "1 C mark odd_transfer_encoding\n1 C head request\n1 C done refused\n" TOLD_GIVE("1", "501", "0")
                 TOLD_END("1")},
    {.name = "a chunk's size that is none",
     .lines = {"CPOST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\nzz\r\n",
               "S" GIVE("400", "0", "")},
     .told = "1 open 1.1\n1 C :method=POST\n1 C :path=/b\n1 C Host=h\n1 C Transfer-Encoding=chunked\n1 C head request\n"
             "1 C body [x]\n1 C mark odd_length\n1 C done refused\n" TOLD_GIVE("1", "400", "0") TOLD_END("1")},
    {.name = "space and a bare LF behind a chunk's size",
     .lines = {"CPOST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1 \nx\r\n0\r\n\r\n",
               "S" GIVE("200", "0", "")},
     .told = "1 open 1.1\n1 C :method=POST\n1 C :path=/b\n1 C Host=h\n1 C Transfer-Encoding=chunked\n1 C head request\n"
             "1 C mark bare_lf\n1 C mark odd_space\n1 C body [x]\n1 C done whole\n" TOLD_GIVE("1", "200", "0")
                 TOLD_END("1")},
    {.name = "no line end behind a chunk",
     .lines = {"CPOST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy0\r\n\r\n"},
     .told = "1 open 1.1\n1 C :method=POST\n1 C :path=/b\n1 C Host=h\n1 C Transfer-Encoding=chunked\n1 C head request\n"
             "1 C body [x]\n1 C mark malformed\n1 C done refused\n1 over\n"},
    {.name = "an answer nobody asked for",
     .lines = {"S" GIVE("408", "2", "ab"), "s"},
     .told = "1 open 1.1\n" TOLD_GIVE("1", "408", "2") "1 S body [ab]\n" TOLD_END("1")},
    {.name = "an answer in the middle of a request's head",
     .lines = {"CGET /m HTTP/1.1\r\nHost: h\r\nA", "S" GIVE("408", "0", ""), "s", "c"},
     .told = "1 open 1.1\n1 C :method=GET\n1 C :path=/m\n1 C Host=h\n" TOLD_GIVE(
         "1", "408", "0") "1 S done whole\n1 C head request partly\n1 C done cut\n1 over\n"},
    {.name = "an answer that is none",
     .lines = {"C" ASK("/1"), "Swhat?\r\n", "C" ASK("/2"), "S" GIVE("200", "0", "")},
     .told = TOLD_ASK("1", "/1") "1 S mark malformed\n1 S head final partly\n1 S done refused\n1 over\n" TOLD_ASK(
         "2", "/2") "2 over\n"},
    {.name = "a control character in an answer, and another answer behind it",
     .lines = {"C" ASK("/1"), "SHTTP/1.1 200 OK\r\nX: a\x01z\r\nContent-Length: 0\r\n\r\n", "C" ASK("/2"),
               "S" GIVE("403", "0", "")},
     .told = TOLD_ASK("1", "/1") "1 S :status=200\n1 S mark malformed\n1 S head final partly\n1 S done refused\n1 "
                                 "over\n" TOLD_ASK("2", "/2") "2 S mark found_by_search\n" TOLD_GIVE("2", "403", "0")
                                     TOLD_END("2")},
    {.name = "an empty length, which older servers pass over and newer ones refuse",
     .lines = {"CPOST /1 HTTP/1.1\r\nHost: h\r\nContent-Length:\r\n\r\n", "S" GIVE("200", "0", ""), "C" ASK("/2"),
               "S" GIVE("403", "0", "")},
     .told = "1 open 1.1\n1 C :method=POST\n1 C :path=/1\n1 C Host=h\n1 C Content-Length=\n1 C mark odd_length\n"
             "1 C head request\n1 C done whole\n" TOLD_GIVE("1", "200", "0") TOLD_END("1") TOLD_ASK("2", "/2")
                 TOLD_GIVE("2", "403", "0") TOLD_END("2")},
    {.name = "but not beside another one",
     .lines = {"CPOST /1 HTTP/1.1\r\nHost: h\r\nContent-Length:\r\nContent-Length: 0\r\n\r\n",
               "S" GIVE("400", "0", "")},
     .told = "1 open 1.1\n1 C :method=POST\n1 C :path=/1\n1 C Host=h\n1 C Content-Length=\n1 C Content-Length=0\n"
             "1 C mark two_lengths\n1 C mark odd_length\n"
             "1 C head request\n1 C done refused\n" TOLD_GIVE("1", "400", "0") TOLD_END("1")},
    {.name = "nor before it",
     .lines = {"CPOST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nContent-Length:\r\n\r\n",
               "S" GIVE("400", "0", "")},
     .told = "1 open 1.1\n1 C :method=POST\n1 C :path=/1\n1 C Host=h\n1 C Content-Length=0\n1 C Content-Length=\n"
             "1 C mark two_lengths\n1 C mark odd_length\n"
             "1 C head request\n1 C done refused\n" TOLD_GIVE("1", "400", "0") TOLD_END("1")},
    {.name = "refused by RFC 9112, and what was asked with it in one go",
     .lines = {"CPOST /1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA B\r\nD: e\r\n\r\n" ASK("/2"),
               "S" GIVE("403", "0", "") GIVE("200", "0", "")},
     .told = "1 open 1.1\n1 C :method=POST\n1 C :path=/1\n1 C Host=h\n1 C Transfer-Encoding=chunked\n1 C head request\n"
             "1 C mark malformed\n1 C head trailers partly\n1 C done refused\n" TOLD_FOUND("2", "/2")
                 TOLD_GIVE("1", "403", "0") TOLD_END("1") TOLD_GIVE("2", "200", "0") TOLD_END("2")},
    {.name = "trailers that older servers take, whatever they look like",
     .lines = {"CPOST /1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA B: c\r\n d\r\n"
               "GET /x:y HTTP/1.1\r\nHost: h\r\n\r\n" ASK("/2"),
               "S" GIVE("403", "0", "") GIVE("200", "0", "")},
     .told = "1 open 1.1\n1 C :method=POST\n1 C :path=/1\n1 C Host=h\n1 C Transfer-Encoding=chunked\n1 C head request\n"
             "1 C mark bad_field\n1 C Host=h\n1 C head trailers\n1 C done whole\n" TOLD_ASK("2", "/2")
                 TOLD_GIVE("1", "403", "0") TOLD_END("1") TOLD_GIVE("2", "200", "0") TOLD_END("2")},
    {.name = "a field without a name, which Go's reader passes over",
     .lines = {"CGET /1 HTTP/1.1\r\nHost: h\r\n: x\r\nA: b\r\n\r\n", "S" GIVE("200", "0", "")},
     .told = "1 open 1.1\n1 C :method=GET\n1 C :path=/1\n1 C Host=h\n1 C mark bad_field\n1 C A=b\n1 C head request\n"
             "1 C done whole\n" TOLD_GIVE("1", "200", "0") TOLD_END("1")},
    {.name = "and the lines that it goes on over",
     .lines = {"CGET /1 HTTP/1.1\r\nHost: h\r\n: x\r\n y\r\n\tz\r\nA: b\r\n:\n c\n\r\n", "S" GIVE("200", "0", "")},
     .told = "1 open 1.1\n1 C :method=GET\n1 C :path=/1\n1 C Host=h\n1 C mark folded_field\n1 C mark bad_field\n"
             "1 C A=b\n1 C mark bare_lf\n1 C head request\n1 C done whole\n" TOLD_GIVE("1", "200", "0") TOLD_END("1")},
    {.name = "and behind what RFC 9112 refuses, with a method of nobody's",
     .lines = {"CPOST /1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA B\r\n\r\n"
               "ODD /2 HTTP/1.1\r\n: x\r\n y\r\nHost: h\r\n\r\n",
               "S" GIVE("200", "0", "") GIVE("403", "0", "")},
     .told = "1 open 1.1\n1 C :method=POST\n1 C :path=/1\n1 C Host=h\n1 C Transfer-Encoding=chunked\n1 C head request\n"
             "1 C mark malformed\n1 C head trailers partly\n1 C done refused\n"
             "2 open 1.1\n2 C mark found_by_search\n2 C :method=ODD\n2 C :path=/2\n2 C mark folded_field\n"
             "2 C mark bad_field\n2 C Host=h\n2 C head request\n2 C done whole\n" TOLD_GIVE("1", "200", "0")
                 TOLD_END("1") TOLD_GIVE("2", "403", "0") TOLD_END("2")},
    {.name = "so is what has control characters where Go looks at no value",
     .lines = {"CPOST /1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA B\r\n\r\n"
               "GET /2 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTrailer: \x01\r\n\r\n0\r\n\r\n",
               "S" GIVE("200", "0", "") GIVE("403", "0", "")},
     .told = "1 open 1.1\n1 C :method=POST\n1 C :path=/1\n1 C Host=h\n1 C Transfer-Encoding=chunked\n1 C head request\n"
             "1 C mark malformed\n1 C head trailers partly\n1 C done refused\n"
             "2 open 1.1\n2 C mark found_by_search\n2 C :method=GET\n2 C :path=/2\n2 C Host=h\n"
             "2 C Transfer-Encoding=chunked\n2 C mark bad_field\n2 C head request\n2 C done whole\n" TOLD_GIVE(
                 "1", "200", "0") TOLD_END("1") TOLD_GIVE("2", "403", "0") TOLD_END("2")},
    {.name = "and the preface of HTTP/2 with a field behind it",
     .lines = {"CPOST /1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA B\r\n\r\nPRI * "
               "HTTP/2.0\r\nHost: h\r\n\r\n",
               "S" GIVE("200", "0", "") GIVE("403", "0", "")},
     .told = "1 open 1.1\n1 C :method=POST\n1 C :path=/1\n1 C Host=h\n1 C Transfer-Encoding=chunked\n1 C head request\n"
             "1 C mark malformed\n1 C head trailers partly\n1 C done refused\n"
             "2 open ?\n2 C mark found_by_search\n2 C :method=PRI\n2 C :path=*\n2 C Host=h\n2 C head request\n"
             "2 C done whole\n" TOLD_GIVE("1", "200", "0") TOLD_END("1") TOLD_GIVE("2", "403", "0") TOLD_END("2")},
    {.name = "but not without one",
     .lines =
         {"CPOST /1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA B\r\n\r\nPRI * HTTP/2.0\r\n\r\n",
          "S" GIVE("200", "0", "")},
     .told =
         "1 open 1.1\n1 C :method=POST\n1 C :path=/1\n1 C Host=h\n1 C Transfer-Encoding=chunked\n1 C head request\n"
         "1 C mark malformed\n1 C head trailers partly\n1 C done refused\n" TOLD_GIVE("1", "200", "0") TOLD_END("1")},
    {.name = "control characters where Go looks at no value: beside chunked, and in trailers",
     .lines = {"CPOST /1 HTTP/1.1\r\nContent-Length: \x01\r\nTransfer-Encoding: chunked\r\nTrailer: \x02\r\nHost: h\r\n"
               "\r\n0\r\nA: \x03\r\nB: c\r\n\r\n" ASK("/2"),
               "S" GIVE("200", "0", "") GIVE("403", "0", "")},
     .told =
         "1 open 1.1\n1 C :method=POST\n1 C :path=/1\n1 C mark bad_field\n1 C Transfer-Encoding=chunked\n1 C Host=h\n"
         "1 C mark length_and_chunked\n1 C mark odd_length\n"
         "1 C head request\n1 C B=c\n1 C head trailers\n1 C done whole\n" TOLD_ASK("2", "/2") TOLD_GIVE("1", "200", "0")
             TOLD_END("1") TOLD_GIVE("2", "403", "0") TOLD_END("2")},
    {.name = "and of the encoding in HTTP/1.0",
     .lines = {"CGET /1 HTTP/1.0\r\nTransfer-Encoding: \x01\r\nHost: h\r\n\r\n", "S" GIVE("403", "0", "")},
     .told =
         "1 open 1.0\n1 C :method=GET\n1 C :path=/1\n1 C mark bad_field\n1 C Host=h\n1 C mark odd_transfer_encoding\n"
         "1 C head request\n1 C done whole\n" TOLD_GIVE("1", "403", "0") TOLD_END("1")},
    {.name = "but of a length alone it does",
     .lines = {"CGET /1 HTTP/1.1\r\nHost: h\r\nContent-Length: \x01\r\n\r\n", "S" GIVE("400", "0", "")},
     .told = "1 open 1.1\n1 C :method=GET\n1 C :path=/1\n1 C Host=h\n1 C mark bad_field\n1 C mark odd_length\n"
             "1 C head request\n1 C done refused\n" TOLD_GIVE("1", "400", "0") TOLD_END("1")},
    {.name = "and of an encoding in HTTP/1.1",
     .lines = {"CGET /1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\x01\r\n\r\n", "S" GIVE("501", "0", "")},
     .told =
         "1 open 1.1\n1 C :method=GET\n1 C :path=/1\n1 C Host=h\n1 C mark bad_field\n1 C mark odd_transfer_encoding\n"
         "1 C head request\n1 C done refused\n" TOLD_GIVE("1", "501", "0") TOLD_END("1")},
    {.name = "and of a Trailer without chunks",
     .lines = {"CGET /1 HTTP/1.1\r\nHost: h\r\ntrailer: \x01\r\n\r\n", "S" GIVE("400", "0", "")},
     .told = "1 open 1.1\n1 C :method=GET\n1 C :path=/1\n1 C Host=h\n1 C mark bad_field\n"
             "1 C head request\n1 C done refused\n" TOLD_GIVE("1", "400", "0") TOLD_END("1")},
    {.name = "a body that looks like messages",
     .lines = {"CPOST /f HTTP/1.1\r\nHost: h\r\nContent-Length: 31\r\n\r\n\nGET /false HTTP/1.1\r\nA: b\r\n\r\n\n",
               "S" GIVE("200", "22", "\nHTTP/1.1 500 No\r\n\r\n\r\n")},
     .told = "1 open 1.1\n1 C :method=POST\n1 C :path=/f\n1 C Host=h\n1 C Content-Length=31\n1 C head request\n"
             "1 C body [\nGET /false HTTP/1.1\r\nA: b\r\n\r\n\n]\n1 C done whole\n" TOLD_GIVE(
                 "1", "200", "22") "1 S body [\nHTTP/1.1 500 No\r\n\r\n\r\n]\n" TOLD_END("1")},
};

enum { TALKS = sizeof talks / sizeof talks[0] };

#endif
