#include "proto/tls/shape_inside.h"

#include "proto/stream/sniff.h"
#include "proto/tls/suite.h"

/* EncryptedExtensions with nothing in it, with ALPN of either protocol, and how much more an acknowledged SNI is. */
enum { EXTENSIONS_NONE = 6, EXTENSIONS_HTTP2 = 15, EXTENSIONS_HTTP1 = 21, EXTENSIONS_SNI = 4 };

/* Frames of HTTP/2: RFC 9113, 4.1 and 6. */
enum {
    FRAME = 9,
    PREFACE = 24,
    SETTING = 6,
    SETTINGS_MOST = 10,
    WINDOW_UPDATE = FRAME + 4,
    GOAWAY = FRAME + 8,                                                         /* and PING */
    SETTINGS_LARGEST = FRAME + FRAME + WINDOW_UPDATE + SETTINGS_MOST * SETTING, /* with what may come in one record */
    PREFACE_MOST = PREFACE + FRAME + SETTINGS_MOST * SETTING + WINDOW_UPDATE
};

enum { ALERT = 2 };

/* A ticket without the client's certificate is smaller than the headers of an answer that has more than one record. */
enum { TICKET_MOST = 256 };

const char *tls_inside_name(unsigned inside)
{
    static const char *const names[TLS_INSIDES] = {"", "http", "http2"};
    return inside < TLS_INSIDES ? names[inside] : "?";
}

/* A walk over the records. */
struct shape_walk {
    const struct tls_shape *shape;
    struct tls_reading *r;
    unsigned at;
    unsigned before;      /* a record that was sent before those around it, at `used`: none */
    unsigned overhead;    /* what sealing adds to the plaintext of a record */
    unsigned since;       /* records of the server since its first one behind the handshake */
    bool settings, asked; /* the server's SETTINGS came; a request waits for its answer */
    bool more;            /* and the client said more behind it */
    bool ping;            /* the client may have sent a PING since its request */
    bool goaway, open;    /* the last answer may go on */
};

static bool is_server(const struct shape_walk *w, unsigned at)
{
    return w->shape->sizes[at] & TLS_SHAPE_SERVER;
}

static unsigned plain(const struct shape_walk *w, unsigned at)
{
    unsigned size = w->shape->sizes[at] & TLS_SHAPE_SIZE;
    return size > w->overhead ? size - w->overhead : 0;
}

/* RFC 8446, 5.2: a byte for the inner content; RFC 5246, 6.2.3.3. Blocks pad to an unknown size; what has a MAC instead
   of a tag comes from before HTTP/2, and the sizes below are those of tags. */
static bool find_overhead(struct shape_walk *w, const struct tls_facts *f)
{
    w->overhead = TLS_SHAPE_OVERHEAD;
    if (!f->version)
        return true;
    const struct tls_suite *suite = tls_suite_find(f->suite);
    const struct tls_cipher_info *info = suite ? tls_cipher_info((enum tls_cipher)suite->cipher) : NULL;
    if (!info || info->tag == 0)
        return false;
    w->overhead = info->tag + (f->version == TLS_1_3 ? 1u : info->explicit_iv);
    return true;
}

/* the handshake of TLS 1.3 */

static void read_extensions(struct shape_walk *w)
{
    if (w->shape->used == 0 || w->shape->late || !is_server(w, 0))
        return;
    unsigned size = plain(w, 0);
    if (size == EXTENSIONS_HTTP2 || size == EXTENSIONS_HTTP2 + EXTENSIONS_SNI)
        w->r->inside = TLS_INSIDE_HTTP2;
    else if (size == EXTENSIONS_HTTP1 || size == EXTENSIONS_HTTP1 + EXTENSIONS_SNI || size == EXTENSIONS_NONE ||
             size == EXTENSIONS_NONE + EXTENSIONS_SNI)
        w->r->inside = TLS_INSIDE_HTTP1;
}

/* The client's next record behind `at`; `used`: there is none. */
static unsigned next_of_client(const struct shape_walk *w, unsigned at)
{
    while (at < w->shape->used && is_server(w, at))
        at++;
    return at;
}

