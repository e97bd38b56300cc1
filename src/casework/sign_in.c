#include "casework/casework.h"

#include "casework/own_account.h"
#include "casework/second_factor.h"
#include "casework/session.h"
#include "casework/sign_in_gate.h"
#include "casework/text.h"

#include <sodium.h>
#include <string.h>

enum {
    HASH_PASSES = 2,
    HASH_MEMORY = 64 * 1024 * 1024,
    PASSWORD_CHARACTERS_MIN = 12,
    PASSWORD_CHARACTERS_MAX = 128,
    PASSWORD_BYTES_MAX = 4 * PASSWORD_CHARACTERS_MAX,
    TOKEN_BYTES = 32,
    TOUCH_MILLISECONDS = 60 * 1000, /* a session's last sign of life is stored at most this often */
    SIGN_IN_ARENA = 64 * 1024,
};

static const int64_t minute_milliseconds = 60 * 1000;

/* --- hashing ---------------------------------------------------------------------------------- */

static result check_gate(const struct casework *casework, struct err *err)
{
    return casework->gate != NULL && sodium_init() >= 0
               ? result_ok()
               : err_set(err, ERROR_INTERNAL, "Nobody can sign in: casework_open was not called");
}

/* For an account that does not exist or has no password: the same work, and then no. */
static bool verify_nothing(str password)
{
    const unsigned char salt[crypto_pwhash_SALTBYTES] = {0};
    unsigned char hash[32];
    result_ignore(
        (result){.ok = crypto_pwhash(hash, sizeof hash, password.at, password.len, salt,
                                     HASH_PASSES, HASH_MEMORY, crypto_pwhash_ALG_ARGON2ID13) == 0},
        "the answer is no, whatever came of it");
    sodium_memzero(hash, sizeof hash);
    return false;
}

/* `stored` is "" for an account that cannot sign in. */
static bool verify(struct sign_in_gate *gate, str stored, str password)
{
    char hash[crypto_pwhash_STRBYTES] = {0};
    const bool comparable =
        stored.len > 0 && stored.len < sizeof hash && password.len <= PASSWORD_BYTES_MAX;
    sign_in_gate_enter(gate);
    bool right = false;
    if (comparable) {
        memcpy(hash, stored.at, stored.len);
        right = crypto_pwhash_str_verify(hash, password.at, password.len) == 0;
    } else {
        right = verify_nothing(str_slice(password, 0, PASSWORD_BYTES_MAX));
    }
    sign_in_gate_leave(gate);
    return right;
}

/* --- passwords -------------------------------------------------------------------------------- */

static size_t count_characters(str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += ((unsigned char)text.at[i] & 0xC0) != 0x80 ? 1 : 0;
    }
    return count;
}

static result check_password(str password, struct err *err)
{
    if (password.len > PASSWORD_BYTES_MAX || !str_is_utf8(password)) {
        return err_set(err, ERROR_INPUT,
                       "The password is not well-formed UTF-8 text of at most %d bytes",
                       PASSWORD_BYTES_MAX);
    }
    const size_t characters = count_characters(password);
    if (characters < PASSWORD_CHARACTERS_MIN || characters > PASSWORD_CHARACTERS_MAX) {
        result_ignore(err_set(err, ERROR_INPUT, "A password has %d to %d characters",
                              PASSWORD_CHARACTERS_MIN, PASSWORD_CHARACTERS_MAX),
                      "the hint follows");
        return err_hint(err, "Several words one after the other are easy to remember.");
    }
    return result_ok();
}

struct password_work {
    int64_t account;
    char hash[crypto_pwhash_STRBYTES];
    struct arena *arena;
};

static result set_hash(struct transaction *transaction, void *context, struct err *err)
{
    struct password_work *work = context;
    struct account_row account;
    size_t ended = 0;
    TRY(transaction_account(transaction, work->account, work->arena, &account, err));
    TRY(sessions_end(transaction, account.id, NULL, STR(""), *work->arena, &ended, err));
    return transaction_set_password_hash(transaction, account.id, str_from_c(work->hash), err);
}

result casework_set_password(const struct casework *casework, int64_t account, str password,
                             struct err *err)
{
    TRY(check_password(password, err));
    TRY(check_gate(casework, err));
    struct password_work work = {.account = account};
    sign_in_gate_enter(casework->gate);
    const int hashed = crypto_pwhash_str_alg(work.hash, password.at, password.len, HASH_PASSES,
                                             HASH_MEMORY, crypto_pwhash_ALG_ARGON2ID13);
    sign_in_gate_leave(casework->gate);
    if (hashed != 0) {
        return err_set(err, ERROR_LIMIT, "The system has no memory to hash a password");
    }
    struct arena arena;
    TRY(arena_open(&arena, SIGN_IN_ARENA, err));
    work.arena = &arena;
    const result set = store_write(casework->store, set_hash, &work, err);
    arena_close(&arena);
    sodium_memzero(work.hash, sizeof work.hash);
    return set;
}

/* --- signing in ------------------------------------------------------------------------------- */

struct sign_in_work {
    str username;
    str code;
    bool wrong_code;
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
                   "The user name, the password or the code is not right");
}

/* An account that was closed, or whose password changed, while the password was checked does not
 * get in. A wrong code is counted, so this commits and says so. */
