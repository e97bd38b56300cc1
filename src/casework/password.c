#include "casework/password.h"

#include "casework/own_account.h"
#include "casework/refused_passwords.h"
#include "casework/session.h"
#include "casework/sign_in_gate.h"
#include "casework/sitting.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

enum {
    HASH_PASSES = 2,
    HASH_MEMORY = 64 * 1024 * 1024,
    PASSWORD_CHARACTERS_MIN = 12,
    PASSWORD_CHARACTERS_MAX = 128,
    PASSWORD_BYTES_MAX = 4 * PASSWORD_CHARACTERS_MAX,
    NAME_LETTERS_MIN = 4, /* shorter parts of a name are in many words */
    LEFT_MIN = 8,
    DIFFERENT_MIN = 5,
    SIGN_IN_ARENA = 256 * 1024,
};

/* --- hashing ---------------------------------------------------------------------------------- */

result password_check_gate(const struct casework *casework, struct err *err)
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

bool password_verify(const struct casework *casework, str stored, str password)
{
    char hash[crypto_pwhash_STRBYTES] = {0};
    const bool comparable =
        stored.len > 0 && stored.len < sizeof hash && password.len <= PASSWORD_BYTES_MAX;
    sign_in_gate_enter(casework->gate);
    bool right = false;
    if (comparable) {
        memcpy(hash, stored.at, stored.len);
        right = crypto_pwhash_str_verify(hash, password.at, password.len) == 0;
    } else {
        right = verify_nothing(str_slice(password, 0, PASSWORD_BYTES_MAX));
    }
    sign_in_gate_leave(casework->gate);
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

static_assert(PASSWORD_CHARACTERS_MIN == 12 && PASSWORD_CHARACTERS_MAX == 128,
              "as it is told below");

static result check_length(str password, struct err *err)
{
    if (password.len > PASSWORD_BYTES_MAX || !str_is_utf8(password)) {
        return err_set(err, ERROR_INPUT,
                       "The password is not well-formed UTF-8 text of at most %d bytes",
                       PASSWORD_BYTES_MAX);
    }
    const size_t characters = count_characters(password);
    if (characters < PASSWORD_CHARACTERS_MIN || characters > PASSWORD_CHARACTERS_MAX) {
        result_ignore(characters < PASSWORD_CHARACTERS_MIN
                          ? err_set(err, ERROR_INPUT,
                                    TOLD("The password is too short: it has 12 to 128 characters"))
                          : err_set(err, ERROR_INPUT,
                                    TOLD("The password is too long: it has 12 to 128 characters")),
                      "the hint follows");
        return err_hint(err, "Several words one after the other are easy to remember.");
    }
    return result_ok();
}

_Static_assert(PASSWORD_HASH_SIZE == crypto_pwhash_STRBYTES, "as libsodium writes it");

result password_hash(const struct casework *casework, str password,
                     char ret_hash[PASSWORD_HASH_SIZE], struct err *err)
{
    TRY(check_length(password, err));
    TRY(password_check_gate(casework, err));
    sign_in_gate_enter(casework->gate);
    const int hashed = crypto_pwhash_str_alg(ret_hash, password.at, password.len, HASH_PASSES,
                                             HASH_MEMORY, crypto_pwhash_ALG_ARGON2ID13);
    sign_in_gate_leave(casework->gate);
    return hashed == 0 ? result_ok()
                       : err_set(err, ERROR_LIMIT, "The system has no memory to hash a password");
}

/* --- what is easily guessed ------------------------------------------------------------------- */

/* The password in small letters (ASCII), without what was taken out of it. */
struct left_over {
    char bytes[PASSWORD_BYTES_MAX];
    size_t len;
};

static char folded(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool stands_at(const struct left_over *left, size_t at, str word)
{
    bool same = at + word.len <= left->len;
    for (size_t i = 0; same && i < word.len; i++) {
        same = left->bytes[at + i] == folded(word.at[i]);
    }
    return same;
}

static void take_out(struct left_over *left, str word)
{
    size_t len = 0;
    for (size_t at = 0; at < left->len;) {
        if (word.len > 0 && stands_at(left, at, word)) {
            at += word.len;
        } else {
            left->bytes[len++] = left->bytes[at++];
        }
    }
    left->len = len;
}

static bool is_letter(char c)
{
    return (unsigned char)c >= 0x80 || (folded(c) >= 'a' && folded(c) <= 'z');
}

/* Each word of a name. */
static void take_out_parts(struct left_over *left, str name)
{
    for (size_t at = 0; at < name.len;) {
        size_t end = at;
        while (end < name.len && is_letter(name.at[end])) {
            end++;
        }
        if (end - at >= NAME_LETTERS_MIN) {
            take_out(left, str_slice(name, at, end));
        }
        at = end + 1;
    }
}

static struct left_over left_of(str password, str username, str name)
{
    static const str words[] = {
#define PASSWORD_WORD(text) STR_INIT(text),
#include "casework/password_word.def"
#undef PASSWORD_WORD
    };
    struct left_over left = {.len = password.len};
    for (size_t i = 0; i < password.len; i++) {
        left.bytes[i] = folded(password.at[i]);
    }
    take_out(&left, username);
    take_out_parts(&left, username);
    take_out_parts(&left, name);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        take_out(&left, words[i]);
    }
    return left;
}

static size_t count_different(const struct left_over *left)
{
    bool seen[256] = {false};
    size_t count = 0;
    for (size_t i = 0; i < left->len; i++) {
        const unsigned char c = (unsigned char)left->bytes[i];
        count += seen[c] ? 0 : 1;
        seen[c] = true;
    }
    return count;
}

/* Most characters follow the one before, or are it: "12345678", "abcabcdd". */
static bool is_row(const struct left_over *left)
{
    size_t follow = 0;
    for (size_t i = 1; i < left->len; i++) {
        const int step = left->bytes[i] - left->bytes[i - 1];
        follow += step >= -1 && step <= 1 ? 1 : 0;
    }
    return 2 * follow > left->len;
}

static result check_guesses(str password, str username, str name, struct err *err)
{
    const struct left_over left = left_of(password, username, name);
    if (left.len < LEFT_MIN) {
        result_ignore(err_set(err, ERROR_INPUT,
                              TOLD("The password is little more than words that are tried first: "
                                   "names of the account, of the program, \"password\"")),
                      "the hint follows");
        return err_hint(err, "Several other words one after the other are easy to remember.");
    }
    if (count_different(&left) < DIFFERENT_MIN || is_row(&left)) {
        result_ignore(err_set(err, ERROR_INPUT,
                              TOLD("The password is a few characters over and over, or a row of "
                                   "them")),
                      "the hint follows");
        return err_hint(err, "Several words one after the other are easy to remember.");
    }
    return result_ok();
}

void casework_refuse_passwords(const struct casework *casework,
                               const struct refused_passwords *list)
{
    sign_in_gate_set_refused(casework->gate, list);
}

result password_check(const struct casework *casework, str password, str username, str name,
                      struct arena scratch, struct err *err)
{
    bool refused = false;
    TRY(check_length(password, err));
    TRY(check_guesses(password, username, name, err));
    TRY(password_check_gate(casework, err));
    const struct refused_passwords *list = sign_in_gate_refused(casework->gate);
    if (list != NULL) {
        TRY(refused_passwords_has(list, password, scratch, &refused, err));
    }
    if (!refused) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_INPUT,
                          TOLD("The password stands in a list of those that others have stolen "
                               "before")),
                  "the hint follows");
    return err_hint(err, "Choose another one, and change it wherever else you use it.");
}

