#include "proto/http/search.h"

#include "proto/stream/sniff.h"

enum verdict { LINE_GOOD, LINE_LAST, LINE_BAD };

static bool starts(struct slice line, enum side from, bool behind_lf)
{
    struct request_line request;
    struct status_line status;
    if (from == SERVER)
        return head_status_line(line, &status);
    if (behind_lf && head_preface(line))
        return true;
    if (head_request_line(line, false, &request) != START_GOOD)
        return false;
    /* No line ends between a body, whose head was lost, and the next request: what is before its method is not it. */
    return sniff_is_method(request.method) || (behind_lf && !sniff_ends_in_method(request.method));
}

/* What is passed over, here as where heads are read. */
static bool is_field(struct slice line, enum side from)
{
    struct field field;
    if (line.data[0] == ':')
        return head_value_plain(line);
    enum field_line read = head_field(line, false, &field);
    return read == FIELD_LINE_GOOD || (read == FIELD_LINE_CONTROL && from == CLIENT && head_unread_value(&field));
}

static enum verdict judge(struct search *s, struct slice raw, enum side from)
{
    uint32_t before = s->lines;
    bool bare = false;
    struct slice line = head_line(raw, &bare);
    if (before == 0) {
        s->preface = head_preface(line);
        return starts(line, from, s->behind_lf) ? LINE_GOOD : LINE_BAD;
    }
    if (line.size == 0) /* without a field the preface is HTTP/2's */
        return s->preface && before == 1 ? LINE_BAD : LINE_LAST;
    if (!head_folds(line.data[0]))
        return is_field(line, from) ? LINE_GOOD : LINE_BAD;
    return before > 1 && head_value_plain(line) ? LINE_GOOD : LINE_BAD;
}

/* Judges the lines of a candidate from where it was judged so far.
 * @return LINE_LAST: it is a head of `checked` bytes; LINE_BAD: it is none, for the line at `checked`; LINE_GOOD: so
 * far. */
static enum verdict judge_lines(struct search *s, struct slice candidate, enum side from)
{
    for (;;) {
        struct slice rest = slice_part(candidate, s->checked, candidate.size);
        size_t size = slice_find(rest, '\n') + 1;
        if (size > rest.size)
            return s->lines == 0 && !head_may_begin(rest, from) ? LINE_BAD : LINE_GOOD;
        enum verdict v = judge(s, slice_part(rest, 0, size), from);
        if (v == LINE_BAD)
            return v;
        s->checked += (uint32_t)size;
        s->lines++;
        if (v == LINE_LAST)
            return v;
    }
}

/* The candidate is none. */
static void restart(struct search *s, bool skipping)
{
    *s = (struct search){.skipping = skipping, .passed = true, .behind_lf = !skipping};
}

/* @return whether `rest` begins a line now. */
static bool skip_line(struct search *s, struct slice *rest)
{
    size_t size = slice_find(*rest, '\n') + 1;
    restart(s, size > rest->size);
    slice_take(rest, size);
    return !s->skipping;
}

/* A candidate that begins in what was pushed: nothing is copied unless it ends behind it. */
static enum search_result search_pushed(struct search *s, struct hold *hold, struct memory *memory, enum side from,
                                        size_t bound, struct slice *rest, struct slice *head)
{
    struct slice candidate = slice_part(*rest, 0, bound);
    enum verdict v = judge_lines(s, candidate, from);
    if (v == LINE_LAST) {
        *head = slice_take(rest, s->checked);
        return SEARCH_FOUND;
    }
    if (v == LINE_BAD) { /* no line is both a field and a start line: only the bad one may begin a head */
        slice_take(rest, s->checked);
        restart(s, s->lines == 0);
        return SEARCH_MORE;
    }
    slice_take(rest, candidate.size);
    if (candidate.size == bound)
        restart(s, candidate.data[bound - 1] != '\n');
    else if (!hold_add(hold, candidate, memory))
        return SEARCH_NO_MEMORY;
    return SEARCH_MORE;
}

/* A candidate that began earlier: goes on by what there is of one line. */
static enum search_result search_held(struct search *s, struct hold *hold, struct memory *memory, enum side from,
                                      size_t bound, struct slice *rest, struct slice *head)
{
    size_t size = slice_find(*rest, '\n') + 1;
    size_t room = bound - hold->size;
    if (!hold_add(hold, slice_take(rest, size < room ? size : room), memory))
        return SEARCH_NO_MEMORY;
    enum verdict v = judge_lines(s, hold_slice(hold), from);
    if (v == LINE_LAST) {
        *head = hold_slice(hold);
        return SEARCH_FOUND;
    }
    if (v == LINE_BAD && s->lines) {
        memmove(hold->bytes, hold->bytes + s->checked, hold->size - s->checked);
        hold->size -= s->checked;
        restart(s, false);
        v = judge_lines(s, hold_slice(hold), from);
    }
    if (v == LINE_BAD || hold->size >= bound) {
        restart(s, hold->bytes[hold->size - 1] != '\n');
        hold_clear(hold, memory);
    }
    return SEARCH_MORE;
}

enum search_result search_push(struct search *s, struct hold *hold, struct memory *memory, enum side from, size_t bound,
                               struct slice *rest, struct slice *head)
{
    enum search_result result = SEARCH_MORE;
    while (rest->size && result == SEARCH_MORE) {
        if (s->skipping && !skip_line(s, rest))
            break;
        if (rest->size == 0)
            break;
        result = hold->size ? search_held(s, hold, memory, from, bound, rest, head)
                            : search_pushed(s, hold, memory, from, bound, rest, head);
    }
    return result;
}
