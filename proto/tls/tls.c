#include "proto/tls/tls.h"

#include "proto/tls/tls_inside.h"
#include "proto/tls/trial.h"

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

void tls_bear(struct tls *t, enum side from, moment time, enum tls_content content, struct slice bytes)
{
    switch (content) {
    case TLS_HANDSHAKE: messages(t, from, time, bytes); break;
    case TLS_ALERT: alert(t, from, bytes); break;
    case TLS_APPLICATION_DATA: tls_plain_push(t, from, time, bytes); break;
    case TLS_CHANGE_CIPHER_SPEC: tls_dialogue_change_cipher(t, from); break;
    case TLS_HEARTBEAT: break;
    }
}

/* records */

static void tell_facts(struct tls *t)
{
    if (!t->changed)
        return;
    t->changed = false;
    t->events->facts(t->owner, &t->facts);
}

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

/* Before TLS 1.3 what a sealed record bears can be seen. */
static void note_handshake(struct tls *t, enum side from)
{
    struct tls_half *half = &t->half[from];
    if (t->epochs.side[from].epoch != TLS_EPOCH_TRAFFIC || t->epochs.version == TLS_1_3)
        return;
    half->anew |= half->finished;
    half->finished = true;
    if (from == CLIENT && half->anew && half->closed)
        tls_sealed_note_anew(t);
}

static bool on_record(void *owner, enum side from, const uint8_t header[static TLS_RECORD_HEADER])
{
    enum { ALERT_SIZE = 2 };
    struct tls *t = owner;
    struct tls_half *half = &t->half[from];
    enum tls_content content = (enum tls_content)header[0];
    t->events->record(t->owner, from, content);
    tls_shape_record(&t->shape, from, content, (uint16_t)(header[3] << 8 | header[4]));
    if (content == TLS_HANDSHAKE)
        note_handshake(t, from);
    bool may_open = !half->closed && tls_sealed_may_open(t);
    if (!may_open && content == TLS_APPLICATION_DATA)
        note_sealed(t, from);
    if (content == TLS_ALERT && header[3] == 0 && header[4] == ALERT_SIZE)
        return true;
    if (half->closed)
        return content == TLS_CHANGE_CIPHER_SPEC; /* a byte, which tells where both sides are */
    /* Of what was joined late little can be opened; but a hello may come. */
    return may_open || content != TLS_APPLICATION_DATA || t->dialogue.hello;
}

static void on_content(void *owner, enum side from, moment time, const uint8_t header[static TLS_RECORD_HEADER],
                       struct slice content)
{
    struct tls *t = owner;
    enum tls_content kind = (enum tls_content)header[0];
    bool clear_alert = kind == TLS_ALERT && content.size == 2;
    if (!clear_alert && tls_sealed_is(t, from, kind))
        tls_sealed_record(t, from, time, header, content);
    else if (kind != TLS_CHANGE_CIPHER_SPEC || t->epochs.version != TLS_1_3)
        tls_bear(t, from, time, kind, content);
    tls_sealed_go_on(t);
    tell_facts(t);
}

static void on_lost(void *owner, enum side from, moment time, enum tls_record_lost what, const uint8_t *header,
                    uint64_t size)
{
    struct tls *t = owner;
    if (what == TLS_LOST_SOME)
        tls_shape_lost(&t->shape, from, size);
    tls_sealed_lost(t, from, time, what, header);
    tell_facts(t);
}

static bool on_proves(void *owner, enum side from, const uint8_t header[static TLS_RECORD_HEADER], struct slice content)
{
    return tls_sealed_proves(owner, from, header, content);
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
    struct tls *t = (struct tls *)s;
    tls_trial_earn(&t->bench->locksmith, bytes.size);
    stream_push(t->records, from, time, bytes);
}

static void gap(struct stream *s, enum side from, moment time, uint64_t size)
{
    stream_gap(((struct tls *)s)->records, from, time, size);
}

static void end(struct stream *s, enum side from, moment time, enum stream_end how)
{
    struct tls *t = (struct tls *)s;
    stream_end(t->records, from, time, how);
    tls_sealed_end(t, from, time, how);
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
    tls_sealed_retry(t, time);
    tell_facts(t);
}
