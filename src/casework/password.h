/* password: what can be a password, and its hash (Argon2id, in its turn). Inside casework only.
 *
 * A password has 12 to 128 characters of any kind. It is refused when it stands in the list of
 * refused ones that the register was given (refused_passwords.h), or when little is left of it
 * without the words of password_word.def and the names of its account, or when what is left is a
 * few characters over and over, or a row of neighbours ("12345678"). */
#ifndef RETURNHUB_CASEWORK_PASSWORD_H
#define RETURNHUB_CASEWORK_PASSWORD_H

#include "casework/casework.h"

enum { PASSWORD_HASH_SIZE = 128 };

/* ERROR_INPUT says why not. `username` and `name` are the account's. */
MUST_USE result password_check(const struct casework *casework, str password, str username,
                               str name, struct arena scratch, struct err *err);
/* ERROR_INPUT for one that is too short or too long; password_check was asked before. */
MUST_USE result password_hash(const struct casework *casework, str password,
                              char ret_hash[PASSWORD_HASH_SIZE], struct err *err);
/* ERROR_INTERNAL when casework_open was not called. */
MUST_USE result password_check_gate(const struct casework *casework, struct err *err);
/* Takes as long for an account that has none (`stored` ""), and then says no. */
bool password_verify(const struct casework *casework, str stored, str password);

#endif
