/* desk: what most commands need open: the rulebook, the store, the casework, and the account that
 * acts. */
#ifndef RETURNHUB_CLI_DESK_H
#define RETURNHUB_CLI_DESK_H

#include "casework/casework.h"
#include "cli/command.h"

struct desk {
    const struct rulebook *rulebook;
    struct store *store;
    struct casework casework;
    struct caller caller;
    struct account_row account;
    const struct invocation *invocation; /* of a command that records something; else NULL */
    bool made; /* the store is this command's, which is not done: desk_close takes it away again */
};

/* Where rulebooks, pages and data are: $RETURNHUB_SHARE, else where the program was built or
 * installed to. */
str share_folder(const struct invocation *invocation, const char *folder);

/* The folder given with --rulebook, or that of the law the program was built for. desk_open prefers
 * the law that the register is kept under. */
str desk_rulebook_folder(const struct invocation *invocation);
/* Reads a rulebook folder, checks and compiles it; what it finds is in the diagnostics. */
MUST_USE result desk_read_rulebook(str folder, struct arena *perm,
                                   const struct rulebook **ret_rulebook,
                                   struct diagnostics *diagnostics, struct err *err);
/* The same for commands that need a good one: what is wrong is printed to messages. */
MUST_USE result desk_load_rulebook(const struct invocation *invocation, str folder,
                                   struct arena *perm, const struct rulebook **ret_rulebook,
                                   struct err *err);

/* Where the store is, or would be. */
const char *desk_store_path(const struct invocation *invocation);
/* Is there a file where the store would be? */
bool desk_store_exists(const struct invocation *invocation);
MUST_USE result desk_open_store(const struct invocation *invocation, bool create,
                                struct store **ret_store, struct err *err);
/* The store alone; a new one (desk_open_new) where there is none. */
MUST_USE result desk_open_store_or_begin(const struct invocation *invocation, struct desk *ret_desk,
                                         struct err *err);
/* The store, and the rulebook that it is kept under. */
MUST_USE result desk_open(const struct invocation *invocation, struct desk *ret_desk,
                          struct err *err);
/* A new store under a rulebook of the caller's. A command that fails leaves none behind: one that
 * is made here stays from desk_keep on. */
MUST_USE result desk_open_new(const struct invocation *invocation, const struct rulebook *rulebook,
                              struct desk *ret_desk, struct err *err);
/* The store and the rulebook; begun, under the rulebook that is named, when there is none. */
MUST_USE result desk_open_or_begin(const struct invocation *invocation, struct desk *ret_desk,
                                   struct err *err);
/* The same with the account of --as, which must exist and be open. It is told, on the messages, of
 * the stops that it has not acknowledged. */
MUST_USE result desk_open_as_account(const struct invocation *invocation, struct desk *ret_desk,
                                     struct err *err);
/* The same, without telling it of the stops that it has not acknowledged. */
MUST_USE result desk_open_quietly(const struct invocation *invocation, struct desk *ret_desk,
                                  struct err *err);
/* The store and the account of --as under a rulebook that is only asked about: it is not taken into
 * use. */
MUST_USE result desk_open_under(const struct invocation *invocation,
                                const struct rulebook *rulebook, struct desk *ret_desk,
                                struct err *err);
/* What the command was to do is done: a store that it made stays. */
void desk_keep(struct desk *desk);
/* Accepts a zeroed desk. */
void desk_close(struct desk *desk);
#define OWN_DESK __attribute__((cleanup(desk_close)))

/* The question of --on and --as-known-at. */
MUST_USE result desk_asked(const struct invocation *invocation, struct asked *ret_asked,
                           struct err *err);
/* A question about what was known at an instant is judged by the rulebook that was in use then,
 * unless one is named with
 * --rulebook: takes it for the desk. */
MUST_USE result desk_take_rulebook_then(const struct invocation *invocation,
                                        const struct asked *asked, struct desk *desk,
                                        struct err *err);

#endif
