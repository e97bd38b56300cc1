#include "casework/casework.h"

#include "casework/board.h"
#include "casework/due.h"
#include "casework/pairs.h"
#include "casework/sign_in_gate.h"
#include "casework/text.h"
#include "casework/waiting.h"

result casework_open(struct store *store, const struct rulebook *rulebook,
                     const struct system *system, struct arena *perm, struct casework *ret_casework,
                     struct err *err)
{
    struct casework casework = {.store = store,
                                .pairs_wait_ms = PAIRS_WAIT_MS,
                                .rulebook = rulebook,
                                .system = system,
                                .limits = {.idle_minutes = SESSION_IDLE_MINUTES,
                                           .hours_max = SESSION_HOURS_MAX,
                                           .proven_minutes = PROVEN_MINUTES}};
    TRY(sign_in_gate_open(system, perm, &casework.gate, err));
    TRY(board_keeper_open(perm, &casework.boards, err));
    TRY(pair_keeper_open(perm, &casework.pairs, err));
    TRY(due_keeper_open(perm, &casework.due, err));
    *ret_casework = casework;
    return result_ok();
}

void casework_close(struct casework *casework)
{
    if (casework != NULL) {
        sign_in_gate_close(casework->gate);
        board_keeper_close(casework->boards);
        pair_keeper_close(casework->pairs);
        due_keeper_close(casework->due);
        *casework = (struct casework){.store = NULL};
    }
}

static result check_limit(const char *what, int64_t value, int64_t most, struct err *err)
{
    return value >= 1 && value <= most
               ? result_ok()
               : err_set(err, ERROR_INPUT, "%s is from 1 to %lld", what, (long long)most);
}

result casework_set_session_limits(struct casework *casework, const struct session_limits *limits,
                                   struct err *err)
{
    TRY(check_limit("A session's idle time in minutes", limits->idle_minutes, 30, err));
    TRY(check_limit("A session's time in hours", limits->hours_max, 12, err));
    TRY(check_limit("A proof's time in minutes", limits->proven_minutes, 60, err));
    casework->limits = *limits;
    return result_ok();
}

/* --- looking up ------------------------------------------------------------------------------- */

struct account_work {
    int64_t id;
    str username; /* when looked up by name */
    struct arena *arena;
    struct account_row account;
};

static result read_by_id(struct transaction *transaction, void *context, struct err *err)
{
    struct account_work *work = context;
    return transaction_account(transaction, work->id, work->arena, &work->account, err);
}

static result read_by_name(struct transaction *transaction, void *context, struct err *err)
{
    struct account_work *work = context;
    TRY(transaction_find(transaction, SUBJECT_OF_ACCOUNT, work->username, &work->id, err));
    return transaction_account(transaction, work->id, work->arena, &work->account, err);
}

result casework_account(const struct casework *casework, int64_t id, struct arena *arena,
                        struct account_row *ret_account, struct err *err)
{
    struct account_work work = {.id = id, .arena = arena};
    TRY(store_read(casework->store, read_by_id, &work, err));
    *ret_account = work.account;
    return result_ok();
}

result casework_account_by_name(const struct casework *casework, str username, struct arena *arena,
                                struct account_row *ret_account, struct err *err)
{
    TRY(text_line_required("The user name", username, NAME_MAX_BYTES, err));
    struct account_work work = {.username = username, .arena = arena};
    TRY(store_read(casework->store, read_by_name, &work, err));
    *ret_account = work.account;
    return result_ok();
}
