/* session: what signing in (sign_in.c), the first account (first_account.c) and an account's own
 * page (own_account.c) share. Inside casework only. */
#ifndef RETURNHUB_CASEWORK_SESSION_H
#define RETURNHUB_CASEWORK_SESSION_H

#include "casework/casework.h"

/* Only the hash of a token is stored. */
void session_hash_token(str token, uint8_t hash[32]);
/* 256 random bits in 43 characters. */
void session_draw_token(const struct casework *casework, char ret_token[SESSION_TOKEN_SIZE]);
/* A new session of the account, proven now, and its token; the caller stores it. */
void session_draw(const struct casework *casework, int64_t account,
                  char ret_token[SESSION_TOKEN_SIZE], struct session_row *ret_row);
/* The session was proven, then; it goes on under another token, unless `ret_token` is NULL. */
MUST_USE result session_prove(struct transaction *transaction, const struct casework *casework,
                              struct session_row *row, instant proven_at, char *ret_token,
                              struct err *err);
/* The session of this token, of an account that is open; ERROR_UNAUTHENTICATED when it is over. */
MUST_USE result session_read(struct transaction *transaction, const struct casework *casework,
                             str token, struct arena *arena, struct session_row *ret_row,
                             struct err *err);
/* In the place of proven_at: one factor was shown where two are required. */
static const instant session_half = {.milliseconds = -1};
/* A session that was half, and has set up what it lacked, is whole. "" is none. */
MUST_USE result session_complete(struct transaction *transaction, const struct casework *casework,
                                 str token, struct arena *arena, struct err *err);
/* Idle for too long, or too old. */
bool session_is_over(const struct session_limits *limits, const struct session_row *row,
                     instant now);

/* Keeps as an event of the account what was done to how it signs in. */
struct sitting;
MUST_USE result account_secured(struct sitting *sitting, int64_t account, str what,
                                struct err *err);
/* The same command, sent again: ERROR_CONFLICT unless its event begins with `what`. */
MUST_USE result account_secured_before(const struct event *before, str what, struct err *err);

/* Ends the session of this name (own_account.h), or for "" every one of the account but the one of
 * this token's hash (NULL: all). */
MUST_USE result sessions_end(struct transaction *transaction, int64_t account,
                             const uint8_t *but_hash, str name, struct arena scratch,
                             size_t *ret_ended, struct err *err);

#endif
