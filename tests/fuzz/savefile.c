/* First byte: whether there is a filter. The rest is the file, of any format, packed or not. */
#include "sensor/capture/capture.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t sum; /* every byte that is given is looked at */

static void look(struct slice bytes)
{
    for (size_t i = 0; i < bytes.size; i++)
        sum += bytes.data[i];
}

static void take_key_log(void *owner, const char *name, struct slice text)
{
    (void)name;
    (void)owner;
    look(text);
}

static void take_line(void *owner, const char *line)
{
    (void)owner;
    look(slice_of(line));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct capture_error error = {.text = ""};
    struct frame frame = {.clock = INT64_MIN};
    if (size < 2)
        return 0;
    FILE *file = fmemopen((void *)(uintptr_t)(data + 1), size - 1, "r");
    struct capture *c = capture_new();
    if (file == NULL || c == NULL)
        abort();
    capture_listen(c, &(struct capture_listener){.key_log = take_key_log, .note = take_line, .wrong = take_line});
    bool added = capture_add_file(c, "f", file, data[0] & 1 ? "tcp port 6443" : NULL, &error);
    unsigned failures = 0;
    moment clock = INT64_MIN;
    /* A file of 64 KiB may unpack to 64 MiB of empty packets: the first tell as much as all. */
    for (unsigned i = 0; added && i < 20000; i++) {
        enum capture_got got = capture_next(c, &frame, &error);
        if (got == CAPTURE_END)
            break;
        if (got == CAPTURE_IDLE || (got == CAPTURE_FAILED && ++failures > 1))
            abort();
        if (got != CAPTURE_FRAME)
            continue;
        look(frame.bytes);
        if (frame.wire_size < frame.bytes.size || frame.bytes.size > 262144 || frame.clock < clock)
            abort();
        clock = frame.clock;
    }
    if ((!added || failures > 0) && error.text[0] == '\0')
        abort();
    capture_free(c);
    return 0;
}
