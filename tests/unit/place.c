/* Who asked: of the peer, the PROXY line and X-Forwarded-For, by what the cluster map says of each. */
#include "sensor/detect/place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/packet/address.h"
#include "sensor/detect/cluster_map.h"
#include "sensor/event/field.h"

static const char MAP[] = "fronts:\n"
                          "  - {address: 192.0.2.1, says: x-forwarded-for}\n"
                          "  - {address: 192.0.2.2, says: proxy-protocol}\n"
                          "  - {address: 192.0.2.3, says: [proxy-protocol, x-forwarded-for]}\n";

static struct cluster_map *map_of(const char *text)
{
    struct complaint_list *complaints = complaint_list_new();
    struct cluster_map *m = cluster_map_new();
    FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    cluster_map_add_file(m, file, "map", complaints);
    fclose(file);
    assert_true(cluster_map_finish(m, complaints));
    complaint_list_free(complaints);
    return m;
}

/* "?": lost. "": there is none. Else whom it names, "itself" or "nobody". */
static struct cluster_map *map(void)
{
    return map_of(MAP);
}

static void set_line(struct event *e, const char *line)
{
    if (!*line)
        e->proxied = PROXIED_NOT;
    else if (strcmp(line, "?") == 0)
        e->proxied = PROXIED_LOST;
    else if (strcmp(line, "itself") == 0)
        e->proxied = PROXIED_ITSELF;
    else if (strcmp(line, "nobody") == 0)
        e->proxied = PROXIED_NOBODY;
    else
        e->proxied = PROXIED_CLIENT;
    if (e->proxied == PROXIED_CLIENT)
        assert_true(address_parse(slice_of(line), e->proxied_for));
}

struct ask {
    const char *peer, *line, *header, *source, *claimed; /* claimed "?": unknown */
    enum front front;
};

static struct event_room room;

static struct exchange *asked(const struct ask *a)
{
    struct exchange *x = exchange_begin(&room);
    x->request = SEEN_WHOLE;
    assert_true(address_parse(slice_of(a->peer), x->event.client.ip));
    x->event.client.port = 4711;
    set_line(&x->event, a->line);
    x->event.forwarded_for = event_add_text(&x->event, slice_of(a->header), 512);
    return x;
}

static void is_text(const struct event *e, struct text t, const char *expected)
{
    struct slice s = event_text(e, t);
    if (!slice_is(s, expected))
        fail_msg("found \"%.*s\", expected \"%s\"", (int)s.size, (const char *)s.data, expected);
}

static void check(const struct cluster_map *m, const struct ask *a)
{
    struct places places = {.map = m};
    struct exchange *x = asked(a);
    place_exchange(&places, x, NULL);
    uint8_t source[16];
    assert_true(address_parse(slice_of(a->source), source));
    if (memcmp(x->event.client.ip, source, sizeof source) != 0)
        fail_msg("peer %s, line \"%s\", header \"%s\": the source is not %s", a->peer, a->line, a->header, a->source);
    assert_int_equal(x->event.client.port, 4711);
    assert_int_equal(x->front, a->front);
    bool unknown = event_is_unknown(&x->event, EVENT_FORWARDED_FOR);
    assert_int_equal(unknown, strcmp(a->claimed, "?") == 0);
    if (!unknown)
        is_text(&x->event, x->event.forwarded_for, a->claimed);
    is_text(&x->event, x->via, strcmp(a->source, a->peer) != 0 ? a->peer : "");
    uint8_t peer[16];
    assert_true(address_parse(slice_of(a->peer), peer));
    assert_int_equal(x->placed, x->via.size != 0);
    assert_true(!x->placed || memcmp(x->peer, peer, sizeof peer) == 0);
}

#define ONE  "203.0.113.1"
#define TWO  "203.0.113.2"
#define HEAD "192.0.2.1" /* says X-Forwarded-For */
#define LINE "192.0.2.2" /* says PROXY lines */
#define BOTH "192.0.2.3"
#define SELF "192.0.2.9" /* is in no map */

