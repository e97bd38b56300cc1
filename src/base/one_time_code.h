/* one_time_code: the six digits that an authenticator app shows (RFC 4226, RFC 6238): HMAC-SHA-1,
 * because that is what every app computes, over the half minutes since 1970. */
#ifndef RETURNHUB_BASE_ONE_TIME_CODE_H
#define RETURNHUB_BASE_ONE_TIME_CODE_H

#include "base/date.h"

enum {
    ONE_TIME_SECRET_SIZE = 20, /* RFC 4226, section 4: 160 bits */
    ONE_TIME_SECRET_TEXT_SIZE = 33,
    ONE_TIME_CODE_SIZE = 7,
    ONE_TIME_SECONDS = 30,
};

/* The number of 31 bits of RFC 4226, section 5.3; a code is its last digits. */
uint32_t one_time_number(str secret, int64_t counter);

int64_t one_time_period(instant at); /* which half minute it is */
void one_time_code(const uint8_t secret[ONE_TIME_SECRET_SIZE], int64_t period,
                   char text[ONE_TIME_CODE_SIZE]);

/* In base 32 (RFC 4648), as apps take it: 32 capitals and digits. */
void one_time_secret_text(const uint8_t secret[ONE_TIME_SECRET_SIZE],
                          char text[ONE_TIME_SECRET_TEXT_SIZE]);

#endif
