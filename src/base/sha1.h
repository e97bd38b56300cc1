/* sha1: SHA-1 (FIPS 180-4) by libcrypto. Nothing here rests on it: it is how others write down the
 * passwords that were stolen. */
#ifndef RETURNHUB_BASE_SHA1_H
#define RETURNHUB_BASE_SHA1_H

#include "base/str.h"

enum { SHA1_HEX_SIZE = 41 };

/* 40 capital hexadecimal digits. */
void sha1_hex(str text, char hex[SHA1_HEX_SIZE]);

#endif