static void who_asks(void **state)
{
    (void)state;
    static const struct ask asks[] = {
        /* nobody is believed who is not in the map */
        {SELF, "", "", SELF, "", FRONT_NOT},
        {SELF, ONE, "", SELF, ONE, FRONT_SUSPECTED},
        {SELF, ONE, TWO, SELF, TWO ", " ONE, FRONT_SUSPECTED},
        {SELF, "nobody", "", SELF, "", FRONT_SUSPECTED},
        {SELF, "itself", "", SELF, "", FRONT_NOT},
        {SELF, "?", "", SELF, "?", FRONT_NOT},
        {SELF, "?", TWO, SELF, TWO, FRONT_SUSPECTED},
        {SELF, LINE, TWO, SELF, TWO ", " LINE, FRONT_SUSPECTED},
        /* a front says by what it is believed */
        {LINE, ONE, "", ONE, ONE, FRONT_CONFIGURED},
        {LINE, "2001:db8::1", "", "2001:db8::1", "2001:db8::1", FRONT_CONFIGURED},
        {LINE, ONE, TWO, ONE, TWO ", " ONE, FRONT_CONFIGURED},
        {LINE, "", TWO, LINE, TWO, FRONT_CONFIGURED},
        {LINE, "itself", TWO, LINE, TWO, FRONT_CONFIGURED},
        {LINE, "nobody", TWO, LINE, TWO, FRONT_CONFIGURED},
        {HEAD, "", TWO, TWO, TWO, FRONT_CONFIGURED},
        {HEAD, ONE, TWO, TWO, TWO ", " ONE, FRONT_CONFIGURED},
        {HEAD, ONE, "", HEAD, ONE, FRONT_CONFIGURED},
        {HEAD, "?", TWO, TWO, TWO, FRONT_CONFIGURED},
        /* both: the line is nearer, and the header is the client's own unless that is a front */
        {BOTH, ONE, TWO, ONE, TWO ", " ONE, FRONT_CONFIGURED},
        {BOTH, "", TWO, TWO, TWO, FRONT_CONFIGURED},
        {BOTH, "nobody", TWO, BOTH, TWO, FRONT_CONFIGURED},
        {BOTH, "itself", TWO, BOTH, TWO, FRONT_CONFIGURED},
        /* a chain */
        {LINE, HEAD, TWO, TWO, TWO ", " HEAD, FRONT_CONFIGURED},
        {LINE, HEAD, "", HEAD, HEAD, FRONT_CONFIGURED},
        {LINE, HEAD, "unknown", HEAD, "unknown, " HEAD, FRONT_CONFIGURED},
        {LINE, HEAD, ONE ", " TWO ", " HEAD, TWO, ONE ", " TWO ", " HEAD ", " HEAD, FRONT_CONFIGURED},
        /* what was lost says nothing, and the header may be the client's own */
        {LINE, "?", "", LINE, "?", FRONT_UNNAMED},
        {LINE, "?", TWO, LINE, "?", FRONT_UNNAMED},
        {BOTH, "?", TWO, BOTH, "?", FRONT_UNNAMED},
    };
    struct cluster_map *m = map();
    for (size_t i = 0; i < sizeof asks / sizeof *asks; i++)
        check(m, &asks[i]);
    cluster_map_free(m);
    /* Without a map there is no front. */
    check(NULL, &(struct ask){LINE, ONE, TWO, LINE, TWO ", " ONE, FRONT_SUSPECTED});
}

/* Of a header that was read in part its end may be missing: the line that the front added. */
static void part_of_a_header(void **state)
{
    (void)state;
    struct cluster_map *m = map();
    struct places places = {.map = m};
    static const struct ask ask = {HEAD, "", TWO, TWO, TWO, FRONT_CONFIGURED};
    check(m, &ask);
    for (int how = 0; how < 4; how++) {
        struct exchange *x = asked(&ask);
        if (how == 0)
            x->request = SEEN_PART;
        else if (how == 1)
            x->signs |= UINT32_C(1) << SIGN_UNKNOWN_FIELD;
        else if (how == 2)
            x->signs |= UINT32_C(1) << SIGN_UNKNOWN_NAME;
        else
            event_set_unknown(&x->event, EVENT_FORWARDED_FOR);
        place_exchange(&places, x, NULL);
        assert_int_equal(x->event.client.ip[15], 1);
        assert_int_equal(x->front, FRONT_UNNAMED);
        is_text(&x->event, x->via, "");
    }
    cluster_map_free(m);
}