/* Certificate, CertificateVerify and Finished, each in a record of its own or some of them in one. */
static bool read_client_flight(struct shape_walk *w, const struct tls_facts *f)
{
    unsigned first = next_of_client(w, w->shape->stage == TLS_SHAPE_FLIGHT ? w->shape->flight : 0);
    if (first == w->shape->used)
        return false;
    unsigned size = plain(w, first);
    w->r->distrusts = size == ALERT;
    w->at = first + 1;
    if (tls_shape_is_finished(size)) { /* not asked, or resumed, which the ServerHello would have said */
        w->r->client = f->version ? TLS_CLIENT_ABSENT : TLS_CLIENT_UNKNOWN;
        return true;
    }
    bool together = size > TLS_SHAPE_NO_CERTIFICATE && tls_shape_is_finished(size - TLS_SHAPE_NO_CERTIFICATE);
    if (size == TLS_SHAPE_NO_CERTIFICATE || together) {
        w->r->client = TLS_CLIENT_ABSENT;
        w->r->asked = true;
        unsigned finished = next_of_client(w, w->at);
        if (!together && w->shape->rest)
            return true;
        if (!together && (finished == w->shape->used || !tls_shape_is_finished(plain(w, finished))))
            return false;
        w->at = together ? w->at : finished + 1;
        return true;
    }
    if (size < TLS_SHAPE_CERTIFICATE)
        return false;
    w->r->client = TLS_CLIENT_PRESENTED;
    w->r->asked = true;
    if (w->shape->rest) {
        w->at = first + w->shape->rest;
        return true;
    }
    for (unsigned i = 0, at = w->at; i < 2; i++) {
        at = next_of_client(w, at);
        unsigned more = at < w->shape->used ? plain(w, at) : 0;
        if (tls_shape_is_finished(more) || (i == 0 && more >= TLS_SHAPE_VERIFY_LEAST && more <= TLS_SHAPE_VERIFY_MOST))
            w->at = at + 1;
        if (tls_shape_is_finished(more))
            break;
        at++;
    }
    return true;
}

/* messages */

static void begin_request(struct shape_walk *w, unsigned size)
{
    if (!w->r->requests)
        w->r->first_request = (uint16_t)size;
    w->r->requests++;
    w->more |= w->asked;
    w->asked = true;
    w->open = false;
    w->ping = false;
}

static struct tls_answer *last_answer(struct shape_walk *w)
{
    return w->open && w->r->answers ? &w->r->answer[w->r->answers - 1] : NULL;
}

static uint16_t sum(unsigned a, unsigned b)
{
    return (uint16_t)(a + b > UINT16_MAX ? UINT16_MAX : a + b);
}

static void begin_answer(struct shape_walk *w, unsigned size)
{
    w->asked = false;
    w->open = w->r->answers < TLS_SHAPE_ANSWERS;
    if (w->open)
        w->r->sent_more |= (uint8_t)(w->more << w->r->answers);
    w->more = false;
    if (w->open)
        w->r->answer[w->r->answers++] = (struct tls_answer){.head = sum(size, 0)};
    else
        w->r->cut = true;
}

static void go_on(struct tls_reading *r, struct tls_answer *answer, unsigned size)
{
    if (answer == r->answer && answer->more < TLS_SHAPE_BEHIND)
        r->behind[answer->more] = sum(size, 0);
    answer->body = sum(answer->body, size);
    answer->more++;
}

/* SETTINGS, perhaps with the acknowledgement of the client's and a WINDOW_UPDATE. */
static bool is_settings(unsigned size)
{
    static const unsigned with[] = {0, FRAME, WINDOW_UPDATE, FRAME + WINDOW_UPDATE};
    for (size_t i = 0; i < sizeof with / sizeof *with; i++) {
        unsigned least = FRAME + with[i];
        if (size >= least && size <= least + SETTINGS_MOST * SETTING && (size - least) % SETTING == 0)
            return true;
    }
    return false;
}

