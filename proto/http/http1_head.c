#include "proto/http/http1_inside.h"

static void tell_field(struct http1 *h, enum side from, const struct field *field)
{
    void *thing = http1_thing(h, from);
    if (thing)
        h->events->field(thing, from, field);
}

static void tell_pseudo(struct http1 *h, enum side from, enum field_name id, struct slice name, struct slice value)
{
    const struct field field = {.id = id, .known = KNOWN, .name = name, .value = value};
    tell_field(h, from, &field);
}

static void tell_head(struct http1 *h, enum side from)
{
    struct half *side = &h->half[from];
    void *thing = http1_thing(h, from);
    if (thing)
        h->events->head(thing, from, side->kind, side->whole);
}

void http1_fields_begin(struct half *side, enum at at, enum head_kind kind)
{
    side->at = at;
    side->kind = kind;
    side->fields = 0;
    side->field_told = false;
    side->whole = true;
    side->framing = (struct framing){0};
}

void http1_head_cut(struct http1 *h, enum side from)
{
    struct half *side = &h->half[from];
    struct field field;
    struct slice held = side->lines.taken ? slice_of("") : hold_slice(&side->lines.hold);
    if (held.size && head_field_name(held, &field)) {
        side->field_told = true;
        tell_field(h, from, &field);
    }
    side->whole = false;
    if (side->kind != HEAD_TRAILERS || side->field_told)
        tell_head(h, from);
}

static void tell_malformed(struct http1 *h, enum side from)
{
    http1_mark(h, from, MARK_MALFORMED);
    h->half[from].whole = false;
    tell_head(h, from);
}

/* The first byte of a message, empty lines before it apart. */
static void first_byte(struct http1 *h, enum side from, moment time)
{
    struct half *side = &h->half[from], *server = &h->half[SERVER];
    side->began = true;
    side->time = time;
    if (from == SERVER)
        return;
    /* Nothing followed an answer's head, and now its client asks on: it was HEAD that it had asked. */
    if (server->at == AT_PEEK && server->lines.hold.size == 0)
        http1_done(h, SERVER, MESSAGE_CUT);
    pair_request_byte(&h->pairing);
}

/* Where a message should begin there is none. */
static void unreadable(struct http1 *h, enum side from, moment time)
{
    struct half *side = &h->half[from];
    if (!h->pairing.recognised) {
        http1_give_up(h, time, GAVE_UP_NOT_MINE);
        return;
    }
    if (!side->began)
        first_byte(h, from, time);
    if (from == SERVER && !pair_owed(&h->pairing)) {
        http1_refuse_all(h, from);
        return;
    }
    http1_fields_begin(side, AT_FIELDS, from == CLIENT ? HEAD_REQUEST : HEAD_FINAL);
    side->version = HTTP_UNKNOWN;
    if (from == SERVER) {
        pair_answer(&h->pairing, side->time, HTTP_UNKNOWN, true);
    } else {
        enum gave_up reason = pair_request(&h->pairing, side->time, HTTP_UNKNOWN);
        if (reason != GAVE_UP_NOT) {
            http1_give_up(h, time, reason);
            return;
        }
    }
    /* Without what its line would have shown: it may have been refused before all of that was there. */
    http1_marks(h, from, side->to_tell & ~(1U << MARK_BARE_LF | 1U << MARK_ODD_SPACE));
    tell_malformed(h, from);
    http1_refuse_all(h, from);
}

static void request_line(struct http1 *h, moment time, struct slice line, bool plain)
{
    struct half *side = &h->half[CLIENT];
    struct request_line request;
    enum start_line read = head_request_line(line, plain, &request);
    if (head_preface(line))
        read = START_GOOD;
    if (read == START_UNREADABLE) {
        unreadable(h, CLIENT, time);
        return;
    }
    enum gave_up reason = pair_request(&h->pairing, side->time, request.version);
    if (reason != GAVE_UP_NOT) {
        http1_give_up(h, time, reason);
        return;
    }
    struct h1_exchange *e = pair_current(&h->pairing, CLIENT);
    side->version = request.version;
    http1_fields_begin(side, AT_FIELDS, HEAD_REQUEST);
    side->framing.connect = slice_is(request.method, "CONNECT");
    e->head = slice_is(request.method, "HEAD");
    /* To a path it is a request like any other: a tunnel leads to an authority (RFC 9112, 3.2.3). */
    e->connect = e->may_switch = side->framing.connect && !slice_begins(request.target, "/");
    http1_marks(h, CLIENT, side->to_tell);
    tell_pseudo(h, CLIENT, FIELD_METHOD, slice_of(":method"), request.method);
    tell_pseudo(h, CLIENT, FIELD_PATH, slice_of(":path"), request.target);
    if (head_absolute(request.target))
        http1_mark(h, CLIENT, MARK_ABSOLUTE_FORM);
    if (read == START_REFUSED) {
        tell_malformed(h, CLIENT);
        http1_refuse(h, CLIENT);
    }
}

