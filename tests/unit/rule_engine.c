/* What holds of any rules and any event: short ways give what the tree means, and less knowledge never another answer.
 */
#include "sensor/detect/rule_match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/rule_rig.h"

static uint64_t state = 88172645463325252U;

static unsigned below(unsigned count)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 33) % count;
}

/* Bytes that patterns and texts share, so that many fit. */
static size_t random_text(char *out, size_t most, const char *alphabet)
{
    size_t size = below((unsigned)most + 1);
    for (size_t i = 0; i < size; i++)
        out[i] = alphabet[below((unsigned)strlen(alphabet))];
    out[size] = '\0';
    return size;
}

/* A pattern by its definition: each wildcard tries all that it may stand for. */
static bool fits(const uint16_t *units, size_t count, struct slice text)
{
    if (count == 0)
        return text.size == 0;
    if (units[0] == UNIT_ANY_TEXT) {
        for (size_t skip = 0; skip <= text.size; skip++) {
            if (fits(units + 1, count - 1, slice_part(text, skip, text.size)))
                return true;
        }
        return false;
    }
    if (text.size == 0)
        return false;
    size_t size = 1;
    while (units[0] == UNIT_ANY_ONE && size < text.size && (text.data[size] & 0xC0) == 0x80)
        size++;
    if (units[0] != UNIT_ANY_ONE && units[0] != byte_lower(text.data[0]))
        return false;
    return fits(units + 1, count - 1, slice_part(text, size, text.size));
}

static void patterns_fit_as_defined(void **unused)
{
    (void)unused;
    unsigned fitting = 0;
    for (unsigned i = 0; i < 200000; i++) {
        struct rule_arena arena = {.memory = {.limit = 1 << 20}};
        char written[16], text[16];
        random_text(written, 8, "aAb*?\\\xC3\xA9");
        random_text(text, 10, "abB*\\\xC3\xA9");
        struct rule_pattern p;
        assert_true(rule_pattern_read(&p, &arena, slice_of(written), (struct pattern_form){.open_left = !below(4)}));
        bool matches = rule_pattern_matches(&p, slice_of(text));
        if (matches != fits(p.units, p.size, slice_of(text)))
            fail_msg("pattern '%s', text '%s'", written, text);
        fitting += matches;
        rule_arena_release(&arena);
    }
    assert_in_range(fitting, 5000, 150000);
}

/* A key and a value that belong together. */
static void write_field(FILE *out)
{
    static const char *const TEXTS[] = {"http.url", "http.http_user_agent", "kube.verb"};
    static const char *const FORMS[] = {"",       "|contains",       "|startswith", "|endswith",
                                        "|cased", "|contains|cased", "|neq",        "|re"};
    static const char *const STATES[] = {"anonymous", "rejected", "credentialed", "unknown", "a*"};
    static const char *const EVIDENCE[] = {"no_credential", "status_user", "open_path", "status*"};
    static const char *const ORDERS[] = {"", "|gt", "|gte", "|lt", "|lte", "|neq"};
    static const char *const NETWORKS[] = {"192.0.2.1",   "2001:db8::1",   "192.0.2.0/24",
                                           "192.0.0.0/9", "2001:db8::/32", "::/0"};
    switch (below(11)) {
    case 10: fprintf(out, "source.forbidden%s: %u", ORDERS[below(6)], 3 + below(4)); break;
    case 0: fprintf(out, "auth.state%s: %s", below(4) ? "" : "|neq", STATES[below(5)]); break;
    case 1: fprintf(out, "auth.evidence: [%s, %s]", EVIDENCE[below(4)], EVIDENCE[below(4)]); break;
    case 2: fprintf(out, "http.status%s: %u", ORDERS[below(6)], 400 + below(4)); break;
    case 3: fprintf(out, "%s: null", TEXTS[below(3)]); break;
    case 4: fprintf(out, "auth.ordinary: [regular, %s]", below(2) ? "join" : "''"); break;
    case 5:
        if (below(2))
            fprintf(out, "src_ip: [%s, '%s']", NETWORKS[below(2)], NETWORKS[below(2)]);
        else
            fprintf(out, "src_ip|cidr: ['%s', '%s']", NETWORKS[below(6)], NETWORKS[below(6)]);
        break;
    case 6: fprintf(out, "%s|exists: %s", TEXTS[below(3)], below(2) ? "true" : "false"); break;
    default: {
        const char *form = FORMS[below(8)];
        fprintf(out, "%s%s: [", TEXTS[below(3)], form);
        for (unsigned i = below(4) + 1; i > 0; i--) {
            char value[12];
            random_text(value, 5, strcmp(form, "|re") == 0 ? "abAB" : "abAB*?");
            fprintf(out, "'a%s'%s", value, i > 1 ? ", " : "");
        }
        fputs("]", out);
    }
    }
}

