#include "casework/casework.h"

#include "casework/own_account.h"
#include "casework/passkey_use.h"
#include "casework/password.h"
#include "casework/second_factor.h"
#include "casework/session.h"
#include "casework/sign_in_gate.h"
#include "casework/text.h"

#include <sodium.h>
#include <string.h>

enum {
    TOKEN_BYTES = 32,
    TOUCH_MILLISECONDS = 60 * 1000, /* a session's last sign of life is stored at most this often */
};

static const int64_t minute_milliseconds = 60 * 1000;

/* --- signing in ------------------------------------------------------------------------------- */

struct sign_in_work {
    str username;
    str code;
    const struct passkey_use *use; /* NULL: there is none */
    bool by_password;
    bool required; /* a second factor */
    bool wrong_factor;
    struct arena *arena;
    struct account_row account; /* id 0: there is none of this name, or it is closed */
    str hash;
    struct session_row session;
};

static result read_hash(struct transaction *transaction, void *context, struct err *err)
{
    struct sign_in_work *work = context;
    struct err failure = {0};
    int64_t id = 0;
    if (!transaction_find(transaction, SUBJECT_OF_ACCOUNT, work->username, &id, &failure).ok) {
        return failure.code == ERROR_NOT_FOUND ? result_ok()
                                               : err_set(err, failure.code, "%s", failure.what);
    }
    struct account_row account;
    TRY(transaction_account(transaction, id, work->arena, &account, err));
    if (!account.closed) {
        work->account = account;
        TRY(transaction_password_hash(transaction, id, work->arena, &work->hash, err));
    }
    return result_ok();
}

static result refuse_sign_in(struct err *err)
{
    return err_set(err, ERROR_UNAUTHENTICATED,
                   "The user name, the password, the code or the passkey is not right");
}

/* An account that was closed, or whose password changed, while the password was checked does not
 * get in. A wrong code is counted, so this commits and says so. */
static result open_session(struct transaction *transaction, void *context, struct err *err)
{
    struct sign_in_work *work = context;
    struct account_row account;
    str hash;
    bool right = false;
    bool is_set = false;
    TRY(transaction_account(transaction, work->account.id, work->arena, &account, err));
    TRY(transaction_password_hash(transaction, account.id, work->arena, &hash, err));
    if (account.closed || (work->by_password && !str_equal(hash, work->hash))) {
        return refuse_sign_in(err);
    }
    TRY(second_factor_check(transaction, account.id, work->use, work->code, work->session.opened_at,
                            *work->arena, &right, err));
    work->wrong_factor = !right;
    if (work->wrong_factor) {
        return result_ok();
    }
    TRY(second_factor_is_set(transaction, account.id, *work->arena, &is_set, err));
    if (work->required && work->use == NULL && !is_set) {
        work->session.proven_at = session_half;
    }
    return transaction_put_session(transaction, &work->session, err);
}

void session_hash_token(str token, uint8_t hash[32])
{
    const struct sha256 digest = sha256_of(token);
    memcpy(hash, digest.bytes, sizeof digest.bytes);
}

