#include "http/clients.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/epoll.h>

#define BIT(state) (1U << (unsigned)(state))

struct state_row {
    uint32_t events;
    unsigned next; /* states that may follow, as bits */
};

static const struct state_row states[CONNECTION_STATE_COUNT] = {
    [CONNECTION_FREE] = {.next = BIT(CONNECTION_IDLE)},
    [CONNECTION_IDLE] = {.events = EPOLLIN, .next = BIT(CONNECTION_HEAD) | BIT(CONNECTION_FREE)},
    [CONNECTION_HEAD] = {.events = EPOLLIN,
                         .next = BIT(CONNECTION_BODY) | BIT(CONNECTION_WORKING) |
                                 BIT(CONNECTION_SENDING) | BIT(CONNECTION_FREE)},
    [CONNECTION_BODY] = {.events = EPOLLIN,
                         .next = BIT(CONNECTION_WORKING) | BIT(CONNECTION_SENDING) |
                                 BIT(CONNECTION_FREE)},
    [CONNECTION_WORKING] = {.next = BIT(CONNECTION_SENDING) | BIT(CONNECTION_PAUSING) |
                                    BIT(CONNECTION_FREE)},
    [CONNECTION_SENDING] = {.events = EPOLLOUT,
                            .next = BIT(CONNECTION_IDLE) | BIT(CONNECTION_HEAD) |
                                    BIT(CONNECTION_LINGERING) | BIT(CONNECTION_PAUSING) |
                                    BIT(CONNECTION_FREE)},
    [CONNECTION_PAUSING] = {.events = EPOLLRDHUP,
                            .next = BIT(CONNECTION_WORKING) | BIT(CONNECTION_SENDING) |
                                    BIT(CONNECTION_FREE)},
    [CONNECTION_LINGERING] = {.events = EPOLLIN, .next = BIT(CONNECTION_FREE)},
};

static struct peer peer_of_ip6(const uint8_t bytes[16])
{
    struct peer peer;
    memcpy(&peer.high, bytes, sizeof peer.high);
    memcpy(&peer.low, bytes + sizeof peer.high, sizeof peer.low);
    return peer;
}

static struct peer peer_of_ip4(struct in_addr from)
{
    uint8_t mapped[16] = {[10] = 0xFF, [11] = 0xFF}; /* RFC 4291, 2.5.5.2 */
    memcpy(mapped + 12, &from, sizeof from);
    return peer_of_ip6(mapped);
}

struct peer peer_of(const struct sockaddr_storage *from, char address[INET6_ADDRSTRLEN])
{
    address[0] = '\0';
    if (from->ss_family == AF_INET) {
        struct sockaddr_in ip4;
        memcpy(&ip4, from, sizeof ip4);
        inet_ntop(AF_INET, &ip4.sin_addr, address, INET6_ADDRSTRLEN);
        return peer_of_ip4(ip4.sin_addr);
    }
    struct sockaddr_in6 ip6;
    memcpy(&ip6, from, sizeof ip6);
    if (IN6_IS_ADDR_V4MAPPED(&ip6.sin6_addr)) {
        inet_ntop(AF_INET, &ip6.sin6_addr.s6_addr[12], address, INET6_ADDRSTRLEN);
        return peer_of_ip6(ip6.sin6_addr.s6_addr);
    }
    inet_ntop(AF_INET6, &ip6.sin6_addr, address, INET6_ADDRSTRLEN);
    struct peer peer = peer_of_ip6(ip6.sin6_addr.s6_addr);
    peer.low = 0;
    return peer;
}

static void append(struct client_list *list, struct connection *connection)
{
    connection->previous = list->last;
    connection->next = NULL;
    if (list->last == NULL) {
        list->first = connection;
    } else {
        list->last->next = connection;
    }
    list->last = connection;
    list->count++;
}

static void take_out(struct client_list *list, struct connection *connection)
{
    ASSERT(list->count > 0);
    if (connection->previous == NULL) {
        list->first = connection->next;
    } else {
        connection->previous->next = connection->next;
    }
    if (connection->next == NULL) {
        list->last = connection->previous;
    } else {
        connection->next->previous = connection->previous;
    }
    list->count--;
}

result clients_init(struct clients *clients, struct arena *arena, struct err *err)
{
    clients->connections = ARENA_NEW(arena, struct connection, clients->connections_max);
    clients->peers = ARENA_NEW(arena, struct peer, clients->connections_max);
    if (clients->connections == NULL || clients->peers == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < clients->connections_max; i++) {
        clients->connections[i].deadline_ms = NO_DEADLINE;
        append(&clients->lists[CONNECTION_FREE], &clients->connections[i]);
    }
    return result_ok();
}

uint32_t clients_events(enum connection_state state)
{
    return states[state].events;
}

struct connection *clients_add(struct clients *clients, struct peer peer, int64_t now_ms)
{
    struct connection *connection = clients->lists[CONNECTION_FREE].first;
    if (connection != NULL) {
        clients_move(clients, connection, CONNECTION_IDLE, now_ms);
        clients->peers[connection - clients->connections] = peer;
    }
    return connection;
}

void clients_move(struct clients *clients, struct connection *connection, enum connection_state to,
                  int64_t now_ms)
{
    ASSERT((states[connection->state].next & BIT(to)) != 0);
    take_out(&clients->lists[connection->state], connection);
    append(&clients->lists[to], connection);
    connection->state = to;
    if (to == CONNECTION_FREE) {
        clients->peers[connection - clients->connections] = (struct peer){0};
    }
    const int64_t duration = clients->duration_ms[to];
    connection->deadline_ms = duration == 0 ? NO_DEADLINE : now_ms + duration;
}

size_t clients_in_use(const struct clients *clients)
{
    return clients->connections_max - clients->lists[CONNECTION_FREE].count;
}

size_t clients_count_of(const struct clients *clients, struct peer peer)
{
    size_t count = 0;
    for (size_t i = 0; i < clients->connections_max; i++) {
        count += clients->peers[i].high == peer.high && clients->peers[i].low == peer.low ? 1 : 0;
    }
    return count;
}

struct connection *clients_oldest(const struct clients *clients, enum connection_state state)
{
    return clients->lists[state].first;
}

struct connection *clients_overdue(const struct clients *clients, int64_t now_ms)
{
    for (size_t state = 0; state < CONNECTION_STATE_COUNT; state++) {
        struct connection *first = clients->lists[state].first;
        if (first != NULL && first->deadline_ms != NO_DEADLINE && first->deadline_ms <= now_ms) {
            return first;
        }
    }
    return NULL;
}

int64_t clients_deadline(const struct clients *clients)
{
    int64_t earliest = NO_DEADLINE;
    for (size_t state = 0; state < CONNECTION_STATE_COUNT; state++) {
        const struct connection *first = clients->lists[state].first;
        if (first != NULL && first->deadline_ms != NO_DEADLINE &&
            (earliest == NO_DEADLINE || first->deadline_ms < earliest)) {
            earliest = first->deadline_ms;
        }
    }
    return earliest;
}
