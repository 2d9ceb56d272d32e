/* Error codes of HTTP/2 (RFC 9113, section 7), as records keep them: in a byte, so that 0 says that there is none. */
#ifndef PROTO_HTTP_HTTP2_ERROR_H
#define PROTO_HTTP_HTTP2_ERROR_H

#include <stdint.h>

enum { HTTP2_ERROR_NONE, HTTP2_ERROR_UNREGISTERED = 15, HTTP2_ERRORS };

/** @return never HTTP2_ERROR_NONE: NO_ERROR is a code. All codes that the RFC does not have are one. */
uint8_t http2_error_keep(uint32_t code);

/** @param kept  of http2_error_keep().  @return "NO_ERROR", "CANCEL"; "": none was kept; "?": no such value. */
const char *http2_error_name(unsigned kept);

#endif