void session_draw_token(const struct casework *casework, char ret_token[SESSION_TOKEN_SIZE])
{
    uint8_t secret[TOKEN_BYTES];
    casework->system->entropy(casework->system->context, secret, sizeof secret);
    ASSERT(sodium_bin2base64(ret_token, SESSION_TOKEN_SIZE, secret, sizeof secret,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == ret_token);
    sodium_memzero(secret, sizeof secret);
}

void session_draw(const struct casework *casework, int64_t account,
                  char ret_token[SESSION_TOKEN_SIZE], struct session_row *ret_row)
{
    const struct system *system = casework->system;
    const instant now = system_now(system);
    session_draw_token(casework, ret_token);
    *ret_row = (struct session_row){
        .account = account, .opened_at = now, .seen_at = now, .proven_at = now};
    session_hash_token(str_from_c(ret_token), ret_row->token_hash);
    system->entropy(system->context, ret_row->form_token, sizeof ret_row->form_token);
}

result session_prove(struct transaction *transaction, const struct casework *casework,
                     struct session_row *row, instant proven_at, char *ret_token, struct err *err)
{
    if (ret_token != NULL) {
        TRY(transaction_delete_session(transaction, row->token_hash, err));
        session_draw_token(casework, ret_token);
        session_hash_token(str_from_c(ret_token), row->token_hash);
    }
    row->proven_at = proven_at;
    row->seen_at = system_now(casework->system);
    return transaction_put_session(transaction, row, err);
}

/* A passkey is alone when nothing else was given: then it names the account. */
static result find_account(const struct casework *casework, const struct sign_in *sign_in,
                           struct sign_in_work *work, bool *ret_right, struct err *err)
{
    struct err failure = {0};
    if (!work->by_password) {
        *ret_right = work->use->accepted;
        return *ret_right ? casework_account(casework, work->use->account, work->arena,
                                             &work->account, err)
                          : result_ok();
    }
    const bool readable =
        text_line("The user name", sign_in->username, NAME_MAX_BYTES, &failure).ok;
    work->username = readable ? sign_in->username : STR("");
    TRY(store_read(casework->store, read_hash, work, err));
    *ret_right =
        password_verify(casework, work->hash, sign_in->password) &&
        (work->use == NULL || (work->use->accepted && work->use->account == work->account.id));
    return result_ok();
}

static result try_sign_in(const struct casework *casework, const struct sign_in *sign_in,
                          const struct passkey_sent *passkey, bool alone, struct arena *arena,
                          char ret_token[SESSION_TOKEN_SIZE], struct account_row *ret_account,
                          struct err *err)
{
    char token[SESSION_TOKEN_SIZE];
    struct passkey_use use = {.accepted = false};
    struct sign_in_work work = {.arena = arena,
                                .hash = STR(""),
                                .code = sign_in->code,
                                .by_password = !alone,
                                .required = casework->second_factor_required,
                                .use = passkey != NULL ? &use : NULL};
    bool right = false;
    if (passkey != NULL) {
        TRY(passkey_check(casework, passkey, alone, arena, &use, err));
    }
    TRY(find_account(casework, sign_in, &work, &right, err));
    if (!right) {
        return refuse_sign_in(err);
    }
    session_draw(casework, work.account.id, token, &work.session);
    TRY(store_write(casework->store, open_session, &work, err));
    if (work.wrong_factor) {
        return refuse_sign_in(err);
    }
    memcpy(ret_token, token, SESSION_TOKEN_SIZE);
    sodium_memzero(token, sizeof token);
    *ret_account = work.account;
    return result_ok();
}

static result refuse_many(struct err *err)
{
    result_ignore(
        err_set(err, ERROR_UNAUTHENTICATED,
                "This user name was tried with wrong passwords too often: wait %d minutes",
                WRONG_PASSWORDS_MINUTES),
        "the hint follows");
    return err_hint(err, "A passkey alone signs in meanwhile.");
}

result casework_sign_in_with(const struct casework *casework, const struct sign_in *sign_in,
                             const struct passkey_sent *passkey, struct arena *arena,
                             char ret_token[SESSION_TOKEN_SIZE], struct account_row *ret_account,
                             struct err *err)
{
    const bool alone = passkey != NULL && sign_in->username.len == 0 && sign_in->password.len == 0;
    const instant now = system_now(casework->system);
    struct err problem = {0};
    TRY(password_check_gate(casework, err));
    if (!alone && sign_in_gate_is_shut(casework->gate, sign_in->username, now)) {
        return refuse_many(err);
    }
    const result done =
        try_sign_in(casework, sign_in, passkey, alone, arena, ret_token, ret_account, &problem);
    if (!alone && (done.ok || problem.code == ERROR_UNAUTHENTICATED)) {
        sign_in_gate_note(casework->gate, sign_in->username, done.ok, now);
    }
    return done.ok ? done : err_set(err, problem.code, "%s", problem.what);
}

result casework_sign_in(const struct casework *casework, const struct sign_in *sign_in,
                        struct arena *arena, char ret_token[SESSION_TOKEN_SIZE],
                        struct account_row *ret_account, struct err *err)
{
    return casework_sign_in_with(casework, sign_in, NULL, arena, ret_token, ret_account, err);
}

/* --- sessions --------------------------------------------------------------------------------- */

struct session_work {
    const struct session_limits *limits;
    instant now;
    uint8_t token_hash[32];
    struct arena *arena;
    struct session_row row;
    struct account_row account;
};

static result refuse_session(struct err *err)
{
    return err_set(err, ERROR_UNAUTHENTICATED, "Nobody is signed in, or the session has ended");
}

bool session_is_over(const struct session_limits *limits, const struct session_row *row,
                     instant now)
{
    const int64_t idle = now.milliseconds - row->seen_at.milliseconds;
    const int64_t age = now.milliseconds - row->opened_at.milliseconds;
    return idle > limits->idle_minutes * minute_milliseconds ||
           age > limits->hours_max * 60 * minute_milliseconds;
}

static result read_session(struct transaction *transaction, void *context, struct err *err)
{
    struct session_work *work = context;
    struct err failure = {0};
    if (!transaction_session(transaction, work->token_hash, &work->row, &failure).ok) {
        return failure.code == ERROR_NOT_FOUND ? refuse_session(err)
                                               : err_set(err, failure.code, "%s", failure.what);
    }
    TRY(transaction_account(transaction, work->row.account, work->arena, &work->account, err));
    return session_is_over(work->limits, &work->row, work->now) || work->account.closed
               ? refuse_session(err)
               : result_ok();
}

result session_read(struct transaction *transaction, const struct casework *casework, str token,
                    struct arena *arena, struct session_row *ret_row, struct err *err)
{
    struct session_work work = {
        .limits = &casework->limits, .now = system_now(casework->system), .arena = arena};
    session_hash_token(token, work.token_hash);
    TRY(read_session(transaction, &work, err));
    *ret_row = work.row;
    return result_ok();
}

static bool is_half(const struct casework *casework, const struct session_row *row)
{
    return casework->second_factor_required &&
           row->proven_at.milliseconds == session_half.milliseconds;
}

result session_complete(struct transaction *transaction, const struct casework *casework, str token,
                        struct arena *arena, struct err *err)
{
    struct session_row row;
    if (!casework->second_factor_required || token.len == 0) {
        return result_ok();
    }
    TRY(session_read(transaction, casework, token, arena, &row, err));
    return is_half(casework, &row)
               ? session_prove(transaction, casework, &row, system_now(casework->system), NULL, err)
               : result_ok();
}

/* Reads once more: somebody may have signed out in the meantime, and must stay signed out. */
static result touch_session(struct transaction *transaction, void *context, struct err *err)
{
    struct session_work *work = context;
    TRY(read_session(transaction, work, err));
    work->row.seen_at = work->now;
    return transaction_put_session(transaction, &work->row, err);
}

static result hex_of(const uint8_t *bytes, size_t size, struct arena *arena, str *ret_hex,
                     struct err *err)
{
    char *hex = ARENA_NEW(arena, char, size * 2 + 1);
    if (hex == NULL) {
        return arena_full(err);
    }
    sodium_bin2hex(hex, size * 2 + 1, bytes, size);
    *ret_hex = (str){.at = hex, .len = size * 2};
    return result_ok();
}

struct standing_work {
    int64_t account;
    struct arena *arena;
    bool is_set;
};

static result read_standing(struct transaction *transaction, void *context, struct err *err)
{
    struct standing_work *work = context;
    return second_factor_is_set(transaction, work->account, *work->arena, &work->is_set, err);
}

static result find_standing(const struct casework *casework, const struct session_row *row,
                            struct arena *arena, enum session_standing *ret_standing,
                            struct err *err)
{
    struct standing_work work = {.account = row->account, .arena = arena};
    *ret_standing = SESSION_WHOLE;
    if (is_half(casework, row)) {
        TRY(store_read_steady(casework->store, read_standing, &work, err));
        *ret_standing = work.is_set ? SESSION_OWES_FACTOR : SESSION_LACKS_FACTOR;
    }
    return result_ok();
}

static result find_session(const struct casework *casework, str token, bool touches,
                           struct arena *arena, struct session *ret_session, struct err *err)
{
    if (token.len != SESSION_TOKEN_SIZE - 1) {
        return refuse_session(err);
    }
    struct session_work work = {
        .limits = &casework->limits, .now = system_now(casework->system), .arena = arena};
    session_hash_token(token, work.token_hash);
    TRY(store_read_steady(casework->store, read_session, &work, err));
    if (touches && work.now.milliseconds - work.row.seen_at.milliseconds >= TOUCH_MILLISECONDS) {
        TRY(store_write(casework->store, touch_session, &work, err));
    }
    enum session_standing standing = SESSION_WHOLE;
    TRY(find_standing(casework, &work.row, arena, &standing, err));
    /* Whoever sets up a second factor has given the password just now. */
    const instant proven_at =
        standing == SESSION_LACKS_FACTOR ? work.row.opened_at : work.row.proven_at;
    const int64_t proven_for = work.now.milliseconds - proven_at.milliseconds;
    struct session session = {.account = work.account,
                              .standing = standing,
                              .proven = proven_for <=
                                        casework->limits.proven_minutes * minute_milliseconds};
    TRY(hex_of(work.row.form_token, sizeof work.row.form_token, arena, &session.form_token, err));
    *ret_session = session;
    return result_ok();
}

result casework_session(const struct casework *casework, str token, struct arena *arena,
                        struct session *ret_session, struct err *err)
{
    return find_session(casework, token, true, arena, ret_session, err);
}

result casework_idle_session(const struct casework *casework, str token, struct arena *arena,
                             struct session *ret_session, struct err *err)
{
    return find_session(casework, token, false, arena, ret_session, err);
}

/* --- proving once more --- */

struct proof_work {
    const struct casework *casework;
    struct session_work session;
    char *token;                   /* of the session from now on; NULL: it stays */
    const struct passkey_use *use; /* NULL: by password and code */
    str code;
    str hash;
    bool wrong_factor;
};

static result read_proof(struct transaction *transaction, void *context, struct err *err)
{
    struct proof_work *work = context;
    TRY(read_session(transaction, &work->session, err));
    return transaction_password_hash(transaction, work->session.row.account, work->session.arena,
                                     &work->hash, err);
}

static result keep_proof(struct transaction *transaction, void *context, struct err *err)
{
    struct proof_work *work = context;
    struct session_work *session = &work->session;
    bool right = false;
    bool is_set = false;
    TRY(read_session(transaction, session, err));
    TRY(second_factor_check(transaction, session->row.account, work->use, work->code, session->now,
                            *session->arena, &right, err));
    TRY(second_factor_is_set(transaction, session->row.account, *session->arena, &is_set, err));
    right = right && (is_set || !work->casework->second_factor_required);
    work->wrong_factor = !right;
    return session_prove(transaction, work->casework, &session->row,
                         right ? session->now : session->row.proven_at, right ? work->token : NULL,
                         err);
}

static result refuse_proof(struct err *err)
{
    return err_set(err, ERROR_UNAUTHENTICATED,
                   TOLD("The password, the code or the passkey is not right"));
}

result casework_prove_session(const struct casework *casework, str token, str password, str code,
                              struct arena *arena, char *ret_token, struct err *err)
{
    TRY(password_check_gate(casework, err));
    struct proof_work work = {.casework = casework,
                              .session = {.limits = &casework->limits,
                                          .now = system_now(casework->system),
                                          .arena = arena},
                              .token = ret_token,
                              .code = code,
                              .hash = STR("")};
    session_hash_token(token, work.session.token_hash);
    TRY(store_read(casework->store, read_proof, &work, err));
    if (!password_verify(casework, work.hash, password)) {
        return refuse_proof(err);
    }
    TRY(store_write(casework->store, keep_proof, &work, err));
    return work.wrong_factor ? refuse_proof(err) : result_ok();
}

result casework_prove_session_with(const struct casework *casework, str token,
                                   const struct passkey_sent *passkey, struct arena *arena,
                                   char *ret_token, struct err *err)
{
    struct passkey_use use = {.accepted = false};
    struct proof_work work = {.casework = casework,
                              .session = {.limits = &casework->limits,
                                          .now = system_now(casework->system),
                                          .arena = arena},
                              .token = ret_token,
                              .use = &use};
    session_hash_token(token, work.session.token_hash);
    TRY(passkey_check(casework, passkey, true, arena, &use, err));
    if (!use.accepted) {
        return refuse_proof(err);
    }
    TRY(store_write(casework->store, keep_proof, &work, err));
    return work.wrong_factor ? refuse_proof(err) : result_ok();
}

static result delete_session(struct transaction *transaction, void *context, struct err *err)
{
    return transaction_delete_session(transaction, context, err);
}

result casework_sign_out(const struct casework *casework, str token, struct err *err)
{
    uint8_t token_hash[32];
    session_hash_token(token, token_hash);
    return store_write(casework->store, delete_session, token_hash, err);
}
