#include "proto/stream/sniff.h"

enum verdict { NO, MAYBE, YES }; /* MAYBE: more bytes can tell */

/* Each looks at a beginning only: for more bytes, MAYBE becomes anything, YES and NO stay. */
typedef enum verdict (*recogniser)(struct slice first, struct sniffed *what);

enum { RECORD_HEADER = 5, FRAME_HEADER = 9 };
enum { CHANGE_CIPHER_SPEC = 20, ALERT, HANDSHAKE, APPLICATION_DATA, RECORD_MAX = 16384 + 2048 }; /* of TLS records */

/* Whether `s` begins with `text`, as far as `s` goes. */
static enum verdict sniff_text(struct slice s, const char *text)
{
    struct slice whole = slice_of(text);
    if (s.size >= whole.size)
        return slice_begins(s, text) ? YES : NO;
    return memcmp(s.data, whole.data, s.size) == 0 ? MAYBE : NO;
}

static void sniff_side(struct sniffed *what, enum protocol protocol, enum side side)
{
    *what = (struct sniffed){.protocol = protocol, .side_known = true, .side = side};
}

/* A ClientHello, perhaps behind a warning, in records of any version: servers ignore it, so its handshake has to tell
 * what it is: type, length, and the client's version where they are in the first record. */
static enum verdict sniff_odd_hello(struct slice s, struct sniffed *what)
{
    enum { WARNING = 1, CLIENT_HELLO = 1, HELLO_LEAST = 38, HELLO_MAX = 1 << 16 };

    struct reader r = reader_of(s);
    uint8_t type = read_u8(&r);
    read_u16(&r);
    uint16_t size = read_u16(&r);
    uint8_t first = read_u8(&r);
    if (s.size > RECORD_HEADER && type == ALERT && size == 2 && first == WARNING) {
        struct slice rest = slice_part(s, RECORD_HEADER + 2, s.size);
        return rest.size ? sniff_odd_hello(rest, what) : MAYBE;
    }
    if (type == ALERT && s.size <= RECORD_HEADER)
        return MAYBE;
    if (type != HANDSHAKE || (s.size > 4 && (size == 0 || size > RECORD_MAX)) || (s.size > 5 && first != CLIENT_HELLO))
        return NO;
    uint32_t length = read_u24(&r);
    uint8_t major = read_u8(&r);
    if ((size >= 4 && s.size > 8 && (length < HELLO_LEAST || length > HELLO_MAX)) ||
        (size >= 5 && s.size > 9 && major != 3))
        return NO;
    sniff_side(what, PROTOCOL_TLS, CLIENT);
    return s.size > 9 ? YES : MAYBE;
}

/* RFC 8446 section 5.1. In a record of 22 the first handshake message tells the side; an encrypted one does not. */
static enum verdict sniff_tls(struct slice s, struct sniffed *what)
{
    enum { ALERT_MAX = 512 };

    uint8_t type = s.data[0];
    if (type < CHANGE_CIPHER_SPEC || type > APPLICATION_DATA)
        return NO;
    if ((s.size > 1 && s.data[1] != 3) || (s.size > 2 && s.data[2] > 4))
        return sniff_odd_hello(s, what);
    if (s.size < RECORD_HEADER)
        return MAYBE;
    int size = s.data[3] << 8 | s.data[4];
    if (size > (type == ALERT ? ALERT_MAX : RECORD_MAX) || (type == CHANGE_CIPHER_SPEC && size != 1) ||
        (size == 0 && type != APPLICATION_DATA))
        return NO;
    *what = (struct sniffed){.protocol = PROTOCOL_TLS};
    if (type != HANDSHAKE)
        return YES;
    if (s.size == RECORD_HEADER)
        return MAYBE;
    if (s.data[5] == 1 || s.data[5] == 2)
        sniff_side(what, PROTOCOL_TLS, s.data[5] == 1 ? CLIENT : SERVER);
    return YES;
}

/* RFC 5246 appendix E.2: a hello of SSLv2's form that offers SSLv2 or a later version. */
static enum verdict sniff_sslv2(struct slice s, struct sniffed *what)
{
    enum { HELLO_MIN = 9 };

    if (s.data[0] != 0x80 || (s.size > 1 && s.data[1] < HELLO_MIN) || (s.size > 2 && s.data[2] != 1) ||
        (s.size > 3 && s.data[3] != 3 && s.data[3] != 0))
        return NO;
    if (s.size > 4 && (s.data[3] == 3 ? s.data[4] > 4 : s.data[4] != 2))
        return NO;
    sniff_side(what, PROTOCOL_TLS, CLIENT);
    return s.size > 4 ? YES : MAYBE;
}

static enum verdict sniff_preface(struct slice s, struct sniffed *what)
{
    sniff_side(what, PROTOCOL_HTTP2, CLIENT);
    return sniff_text(s, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
}

/* The preface's first line, and then something else: Go's HTTP/1 server takes it for a request like any other. */
static enum verdict sniff_preface_spoilt(struct slice s)
{
    struct sniffed what;
    enum verdict preface = sniff_preface(s, &what);
    if (preface != NO)
        return preface == MAYBE ? MAYBE : NO;
    return slice_begins(s, "PRI * HTTP/2.0\r\n") || slice_begins(s, "PRI * HTTP/2.0\n") ? YES : NO;
}

/* RFC 9113 section 6.5. A client's first SETTINGS stands behind its preface; an acknowledgement may be of either side.
 */
static enum verdict sniff_settings(struct slice s, struct sniffed *what)
{
    enum { SETTINGS = 4, SETTINGS_MAX = 600, SETTING = 6 };

