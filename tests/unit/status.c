#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/kube/status.h"

#define HEAD "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":\""
#define TAIL                                                                                                           \
    "\",\"reason\":\"Forbidden\",\"details\":{\"kind\":\"pods\",\"causes\":[{\"reason\":\"x\"}]},\"code\":403}\n"

struct row {
    const char *body;
    bool is_status;
    unsigned code; /* what the protobuf form of it bears */
    const char *reason, *user;
    bool impersonation;
};

static const struct row rows[] = {
    {HEAD "pods is forbidden: User \\\"system:anonymous\\\" cannot list resource \\\"pods\\\" in API group \\\"\\\" at "
          "the cluster scope" TAIL,
     true, 403, "Forbidden", "system:anonymous", false},
    {HEAD
     "secrets \\\"s\\\" is forbidden: User \\\"eve\\\" cannot get resource \\\"secrets\\\" in API group \\\"\\\" in "
     "the namespace \\\"x\\\": RBAC: role \\\"r\\\" not found" TAIL,
     true, 403, "Forbidden", "eve", false},
    {HEAD "forbidden: User \\\"system:anonymous\\\" cannot get path \\\"/metrics\\\"" TAIL, true, 403, "Forbidden",
     "system:anonymous", false},
    {HEAD "users \\\"root\\\" is forbidden: User \\\"bot\\\" cannot impersonate resource \\\"users\\\" in API group "
          "\\\"\\\" at the cluster scope" TAIL,
     true, 403, "Forbidden", "bot", true},
    /* Constrained impersonation, of 1.35: the mode in the verb, and the object that was asked for. */
    {HEAD
     "pods \\\"foo\\\" is forbidden: User \\\"bot\\\" cannot impersonate-on:user-info:create resource \\\"pods\\\" in "
     "API group \\\"\\\" in the namespace \\\"bar\\\": deny by default" TAIL,
     true, 403, "Forbidden", "bot", true},
    {HEAD "forbidden: User \\\"bot\\\" cannot impersonate-on:serviceaccount:get path \\\"/metrics\\\"" TAIL, true, 403,
     "Forbidden", "bot", true},
    {HEAD
     "nodes \\\"n\\\" is forbidden: User \\\"bot\\\" cannot impersonate:arbitrary-node resource \\\"nodes\\\" in API "
     "group \\\"authentication.k8s.io\\\" at the cluster scope" TAIL,
     true, 403, "Forbidden", "bot", true},
    /* Before 1.12. */
    {HEAD "users \\\"root\\\" is forbidden: User \\\"bot\\\" cannot impersonate users at the cluster scope." TAIL, true,
     403, "Forbidden", "bot", true},
    /* A method of that name, which is refused to whom it impersonates; and words that begin so. */
    {HEAD "forbidden: User \\\"bot\\\" cannot impersonate path \\\"/metrics\\\"" TAIL, true, 403, "Forbidden", "bot",
     false},
    {HEAD "forbidden: User \\\"bot\\\" cannot impersonates resource \\\"x\\\"" TAIL, true, 403, "Forbidden", "bot",
     false},
    {HEAD "forbidden: User \\\"bot\\\" cannot impersonate-one path \\\"/\\\"" TAIL, true, 403, "Forbidden", "bot",
     false},
    /* Names as strconv.Quote writes them, and then as JSON does. */
    {HEAD
     "forbidden: User \\\"a\\\\\\\"b\\\\\\\\c\\\\t\\\\x01\\\\u00e9\\\\U0001f600 \\u003cd\\u003e\\\" cannot get path "
     "\\\"/\\\"" TAIL,
     true, 403, "Forbidden", "a\"b\\c\t\x01\xC3\xA9\xF0\x9F\x98\x80 <d>", false},
    /* What looks like HTML is written as HTML writes it. */
    {HEAD
     "forbidden: User \\\"Tom \\u0026amp; Jo \\u0026lt;x\\u0026gt; \\u0026amp;lt; \\u0026quot;\\\" cannot get path "
     "\\\"/\\\"" TAIL,
     true, 403, "Forbidden", "Tom & Jo <x> &lt; &quot;", false},
    {HEAD "forbidden: User \\\"\\u0026amp;\\u0026amp\\u0026\\\" cannot get path \\\"/\\\"" TAIL, true, 403, "Forbidden",
     "&&amp&", false},
    {HEAD "forbidden: User \\\"\\\" cannot get path \\\"/\\\"" TAIL, true, 403, "Forbidden", "", false},
    /* A path that plays the server: the resource comes unquoted, the real clause last. */
    {HEAD
     "x is forbidden: User \\\"root\\\" cannot list resource \\\"x\\\" in API group \\\"\\\" at the cluster scope is "
     "forbidden: User \\\"system:anonymous\\\" cannot list resource \\\"x is forbidden: User \\\\\\\"root\\\\\\\" "
     "cannot list\\\" in API group \\\"\\\" at the cluster scope" TAIL,
     true, 403, "Forbidden", "system:anonymous", false},
    {HEAD
     "x is forbidden: User \\\"root\\\" cannot impersonate y is forbidden: User \\\"system:anonymous\\\" cannot list "
     "resource \\\"z\\\"" TAIL,
     true, 403, "Forbidden", "system:anonymous", false},
    /* No authorizer spoke. */
    {HEAD "pods \\\"p\\\" is forbidden: exceeded quota" TAIL, true, 403, "Forbidden", "", false},
    {HEAD "forbidden: User \\\"eve cannot get path" TAIL, true, 403, "Forbidden", "", false},
    {HEAD "forbidden: User \\\"eve\\\" may not get path" TAIL, true, 403, "Forbidden", "", false},
    {HEAD "forbidden: User \\\"e\\\\qve\\\" cannot get" TAIL, true, 403, "Forbidden", "", false},
    {HEAD "Unauthorized\",\"reason\":\"Unauthorized\",\"code\":401}", true, 401, "Unauthorized", "", false},
    {HEAD "forbidden: User \\\"eve\\\" cannot get path\",\"reason\":\"NotFound\",\"code\":404}", true, 404, "NotFound",
     "", false},
    {"{\"kind\":\"Status\",\"reason\":\"Forbidden\",\"message\":\"x is forbidden: User \\\"root\\\" cannot impersonate "
     "x is "
     "forbidden: User \\\"b\\\\xffot\\\" cannot get\"}",
     true, 0, "Forbidden", "b\xFFot", false},
    {"{\"metadata\":{},\"code\":409,\"reason\":\"Conflict\",\"kind\":\"Status\"}", true, 409, "Conflict", "", false},
    {"{\"kind\":\"Status\",\"code\":70000,\"reason\":7,\"metadata\":{\"code\":1,\"reason\":\"r\"}}", true, 0, "", "",
     false},
    {"{\"kind\":\"Status\",\"code\":4.5}", true, 0, "", "", false},
    {"{\"kind\":\"Status\",\"code\":-1}", true, 0, "", "", false},
    /* The first of each counts: a beginning never says other than the whole. */
    {"{\"kind\":\"Status\",\"code\":1,\"code\":2,\"reason\":\"a\",\"reason\":\"b\",\"kind\":\"Pod\"}", true, 1, "a", "",
     false},
    {"{\"kind\":\"Pod\",\"reason\":\"Forbidden\",\"code\":403,\"kind\":\"Status\"}", false, 0, "", "", false},
    {"{\"kind\":\"PodList\",\"items\":[{\"kind\":\"Status\",\"code\":403}],\"reason\":\"r\"}", false, 0, "", "", false},
    {"[{\"kind\":\"Status\",\"code\":403}]", false, 0, "", "", false},
    {"[\"kind\",\"Status\"]", false, 0, "", "", false},
    {"<html>", false, 0, "", "", false},
    {"", false, 0, "", "", false},
};