/* An acknowledgement, WINDOW_UPDATE or RST_STREAM, an empty DATA, and what comes together of these. */
static bool is_small_frames(unsigned size)
{
    return size == FRAME || size == WINDOW_UPDATE || size == FRAME + WINDOW_UPDATE || size == 2 * WINDOW_UPDATE ||
           size == 2 * FRAME;
}

static void http2_of_client(struct shape_walk *w, unsigned size, bool first)
{
    if (size == GOAWAY)
        w->ping = true;
    else if (first ? size > PREFACE_MOST : size > GOAWAY && !is_small_frames(size))
        begin_request(w, size);
}

static void http2_of_server(struct shape_walk *w, unsigned size)
{
    struct tls_answer *answer = last_answer(w);
    if (!w->settings) {
        w->settings = is_settings(size);
        return;
    }
    if (is_small_frames(size))
        return;
    if (size == GOAWAY && w->r->requests && !w->r->answers)
        w->goaway = !w->ping;
    else if (answer)
        go_on(w->r, answer, size);
    else if (w->asked && size > GOAWAY)
        begin_answer(w, size);
}

/* A server says nothing before it is asked: what comes then is a ticket, and so is what comes small and before the
 * answer. One with the client's certificate in it is larger; then the first record counts as that. */
static void http1_of_server(struct shape_walk *w, unsigned size, bool tls13)
{
    struct tls_answer *answer = last_answer(w);
    bool more = w->at + 1 < w->shape->used ? is_server(w, w->at + 1) : w->r->cut;
    bool ticket = tls13 && w->since == 0 && more && (size < TICKET_MOST || w->r->client == TLS_CLIENT_PRESENTED);
    if (!w->r->requests || ticket)
        return;
    if (answer)
        go_on(w->r, answer, size);
    else if (w->asked)
        begin_answer(w, size);
}

static void read_messages(struct shape_walk *w, bool tls13)
{
    bool http2 = w->r->inside == TLS_INSIDE_HTTP2, first = true;
    for (; w->at < w->shape->used; w->at++) {
        unsigned size = plain(w, w->at);
        bool server = is_server(w, w->at);
        if (size == ALERT || w->at == w->before)
            continue;
        if (http2 && server)
            http2_of_server(w, size);
        else if (http2)
            http2_of_client(w, size, first);
        else if (server)
            http1_of_server(w, size, tls13);
        else if (!w->asked)
            begin_request(w, size);
        w->since += server;
        first &= server;
    }
    w->r->goaway = w->goaway;
    w->r->early_goaway = w->goaway && w->r->answers <= 1 && !w->r->cut;
    struct tls_answer *last = last_answer(w);
    if (last && w->r->cut) /* by what is not known, which may be more of it */
        go_on(w->r, last, 0);
    w->r->quiet = first;
}

/* What the client offers and the server chose, where that is in clear. */
static void read_protocol(struct tls_reading *r, const struct tls_facts *f)
{
    struct slice chosen = tls_facts_text(f, TLS_TEXT_ALPN), offered = tls_facts_text(f, TLS_TEXT_OFFERED);
    bool known = tls_facts_has(f, TLS_SIGN_CLIENT_HELLO);
    if (slice_is(chosen, "h2"))
        r->inside = TLS_INSIDE_HTTP2;
    else if (chosen.size || (f->version && f->version != TLS_1_3) ||
             (known && (!offered.size || slice_is(offered, "http/1.1"))))
        r->inside = TLS_INSIDE_HTTP1;
}

/* The client's connection preface: SETTINGS behind it, and perhaps a WINDOW_UPDATE. */
static bool is_preface(unsigned size)
{
    enum { LEAST = PREFACE + FRAME };
    return size >= LEAST && size <= PREFACE_MOST &&
           ((size - LEAST) % SETTING == 0 ||
            (size >= LEAST + WINDOW_UPDATE && (size - LEAST - WINDOW_UPDATE) % SETTING == 0));
}

/* Where what says so was lost. Over HTTP/2 both sides begin with SETTINGS and acknowledge the other's; over HTTP/1
 * nothing is as small as these, neither request nor answer. */
