#include "proto/tls/waiting.h"

/* As it stands before the content of a record. */
struct entry {
    moment time;
    uint32_t size;
    uint8_t side, kind, how;
    uint8_t header[TLS_RECORD_HEADER];
};

bool tls_waiting_add(struct tls_waiting *w, struct memory *memory, size_t most, const struct tls_waiting_record *record)
{
    struct entry entry = {.time = record->time,
                          .size = (uint32_t)record->content.size,
                          .side = record->side,
                          .kind = record->kind,
                          .how = record->how};
    memcpy(entry.header, record->header, sizeof entry.header);
    uint32_t before = w->hold.size;
    bool fits = before + sizeof entry + record->content.size <= most &&
                hold_add(&w->hold, (struct slice){(const uint8_t *)&entry, sizeof entry}, memory) &&
                hold_add(&w->hold, record->content, memory);
    if (!fits)
        w->hold.size = before;
    else if (before == 0)
        w->since = record->time;
    return fits;
}

bool tls_waiting_next(const struct tls_waiting *w, size_t *at, struct tls_waiting_record *record)
{
    struct entry entry;
    if (*at >= w->hold.size)
        return false;
    memcpy(&entry, w->hold.bytes + *at, sizeof entry);
    *record = (struct tls_waiting_record){.time = entry.time,
                                          .side = entry.side,
                                          .kind = entry.kind,
                                          .how = entry.how,
                                          .content = {w->hold.bytes + *at + sizeof entry, entry.size}};
    memcpy(record->header, entry.header, sizeof entry.header);
    *at += sizeof entry + entry.size;
    return true;
}

void tls_waiting_release(struct tls_waiting *w, struct memory *memory)
{
    hold_clear(&w->hold, memory);
    *w = (struct tls_waiting){0};
}
