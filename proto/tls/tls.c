#include "proto/tls/tls.h"

#include "proto/tls/tls_inside.h"
#include "proto/tls/trial.h"

enum {
    BAD_MOST = 32,    /* records in a row that do not open: the side is left closed */
    PROOFS_MOST = 64, /* places in a search that are tried: each costs many trials, and a peer can make any number look
                       * like a record's header */
    TRIED_MOST = 3,   /* records that are tried where a hello was lost: each costs many trials */
};

/* plaintext */

static void tell_gap_of(struct tls *t, enum side from, moment time, uint64_t size)
{
    if (t->inside)
        stream_gap(t->inside, from, time, size);
    else
        t->half[from].lost = true;
}

static void tell_gap(struct tls *t, enum side from, moment time)
{
    tell_gap_of(t, from, time, GAP_UNKNOWN);
}

static void leave_closed(struct tls *t, enum side from, moment time)
{
    t->half[from].closed = true;
    tls_note(t, TLS_SIGN_CLOSED);
    tell_gap(t, from, time);
}

/* What was lost before, if anything was. Of the server it is told once its own bytes show that it was; of the client
 * before the server's next bytes, which may answer it. */
static void tell_lost_before(struct tls *t, enum side from, moment time)
{
    for (int side = CLIENT; side <= (int)from; side++) {
        if (t->half[side].lost)
            stream_gap(t->inside, (enum side)side, time, GAP_UNKNOWN);
        t->half[side].lost = false;
    }
}

static void tell_end(struct tls *t, enum side from, moment time, enum stream_end how)
{
    t->half[from].ended = true;
    t->half[from].how = (uint8_t)how;
    if (t->inside)
        stream_end(t->inside, from, time, how);
}

static void plaintext(struct tls *t, enum side from, moment time, struct slice bytes)
{
    if (!bytes.size)
        return;
    if (!t->inside) {
        t->inside = t->events->opened(t->owner);
        for (int side = CLIENT; side <= SERVER; side++) {
            if (t->half[side].ended)
                stream_end(t->inside, (enum side)side, time, (enum stream_end)t->half[side].how);
        }
    }
    tell_lost_before(t, from, time);
    stream_push(t->inside, from, time, bytes);
}

/* what records bear */

static void messages(struct tls *t, enum side from, moment time, struct slice fragment)
{
    struct tls_half *half = &t->half[from];
    uint32_t most = t->bench->limits.handshake_bytes;
    struct tls_message m;
    for (;;) {
        switch (tls_handshake_next(&half->handshake, tls_memory(t), most, &fragment, &m)) {
        case TLS_HANDSHAKE_MESSAGE: tls_dialogue_message(t, from, time, &m); break;
        case TLS_HANDSHAKE_PASSED: half->broken = true; break;
        case TLS_HANDSHAKE_NO_MEMORY: tls_dialogue_lost(t, from); return;
        case TLS_HANDSHAKE_MORE: return;
        }
    }
}

static void alert(struct tls *t, enum side from, struct slice content)
{
    if (content.size != 2)
        return;
    t->facts.alert[from] = (struct tls_alert){.level = content.data[0], .description = content.data[1]};
    t->changed = true;
}

static void bear(struct tls *t, enum side from, moment time, enum tls_content content, struct slice bytes)
{
    switch (content) {
    case TLS_HANDSHAKE: messages(t, from, time, bytes); break;
    case TLS_ALERT: alert(t, from, bytes); break;
    case TLS_APPLICATION_DATA: plaintext(t, from, time, bytes); break;
    case TLS_CHANGE_CIPHER_SPEC: tls_dialogue_change_cipher(t, from); break;
    }
}

/* sealed records */

static bool early_waits(const struct tls *t, enum side from)
{
    return from == CLIENT && t->dialogue.early == TLS_EARLY_OFFERED && !t->dialogue.early_known;
}

static void go_on(struct tls *t);

/* Nothing waits any more: what is there has to do. */
static void end_wait(struct tls *t, moment time)
{
    t->for_a_key = false;
    if (tls_epochs_has_keys(&t->epochs, &t->bench->locksmith)) {
        go_on(t);
        return;
    }
    tls_waiting_release(&t->waiting, tls_memory(t));
    leave_closed(t, CLIENT, time);
    leave_closed(t, SERVER, time);
}

