/* What a file is by its first bytes: a capture, or something else that a person should be told about by name. */
#ifndef SENSOR_CAPTURE_KIND_H
#define SENSOR_CAPTURE_KIND_H

#include "proto/base/slice.h"

enum { KIND_BYTES = 24 }; /* as many as tell all kinds apart; a capture's own header is not shorter */

enum file_format { FORMAT_NONE, FORMAT_PCAP, FORMAT_PCAPNG, FORMAT_GZIP, FORMAT_ZSTD };

struct file_kind {
    enum file_format format;
    const char *what; /* "a pcapng capture" */
    const char *hint; /* what to do about it, or NULL */
};

/** @param first  the file's first KIND_BYTES bytes, or all of them. */
struct file_kind file_kind_of(struct slice first);

#endif
