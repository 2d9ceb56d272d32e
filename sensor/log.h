/* What a person is told on standard error while the program runs: a line each, "kapiwatch: ...". It quotes names of
 * files and interfaces, which may hold anything: what a terminal obeys is written as \xNN, and one line stays one. */
#ifndef SENSOR_LOG_H
#define SENSOR_LOG_H

#include <stdbool.h>
#include <stdio.h>

enum log_level { LOG_QUIET, LOG_NORMAL, LOG_VERBOSE };

struct log {
    FILE *out;
    enum log_level level;
    bool progress;       /* a line that is written over and over: for a terminal */
    bool progress_shown; /* it stands there now, without a line's end */
};

/** @param progress  wanted, if standard error is a terminal and `level` is not quiet. */
struct log log_to_stderr(enum log_level level, bool progress);

/** Text in which something is quoted, by the same rule; for what is printed elsewhere. */
void log_printable(FILE *out, const char *text);

/** An error: always told. */
void log_error(struct log *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Good to know: not when quiet. */
void log_note(struct log *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** How far the run is. Nothing unless `progress`. */
void log_progress(struct log *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Takes the progress line away: before something else is written to the terminal. */
void log_progress_end(struct log *to);

#endif
