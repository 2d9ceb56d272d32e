/* A capture file as a source of frames: what it is, its reader, the filter. */
#include <errno.h>
#include <stdlib.h>

#include "sensor/capture/classic.h"
#include "sensor/capture/filter.h"
#include "sensor/capture/link_type.h"
#include "sensor/capture/pcapng.h"
#include "sensor/capture/shared.h"

enum { LINKS_MOST = 32 };

/* What is to be done with frames of a link type. */
struct link {
    uint16_t type;
    bool refused;          /* the filter cannot look into them: they are passed over */
    struct filter *filter; /* NULL: all are given */
};

struct savefile {
    char *name;
    struct stretch stretch;
    struct file_kind kind;
    struct classic classic; /* of FORMAT_PCAP */
    struct pcapng pcapng;   /* of FORMAT_PCAPNG */
    const char *expression; /* NULL: no filter */
    struct capture_shared *shared;
    struct link links[LINKS_MOST]; /* those that were seen */
    size_t link_count;
    size_t link; /* of the frame before: most often that of the next one */
};

static const char expected[] = "expected a capture in pcap or pcapng format";

static void tell_unread(const struct savefile *s, const struct record *r)
{
    char name[LINK_TYPE_NAME];
    link_type_name(r->link_type, name);
    if (s->kind.format == FORMAT_PCAP)
        capture_tell(s->shared, false, "%.200s: link type %s is not read: its frames are only counted", s->name, name);
    else
        capture_tell(s->shared, false,
                     "%.200s: interface %" PRIu32 ": link type %s is not read: its frames are only counted", s->name,
                     r->interface, name);
}

/* The first frame of a link type. */
static struct link *add_link(struct savefile *s, const struct record *r)
{
    struct capture_error why;
    struct link *l = &s->links[s->link_count++];
    *l = (struct link){.type = r->link_type};
    if (!packet_link_known(l->type))
        tell_unread(s, r);
    if (s->expression == NULL)
        return l;
    l->filter = filter_new(l->type, s->expression, &why);
    l->refused = l->filter == NULL;
    if (l->refused)
        capture_tell(s->shared, true, "%.200s: interface %" PRIu32 ": %.250s; its packets are passed over", s->name,
                     r->interface, why.text);
    return l;
}

/* @return NULL: more link types than any file has. */
static struct link *link_of(struct savefile *s, const struct record *r)
{
    if (s->link < s->link_count && s->links[s->link].type == r->link_type)
        return &s->links[s->link];
    for (s->link = 0; s->link < s->link_count; s->link++) {
        if (s->links[s->link].type == r->link_type)
            return &s->links[s->link];
    }
    return s->link_count < LINKS_MOST ? add_link(s, r) : NULL;
}

/* Whether the filter, if any, lets it pass. */
static bool accepts(struct savefile *s, const struct link *l, const struct record *r)
{
    if (s->expression == NULL)
        return true;
    if (l->refused)
        return false;
    if (filter_accepts(l->filter, r->bytes, r->wire_size))
        return true;
    inside_look(&s->shared->inside, r, s->expression);
    return false;
}

static enum capture_got savefile_next(void *source, struct frame *frame, struct capture_error *error)
{
    struct savefile *s = source;
    s->shared->reading = s->name;
    struct record r;
    const struct link *l;
    do {
        enum capture_got got = s->kind.format == FORMAT_PCAP ? classic_next(&s->classic, &s->stretch, &r, error)
                                                             : pcapng_next(&s->pcapng, &s->stretch, &r, error);
        if (got == CAPTURE_END || got == CAPTURE_FAILED)
            stretch_deinit(&s->stretch);
        if (got != CAPTURE_FRAME)
            return got;
        l = link_of(s, &r);
        if (l == NULL) {
            snprintf(error->text, sizeof error->text,
                     "packet %" PRIu64 ": found more than %d link types, expected fewer", s->pcapng.packets,
                     LINKS_MOST);
            return CAPTURE_FAILED;
        }
    } while (!accepts(s, l, &r));
    *frame = (struct frame){.time = r.time, .bytes = r.bytes, .wire_size = r.wire_size, .link_type = r.link_type};
    return CAPTURE_FRAME;
}

static void savefile_drops(void *source, uint64_t *kernel, uint64_t *interface)
{
    const struct savefile *s = source;
    *kernel = 0;
    *interface = pcapng_dropped(&s->pcapng);
}

