#include "base/sha1.h"

#include <openssl/evp.h>

void sha1_hex(str text, char hex[SHA1_HEX_SIZE])
{
    static const char digits[] = "0123456789ABCDEF";
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    ASSERT(EVP_Digest(text.at, text.len, hash, &size, EVP_sha1(), NULL) == 1 &&
           2 * size == SHA1_HEX_SIZE - 1);
    for (unsigned i = 0; i < size; i++) {
        hex[2 * i] = digits[hash[i] >> 4];
        hex[2 * i + 1] = digits[hash[i] & 15];
    }
    hex[2 * size] = '\0';
}
