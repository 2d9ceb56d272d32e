/* Lists of ports as people write them: those that are followed, and those of tunnels. */
#ifndef SENSOR_PORT_LIST_H
#define SENSOR_PORT_LIST_H

#include "proto/packet/tunnel.h"
#include "sensor/flow/port_set.h"

/** "443,6443-6445". @return false: it is no such list; some of it may have been added. */
bool port_list_read(const char *text, struct port_set *ports);

/** The same way back. Longer than `size` is cut; PORT_LIST_TEXT is enough for any: two of each three ports. */
enum { PORT_LIST_TEXT = 1 << 18 };
void port_list_text(const struct port_set *ports, char *text, size_t size);

enum { PORT_LIST_WHY = 128 };

/** "vxlan=4789,8472,geneve=6081": a kind that is named has the ports that are named with it and no others; 0 is none.
 * The other kinds have their own.
 *  @param why  why not, where more is wrong than its form; else left as it is. @return whether it is such a list. */
bool port_list_read_tunnels(const char *text, struct tunnel_ports *ports, char why[static PORT_LIST_WHY]);

#endif
