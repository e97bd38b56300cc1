#include "http/forwarded.h"

#include "http/octet.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

/* IPv4 inside IPv6 ("::ffff:10.0.0.1") stays as it is written: nobody listens so here. */
static bool write_anew(str text, char address[INET6_ADDRSTRLEN])
{
    struct in_addr ip4;
    struct in6_addr ip6;
    char copy[INET6_ADDRSTRLEN];
    if (text.len == 0 || text.len >= sizeof copy || memchr(text.at, '\0', text.len) != NULL) {
        return false;
    }
    memcpy(copy, text.at, text.len);
    copy[text.len] = '\0';
    return inet_pton(AF_INET, copy, &ip4) == 1
               ? inet_ntop(AF_INET, &ip4, address, INET6_ADDRSTRLEN) != NULL
               : inet_pton(AF_INET6, copy, &ip6) == 1 &&
                     inet_ntop(AF_INET6, &ip6, address, INET6_ADDRSTRLEN) != NULL;
}

bool forwarded_is_address(str text)
{
    char address[INET6_ADDRSTRLEN];
    return write_anew(text, address) && str_equal(text, str_from_c(address));
}

/* Of the last header of this name: proxies add one of their own, or to the end of the one there is.
 */
static str last_element(const struct http_request *request)
{
    str list = STR("");
    for (size_t i = 0; i < request->header_count; i++) {
        if (octet_equal(request->headers[i].name, STR("X-Forwarded-For"))) {
            list = request->headers[i].value;
        }
    }
    size_t begin = list.len;
    while (begin > 0 && list.at[begin - 1] != ',') {
        begin--;
    }
    return str_trim(str_slice(list, begin, list.len));
}

str forwarded_client(const struct http_request *request, str proxy)
{
    char address[INET6_ADDRSTRLEN];
    if (proxy.len == 0 || !str_equal(request->client_address, proxy) ||
        !write_anew(last_element(request), address)) {
        return request->client_address;
    }
    const str copy = arena_copy(request->arena, str_from_c(address));
    return copy.at != NULL ? copy : request->client_address;
}

str forwarded_network(str address, struct arena *arena)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr network;
    if (!write_anew(address, text) || inet_pton(AF_INET6, text, &network) != 1) {
        return address;
    }
    memset(network.s6_addr + 8, 0, 8);
    inet_ntop(AF_INET6, &network, text, sizeof text);
    const str copy = arena_copy(arena, str_from_c(text));
    return copy.at != NULL ? copy : address;
}
