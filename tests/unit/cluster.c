#include "sensor/detect/cluster.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/packet/address.h"
#include "sensor/detect/cluster_map.h"

/* Several files, of which none may be wrong. */
static struct cluster_map *map_of(const char *const *files, size_t count)
{
    struct complaint_list *complaints = complaint_list_new();
    struct cluster_map *m = cluster_map_new();
    for (size_t i = 0; i < count; i++) {
        char name[] = {'m', (char)('0' + i), '\0'};
        FILE *file = fmemopen((void *)(uintptr_t)files[i], strlen(files[i]), "r");
        cluster_map_add_file(m, file, name, complaints);
        fclose(file);
    }
    assert_true(cluster_map_finish(m, complaints));
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    complaint_list_print(complaints, out);
    fclose(out);
    assert_string_equal(text, "");
    free(text);
    complaint_list_free(complaints);
    return m;
}

static struct cluster_map *map(const char *text)
{
    return map_of(&text, 1);
}

static const char *whose(const struct cluster_map *m, const char *ip, uint16_t port, unsigned kind, uint32_t id)
{
    struct address a = {.port = port};
    assert_true(address_parse(slice_of(ip), a.ip));
    const struct cluster *c = cluster_of_endpoint(m, &a, kind, id);
    return c != NULL ? c->name : "";
}

static const char *named(const struct cluster_map *m, const char *name)
{
    const struct cluster *c = cluster_of_server_name(m, slice_of(name));
    return c != NULL ? c->name : "";
}

static void endpoints(void **state)
{
    (void)state;
    struct cluster_map *m = map("clusters:\n"
                                "  wide: {endpoints: [198.51.100.0/24, '2001:db8::/32']}\n"
                                "  host: {endpoints: [{address: 198.51.100.7, port: '6443,8443-8445'}]}\n"
                                "  half: {endpoints: [{address: 198.51.100.128/25, port: [443]}]}\n"
                                "  six: {endpoints: ['2001:db8:1::/48']}\n");
    assert_string_equal(whose(m, "198.51.100.1", 1, 0, 0), "wide");
    assert_string_equal(whose(m, "198.51.100.1", 65535, 0, 0), "wide");
    assert_string_equal(whose(m, "198.51.101.1", 443, 0, 0), "");
    assert_string_equal(whose(m, "198.51.100.7", 6443, 0, 0), "host");
    assert_string_equal(whose(m, "198.51.100.7", 8443, 0, 0), "host");
    assert_string_equal(whose(m, "198.51.100.7", 8445, 0, 0), "host");
    /* Where the longer prefix does not have the port the shorter one does. */
    assert_string_equal(whose(m, "198.51.100.7", 8446, 0, 0), "wide");
    assert_string_equal(whose(m, "198.51.100.7", 8442, 0, 0), "wide");
    assert_string_equal(whose(m, "198.51.100.200", 443, 0, 0), "half");
    assert_string_equal(whose(m, "198.51.100.200", 6443, 0, 0), "wide");
    assert_string_equal(whose(m, "2001:db8::1", 443, 0, 0), "wide");
    assert_string_equal(whose(m, "2001:db8:1::1", 443, 0, 0), "six");
    assert_string_equal(whose(m, "2001:db9::1", 443, 0, 0), "");
    assert_string_equal(whose(NULL, "198.51.100.1", 443, 0, 0), "");
    cluster_map_free(m);
}

/* One address for three tenants; a port that is named counts before all ports. */
static void tunnels_and_ports(void **state)
{
    (void)state;
    struct cluster_map *m = map("clusters:\n"
                                "  blue: {endpoints: [{address: 198.51.100.1, tunnel: 7}]}\n"
                                "  green: {endpoints: [{address: 198.51.100.1, tunnel: 8}]}\n"
                                "  none: {endpoints: [198.51.100.1]}\n"
                                "  port: {endpoints: [{address: 198.51.100.1, port: 8443}]}\n");
    assert_string_equal(whose(m, "198.51.100.1", 443, 2, 7), "blue");
    assert_string_equal(whose(m, "198.51.100.1", 8443, 2, 7), "blue");
    assert_string_equal(whose(m, "198.51.100.1", 443, 2, 8), "green");
    assert_string_equal(whose(m, "198.51.100.1", 443, 2, 9), "none");
    assert_string_equal(whose(m, "198.51.100.1", 443, 0, 7), "none"); /* no tunnel, whatever the id is */
    assert_string_equal(whose(m, "198.51.100.1", 8443, 0, 0), "port");
    cluster_map_free(m);
}