static void read_exact(struct status *s, struct slice body)
{
    uint8_t *copy = malloc(body.size + (body.size == 0));
    memcpy(copy, body.data, body.size);
    memset(s, 0x5A, sizeof *s);
    status_read(s, (struct slice){copy, body.size});
    free(copy);
}

static bool user_is(const struct status *s, const char *user)
{
    return slice_is((struct slice){(const uint8_t *)s->user, s->user_size}, user);
}

static bool reason_is(const struct status *s, const char *reason)
{
    return slice_is((struct slice){(const uint8_t *)s->reason, s->reason_size}, reason);
}

static void check(const struct status *s, const struct row *r)
{
    if (s->is_status != r->is_status || !reason_is(s, r->reason) || !user_is(s, r->user) ||
        s->impersonation_refused != r->impersonation)
        fail_msg("%s: %d %.*s %.*s", r->body, s->is_status, s->reason_size, s->reason, s->user_size, s->user);
}

/* Each fact of a beginning is that of the whole, or absent. */
static void check_beginnings(struct slice body)
{
    struct status all, some;
    read_exact(&all, body);
    for (size_t size = 0; size < body.size; size++) {
        read_exact(&some, slice_part(body, 0, size));
        assert_true(!some.is_status || all.is_status);
        assert_true(!some.impersonation_refused || all.impersonation_refused);
        assert_true(!some.own_401 || all.own_401);
        assert_true(!some.other_401 || all.other_401);
        assert_true(some.reason_size == 0 || some.reason_size == all.reason_size);
        assert_memory_equal(some.reason, all.reason, some.reason_size);
        assert_true(some.user_size == 0 || some.user_size == all.user_size);
        assert_memory_equal(some.user, all.user, some.user_size);
        assert_true(some.is_status || (some.reason_size == 0 && some.user_size == 0));
    }
}