/* With a line that may have been lost, the Via header is not the front's address that would stand there. */
static void via_is_unknown_with_the_line(void **state)
{
    (void)state;
    struct cluster_map *m = map();
    struct places places = {.map = m};
    static const struct ask ask = {LINE, "?", "", LINE, "?", FRONT_CONFIGURED};
    for (int front = 0; front < 2; front++) {
        struct exchange *x = asked(&ask);
        if (!front)
            x->event.client.ip[15] = 9;
        x->via = event_add_text(&x->event, slice_of("1.1 x"), 512);
        place_exchange(&places, x, NULL);
        assert_int_equal(event_is_unknown(&x->event, EVENT_FORWARDED_VIA), front);
    }
    cluster_map_free(m);
}

/* Of a long list the end is kept, and the record says so; where there is no room for it, it is not known. */
static void long_lists(void **state)
{
    (void)state;
    char header[513];
    memset(header, 'a', 512);
    header[512] = '\0';
    struct ask ask = {SELF, "2001:db8::1", header, SELF, "", FRONT_SUSPECTED};
    struct exchange *x = asked(&ask);
    place_claims(&x->event);
    struct slice list = event_text(&x->event, x->event.forwarded_for);
    assert_int_equal(list.size, 512);
    assert_true(slice_is(slice_part(list, 512 - 14, 512), "a, 2001:db8::1"));
    assert_true(x->event.cut);
    header[512 - 13] = '\0';
    x = asked(&ask);
    place_claims(&x->event);
    assert_int_equal(x->event.forwarded_for.size, 512);
    assert_false(x->event.cut);
    for (size_t room_left = 10; room_left < 13; room_left++) {
        ask.header = "";
        x = asked(&ask);
        x->event.size = (uint16_t)(EVENT_MAX - room_left);
        place_claims(&x->event);
        assert_int_equal(event_is_unknown(&x->event, EVENT_FORWARDED_FOR), room_left < 11);
        is_text(&x->event, x->event.forwarded_for, room_left < 11 ? "" : "2001:db8::1");
    }
}

/* Which cluster an endpoint belongs to that the map does not have is what the client asks for, and no more than that.
 */
static void asked_by_name(void **state)
{
    (void)state;
    struct cluster_map *m = map_of("clusters:\n"
                                   "  one: {endpoints: [192.0.2.1], server-names: one.example}\n"
                                   "  two: {server-names: ['*.two.example']}\n");
    static const struct {
        const char *server, *sni, *host, *cluster;
        bool configured;
    } ASKED[] = {
        {"192.0.2.1", "", "", "one", true},
        {"192.0.2.1", "a.two.example", "a.two.example", "one", true},
        {"192.0.2.2", "", "", "", false},
        {"192.0.2.2", "One.Example", "", "one", false},
        {"192.0.2.2", "", "one.example", "one", false},
        {"192.0.2.2", "", "one.example:6443", "one", false},
        {"192.0.2.2", "a.two.example", "one.example", "two", false},
        {"192.0.2.2", "other.example", "one.example", "one", false},
        {"192.0.2.2", "", "two.example", "", false},
        {"192.0.2.2", "", ":6443", "", false},
    };
    struct places places = {.map = m};
    for (size_t i = 0; i < sizeof ASKED / sizeof *ASKED; i++) {
        struct event_room record;
        struct exchange *x = exchange_begin(&record);
        assert_true(address_parse(slice_of(ASKED[i].server), x->event.server.ip));
        x->event.server.port = 6443;
        x->event.tls.texts[TLS_TEXT_SNI] = event_add_text(&x->event, slice_of(ASKED[i].sni), 64);
        x->host = event_add_text(&x->event, slice_of(ASKED[i].host), 64);
        const struct cluster *cluster = place_of(&places, &x->event);
        if (strcmp(cluster ? cluster->name : "", ASKED[i].cluster) != 0)
            fail_msg("%s \"%s\" \"%s\": expected \"%s\"", ASKED[i].server, ASKED[i].sni, ASKED[i].host,
                     ASKED[i].cluster);
        assert_int_equal(place_is_configured(&places, &x->event), ASKED[i].configured);
    }
    cluster_map_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_asks),
        cmocka_unit_test(part_of_a_header),
        cmocka_unit_test(via_is_unknown_with_the_line),
        cmocka_unit_test(long_lists),
        cmocka_unit_test(asked_by_name),
    };
    return cmocka_run_group_tests_name("place", tests, NULL, NULL);
}
