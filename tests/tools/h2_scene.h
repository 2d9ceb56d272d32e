/* A made HTTP/2 capture and its truth: what was said, written down where it is said. */
#ifndef TESTS_TOOLS_H2_SCENE_H
#define TESTS_TOOLS_H2_SCENE_H

#include "tests/tools/h2_talk.h"
#include "tests/tools/tcp_talk.h"

struct scene {
    struct tcp_file to;
    FILE *truth;
    unsigned rows;
};

/** NAME.pcap and NAME.truth.json. Ends the program when they cannot be written, as scene_end(). */
void scene_begin(struct scene *s, const char *folder, const char *name);
void scene_end(struct scene *s);

/** Who speaks on a connection. */
struct speaker {
    uint32_t ip; /* of the client; the server is the same for all */
    uint16_t port;
    enum h2_habit client, server;
    const char *agent;
    const char *bearer; /* NULL: none */
    const char *user;   /* as whom the server sees it */
};

struct link {
    struct scene *scene;
    const struct speaker *by;
    struct tcp_talk tcp;
    struct h2_talk h2;
};

/** The TCP handshake only. */
void link_connect(struct link *l, struct scene *s, const struct speaker *by);
/** Both sides' SETTINGS and what acknowledges them. */
void link_greet(struct link *l);
/** connect and greet. */
void link_open(struct link *l, struct scene *s, const struct speaker *by);
/** What that side has said goes out, and is acknowledged. */
void link_carry(struct link *l, unsigned from);
void link_close(struct link *l);

/** A request, and what comes of it. */
struct call {
    const char *method, *path;
    unsigned status;
    const char *verdict; /* NULL: any but anonymous */
    const char *audit;   /* as the audit log has it: "VERB [RESOURCE[.GROUP][/SUBRESOURCE] [NAMESPACE|- [NAME]]]"; NULL:
                            not   asked for */
    const char *body;    /* of the request */
    unsigned items;      /* of the list that comes back */
};

struct pending {
    const struct call *call;
    uint32_t stream;
    char audit_id[H2_UUID];
};

/** The request is said, but not yet carried. */
struct pending link_ask(struct link *l, const struct call *c);
/** The answer likewise, and the row of the truth. */
void link_answer(struct link *l, struct pending *p);

/** The head of the answer alone, with a fresh Audit-Id, and nothing in the truth. */
void link_answer_head(struct link *l, struct pending *p, long long length, bool no_body);

/** A row of the truth. @param status  0: no answer was seen. @param stream  0: not asked for. */
void link_row(struct link *l, const struct call *c, unsigned status, const char *audit_id, uint32_t stream);

/** The body that the API server answers this call with. */
size_t scene_body(const struct link *l, const struct call *c, char *out, size_t room);

/** odd-http2.pcap (h2_odd.c). */
void scene_odd(const char *folder);

#endif
