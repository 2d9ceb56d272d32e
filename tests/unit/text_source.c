/* The table of sources as a reader should get it: written before the program printed it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/text_rig.h"

static void sources(void **state)
{
    (void)state;
    struct source many = {.verified = true, .exchanges = 1234567, .states = {1, 20, 300, 4000}};
    struct source probe = {.verified = true, .exchanges = 3, .states = {[AUTH_ANONYMOUS] = 3}, .open_paths = 3};
    struct source silent = {.half_open = 12, .refused = 1};
    struct source quiet = {.verified = true, .without_request = 2};
    memcpy(many.ip, source_ip, 16);
    memset(probe.ip, 0xFE, 16);
    memcpy(silent.ip, source_ip, 16);
    memcpy(quiet.ip, source_ip, 16);
    list(&many.endpoints, "a", 1);
    list(&many.endpoints, "b", 1);
    list(&many.agents, "curl", 1);
    list(&many.agents, "kubectl\n", 2);
    for (unsigned i = 0; i < 20; i++)
        list(&probe.endpoints, (char[]){(char)('a' + i), 0}, 1);
    void *s = begin(false, false, false);
    report_text.section(s, &out, SECTION_SOURCES, 4);
    report_text.source(s, &out, &many);
    report_text.source(s, &out, &probe);
    report_text.source(s, &out, &silent);
    report_text.source(s, &out, &quiet);
    check_width();
    value_list_clear(&many.endpoints, &memory);
    value_list_clear(&many.agents, &memory);
    value_list_clear(&probe.endpoints, &memory);
    end(s, "SOURCES\n"
           "\n"
           "  Anonymous: sent no credential. Rejected: answered 401. Unknown: cannot tell.\n"
           "\n"
           "  Address          Requests  Anonymous  Rejected  Credential  Unknown  Endpoints\n"
           "  192.0.2.7         1234567         20      4000         300        1          2\n"
           "    User agent: kubectl\\x0a, and 1 more\n"
           "  fefe:fefe:fefe:fefe:fefe:fefe:fefe:fefe\n"
           "                          3          3         0           0        0        16+\n"
           "    Asked only for paths that are open to all: health checks or version.\n"
           "  192.0.2.7               0          0         0           0        0          0\n"
           "    No request seen: 12 attempts not answered, 1 attempt refused.\n"
           "    No handshake with it was seen: the address may be forged.\n"
           "  192.0.2.7               0          0         0           0        0          0\n"
           "    No request seen: 2 connections without a readable request.\n");
}

/* Whoever need not be looked at is summed up, and listed with -v; of a front its clients are told. */
static void sources_in_peace(void **state)
{
    (void)state;
    const struct source legitimate = {
        .verified = true, .exchanges = 40, .shown = 40, .states = {[AUTH_CREDENTIALED] = 40}};
    const struct source joining = {.verified = true,
                                   .exchanges = 3,
                                   .shown = 1,
                                   .ordinary = 2,
                                   .states = {[AUTH_CREDENTIALED] = 1, [AUTH_ANONYMOUS] = 2}};
    struct rhythm rhythm = {.many = false};
    const struct source monitor = {.verified = true,
                                   .exchanges = 5,
                                   .ordinary = 2,
                                   .states = {[AUTH_ANONYMOUS] = 5},
                                   .open_paths = 5,
                                   .rhythm = &rhythm};
    for (moment i = 1; i <= 5; i++)
        rhythm_beat(&rhythm, 1, i * 5 * SECOND);
    struct source found = legitimate, lent = legitimate, front = {.verified = true, .carried = 189};
    found.found = true;
    lent.shown = 39;
    const struct source *all[] = {&found, &lent, &legitimate, &front, &joining, &legitimate, &monitor};
    for (int verbose = 0; verbose < 2; verbose++) {
        void *s = begin(false, verbose, false);
        report_text.section(s, &out, SECTION_SOURCES, 7);
        for (size_t i = 0; i < 7; i++)
            report_text.source(s, &out, all[i]);
        check_width();
        if (verbose) {
            static const char *const last = "\n"
                                            "  No cause to worry:\n"
                                            "    80 requests with a credential that was not refused, from 2 sources\n"
                                            "    8 requests of health checks and the like, from 2 sources\n";
            size_t lines = 0;
            for (size_t i = 0; i < out.size; i++)
                lines += out.bytes[i] == '\n';
            assert_int_equal(lines, 5 + 7 + 2 + 4); /* heading, rows, of two a second line, sums */
            assert_memory_equal(out.bytes + out.size - strlen(last), last, strlen(last));
            report_text.close(s);
            buffer_deinit(&out);
            continue;
        }
        end(s, "SOURCES\n"
               "\n"
               "  Anonymous: sent no credential. Rejected: answered 401. Unknown: cannot tell.\n"
               "\n"
               "  Address          Requests  Anonymous  Rejected  Credential  Unknown  Endpoints\n"
               "  ::                     40          0         0          40        0          0\n"
               "  ::                     40          0         0          40        0          0\n"
               "  ::                      0          0         0           0        0          0\n"
               "    A front: 189 requests over it, told of the clients that it names.\n"
               "\n"
               "  No cause to worry, and listed with -v alone:\n"
               "    80 requests with a credential that was not refused, from 2 sources\n"
               "    8 requests of health checks and the like, from 2 sources\n");
    }
}

/* Of whom it is not known whether others asked through it nobody says that it is a front. */
static void forgotten_sources(void **state)
{
    (void)state;
    struct source source = {.verified = true, .carried = 2, .forgot = true};
    void *s = begin(false, false, false);
    report_text.section(s, &out, SECTION_SOURCES, 1);
    report_text.source(s, &out, &source);
    check_width();
    buffer_add(&out, "", 1);
    assert_non_null(
        strstr(out.bytes, "\n    Memory was short: 2 requests forgotten, or of others who asked through it.\n"));
    report_text.close(s);
    buffer_deinit(&out);
}

static void many_sources(void **state)
{
    (void)state;
    struct source source = {.verified = true, .exchanges = 1, .states = {[AUTH_CREDENTIALED] = 1}};
    for (int verbose = 0; verbose < 2; verbose++) {
        void *s = begin(false, verbose, false);
        report_text.section(s, &out, SECTION_SOURCES, 53);
        for (unsigned i = 0; i < 53; i++)
            report_text.source(s, &out, &source);
        size_t lines = 0;
        for (size_t i = 0; i < out.size; i++)
            lines += out.bytes[i] == '\n';
        assert_int_equal(lines, verbose ? 5 + 53 : 5 + 50 + 2);
        static const char rest[] = "\n\n  and 3 more; -v shows all.\n";
        bool told = memcmp(out.bytes + out.size - strlen(rest), rest, strlen(rest)) == 0;
        assert_int_equal(told, !verbose);
        report_text.close(s);
        buffer_deinit(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sources),
        cmocka_unit_test(sources_in_peace),
        cmocka_unit_test(forgotten_sources),
        cmocka_unit_test(many_sources),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
