#include "casework/own_account.h"

#include "casework/second_factor.h"
#include "casework/session.h"
#include "casework/sitting.h"
#include "casework/text.h"
#include "store/doors.h"

#include <sodium.h>
#include <string.h>

struct own_work {
    const struct casework *casework;
    const struct caller *caller;
    str token;
    str name;
    str code;
    str username;
    str reason;
    struct arena *arena;
    struct sitting sitting;
    struct second_factor factor;
    struct own_account own;
};

result account_secured(struct sitting *sitting, int64_t account, str what, struct err *err)
{
    struct event event = {.subject_kind = SUBJECT_OF_ACCOUNT,
                          .subject = account,
                          .kind = EVENT_ACCOUNT_SECURED,
                          .effective_on = sitting->today,
                          .body.account_secured = {.what = what}};
    return what.at == NULL ? arena_full(err) : sitting_append(sitting, &event, err);
}

result account_secured_before(const struct event *before, str what, struct err *err)
{
    if (what.at == NULL) {
        return arena_full(err);
    }
    const bool same = before->kind == EVENT_ACCOUNT_SECURED &&
                      str_starts(before->body.account_secured.what, what);
    return same ? result_ok() : sitting_client_id_taken(err);
}

static result begin(struct own_work *work, struct transaction *transaction, enum action action,
                    struct event *ret_before, struct err *err)
{
    return sitting_record(&work->sitting, work->casework, transaction, work->caller, action,
                          work->arena, ret_before, err);
}

/* --- the second factor ------------------------------------------------------------------------ */

static result offer_work(struct transaction *transaction, void *context, struct err *err)
{
    struct own_work *work = context;
    const struct system *system = work->casework->system;
    bool found = false;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller,
                     ACTION_SECURE_OWN_ACCOUNT, work->arena, err));
    TRY(transaction_second_factor(transaction, work->sitting.account.id, &work->factor, &found,
                                  err));
    if (found && work->factor.confirmed) {
        return err_set(err, ERROR_CONFLICT, TOLD("The account has a second factor already"));
    }
    work->factor = (struct second_factor){.account = work->sitting.account.id};
    system->entropy(system->context, work->factor.secret, sizeof work->factor.secret);
    return transaction_put_second_factor(transaction, &work->factor, err);
}

result casework_offer_second_factor(const struct casework *casework, const struct caller *caller,
                                    struct arena *arena, struct second_factor_offer *ret_offer,
                                    struct err *err)
{
    struct own_work work = {.casework = casework, .caller = caller, .arena = arena};
    TRY(store_write(casework->store, offer_work, &work, err));
    one_time_secret_text(work.factor.secret, ret_offer->secret);
    sodium_memzero(&work.factor, sizeof work.factor);
    ret_offer->address =
        arena_format(arena, "otpauth://totp/returnhub:%.*s?secret=%s&issuer=returnhub",
                     STR_ARG(work.sitting.account.username), ret_offer->secret);
    return ret_offer->address.at == NULL ? arena_full(err) : result_ok();
}

static result check_code(struct own_work *work, struct err *err)
{
    int64_t period = 0;
    if (!second_factor_matches(work->factor.secret, str_trim(work->code), work->sitting.at,
                               &period)) {
        result_ignore(err_set(err, ERROR_INPUT, TOLD("The code is not right")), "the hint follows");
        return err_hint(err,
                        "Type the six digits that the app shows now; its clock must be right.");
    }
    work->factor.confirmed = true;
    work->factor.last_period = period;
    return result_ok();
}

static result confirm_work(struct transaction *transaction, void *context, struct err *err)
{
    struct own_work *work = context;
    struct event before;
    bool found = false;
    TRY(begin(work, transaction, ACTION_SECURE_OWN_ACCOUNT, &before, err));
    if (before.position != 0) {
        return account_secured_before(&before, STR("second factor set"), err);
    }
    TRY(transaction_second_factor(transaction, work->sitting.account.id, &work->factor, &found,
                                  err));
    if (!found || work->factor.confirmed) {
        return err_set(err, ERROR_CONFLICT, TOLD("No second factor waits to be confirmed"));
    }
    TRY(check_code(work, err));
    TRY(transaction_put_second_factor(transaction, &work->factor, err));
    TRY(session_complete(transaction, work->casework, work->token, work->arena, err));
    return account_secured(&work->sitting, work->sitting.account.id, STR("second factor set"), err);
}

result casework_confirm_second_factor(const struct casework *casework, const struct caller *caller,
                                      str token, str code, struct arena *arena, struct err *err)
{
    struct own_work work = {
        .casework = casework, .caller = caller, .token = token, .code = code, .arena = arena};
    const result confirmed = store_write(casework->store, confirm_work, &work, err);
    sodium_memzero(&work.factor, sizeof work.factor);
    return confirmed;
}

