/* How much of one message a worker reads. */
#include "tests/unit/worker_rig.h"

/* Of a head Go's server reads 1 MiB and 4 KiB, and what of it came with the request before. */
static void the_longest_head_of_a_pipelined_request(void **state)
{
    (void)state;
    enum { PIECE = 1400 };
    static char piece[PIECE + 1];
    struct test t;
    begin(&t);
    shake_hands(&t);
    say(&t, CLIENT, PA, GET "GET /2 HTTP/1.1\r\nHost: a\r\nX: ");
    memset(piece, 'x', PIECE);
    for (unsigned sent = 0; sent < (1 << 20) + 7000; sent += PIECE) {
        piece[sent + PIECE > (1 << 20) + 7000 ? (1 << 20) + 7000 - sent : PIECE] = '\0';
        say(&t, CLIENT, PA, piece);
        say(&t, SERVER, TCP_ACK, "");
    }
    say(&t, CLIENT, PA, "\r\n\r\n");
    answer_forbidden(&t);
    answer_forbidden(&t);
    finish(&t);
    assert_text(exchange_at(&t, 1), exchange_at(&t, 1)->target, "/2");
    assert_int_equal(exchange_at(&t, 1)->request, SEEN_WHOLE);
    assert_int_equal(exchange_at(&t, 1)->status, 403);
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_head_of_a_pipelined_request),
    };
    return cmocka_run_group_tests_name("longest", tests, NULL, NULL);
}
