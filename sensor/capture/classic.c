#include "sensor/capture/classic.h"

#include "sensor/capture/byte_order.h"

/* As a number in the file's byte order. */
#define MAGIC_NANO      0xa1b23c4d
#define MAGIC_KUZNETZOV 0xa1b2cd34

enum {
    RECORD_HEADER = 16,
    RECORD_HEADER_KUZNETZOV = 24, /* interface, protocol and direction follow the lengths */
    MAJOR = 2,
    MINOR_MOST = 4,
    MAJOR_DG_UX = 543 /* DG/UX's tcpdump, the lengths swapped */
};

bool classic_init(struct classic *c, const uint8_t header[static CLASSIC_HEADER], struct capture_error *error)
{
    *c = (struct classic){.big = header[0] == 0xa1};
    uint32_t magic = order_u32(header, c->big);
    unsigned major = order_u16(header + 4, c->big), minor = order_u16(header + 6, c->big);
    bool dg_ux = major == MAJOR_DG_UX && minor == 0;
    if (!dg_ux && (major != MAJOR || minor > MINOR_MOST)) {
        snprintf(error->text, sizeof error->text, "a capture of version %u.%u; expected 2.0 to 2.4", major, minor);
        return false;
    }
    c->nanoseconds = magic == MAGIC_NANO;
    c->record_header = magic == MAGIC_KUZNETZOV ? RECORD_HEADER_KUZNETZOV : RECORD_HEADER;
    c->swapped = dg_ux || minor < 3;
    c->maybe_swapped = minor == 3;
    /* Above the type stand bits of the frame check sequence, whose bytes are behind what IP says is there. */
    c->link_type = (uint16_t)order_u32(header + 20, c->big);
    return true;
}

static enum capture_got stopped(const struct classic *c, const struct stretch *s, enum input_got got,
                                struct capture_error *error)
{
    char what[32];
    snprintf(what, sizeof what, "packet %" PRIu64, c->packets + 1);
    return record_stopped(s, got, what, stretch_offset(s), error);
}

static enum capture_got too_long(const struct classic *c, const struct stretch *s, uint32_t kept,
                                 struct capture_error *error)
{
    char what[32];
    snprintf(what, sizeof what, "packet %" PRIu64, c->packets + 1);
    return record_wrong(s, what, stretch_offset(s), error,
                        "found a captured length of %" PRIu32 " bytes, expected at most %d", kept, RECORD_MOST);
}

enum capture_got classic_next(struct classic *c, struct stretch *s, struct record *record, struct capture_error *error)
{
    enum input_got got = stretch_need(s, c->record_header);
    if (got != INPUT_BYTES)
        return stopped(c, s, got, error);
    uint32_t kept = order_u32(s->at + 8, c->big), wire = order_u32(s->at + 12, c->big);
    if (c->swapped || (c->maybe_swapped && kept > wire)) {
        uint32_t held = kept;
        kept = wire;
        wire = held;
    }
    if (kept > RECORD_MOST)
        return too_long(c, s, kept, error);
    got = stretch_need(s, c->record_header + kept);
    if (got != INPUT_BYTES)
        return stopped(c, s, got, error);
    moment seconds = order_u32(s->at, c->big), fraction = order_u32(s->at + 4, c->big);
    record->time = seconds * 1000000000 + (c->nanoseconds ? fraction : fraction * 1000);
    record->bytes = (struct slice){.data = s->at + c->record_header, .size = kept};
    record->wire_size = wire > kept ? wire : kept;
    record->link_type = c->link_type;
    record->interface = 0;
    s->at += c->record_header + kept;
    c->packets++;
    return CAPTURE_FRAME;
}
