#include "proto/tls/waiting.h"

/* As it stands before the content of a record. */
struct entry {
    moment time;
    uint32_t size, count;
    uint8_t side, kind, how;
    uint8_t header[TLS_RECORD_HEADER];
};

bool tls_waiting_add(struct tls_waiting *w, struct memory *memory, size_t most, const struct tls_waiting_record *record)
{
    struct entry entry = {.time = record->time,
                          .size = (uint32_t)record->content.size,
                          .side = record->side,
                          .kind = record->kind,
                          .how = record->how,
                          .count = record->count};
    memcpy(entry.header, record->header, sizeof entry.header);
    uint32_t before = w->hold.size;
    bool counted = record->kind != TLS_WAITING_END && w->many[record->side] > 0;
    bool fits = !counted && before + sizeof entry + record->content.size <= most &&
                hold_add(&w->hold, (struct slice){(const uint8_t *)&entry, sizeof entry}, memory) &&
                hold_add(&w->hold, record->content, memory);
    if (!fits)
        w->hold.size = before;
    else if (before == 0)
        w->since = record->time;
    return fits;
}

bool tls_waiting_count(struct tls_waiting *w, struct memory *memory, const struct tls_waiting_record *record)
{
    struct tls_waiting_record first = {
        .time = record->time, .side = record->side, .kind = TLS_WAITING_LOST_MANY, .count = 1, .content = slice_of("")};
    struct entry entry;
    uint32_t *many = &w->many[record->side], at = w->hold.size;
    if (record->kind == TLS_WAITING_END)
        return tls_waiting_add(w, memory, SIZE_MAX, record);
    if (record->kind == TLS_WAITING_LOST_SOME)
        return false;
    if (*many == 0) {
        bool added = tls_waiting_add(w, memory, SIZE_MAX, &first);
        *many = added ? at + 1 : 0;
        return added;
    }
    memcpy(&entry, w->hold.bytes + *many - 1, sizeof entry);
    entry.count++;
    memcpy(w->hold.bytes + *many - 1, &entry, sizeof entry);
    return true;
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
                                          .count = entry.count,
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