static void status_line(struct http1 *h, moment time, struct slice line)
{
    struct half *side = &h->half[SERVER];
    struct status_line answer;
    if (!head_status_line(line, &answer)) {
        unreadable(h, SERVER, time);
        return;
    }
    bool informational = answer.status < 200 && answer.status != 101;
    pair_answer(&h->pairing, side->time, answer.version, !informational);
    if (!informational)
        h->half[CLIENT].search.passed = false; /* what was passed over was the request of this one */
    side->version = answer.version;
    side->status = answer.status;
    http1_fields_begin(side, AT_FIELDS, informational ? HEAD_INFORMATIONAL : HEAD_FINAL);
    h->upgrade_size = 0;
    http1_marks(h, SERVER, side->to_tell);
    tell_pseudo(h, SERVER, FIELD_STATUS, slice_of(":status"), answer.digits);
}

static void start_line(struct http1 *h, enum side from, moment time, struct slice raw, bool plain)
{
    struct half *side = &h->half[from];
    bool bare = false;
    struct slice line = head_line(raw, &bare), read = from == CLIENT ? head_behind_returns(line) : line;
    if (bare)
        side->to_tell |= 1U << MARK_BARE_LF;
    if (read.size < line.size || line.size == 0)
        side->to_tell |= 1U << MARK_ODD_SPACE;
    if (read.size == 0) { /* RFC 9112, 2.2: an empty line before a message is passed over */
        side->lines.used = 0;
        return;
    }
    if (!side->began)
        first_byte(h, from, time);
    if (from == CLIENT)
        request_line(h, time, read, plain);
    else
        status_line(h, time, read);
    side->to_tell = 0;
}

static void note_field(struct http1 *h, enum side from, const struct field *field)
{
    framing_field(&h->half[from].framing, field);
    if (field->id != FIELD_UPGRADE)
        return;
    if (from == CLIENT) {
        struct h1_exchange *e = pair_current(&h->pairing, CLIENT);
        e->may_switch = true;
        e->h2c |= http1_is_h2c(field->value);
    } else if (h->upgrade_size == 0) {
        h->upgrade_size = (uint8_t)(field->value.size < UPGRADE_MAX ? field->value.size : UPGRADE_MAX);
        memcpy(h->upgrade, field->value.data, h->upgrade_size);
    }
}

static void good_field(struct http1 *h, enum side from, const struct field *field)
{
    struct half *side = &h->half[from];
    side->fields++;
    side->field_told = true;
    if (field->id == FIELD_OTHER && h->events->asked_only)
        return;
    if (side->kind != HEAD_TRAILERS)
        note_field(h, from, field);
    tell_field(h, from, field);
}

/* What Go's server reads although it is no good field: a value with control characters of a field that it takes out
 * before it looks at values; of trailers, whose values it never looks at, older ones any line with a colon.  @return
 * whether it goes on. */
static bool passes_over(struct http1 *h, enum side from, struct slice line, enum field_line read,
                        const struct field *field)
{
    struct half *side = &h->half[from];
    if (from == SERVER)
        return false;
    if (side->at == AT_TRAILERS) {
        bool folded = line.size && head_folds(line.data[0]) && side->fields;
        if (!folded && slice_find(line, ':') == line.size)
            return false;
    } else if (read == FIELD_LINE_CONTROL && head_unread_value(field)) {
        framing_field(&side->framing, field);
        side->framing.odd_trailer |= field->id == FIELD_OTHER;
    } else {
        return false;
    }
    side->fields++;
    http1_mark(h, from, MARK_BAD_FIELD);
    return true;
}

static void field_line(struct http1 *h, enum side from, struct slice raw, bool plain)
{
    struct half *side = &h->half[from];
    bool bare = false;
    struct slice line;
    if (side->lines.taken && slice_find(raw, '\n') + 1 < raw.size) {
        line = (struct slice){raw.data, head_unfold(side->lines.hold.bytes, raw.size, &bare)};
        http1_mark(h, from, MARK_FOLDED);
    } else {
        line = head_line(raw, &bare);
    }
    if (bare)
        http1_mark(h, from, MARK_BARE_LF);
    struct field field;
    enum field_line read = head_field(line, plain, &field);
    if (read == FIELD_LINE_GOOD) {
        good_field(h, from, &field);
        return;
    }
    if (line.size && line.data[0] == ':') { /* Go's reader passes it over */
        http1_mark(h, from, MARK_BAD_FIELD);
        return;
    }
    if (passes_over(h, from, line, read, &field))
        return;
    if (read == FIELD_LINE_SPACE)
        http1_mark(h, from, MARK_ODD_SPACE);
    tell_malformed(h, from);
    http1_refuse(h, from);
}

