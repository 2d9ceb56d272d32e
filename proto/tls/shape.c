#include "proto/tls/shape.h"

#include "proto/tls/shape_inside.h"

static void note_stage(struct tls_shape *s, enum side from, enum tls_content content)
{
    if (s->stage == TLS_SHAPE_SILENT && from == SERVER && content == TLS_HANDSHAKE) {
        s->stage = TLS_SHAPE_SPOKEN;
    } else if (s->stage == TLS_SHAPE_SPOKEN && from == CLIENT && content == TLS_CHANGE_CIPHER_SPEC) {
        s->stage = TLS_SHAPE_CHANGED;
        if (s->hole) {
            s->used = 0;
            s->hole = false;
            s->late = true;
        }
    } else if (s->stage == TLS_SHAPE_CHANGED && from == CLIENT) {
        s->stage = content == TLS_APPLICATION_DATA ? TLS_SHAPE_FLIGHT : TLS_SHAPE_OTHER;
        s->flight = s->used;
    }
}

void tls_shape_record(struct tls_shape *s, enum side from, enum tls_content content, uint16_t size)
{
    note_stage(s, from, content);
    if (content != TLS_APPLICATION_DATA)
        return;
    s->records[from]++;
    if (s->used < TLS_SHAPE_RECORDS && !s->hole)
        s->sizes[s->used++] = (uint16_t)((size & TLS_SHAPE_SIZE) | (from == SERVER ? TLS_SHAPE_SERVER : 0));
}

/* Whether so many bytes are Finished, or CertificateVerify and Finished. What a signature measures is given by its
 * kind, so that there is little room for something else: Ed25519, ECDSA with the curves of RFC 8446, 4.2.3, RSA. */
static bool is_rest(uint64_t bytes, bool verified)
{
    enum { RECORD = TLS_RECORD_HEADER + TLS_SHAPE_OVERHEAD, VERIFY = 4 + 2 + 2 };
    static const struct {
        uint16_t least, most;
    } signatures[] = {{64, 64}, {69, 72}, {101, 104}, {136, 139}, {256, 256}, {384, 384}, {512, 512}};
    for (unsigned i = 0; i < 2; i++) {
        uint64_t finished = RECORD + (i ? TLS_SHAPE_FINISHED_SHA384 : TLS_SHAPE_FINISHED_SHA256),
                 verify = RECORD + VERIFY + finished;
        if (bytes == finished)
            return true;
        for (size_t k = 0; verified && k < sizeof signatures / sizeof *signatures; k++) {
            if (bytes >= verify + signatures[k].least && bytes <= verify + signatures[k].most)
                return true;
        }
    }
    return false;
}

/* The hole is right behind what a segment that was cut short shows of the client's flight. @return how many records
 * that is; 0: it is another hole. */
static uint8_t flight_before(const struct tls_shape *s, uint64_t bytes)
{
    unsigned seen = (unsigned)s->used - s->flight, first, second;
    if (s->stage != TLS_SHAPE_FLIGHT || s->hole || s->rest || seen < 1 || seen > 2)
        return 0;
    first = s->sizes[s->flight];
    if (seen == 1 && first == TLS_SHAPE_OVERHEAD + TLS_SHAPE_NO_CERTIFICATE)
        return is_rest(bytes, false);
    if (first & TLS_SHAPE_SERVER || first < TLS_SHAPE_OVERHEAD + TLS_SHAPE_CERTIFICATE)
        return 0;
    if (seen == 1)
        return is_rest(bytes, true);
    second = s->sizes[s->flight + 1];
    return second >= TLS_SHAPE_OVERHEAD + TLS_SHAPE_VERIFY_LEAST &&
                   second <= TLS_SHAPE_OVERHEAD + TLS_SHAPE_VERIFY_MOST && is_rest(bytes, false)
               ? 2
               : 0;
}

void tls_shape_lost(struct tls_shape *s, enum side from, uint64_t bytes)
{
    uint8_t before = from == CLIENT ? flight_before(s, bytes) : 0;
    if (before) {
        s->rest = before;
        return;
    }
    if (s->stage == TLS_SHAPE_CHANGED && from == CLIENT)
        s->stage = TLS_SHAPE_OTHER;
    s->hole = true;
}
