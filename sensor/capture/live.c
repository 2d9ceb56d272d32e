/* An interface, or all of them, read by libpcap: promiscuous where it is one, in batches of at most a read timeout. */
#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "sensor/capture/capture.h"
#include "sensor/capture/clock.h"
#include "sensor/capture/filter.h"

enum { SNAP_LENGTH_DEFAULT = 262144, READ_TIMEOUT_MS = (int)(CLOCK_LIVE_DELAY / 1000000) };

/* libpcap counts in 32 bits since the interface was opened. */
struct drop_count {
    uint32_t last;
    uint64_t total;
};

struct live_source {
    pcap_t *pcap;
    int flags_socket; /* to ask whether the interface is still up */
    char name[IFNAMSIZ];
    uint16_t link_type;
    bool nanoseconds;
    struct drop_count kernel, interface;
};

/* libpcap's name for all interfaces, which the kernel has no interface of. */
static bool is_all(const char *name)
{
    return strcmp(name, "any") == 0;
}

static bool is_known(const char *name)
{
    return is_all(name) || if_nametoindex(name) != 0;
}

static bool is_up(const struct live_source *s)
{
    if (is_all(s->name))
        return true;
    struct ifreq request = {.ifr_flags = 0};
    memcpy(request.ifr_name, s->name, sizeof request.ifr_name);
    if (ioctl(s->flags_socket, SIOCGIFFLAGS, &request) != 0)
        return errno != ENODEV;
    return (request.ifr_flags & IFF_UP) != 0;
}

/* libpcap would wait for ever on a silent interface, and through its going down and up again. So it is read without
 * waiting, and the waiting is done here.  @return whether there is something to read, or to hear of the interface. */
static bool wait_for_frames(const struct live_source *s)
{
    struct pollfd waited = {.fd = pcap_get_selectable_fd(s->pcap), .events = POLLIN};
    return poll(&waited, 1, READ_TIMEOUT_MS) > 0;
}

/* Seconds are held to what a moment can tell with room for the arithmetic of deadlines: a card may count from anywhere.
 * @param nanoseconds  the fraction's unit, as the interface was opened. */
static moment time_of(const struct pcap_pkthdr *header, bool nanoseconds)
{
    const int64_t most = INT64_C(8000000000); /* the year 2223 */
    int64_t seconds = header->ts.tv_sec, fraction = header->ts.tv_usec;
    seconds = seconds > most ? most : seconds < -most ? -most : seconds;
    fraction = fraction > UINT32_MAX ? UINT32_MAX : fraction < INT32_MIN ? INT32_MIN : fraction;
    return seconds * 1000000000 + (nanoseconds ? fraction : fraction * 1000);
}

static enum capture_got live_next(void *source, struct frame *frame, struct capture_error *error)
{
    struct live_source *s = source;
    struct pcap_pkthdr *header;
    const u_char *bytes;
    int got = pcap_next_ex(s->pcap, &header, &bytes);
    if (got == 0 && wait_for_frames(s))
        got = pcap_next_ex(s->pcap, &header, &bytes);
    if (got == 1) {
        *frame = (struct frame){.time = time_of(header, s->nanoseconds),
                                .bytes = {.data = bytes, .size = header->caplen},
                                .wire_size = header->len > header->caplen ? header->len : header->caplen,
                                .link_type = s->link_type};
        return CAPTURE_FRAME;
    }
    if (got == 0 && is_up(s))
        return CAPTURE_IDLE;
    if (got == 0)
        snprintf(error->text, sizeof error->text, "the interface went down: all before was read");
    else
        snprintf(error->text, sizeof error->text, "listening failed: %s", pcap_geterr(s->pcap));
    return CAPTURE_FAILED;
}

static void count_on(struct drop_count *count, uint32_t now)
{
    count->total += now - count->last;
    count->last = now;
}

static void live_drops(void *source, uint64_t *kernel, uint64_t *interface)
{
    struct live_source *s = source;
    struct pcap_stat stat;
    if (pcap_stats(s->pcap, &stat) == 0) {
        count_on(&s->kernel, stat.ps_drop);
        count_on(&s->interface, stat.ps_ifdrop);
    }
    *kernel = s->kernel.total;
    *interface = s->interface.total;
}

static void live_free(void *source)
{
    struct live_source *s = source;
    if (s->pcap != NULL)
        pcap_close(s->pcap);
    if (s->flags_socket >= 0)
        close(s->flags_socket);
    free(s);
}

static const struct source_ops live_ops = {.next = live_next, .drops = live_drops, .free = live_free, .live = true};

