/* The seam of rights: nothing else in the program opens a file. A closed list of requests, answered here in the same
 * process; whoever takes the program's rights away moves the answering to a process that keeps them. */
#ifndef SENSOR_MONITOR_H
#define SENSOR_MONITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum monitor_request {
    MONITOR_READ_CAPTURE,
    MONITOR_READ_RULES,
    MONITOR_READ_FILTER,
    MONITOR_READ_CONFIG, /* the configuration file, cluster maps */
    MONITOR_READ_KEYS,
    MONITOR_FOLLOW_KEYS,  /* without waiting for whoever writes a FIFO; asked again each second, as logs are rotated */
    MONITOR_LISTEN_KEYS,  /* a Unix socket, made with mode 0600, that does not wait */
    MONITOR_WRITE_OUTPUT, /* made with mode 0640, emptied if it is there; written at its end, though others empty it;
                           * nothing is waited for: ENXIO of a FIFO that nobody reads */
    MONITOR_ADD_OUTPUT,   /* the same, but what is in it stays */
    MONITOR_AWAIT_READER, /* a FIFO, once somebody reads it */
    MONITOR_CONNECT,      /* a Unix socket that somebody listens at; writing to it does not wait */
    MONITOR_REQUESTS
};

/** The path of a socket, of a name as "unix:PATH"; NULL: it is the name of something else. */
const char *monitor_socket(const char *name);

/** "-" is a copy of standard input or output, but for sockets. MONITOR_LISTEN_KEYS takes away a socket that nobody
 * listens at any more, and nothing else: EADDRINUSE.
 *  @return a descriptor that the caller closes, or -1 and errno. */
int monitor_open(enum monitor_request what, const char *path);

/** The same, of the requests that read, as a stream. */
FILE *monitor_read(enum monitor_request what, const char *path);

/** Whether both names, "-" as one to read, lead to one regular file that is there. */
bool monitor_same_file(const char *one, const char *other);

/** Whether the name leads to a FIFO that is there. */
bool monitor_is_fifo(const char *path);

struct monitor_names {
    char **names; /* with the folder before them, sorted */
    size_t count;
};

/** The rule files (*.yml, *.yaml) in a folder, not below it. A path that is no folder is itself the one file.
 *  @return false and errno. */
bool monitor_list_rules(const char *path, struct monitor_names *names);

/** The files in a folder that may be captures: ordinary ones that are not hidden. The rest as with rules. */
bool monitor_list_captures(const char *path, struct monitor_names *names);
void monitor_names_deinit(struct monitor_names *names);

#endif
