#include "casework/first_account.h"

#include "casework/administration.h"
#include "casework/password.h"
#include "casework/session.h"
#include "casework/sitting.h"
#include "casework/text.h"
#include "store/doors.h"

#include <sodium.h>
#include <string.h>

enum { FIRST_ARENA = 256 * 1024 };

struct first_work {
    const struct casework *casework;
    const struct first_account *wanted;
    instant now;
    str password_hash; /* "" while the token is only looked at */
    bool refused;      /* committed, because a wrong token is counted */
    bool needed;
    struct first_token token;
    struct arena *arena;
    struct account_row account;
};

static result is_empty(struct transaction *transaction, struct arena scratch, bool *ret_empty,
                       struct err *err)
{
    const struct account_row *accounts = NULL;
    size_t count = 0;
    TRY(transaction_accounts(transaction, &scratch, &accounts, &count, err));
    *ret_empty = count == 0;
    return result_ok();
}

/* --- offering --------------------------------------------------------------------------------- */

static result offer(struct transaction *transaction, void *context, struct err *err)
{
    struct first_work *work = context;
    TRY(is_empty(transaction, *work->arena, &work->needed, err));
    return work->needed ? transaction_put_first_token(transaction, &work->token, err) : result_ok();
}

result casework_offer_first_account(const struct casework *casework, struct first_offer *ret_offer,
                                    struct err *err)
{
    struct arena arena;
    struct first_offer made = {.needed = false};
    TRY(arena_open(&arena, FIRST_ARENA, err));
    struct first_work work = {.casework = casework, .arena = &arena};
    session_draw_token(casework, made.token);
    session_hash_token(str_from_c(made.token), work.token.hash);
    made.expires_at = system_now(casework->system);
    made.expires_at.milliseconds += FIRST_TOKEN_MINUTES * INT64_C(60000);
    work.token.expires_at = made.expires_at;
    const result offered = store_write(casework->store, offer, &work, err);
    arena_close(&arena);
    TRY(offered);
    made.needed = work.needed;
    *ret_offer = made;
    sodium_memzero(&made, sizeof made);
    return result_ok();
}

static result look(struct transaction *transaction, void *context, struct err *err)
{
    struct first_work *work = context;
    return transaction_first_token(transaction, &work->token, &work->needed, err);
}

result casework_first_account_waits(const struct casework *casework, bool *ret_waits,
                                    struct err *err)
{
    struct first_work work = {.casework = casework};
    TRY(store_read(casework->store, look, &work, err));
    *ret_waits = work.needed;
    return result_ok();
}

/* --- opening ---------------------------------------------------------------------------------- */

static result refuse_token(struct err *err)
{
    result_ignore(err_set(err, ERROR_UNAUTHENTICATED, "The token is not right, or is over"),
                  "the hint follows");
    return err_hint(err, "Start the program again: it prints a new one.");
}

static bool token_is_right(struct first_token *token, str given, instant now)
{
    uint8_t hash[32];
    const int64_t since_wrong = now.milliseconds - token->wrong_at.milliseconds;
    const bool paused =
        token->wrong_tokens >= WRONG_TOKENS_MAX && since_wrong < WRONG_TOKENS_SECONDS * 1000;
    if (paused || now.milliseconds > token->expires_at.milliseconds) {
        return false;
    }
    session_hash_token(given, hash);
    if (sodium_memcmp(hash, token->hash, sizeof hash) == 0) {
        return true;
    }
    token->wrong_tokens = token->wrong_tokens >= WRONG_TOKENS_MAX ? 1 : token->wrong_tokens + 1;
    token->wrong_at = now;
    return false;
}

static result check_token(struct first_work *work, struct transaction *transaction, struct err *err)
{
    bool found = false;
    TRY(is_empty(transaction, *work->arena, &work->needed, err));
    if (!work->needed) {
        return err_set(err, ERROR_NOT_FOUND, "The register has an account");
    }
    TRY(transaction_first_token(transaction, &work->token, &found, err));
    work->refused = !found || !token_is_right(&work->token, work->wanted->token, work->now);
    return work->refused && found ? transaction_put_first_token(transaction, &work->token, err)
                                  : result_ok();
}

static result append_account(struct first_work *work, struct transaction *transaction,
                             struct err *err)
{
    struct sitting sitting;
    const str role = str_from_c(role_name(ROLE_ADMINISTRATOR));
    struct event event = {.subject_kind = SUBJECT_OF_ACCOUNT, .kind = EVENT_ACCOUNT_OPENED};
    TRY(sitting_of_register(&sitting, work->casework, transaction, work->arena, err));
    TRY(transaction_new_id(transaction, SUBJECT_OF_ACCOUNT, &event.subject, err));
    event.effective_on = sitting.today;
    event.body.account_opened = (struct account_opened_body){
        .username = work->wanted->username, .name = str_trim(work->wanted->name), .role = role};
    TRY(sitting_append(&sitting, &event, err));
    TRY(transaction_set_password_hash(transaction, event.subject, work->password_hash, err));
    TRY(transaction_delete_first_token(transaction, err));
    return transaction_account(transaction, event.subject, work->arena, &work->account, err);
}

/* Looked at before the password is hashed, so that a stranger cannot make us hash; and again with
 * the hash, in the transaction that opens the account: of two who hold the token one gets in. */
static result open_first(struct transaction *transaction, void *context, struct err *err)
{
    struct first_work *work = context;
    TRY(check_token(work, transaction, err));
    return work->refused || work->password_hash.len == 0 ? result_ok()
                                                         : append_account(work, transaction, err);
}

result casework_open_first_account(const struct casework *casework,
                                   const struct first_account *wanted, struct arena *arena,
                                   struct account_row *ret_account, struct err *err)
{
    char hash[PASSWORD_HASH_SIZE];
    struct first_work work = {.casework = casework,
                              .wanted = wanted,
                              .now = system_now(casework->system),
                              .password_hash = STR(""),
                              .arena = arena};
    TRY(store_write(casework->store, open_first, &work, err));
    if (work.refused) {
        return refuse_token(err);
    }
    TRY(account_check_username(wanted->username, err));
    TRY(text_line_required("The name", wanted->name, NAME_MAX_BYTES, err));
    TRY(password_check(casework, wanted->password, wanted->username, wanted->name, *arena, err));
    TRY(password_hash(casework, wanted->password, hash, err));
    work.password_hash = str_from_c(hash);
    const result opened = store_write(casework->store, open_first, &work, err);
    sodium_memzero(hash, sizeof hash);
    TRY(opened);
    *ret_account = work.account;
    return work.refused ? refuse_token(err) : result_ok();
}
