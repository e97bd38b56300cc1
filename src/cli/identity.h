/* identity: people who may be the same, as printed by more than one command. */
#ifndef RETURNHUB_CLI_IDENTITY_H
#define RETURNHUB_CLI_IDENTITY_H

#include "casework/identity.h"
#include "cli/command.h"

/* SCHEME:VALUE, or SCHEME:ISSUER:VALUE for a travel document. */
struct identifier_entry identity_entry(str typed);

/* In the format asked for; a list of objects in JSON, under `people`. */
MUST_USE result identity_print_likely(const struct invocation *invocation,
                                      const struct likely_duplicate *likely, size_t count,
                                      struct err *err);
json_t *identity_json_likely(const struct likely_duplicate *likely, size_t count);
/* {"records":[],"identifiers":[...],"merges":[{"merge","state"}]} */
json_t *identity_json_known_as(const struct identity_answer *answer);

#endif