/* --- sessions --------------------------------------------------------------------------------- */

result sessions_end(struct transaction *transaction, int64_t account, const uint8_t *but_hash,
                    str name, struct arena scratch, size_t *ret_ended, struct err *err)
{
    const struct session_row *rows = NULL;
    size_t count = 0;
    *ret_ended = 0;
    TRY(transaction_sessions(transaction, account, &scratch, &rows, &count, err));
    for (size_t i = 0; i < count; i++) {
        char own_name[SESSION_NAME_SIZE];
        sodium_bin2hex(own_name, sizeof own_name, rows[i].token_hash, SESSION_NAME_SIZE / 2);
        const bool own = but_hash != NULL && memcmp(but_hash, rows[i].token_hash, 32) == 0;
        if (name.len > 0 ? str_equal(name, str_from_c(own_name)) : !own) {
            TRY(transaction_delete_session(transaction, rows[i].token_hash, err));
            (*ret_ended)++;
        }
    }
    return result_ok();
}

static result end_work(struct transaction *transaction, void *context, struct err *err)
{
    struct own_work *work = context;
    struct event before;
    uint8_t hash[32];
    size_t ended = 0;
    TRY(begin(work, transaction, ACTION_SECURE_OWN_ACCOUNT, &before, err));
    TRY(sitting_require_proof(work->caller, err));
    if (before.position != 0) {
        return account_secured_before(&before, STR("sessions ended"), err);
    }
    session_hash_token(work->token, hash);
    TRY(sessions_end(transaction, work->sitting.account.id, hash, work->name, *work->arena, &ended,
                     err));
    if (work->name.len > 0 && ended == 0) {
        return err_set(err, ERROR_NOT_FOUND, "There is no such session of this account");
    }
    return ended == 0 ? result_ok()
                      : account_secured(&work->sitting, work->sitting.account.id,
                                        STR("sessions ended"), err);
}

result casework_end_session(const struct casework *casework, const struct caller *caller, str token,
                            str name, struct arena *arena, struct err *err)
{
    struct own_work work = {
        .casework = casework, .caller = caller, .token = token, .name = name, .arena = arena};
    return store_write(casework->store, end_work, &work, err);
}

static result list_sessions(struct own_work *work, struct err *err)
{
    const struct session_row *rows = NULL;
    size_t count = 0;
    uint8_t hash[32];
    session_hash_token(work->token, hash);
    TRY(transaction_sessions(work->sitting.transaction, work->sitting.account.id, work->arena,
                             &rows, &count, err));
    struct session_line *lines = ARENA_NEW(work->arena, struct session_line, count + 1);
    if (lines == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        struct session_line *line = &lines[work->own.session_count];
        if (!session_is_over(&work->casework->limits, &rows[i], work->sitting.at)) {
            sodium_bin2hex(line->name, sizeof line->name, rows[i].token_hash,
                           SESSION_NAME_SIZE / 2);
            line->opened_at = rows[i].opened_at;
            line->seen_at = rows[i].seen_at;
            line->own = memcmp(hash, rows[i].token_hash, sizeof hash) == 0;
            work->own.session_count++;
        }
    }
    work->own.sessions = lines;
    return result_ok();
}

static result read_own(struct transaction *transaction, void *context, struct err *err)
{
    struct own_work *work = context;
    bool found = false;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller,
                     ACTION_SECURE_OWN_ACCOUNT, work->arena, err));
    work->own.account = work->sitting.account;
    TRY(transaction_second_factor(transaction, work->sitting.account.id, &work->factor, &found,
                                  err));
    work->own.has_second_factor = found && work->factor.confirmed;
    return list_sessions(work, err);
}

result casework_own_account(const struct casework *casework, const struct caller *caller, str token,
                            struct arena *arena, struct own_account *ret_own, struct err *err)
{
    struct own_work work = {.casework = casework, .caller = caller, .token = token, .arena = arena};
    TRY(store_read(casework->store, read_own, &work, err));
    sodium_memzero(&work.factor, sizeof work.factor);
    *ret_own = work.own;
    return result_ok();
}

/* --- removing the second factor --------------------------------------------------------------- */

