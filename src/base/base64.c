#include "base/base64.h"

#include <sodium.h>

#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Four digits of three bytes, of which the last one or two may be missing. */
static void write_group(const uint8_t *bytes, size_t count, char group[4])
{
    const uint32_t second = count > 1 ? bytes[1] : 0;
    const uint32_t third = count > 2 ? bytes[2] : 0;
    const uint32_t bits = (uint32_t)bytes[0] << 16 | second << 8 | third;
    group[0] = digits[bits >> 18];
    group[1] = digits[bits >> 12 & 63];
    group[2] = count > 1 ? digits[bits >> 6 & 63] : '=';
    group[3] = count > 2 ? digits[bits & 63] : '=';
}

void base64_put(struct buf *buf, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    for (size_t done = 0; done < size; done += 3) {
        char group[4];
        write_group(at + done, size - done < 3 ? size - done : 3, group);
        buf_put(buf, (str){.at = group, .len = sizeof group});
    }
}

static bool digit_bits(char digit, uint32_t *ret_bits)
{
    const char *found = digit == '\0' ? NULL : strchr(digits, digit);
    *ret_bits = found == NULL ? 0 : (uint32_t)(found - digits);
    return found != NULL;
}

/* How many bytes the four digits stand for; 0 when they are not what write_group writes. */
static size_t read_group(const char *group, uint8_t bytes[3])
{
    const size_t count = group[3] != '=' ? 3 : group[2] != '=' ? 2 : 1;
    uint32_t bits = 0;
    for (size_t i = 0; i < 4; i++) {
        uint32_t six = 0;
        if (i <= count && !digit_bits(group[i], &six)) {
            return 0;
        }
        bits = bits << 6 | six;
    }
    char again[4];
    bytes[0] = (uint8_t)(bits >> 16);
    bytes[1] = (uint8_t)(bits >> 8);
    bytes[2] = (uint8_t)bits;
    write_group(bytes, count, again);
    return memcmp(again, group, sizeof again) == 0 ? count : 0;
}

bool base64_read(str text, void *bytes, size_t capacity, size_t *ret_size)
{
    uint8_t *to = bytes;
    size_t size = 0;
    bool whole = text.len % 4 == 0;
    for (size_t at = 0; whole && at < text.len; at += 4) {
        uint8_t group[3];
        const size_t count = read_group(text.at + at, group);
        const bool last = at + 4 == text.len;
        whole = count > 0 && (count == 3 || last) && count <= capacity - size;
        if (whole) {
            memcpy(to + size, group, count);
            size += count;
        }
    }
    *ret_size = whole ? size : 0;
    return whole;
}

bool base64_read_exactly(str text, void *bytes, size_t size)
{
    size_t got = 0;
    return base64_read(text, bytes, size, &got) && got == size;
}

void base64url_put(struct buf *buf, const void *bytes, size_t size)
{
    const uint8_t *from = bytes;
    while (size > 0) {
        char text[65];
        const size_t part = size < 48 ? size : 48;
        ASSERT(sodium_bin2base64(text, sizeof text, from, part,
                                 sodium_base64_VARIANT_URLSAFE_NO_PADDING) == text);
        buf_put_c(buf, text);
        from += part;
        size -= part;
    }
}

bool base64url_read(str text, void *bytes, size_t capacity, size_t *ret_size)
{
    return sodium_base642bin(bytes, capacity, text.at, text.len, NULL, ret_size, NULL,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0;
}
