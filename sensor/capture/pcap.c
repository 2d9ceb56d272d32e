/* Capture files, read by libpcap: pcap in both byte orders and resolutions, pcapng with like interfaces. */
#include <errno.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdlib.h>

#include "sensor/capture/capture.h"
#include "sensor/capture/filter.h"
#include "sensor/capture/input.h"
#include "sensor/capture/packet_time.h"

struct pcap_source {
    pcap_t *pcap;
    struct input *input;
    struct file_kind kind;
    struct bpf_program filter;
    bool filtered, interrupted;
    uint16_t link_type;
    uint32_t snap_length;
    uint64_t packets; /* of the file: those that the filter rejects too */
    int64_t at;       /* FORMAT_PCAP: where the next packet's header begins */
};

static const char pcap_expected[] = "expected a capture in pcap or pcapng format";

/* DLT_ numbers, which libpcap gives, are those of files but for a few old ones. */
static uint16_t file_link_type(int dlt)
{
    switch (dlt) {
    case DLT_RAW: return 101;
    case DLT_ATM_RFC1483: return 100;
    default: return (uint16_t)dlt;
    }
}

static enum capture_got stopped(struct pcap_source *s, struct capture_error *error)
{
    FILE *stream = pcap_file(s->pcap);
    int64_t end = ftello(stream);
    uint64_t packet = s->packets + 1;
    if (input_error(s->input) == EINTR) {
        /* What had been read of a packet is lost in libpcap: there is no going on. */
        s->interrupted = true;
        return CAPTURE_IDLE;
    }
    if (input_error(s->input) != 0)
        snprintf(error->text, sizeof error->text, "cannot be read in packet %" PRIu64 " at byte %" PRId64 ": %s",
                 packet, end, strerror(input_error(s->input)));
    else if (feof(stream) && s->kind.format == FORMAT_PCAP)
        snprintf(error->text, sizeof error->text,
                 "cut off in the middle of packet %" PRIu64 " at byte %" PRId64 ": the packet begins at byte %" PRId64
                 "; all before it was read",
                 packet, end, s->at);
    else if (feof(stream))
        snprintf(error->text, sizeof error->text,
                 "cut off in the middle of a block at byte %" PRId64 ": behind packet %" PRIu64 "; all before was read",
                 end, s->packets);
    else
        snprintf(error->text, sizeof error->text,
                 "packet %" PRIu64 " at byte %" PRId64 " cannot be read: %s; all before it was read", packet,
                 s->kind.format == FORMAT_PCAP ? s->at : end, pcap_geterr(s->pcap));
    return CAPTURE_FAILED;
}

/* A packet longer than the file's own snap length is shortened by libpcap, which hides how long it was in the file. */
static void advance(struct pcap_source *s, const struct pcap_pkthdr *header)
{
    s->packets++;
    s->at =
        header->caplen < s->snap_length ? s->at + s->kind.record_header + header->caplen : ftello(pcap_file(s->pcap));
}

static enum capture_got pcap_source_next(void *source, struct frame *frame, struct capture_error *error)
{
    struct pcap_source *s = source;
    if (s->interrupted)
        return CAPTURE_END;
    struct pcap_pkthdr *header;
    const u_char *bytes;
    do {
        int got = pcap_next_ex(s->pcap, &header, &bytes);
        if (got == PCAP_ERROR_BREAK)
            return CAPTURE_END;
        if (got != 1)
            return stopped(s, error);
        advance(s, header);
    } while (s->filtered && pcap_offline_filter(&s->filter, header, bytes) == 0);
    *frame = (struct frame){.time = packet_time(header, true),
                            .bytes = {.data = bytes, .size = header->caplen},
                            .wire_size = header->len > header->caplen ? header->len : header->caplen,
                            .link_type = s->link_type};
    return CAPTURE_FRAME;
}

static void pcap_source_free(void *source)
{
    struct pcap_source *s = source;
    if (s->filtered)
        pcap_freecode(&s->filter);
    if (s->pcap != NULL)
        pcap_close(s->pcap);
    if (s->input != NULL)
        input_free(s->input);
    free(s);
}

static const struct source_ops pcap_source_ops = {.next = pcap_source_next, .free = pcap_source_free};

static bool refuse(const struct pcap_source *s, const char *name, struct capture_error *error)
{
    int problem = input_error(s->input);
    struct slice first = input_first(s->input);
    if (problem == EISDIR)
        snprintf(error->text, sizeof error->text, "%s: a folder; name the capture files in it", name);
    else if (problem != 0)
        snprintf(error->text, sizeof error->text, "%s: cannot be read: %s", name, strerror(problem));
    else if (s->kind.format != FORMAT_NONE && first.size < KIND_BYTES)
        snprintf(error->text, sizeof error->text, "%s: %s that is cut off in its header, at byte %zu", name,
                 s->kind.what, first.size);
    else if (s->kind.format == FORMAT_NONE && s->kind.hint != NULL)
        snprintf(error->text, sizeof error->text, "%s: %s: %s; %s", name, s->kind.what, s->kind.hint, pcap_expected);
    else if (s->kind.format == FORMAT_NONE)
        snprintf(error->text, sizeof error->text, "%s: %s; %s", name, s->kind.what, pcap_expected);
    else
        return false;
    return true;
}

static bool open_pcap(struct pcap_source *s, const char *name, struct capture_error *error)
{
    s->kind = file_kind_of(input_first(s->input));
    if (refuse(s, name, error))
        return false;
    char why[PCAP_ERRBUF_SIZE] = "no memory";
    FILE *stream = input_stream(s->input);
    if (stream != NULL)
        s->pcap = pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, why);
    if (s->pcap == NULL) {
        snprintf(error->text, sizeof error->text, "%s: %s that libpcap refuses: %s", name, s->kind.what, why);
        if (stream != NULL)
            fclose(stream);
        return false;
    }
    s->link_type = file_link_type(pcap_datalink(s->pcap));
    s->snap_length = (uint32_t)pcap_snapshot(s->pcap);
    s->at = KIND_BYTES; /* as long as a pcap file's header */
    return true;
}

static bool set_filter(struct pcap_source *s, const char *name, const char *filter, struct capture_error *error)
{
    struct capture_error why;
    s->filtered = filter_compile(&s->filter, s->pcap, filter, &why);
    if (!s->filtered)
        snprintf(error->text, sizeof error->text, "%s: %.400s", name, why.text);
    return s->filtered;
}

bool capture_add_pcap(struct capture *c, const char *name, FILE *file, const char *filter, struct capture_error *error)
{
    const char *shown = strcmp(name, "-") == 0 ? "standard input" : name;
    snprintf(error->text, sizeof error->text, "%s: no memory", shown);
    struct pcap_source *s = calloc(1, sizeof *s);
    if (s == NULL) {
        fclose(file);
        return false;
    }
    s->input = input_new(file);
    if (s->input != NULL && open_pcap(s, shown, error) && (filter == NULL || set_filter(s, shown, filter, error)) &&
        capture_add(c, shown, &pcap_source_ops, s))
        return true;
    pcap_source_free(s);
    return false;
}
