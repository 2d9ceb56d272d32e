/* How much was wiped: explicit_bzero() in the place of the C library's, fortified or not. */
#ifndef TESTS_UNIT_WIPED_H
#define TESTS_UNIT_WIPED_H

#include <stddef.h>
#include <string.h>

static size_t wiped; /* bytes */

void explicit_bzero(void *bytes, size_t size)
{
    memset(bytes, 0, size);
    wiped += size;
}

void __explicit_bzero_chk(void *bytes, size_t size, size_t room);
void __explicit_bzero_chk(void *bytes, size_t size, size_t room)
{
    (void)room;
    explicit_bzero(bytes, size);
}

#endif