/* @return whether it waits, or nobody needs it any more. */
static bool let_wait(struct tls *t, enum side from, const struct tls_waiting_record *record)
{
    const struct tls_limits *limits = &t->bench->limits;
    bool early = early_waits(t, from);
    if (!t->for_a_key && !early)
        return false;
    size_t most = t->for_a_key ? limits->waiting_bytes : limits->early_bytes;
    bool late = t->for_a_key && t->waiting.size && record->time - t->waiting.since > limits->waiting_time;
    if (!late && tls_waiting_add(&t->waiting, tls_memory(t), most, record))
        return true;
    if (t->for_a_key) {
        end_wait(t, record->time);
        return t->half[from].closed;
    }
    tls_waiting_release(&t->waiting, tls_memory(t));
    leave_closed(t, CLIENT, record->time);
    return true;
}

static void did_not_open(struct tls *t, enum side from, moment time, const uint8_t *header, enum tls_epoch_open how)
{
    struct tls_half *half = &t->half[from];
    bool passing = t->epochs.side[from].passing;
    if (how == TLS_EPOCH_CLOSED || ++half->bad >= BAD_MOST) {
        leave_closed(t, from, time);
        return;
    }
    if (passing)
        return;
    if (t->epochs.version == TLS_1_3 || header[0] == TLS_HANDSHAKE)
        tls_dialogue_lost(t, from);
    if (header[0] == TLS_APPLICATION_DATA)
        tell_gap(t, from, time);
}

/* The first record of an epoch with plaintext: nothing was lost before it, if it is the epoch's first. */
static void note_place(struct tls *t, enum side from)
{
    struct tls_half *half = &t->half[from];
    half->bad = half->proofs = 0;
    if (half->begun || t->epochs.side[from].epoch == TLS_EPOCH_HANDSHAKE)
        return;
    half->begun = true;
    if (tls_epochs_place(&t->epochs, from) == 1)
        half->lost = false;
}

/* Whether the hellos have said with what it is sealed, or it was found. */
static bool has_said(const struct tls *t)
{
    return t->epochs.named && t->epochs.version;
}

/* @return whether more is to be had of a connection with a lost hello. */
static bool may_find(const struct tls *t)
{
    return t->tried < TRIED_MOST && tls_trial_worth(&t->epochs, &t->bench->locksmith);
}

static bool try_keys(struct tls *t, enum side from, const uint8_t *header, struct slice content)
{
    if (!may_find(t))
        return false;
    t->tried++;
    if (!tls_trial_find(&t->epochs, &t->bench->locksmith, from, header, content, t->bench->record))
        return false;
    tls_dialogue_found(t);
    return true;
}

/* A hello was lost, or both were. */
static bool find(struct tls *t, enum side from, const struct tls_waiting_record *record)
{
    const struct tls_epochs *e = &t->epochs;
    if (e->named && t->bench->limits.waiting_bytes && !tls_trial_worth(e, &t->bench->locksmith)) {
        t->for_a_key = true;
        let_wait(t, from, record);
        return false;
    }
    if (try_keys(t, from, record->header, record->content))
        return true;
    tell_gap(t, from, record->time);
    if (!may_find(t)) {
        leave_closed(t, CLIENT, record->time);
        leave_closed(t, SERVER, record->time);
    }
    return false;
}

static void sealed(struct tls *t, enum side from, moment time, const uint8_t *header, struct slice content)
{
    struct tls_waiting_record record = {.time = time, .side = (uint8_t)from, .content = content};
    struct tls_opened opened;
    memcpy(record.header, header, sizeof record.header);
    if (t->half[from].closed || let_wait(t, from, &record) || (!has_said(t) && !find(t, from, &record)))
        return;
    uint8_t epoch = t->epochs.side[from].epoch;
    enum tls_epoch_open how =
        tls_epochs_open(&t->epochs, &t->bench->locksmith, from, header, content, t->bench->record, &opened);
    if (how != TLS_EPOCH_OPENED) {
        did_not_open(t, from, time, header, how);
        return;
    }
    note_place(t, from);
    t->changed |= !tls_facts_has(&t->facts, TLS_SIGN_OPENED);
    tls_facts_sign(&t->facts, TLS_SIGN_OPENED);
    if (epoch != t->epochs.side[from].epoch)
        tls_dialogue_skipped(t, from);
    bear(t, from, time, opened.content, opened.plaintext);
}

/* Before TLS 1.3 a side is sealed from its ChangeCipherSpec on; if that was lost, application data shows it. */
static bool is_sealed(struct tls *t, enum side from, enum tls_content content)
{
    struct tls_epoch_side *s = &t->epochs.side[from];
    if (t->epochs.version == TLS_1_3 || t->epochs.version == 0)
        return content == TLS_APPLICATION_DATA;
    if (s->epoch == TLS_EPOCH_CLEAR && content == TLS_APPLICATION_DATA && t->dialogue.answered) {
        tls_dialogue_lost(t, from);
        tls_dialogue_change_cipher(t, from);
        s->unsure = true;
    }
    return s->epoch != TLS_EPOCH_CLEAR;
}

