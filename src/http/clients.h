/* clients: the places for connections, in lists by state, and what they owe by when.
 *
 * Every connection is in the list of its state, and a state allows all the same time. So each list
 * is in order of deadline: the next one due is the first of some list, and moving a connection
 * costs nothing. A deadline is set when a state is entered and never put off: bytes that trickle in
 * do not buy time. */
#ifndef RETURNHUB_HTTP_CLIENTS_H
#define RETURNHUB_HTTP_CLIENTS_H

#include "http/connection.h"

#include <sys/socket.h>

/* Who counts as one client: an IPv4 address, or a /64 of IPv6. */
struct peer {
    uint64_t high;
    uint64_t low;
};

struct client_list {
    struct connection *first;
    struct connection *last;
    size_t count;
};

struct clients {
    struct connection *connections;
    struct peer *peers; /* of the connection of the same index; zero when it is free */
    size_t connections_max;
    int64_t duration_ms[CONNECTION_STATE_COUNT]; /* 0: no deadline */
    struct client_list lists[CONNECTION_STATE_COUNT];
};

enum { NO_DEADLINE = -1 };

/* `address` gets the numeric text. */
struct peer peer_of(const struct sockaddr_storage *from, char address[INET6_ADDRSTRLEN]);

/* The caller has set connections_max and duration_ms. All places are free. */
MUST_USE result clients_init(struct clients *clients, struct arena *arena, struct err *err);
/* The events of epoll that a state waits for. */
uint32_t clients_events(enum connection_state state);
/* A free place, now idle; NULL when there is none. */
struct connection *clients_add(struct clients *clients, struct peer peer, int64_t now_ms);
/* Stops the program when the step is not in the table of states. */
void clients_move(struct clients *clients, struct connection *connection, enum connection_state to,
                  int64_t now_ms);
size_t clients_in_use(const struct clients *clients);
size_t clients_count_of(const struct clients *clients, struct peer peer);
/* The one that has been in this state longest, or NULL. */
struct connection *clients_oldest(const struct clients *clients, enum connection_state state);
/* One whose deadline is `now_ms` or earlier, or NULL. */
struct connection *clients_overdue(const struct clients *clients, int64_t now_ms);
/* The earliest deadline of all, or NO_DEADLINE. */
int64_t clients_deadline(const struct clients *clients);

#endif
