#include "casework/second_factor.h"

#include "casework/own_account.h"
#include "store/doors.h"

#include <sodium.h>

bool second_factor_matches(const uint8_t secret[ONE_TIME_SECRET_SIZE], str code, instant now,
                           int64_t *ret_period)
{
    const int64_t period = one_time_period(now);
    bool matches = false;
    for (int64_t away = -1; away <= 1; away++) {
        char text[ONE_TIME_CODE_SIZE];
        one_time_code(secret, period + away, text);
        if (code.len == ONE_TIME_CODE_SIZE - 1 && sodium_memcmp(code.at, text, code.len) == 0) {
            *ret_period = period + away;
            matches = true;
        }
        sodium_memzero(text, sizeof text);
    }
    return matches;
}

static bool is_locked(const struct second_factor *factor, instant now)
{
    return factor->wrong_codes >= WRONG_CODES_MAX &&
           now.milliseconds - factor->wrong_at.milliseconds < WRONG_CODES_MINUTES * INT64_C(60000);
}

static enum code_verdict take(struct second_factor *factor, str code, instant now)
{
    int64_t period = 0;
    if (is_locked(factor, now)) {
        return CODE_WRONG;
    }
    if (second_factor_matches(factor->secret, code, now, &period) && period > factor->last_period) {
        factor->last_period = period;
        factor->wrong_codes = 0;
        return CODE_RIGHT;
    }
    factor->wrong_codes = factor->wrong_codes >= WRONG_CODES_MAX ? 1 : factor->wrong_codes + 1;
    factor->wrong_at = now;
    return CODE_WRONG;
}

static result has_passkey(struct transaction *transaction, int64_t account, struct arena scratch,
                          bool *ret_has, struct err *err)
{
    const struct passkey_row *passkeys = NULL;
    size_t count = 0;
    TRY(transaction_passkeys(transaction, account, &scratch, &passkeys, &count, err));
    *ret_has = count > 0;
    return result_ok();
}

result second_factor_take(struct transaction *transaction, int64_t account, str code, instant now,
                          struct arena scratch, enum code_verdict *ret_verdict, struct err *err)
{
    struct second_factor factor;
    bool found = false;
    bool needs_passkey = false;
    TRY(transaction_second_factor(transaction, account, &factor, &found, err));
    if (!found || !factor.confirmed) {
        TRY(has_passkey(transaction, account, scratch, &needs_passkey, err));
        *ret_verdict = needs_passkey ? CODE_WRONG : CODE_NOT_NEEDED;
        return result_ok();
    }
    *ret_verdict = take(&factor, str_trim(code), now);
    const result put = transaction_put_second_factor(transaction, &factor, err);
    sodium_memzero(&factor, sizeof factor);
    return put;
}

result second_factor_check(struct transaction *transaction, int64_t account,
                           const struct passkey_use *use, str code, instant now,
                           struct arena scratch, bool *ret_right, struct err *err)
{
    enum code_verdict verdict = CODE_WRONG;
    *ret_right = false;
    if (use == NULL) {
        TRY(second_factor_take(transaction, account, code, now, scratch, &verdict, err));
        *ret_right = verdict != CODE_WRONG;
        return result_ok();
    }
    return use->accepted && use->account == account
               ? passkey_keep_use(transaction, use, now, scratch, ret_right, err)
               : result_ok();
}

result second_factor_is_set(struct transaction *transaction, int64_t account, struct arena scratch,
                            bool *ret_set, struct err *err)
{
    struct second_factor factor;
    bool found = false;
    TRY(transaction_second_factor(transaction, account, &factor, &found, err));
    *ret_set = found && factor.confirmed;
    sodium_memzero(&factor, sizeof factor);
    return *ret_set ? result_ok() : has_passkey(transaction, account, scratch, ret_set, err);
}
