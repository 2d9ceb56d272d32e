/* Any records of any connection: what is read of them is within its bounds, and nothing is told of what was opened. The
 * first bytes are facts: version, suite, signs, how it is resumed; then three for each record. */
#include <assert.h>

#include "proto/tls/shape.h"
#include "proto/tls/suite.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reader r = reader_of((struct slice){data, size});
    static const uint16_t versions[] = {0, TLS_1_1, TLS_1_2, TLS_1_3};
    struct tls_facts facts = {.version = versions[read_u8(&r) % 4], .suite = read_u16(&r), .signs = read_u32(&r)};
    facts.resumed = read_u8(&r) % TLS_RESUMPTIONS;
    struct tls_shape shape = {.used = 0};
    uint32_t records[2] = {0, 0};
    while (reader_left(&r) >= 3) {
        uint8_t what = read_u8(&r);
        enum side from = what & 1 ? SERVER : CLIENT;
        uint16_t length = read_u16(&r);
        if (what & 2) {
            tls_shape_lost(&shape, from, what & 4 ? GAP_UNKNOWN : length);
            continue;
        }
        enum tls_content content = (enum tls_content)(TLS_APPLICATION_DATA - (what >> 2 & 3));
        records[from] += content == TLS_APPLICATION_DATA;
        tls_shape_record(&shape, from, content, length);
    }
    assert(shape.used <= TLS_SHAPE_RECORDS);
    assert(shape.records[CLIENT] == records[CLIENT] && shape.records[SERVER] == records[SERVER]);
    struct tls_reading reading;
    tls_shape_read(&shape, &facts, &reading);
    assert(reading.answers <= TLS_SHAPE_ANSWERS && reading.inside < TLS_INSIDES);
    assert(!reading.early_goaway || (reading.requests && reading.inside == TLS_INSIDE_HTTP2));
    assert(!tls_facts_has(&facts, TLS_SIGN_OPENED) || !reading.answers);
    return 0;
}
