/* The calls that every source of frames answers, and several sources as one capture.
 *
 * Files are merged in the order of their frames' times: of several, the one whose next frame is the oldest gives it; of
 * equal ones the one named first. Within a file the order is the file's. Frames are numbered from 1 over all; `clock`
 * is the greatest time so far. A jump of the time backwards of more than ten seconds is counted; the clock never goes
 * back. */
#ifndef SENSOR_CAPTURE_CAPTURE_H
#define SENSOR_CAPTURE_CAPTURE_H

#include <stdio.h>

#include "proto/packet/packet.h"

enum { CAPTURE_ERROR_MAX = 512 };

struct capture_error {
    char text[CAPTURE_ERROR_MAX]; /* one line: what it is, where, what was expected, what to do */
    bool foreign;                 /* of capture_add_file(): the file is whole, and no capture */
};

struct capture_counts {
    uint64_t frames, bytes, cut, kernel_drops, interface_drops, time_jumps, key_logs;
};

/** What else comes of reading. Any may be NULL. */
struct capture_listener {
    /** Text as SSLKEYLOGFILE has it, which a pcapng file brings with it: before the packets behind it in the file.
     * Valid during the call. It is secret. @param name  of the file. */
    void (*key_log)(void *owner, const char *name, struct slice text);
    /** Good to know, one line. */
    void (*note)(void *owner, const char *line);
    /** A mistake of the input that is not its end: a part of it is not read. One line. */
    void (*wrong)(void *owner, const char *line);
    void *owner;
};

enum capture_got { CAPTURE_FRAME, CAPTURE_IDLE, CAPTURE_END, CAPTURE_FAILED };

/** What each kind of source fills in: files (savefile.c), interfaces (live.c), and later others. */
struct source_ops {
    /** @return CAPTURE_FRAME and all of `frame` but clock and number; CAPTURE_IDLE: nothing within the read timeout, or
     * a signal came; CAPTURE_END; CAPTURE_FAILED and the error. */
    enum capture_got (*next)(void *source, struct frame *frame, struct capture_error *error);
    /** Totals since the source was opened. NULL: it drops nothing. */
    void (*drops)(void *source, uint64_t *kernel, uint64_t *interface);
    void (*free)(void *source);
    bool live; /* the clock follows wall time */
};

struct capture;

struct capture *capture_new(void);
void capture_free(struct capture *c);

/** Before a file is added: who is told. Without it nobody is. */
void capture_listen(struct capture *c, const struct capture_listener *listener);

/** Takes the source over. @param name  for messages; copied. */
bool capture_add(struct capture *c, const char *name, const struct source_ops *ops, void *source);

/** The next frame of all sources. A source that fails is reported once (CAPTURE_FAILED and the error) and left; the
 * others go on: call again until CAPTURE_END. CAPTURE_IDLE (of an interface or
 * a pipe): `frame->clock` alone is set, to the clock that has been reached, live by wall time. */
enum capture_got capture_next(struct capture *c, struct frame *frame, struct capture_error *error);

void capture_count(struct capture *c, struct capture_counts *counts);

/** A file or a pipe in pcap or pcapng format, packed by gzip or zstd or not; it is known by its first bytes, which are
 *  waited for. Takes `file` over, in any case; `-` is standard input's name.
 *  @param filter  an expression, or NULL; lives as long as `c`.
 *  @return false and the error: no capture, or a filter that this link type does not have. */
bool capture_add_file(struct capture *c, const char *name, FILE *file, const char *filter, struct capture_error *error);

struct live_options {
    int snap_length, buffer_kib; /* 0: the default */
    const char *filter;
};

/** An interface, promiscuous, or "any": all of them. @return false and one line saying what to do. */
bool capture_add_live(struct capture *c, const char *interface, const struct live_options *options,
                      struct capture_error *error);

/** Prints the interfaces that can be listened on, one a line, as tcpdump -D does. */
bool capture_list_interfaces(FILE *out, struct capture_error *error);

/** Whether a filter expression compiles. */
bool capture_check_filter(const char *filter, struct capture_error *error);

#endif
