#include "sensor/flow/secured.h"

#include "sensor/flow/reader.h"
#include "sensor/flow/secured_record.h"

static void on_facts(void *owner, const struct tls_facts *facts)
{
    struct connection *c = owner;
    if (tls_facts_has(facts, TLS_SIGN_DONE) && !c->tls_told)
        secured_record_handshake(c, facts);
}

static struct stream *on_opened(void *owner)
{
    return reader_inside(owner);
}

static void on_record(void *owner, enum side from, enum tls_content content)
{
    struct connection *c = owner;
    c->bench->counters->of[COUNT_TLS_RECORDS]++;
    if (content == TLS_HANDSHAKE && from == CLIENT)
        c->tls_client_hello = true;
    else if (content == TLS_HANDSHAKE)
        c->tls_server_hello = true;
    else if (content == TLS_APPLICATION_DATA)
        c->tls_data = true;
}

static void on_gave_up(void *owner, moment time, enum gave_up reason)
{
    reader_gave_up(owner, reason, time);
}

bool secured_begin(struct connection *c, bool from_start)
{
    static const struct tls_events events = {
        .facts = on_facts, .opened = on_opened, .record = on_record, .gave_up = on_gave_up};
    c->tls = tls_new(&c->bench->tls, from_start, &c->facts.server, &events, c);
    if (!c->tls)
        return false;
    c->facts.tls = tls_facts_of(c->tls);
    return true;
}

/* Of a connection that was joined late, what is missing was not its handshake. */
static bool has_handshake(const struct connection *c, const struct tls_facts *f)
{
    uint32_t missing = UINT32_C(1) << TLS_SIGN_LOST | UINT32_C(1) << TLS_SIGN_CLOSED | UINT32_C(1) << TLS_SIGN_UNTRIED;
    return f->signs & ~missing || (f->signs && c->from_start);
}

void secured_tell(struct connection *c)
{
    if (!c->tls)
        return;
    const struct tls_facts *f = tls_facts_of(c->tls);
    uint64_t *of = c->bench->counters->of;
    bool opened = tls_facts_has(f, TLS_SIGN_OPENED);
    if (!c->tls_told && has_handshake(c, f))
        secured_record_handshake(c, f);
    of[COUNT_TLS]++;
    of[COUNT_TLS_OPENED] += opened;
    of[COUNT_TLS_CLOSED] += !opened;
    of[COUNT_TLS_UNTRIED] += !opened && tls_facts_has(f, TLS_SIGN_UNTRIED);
    of[COUNT_TLS_RESUMED] += f->resumed != TLS_RESUMED_NOT;
    of[COUNT_TLS_SSLV2] += tls_facts_has(f, TLS_SIGN_SSLV2_HELLO);
    of[COUNT_TLS_ALERTS] += f->alert[CLIENT].level == 2 || f->alert[SERVER].level == 2;
}

void secured_end(struct connection *c)
{
    if (!c->tls)
        return;
    c->facts.tls = NULL;
    stream_free(tls_stream(c->tls));
    c->tls = NULL;
}
