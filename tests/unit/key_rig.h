/* A folder with key logs, the sources that read them, and what a person is told. Line N has client random N and a
 * secret of its own that ends with N. */
#ifndef TESTS_UNIT_KEY_RIG_H
#define TESTS_UNIT_KEY_RIG_H

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "sensor/keylog/key_sources.h"
#include "sensor/monitor.h"

/* 80 digits that no message may have a part of. */
#define SECRET_TAIL "5ec4e75ec4e8b1a5b1a6deadc0dedeadc0df00ff11fe22fd33fc44fb55fa66f977f888f799f6aaf5"

#define RIG_SECOND INT64_C(1000000000)

struct rig {
    char folder[64];
    struct log log;
    char *told;
    size_t told_size, told_before;
    struct key_sources *s;
    moment now;
    int descriptors; /* that were open before */
};

static const struct hash_secret rig_secret = {.bytes = "192 bytes of a test"};

static inline int rig_descriptors(void)
{
    int count = 0;
    for (int fd = 0; fd < 512; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static inline int rig_reopen(void *owner, const char *name)
{
    (void)owner;
    return monitor_open(MONITOR_FOLLOW_KEYS, name);
}

static inline void rig_sources(struct rig *r, bool follow, size_t memory)
{
    struct key_sources_options options = {
        .secret = &rig_secret, .memory = memory, .follow = follow, .reopen = {.open = rig_reopen}, .log = &r->log};
    r->s = key_sources_new(&options);
}

static inline void rig_begin(struct rig *r, bool follow)
{
    *r = (struct rig){.folder = "/tmp/kapiwatch-keys-XXXXXX", .now = 1000 * RIG_SECOND};
    r->descriptors = rig_descriptors();
    assert_non_null(mkdtemp(r->folder));
    r->log = (struct log){.out = open_memstream(&r->told, &r->told_size), .level = LOG_NORMAL};
    rig_sources(r, follow, 8 << 20);
    assert_non_null(r->s);
}

static inline int rig_remove(const char *path, const struct stat *about, int kind, struct FTW *at)
{
    (void)about;
    (void)kind;
    (void)at;
    return remove(path);
}

/** All is given back, and nothing of a secret was told. */
static inline void rig_end(struct rig *r)
{
    assert_int_equal(key_sources_free(r->s), 0);
    fclose(r->log.out);
    for (size_t i = 0; i + 8 <= strlen(SECRET_TAIL); i++) {
        char part[9] = "";
        memcpy(part, &SECRET_TAIL[i], 8);
        assert_null(strstr(r->told, part));
    }
    free(r->told);
    assert_int_equal(nftw(r->folder, rig_remove, 8, FTW_DEPTH | FTW_PHYS), 0);
    assert_int_equal(rig_descriptors(), r->descriptors);
}

/** @return a path in the folder; good until the fourth call from now. */
static inline char *rig_path(const struct rig *r, const char *name)
{
    static char paths[4][128];
    static unsigned turn;
    char *path = paths[turn++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", r->folder, name);
    return path;
}

/** Without its end. */
static inline char *rig_line(unsigned number)
{
    static char line[256];
    snprintf(line, sizeof line, "CLIENT_RANDOM %064x " SECRET_TAIL "%016x", number, number);
    return line;
}

static inline void rig_write(int fd, const char *text)
{
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static inline void rig_write_line(int fd, unsigned number)
{
    rig_write(fd, rig_line(number));
    rig_write(fd, "\n");
}

/** Opened to write at the end; made if it is not there. */
static inline int rig_append(const struct rig *r, const char *name)
{
    int fd = open(rig_path(r, name), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    return fd;
}

static inline bool rig_add(struct rig *r, const char *path, bool follow)
{
    int fd = monitor_open(follow ? MONITOR_FOLLOW_KEYS : MONITOR_READ_KEYS, path);
    assert_true(fd >= 0);
    return key_sources_add(r->s, path, fd);
}

static inline bool rig_has(const struct rig *r, unsigned number)
{
    uint8_t random[TLS_RANDOM] = {0};
    for (unsigned i = 0; i < 4; i++)
        random[TLS_RANDOM - 1 - i] = (uint8_t)(number >> 8 * i);
    const struct tls_secret *found = tls_keys_find(key_sources_keys(r->s), random, TLS_LABEL_MASTER);
    if (found == NULL)
        return false;
    assert_int_equal(found->size, 48);
    assert_int_equal(found->bytes[47], number & 0xff);
    assert_int_equal(found->bytes[0], 0x5e);
    return true;
}

/** A tenth of a second later. */
static inline bool rig_poll(struct rig *r)
{
    r->now += RIG_SECOND / 10;
    return key_sources_poll(r->s, r->now);
}

/** Long enough to see what was rotated. */
static inline void rig_poll_second(struct rig *r)
{
    for (int i = 0; i < 11; i++)
        rig_poll(r);
}

static inline uint64_t rig_count(const struct rig *r, enum counter c)
{
    struct counters counters = {0};
    key_sources_count(r->s, &counters);
    return counters.of[c];
}

/** What was told since the last call, and no more. `text` may have one %s, for `path`. */
static inline void rig_told(struct rig *r, const char *text, const char *path)
{
    char expected[2048];
    const char *at = strstr(text, "%s");
    fflush(r->log.out);
    if (at != NULL)
        snprintf(expected, sizeof expected, "%.*s%s%s", (int)(at - text), text, path, at + 2);
    else
        snprintf(expected, sizeof expected, "%s", text);
    assert_string_equal(r->told + r->told_before, expected);
    r->told_before = r->told_size;
}

#endif
