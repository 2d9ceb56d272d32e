/* Forged addresses cost nothing to send: so who only knocked has an eighth of the memory, and gives way to whoever does
 * more. */
#include "sensor/detect/source.h"

#include "sensor/detect/source_inside.h"

#include <stdlib.h>

/* About what one takes that only knocked, with its endpoints and its place in the table. */
enum { KNOCKED_COST = 1024 };

struct sources *sources_new(const struct hash_secret *secret, struct memory own)
{
    struct sources *s = memory_resize(&own, NULL, 0, sizeof *s);
    if (!s)
        return NULL;
    s->memory = own;
    s->knocked_most = own.limit / 8 / KNOCKED_COST; /* such addresses may be forged: a larger limit is not for them */
    s->secret = secret;
    table_init(&s->table, sizeof(uint8_t[16]), sizeof(struct kept_source), secret, &s->memory);
    return s;
}

static void release(struct sources *s, struct source *source)
{
    struct memory *m = &s->memory;
    value_list_clear(&source->endpoints, m);
    value_list_clear(&source->agents, m);
    memory_resize(m, source->rhythm, source->rhythm ? sizeof *source->rhythm : 0, 0);
    memory_resize(m, source->closed, source->closed ? sizeof *source->closed : 0, 0);
    memory_resize(m, source, sizeof *source, 0);
}

size_t sources_free(struct sources *s)
{
    if (!s)
        return 0;
    size_t cursor = 0;
    for (struct kept_source *k; (k = table_next(&s->table, &cursor));)
        release(s, k->source);
    table_deinit(&s->table);
    struct memory own = s->memory;
    memory_resize(&own, s, sizeof *s, 0);
    return own.used;
}

static void enter(struct sources *s, struct source *source, moment clock)
{
    age_enter(&s->silent[source->only_knocked], &source->age, clock);
    s->knocked += source->only_knocked;
}

static void leave(struct sources *s, struct source *source)
{
    age_leave(&s->silent[source->only_knocked], &source->age);
    s->knocked -= source->only_knocked;
}

static void forget(struct sources *s, struct source *source)
{
    table_remove(&s->table, table_find(&s->table, source->ip));
    leave(s, source);
    release(s, source);
    s->last = NULL;
    s->forgotten++;
}

static struct source *longest_silent(const struct sources *s, bool only_knocked)
{
    struct age *age = s->silent[only_knocked].oldest;
    return age ? (struct source *)((char *)age - offsetof(struct source, age)) : NULL;
}

size_t sources_memory(const struct sources *s)
{
    return s->memory.used;
}

void sources_set_memory(struct sources *s, size_t limit)
{
    s->memory.limit = limit;
}

void sources_trim(struct sources *s)
{
    const size_t limit = s->memory.limit, eighth = limit / 8;
    struct source *source;
    while (s->knocked > s->knocked_most && (source = longest_silent(s, true)))
        forget(s, source);
    while (s->memory.used > limit - eighth &&
           ((source = longest_silent(s, true)) || (source = longest_silent(s, false))))
        forget(s, source);
}

void *sources_take(struct sources *s, size_t size)
{
    return memory_resize(&s->memory, NULL, 0, size);
}

static struct source *make(struct sources *s, const struct event *e, bool only_knocked)
{
    struct source *source = sources_take(s, sizeof *source);
    if (!source)
        return NULL;
    memcpy(source->ip, e->client.ip, sizeof source->ip);
    struct kept_source *k = table_put(&s->table, e->client.ip, NULL);
    if (!k) {
        release(s, source);
        return NULL;
    }
    k->source = source;
    source->only_knocked = only_knocked;
    source->first = source->last = e->time;
    enter(s, source, e->order.clock);
    return source;
}

static void touch(struct sources *s, struct source *source, moment clock, bool knocks)
{
    if (source->only_knocked && !knocks) {
        leave(s, source);
        source->only_knocked = false;
        enter(s, source, clock);
    } else {
        age_touch(&s->silent[source->only_knocked], &source->age, clock);
    }
}

struct source *sources_find(const struct sources *s, const uint8_t ip[static 16])
{
    if (s->last && memcmp(s->last->ip, ip, sizeof s->last->ip) == 0)
        return s->last;
    const struct kept_source *k = table_find(&s->table, ip);
    return k ? k->source : NULL;
}

