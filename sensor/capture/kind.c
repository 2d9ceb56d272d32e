#include "sensor/capture/kind.h"

struct kind_row {
    const char *magic;
    size_t size;
    struct file_kind kind;
};

#define PCAP(magic)                                                                                                    \
    {                                                                                                                  \
        magic, 4,                                                                                                      \
        {                                                                                                              \
            FORMAT_PCAP, "a capture", NULL                                                                             \
        }                                                                                                              \
    }
#define OTHER(magic, ...)                                                                                              \
    {                                                                                                                  \
        magic, sizeof magic - 1,                                                                                       \
        {                                                                                                              \
            FORMAT_NONE, __VA_ARGS__                                                                                   \
        }                                                                                                              \
    }

/* Captures: pcap-savefile(5), and the variant of Kuznetzov's patch with 24 bytes before each packet; then RFC 1952,
 * RFC 8878, the xz and bzip2 formats, and what else is easily named by mistake. */
static const struct kind_row kinds[] = {
    PCAP("\xd4\xc3\xb2\xa1"),
    PCAP("\xa1\xb2\xc3\xd4"),
    PCAP("\x4d\x3c\xb2\xa1"),
    PCAP("\xa1\xb2\x3c\x4d"),
    PCAP("\x34\xcd\xb2\xa1"),
    PCAP("\xa1\xb2\xcd\x34"),
    {"\x0a\x0d\x0d\x0a", 4, {FORMAT_PCAPNG, "a pcapng capture", NULL}},
    {"\x1f\x8b", 2, {FORMAT_GZIP, "gzip-compressed", NULL}},
    {"\x28\xb5\x2f\xfd", 4, {FORMAT_ZSTD, "zstd-compressed", NULL}},
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

/* RFC 8878, 3.1.2: parallel compressors write such frames first. LZ4 has them too, and never begins with one. */
static bool is_skippable(struct slice first)
{
    return first.size >= 4 && (first.data[0] & 0xf0) == 0x50 && memcmp(first.data + 1, "\x2a\x4d\x18", 3) == 0;
}

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
    if (is_skippable(first))
        return (struct file_kind){.format = FORMAT_ZSTD, .what = "zstd-compressed"};
    return (struct file_kind){.format = FORMAT_NONE, .what = is_text(first) ? "a text file" : "a file of unknown kind"};
}