/* What to do about it, by what activation answered. */
static void tell_why(struct capture_error *error, const char *name, int status, pcap_t *pcap)
{
    const char *const text = pcap_geterr(pcap);
    switch (status) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
        snprintf(error->text, sizeof error->text, "%s: no such interface: kapiwatch -D lists them", name);
        break;
    case PCAP_ERROR_IFACE_NOT_UP:
        snprintf(error->text, sizeof error->text, "%s: the interface is down: ip link set %s up", name, name);
        break;
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
        snprintf(error->text, sizeof error->text,
                 "%s: not permitted: run as root, or give the program the right: "
                 "setcap cap_net_raw,cap_net_admin+ep PATH-OF-kapiwatch",
                 name);
        break;
    default:
        snprintf(error->text, sizeof error->text, "%s: cannot be listened on: %s%s%s", name, pcap_statustostr(status),
                 text[0] != '\0' ? ": " : "", text);
    }
}

static int configure(pcap_t *pcap, const struct live_options *options)
{
    pcap_set_snaplen(pcap, options->snap_length > 0 ? options->snap_length : SNAP_LENGTH_DEFAULT);
    pcap_set_promisc(pcap, 1);
    pcap_set_timeout(pcap, READ_TIMEOUT_MS);
    if (options->buffer_kib > 0)
        pcap_set_buffer_size(pcap, options->buffer_kib > INT_MAX / 1024 ? INT_MAX : options->buffer_kib * 1024);
    /* Where the interface cannot, it stays with microseconds, and says so afterwards. */
    pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
    return pcap_activate(pcap);
}

static bool set_filter(pcap_t *pcap, const char *name, const char *filter, struct capture_error *error)
{
    struct bpf_program program;
    struct capture_error why;
    if (!filter_compile(&program, pcap, filter, &why)) {
        snprintf(error->text, sizeof error->text, "%s: %.400s", name, why.text);
        return false;
    }
    bool set = pcap_setfilter(pcap, &program) == 0;
    pcap_freecode(&program);
    if (!set)
        snprintf(error->text, sizeof error->text, "%s: the filter was not accepted: %s", name, pcap_geterr(pcap));
    return set;
}

static bool prepare(struct live_source *s, const struct live_options *options, struct capture_error *error)
{
    char why[PCAP_ERRBUF_SIZE];
    s->pcap = pcap_create(s->name, why);
    if (s->pcap == NULL) {
        snprintf(error->text, sizeof error->text, "%s: %s", s->name, why);
        return false;
    }
    int status = configure(s->pcap, options);
    if (status < 0) {
        tell_why(error, s->name, status, s->pcap);
        return false;
    }
    s->nanoseconds = pcap_get_tstamp_precision(s->pcap) == PCAP_TSTAMP_PRECISION_NANO;
    s->link_type = (uint16_t)pcap_datalink(s->pcap);
    if (!packet_link_known(s->link_type)) {
        snprintf(error->text, sizeof error->text, "%s: its link type %s is not read; expected an Ethernet interface",
                 s->name, pcap_datalink_val_to_name(s->link_type));
        return false;
    }
    if (options->filter != NULL && !set_filter(s->pcap, s->name, options->filter, error))
        return false;
    if (pcap_setnonblock(s->pcap, 1, why) != 0) {
        snprintf(error->text, sizeof error->text, "%s: %s", s->name, why);
        return false;
    }
    return true;
}

bool capture_add_live(struct capture *c, const char *interface, const struct live_options *options,
                      struct capture_error *error)
{
    if (strlen(interface) >= IFNAMSIZ || !is_known(interface)) {
        snprintf(error->text, sizeof error->text, "%.200s: no such interface: kapiwatch -D lists them", interface);
        return false;
    }
    snprintf(error->text, sizeof error->text, "%s: no memory", interface);
    struct live_source *s = calloc(1, sizeof *s);
    if (s == NULL)
        return false;
    memcpy(s->name, interface, strlen(interface));
    s->flags_socket = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (s->flags_socket < 0)
        snprintf(error->text, sizeof error->text, "%s: %s", interface, strerror(errno));
    else if (prepare(s, options, error) && capture_add(c, interface, &live_ops, s))
        return true;
    live_free(s);
    return false;
}

bool capture_list_interfaces(FILE *out, struct capture_error *error)
{
    char why[PCAP_ERRBUF_SIZE];
    pcap_if_t *all;
    if (pcap_findalldevs(&all, why) != 0) {
        snprintf(error->text, sizeof error->text, "interfaces cannot be listed: %s", why);
        return false;
    }
    unsigned number = 0;
    for (const pcap_if_t *i = all; i != NULL; i = i->next) {
        /* libpcap lists buses and queues of the kernel too, which carry no network frames. */
        if (!is_known(i->name))
            continue;
        fprintf(out, "%u.%s%s%s%s [%s%s%s]\n", ++number, i->name, i->description != NULL ? " (" : "",
                i->description != NULL ? i->description : "", i->description != NULL ? ")" : "",
                i->flags & PCAP_IF_UP ? "Up" : "Down", i->flags & PCAP_IF_RUNNING ? ", Running" : "",
                i->flags & PCAP_IF_LOOPBACK ? ", Loopback" : "");
    }
    pcap_freealldevs(all);
    return true;
}
