#include "proto/packet/address.h"

#include <arpa/inet.h>

bool address_parse(struct slice text, uint8_t ip[static 16])
{
    char ended[INET6_ADDRSTRLEN];
    uint8_t parsed[16], four[4];
    if (text.size >= sizeof ended || slice_find(text, 0) < text.size)
        return false;
    memcpy(ended, text.data, text.size);
    ended[text.size] = '\0';
    if (slice_find(text, ':') == text.size) {
        if (inet_pton(AF_INET, ended, four) != 1)
            return false;
        address_set_ipv4(parsed, four);
    } else if (inet_pton(AF_INET6, ended, parsed) != 1) {
        return false;
    }
    memcpy(ip, parsed, sizeof parsed);
    return true;
}
