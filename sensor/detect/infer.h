/* What can be said of a connection that stays closed: anonymous, rejected, or nothing. Inferred always, from the sizes
 * that proto/tls/shape read; what an API server's answers measure stands in data lists of rules/.
 *
 * The size of a 403 decides nothing for one connection: a client with a short token gets the same. */
#ifndef SENSOR_DETECT_INFER_H
#define SENSOR_DETECT_INFER_H

#include "proto/base/memory.h"
#include "sensor/detect/rule.h"
#include "sensor/event/flow_record.h"

struct infer;

/** Reads the lists; what is missing in them is never inferred. @return NULL: no memory. */
struct infer *infer_new(const struct rule_set *rules, struct memory *memory);
void infer_free(struct infer *i, struct memory *memory);

/** Numbers of the lists, 0: it is not there. */
enum infer_count {
    COUNT_HELLO_SECONDS = SUSPECTS, /* of the signs: by enum suspect */
    INFER_COUNTS
};

/** How often the sign must show, and how much it weighs. */
uint32_t infer_count(const struct infer *i, unsigned count);
uint32_t infer_weight(const struct infer *i, enum suspect sign);

/** What an answer measures. */
enum infer_answer { ANSWER_OTHER, ANSWER_OF_401, ANSWER_OF_403, ANSWER_OF_HEALTH };

/** @param at  below f->shape.answers. */
enum infer_answer infer_answer(const struct infer *i, const struct flow_record *f, unsigned at);

/** Whether the first answer over HTTP/2 is one that strangers get, and hardly anyone else: of a 401's size, or that of
 * a health check to who shows nothing. */
bool infer_is_for_strangers(const struct infer *i, const struct flow_record *f);

/** Whether the first request is as large as one with a token. */
bool infer_is_token(const struct infer *i, const struct tls_reading *r);

/** Whether an early GOAWAY tells of a client that showed nothing, and asked for more than a health check. */
bool infer_is_goaway(const struct infer *i, const struct flow_record *f);

/** Whether the server answers as an API server does: it asked for a certificate, and gave answers of a 401's size and
 * no others, or an early GOAWAY. */
bool infer_is_api_server(const struct infer *i, const struct flow_record *f);

/** Writes auth_* of a connection.
 * @param repeated  its source has shown the same before. */
void infer_pass(const struct infer *i, struct flow_record *f, bool repeated);

#endif