/* @param header  of the one record; NULL: of none that is known. */
static void tell_lost(struct tls *t, enum side from, moment time, enum tls_record_lost what, const uint8_t *header)
{
    uint64_t size = GAP_UNKNOWN;
    if (what == TLS_LOST_ONE && header[0] == TLS_APPLICATION_DATA && t->half[from].begun)
        size = tls_epochs_plain_size(&t->epochs, from, (size_t)header[3] << 8 | header[4]);
    tls_dialogue_lost(t, from);
    tls_epochs_lost(&t->epochs, from, what);
    if (what == TLS_LOST_SOME || t->epochs.side[from].epoch != TLS_EPOCH_CLEAR)
        tell_gap_of(t, from, time, size);
}

/* What waited, in its order; it may wait again, for something else. */
static void go_on(struct tls *t)
{
    struct tls_waiting waiting = t->waiting;
    struct tls_waiting_record record;
    t->waiting = (struct tls_waiting){0};
    for (size_t at = 0; tls_waiting_next(&waiting, &at, &record);) {
        enum side from = (enum side)record.side;
        switch ((enum tls_waiting_kind)record.kind) {
        case TLS_WAITING_RECORD: sealed(t, from, record.time, record.header, record.content); break;
        case TLS_WAITING_LOST_ONE: tell_lost(t, from, record.time, TLS_LOST_ONE, record.header); break;
        case TLS_WAITING_LOST_SOME: tell_lost(t, from, record.time, TLS_LOST_SOME, NULL); break;
        case TLS_WAITING_END: tell_end(t, from, record.time, (enum stream_end)record.how); break;
        }
    }
    tls_waiting_release(&waiting, tls_memory(t));
}

/* Early data, once the server has said whether it reads it. */
static void go_on_early(struct tls *t)
{
    if (!t->for_a_key && t->waiting.size && !early_waits(t, CLIENT))
        go_on(t);
}

static void tell_facts(struct tls *t)
{
    if (!t->changed)
        return;
    t->changed = false;
    t->events->facts(t->owner, &t->facts);
}

/* records */

/* Of what stays closed, that both sides have gone on with it is all that shows the handshake's end. */
static void note_sealed(struct tls *t, enum side from)
{
    bool begun = t->shape.stage == TLS_SHAPE_FLIGHT;
    bool tls13 = t->epochs.version == TLS_1_3 || (t->epochs.version == 0 && begun);
    if (tls13 && t->client_sealed && !tls_facts_has(&t->facts, TLS_SIGN_DONE)) {
        tls_note(t, TLS_SIGN_DONE);
        tell_facts(t);
    }
    t->client_sealed |= from == CLIENT && (t->dialogue.answered || begun);
}

static bool on_record(void *owner, enum side from, const uint8_t header[static TLS_RECORD_HEADER])
{
    enum { ALERT_SIZE = 2 };
    struct tls *t = owner;
    struct tls_half *half = &t->half[from];
    enum tls_content content = (enum tls_content)header[0];
    t->events->record(t->owner, from, content);
    tls_shape_record(&t->shape, from, content, (uint16_t)(header[3] << 8 | header[4]));
    bool stays = half->closed || (!has_said(t) && !may_find(t));
    if (stays && content == TLS_APPLICATION_DATA)
        note_sealed(t, from);
    if (content == TLS_ALERT && header[3] == 0 && header[4] == ALERT_SIZE)
        return true;
    if (half->closed)
        return content == TLS_CHANGE_CIPHER_SPEC; /* a byte, which tells where both sides are */
    /* Of what was joined late little can be opened; but a hello may come. */
    return has_said(t) || content != TLS_APPLICATION_DATA || t->dialogue.hello || may_find(t);
}

static void on_content(void *owner, enum side from, moment time, const uint8_t header[static TLS_RECORD_HEADER],
                       struct slice content)
{
    struct tls *t = owner;
    enum tls_content kind = (enum tls_content)header[0];
    bool clear_alert = kind == TLS_ALERT && content.size == 2;
    if (!clear_alert && is_sealed(t, from, kind))
        sealed(t, from, time, header, content);
    else if (kind != TLS_CHANGE_CIPHER_SPEC || t->epochs.version != TLS_1_3)
        bear(t, from, time, kind, content);
    go_on_early(t);
    tell_facts(t);
}

