/* Both sides of an HTTP/2 connection as bytes, each with the habits of a known implementation: what a made capture
 * says.
 *
 * Each call appends frames to what its side has said; whoever carries the bytes takes them with h2_talk_said(). On top
 * of the frames: requests as Kubernetes clients send them, answers as its API server does. */
#ifndef TESTS_TOOLS_H2_TALK_H
#define TESTS_TOOLS_H2_TALK_H

#include <stdbool.h>

#include "tests/tools/go_hpack.h"

/* nghttp2 (curl, nghttpx): :method first, Authorization never in the table, nor paths and lengths. Go (client-go, the
 * API server): :authority first, other fields of a request in any order, those of an answer sorted; all goes into the
 * table. */
enum h2_habit { H2_NGHTTP2, H2_GO };

enum { H2_CLIENT, H2_SERVER };

enum h2_type {
    H2_DATA,
    H2_HEADERS,
    H2_PRIORITY,
    H2_RST_STREAM,
    H2_SETTINGS,
    H2_PUSH_PROMISE,
    H2_PING,
    H2_GOAWAY,
    H2_WINDOW_UPDATE,
    H2_CONTINUATION
};

enum { H2_END_STREAM = 1, H2_ACK = 1, H2_END_HEADERS = 4, H2_PADDED = 8, H2_PRIORITY_FLAG = 32 };

enum { H2_BLOCK_ROOM = 1 << 17, H2_FRAME_MAX = 16384, H2_UUID = 37, H2_NUMBER = 24 };

struct h2_side {
    enum h2_habit habit;
    nghttp2_hd_deflater *deflater;
    struct go_hpack *go;
    uint8_t *bytes; /* said and not taken */
    size_t size, room;
};

struct h2_talk {
    struct h2_side side[2];
    uint32_t next_stream; /* of the client */
    uint32_t seed;        /* of what is made up: the same each time */
};

/** Ends the program when there is no memory, as all calls here. */
void h2_talk_init(struct h2_talk *t, enum h2_habit client, enum h2_habit server, uint32_t seed);
void h2_talk_deinit(struct h2_talk *t);

/** What the side has said since the last call; valid until the next frame. */
const uint8_t *h2_talk_said(struct h2_talk *t, unsigned from, size_t *size);

void h2_talk_bytes(struct h2_talk *t, unsigned from, const void *bytes, size_t size);
void h2_talk_frame(struct h2_talk *t, unsigned from, unsigned type, unsigned flags, uint32_t stream,
                   const void *payload, size_t size);
/** A frame of one 32-bit number: RST_STREAM, WINDOW_UPDATE. */
void h2_talk_number(struct h2_talk *t, unsigned from, unsigned type, uint32_t stream, uint32_t number);
void h2_talk_goaway(struct h2_talk *t, unsigned from, uint32_t last_stream, uint32_t code, const char *debug);

/** SETTINGS as the habit has them, the client's behind its preface, and a WINDOW_UPDATE. */
void h2_talk_greet(struct h2_talk *t, unsigned from);

/** The next block of that side begins with a size update. */
void h2_talk_resize(struct h2_talk *t, unsigned from, uint32_t table_size);

struct h2_fields {
    nghttp2_nv at[32];
    size_t count;
};

/** Strings are borrowed. */
void h2_field(struct h2_fields *f, const char *name, const char *value);

/** Encodes a block. @return its size. */
size_t h2_talk_block(struct h2_talk *t, unsigned from, const struct h2_fields *f, uint8_t *out, size_t room);

/** HEADERS, and CONTINUATION where it is longer than a frame. @param flags  END_STREAM, or 0. */
void h2_talk_head(struct h2_talk *t, unsigned from, uint32_t stream, unsigned flags, const struct h2_fields *f);
void h2_talk_data(struct h2_talk *t, unsigned from, uint32_t stream, const void *bytes, size_t size, bool last);

/** A random UUID, as the API server names its answers by. */
void h2_uuid(struct h2_talk *t, char out[static H2_UUID]);
/** A number below that. */
uint32_t h2_chance(struct h2_talk *t, uint32_t below);

struct h2_request {
    const char *method, *path, *authority, *agent;
    const char *bearer; /* the whole value of Authorization; NULL: none */
    const char *body;   /* NULL: none */
    const char *extra[2];
};

/** The fields of a request in the client's order. */
void h2_request_fields(struct h2_talk *t, const struct h2_request *r, struct h2_fields *f,
                       char length[static H2_NUMBER]);
/** @return its stream. */
uint32_t h2_ask(struct h2_talk *t, const struct h2_request *r);

struct h2_answer {
    unsigned status;
    const char *audit_id;
    const char *type; /* NULL: application/json */
    const char *date; /* NULL: one */
    long long length; /* of the body; -1: not said */
    bool no_body;     /* the head is the end */
    bool refused;     /* before any queue: no x-kubernetes-pf-* (401) */
};

void h2_answer_head(struct h2_talk *t, uint32_t stream, const struct h2_answer *a);

#endif