    if (s.size < FRAME_HEADER) {
        bool may =
            s.data[0] == 0 && (s.size < 2 || s.data[1] <= SETTINGS_MAX >> 8) && (s.size < 4 || s.data[3] == SETTINGS);
        return may ? MAYBE : NO;
    }
    struct reader r = reader_of(s);
    uint32_t size = read_u24(&r);
    uint8_t type = read_u8(&r);
    uint8_t flags = read_u8(&r);
    if (size > SETTINGS_MAX || size % SETTING || type != SETTINGS || flags > 1 || read_u32(&r) != 0)
        return NO;
    if (flags && size)
        return NO;
    *what = (struct sniffed){.protocol = PROTOCOL_HTTP2};
    if (!flags)
        sniff_side(what, PROTOCOL_HTTP2, SERVER);
    return YES;
}

static enum verdict sniff_answer(struct slice s, struct sniffed *what)
{
    sniff_side(what, PROTOCOL_HTTP1, SERVER);
    return sniff_text(s, "HTTP/1.");
}

/* RFC 9110 section 5.6.2. */
static bool is_token(uint8_t b)
{
    uint8_t letter = byte_lower(b);
    return (letter >= 'a' && letter <= 'z') || (b >= '0' && b <= '9') || (b && strchr("!#$%&'*+-.^_`|~", b));
}

/* @return how much of the token's end is a known method; 0: nothing is. */
static size_t method_at_end(struct slice token)
{
    static const char *const methods[] = {"GET",    "HEAD",    "POST",    "PUT",  "PATCH",
                                          "DELETE", "OPTIONS", "CONNECT", "TRACE"};
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        size_t size = strlen(methods[i]);
        if (token.size >= size && slice_is(slice_part(token, token.size - size, token.size), methods[i]))
            return size;
    }
    return 0;
}

bool sniff_is_method(struct slice token)
{
    return token.size && method_at_end(token) == token.size;
}

bool sniff_ends_in_method(struct slice token)
{
    return method_at_end(token) > 0;
}

/* The rest of a request line behind a method that nobody knows: it needs the version, or enough that fits. */
static enum verdict sniff_target(struct slice s)
{
    if (s.size &&
        !(s.data[0] == '/' || s.data[0] == '*' || (byte_lower(s.data[0]) >= 'a' && byte_lower(s.data[0]) <= 'z')))
        return NO;
    size_t end = slice_find(s, '\n');
    struct slice line = slice_part(s, 0, end);
    if (end < s.size && end && line.data[end - 1] == '\r')
        line.size--;
    for (size_t i = 0; i < line.size; i++) {
        bool last_return = line.data[i] == '\r' && i + 1 == s.size;
        if ((line.data[i] < ' ' || line.data[i] == 0x7F) && !last_return)
            return NO;
    }
    if (end == s.size)
        return MAYBE;
    struct slice version = slice_part(line, line.size < 9 ? 0 : line.size - 9, line.size);
    return slice_begins(version, " HTTP/1.") ? YES : NO;
}

/* RFC 9112 section 2.2: empty lines before a request are passed over. */
static enum verdict sniff_request(struct slice s, struct sniffed *what)
{
    bool full = s.size == SNIFF_BYTES;
    size_t start = 0;
    while (start < s.size && (s.data[start] == '\r' || s.data[start] == '\n'))
        start++;
    s = slice_part(s, start, s.size);
    size_t size = 0;
    while (size < s.size && is_token(s.data[size]))
        size++;
    if (size < s.size && (size == 0 || s.data[size] != ' '))
        return NO;
    sniff_side(what, PROTOCOL_HTTP1, CLIENT);
    if (size == s.size) /* servers take a method of any length: its reader says whether it is one */
        return full && start == 0 ? YES : MAYBE;
    if (sniff_is_method(slice_part(s, 0, size)))
        return YES;
    struct slice target = slice_part(s, size + 1, s.size);
    enum verdict spoilt = sniff_preface_spoilt(s);
    if (spoilt == YES || (spoilt == MAYBE && !full))
        return spoilt;
    enum verdict verdict = sniff_target(target);
    return verdict == MAYBE && full && target.size ? YES : verdict;
}

struct sniffed sniff(struct slice first)
{
    /* No two say YES to the same bytes, so their order does not matter. */
    static const recogniser recognisers[] = {sniff_tls,      sniff_sslv2,  sniff_preface,
                                             sniff_settings, sniff_answer, sniff_request};
    struct sniffed unknown = {.protocol = PROTOCOL_UNKNOWN};
    if (first.size == 0)
        return unknown;
    first = slice_part(first, 0, SNIFF_BYTES);
    bool maybe = false;
    for (size_t i = 0; i < sizeof recognisers / sizeof recognisers[0]; i++) {
        struct sniffed what;
        enum verdict verdict = recognisers[i](first, &what);
        if (verdict == YES)
            return what;
        maybe |= verdict == MAYBE;
    }
    if (maybe && first.size < SNIFF_BYTES)
        return unknown;
    return (struct sniffed){.protocol = PROTOCOL_OTHER};
}

const char *protocol_name(enum protocol p)
{
    switch (p) {
    case PROTOCOL_UNKNOWN: return "unknown";
    case PROTOCOL_TLS: return "tls";
    case PROTOCOL_HTTP1: return "http";
    case PROTOCOL_HTTP2: return "http2";
    case PROTOCOL_OTHER: return "failed";
    }
    return "";
}