/* The server's own 401 says just that; one that it was answered itself, more. */
static void tells_whose_refusal_it_is(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        bool own, other;
    } refusals[] = {
        {HEAD "Unauthorized\",\"reason\":\"Unauthorized\",\"code\":401}", true, false},
        {HEAD "the server has asked for the client to provide credentials ( pods/log p)\",\"reason\":\"Unauthorized\","
              "\"details\":{\"name\":\"p\",\"kind\":\"pods/log\"},\"code\":401}",
         false, true},
        {HEAD "unauthorized\",\"reason\":\"Unauthorized\",\"code\":401}", false, true},
        {HEAD "\",\"reason\":\"Unauthorized\",\"code\":401}", false, true},
        {HEAD "Unauthorized\",\"reason\":\"Forbidden\",\"code\":403}", false, false},
        {HEAD "Unauthorized\",\"code\":401}", false, false},
        {"{\"kind\":\"Status\",\"reason\":\"Unauthorized\",\"code\":401}", false, false},
        {"{\"message\":\"Unauthorized\",\"reason\":\"Unauthorized\",\"code\":401}", false, false},
    };
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct status s;
        read_exact(&s, slice_of(refusals[i].body));
        if (s.own_401 != refusals[i].own || s.other_401 != refusals[i].other)
            fail_msg("%s: %d %d", refusals[i].body, s.own_401, s.other_401);
        check_beginnings(slice_of(refusals[i].body));
    }
}

static void reads_json(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct status s;
        read_exact(&s, slice_of(rows[i].body));
        check(&s, &rows[i]);
        assert_false(s.unread);
        check_beginnings(slice_of(rows[i].body));
    }
}

/* A protobuf encoder for what the server sends. */
struct proto {
    uint8_t bytes[2048];
    size_t size;
};

static void put_varint(struct proto *p, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        p->bytes[p->size++] = (uint8_t)(value | 0x80);
    p->bytes[p->size++] = (uint8_t)value;
}

static void put_bytes(struct proto *p, unsigned number, const void *bytes, size_t size)
{
    put_varint(p, number << 3 | 2);
    put_varint(p, size);
    memcpy(p->bytes + p->size, bytes, size);
    p->size += size;
}

static void put_text(struct proto *p, unsigned number, const char *text)
{
    put_bytes(p, number, text, strlen(text));
}

