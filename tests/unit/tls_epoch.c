/* Behind a gap the place of a side's next record in its sequence is found by trial: so far, and no further. */
#include "tests/unit/tls_rig.h"

static const struct tls_talk_options talks[] = {
    {.suite = "TLS_AES_128_GCM_SHA256", .version = TLS_1_3},
    {.suite = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", .version = TLS_1_2},
};

enum { RECORDS = 70, TRIALS = 64 /* as the rig has it */ };

/* All that was said, but for so many records of the client behind the handshake.
 * @return how many bytes of the client's were read: it says one in each record. */
static size_t read_without(const struct tls_talk *t, size_t handshake, unsigned lost)
{
    struct rig r;
    rig_init(&r);
    rig_add_keys(&r, t);
    size_t gap = 0;
    for (size_t i = 0, missed = 0; i < t->count; i++) {
        const struct tls_talk_record *record = &t->records[i];
        if (i >= handshake && record->side == CLIENT && missed < lost) {
            missed++;
            gap += record->size;
            continue;
        }
        if (gap && record->side == CLIENT) {
            stream_gap(tls_stream(r.tls), CLIENT, 1, gap);
            gap = 0;
        }
        rig_say(&r, record->side, t->wire + record->at, record->size);
    }
    size_t read = r.side[CLIENT].size;
    rig_deinit(&r);
    return read;
}

static void so_many_may_be_lost(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof talks / sizeof *talks; i++) {
        struct tls_talk *t = tls_talk_new(&talks[i]);
        size_t handshake = t->count;
        for (int n = 0; n < RECORDS; n++)
            tls_talk_send(t, CLIENT, (const uint8_t *)"x", 1);
        for (unsigned lost = 0; lost <= TRIALS; lost += 16)
            assert_int_equal(read_without(t, handshake, lost), RECORDS - lost);
        assert_int_equal(read_without(t, handshake, TRIALS + 1), 0);
        tls_talk_free(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(so_many_may_be_lost)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