static void write_condition(FILE *out, unsigned depth)
{
    switch (depth ? below(5) : 0) {
    case 0: fprintf(out, "s%u", below(4)); break;
    case 1:
        fputs("not ", out);
        write_condition(out, depth - 1);
        break;
    case 2: fputs(below(2) ? "1 of s*" : "all of s*", out); break;
    default:
        fputs("(", out);
        write_condition(out, depth - 1);
        fputs(below(2) ? " and " : " or ", out);
        write_condition(out, depth - 1);
        fputs(")", out);
    }
}

static char *random_rules(unsigned count)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    for (unsigned i = 0; i < count; i++) {
        fprintf(out,
                "---\ntitle: R\nid: 00000000-0000-4000-8000-%012u\nlevel: low\nlogsource: {product: kubernetes}\n%s", i,
                below(3) ? "" : "ordinary: excluded\n");
        fputs("detection:\n", out);
        for (unsigned s = 0; s < 4; s++) {
            fprintf(out, "  s%u:\n", s);
            for (unsigned f = below(2) + 1; f > 0; f--) {
                fputs("    - ", out); /* a list of maps of one field: the same field may come twice */
                write_field(out);
                fputs("\n", out);
            }
        }
        fputs("  condition: ", out);
        write_condition(out, 4);
        fputs("\n", out);
    }
    fclose(out);
    return text;
}

static struct exchange *random_event(struct event_room *room)
{
    struct exchange *x = exchange_begin(room);
    char text[16];
    struct text *const texts[] = {&x->target, &x->agent, &x->verb};
    for (size_t i = 0; i < 3; i++) {
        random_text(text, 8, "abAB");
        *texts[i] = event_add_text(&x->event, slice_of(text), 64);
    }
    static const uint8_t IPS[][16] = {
        {[10] = 0xFF, [11] = 0xFF, 192, 0, 2, 1},   {[10] = 0xFF, [11] = 0xFF, 192, 0, 2, 9},
        {[10] = 0xFF, [11] = 0xFF, 192, 127, 0, 1}, {[10] = 0xFF, [11] = 0xFF, 193, 0, 2, 1},
        {0x20, 0x01, 0x0D, 0xB8, [15] = 1},         {0x20, 0x01, 0x0D, 0xB9}};
    memcpy(x->event.client.ip, IPS[below(6)], 16);
    x->status = (uint16_t)(below(5) ? 400 + below(4) : 0);
    x->auth_state = (uint8_t)below(AUTH_STATES);
    x->auth_evidence = below(1 << 6);
    x->source.forbidden = below(8);
    x->ordinary = (uint8_t)(below(2) ? below(ORDINARIES) : 0);
    return x;
}

static void make_unknown(struct event *e)
{
    static const enum event_field_id FIELDS[] = {EVENT_HTTP_URL,    EVENT_HTTP_USER_AGENT, EVENT_KUBE_VERB,
                                                 EVENT_HTTP_STATUS, EVENT_AUTH_STATE,      EVENT_AUTH_EVIDENCE,
                                                 EVENT_SRC_IP};
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) {
        if (!below(3))
            event_set_unknown(e, FIELDS[i]);
    }
}

/* rule_set_match() fires what the trees mean, databases and what is remembered or not. */
static void check_match(const struct rule_set *set, struct rule_scratch *scratch, const struct exchange *x, bool *fires)
{
    const struct rule *const *fired;
    size_t count = rule_set_match(set, scratch, &x->event, &fired), at = 0;
    for (size_t i = 0; i < rule_set_count(set); i++) {
        const struct rule *rule = rule_set_at(set, i);
        bool silent = rule->about.ordinary_excluded && x->ordinary;
        enum truth slow = rule_evaluate_slowly(rule->condition, scratch, &x->event);
        assert_int_equal(rule_evaluate_node(rule->condition, scratch, &x->event), slow);
        fires[i] = at < count && fired[at] == rule;
        at += fires[i];
        assert_int_equal(fires[i], !silent && slow == IS_TRUE);
    }
    assert_int_equal(at, count);
}