static result remove_work(struct transaction *transaction, void *context, struct err *err)
{
    struct own_work *work = context;
    struct event before;
    int64_t account = 0;
    bool found = false;
    size_t ended = 0;
    TRY(begin(work, transaction, ACTION_SECURE_OWN_ACCOUNT, &before, err));
    if (before.position != 0) {
        return account_secured_before(&before, STR("second factor removed"), err);
    }
    TRY(sitting_own_account(&work->sitting, work->username, &account, err));
    TRY(transaction_second_factor(transaction, account, &work->factor, &found, err));
    if (!found) {
        return err_set(err, ERROR_CONFLICT, "The account has no second factor");
    }
    TRY(transaction_delete_second_factor(transaction, account, err));
    if (account != work->sitting.account.id) {
        TRY(sessions_end(transaction, account, NULL, STR(""), *work->arena, &ended, err));
    }
    const str what =
        arena_format(work->arena, "second factor removed: %.*s", STR_ARG(work->reason));
    return account_secured(&work->sitting, account, what, err);
}

/* What an administrator does to how another account signs in, and why. */
static result administer(store_work *act, const struct casework *casework,
                         const struct caller *caller, str username, str reason, struct arena *arena,
                         struct err *err)
{
    TRY(text_line_required("The user name", username, NAME_MAX_BYTES, err));
    TRY(text_line_required("The reason", reason, SOURCE_MAX_BYTES, err));
    struct own_work work = {.casework = casework,
                            .caller = caller,
                            .username = username,
                            .reason = str_trim(reason),
                            .arena = arena};
    const result done = store_write(casework->store, act, &work, err);
    sodium_memzero(&work.factor, sizeof work.factor);
    return done;
}

result casework_remove_second_factor(const struct casework *casework, const struct caller *caller,
                                     str username, str reason, struct arena *arena, struct err *err)
{
    return administer(remove_work, casework, caller, username, reason, arena, err);
}

/* --- a lost device ---------------------------------------------------------------------------- */

static result delete_passkeys(struct own_work *work, struct transaction *transaction,
                              int64_t account, size_t *ret_deleted, struct err *err)
{
    const struct passkey_row *rows = NULL;
    TRY(transaction_passkeys(transaction, account, work->arena, &rows, ret_deleted, err));
    for (size_t i = 0; i < *ret_deleted; i++) {
        TRY(transaction_delete_passkey(transaction, rows[i].credential_id, err));
    }
    return result_ok();
}

static result remove_all_work(struct transaction *transaction, void *context, struct err *err)
{
    struct own_work *work = context;
    struct event before;
    int64_t account = 0;
    bool found = false;
    size_t passkeys = 0;
    size_t ended = 0;
    TRY(begin(work, transaction, ACTION_MANAGE_ACCOUNTS, &before, err));
    TRY(sitting_require_proof(work->caller, err));
    if (before.position != 0) {
        return account_secured_before(&before, STR("second factor and passkeys removed"), err);
    }
    TRY(sitting_own_account(&work->sitting, work->username, &account, err));
    TRY(transaction_second_factor(transaction, account, &work->factor, &found, err));
    if (found) {
        TRY(transaction_delete_second_factor(transaction, account, err));
    }
    TRY(delete_passkeys(work, transaction, account, &passkeys, err));
    if (!found && passkeys == 0) {
        return err_set(err, ERROR_CONFLICT, "The account has no second factor and no passkey");
    }
    TRY(sessions_end(transaction, account, NULL, STR(""), *work->arena, &ended, err));
    const str what = arena_format(work->arena, "second factor and passkeys removed: %.*s",
                                  STR_ARG(work->reason));
    return account_secured(&work->sitting, account, what, err);
}

static result end_all_work(struct transaction *transaction, void *context, struct err *err)
{
    struct own_work *work = context;
    struct event before;
    int64_t account = 0;
    size_t ended = 0;
    TRY(begin(work, transaction, ACTION_MANAGE_ACCOUNTS, &before, err));
    TRY(sitting_require_proof(work->caller, err));
    const str what = arena_format(work->arena, "every session ended: %.*s", STR_ARG(work->reason));
    if (before.position != 0) {
        return account_secured_before(&before, what, err);
    }
    TRY(sitting_own_account(&work->sitting, work->username, &account, err));
    TRY(sessions_end(transaction, account, NULL, STR(""), *work->arena, &ended, err));
    return ended == 0 ? err_set(err, ERROR_CONFLICT, "The account has no session open")
                      : account_secured(&work->sitting, account, what, err);
}

result casework_end_sessions(const struct casework *casework, const struct caller *caller,
                             str username, str reason, struct arena *arena, struct err *err)
{
    return administer(end_all_work, casework, caller, username, reason, arena, err);
}

result casework_remove_factors(const struct casework *casework, const struct caller *caller,
                               str username, str reason, struct arena *arena, struct err *err)
{
    return administer(remove_all_work, casework, caller, username, reason, arena, err);
}
