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
    size_t need = w->size + sizeof entry + record->content.size, capacity = w->capacity ? w->capacity : 2048;
    if (need > most)
        return false;
    while (capacity < need)
        capacity *= 2;
    if (capacity > w->capacity) {
        uint8_t *bytes = memory_resize(memory, w->bytes, w->capacity, capacity);
        if (!bytes)
            return false;
        w->bytes = bytes;
        w->capacity = (uint32_t)capacity;
    }
    if (w->size == 0)
        w->since = record->time;
    memcpy(w->bytes + w->size, &entry, sizeof entry);
    if (record->content.size)
        memcpy(w->bytes + w->size + sizeof entry, record->content.data, record->content.size);
    w->size = (uint32_t)need;
    return true;
}

bool tls_waiting_next(const struct tls_waiting *w, size_t *at, struct tls_waiting_record *record)
{
    struct entry entry;
    if (*at >= w->size)
        return false;
    memcpy(&entry, w->bytes + *at, sizeof entry);
    *record = (struct tls_waiting_record){.time = entry.time,
                                          .side = entry.side,
                                          .kind = entry.kind,
                                          .how = entry.how,
                                          .content = {w->bytes + *at + sizeof entry, entry.size}};
    memcpy(record->header, entry.header, sizeof entry.header);
    *at += sizeof entry + entry.size;
    return true;
}

void tls_waiting_release(struct tls_waiting *w, struct memory *memory)
{
    if (w->bytes)
        memory_resize(memory, w->bytes, w->capacity, 0);
    *w = (struct tls_waiting){0};
}
