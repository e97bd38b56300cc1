/* refused_passwords: a list of passwords that are known to be in other people's hands, in a file
 * that stays on the disk: either a password a line, whose letters are compared without case, or the
 * SHA-1 of a password a line (40 hexadecimal digits, perhaps a colon and a count), in order, as the
 * large collections are given out. Looked at when a password is chosen, never at sign-in. */
#ifndef RETURNHUB_CASEWORK_REFUSED_PASSWORDS_H
#define RETURNHUB_CASEWORK_REFUSED_PASSWORDS_H

#include "casework/casework.h"
#include "system/growing.h"

enum { REFUSED_TEXT_BYTES_MAX = 64 * 1024 * 1024 }; /* a list of texts is read from end to end */

struct refused_passwords {
    struct growing_file file;
    bool hashed;
};
#define REFUSED_PASSWORDS_NONE                                                                     \
    {                                                                                              \
        .file = GROWING_FILE_NONE                                                                  \
    }

/* ERROR_INPUT when it is neither, or out of order. */
MUST_USE result refused_passwords_open(const char *path, struct refused_passwords *ret_list,
                                       struct err *err);
void refused_passwords_close(struct refused_passwords *list);
#define OWN_REFUSED_PASSWORDS __attribute__((cleanup(refused_passwords_close)))

/* May be called from several threads. */
MUST_USE result refused_passwords_has(const struct refused_passwords *list, str password,
                                      struct arena scratch, bool *ret_has, struct err *err);

/* From now on what stands in it cannot become a password; before anybody signs in. The list stays
 * the caller's and must outlive casework; NULL: there is none. */
void casework_refuse_passwords(const struct casework *casework,
                               const struct refused_passwords *list);

#endif