static result open_session(struct transaction *transaction, void *context, struct err *err)
{
    struct sign_in_work *work = context;
    struct account_row account;
    enum code_verdict verdict = CODE_WRONG;
    str hash;
    TRY(transaction_account(transaction, work->account.id, work->arena, &account, err));
    TRY(transaction_password_hash(transaction, account.id, work->arena, &hash, err));
    if (account.closed || !str_equal(hash, work->hash)) {
        return refuse_sign_in(err);
    }
    TRY(second_factor_take(transaction, account.id, work->code, work->session.opened_at, &verdict,
                           err));
    work->wrong_code = verdict == CODE_WRONG;
    return work->wrong_code ? result_ok()
                            : transaction_put_session(transaction, &work->session, err);
}

void session_hash_token(str token, uint8_t hash[32])
{
    const struct sha256 digest = sha256_of(token);
    memcpy(hash, digest.bytes, sizeof digest.bytes);
}

static void draw_session(const struct casework *casework, struct sign_in_work *work,
                         char token[SESSION_TOKEN_SIZE])
{
    const struct system *system = casework->system;
    uint8_t secret[TOKEN_BYTES];
    system->entropy(system->context, secret, sizeof secret);
    ASSERT(sodium_bin2base64(token, SESSION_TOKEN_SIZE, secret, sizeof secret,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == token);
    sodium_memzero(secret, sizeof secret);
    const instant now = system_now(system);
    work->session = (struct session_row){
        .account = work->account.id, .opened_at = now, .seen_at = now, .proven_at = now};
    session_hash_token(str_from_c(token), work->session.token_hash);
    system->entropy(system->context, work->session.form_token, sizeof work->session.form_token);
}

result casework_sign_in(const struct casework *casework, const struct sign_in *sign_in,
                        struct arena *arena, char ret_token[SESSION_TOKEN_SIZE],
                        struct account_row *ret_account, struct err *err)
{
    TRY(check_gate(casework, err));
    struct sign_in_work work = {.arena = arena, .hash = STR(""), .code = sign_in->code};
    const bool readable = text_line("The user name", sign_in->username, NAME_MAX_BYTES, NULL).ok;
    work.username = readable ? sign_in->username : STR("");
    TRY(store_read(casework->store, read_hash, &work, err));
    if (!verify(casework->gate, work.hash, sign_in->password)) {
        return refuse_sign_in(err);
    }
    char token[SESSION_TOKEN_SIZE];
    draw_session(casework, &work, token);
    TRY(store_write(casework->store, open_session, &work, err));
    if (work.wrong_code) {
        return refuse_sign_in(err);
    }
    memcpy(ret_token, token, SESSION_TOKEN_SIZE);
    sodium_memzero(token, sizeof token);
    *ret_account = work.account;
    return result_ok();
}

/* --- sessions --------------------------------------------------------------------------------- */

struct session_work {
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

bool session_is_over(const struct session_row *row, instant now)
{
    const int64_t idle = now.milliseconds - row->seen_at.milliseconds;
    const int64_t age = now.milliseconds - row->opened_at.milliseconds;
    return idle > SESSION_IDLE_MINUTES * minute_milliseconds ||
           age > SESSION_HOURS_MAX * 60 * minute_milliseconds;
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
    return session_is_over(&work->row, work->now) || work->account.closed ? refuse_session(err)
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

result casework_session(const struct casework *casework, str token, struct arena *arena,
                        struct session *ret_session, struct err *err)
{
    if (token.len != SESSION_TOKEN_SIZE - 1) {
        return refuse_session(err);
    }
    struct session_work work = {.now = system_now(casework->system), .arena = arena};
    session_hash_token(token, work.token_hash);
    TRY(store_read(casework->store, read_session, &work, err));
    if (work.now.milliseconds - work.row.seen_at.milliseconds >= TOUCH_MILLISECONDS) {
        TRY(store_write(casework->store, touch_session, &work, err));
    }
    const int64_t proven_for = work.now.milliseconds - work.row.proven_at.milliseconds;
    struct session session = {.account = work.account,
                              .proven = proven_for <= PROVEN_MINUTES * minute_milliseconds};
    TRY(hex_of(work.row.form_token, sizeof work.row.form_token, arena, &session.form_token, err));
    *ret_session = session;
    return result_ok();
}

/* --- proving once more --- */

struct proof_work {
    struct session_work session;
    str code;
    str hash;
    bool wrong_code;
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
    enum code_verdict verdict = CODE_WRONG;
    TRY(read_session(transaction, session, err));
    TRY(second_factor_take(transaction, session->row.account, work->code, session->now, &verdict,
                           err));
    work->wrong_code = verdict == CODE_WRONG;
    session->row.proven_at = work->wrong_code ? session->row.proven_at : session->now;
    session->row.seen_at = session->now;
    return transaction_put_session(transaction, &session->row, err);
}

static result refuse_proof(struct err *err)
{
    return err_set(err, ERROR_UNAUTHENTICATED, "The password or the code is not right");
}

result casework_prove_session(const struct casework *casework, str token, str password, str code,
                              struct arena *arena, struct err *err)
{
    TRY(check_gate(casework, err));
    struct proof_work work = {.session = {.now = system_now(casework->system), .arena = arena},
                              .code = code,
                              .hash = STR("")};
    session_hash_token(token, work.session.token_hash);
    TRY(store_read(casework->store, read_proof, &work, err));
    if (!verify(casework->gate, work.hash, password)) {
        return refuse_proof(err);
    }
    TRY(store_write(casework->store, keep_proof, &work, err));
    return work.wrong_code ? refuse_proof(err) : result_ok();
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