static void names(void **state)
{
    (void)state;
    struct cluster_map *m = map("clusters:\n"
                                "  a: {server-names: [API.one.example, '*.example', zz.example]}\n"
                                "  b: {server-names: ['*.one.example', '*.eu-*.example.com.']}\n");
    assert_string_equal(named(m, "api.one.example"), "a");
    assert_string_equal(named(m, "Api.One.Example."), "a");
    assert_string_equal(named(m, "other.one.example"), "b");
    assert_string_equal(named(m, "x.y.one.example"), "b");
    assert_string_equal(named(m, "two.example"), "a");
    assert_string_equal(named(m, "x.eu-west.example.com"), "b");
    assert_string_equal(named(m, "example"), "");
    assert_string_equal(named(m, "api.one.example.org"), "");
    assert_string_equal(named(m, ""), "");
    assert_null(cluster_of_server_name(m, (struct slice){(const uint8_t *)"zz.example\0x", 12}));
    assert_null(cluster_of_server_name(m, (struct slice){(const uint8_t *)"zz.example\0", 11}));
    assert_null(cluster_of_server_name(NULL, slice_of("zz.example")));
    cluster_map_free(m);
}

static const char *why(const struct cluster_map *m, const char *cluster, const char *ip)
{
    uint8_t bytes[16];
    assert_true(address_parse(slice_of(ip), bytes));
    const char *reason = cluster_expects(m, cluster_named(m, cluster), bytes);
    return reason != NULL ? reason : "";
}

static unsigned front(const struct cluster_map *m, const char *cluster, const char *ip)
{
    uint8_t bytes[16];
    assert_true(address_parse(slice_of(ip), bytes));
    return cluster_front(m, cluster_named(m, cluster), bytes);
}

static void expected_and_fronts(void **state)
{
    (void)state;
    struct cluster_map *m =
        map("expected: [{address: 192.0.2.0/24, reason: everywhere}]\n"
            "fronts:\n"
            "  - {address: 203.0.113.1, says: x-forwarded-for}\n"
            "  - {address: 203.0.113.128/25, says: [proxy-protocol, x-forwarded-for]}\n"
            "clusters:\n"
            "  a:\n"
            "    endpoints: [198.51.100.1]\n"
            "    expected: [{address: 192.0.2.7, reason: here}, {address: 192.0.2.0/23, reason: wide}]\n"
            "    fronts: [{address: 203.0.113.1, says: proxy-protocol}, {address: 203.0.113.2, says: "
            "x-forwarded-for}]\n"
            "  b: {endpoints: [198.51.100.2]}\n");
    assert_string_equal(why(m, "a", "192.0.2.7"), "here");
    assert_string_equal(why(m, "a", "192.0.2.8"), "everywhere"); /* longer than the cluster's own */
    assert_string_equal(why(m, "a", "192.0.3.8"), "wide");
    assert_string_equal(why(m, "b", "192.0.2.7"), "everywhere");
    assert_string_equal(why(m, "b", "192.0.3.8"), "");
    assert_string_equal(why(m, "no such", "192.0.2.7"), "everywhere"); /* of no cluster */
    assert_int_equal(front(m, "a", "203.0.113.1"), SAYS_PROXY_LINE);
    assert_int_equal(front(m, "b", "203.0.113.1"), SAYS_FORWARDED_FOR);
    assert_int_equal(front(m, "a", "203.0.113.2"), SAYS_FORWARDED_FOR);
    assert_int_equal(front(m, "b", "203.0.113.2"), 0);
    assert_int_equal(front(m, "", "203.0.113.2"), 0);
    assert_int_equal(front(m, "", "203.0.113.200"), SAYS_PROXY_LINE | SAYS_FORWARDED_FOR);
    assert_int_equal(front(NULL, "", "203.0.113.200"), 0);
    assert_null(cluster_expects(NULL, NULL, (const uint8_t[16]){0}));
    struct cluster_sums whole = cluster_sum(m, NULL), a = cluster_sum(m, cluster_named(m, "a"));
    assert_int_equal(whole.expected * 10 + whole.fronts, 12);
    assert_int_equal(a.endpoints * 1000 + a.server_names * 100 + a.expected * 10 + a.fronts, 1022);
    cluster_map_free(m);
}

static void count_ports(void *owner, uint16_t low, uint16_t high)
{
    snprintf((char *)owner + strlen(owner), 32, "%u-%u ", low, high);
}

