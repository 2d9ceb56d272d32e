/* Community ID v1: one name for a connection in every tool, whichever side sent the packet
 * (github.com/corelight/community-id-spec). */
#ifndef SENSOR_EVENT_COMMUNITY_H
#define SENSOR_EVENT_COMMUNITY_H

#include "proto/packet/address.h"

/** "1:" and 20 bytes in base64; no 0 behind it. */
enum { COMMUNITY_ID_SIZE = 30 };

struct community; /* what hashing needs, made once */

/** @param seed  0 where nobody says otherwise. @return NULL: no memory, or the library has no SHA-1. */
struct community *community_new(uint16_t seed);
void community_free(struct community *c);

/** Of a connection with this IP protocol number that has ports. @return false: the library failed; `text` is not
 * written. */
bool community_id(struct community *c, uint8_t protocol, const struct address *a, const struct address *b,
                  char text[static COMMUNITY_ID_SIZE]);

#endif
