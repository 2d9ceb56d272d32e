#include "proto/kube/agent.h"

const char *agent_form_name(enum agent_form form)
{
    static const char *const names[] = {"none", "free", "kubernetes", "broken"};
    return names[form];
}

static bool is_lower_or_digit(uint8_t b)
{
    return (b >= 'a' && b <= 'z') || (b >= '0' && b <= '9');
}

/* GOOS and GOARCH are words such as linux, amd64; x86_64 and Linux are not Go's. */
static bool is_word(struct slice s)
{
    for (size_t i = 0; i < s.size; i++) {
        if (!is_lower_or_digit(s.data[i]))
            return false;
    }
    return s.size > 0;
}

static size_t digits(struct slice s, size_t from)
{
    size_t at = from;
    while (at < s.size && s.data[at] >= '0' && s.data[at] <= '9')
        at++;
    return at - from;
}

/* v1.2.3, v1.2.3+k3s1: client-go cuts off everything from the first hyphen on, so there is none. Others than
 * Kubernetes' own programs may leave the v out, and oc was built with its product's name there. */
static bool is_version(struct slice s, bool own)
{
    if (slice_is(s, "unknown") || (!own && slice_is(s, "openshift")))
        return true;
    bool v = slice_begins(s, "v");
    if (own && !v)
        return false;
    size_t at = v;
    for (unsigned part = 0; part < 3; part++) {
        size_t size = digits(s, at);
        if (size == 0)
            return false;
        at += size;
        if (part < 2 && (at == s.size || s.data[at++] != '.'))
            return false;
    }
    if (at == s.size)
        return true;
    if (s.data[at++] != '+' || at == s.size)
        return false;
    for (; at < s.size; at++) {
        if (!is_lower_or_digit(byte_lower(s.data[at])) && s.data[at] != '.')
            return false;
    }
    return true;
}

/* Seven digits of the commit; an unstamped build leaves $Format:%H$, cut to seven. */
static bool is_commit(struct slice s)
{
    if (slice_is(s, "$Format") || slice_is(s, "unknown"))
        return true;
    for (size_t i = 0; i < s.size; i++) {
        if (!is_lower_or_digit(s.data[i]) || s.data[i] > 'f')
            return false;
    }
    return s.size == 7;
}

/* Takes what stands before `end` off `s`, and `end`.  @return false when `end` is not there: `part` is all of `s`. */
static bool take(struct slice *s, uint8_t end, struct slice *part)
{
    size_t size = slice_find(*s, end);
    bool found = size < s->size;
    *part = slice_part(*s, 0, size);
    *s = slice_part(*s, size + found, s->size);
    return found;
}

/* BINARY/VERSION (OS/ARCH) */
static bool read_head(struct agent *agent, struct slice head)
{
    struct slice before;
    bool good = take(&head, '/', &agent->binary);
    good = take(&head, ' ', &agent->version) && good;
    good = take(&head, '(', &before) && before.size == 0 && good;
    good = take(&head, '/', &agent->os) && good;
    good = take(&head, ')', &agent->arch) && head.size == 0 && good;
    return good && agent->binary.size > 0 && slice_find(agent->binary, ' ') == agent->binary.size &&
           is_version(agent->version, slice_begins(agent->binary, "kube")) && is_word(agent->os) &&
           is_word(agent->arch);
}

/* COMMIT or COMMIT/COMPONENT, and behind the commit what its program adds to what client-go made: " cluster c-1234",
 * "(inspect-alerts)". */
static bool read_tail(struct agent *agent, struct slice tail)
{
    size_t size = 0;
    while (size < tail.size && !memchr("/ (", tail.data[size], 3))
        size++;
    agent->commit = slice_part(tail, 0, size);
    bool component = size < tail.size && tail.data[size] == '/';
    agent->component = slice_part(tail, size + component, tail.size);
    return is_commit(agent->commit) && (!component || agent->component.size > 0);
}

void agent_read(struct agent *agent, struct slice user_agent)
{
    static const char claim[] = " kubernetes/"; /* who writes this claims the grammar */
    const struct slice none = slice_of("");
    *agent = (struct agent){user_agent.size == 0 ? AGENT_NONE : AGENT_FREE, none, none, none, none, none, none};
    struct slice rest = user_agent;
    while (rest.size > 0 && !slice_begins(rest, claim))
        rest = slice_part(rest, 1 + slice_find(slice_part(rest, 1, rest.size), ' '), rest.size);
    if (rest.size == 0)
        return;
    bool head = read_head(agent, slice_part(user_agent, 0, user_agent.size - rest.size));
    bool tail = read_tail(agent, slice_part(rest, sizeof claim - 1, rest.size));
    agent->form = head && tail ? AGENT_KUBERNETES : AGENT_BROKEN;
}
