#include "sensor/keylog/key_socket.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    READ_AT_ONCE = 1 << 18, /* of one writer; the others, and packets, wait meanwhile */
    WRITERS_SHARE = 4       /* of the account: where it is small, secrets do not go to make room for writers */
};

struct writer {
    struct writer *next;
    int fd;
    struct key_lines lines;
};

struct key_socket {
    struct key_socket *next;
    struct key_origin origin;
    int fd;
    struct writer *writers; /* the newest first */
    size_t count;
    uint64_t came;    /* writers so far */
    bool crowded;     /* it was told that others wait */
    bool told_refuse; /* it was told that one could not be let in */
};

struct key_socket *key_socket_new(struct key_store *store, const char *name, int fd)
{
    struct key_socket *s = memory_resize(&store->memory, NULL, 0, sizeof *s);
    if (s == NULL)
        return NULL;
    s->origin = (struct key_origin){.store = store, .name = name};
    s->fd = fd;
    return s;
}

/* @param at  where it stands in the list. */
static void remove_writer(struct key_socket *s, struct writer **at)
{
    struct writer *w = *at;
    *at = w->next;
    s->count--;
    key_lines_end(&w->lines);
    close(w->fd);
    memory_resize(&s->origin.store->memory, w, sizeof *w, 0);
}

void key_socket_free(struct key_socket *s)
{
    while (s->writers != NULL)
        remove_writer(s, &s->writers);
    close(s->fd);
    memory_resize(&s->origin.store->memory, s, sizeof *s, 0);
}

struct key_socket **key_socket_next(struct key_socket *s)
{
    return &s->next;
}

static void tell_refused(struct key_socket *s, int error)
{
    if (!s->told_refuse)
        key_origin_tell(&s->origin, "a writer could not be let in: %s", strerror(error));
    s->told_refuse = true;
}

static void add_writer(struct key_socket *s, int fd)
{
    struct memory *memory = &s->origin.store->memory;
    struct writer *w = NULL;
    if (s->count < memory->limit / WRITERS_SHARE / sizeof *w)
        w = memory_resize(memory, NULL, 0, sizeof *w);
    if (w == NULL) {
        close(fd);
        tell_refused(s, ENOMEM);
        return;
    }
    w->fd = fd;
    w->next = s->writers;
    s->writers = w;
    s->count++;
    key_lines_begin(&w->lines, &s->origin, ++s->came);
}

static void let_in(struct key_socket *s)
{
    while (s->count < KEY_WRITERS_MOST) {
        int fd = accept4(s->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
                tell_refused(s, errno);
            return;
        }
        add_writer(s, fd);
    }
    if (!s->crowded)
        key_origin_tell(&s->origin, "%d writers are connected; others wait until one of them goes", KEY_WRITERS_MOST);
    s->crowded = true;
}

enum got { GOT_ALL, GOT_PART, GOT_END };

static enum got read_writer(struct key_store *store, struct writer *w)
{
    for (size_t done = 0; done < READ_AT_ONCE;) {
        ssize_t size = recv(w->fd, store->piece, sizeof store->piece, 0);
        if (size <= 0)
            return size < 0 && (errno == EAGAIN || errno == EINTR) ? GOT_ALL : GOT_END;
        key_lines_feed(&w->lines, (struct slice){.data = store->piece, .size = (size_t)size});
        explicit_bzero(store->piece, (size_t)size);
        done += (size_t)size;
    }
    return GOT_PART;
}

bool key_socket_poll(struct key_socket *s)
{
    bool more = false;
    let_in(s);
    for (struct writer **at = &s->writers; *at != NULL;) {
        enum got got = read_writer(s->origin.store, *at);
        if (got == GOT_END)
            remove_writer(s, at);
        else
            at = &(*at)->next;
        more = more || got != GOT_ALL;
    }
    return more;
}
