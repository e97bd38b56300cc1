#include "http/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct listen_address {
    struct sockaddr_storage storage;
    socklen_t size;
};

static bool read_address(const char *text, uint16_t port, struct listen_address *ret_address)
{
    struct listen_address address = {0};
    struct sockaddr_in ip4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 ip6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    if (inet_pton(AF_INET, text, &ip4.sin_addr) == 1) {
        memcpy(&address.storage, &ip4, sizeof ip4);
        address.size = sizeof ip4;
    } else if (inet_pton(AF_INET6, text, &ip6.sin6_addr) == 1) {
        memcpy(&address.storage, &ip6, sizeof ip6);
        address.size = sizeof ip6;
    } else {
        return false;
    }
    *ret_address = address;
    return true;
}

static bool read_port(int socket, uint16_t *ret_port)
{
    struct sockaddr_storage storage = {0};
    socklen_t size = sizeof storage;
    if (getsockname(socket, (struct sockaddr *)&storage, &size) != 0) {
        return false;
    }
    /* The port stands at the same place in both families. */
    struct sockaddr_in ip4;
    memcpy(&ip4, &storage, sizeof ip4);
    *ret_port = ntohs(ip4.sin_port);
    return true;
}

static bool start(int socket, const struct listen_address *address, uint16_t *ret_port)
{
    const int yes = 1;
    return setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
           bind(socket, (const struct sockaddr *)&address->storage, address->size) == 0 &&
           listen(socket, SOMAXCONN) == 0 && read_port(socket, ret_port);
}

static result not_started(const char *address, uint16_t port, struct err *err)
{
    const bool privileged = errno == EACCES;
    result_ignore(err_set(err, ERROR_USAGE, "Cannot listen on %s port %u: %s", address,
                          (unsigned)port, strerrordesc_np(errno)),
                  "the failure is returned with the hint");
    return privileged
               ? err_hint(err, "Ports below 1024 are the system's: choose a higher one, and "
                               "let a proxy listen on this one.")
               : err_hint(err, "Choose another port, or end the program that uses this one.");
}

result listener_open(const char *address, uint16_t port, struct listener *ret_listener,
                     struct err *err)
{
    struct listen_address numbers;
    if (!read_address(address, port, &numbers)) {
        result_ignore(err_set(err, ERROR_USAGE, "\"%s\" is not an IPv4 or IPv6 address", address),
                      "the failure is returned with the hint");
        return err_hint(err, "Write it in numbers, for example 127.0.0.1 or ::1.");
    }
    struct listener listener = {
        .socket = socket(numbers.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (listener.socket < 0) {
        return not_started(address, port, err);
    }
    if (!start(listener.socket, &numbers, &listener.port)) {
        const result failed = not_started(address, port, err);
        close(listener.socket);
        return failed;
    }
    *ret_listener = listener;
    return result_ok();
}
