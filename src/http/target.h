/* target: the second word of a request line (RFC 9112, 3.2), and the host names that stand in it
 * and in Host. */
#ifndef RETURNHUB_HTTP_TARGET_H
#define RETURNHUB_HTTP_TARGET_H

#include "http/refusal.h"

struct target {
    str authority; /* "" in origin form */
    str path;      /* as sent: "/people/RH%20123" */
    str query;     /* as sent, without '?' */
};

/* Cuts the target and checks every byte of it. Views into `text`. */
enum http_refusal target_read(str text, struct target *ret_target);

/* Decodes a path that target_read accepted to `decoded`, which has room for path.len bytes and may
 * be where the path itself stands. */
str target_decode(str path, char *decoded);

/* A name, an IPv4 address or an IPv6 address in brackets, with at most a port. No user, no escapes,
 * no empty port. */
bool target_is_host(str text);

#endif
