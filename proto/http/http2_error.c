#include "proto/http/http2_error.h"

#include <nghttp2/nghttp2.h>

_Static_assert(NGHTTP2_HTTP_1_1_REQUIRED + 2 == HTTP2_ERROR_UNREGISTERED, "a byte's value for each code of the RFC");

uint8_t http2_error_keep(uint32_t code)
{
    return code <= NGHTTP2_HTTP_1_1_REQUIRED ? (uint8_t)(code + 1) : HTTP2_ERROR_UNREGISTERED;
}

const char *http2_error_name(unsigned kept)
{
    if (kept == HTTP2_ERROR_NONE)
        return "";
    return kept < HTTP2_ERRORS ? nghttp2_http2_strerror(kept - 1) : "?";
}
