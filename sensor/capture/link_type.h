/* Numbers of link types: LINKTYPE_, as files have them, and DLT_, as this system's libpcap has them. */
#ifndef SENSOR_CAPTURE_LINK_TYPE_H
#define SENSOR_CAPTURE_LINK_TYPE_H

#include <stddef.h>
#include <stdint.h>

enum { LINK_TYPE_NAME = 64 };

int link_type_to_dlt(uint16_t link_type);

/** "249 (USBPCAP)"; a number that libpcap has no name for alone. */
const char *link_type_name(uint16_t link_type, char text[static LINK_TYPE_NAME]);

#endif
