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

result second_factor_take(struct transaction *transaction, int64_t account, str code, instant now,
                          struct arena scratch, enum code_verdict *ret_verdict, struct err *err)
{
    struct second_factor factor;
    const struct passkey_row *passkeys = NULL;
    size_t passkey_count = 0;
    bool found = false;
    TRY(transaction_second_factor(transaction, account, &factor, &found, err));
    if (!found || !factor.confirmed) {
        TRY(transaction_passkeys(transaction, account, &scratch, &passkeys, &passkey_count, err));
        *ret_verdict = passkey_count > 0 ? CODE_WRONG : CODE_NOT_NEEDED;
        return result_ok();
    }
    *ret_verdict = take(&factor, str_trim(code), now);
    const result put = transaction_put_second_factor(transaction, &factor, err);
    sodium_memzero(&factor, sizeof factor);
    return put;
}