static void short_ways_agree_and_ignorance_is_safe(void **unused)
{
    (void)unused;
    enum { RULES = 90, EVENTS = 60, FEW = 3 };
    size_t all = 0, lost = 0;
    for (unsigned round = 0; round < 400; round++) {
        /* Few rules look at little, and what they look at comes again. */
        size_t rules = round % 10 ? FEW : RULES;
        char *said, *text = random_rules((unsigned)rules);
        struct rule_set *set = load(text, &said);
        if (!set)
            fail_msg("%s", said);
        struct rule_scratch *scratch = rule_scratch_new(set);
        for (unsigned i = 0; i < EVENTS; i++) {
            struct event_room room;
            bool known[RULES], less[RULES];
            struct exchange *x = random_event(&room);
            enum truth before[RULES];
            check_match(set, scratch, x, known);
            for (size_t r = 0; r < rules; r++)
                before[r] = rule_evaluate_slowly(rule_set_at(set, r)->condition, scratch, &x->event);
            make_unknown(&x->event);
            check_match(set, scratch, x, less);
            for (size_t r = 0; r < rules; r++) {
                enum truth after = rule_evaluate_slowly(rule_set_at(set, r)->condition, scratch, &x->event);
                assert_true(after == IS_UNKNOWN || after == before[r]);
                all += known[r];
                lost += known[r] && !less[r];
            }
        }
        rule_scratch_free(scratch);
        rule_set_free(set);
        free(said);
        free(text);
    }
    assert_true(all > 10000 && lost > 1000 && lost < all); /* there was something to see */
}

/* Texts that come again, and texts that are like others at both ends: short, and too long to be kept. The count of
 * events begins anew on the way. */
static void answers_are_of_their_text(void **unused)
{
    (void)unused;
    static const unsigned SIZES[] = {1, 2, 3, 4, 5, 7, 8, 9, 15, 24, 119, 120, 121, 200};
    char *text, *said;
    size_t size, fires = 0;
    FILE *out = open_memstream(&text, &size);
    for (unsigned i = 0; i < 2 * sizeof SIZES / sizeof *SIZES; i++) {
        fprintf(out, "---\ntitle: R\nid: 00000000-0000-4000-8000-%012u\nlevel: low\nlogsource: {product: kubernetes}\n",
                i);
        fprintf(out, "detection:\n  s: {http.%s: '", i & 1 ? "url" : "http_user_agent");
        for (unsigned n = 0; n < SIZES[i / 2]; n++)
            putc(n == SIZES[i / 2] / 3 ? 'b' : 'a', out);
        fputs("'}\n  condition: s\n", out);
    }
    fclose(out);
    struct rule_set *set = load(text, &said);
    assert_non_null(set);
    struct rule_scratch *scratch = rule_scratch_new(set);
    scratch->text->now = UINT32_MAX - 1000;
    for (unsigned i = 0; i < 4000; i++) {
        struct event_room room;
        struct exchange *x = exchange_begin(&room);
        for (unsigned t = 0; t < 2; t++) {
            char said_here[256];
            size_t length = below(8) ? SIZES[below(sizeof SIZES / sizeof *SIZES)] : 0;
            memset(said_here, 'a', sizeof said_here);
            if (length && below(4))
                said_here[below(2) ? length / 3 : below((unsigned)length)] = 'b';
            *(t ? &x->target : &x->agent) =
                event_add_text(&x->event, (struct slice){(const uint8_t *)said_here, length}, 256);
        }
        bool fired[2 * sizeof SIZES / sizeof *SIZES];
        check_match(set, scratch, x, fired);
        for (size_t r = 0; r < rule_set_count(set); r++)
            fires += fired[r];
    }
    assert_in_range(fires, 1000, 7000);
    rule_scratch_free(scratch);
    rule_set_free(set);
    free(said);
    free(text);
}

