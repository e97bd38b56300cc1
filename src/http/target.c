#include "http/target.h"

#include "http/octet.h"

#include <arpa/inet.h>
#include <string.h>

enum { HOST_NAME_LEN_MAX = 253, PORT_DIGITS_MAX = 5, PORT_MAX = 65535 };

static bool is_port(str text)
{
    if (text.len == 0 || text.len > PORT_DIGITS_MAX || !octet_all(text, OCTET_DIGIT)) {
        return false;
    }
    unsigned port = 0;
    for (size_t i = 0; i < text.len; i++) {
        port = port * 10 + octet_hex(text.at[i]);
    }
    return port >= 1 && port <= PORT_MAX;
}

static bool is_host_name(str text)
{
    const bool has_bytes = text.len > 0 && text.len <= HOST_NAME_LEN_MAX;
    if (!has_bytes || !octet_all(text, OCTET_HOST)) {
        return false;
    }
    return text.at[0] != '.' && !str_contains(text, STR(".."));
}

static bool is_ip6(str text)
{
    char address[INET6_ADDRSTRLEN];
    struct in6_addr ignored;
    if (text.len == 0 || text.len >= sizeof address) {
        return false;
    }
    memcpy(address, text.at, text.len);
    address[text.len] = '\0';
    return inet_pton(AF_INET6, address, &ignored) == 1;
}

bool target_is_host(str text)
{
    if (str_starts(text, STR("["))) {
        const size_t end = str_find_char(text, ']');
        const str port = str_slice(text, end + 1, text.len);
        return end < text.len && is_ip6(str_slice(text, 1, end)) &&
               (port.len == 0 || (port.at[0] == ':' && is_port(str_slice(port, 1, port.len))));
    }
    const struct str_cut cut = str_cut(text, ':');
    return is_host_name(cut.head) && (!cut.found || is_port(cut.tail));
}

/* RFC 3986, appendix A. What is wrong is named as narrowly as possible, for whoever wrote the
 * client. */
static enum http_refusal check_bytes(str text, enum octet_class kind)
{
    for (size_t i = 0; i < text.len;) {
        char decoded;
        if (text.at[i] != '%' && !octet_is(text.at[i], kind)) {
            return text.at[i] == '#' ? REFUSAL_TARGET_FRAGMENT : REFUSAL_TARGET_BYTE;
        }
        if (!octet_unescape(text, &i, &decoded)) {
            return REFUSAL_ESCAPE_SYNTAX;
        }
        if (decoded == '\0') {
            return REFUSAL_ESCAPED_NUL;
        }
    }
    return REFUSAL_NONE;
}

/* What is decoded once must mean the same to everybody who decodes it never, once or twice. */
static enum http_refusal check_escape(char decoded)
{
    switch (decoded) {
    case '/':
    case '\\':
        return REFUSAL_ESCAPED_SEPARATOR;
    case '.':
        return REFUSAL_ESCAPED_DOT;
    case '%':
        return REFUSAL_ESCAPED_PERCENT;
    default:
        return (unsigned char)decoded < 0x20 || decoded == 0x7F ? REFUSAL_ESCAPED_CONTROL
                                                                : REFUSAL_NONE;
    }
}

static enum http_refusal check_escapes(str path)
{
    for (size_t i = 0; i < path.len;) {
        const bool escaped = path.at[i] == '%';
        char decoded;
        if (!octet_unescape(path, &i, &decoded)) {
            return REFUSAL_ESCAPE_SYNTAX;
        }
        const enum http_refusal refusal = escaped ? check_escape(decoded) : REFUSAL_NONE;
        if (refusal != REFUSAL_NONE) {
            return refusal;
        }
    }
    return REFUSAL_NONE;
}

static enum http_refusal check_segments(str path)
{
    if (str_contains(path, STR("//"))) {
        return REFUSAL_PATH_EMPTY_SEGMENT;
    }
    for (struct str_cut cut = {.tail = path, .found = true}; cut.found;) {
        cut = str_cut(cut.tail, '/');
        if (str_equal(cut.head, STR(".")) || str_equal(cut.head, STR(".."))) {
            return REFUSAL_PATH_DOT_SEGMENT;
        }
    }
    return REFUSAL_NONE;
}

/* UTF-8 over escapes, byte by byte: a path may be 8 KiB, and nothing is decoded before everything
 * is checked. */
static enum http_refusal check_utf8(str path)
{
    char character[4];
    size_t len = 0;
    for (size_t i = 0; i < path.len;) {
        if (!octet_unescape(path, &i, &character[len])) {
            return REFUSAL_ESCAPE_SYNTAX;
        }
        len++;
        if (str_is_utf8((str){.at = character, .len = len})) {
            len = 0;
        } else if (len == sizeof character) {
            return REFUSAL_PATH_NOT_UTF8;
        }
    }
    return len == 0 ? REFUSAL_NONE : REFUSAL_PATH_NOT_UTF8;
}

static enum http_refusal check_path(str path)
{
    static enum http_refusal (*const checks[])(str path) = {check_escapes, check_segments,
                                                            check_utf8};
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        const enum http_refusal refusal = checks[i](path);
        if (refusal != REFUSAL_NONE) {
            return refusal;
        }
    }
    return REFUSAL_NONE;
}

/* Cuts "http://host" off an absolute form; what is left begins with '/' or '?', or is empty. */
static bool cut_authority(str *text, str *ret_authority)
{
    static const str schemes[] = {STR_INIT("http://"), STR_INIT("https://")};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        if (octet_equal(str_slice(*text, 0, schemes[i].len), schemes[i])) {
            const str rest = str_slice(*text, schemes[i].len, text->len);
            const size_t slash = str_find_char(rest, '/');
            const size_t mark = str_find_char(rest, '?');
            const size_t end = slash < mark ? slash : mark;
            *ret_authority = str_slice(rest, 0, end);
            *text = str_slice(rest, end, rest.len);
            return true;
        }
    }
    return false;
}

enum http_refusal target_read(str text, struct target *ret_target)
{
    struct target target = {.authority = STR("")};
    str rest = text;
    const bool origin = str_starts(text, STR("/"));
    if (!origin && !cut_authority(&rest, &target.authority)) {
        return REFUSAL_TARGET_FORM;
    }
    if (!origin && !target_is_host(target.authority)) {
        return REFUSAL_TARGET_FORM;
    }
    const struct str_cut cut = str_cut(rest, '?');
    /* RFC 9112, 3.2.2: "http://host" asks for "/". */
    target.path = cut.head.len == 0 ? STR("/") : cut.head;
    target.query = cut.found ? cut.tail : STR("");
    enum http_refusal refusal = check_bytes(target.path, OCTET_PATH);
    if (refusal == REFUSAL_NONE) {
        refusal = check_bytes(target.query, OCTET_QUERY);
    }
    if (refusal == REFUSAL_NONE) {
        refusal = check_path(target.path);
    }
    if (refusal == REFUSAL_NONE) {
        *ret_target = target;
    }
    return refusal;
}

str target_decode(str path, char *decoded)
{
    size_t len = 0;
    for (size_t i = 0; i < path.len;) {
        const bool whole = octet_unescape(path, &i, &decoded[len]);
        ASSERT(whole);
        len++;
    }
    return (str){.at = decoded, .len = len};
}
