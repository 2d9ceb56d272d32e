/* Sealed records: they wait for what may still be said of their keys, are opened, or are told as lost. */
#include "proto/tls/tls_inside.h"
#include "proto/tls/trial.h"

enum {
    BAD_MOST = 32,     /* records in a row that do not open: the side is left closed */
    PROOFS_MOST = 64,  /* places in a search that are tried: each costs many trials, and a peer can make any number look
                        * like a record's header */
    TRIED_MOST = 3,    /* records that are tried where a hello was lost, and one where it is hidden:
                        * each costs many trials */
    BULK = 4096 + 256, /* a larger record bears a body: servers that put a head before it write 4 KiB */
};

void tls_sealed_note_anew(struct tls *t)
{
    if (t->facts.client != TLS_CLIENT_ABSENT)
        return;
    t->facts.client = TLS_CLIENT_UNKNOWN;
    t->changed = true;
}

static void leave_closed(struct tls *t, enum side from, moment time)
{
    t->half[from].closed = true;
    if (t->half[CLIENT].anew)
        tls_sealed_note_anew(t);
    tls_note(t, TLS_SIGN_CLOSED);
    tls_plain_gap(t, from, time, GAP_UNKNOWN);
}

/* @return whether more is to be had of a connection whose hellos do not say all. */
static bool may_find(const struct tls *t)
{
    unsigned most = t->epochs.hidden ? 1 : TRIED_MOST;
    return t->tried < most && tls_trial_worth(&t->epochs, &t->bench->locksmith);
}

bool tls_sealed_unname(struct tls *t)
{
    t->epochs.hidden = tls_facts_has(&t->facts, TLS_SIGN_ECH);
    t->epochs.named = !t->epochs.hidden;
    t->epochs.named |= !may_find(t);
    return !t->epochs.named;
}

static void go_on(struct tls *t);

/* Nothing waits any more: what is there has to do. */
static void end_wait(struct tls *t, moment time)
{
    t->for_a_key = false;
    if (tls_epochs_has_keys(&t->epochs, &t->bench->locksmith) || tls_sealed_unname(t)) {
        go_on(t);
        return;
    }
    tls_waiting_release(&t->waiting, tls_memory(t));
    leave_closed(t, CLIENT, time);
    leave_closed(t, SERVER, time);
}

/* By the clock keys would come too late for what is sent fast: a list of a megabyte right behind the handshake. */
static void call_for_keys(struct tls *t, size_t before)
{
    enum { CALLS = 4 }; /* until there is no more room */
    size_t step = t->bench->limits.waiting_bytes / CALLS;
    if (t->for_a_key && step && before / step != t->waiting.hold.size / step)
        t->bench->calls_for_keys = true;
}

/* A large answer would take the room of all that comes behind it: of its body the place is enough, which costs nothing
 * to cross once the keys are there. What came first waits whole: the first answer's head is in it. In the last quarter
 * there is room for requests, and for answers that are short. */
static void make_thin(const struct tls *t, struct tls_waiting_record *record)
{
    size_t quarters = 4 * (size_t)t->waiting.hold.size / ((size_t)t->bench->limits.waiting_bytes + 1);
    size_t bulk = quarters >= 3 && record->side == SERVER ? BULK / 4 : BULK;
    if (t->for_a_key && quarters >= 2 && record->kind == TLS_WAITING_RECORD &&
        record->header[0] == TLS_APPLICATION_DATA && record->content.size > bulk) {
        record->kind = TLS_WAITING_LOST_ONE;
        record->content = slice_of("");
    }
}

/* @return whether it waits, or nobody needs it any more. */
static bool let_wait(struct tls *t, enum side from, const struct tls_waiting_record *record)
{
    const struct tls_limits *limits = &t->bench->limits;
    bool early = tls_early_waits(t, from);
    if (record->kind == TLS_WAITING_RECORD && tls_early_goes_unread(t, from))
        return true;
    if (!t->for_a_key && !early)
        return false;
    size_t most = t->for_a_key ? limits->waiting_bytes : limits->early_bytes;
    bool late = t->for_a_key && t->waiting.hold.size && record->time - t->waiting.since > limits->waiting_time;
    size_t before = t->waiting.hold.size;
    struct tls_waiting_record kept = *record;
    make_thin(t, &kept);
    if (!late && tls_waiting_add(&t->waiting, tls_memory(t), most, &kept)) {
        call_for_keys(t, before);
        return true;
    }
    if (t->for_a_key && !late && tls_waiting_count(&t->waiting, tls_memory(t), &kept))
        return true;
    if (t->for_a_key) {
        end_wait(t, record->time);
        return t->half[from].closed;
    }
    tls_waiting_release(&t->waiting, tls_memory(t));
    t->dialogue.early_lost = true;
    return record->kind == TLS_WAITING_RECORD;
}

