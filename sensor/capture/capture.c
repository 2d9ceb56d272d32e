#include "sensor/capture/capture.h"

#include <stdlib.h>
#include <time.h>

#include "sensor/capture/clock.h"
#include "sensor/capture/shared.h"

struct capture_source {
    char *name;
    const struct source_ops *ops;
    void *source;
    struct frame next; /* not yet given; of sources in the heap */
};

struct capture {
    struct capture_source *sources;
    size_t count;
    size_t asked;   /* so many sources have been asked for their first frame */
    size_t *heap;   /* indices of the sources that have a next frame: the one whose turn it is on top */
    size_t waiting; /* in the heap */
    bool top_given; /* the top's frame was given and lives until the next call: only then its source is asked again */
    struct capture_clock clock;
    struct capture_counts counts;
    struct capture_error why;
    struct capture_shared shared;
    bool ended;
};

struct capture *capture_new(void)
{
    return calloc(1, sizeof(struct capture));
}

void capture_free(struct capture *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < c->count; i++) {
        c->sources[i].ops->free(c->sources[i].source);
        free(c->sources[i].name);
    }
    inside_deinit(&c->shared.inside);
    free(c->sources);
    free(c->heap);
    free(c);
}

void capture_listen(struct capture *c, const struct capture_listener *listener)
{
    c->shared.listener = *listener;
}

struct capture_shared *capture_share(struct capture *c)
{
    return &c->shared;
}

static moment now_of(clockid_t which)
{
    struct timespec t;
    clock_gettime(which, &t);
    return (moment)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* A few milliseconds coarse, and cheap enough to be asked with every frame. */
static moment steady_now(void)
{
    return now_of(CLOCK_MONOTONIC_COARSE);
}

bool capture_add(struct capture *c, const char *name, const struct source_ops *ops, void *source)
{
    size_t count = c->count + 1;
    struct capture_source *sources = realloc(c->sources, count * sizeof *sources);
    if (sources == NULL)
        return false;
    c->sources = sources;
    size_t *heap = realloc(c->heap, count * sizeof *heap);
    if (heap == NULL)
        return false;
    c->heap = heap;
    char *copy = strdup(name);
    if (copy == NULL)
        return false;
    c->sources[c->count++] = (struct capture_source){.name = copy, .ops = ops, .source = source};
    if (ops->live)
        capture_clock_start(&c->clock, now_of(CLOCK_REALTIME), steady_now());
    return true;
}

static bool before(const struct capture *c, size_t a, size_t b)
{
    moment time_a = c->sources[a].next.time, time_b = c->sources[b].next.time;
    return time_a < time_b || (time_a == time_b && a < b);
}

static void swap(size_t *a, size_t *b)
{
    size_t held = *a;
    *a = *b;
    *b = held;
}

static void heap_sink(struct capture *c)
{
    size_t at = 0;
    for (;;) {
        size_t least = at, left = 2 * at + 1;
        for (size_t child = left; child < left + 2 && child < c->waiting; child++) {
            if (before(c, c->heap[child], c->heap[least]))
                least = child;
        }
        if (least == at)
            return;
        swap(&c->heap[at], &c->heap[least]);
        at = least;
    }
}

static void heap_add(struct capture *c, size_t source)
{
    size_t at = c->waiting++;
    c->heap[at] = source;
    while (at > 0 && before(c, c->heap[at], c->heap[(at - 1) / 2])) {
        swap(&c->heap[at], &c->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
}

static void heap_drop_top(struct capture *c)
{
    c->heap[0] = c->heap[--c->waiting];
    heap_sink(c);
}

static enum capture_got ask(struct capture *c, size_t i, struct capture_error *error)
{
    struct capture_source *s = &c->sources[i];
    enum capture_got got = s->ops->next(s->source, &s->next, &c->why);
    s->next.interface = (uint16_t)i;
    if (got == CAPTURE_FAILED)
        snprintf(error->text, sizeof error->text, "%.200s: %.300s", s->name, c->why.text);
    return got;
}

static enum capture_got idle(struct capture *c, struct frame *frame, size_t i)
{
    frame->clock = c->sources[i].ops->live ? capture_clock_idle(&c->clock, steady_now()) : c->clock.reached;
    return CAPTURE_IDLE;
}

/* Each source that is still to be asked, its first frame into the heap. CAPTURE_FRAME: all have been. */
static enum capture_got ask_new(struct capture *c, struct frame *frame, struct capture_error *error)
{
    while (c->asked < c->count) {
        size_t i = c->asked;
        enum capture_got got = ask(c, i, error);
        if (got == CAPTURE_IDLE)
            return idle(c, frame, i);
        c->asked++;
        if (got == CAPTURE_FAILED)
            return CAPTURE_FAILED;
        if (got == CAPTURE_FRAME)
            heap_add(c, i);
    }
    return CAPTURE_FRAME;
}

/* The source whose frame was given last. CAPTURE_FRAME: the heap is in order again. */
static enum capture_got ask_top(struct capture *c, struct frame *frame, struct capture_error *error)
{
    enum capture_got got = ask(c, c->heap[0], error);
    if (got == CAPTURE_IDLE)
        return idle(c, frame, c->heap[0]);
    c->top_given = false;
    if (got != CAPTURE_FRAME)
        heap_drop_top(c);
    else if (c->waiting > 1)
        heap_sink(c);
    return got == CAPTURE_FAILED ? CAPTURE_FAILED : CAPTURE_FRAME;
}

static void give(struct capture *c, struct frame *frame)
{
    const struct capture_source *s = &c->sources[c->heap[0]];
    *frame = s->next;
    frame->number = ++c->counts.frames;
    frame->clock = s->ops->live ? capture_clock_live(&c->clock, frame->time, steady_now())
                                : capture_clock_file(&c->clock, frame->time);
    c->counts.bytes += frame->wire_size;
    c->counts.cut += frame->bytes.size < frame->wire_size;
    c->top_given = true;
}

/* The end of all sources: what is said once. */
static enum capture_got end(struct capture *c)
{
    char line[CAPTURE_ERROR_MAX];
    if (!c->ended && inside_hint(&c->shared.inside, line, sizeof line))
        capture_tell(&c->shared, false, "%s", line);
    c->ended = true;
    return CAPTURE_END;
}

enum capture_got capture_next(struct capture *c, struct frame *frame, struct capture_error *error)
{
    enum capture_got got = CAPTURE_FRAME;
    if (c->top_given)
        got = ask_top(c, frame, error);
    if (got == CAPTURE_FRAME && c->asked < c->count)
        got = ask_new(c, frame, error);
    if (got != CAPTURE_FRAME)
        return got;
    if (c->waiting == 0)
        return end(c);
    give(c, frame);
    return CAPTURE_FRAME;
}

void capture_count(struct capture *c, struct capture_counts *counts)
{
    *counts = c->counts;
    counts->time_jumps = c->clock.jumps;
    counts->key_logs = c->shared.key_logs;
    for (size_t i = 0; i < c->count; i++) {
        uint64_t kernel = 0, interface = 0;
        if (c->sources[i].ops->drops != NULL)
            c->sources[i].ops->drops(c->sources[i].source, &kernel, &interface);
        counts->kernel_drops += kernel;
        counts->interface_drops += interface;
    }
}
