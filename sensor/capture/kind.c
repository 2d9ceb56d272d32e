#include "sensor/capture/kind.h"

struct kind_row {
    const char *magic;
    size_t size;
    struct file_kind kind;
};

#define PCAP(magic, header)                                                                                            \
    {                                                                                                                  \
        magic, 4,                                                                                                      \
        {                                                                                                              \
            FORMAT_PCAP, header, "a capture", NULL                                                                     \
        }                                                                                                              \
    }
#define OTHER(magic, ...)                                                                                              \
    {                                                                                                                  \
        magic, sizeof magic - 1,                                                                                       \
        {                                                                                                              \
            FORMAT_NONE, 0, __VA_ARGS__                                                                                \
        }                                                                                                              \
    }

/* Captures: pcap-savefile(5), and the variant of Kuznetzov's patch with 24 bytes before each packet; then RFC 1952,
 * RFC 8878, the xz and bzip2 formats, and what else is easily named by mistake. */
static const struct kind_row kinds[] = {
    PCAP("\xd4\xc3\xb2\xa1", 16),
    PCAP("\xa1\xb2\xc3\xd4", 16),
    PCAP("\x4d\x3c\xb2\xa1", 16),
    PCAP("\xa1\xb2\x3c\x4d", 16),
    PCAP("\x34\xcd\xb2\xa1", 24),
    PCAP("\xa1\xb2\xcd\x34", 24),
    {"\x0a\x0d\x0d\x0a", 4, {FORMAT_PCAPNG, 0, "a pcapng capture", NULL}},
    OTHER("\x1f\x8b", "gzip-compressed", "decompress it first, e.g. zcat FILE | kapiwatch -r -"),
    OTHER("\x28\xb5\x2f\xfd", "zstd-compressed", "decompress it first, e.g. zstdcat FILE | kapiwatch -r -"),
    OTHER("\xfd"
          "7zXZ\x00",
          "xz-compressed", "decompress it first, e.g. xzcat FILE | kapiwatch -r -"),
    OTHER("BZh", "bzip2-compressed", "decompress it first, e.g. bzcat FILE | kapiwatch -r -"),
    OTHER("\x04\x22\x4d\x18", "lz4-compressed", "decompress it first, e.g. lz4cat FILE | kapiwatch -r -"),
    OTHER("PK\x03\x04", "a zip archive", "extract the capture from it first"),
    OTHER("\x7f"
          "ELF",
          "a program or library (ELF)", NULL),
    OTHER("snoop\x00\x00\x00", "a snoop capture", "convert it first, e.g. with editcap -F pcap"),
    OTHER("\x00\x00\x00\x00", "a file that begins with zeros", NULL),
};

static bool is_text(struct slice first)
{
    for (size_t i = 0; i < first.size; i++) {
        uint8_t b = first.data[i];
        if (b >= 0x7f || (b < 0x20 && b != '\t' && b != '\n' && b != '\r'))
            return false;
    }
    return true;
}

struct file_kind file_kind_of(struct slice first)
{
    if (first.size == 0)
        return (struct file_kind){.format = FORMAT_NONE, .what = "an empty file"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (first.size >= kinds[i].size && memcmp(first.data, kinds[i].magic, kinds[i].size) == 0)
            return kinds[i].kind;
    }
    return (struct file_kind){.format = FORMAT_NONE, .what = is_text(first) ? "a text file" : "a file of unknown kind"};
}
