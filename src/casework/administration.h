/* administration: how a register comes to have accounts, agreements and hubs, and what is done to
 * all of it at once.
 *
 * Client ids, errors and access are those of casework.h. */
#ifndef RETURNHUB_CASEWORK_ADMINISTRATION_H
#define RETURNHUB_CASEWORK_ADMINISTRATION_H

#include "casework/casework.h"

/* --- accounts ----------------------------------------------------------------------------------
 */

struct new_account {
    str username; /* 2 to 64 of a-z 0-9 . _ - and it is never given out again */
    str name;
    str role; /* of access.def */
    str hub;  /* reference of the hub it is limited to; needed for roles that see one hub only */
};
/* ERROR_INPUT for what no user name can be. */
MUST_USE result account_check_username(str username, struct err *err);
/* ACTION_MANAGE_ACCOUNTS. The first account of a register is an administrator, opened by nobody
 * (caller account 0). The account cannot sign in before casework_give_password. */
MUST_USE result casework_open_account(const struct casework *casework, const struct caller *caller,
                                      const struct new_account *account, struct arena *arena,
                                      struct account_row *ret_account, struct err *err);
MUST_USE result casework_change_account(const struct casework *casework,
                                        const struct caller *caller, str username, str role,
                                        str hub, str reason, struct arena *arena,
                                        struct account_row *ret_account, struct err *err);
/* An account is closed for ever; its sessions end. The last administrator stays. */
MUST_USE result casework_close_account(const struct casework *casework, const struct caller *caller,
                                       str username, str reason, struct arena *arena,
                                       struct err *err);
/* ACTION_MANAGE_ACCOUNTS. The account can sign in with it from now on; that it was set is kept as a
 * look. Sessions that are open go on until they end; closing the account ends them. */
MUST_USE result casework_give_password(const struct casework *casework, const struct caller *caller,
                                       str username, str password, struct arena *arena,
                                       struct err *err);
struct account_line {
    struct account_row row;
    str hub;           /* reference; "" when it is limited to none */
    bool has_password; /* without one nobody can sign in with it */
};
/* Every account there ever was, in the order in which they were opened. */
MUST_USE result casework_accounts(const struct casework *casework, const struct caller *caller,
                                  struct arena *arena, const struct account_line **ret_accounts,
                                  size_t *ret_count, struct err *err);

/* --- agreements and hubs -----------------------------------------------------------------------
 */

struct new_agreement {
    str reference; /* 2 to 32 of A-Z 0-9 - */
    str partner;
    str title;
    bool confidential; /* until casework_announce_agreement */
};
/* ACTION_RECORD_AGREEMENT. */
MUST_USE result casework_open_agreement(const struct casework *casework,
                                        const struct caller *caller,
                                        const struct new_agreement *agreement, struct arena *arena,
                                        struct agreement_row *ret_agreement, struct err *err);
MUST_USE result casework_announce_agreement(const struct casework *casework,
                                            const struct caller *caller, str reference, str reason,
                                            struct arena *arena, struct err *err);

struct new_hub {
    str reference; /* 2 to 32 of A-Z 0-9 - */
    str name;
    str agreement; /* reference; "" when it is under none */
};
/* ACTION_RECORD_HUB for every hub, not for one's own only. It has no places before
 * casework_agree_places. */
MUST_USE result casework_open_hub(const struct casework *casework, const struct caller *caller,
                                  const struct new_hub *hub, struct arena *arena,
                                  struct hub_row *ret_hub, struct err *err);

/* --- people ------------------------------------------------------------------------------------
 */

/* ACTION_REGISTER_PERSON. The old name stays in the history. */
struct corrected_identity {
    str name;
    struct known_day born_on;
    str reason;
};
MUST_USE result casework_correct_identity(const struct casework *casework,
                                          const struct caller *caller, str person,
                                          const struct corrected_identity *identity,
                                          struct arena *arena, struct err *err);

/* --- everybody at once -------------------------------------------------------------------------
 */

/* Judges every live request again and stops those that time alone has un-cleared: for the first
 * hour of each day. In the register's own name. */
MUST_USE result casework_review_requests(const struct casework *casework, struct arena *arena,
                                         const struct stopped_request **ret_stopped,
                                         size_t *ret_count, struct err *err);

#endif
