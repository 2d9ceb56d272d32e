/* The stream that reassembly feeds: what a load balancer says first (the PROXY protocol) is taken off, the rest is the
 * connection's own, or goes through TLS. */
#include "sensor/flow/reader_inside.h"

static struct connection *connection_of(struct stream *front)
{
    return (struct connection *)((char *)front - offsetof(struct connection, front));
}

/* Of a line that is not whole nothing is believed, and what was seen of it is nothing else's beginning. */
void reader_lose_preamble(struct connection *c)
{
    if (c->preamble.over)
        return;
    c->preamble.over = true;
    c->facts.proxied = PROXIED_LOST;
    preamble_forget(&c->preamble, &c->bench->memory);
}

static void note_line(struct connection *c, const struct proxied *line)
{
    c->facts.proxied = line->known ? PROXIED_CLIENT : line->local ? PROXIED_ITSELF : PROXIED_NOBODY;
    if (line->known)
        memcpy(c->facts.proxied_for, line->from.ip, sizeof c->facts.proxied_for);
}

/* A server that takes lines closes at what is none; without it nobody knows where the connection's own bytes begin. */
static void refuse_preamble(struct connection *c, moment time, enum gave_up reason)
{
    c->preamble.over = true;
    preamble_forget(&c->preamble, &c->bench->memory);
    reader_decide(c, PROTOCOL_OTHER, time);
    reader_gave_up(c, reason, time);
}

/* What was kept is the connection's own. */
static void release_preamble(struct connection *c, moment time)
{
    struct preamble kept = c->preamble;
    c->preamble = (struct preamble){.over = true};
    if (kept.size)
        reader_bytes(c, CLIENT, time, (struct slice){kept.kept, kept.size});
    preamble_forget(&kept, &c->bench->memory);
}

/* No more of the client is waited for. */
static void close_preamble(struct connection *c, moment time)
{
    if (preamble_is_begun(&c->preamble))
        refuse_preamble(c, time, GAVE_UP_MALFORMED);
    else
        release_preamble(c, time);
}

/* A line that the client leaves half is an error; where the connection is broken off, or the capture, it may have gone
 * on. */
static void end_preamble(struct connection *c, moment time, enum stream_end how)
{
    if (c->preamble.over || !c->preamble.size)
        return;
    if (how == END_FIN || !preamble_is_begun(&c->preamble))
        close_preamble(c, time);
    else
        reader_lose_preamble(c);
}

/* @return whether what is left of `bytes` is the connection's own. */
static bool pass_preamble(struct connection *c, moment time, struct slice *bytes)
{
    struct proxied line;
    switch (preamble_push(&c->preamble, &c->bench->memory, bytes, &line)) {
    case PREAMBLE_MORE: return false;
    case PREAMBLE_BAD: refuse_preamble(c, time, GAVE_UP_MALFORMED); return false;
    case PREAMBLE_NO_MEMORY: refuse_preamble(c, time, GAVE_UP_MEMORY); return false;
    case PREAMBLE_LINE: note_line(c, &line); return bytes->size != 0;
    case PREAMBLE_NONE: release_preamble(c, time); break;
    }
    return true;
}

static void front_push(struct stream *s, enum side from, moment time, struct slice bytes)
{
    struct connection *c = connection_of(s);
    c->data[from] = true;
    if (c->tls) {
        stream_push(tls_stream(c->tls), from, time, bytes);
        return;
    }
    if (!c->preamble.over && !c->decided && !c->searching && c->from_start) {
        if (from == SERVER)
            close_preamble(c, time);
        else if (!pass_preamble(c, time, &bytes))
            return;
    }
    reader_bytes(c, from, time, bytes);
}

static void front_gap(struct stream *s, enum side from, moment time, uint64_t size)
{
    struct connection *c = connection_of(s);
    c->gap_bytes[from] += size;
    c->facts.gaps++;
    if (c->tls)
        stream_gap(tls_stream(c->tls), from, time, size);
    else
        reader_gap(c, from, time, size);
}

static void front_end(struct stream *s, enum side from, moment time, enum stream_end how)
{
    struct connection *c = connection_of(s);
    c->reset |= how == END_RESET;
    if (from == CLIENT)
        end_preamble(c, time, how);
    if (c->tls) { /* what is inside may end later */
        stream_end(tls_stream(c->tls), from, time, how);
    } else {
        c->ended[from] = true;
        c->how[from] = (uint8_t)how;
        reader_tell_end(c, from, time);
    }
    /* A connection that was closed is kept for a while, for what comes late; its tables are not needed any more. */
    if (c->ended[CLIENT] && c->ended[SERVER] && c->decided && !c->searching)
        reader_finish(c);
}

static void front_free(struct stream *s)
{
    (void)s; /* part of its connection */
}

/* What waited behind a hole when the connection turned out not to be followed. */
static void unread_push(struct stream *s, enum side from, moment time, struct slice bytes)
{
    (void)s, (void)from, (void)time, (void)bytes;
}

static void unread_gap(struct stream *s, enum side from, moment time, uint64_t size)
{
    (void)s, (void)from, (void)time, (void)size;
}

static void unread_end(struct stream *s, enum side from, moment time, enum stream_end how)
{
    (void)s, (void)from, (void)time, (void)how;
}

void reader_attach(struct connection *c)
{
    static const struct stream_ops read = {.push = front_push, .gap = front_gap, .end = front_end, .free = front_free};
    static const struct stream_ops unread = {
        .push = unread_push, .gap = unread_gap, .end = unread_end, .free = front_free};
    c->front.ops = c->unfollowed ? &unread : &read;
}
