/* What is read of a capture, a line a frame, for comparing with another program: number, time in nanoseconds, bytes
 * kept, bytes there were, link type, MD5 of the bytes; at the end the counts.
 *
 *     savefile_dump FILE [FILTER] */
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>

#include "sensor/capture/capture.h"

static void print_frame(const struct frame *f)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    printf("%" PRIu64 "\t%" PRId64 "\t%zu\t%" PRIu32 "\t%u\t", f->number, f->time, f->bytes.size, f->wire_size,
           f->link_type);
    if (EVP_Digest(f->bytes.data, f->bytes.size, digest, &size, EVP_md5(), NULL) != 1)
        size = 0;
    for (unsigned i = 0; i < size; i++)
        printf("%02x", digest[i]);
    putchar('\n');
}

static void print_key_log(void *owner, const char *name, struct slice text)
{
    (void)name;
    (void)owner;
    printf("key log\t%.*s\n", (int)text.size, (const char *)text.data);
}

static void print_line(void *owner, const char *line)
{
    (void)owner;
    printf("note\t%s\n", line);
}

int main(int argc, char **argv)
{
    struct capture_error error = {.text = "cannot be opened"};
    struct capture_counts counts;
    struct capture *c = capture_new();
    FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
    if (c == NULL || file == NULL)
        return 2;
    capture_listen(c, &(struct capture_listener){.key_log = print_key_log, .note = print_line, .wrong = print_line});
    int status = 0;
    if (capture_add_file(c, argv[1], file, argc > 2 ? argv[2] : NULL, &error)) {
        struct frame frame;
        enum capture_got got;
        while ((got = capture_next(c, &frame, &error)) != CAPTURE_END) {
            if (got == CAPTURE_FRAME)
                print_frame(&frame);
            else if (got == CAPTURE_FAILED)
                status = 1;
            if (got == CAPTURE_FAILED)
                printf("failed\t%s\n", error.text);
        }
    } else {
        printf("refused\t%s\n", error.text);
        status = 1;
    }
    capture_count(c, &counts);
    printf("drops\t%" PRIu64 "\tkey logs\t%" PRIu64 "\n", counts.interface_drops, counts.key_logs);
    capture_free(c);
    return status;
}
