#include "http/octet.h"

/* clang-format off */
enum {
    C = OCTET_CONTROL,
    T = OCTET_TOKEN,
    P = OCTET_PATH | OCTET_QUERY,
    B = OCTET_TOKEN | OCTET_PATH | OCTET_QUERY,                /* in both */
    Q = OCTET_QUERY,
    H = OCTET_TOKEN | OCTET_PATH | OCTET_QUERY | OCTET_HOST,
    D = H | OCTET_DIGIT | OCTET_HEX,
    X = H | OCTET_HEX,
};

static const uint8_t octet_classes[256] = {
/*         0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f */
/* 0x00 */ C, C, C, C, C, C, C, C, C, 0, 0, C, C, 0, C, C, /* 9 tab, a LF, d CR */
/* 0x10 */ C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C,
/* 0x20 */ 0, B, 0, T, B, T, B, B, P, P, B, B, P, H, H, P, /*   ! " # $ % & ' ( ) * + , - . / */
/* 0x30 */ D, D, D, D, D, D, D, D, D, D, P, P, 0, P, 0, Q, /* 0-9 : ; < = > ? */
/* 0x40 */ P, X, X, X, X, X, X, H, H, H, H, H, H, H, H, H, /* @ A-O */
/* 0x50 */ H, H, H, H, H, H, H, H, H, H, H, 0, 0, 0, T, H, /* P-Z [ \ ] ^ _ */
/* 0x60 */ T, X, X, X, X, X, X, H, H, H, H, H, H, H, H, H, /* ` a-o */
/* 0x70 */ H, H, H, H, H, H, H, H, H, H, H, 0, T, 0, B, C, /* p-z { | } ~ DEL */
/* 0x80 and above: of no class */
};
/* clang-format on */

bool octet_is(char octet, enum octet_class kind)
{
    return (octet_classes[(unsigned char)octet] & (unsigned)kind) != 0;
}

bool octet_all(str text, enum octet_class kind)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!octet_is(text.at[i], kind)) {
            return false;
        }
    }
    return true;
}

unsigned octet_hex(char octet)
{
    ASSERT(octet_is(octet, OCTET_HEX));
    if (octet_is(octet, OCTET_DIGIT)) {
        return (unsigned)(octet - '0');
    }
    /* Capital and small letters differ in one bit. */
    return ((unsigned)octet | 0x20U) - 'a' + 10U;
}

static char lower(char octet)
{
    return octet >= 'A' && octet <= 'Z' ? (char)(octet + ('a' - 'A')) : octet;
}

bool octet_equal(str a, str b)
{
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.at[i]) != lower(b.at[i])) {
            return false;
        }
    }
    return true;
}

bool octet_unescape(str text, size_t *at, char *ret_octet)
{
    ASSERT(*at < text.len);
    const char first = text.at[*at];
    if (first != '%') {
        *at += 1;
        *ret_octet = first;
        return true;
    }
    const str digits = str_slice(text, *at + 1, *at + 3);
    if (digits.len != 2 || !octet_all(digits, OCTET_HEX)) {
        return false;
    }
    *at += 3;
    *ret_octet = (char)(unsigned char)(octet_hex(digits.at[0]) << 4U | octet_hex(digits.at[1]));
    return true;
}
