#include "sensor/flow/preamble.h"

#include "proto/stream/sniff.h"

enum { ROOM_FIRST = 128 }; /* all of version 1, and version 2 with the usual addresses */

/* What is kept is always less than PROXY_LINE_MAX: with so many bytes it is told what they are. */
static bool keep(struct preamble *p, struct memory *m, struct slice bytes)
{
    size_t size = p->size + bytes.size;
    if (size > p->room) {
        size_t room = size <= ROOM_FIRST ? ROOM_FIRST : PROXY_LINE_MAX;
        uint8_t *grown = memory_resize(m, p->kept, p->room, room);
        if (!grown)
            return false;
        p->kept = grown;
        p->room = (uint16_t)room;
    }
    memcpy(p->kept + p->size, bytes.data, bytes.size);
    p->size = (uint16_t)size;
    return true;
}

/* Nothing but a line begins so; PROXY alone may be the method of a request, and version 2 begins as empty lines do. */
static bool is_begun(struct slice first)
{
    static const size_t signature = 12;
    bool text = slice_begins(first, "PROXY ");
    return text ? slice_begins(first, "PROXY TCP") || slice_begins(first, "PROXY UNKNOWN") : first.size >= signature;
}

static enum preamble_found read_first(struct slice first, struct proxied *line)
{
    switch (proxy_line_read(first, line)) {
    case PROXY_LINE_MORE: return PREAMBLE_MORE;
    case PROXY_LINE_READ: return PREAMBLE_LINE;
    case PROXY_LINE_BAD:
        return is_begun(first) || sniff(first).protocol != PROTOCOL_HTTP1 ? PREAMBLE_BAD : PREAMBLE_NONE;
    case PROXY_LINE_NOT: break;
    }
    return PREAMBLE_NONE;
}

enum preamble_found preamble_push(struct preamble *p, struct memory *m, struct slice *bytes, struct proxied *line)
{
    size_t before = p->size;
    p->over = true;
    if (before && !keep(p, m, slice_part(*bytes, 0, PROXY_LINE_MAX - before)))
        return PREAMBLE_NO_MEMORY;
    struct slice first = before ? (struct slice){p->kept, p->size} : *bytes;
    enum preamble_found found = read_first(first, line);
    if (found == PREAMBLE_MORE) {
        if (!before && !keep(p, m, *bytes))
            return PREAMBLE_NO_MEMORY;
        p->over = false;
        return PREAMBLE_MORE;
    }
    p->size = (uint16_t)before;
    if (found == PREAMBLE_LINE) { /* it has not ended in what was kept */
        *bytes = slice_part(*bytes, line->size - before, bytes->size);
        preamble_forget(p, m);
    }
    return found;
}

bool preamble_is_begun(const struct preamble *p)
{
    return p->size && is_begun((struct slice){p->kept, p->size});
}

void preamble_forget(struct preamble *p, struct memory *m)
{
    p->kept = memory_resize(m, p->kept, p->room, 0);
    p->size = p->room = 0;
}