static void several_files(void **state)
{
    (void)state;
    static const char *const files[] = {
        "clusters:\n  z: {provider: eks, endpoints: [{address: 198.51.100.2, port: 443}]}\n",
        "# only comments and one cluster\nclusters:\n  a: {server-names: [a.example]}\n  b:\n    endpoints: "
        "[198.51.100.1]\n"};
    struct cluster_map *m = map_of(files, 2);
    assert_int_equal(cluster_count(m), 3);
    assert_int_equal(cluster_count(NULL), 0);
    const struct cluster *c = cluster_at(m, 0);
    assert_string_equal(c->name, "z");
    assert_string_equal(c->provider, "eks");
    assert_string_equal(c->file, "m0");
    assert_int_equal(c->line, 2);
    c = cluster_at(m, 1);
    assert_string_equal(c->name, "a");
    assert_string_equal(c->provider, "");
    assert_string_equal(c->file, "m1");
    assert_int_equal(c->line, 3);
    assert_int_equal(c->number, 1);
    assert_null(cluster_at(m, 3));
    assert_ptr_equal(cluster_named(m, "b"), cluster_at(m, 2));
    assert_int_equal(cluster_at(m, 2)->line, 4); /* its name's */
    assert_null(cluster_named(m, "c"));
    char ports[64] = "";
    cluster_each_port(m, count_ports, ports);
    assert_string_equal(ports, "443-443 ");
    cluster_map_free(m);
}

/* What is wrong across files, and with files as a whole; the rest is in tests/cases/mistakes. */
static void wrong_files(void **state)
{
    (void)state;
    static const struct {
        const char *one, *other, *said;
    } cases[] = {
        {"clusters: {a: {endpoints: [192.0.2.1]}}", "clusters:\n  a: {endpoints: [192.0.2.2]}",
         "m1:2: error: the cluster \"a\" again, expected it once: it is already in line 1 of m0\n"},
        {"clusters: {a: {endpoints: [192.0.2.1]}}", "clusters: {b: {endpoints: [192.0.2.1]}}",
         "m1:1:28: error: the endpoint \"192.0.2.1\" is also one of the cluster \"a\" (m0, line 1), expected it in one "
         "of them\n"},
        {"clusters: {a: {endpoints: [{address: 192.0.2.1, port: 1000-2000}]}}",
         "clusters: {b: {endpoints: [{address: 192.0.2.1, port: [1100-1200, 1500-1600, 2001-3000]}]}}",
         "m1:1:56: error: the endpoint \"192.0.2.1\" is also one of the cluster \"a\" (m0, line 1), expected it in one "
         "of them\n"
         "m1:1:67: error: the endpoint \"192.0.2.1\" is also one of the cluster \"a\" (m0, line 1), expected it in one "
         "of them\n"},
        {"", "# nothing",
         "m0: error: found an empty file, expected a map with clusters, fronts or expected\n"
         "m1: error: found an empty file, expected a map with clusters, fronts or expected\n"},
        {"a text", "[a, list]",
         "m0:1:1: error: found \"a text\" as a cluster map, expected a map with clusters, fronts or expected\n"
         "m1:1:1: error: found a list as a cluster map, expected a map with clusters, fronts or expected\n"},
        {"clusters: {a: {endpoints: [192.0.2.1]}}\n---\nx: y\n", "clusters: {}",
         "m0:3:1: error: found another document, expected one a file\n"
         "m1:1:11: error: found an empty map as clusters, expected a map: a name, and behind it what is the "
         "cluster's\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct complaint_list *complaints = complaint_list_new();
        struct cluster_map *m = cluster_map_new();
        const char *const both[] = {cases[i].one, cases[i].other};
        for (size_t k = 0; k < 2; k++) {
            FILE *file = tmpfile();
            fputs(both[k], file);
            rewind(file);
            cluster_map_add_file(m, file, k == 0 ? "m0" : "m1", complaints);
            fclose(file);
        }
        assert_true(cluster_map_finish(m, complaints));
        char *text;
        size_t size;
        FILE *out = open_memstream(&text, &size);
        complaint_list_print(complaints, out);
        fclose(out);
        assert_string_equal(text, cases[i].said);
        free(text);
        cluster_map_free(m);
        complaint_list_free(complaints);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(endpoints),     cmocka_unit_test(tunnels_and_ports),
                                       cmocka_unit_test(names),         cmocka_unit_test(expected_and_fronts),
                                       cmocka_unit_test(several_files), cmocka_unit_test(wrong_files)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
