/* Hellos put together byte by byte. */
#ifndef TESTS_UNIT_TLS_HELLO_MADE_H
#define TESTS_UNIT_TLS_HELLO_MADE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/tls/hello.h"

struct made {
    uint8_t bytes[70000];
    size_t size;
};

static inline void made_add(struct made *m, const void *bytes, size_t size)
{
    assert_true(m->size + size <= sizeof m->bytes);
    memcpy(m->bytes + m->size, bytes, size);
    m->size += size;
}

static inline void made_number(struct made *m, unsigned number, unsigned width)
{
    for (; width; width--)
        made_add(m, &(uint8_t){(uint8_t)(number >> 8 * (width - 1))}, 1);
}

/** A list of numbers of `width` bytes, ended by -1, behind its length in `before` bytes. */
static inline void made_list(struct made *m, const int *numbers, unsigned width, unsigned before)
{
    unsigned count = 0;
    while (numbers[count] >= 0)
        count++;
    made_number(m, count * width, before);
    for (unsigned i = 0; i < count; i++)
        made_number(m, (unsigned)numbers[i], width);
}

/** The length of what begins at `at`, into the two bytes before it. */
static inline void made_close(struct made *m, size_t at)
{
    m->bytes[at - 2] = (uint8_t)((m->size - at) >> 8);
    m->bytes[at - 1] = (uint8_t)(m->size - at);
}

static inline size_t made_open(struct made *m)
{
    made_number(m, 0, 2);
    return m->size;
}

static inline void made_extension(struct made *m, unsigned type, const void *bytes, size_t size)
{
    made_number(m, type, 2);
    made_number(m, (unsigned)size, 2);
    made_add(m, bytes, size);
}

/** A ClientHello up to where its extensions begin. */
static inline void made_client(struct made *m, unsigned version, const int *suites)
{
    uint8_t random[TLS_HELLO_RANDOM];
    memset(random, 'r', sizeof random);
    m->size = 0;
    made_number(m, version, 2);
    made_add(m, random, sizeof random);
    made_number(m, 4, 1);
    made_add(m, "sess", 4);
    made_list(m, suites, 2, 2);
    made_add(m, "\1\0", 2);
}

static inline void made_server(struct made *m, unsigned version, unsigned suite)
{
    uint8_t random[TLS_HELLO_RANDOM];
    memset(random, 's', sizeof random);
    m->size = 0;
    made_number(m, version, 2);
    made_add(m, random, sizeof random);
    made_number(m, 0, 1);
    made_number(m, suite, 2);
    made_number(m, 0, 1);
}

static inline struct slice made_slice(const struct made *m)
{
    return (struct slice){m->bytes, m->size};
}

#endif