static void did_not_open(struct tls *t, enum side from, moment time, const uint8_t *header, enum tls_epoch_open how)
{
    struct tls_half *half = &t->half[from];
    const struct tls_epoch_side *epoch = &t->epochs.side[from];
    bool passing = epoch->passing, cheap = passing && !epoch->unsure;
    if (how == TLS_EPOCH_CLOSED || (!cheap && ++half->bad >= BAD_MOST)) {
        leave_closed(t, from, time);
        return;
    }
    if (passing && t->dialogue.early != TLS_EARLY_NONE)
        tls_early_lose(t, time);
    if (passing)
        return;
    if (t->epochs.version == TLS_1_3 || header[0] == TLS_HANDSHAKE)
        tls_dialogue_lost(t, from);
    if (header[0] == TLS_APPLICATION_DATA)
        tls_plain_gap(t, from, time, GAP_UNKNOWN);
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

static bool try_keys(struct tls *t, enum side from, const uint8_t *header, struct slice content)
{
    if (!may_find(t))
        return false;
    t->tried++;
    enum tls_trial found = tls_trial_find(&t->epochs, &t->bench->locksmith, from, header, content, t->bench->record);
    if (found == TLS_TRIAL_GAVE_UP)
        tls_note(t, TLS_SIGN_UNTRIED);
    if (found != TLS_TRIAL_FOUND)
        return false;
    tls_dialogue_found(t);
    return true;
}

/* A hello was lost or hidden, or both were. */
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
    tls_plain_gap(t, from, record->time, GAP_UNKNOWN);
    if (!may_find(t)) {
        leave_closed(t, CLIENT, record->time);
        leave_closed(t, SERVER, record->time);
    }
    return false;
}

void tls_sealed_record(struct tls *t, enum side from, moment time, const uint8_t *header, struct slice content)
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
        tls_dialogue_skipped(t, from, time);
    tls_bear(t, from, time, opened.content, opened.plaintext);
}

/* Before TLS 1.3 a side is sealed from its ChangeCipherSpec on; if that was lost, application data shows it. */
bool tls_sealed_is(struct tls *t, enum side from, enum tls_content content)
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
    tls_epochs_lost(&t->epochs, &t->bench->locksmith, from, what);
    if (what == TLS_LOST_SOME || t->epochs.side[from].epoch != TLS_EPOCH_CLEAR)
        tls_plain_gap(t, from, time, size);
}

/* There was no room for them. They were seen: the next record's number is known. */
static void tell_many(struct tls *t, const struct tls_waiting_record *many)
{
    enum side from = (enum side)many->side;
    for (uint32_t i = 0; i < many->count; i++)
        tls_epochs_lost(&t->epochs, &t->bench->locksmith, from, TLS_LOST_ONE);
    tls_dialogue_lost(t, from);
    tls_plain_gap(t, from, many->time, GAP_UNKNOWN);
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
        case TLS_WAITING_RECORD: tls_sealed_record(t, from, record.time, record.header, record.content); break;
        case TLS_WAITING_LOST_ONE: tell_lost(t, from, record.time, TLS_LOST_ONE, record.header); break;
        case TLS_WAITING_LOST_SOME: tell_lost(t, from, record.time, TLS_LOST_SOME, NULL); break;
        case TLS_WAITING_LOST_MANY: tell_many(t, &record); break;
        case TLS_WAITING_END: tls_plain_end(t, from, record.time, (enum stream_end)record.how); break;
        }
    }
    tls_waiting_release(&waiting, tls_memory(t));
}

void tls_sealed_go_on(struct tls *t)
{
    if (!t->for_a_key && t->waiting.hold.size && !tls_early_waits(t, CLIENT))
        go_on(t);
}

void tls_sealed_lost(struct tls *t, enum side from, moment time, enum tls_record_lost what, const uint8_t *header)
{
    enum tls_waiting_kind kind = what == TLS_LOST_ONE ? TLS_WAITING_LOST_ONE : TLS_WAITING_LOST_SOME;
    struct tls_waiting_record record = {
        .time = time, .side = (uint8_t)from, .kind = (uint8_t)kind, .content = slice_of("")};
    if (t->half[from].closed)
        return;
    if (header)
        memcpy(record.header, header, sizeof record.header);
    if (!let_wait(t, from, &record))
        tell_lost(t, from, time, what, header);
}

/* The bytes that wait come before it. */
void tls_sealed_end(struct tls *t, enum side from, moment time, enum stream_end how)
{
    struct tls_waiting_record record = {
        .time = time, .side = (uint8_t)from, .kind = TLS_WAITING_END, .how = (uint8_t)how, .content = slice_of("")};
    if (!t->waiting.hold.size || !let_wait(t, from, &record))
        tls_plain_end(t, from, time, how);
}

bool tls_sealed_may_open(const struct tls *t)
{
    return has_said(t) || may_find(t);
}

bool tls_sealed_proves(struct tls *t, enum side from, const uint8_t header[static TLS_RECORD_HEADER],
                       struct slice content)
{
    if (t->half[from].closed || t->for_a_key || t->half[from].proofs >= PROOFS_MOST)
        return false;
    t->half[from].proofs++;
    if (!has_said(t) &&
        (header[0] != TLS_APPLICATION_DATA || tls_early_waits(t, from) || !try_keys(t, from, header, content)))
        return false;
    return tls_epochs_prove(&t->epochs, &t->bench->locksmith, from, header, content, t->bench->record);
}

void tls_sealed_retry(struct tls *t, moment time)
{
    bool late = t->waiting.hold.size && time - t->waiting.since > t->bench->limits.waiting_time;
    if (t->for_a_key && (late || tls_epochs_has_all_keys(&t->epochs, &t->bench->locksmith)))
        end_wait(t, time);
}