static void savefile_free(void *source)
{
    struct savefile *s = source;
    for (size_t i = 0; i < s->link_count; i++)
        filter_free(s->links[i].filter);
    pcapng_deinit(&s->pcapng);
    stretch_deinit(&s->stretch);
    free(s->name);
    free(s);
}

static const struct source_ops savefile_ops = {.next = savefile_next, .drops = savefile_drops, .free = savefile_free};

/* The first bytes, as many as tell what it is; a pipe is waited for. */
static enum input_got read_first(struct savefile *s)
{
    enum input_got got;
    while ((got = stretch_need(&s->stretch, KIND_BYTES)) == INPUT_IDLE)
        ;
    s->kind = file_kind_of((struct slice){.data = s->stretch.at, .size = stretch_left(&s->stretch)});
    return got;
}

static bool is_packed(const struct savefile *s)
{
    return s->kind.format == FORMAT_GZIP || s->kind.format == FORMAT_ZSTD;
}

static bool refuse(const struct savefile *s, enum input_got got, const char *packed, struct capture_error *error)
{
    const struct file_kind *kind = &s->kind;
    const char *inside = packed != NULL ? ", and in it " : "";
    packed = packed != NULL ? packed : "";
    if (got == INPUT_FAILED) {
        struct capture_error why;
        stretch_problem(&s->stretch, &why);
        snprintf(error->text, sizeof error->text, "%.200s: cannot be read: %.250s", s->name, why.text);
    } else if (kind->format == FORMAT_NONE || is_packed(s)) {
        error->foreign = true;
        snprintf(error->text, sizeof error->text, "%.200s: %s%s%s%s%s; %s", s->name, packed, inside, kind->what,
                 kind->hint != NULL ? ": " : "", kind->hint != NULL ? kind->hint : "", expected);
    } else if (got == INPUT_END) {
        snprintf(error->text, sizeof error->text, "%.200s: %s%s%s that is cut off in its header, at byte %zu", s->name,
                 packed, inside, kind->what, stretch_left(&s->stretch));
    } else {
        return false;
    }
    return true;
}

static bool open_reader(struct savefile *s, struct capture_error *error)
{
    struct capture_error why;
    if (s->kind.format == FORMAT_PCAPNG)
        return true;
    if (!classic_init(&s->classic, s->stretch.at, &why)) {
        snprintf(error->text, sizeof error->text, "%.200s: %.250s", s->name, why.text);
        return false;
    }
    s->stretch.at += CLASSIC_HEADER;
    return true;
}

/* All frames of a file in pcap format have one link type: a filter that it does not have is told at once. */
static bool check_filter(struct savefile *s, struct capture_error *error)
{
    struct capture_error why;
    if (s->kind.format != FORMAT_PCAP || s->expression == NULL)
        return true;
    struct filter *filter = filter_new(s->classic.link_type, s->expression, &why);
    if (filter == NULL)
        snprintf(error->text, sizeof error->text, "%.200s: %.250s", s->name, why.text);
    filter_free(filter);
    return filter != NULL;
}

static bool open_savefile(struct savefile *s, struct capture_error *error)
{
    const char *packed = NULL;
    enum input_got got = read_first(s);
    if (is_packed(s)) {
        packed = s->kind.what;
        if (!stretch_unpack(&s->stretch, s->kind.format))
            return false;
        got = read_first(s);
    }
    return !refuse(s, got, packed, error) && open_reader(s, error) && check_filter(s, error);
}

bool capture_add_file(struct capture *c, const char *name, FILE *file, const char *filter, struct capture_error *error)
{
    const char *shown = strcmp(name, "-") == 0 ? "standard input" : name;
    *error = (struct capture_error){.foreign = false};
    snprintf(error->text, sizeof error->text, "%.200s: no memory", shown);
    struct savefile *s = calloc(1, sizeof *s);
    if (s == NULL) {
        fclose(file);
        return false;
    }
    s->shared = capture_share(c);
    s->expression = filter;
    pcapng_init(&s->pcapng, s->shared);
    s->name = strdup(shown);
    if (stretch_init(&s->stretch, file) && s->name != NULL && open_savefile(s, error) &&
        capture_add(c, shown, &savefile_ops, s))
        return true;
    savefile_free(s);
    return false;
}