static void on_lost(void *owner, enum side from, moment time, enum tls_record_lost what, const uint8_t *header,
                    uint64_t size)
{
    struct tls *t = owner;
    enum tls_waiting_kind kind = what == TLS_LOST_ONE ? TLS_WAITING_LOST_ONE : TLS_WAITING_LOST_SOME;
    struct tls_waiting_record record = {
        .time = time, .side = (uint8_t)from, .kind = (uint8_t)kind, .content = slice_of("")};
    if (what == TLS_LOST_SOME)
        tls_shape_lost(&t->shape, from, size);
    if (t->half[from].closed)
        return;
    if (header)
        memcpy(record.header, header, sizeof record.header);
    if (!let_wait(t, from, &record))
        tell_lost(t, from, time, what, header);
    tell_facts(t);
}

static bool on_proves(void *owner, enum side from, const uint8_t header[static TLS_RECORD_HEADER], struct slice content)
{
    struct tls *t = owner;
    if (t->half[from].closed || t->for_a_key || t->half[from].proofs >= PROOFS_MOST)
        return false;
    t->half[from].proofs++;
    if (!has_said(t) &&
        (header[0] != TLS_APPLICATION_DATA || early_waits(t, from) || !try_keys(t, from, header, content)))
        return false;
    return tls_epochs_prove(&t->epochs, &t->bench->locksmith, from, header, content, t->bench->record);
}

static void on_sslv2_hello(void *owner)
{
    struct tls *t = owner;
    tls_note(t, TLS_SIGN_SSLV2_HELLO);
    tell_facts(t);
}

static void on_gave_up(void *owner, moment time, enum gave_up reason)
{
    struct tls *t = owner;
    t->events->gave_up(t->owner, time, reason);
}

static const struct tls_record_events RECORDS = {.record = on_record,
                                                 .content = on_content,
                                                 .lost = on_lost,
                                                 .proves = on_proves,
                                                 .sslv2_hello = on_sslv2_hello,
                                                 .gave_up = on_gave_up};

/* the stream */

static void push(struct stream *s, enum side from, moment time, struct slice bytes)
{
    stream_push(((struct tls *)s)->records, from, time, bytes);
}

static void gap(struct stream *s, enum side from, moment time, uint64_t size)
{
    stream_gap(((struct tls *)s)->records, from, time, size);
}

/* The bytes that wait come before it. */
static void end(struct stream *s, enum side from, moment time, enum stream_end how)
{
    struct tls *t = (struct tls *)s;
    struct tls_waiting_record record = {
        .time = time, .side = (uint8_t)from, .kind = TLS_WAITING_END, .how = (uint8_t)how, .content = slice_of("")};
    stream_end(t->records, from, time, how);
    if (!t->waiting.size || !let_wait(t, from, &record))
        tell_end(t, from, time, how);
}

static void destroy(struct stream *s)
{
    struct tls *t = (struct tls *)s;
    struct memory *memory = tls_memory(t);
    stream_free(t->records);
    for (int side = CLIENT; side <= SERVER; side++)
        tls_handshake_reset(&t->half[side].handshake, memory);
    tls_resumption_release(&t->dialogue, memory);
    tls_waiting_release(&t->waiting, memory);
    tls_epochs_release(&t->epochs);
    tls_facts_release(&t->facts, memory);
    memory_resize(memory, t, sizeof *t, 0);
}

struct tls *tls_new(struct tls_bench *bench, bool from_start, const struct address *server,
                    const struct tls_events *events, void *owner)
{
    static const struct stream_ops ops = {.push = push, .gap = gap, .end = end, .free = destroy};
    struct memory *memory = bench->locksmith.memory;
    struct tls *t = memory_resize(memory, NULL, 0, sizeof *t);
    if (!t)
        return NULL;
    t->stream.ops = &ops;
    t->bench = bench;
    t->events = events;
    t->owner = owner;
    memcpy(t->server.ip, server->ip, sizeof t->server.ip);
    t->server.port = server->port;
    t->records = tls_record_new(from_start, memory, &RECORDS, t);
    if (t->records)
        return t;
    memory_resize(memory, t, sizeof *t, 0);
    return NULL;
}

struct stream *tls_stream(struct tls *t)
{
    return &t->stream;
}

const struct tls_facts *tls_facts_of(const struct tls *t)
{
    return &t->facts;
}

void tls_shed(struct tls *t)
{
    tls_facts_shed(&t->facts, tls_memory(t));
}

const struct tls_shape *tls_shape_of(const struct tls *t)
{
    return &t->shape;
}

bool tls_waits(const struct tls *t)
{
    return t->for_a_key;
}

void tls_retry(struct tls *t, moment time)
{
    if (!t->for_a_key)
        return;
    bool late = t->waiting.size && time - t->waiting.since > t->bench->limits.waiting_time;
    if (!late && !tls_epochs_has_all_keys(&t->epochs, &t->bench->locksmith))
        return;
    end_wait(t, time);
    tell_facts(t);
}
