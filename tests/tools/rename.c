#include "tests/tools/rename.h"

static const char *const names[][2] = {
    /* agents */
    {"curl/", "wxyz/"},
    {"Fuzz Faster U Fool", "Slow Slower V Sage"},
    {"gobuster", "pqrsvwxy"},
    {"h2load", "j7brin"},
    {"python-requests", "snakes-requires"},
    {"kubectl/", "kubezzz/"},
    {"edges/1", "wedge/2"},
    /* resources and objects */
    {"pods", "qods"},
    {"secrets", "zzzzzzz"},
    {"nodes", "nxxes"},
    {"services", "zervizes"},
    {"payments", "zayments"},
    /* paths of web applications and of scanners' lists */
    {"/.env", "/.zzz"},
    {"/.git", "/.gyy"},
    {"/admin", "/azzzz"},
    {"/console", "/kkkkkkk"},
    {"/dashboard", "/qqqqqqqqq"},
    {"/actuator", "/vvvvvvvv"},
    {"/metrics", "/mettles"},
    {"/login", "/lzzin"},
    {"/logs", "/lyys"},
    {"/stats", "/stxxs"},
    {"/swagger", "/swizzer"},
    {"/ui", "/uq"},
    {"/robots.txt", "/rabats.txt"},
    {"/favicon.ico", "/fxvicon.ico"},
    {"/493cd5c8", "/593cd5c9"},
    {"/index.html", "/imdex.html"},
    {"/folded", "/unbent"},
};

enum { NAMES = sizeof names / sizeof names[0] };

/* Agents by which a scan is known. */
static const char *const scanners[] = {"Fuzz Faster", "gobuster"};

/* What an API server calls its paths, without which it is none. */
static const char *const own[] = {"/api", "/openapi", "/version", "/healthz", "/livez", "/readyz", "/.well-known"};

void rename_bytes(uint8_t *bytes, size_t size)
{
    for (size_t k = 0; k < NAMES; k++) {
        size_t length = strlen(names[k][0]);
        for (size_t at = 0; at + length <= size; at++) {
            if (memcmp(bytes + at, names[k][0], length) == 0)
                memcpy(bytes + at, names[k][1], length);
        }
    }
}

size_t rename_frames(struct frame_list *out, const struct frame_list *in)
{
    return frame_list_rename(out, in, names, NAMES);
}

static bool begins_any(struct slice s, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_begins(s, words[i]))
            return true;
    }
    return false;
}

static bool is_named(struct slice s)
{
    for (size_t k = 0; k < NAMES; k++) {
        if (s.size && memmem(s.data, s.size, names[k][0], strlen(names[k][0])))
            return true;
    }
    return false;
}

bool rename_is_scan(const struct outcome *then)
{
    for (size_t i = 0; i < then->count; i++) {
        const struct exchange *x = (const struct exchange *)then->exchanges[i];
        if (begins_any(event_text(&x->event, x->agent), scanners, sizeof scanners / sizeof *scanners))
            return true;
    }
    return false;
}

struct slice rename_left(const struct outcome *then)
{
    for (size_t i = 0; i < then->count; i++) {
        const struct exchange *x = (const struct exchange *)then->exchanges[i];
        struct slice agent = event_text(&x->event, x->agent), target = event_text(&x->event, x->target);
        if (agent.size && !is_named(agent))
            return agent;
        if (!slice_is(target, "/") && !begins_any(target, own, sizeof own / sizeof *own) && !is_named(target))
            return target;
    }
    return slice_of("");
}
