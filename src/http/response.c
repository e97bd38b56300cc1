#include "http/response.h"

#include "http/octet.h"

struct status_row {
    int status;
    const char *text;
};

/* RFC 9110, 15; 428, 429 and 431 are of RFC 6585. */
static const struct status_row statuses[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
};

const char *http_status_text(int status)
{
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        if (statuses[i].status == status) {
            return statuses[i].text;
        }
    }
    return "";
}

/* RFC 9110, 5.5: what a value may contain; tab and bytes above ASCII are allowed, no other control
 * is. */
static bool is_field_value(str value)
{
    for (size_t i = 0; i < value.len; i++) {
        const unsigned char octet = (unsigned char)value.at[i];
        if ((octet < 0x20 && octet != '\t') || octet == 0x7F) {
            return false;
        }
    }
    return true;
}

/* Written by the server alone: a second one would break the framing. */
static bool is_framing(str name)
{
    static const str names[] = {STR_INIT("Content-Length"), STR_INIT("Transfer-Encoding"),
                                STR_INIT("Connection"), STR_INIT("Date"), STR_INIT("Content-Type")};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (octet_equal(name, names[i])) {
            return true;
        }
    }
    return false;
}

void http_header_set(struct http_response *response, str name, str value)
{
    ASSERT(response->header_count < HTTP_RESPONSE_HEADERS_MAX);
    ASSERT(name.len > 0 && octet_all(name, OCTET_TOKEN));
    ASSERT(!is_framing(name));
    ASSERT(is_field_value(value));
    response->headers[response->header_count++] =
        (struct http_header){.name = name, .value = value};
}

void response_put_date(struct buf *buf, instant now)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const date day = instant_date(now);
    const struct civil civil = date_to_civil(day);
    const int64_t midnight = instant_from_date(day).milliseconds;
    const int second = (int)((now.milliseconds - midnight) / 1000);
    ASSERT(civil.month >= 1 && civil.month <= 12);
    buf_format(buf, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT", date_weekday_name(date_weekday(day)),
               civil.day, months + (size_t)(civil.month - 1) * 3, civil.year, second / 3600,
               second / 60 % 60, second % 60);
}

size_t response_size_max(const struct http_response *response)
{
    /* The status line and the headers of the server itself; then ": " and CR LF a header. */
    size_t size = 256 + response->content_type.len + response->body.len;
    for (size_t i = 0; i < response->header_count; i++) {
        size += response->headers[i].name.len + response->headers[i].value.len + 4;
    }
    return size;
}

static void put_field(struct buf *buf, str name, str value)
{
    buf_put(buf, name);
    buf_put(buf, STR(": "));
    buf_put(buf, value);
    buf_put(buf, STR("\r\n"));
}

/* RFC 9110, 8.6: these have no body and no Content-Length. */
static bool has_no_content(int status)
{
    return status == 204 || status == 304;
}

static void put_head(struct buf *buf, const struct http_response *response, int status,
                     const struct response_setting *setting)
{
    buf_put(buf, STR("HTTP/1.1 "));
    buf_put_int64(buf, status);
    buf_put_char(buf, ' ');
    buf_put_c(buf, http_status_text(status));
    buf_put(buf, STR("\r\n"));
    buf_put(buf, STR("Date: "));
    response_put_date(buf, setting->now);
    buf_put(buf, STR("\r\n"));
    if (response->content_type.len > 0) {
        put_field(buf, STR("Content-Type"), response->content_type);
    }
    if (setting->streams && setting->chunked) {
        put_field(buf, STR("Transfer-Encoding"), STR("chunked"));
    } else if (!has_no_content(status) && !setting->streams) {
        buf_put(buf, STR("Content-Length: "));
        buf_put_int64(buf, (int64_t)response->body.len);
        buf_put(buf, STR("\r\n"));
    }
    if (setting->closes) {
        put_field(buf, STR("Connection"), STR("close"));
    }
    for (size_t i = 0; i < response->header_count; i++) {
        put_field(buf, response->headers[i].name, response->headers[i].value);
    }
    buf_put(buf, STR("\r\n"));
}

void response_write(struct buf *buf, const struct http_response *response,
                    const struct response_setting *setting)
{
    const int status = response->status == 0 ? 200 : response->status;
    ASSERT(status >= 200 && status <= 599);
    ASSERT(is_field_value(response->content_type));
    put_head(buf, response, status, setting);
    if (setting->streams && response->body.len > 0) {
        response_write_part(buf, response->body, setting);
    } else if (!setting->streams && !setting->bodiless && !has_no_content(status)) {
        buf_put(buf, response->body);
    }
}

void response_write_part(struct buf *buf, str part, const struct response_setting *setting)
{
    if (!setting->chunked) {
        buf_put(buf, part);
        return;
    }
    buf_format(buf, "%zX\r\n", part.len);
    buf_put(buf, part);
    buf_put(buf, STR("\r\n"));
}