/* More thresholds over one field than are kept as bounds. */
static void many_thresholds_are_told_apart(void **unused)
{
    (void)unused;
    static const char *const ORDERS[] = {"", "|gt", "|gte", "|lt", "|lte", "|neq"};
    static const char *const FIELDS[] = {"http.status", "source.forbidden"}; /* small, and kept by bounds */
    for (unsigned i = 0; i < 12; i++) {
        bool large = i % 2;
        unsigned thresholds = 20 * (i / 2 + 1);
        char *text, *said;
        size_t size, fires = 0;
        FILE *out = open_memstream(&text, &size);
        for (unsigned t = 0; t < thresholds; t++) {
            fprintf(out,
                    "---\ntitle: R\nid: 00000000-0000-4000-8000-%012u\nlevel: low\nlogsource: {product: kubernetes}\n",
                    t);
            fprintf(out, "detection:\n  s: {%s%s: %u}\n  condition: %ss\n", FIELDS[large], ORDERS[t % 6], 100 + 3 * t,
                    t & 8 ? "not " : "");
        }
        fclose(out);
        struct rule_set *set = load(text, &said);
        assert_non_null(set);
        struct rule_scratch *scratch = rule_scratch_new(set);
        for (unsigned status = 0; status < 600; status++) {
            struct event_room room;
            bool fired[120];
            struct exchange *x = exchange_begin(&room);
            x->status = (uint16_t)(large ? 0 : status);
            x->source.forbidden = large ? status : 0;
            check_match(set, scratch, x, fired);
            event_set_unknown(&x->event, large ? EVENT_SOURCE_FORBIDDEN : EVENT_HTTP_STATUS);
            for (size_t r = 0; r < thresholds; r++)
                fires += fired[r];
            check_match(set, scratch, x, fired);
            for (size_t r = 0; r < thresholds; r++)
                assert_false(fired[r]);
        }
        assert_true(fires > 1000);
        rule_scratch_free(scratch);
        rule_set_free(set);
        free(said);
        free(text);
    }
}

/* Two counts, and where each lies between thresholds. */
static void counts_are_told_apart(void **unused)
{
    (void)unused;
    char *text, *said;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    for (unsigned i = 0; i < 8; i++) {
        fprintf(out, "---\ntitle: R\nid: 00000000-0000-4000-8000-%012u\nlevel: low\nlogsource: {product: kubernetes}\n",
                i);
        fprintf(out, "detection:\n  s: {source.%s|gte: %u}\n  condition: s\n", i & 1 ? "rejected" : "forbidden",
                2 + i / 2);
    }
    fclose(out);
    struct rule_set *set = load(text, &said);
    assert_non_null(set);
    struct rule_scratch *scratch = rule_scratch_new(set);
    for (unsigned i = 0; i < 4000; i++) {
        struct event_room room;
        bool fired[8];
        struct exchange *x = exchange_begin(&room);
        x->source.forbidden = below(8);
        x->source.rejected = below(8);
        check_match(set, scratch, x, fired);
    }
    rule_scratch_free(scratch);
    rule_set_free(set);
    free(said);
    free(text);
}

/* Hundreds of values over one field, of all forms: what the database finds is what each of them says. */
static void many_values_are_found(void **unused)
{
    (void)unused;
    enum { VALUES = 400 };
    char *text, *said;
    size_t size, fires = 0;
    FILE *out = open_memstream(&text, &size);
    for (unsigned i = 0; i < VALUES; i++) {
        static const char *const FORMS[] = {"", "|contains", "|startswith", "|endswith", "|contains|cased"};
        char value[24];
        random_text(value, 18, "abcABC*?");
        fprintf(out, "---\ntitle: R\nid: 00000000-0000-4000-8000-%012u\nlevel: low\nlogsource: {product: kubernetes}\n",
                i);
        fprintf(out, "detection:\n  s: {http.url%s: '%sa'}\n  condition: s\n", FORMS[below(5)], value);
    }
    fclose(out);
    struct rule_set *set = load(text, &said);
    assert_non_null(set);
    struct rule_scratch *scratch = rule_scratch_new(set);
    for (unsigned i = 0; i < 2000; i++) {
        struct event_room room;
        struct exchange *x = exchange_begin(&room);
        char url[64];
        random_text(url, 40, i & 1 ? "abcABC" : "aA");
        x->target = event_add_text(&x->event, slice_of(url), 64);
        bool fired[VALUES];
        check_match(set, scratch, x, fired);
        for (size_t r = 0; r < VALUES; r++)
            fires += fired[r];
    }
    assert_true(fires > 1000);
    rule_scratch_free(scratch);
    rule_set_free(set);
    free(said);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_fit_as_defined),   cmocka_unit_test(short_ways_agree_and_ignorance_is_safe),
        cmocka_unit_test(answers_are_of_their_text), cmocka_unit_test(many_thresholds_are_told_apart),
        cmocka_unit_test(counts_are_told_apart),     cmocka_unit_test(many_values_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
