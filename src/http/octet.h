/* octet: which bytes may stand where, by RFC 9110 (tokens), RFC 9112 (heads) and RFC 3986 (URIs).
 * One table. */
#ifndef RETURNHUB_HTTP_OCTET_H
#define RETURNHUB_HTTP_OCTET_H

#include "base/str.h"

enum octet_class {
    OCTET_TOKEN = 1, /* RFC 9110, 5.6.2: tchar */
    OCTET_PATH = 2,  /* RFC 3986, 3.3: pchar without '%', and '/' */
    OCTET_QUERY = 4, /* RFC 3986, 3.4: the same and '?' */
    OCTET_HOST = 8,  /* letters, digits, '-', '.' and '_': what names of hosts are made of */
    OCTET_HEX = 16,
    OCTET_DIGIT = 32,
    OCTET_CONTROL = 64, /* may not stand in a head: C0 controls without tab, CR and LF, and DEL */
};

bool octet_is(char octet, enum octet_class kind);
/* True when every byte is of the class; so for the empty text. */
bool octet_all(str text, enum octet_class kind);
/* The value of a hexadecimal digit (asserted to be one). */
unsigned octet_hex(char octet);
/* Equal when ASCII letters are compared without case. */
bool octet_equal(str a, str b);

/* One "%XX" or plain byte at text.at[*at]; moves *at behind it. False when the escape is malformed.
 */
bool octet_unescape(str text, size_t *at, char *ret_octet);

#endif
