/* A request target as Go's server writes it again: what the API server's audit log calls requestURI. */
#ifndef SENSOR_REPORT_REQUEST_URI_H
#define SENSOR_REPORT_REQUEST_URI_H

#include "sensor/report/buffer.h"

/** Path and query, without the origin of an absolute form. A path with a byte that may not stand there raw is decoded
 * and escaped anew, as a whole; a query stands as it was sent. A path that cannot be decoded stays as it is: such a
 * request is answered 400 before anything is logged.
 *  @param method  a CONNECT that names an authority has the path "/". */
void request_uri(struct buffer *out, struct slice method, struct slice target);

#endif
