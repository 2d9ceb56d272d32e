#include "sensor/capture/pcapng_interface.h"

#include "sensor/capture/byte_order.h"

#define SECONDS_MOST INT64_C(8000000000) /* the year 2223 */
#define DROPPED_MOST (UINT64_C(1) << 62) /* more is what some write who do not know */

enum {
    OPTION_END = 0,
    IF_TSRESOL = 9,
    IF_TSOFFSET = 14,
    ISB_IFDROP = 5,
    ISB_OSDROP = 7,
    NANO_DIGITS = 9,
    DIGITS_MOST = 19
};

bool pcapng_option(struct slice *left, bool big, uint16_t *code, struct slice *value)
{
    if (left->size < 4)
        return false;
    *code = order_u16(left->data, big);
    size_t size = order_u16(left->data + 2, big), padded = (size + 3) / 4 * 4;
    if (*code == OPTION_END || left->size - 4 < padded)
        return false;
    *value = slice_part(*left, 4, 4 + size);
    *left = slice_part(*left, 4 + padded, left->size);
    return true;
}

static uint64_t power_of_ten(unsigned digits)
{
    uint64_t power = 1;
    while (digits-- > 0)
        power *= 10;
    return power;
}

/* if_tsresol: so many decimal digits of a second, or with the upper bit binary ones. */
static void set_resolution(struct pcapng_interface *i, uint8_t resolution)
{
    unsigned digits = resolution & 0x7f;
    i->multiple = 1;
    i->divisor = 1;
    i->shift = 0;
    if (resolution & 0x80) {
        i->multiple = power_of_ten(NANO_DIGITS);
        i->shift = digits;
    } else if (digits <= NANO_DIGITS) {
        i->multiple = power_of_ten(NANO_DIGITS - digits);
    } else if (digits - NANO_DIGITS <= DIGITS_MOST) {
        i->divisor = power_of_ten(digits - NANO_DIGITS);
    } else {
        i->multiple = 0; /* all that 64 bits can count to is less than a nanosecond */
    }
}

static int64_t held_to(int64_t value, int64_t most)
{
    return value > most ? most : value < -most ? -most : value;
}

struct pcapng_interface pcapng_interface_of(struct slice body, bool big)
{
    struct pcapng_interface i = {.link_type = order_u16(body.data, big), .snap_length = order_u32(body.data + 4, big)};
    struct slice options = slice_part(body, PCAPNG_INTERFACE_BODY, body.size), value;
    uint16_t code;
    set_resolution(&i, 6);
    while (pcapng_option(&options, big, &code, &value)) {
        if (code == IF_TSRESOL && value.size == 1)
            set_resolution(&i, value.data[0]);
        else if (code == IF_TSOFFSET && value.size == 8)
            i.offset = held_to((int64_t)order_u64(value.data, big), SECONDS_MOST) * 1000000000;
    }
    return i;
}

moment pcapng_interface_time(const struct pcapng_interface *i, uint64_t ticks)
{
    unsigned __int128 wide = (unsigned __int128)ticks * i->multiple;
    if (i->divisor != 1)
        wide /= i->divisor;
    wide >>= i->shift;
    const moment most = SECONDS_MOST * 1000000000;
    moment time = wide < (unsigned __int128)most ? (moment)wide : most;
    return i->offset > most - time ? most : time + i->offset;
}

void pcapng_interface_statistics(struct pcapng_interface *i, struct slice options, bool big)
{
    struct slice value;
    uint16_t code;
    uint64_t dropped = 0;
    while (pcapng_option(&options, big, &code, &value)) {
        bool drops = (code == ISB_IFDROP || code == ISB_OSDROP) && value.size == 8;
        uint64_t count = drops ? order_u64(value.data, big) : 0;
        dropped += count < DROPPED_MOST ? count : 0;
    }
    /* Each block counts from the beginning; the last is the whole. */
    i->dropped_known = dropped > i->dropped_known ? dropped : i->dropped_known;
}