/* Made where it is not known; nothing of it is counted. */
static struct source *find_or_make(struct sources *s, const struct event *e, bool knocks)
{
    struct source *source = sources_find(s, e->client.ip);
    if (!source)
        source = make(s, e, knocks);
    if (!source)
        return NULL;
    touch(s, source, e->order.clock, knocks);
    return s->last = source;
}

struct source *sources_of(struct sources *s, const struct event *e, moment last, bool knocks)
{
    struct source *source = find_or_make(s, e, knocks);
    if (!source) {
        s->lost++;
        return NULL;
    }
    if (e->time < source->first)
        source->first = e->time;
    if (last > source->last)
        source->last = last;
    return source;
}

static uint64_t cost_of(const struct event *e)
{
    const struct exchange *x = (const struct exchange *)e;
    bool reset = e->type == EVENT_EXCHANGE && x->reset_by == RESET_BY_CLIENT && x->answer == SEEN_NOT;
    return reset ? SOURCE_RESET_COST : 1;
}

bool sources_may_write(struct sources *s, const struct event *e, uint64_t cap)
{
    const int64_t nanoseconds = INT64_C(60) * 1000 * 1000 * 1000;
    /* An anomaly may be all that is ever seen of a forged address: new ones get no share by pushing others out. */
    bool forged = e->type == EVENT_ANOMALY, crowded = s->knocked >= s->knocked_most;
    struct source *source = forged && crowded ? sources_find(s, e->client.ip) : find_or_make(s, e, forged);
    struct share *share = source ? &source->share : &s->forlorn;
    int64_t minute = e->order.clock / nanoseconds;
    uint64_t cost = cost_of(e);
    if (share->minute != minute)
        *share = (struct share){.minute = minute};
    if (share->spent + cost <= cap) {
        share->spent += cost;
        return true;
    }
    if (source)
        source->not_written++;
    return false;
}

struct slice sources_name(struct sources *s, const struct address *server)
{
    if (!s->name_size || s->named.port != server->port || memcmp(s->named.ip, server->ip, sizeof server->ip) != 0) {
        s->name_size = (size_t)(value_endpoint(s->name, server) - s->name);
        s->named = *server;
    }
    return (struct slice){(const uint8_t *)s->name, s->name_size};
}

void sources_add_endpoint(struct sources *s, struct source *source, const struct address *server)
{
    value_list_add(&source->endpoints, sources_name(s, server), s->secret, &s->memory);
}

static int compare(const void *a, const void *b)
{
    const struct source *x = *(const struct source *const *)a, *y = *(const struct source *const *)b;
    uint64_t in_x = x->states[AUTH_REJECTED] + x->states[AUTH_ANONYMOUS];
    uint64_t in_y = y->states[AUTH_REJECTED] + y->states[AUTH_ANONYMOUS];
    if (in_x != in_y)
        return in_x > in_y ? -1 : 1;
    if (!x->exchanges != !y->exchanges)
        return x->exchanges ? -1 : 1;
    if (!x->exchanges && x->flows != y->flows)
        return x->flows > y->flows ? -1 : 1;
    return memcmp(x->ip, y->ip, sizeof x->ip);
}

size_t sources_sorted(struct sources *s, struct memory *memory, const struct source ***sorted)
{
    size_t count = s->table.count, at = 0, cursor = 0;
    *sorted = count ? memory_resize(memory, NULL, 0, count * sizeof **sorted) : NULL;
    if (!*sorted) {
        s->lost += count;
        return 0;
    }
    for (const struct kept_source *k; (k = table_next(&s->table, &cursor));)
        (*sorted)[at++] = k->source;
    qsort(*sorted, count, sizeof **sorted, compare);
    return count;
}

void sources_count(const struct sources *s, struct counters *counters)
{
    counters->of[COUNT_DETECT_LOST] += s->lost;
    counters->of[COUNT_SOURCES_FORGOTTEN] += s->forgotten;
    counters->of[COUNT_MEMORY_REFUSED] += s->memory.refused;
    counters->of[COUNT_MEMORY_PEAK] += s->memory.peak;
}