static void guess_protocol(struct shape_walk *w)
{
    bool settings = false, acknowledged = false, small = false, both[2] = {false, false};
    unsigned first = next_of_client(w, w->at);
    for (unsigned at = w->at; at < w->shape->used; at++) {
        unsigned size = plain(w, at);
        if (size == ALERT || at == w->before)
            continue;
        both[is_server(w, at)] = true;
        settings |= is_server(w, at) && is_settings(size);
        acknowledged |= !is_server(w, at) && is_small_frames(size);
        small |= size <= (is_server(w, at) ? SETTINGS_LARGEST : GOAWAY);
    }
    if (settings && acknowledged && is_preface(plain(w, first)))
        w->r->inside = TLS_INSIDE_HTTP2;
    else if (both[CLIENT] && both[SERVER] && !small)
        w->r->inside = TLS_INSIDE_HTTP1;
}

/* The end of the server's flight, behind a hole in it: its record may have been found with the next one only. */
static void find_late_finished(struct shape_walk *w)
{
    unsigned at = w->at;
    while (at < w->shape->used && !is_server(w, at))
        at++;
    if (at < w->shape->used && tls_shape_is_finished(plain(w, at)))
        w->before = at;
}

/* @return whether what comes behind the handshake can be read. */
static bool read_handshake(struct shape_walk *w, const struct tls_facts *f)
{
    bool early = tls_facts_has(f, TLS_SIGN_EARLY_DATA);
    if (!w->r->inside)
        read_extensions(w);
    /* A ClientHello that was lost may have announced early data. */
    bool begins = w->shape->stage == TLS_SHAPE_FLIGHT || (f->version && tls_facts_has(f, TLS_SIGN_CLIENT_HELLO));
    if (early || !begins || !read_client_flight(w, f)) {
        w->r->client = early ? TLS_CLIENT_UNKNOWN : w->r->client;
        return false;
    }
    /* A session that is resumed has the certificate of its first handshake. */
    if (f->resumed)
        w->r->client = f->client;
    if (w->shape->late)
        find_late_finished(w);
    if (!w->r->inside)
        guess_protocol(w);
    return true;
}

void tls_shape_read(const struct tls_shape *s, const struct tls_facts *f, struct tls_reading *reading)
{
    struct shape_walk w = {.shape = s, .r = reading, .before = s->used};
    bool tls13 = f->version == TLS_1_3 || (!f->version && s->stage == TLS_SHAPE_FLIGHT);
    bool unread = !f->version && !tls13 && tls_facts_has(f, TLS_SIGN_LOST);
    bool hole = s->hole || unread;
    *reading = (struct tls_reading){.hole = hole, .cut = hole || s->used == TLS_SHAPE_RECORDS};
    if (tls_facts_has(f, TLS_SIGN_OPENED))
        return;
    reading->client = f->client;
    if (!f->version && !tls13)
        return;
    reading->asked = tls_facts_has(f, TLS_SIGN_REQUESTED);
    reading->sized = find_overhead(&w, f);
    read_protocol(reading, f);
    if (!reading->sized || (tls13 && !read_handshake(&w, f)))
        return;
    if (reading->inside)
        read_messages(&w, tls13);
    else
        reading->cut = true;
}

/* Who presents a certificate may send it with what follows in one record, so that a request can look like the rest. */
bool tls_shape_asked_nothing(const struct tls_shape *s, const struct tls_facts *f)
{
    struct tls_reading reading = {0};
    struct shape_walk w = {.shape = s, .r = &reading, .before = s->used};
    bool whole = !s->hole && s->used < TLS_SHAPE_RECORDS && !tls_facts_has(f, TLS_SIGN_LOST);
    if (!whole || f->version != TLS_1_3 || tls_facts_has(f, TLS_SIGN_EARLY_DATA) || !find_overhead(&w, f))
        return false;
    read_client_flight(&w, f);
    if (reading.client == TLS_CLIENT_PRESENTED)
        return false;
    unsigned said = 0;
    for (unsigned at = next_of_client(&w, reading.distrusts ? 0 : w.at); at < s->used; at = next_of_client(&w, at + 1))
        said += plain(&w, at) == ALERT ? 0 : plain(&w, at);
    return said < SNIFF_LEAST_REQUEST;
}