static void request_head(struct http1 *h)
{
    struct half *side = &h->half[CLIENT];
    bool preface = side->version == HTTP_UNKNOWN;
    if (preface && side->fields == 0) {
        tell_head(h, CLIENT);
        http1_refuse_all(h, CLIENT);
        return;
    }
    struct body_rule rule = framing_request(&side->framing, preface ? HTTP_1_1 : side->version);
    http1_marks(h, CLIENT, rule.marks);
    tell_head(h, CLIENT);
    http1_body_begin(h, CLIENT, rule.kind);
}

static void answer_head(struct http1 *h, moment time)
{
    struct half *side = &h->half[SERVER];
    const struct h1_exchange *e = pair_current(&h->pairing, SERVER);
    if (side->kind == HEAD_INFORMATIONAL) {
        tell_head(h, SERVER);
        side->at = AT_START;
        side->began = false;
        pair_informed(&h->pairing);
        return;
    }
    /* With a body it is an answer: RFC 9110, 9.3.6. */
    bool framed = side->framing.length_digits || side->framing.encodings;
    bool tunnel = e->connect && side->status / 100 == 2 && !framed;
    if (side->status == 101 || tunnel) {
        struct slice protocol = tunnel ? slice_of("CONNECT") : (struct slice){h->upgrade, h->upgrade_size};
        if (http1_is_h2c(protocol))
            side->kind = HEAD_INFORMATIONAL;
        tell_head(h, SERVER);
        http1_switch(h, time, protocol);
        return;
    }
    struct body_rule rule = framing_answer(&side->framing, side->version);
    if (e->head || side->status == 204 || side->status == 304)
        rule.kind = BODY_NONE;
    http1_marks(h, SERVER, rule.marks);
    tell_head(h, SERVER);
    http1_body_begin(h, SERVER, rule.kind);
}

static void head_end(struct http1 *h, enum side from, moment time, struct slice raw)
{
    struct half *side = &h->half[from];
    if (raw.data[0] == '\n')
        http1_mark(h, from, MARK_BARE_LF);
    lines_clear(&side->lines, h->memory);
    if (side->at == AT_TRAILERS) {
        if (side->field_told)
            tell_head(h, from);
        http1_done(h, from, MESSAGE_WHOLE);
    } else if (from == CLIENT) {
        request_head(h);
    } else {
        answer_head(h, time);
    }
}

static void too_large(struct http1 *h, enum side from, moment time)
{
    if (h->half[from].at == AT_START && !h->pairing.recognised) {
        http1_give_up(h, time, GAVE_UP_NOT_MINE);
        return;
    }
    http1_mark(h, from, MARK_HEAD_TOO_LARGE);
    http1_lost(h, from, time);
    h->half[from].search.skipping = true; /* in the middle of a line */
}

static void one_line(struct http1 *h, enum side from, moment time, struct slice raw, bool plain)
{
    if (h->half[from].at == AT_START)
        start_line(h, from, time, raw, plain);
    else if (raw.data[0] == '\n' || (raw.size == 2 && raw.data[0] == '\r'))
        head_end(h, from, time, raw);
    else
        field_line(h, from, raw, plain);
}

/* A line that does not lie whole in `rest`, or that nothing there shows to be at its end.  @return whether there is
 * one. */
static bool in_pieces(struct http1 *h, enum side from, moment time, struct slice *rest, struct slice *raw)
{
    struct half *side = &h->half[from];
    bool starts = side->at == AT_START;
    if (starts && !side->began && rest->data[0] != '\r' && rest->data[0] != '\n')
        first_byte(h, from, time);
    enum lines_step step = lines_next(&side->lines, h->memory, h->limits.head_bytes, !starts, rest, raw);
    bool undecided = step == LINES_MORE || step == LINES_TOO_LARGE;
    if (undecided && starts && !head_may_begin(hold_slice(&side->lines.hold), from))
        unreadable(h, from, time);
    else if (step == LINES_TOO_LARGE)
        too_large(h, from, time);
    else if (step == LINES_NO_MEMORY)
        http1_give_up(h, time, GAVE_UP_MEMORY);
    return step == LINES_READ;
}

void http1_head(struct http1 *h, enum side from, moment time, struct slice *rest)
{
    struct half *side = &h->half[from];
    struct slice raw;
    while (rest->size && side->at <= AT_TRAILERS) {
        bool plain;
        if (!lines_in_place(&side->lines, h->limits.head_bytes, side->at != AT_START, rest, &raw, &plain)) {
            plain = false;
            if (!in_pieces(h, from, time, rest, &raw))
                return;
        }
        one_line(h, from, time, raw, plain);
    }
}
