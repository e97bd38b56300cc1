#include "base/one_time_code.h"

#include <assert.h>
#include <limits.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

enum { COUNTER_BYTES = 8, SHA1_BYTES = 20, BASE32_BITS = 5 };

static_assert(ONE_TIME_SECRET_SIZE * 8 / BASE32_BITS + 1 == ONE_TIME_SECRET_TEXT_SIZE,
              "no padding");

uint32_t one_time_number(str secret, int64_t counter)
{
    unsigned char message[COUNTER_BYTES];
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    for (size_t i = 0; i < COUNTER_BYTES; i++) {
        message[i] = (unsigned char)((uint64_t)counter >> (8 * (COUNTER_BYTES - 1 - i)));
    }
    ASSERT(secret.len <= INT_MAX);
    ASSERT(HMAC(EVP_sha1(), secret.at, (int)secret.len, message, sizeof message, hash, &size) !=
               NULL &&
           size == SHA1_BYTES);
    const size_t offset = hash[SHA1_BYTES - 1] & 0xF;
    return (uint32_t)(hash[offset] & 0x7F) << 24 | (uint32_t)hash[offset + 1] << 16 |
           (uint32_t)hash[offset + 2] << 8 | (uint32_t)hash[offset + 3];
}

int64_t one_time_period(instant at)
{
    return at.milliseconds / (ONE_TIME_SECONDS * INT64_C(1000));
}

void one_time_code(const uint8_t secret[ONE_TIME_SECRET_SIZE], int64_t period,
                   char text[ONE_TIME_CODE_SIZE])
{
    const str key = {.at = (const char *)secret, .len = ONE_TIME_SECRET_SIZE};
    uint32_t number = one_time_number(key, period);
    for (size_t i = ONE_TIME_CODE_SIZE - 1; i > 0; i--) {
        text[i - 1] = (char)('0' + number % 10);
        number /= 10;
    }
    text[ONE_TIME_CODE_SIZE - 1] = '\0';
}

void one_time_secret_text(const uint8_t secret[ONE_TIME_SECRET_SIZE],
                          char text[ONE_TIME_SECRET_TEXT_SIZE])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    for (size_t i = 0; i < ONE_TIME_SECRET_TEXT_SIZE - 1; i++) {
        unsigned value = 0;
        for (size_t bit = i * BASE32_BITS; bit < (i + 1) * BASE32_BITS; bit++) {
            value = value << 1 | ((unsigned)secret[bit / 8] >> (7 - bit % 8) & 1U);
        }
        text[i] = letters[value];
    }
    text[ONE_TIME_SECRET_TEXT_SIZE - 1] = '\0';
}