/* --- setting it ------------------------------------------------------------------------------- */

struct password_work {
    int64_t account;
    char hash[PASSWORD_HASH_SIZE];
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
    struct password_work work = {.account = account};
    struct arena arena;
    TRY(password_hash(casework, password, work.hash, err));
    TRY(arena_open(&arena, SIGN_IN_ARENA, err));
    work.arena = &arena;
    const result set = store_write(casework->store, set_hash, &work, err);
    arena_close(&arena);
    sodium_memzero(work.hash, sizeof work.hash);
    return set;
}

/* --- one's own -------------------------------------------------------------------------------- */

struct own_work {
    const struct casework *casework;
    const struct caller *caller;
    const struct new_password *wanted;
    struct arena *arena;
    struct sitting sitting;
    str stored;
    char hash[PASSWORD_HASH_SIZE];
};

static result read_own(struct transaction *transaction, void *context, struct err *err)
{
    struct own_work *work = context;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller,
                     ACTION_SECURE_OWN_ACCOUNT, work->arena, err));
    return transaction_password_hash(transaction, work->sitting.account.id, work->arena,
                                     &work->stored, err);
}

static result set_own(struct transaction *transaction, void *context, struct err *err)
{
    struct own_work *work = context;
    struct event before;
    uint8_t hash[32];
    str stored;
    size_t ended = 0;
    TRY(sitting_record(&work->sitting, work->casework, transaction, work->caller,
                       ACTION_SECURE_OWN_ACCOUNT, work->arena, &before, err));
    if (before.position != 0) {
        return account_secured_before(&before, STR("password changed"), err);
    }
    const int64_t account = work->sitting.account.id;
    TRY(transaction_password_hash(transaction, account, work->arena, &stored, err));
    if (!str_equal(stored, work->stored)) {
        return err_set(err, ERROR_CONFLICT, "The password was changed meanwhile");
    }
    session_hash_token(work->wanted->token, hash);
    TRY(transaction_set_password_hash(transaction, account, str_from_c(work->hash), err));
    TRY(sessions_end(transaction, account, hash, STR(""), *work->arena, &ended, err));
    return account_secured(&work->sitting, account, STR("password changed"), err);
}

result casework_change_password(const struct casework *casework, const struct caller *caller,
                                const struct new_password *wanted, struct arena *arena,
                                struct err *err)
{
    struct own_work work = {
        .casework = casework, .caller = caller, .wanted = wanted, .arena = arena};
    TRY(password_check_gate(casework, err));
    TRY(sitting_require_proof(caller, err));
    TRY(store_read(casework->store, read_own, &work, err));
    const struct account_row *account = &work.sitting.account;
    TRY(password_check(casework, wanted->password, account->username, account->name, *arena, err));
    if (work.stored.len > 0 && !password_verify(casework, work.stored, wanted->current)) {
        return err_set(err, ERROR_UNAUTHENTICATED,
                       TOLD("The password that counts now is not right"));
    }
    if (str_equal(wanted->current, wanted->password)) {
        return err_set(err, ERROR_INPUT, TOLD("The new password is the one that counts now"));
    }
    TRY(password_hash(casework, wanted->password, work.hash, err));
    const result set = store_write(casework->store, set_own, &work, err);
    sodium_memzero(work.hash, sizeof work.hash);
    return set;
}