static void put_envelope(struct proto *p, const char *kind, const char *message, const char *reason, unsigned code)
{
    struct proto type = {.size = 0}, status = {.size = 0};
    put_text(&type, 1, "v1");
    put_text(&type, 2, kind);
    put_bytes(&status, 1, "\x0a\x00\x12\x00\x1a\x00", 6);
    put_text(&status, 2, "Failure");
    put_text(&status, 3, message);
    put_text(&status, 4, reason);
    put_bytes(&status, 5, "\x0a\x00\x12\x00\x1a\x04pods\x28\x00", 12);
    put_varint(&status, 6 << 3);
    put_varint(&status, code);
    *p = (struct proto){.bytes = "k8s", .size = 4};
    put_bytes(p, 1, type.bytes, type.size);
    put_bytes(p, 2, status.bytes, status.size);
    put_text(p, 3, "");
    put_text(p, 4, "");
}

static void reads_protobuf(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *message;
        struct row row;
    } proto_rows[] = {
        {"Status",
         "pods is forbidden: User \"system:anonymous\" cannot list resource \"pods\" in API group \"\" in the "
         "namespace "
         "\"a-namespace-so-long-that-the-length-of-the-message-takes-two-bytes\"",
         {"list", true, 403, "Forbidden", "system:anonymous", false}},
        {"Status",
         "x is forbidden: User \"root\" cannot y is forbidden: User \"bot\" cannot impersonate resource \"users\"",
         {"impersonate", true, 403, "Forbidden", "bot", true}},
        {"Status", "Unauthorized", {"401", true, 401, "Unauthorized", "", false}},
        {"Pod", "forbidden: User \"x\" cannot y", {"other kind", false, 0, "", "", false}},
    };
    for (size_t i = 0; i < sizeof proto_rows / sizeof *proto_rows; i++) {
        const struct row *r = &proto_rows[i].row;
        struct proto p;
        struct status s;
        put_envelope(&p, proto_rows[i].kind, proto_rows[i].message, r->code != 0 ? r->reason : "Forbidden",
                     r->code != 0 ? r->code : 403);
        read_exact(&s, (struct slice){p.bytes, p.size});
        check(&s, r);
        assert_false(s.unread);
        check_beginnings((struct slice){p.bytes, p.size});
    }
}

static void bad_protobuf_is_harmless(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
    } bad[] = {
        {"k8s\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 15},  /* a varint without end */
        {"k8s\0\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01x", 16}, /* a length of 2^64 - 1 */
        {"k8s\0\x0b\x0c", 6},                                       /* groups, which nobody sends */
        {"k8s\0\x0d"
         "1",
         6}, /* half a fixed32 */
        {"k8s\0\x09"
         "1234567",
         12},
        {"k8s\0", 4},
        {"k8s", 3},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct status s;
        read_exact(&s, (struct slice){(const uint8_t *)bad[i].bytes, bad[i].size});
        assert_false(s.is_status);
    }
}

static void long_texts_are_cut(void **state)
{
    (void)state;
    static const char begin[] = HEAD "forbidden: User \\\"", end[] = "\\\" cannot get path" TAIL;
    for (size_t size = STATUS_TEXT_MAX - 1; size < 5000; size += size < STATUS_TEXT_MAX + 1 ? 1 : 1000) {
        char *body = malloc(size + sizeof begin + sizeof end), *name = malloc(size + 1);
        struct status s;
        memset(name, 'n', size);
        name[size] = '\0';
        sprintf(body, "%s%s%s", begin, name, end);
        read_exact(&s, slice_of(body));
        assert_true(s.is_status);
        if (size < 4000) {
            assert_int_equal(s.user_size, size < STATUS_TEXT_MAX ? size : STATUS_TEXT_MAX);
            assert_memory_equal(s.user, name, s.user_size);
            assert_false(s.unread);
            assert_int_equal(s.cut, size > STATUS_TEXT_MAX);
        } else {
            assert_int_equal(s.user_size, 0);
            assert_true(s.unread); /* the message was not read to its end: nobody may conclude that it names no one */
        }
        free(body);
        free(name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_json),         cmocka_unit_test(tells_whose_refusal_it_is),
        cmocka_unit_test(reads_protobuf),     cmocka_unit_test(bad_protobuf_is_harmless),
        cmocka_unit_test(long_texts_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
