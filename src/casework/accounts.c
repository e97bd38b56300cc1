#include "casework/casework.h"

#include "casework/sign_in_gate.h"
#include "casework/text.h"

result casework_open(struct store *store, const struct rulebook *rulebook,
                     const struct system *system, struct arena *perm, struct casework *ret_casework,
                     struct err *err)
{
    struct casework casework = {.store = store, .rulebook = rulebook, .system = system};
    TRY(sign_in_gate_open(perm, &casework.gate, err));
    *ret_casework = casework;
    return result_ok();
}

void casework_close(struct casework *casework)
{
    if (casework != NULL) {
        sign_in_gate_close(casework->gate);
        *casework = (struct casework){.store = NULL};
    }
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
