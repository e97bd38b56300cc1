/* key_file: a key on the disk: `path` (mode 0600) holds the secret half, `path`.pub the public one.
 * A key is never overwritten. */
#ifndef RETURNHUB_LOG_KEY_FILE_H
#define RETURNHUB_LOG_KEY_FILE_H

#include "seal/note.h"
#include "system/system.h"

enum { KEY_FILE_PATH_MAX = 4000 };

/* A new key. Wipe the secret with signing_key_wipe. */
MUST_USE result key_file_make(str name, enum note_key_type type, const struct system *system,
                              struct note_key *ret_key, struct signing_key *ret_secret,
                              struct err *err);
/* The secret last: without it the other is no key, and with it it is there. */
MUST_USE result key_file_write(const char *path, const struct note_key *key,
                               const struct signing_key *secret, struct arena scratch,
                               struct err *err);
MUST_USE result key_file_read(const char *path, enum note_key_type type, struct arena scratch,
                              struct note_key *ret_key, struct signing_key *ret_secret,
                              struct err *err);
/* Of `path`, or when that ends in .pub already, of it. */
MUST_USE result key_file_read_public(const char *path, enum note_key_type type,
                                     struct arena scratch, struct note_key *ret_key,
                                     struct err *err);
/* ERROR_CONFLICT when there is such a file. */
MUST_USE result key_file_check_free(const char *path, struct err *err);
MUST_USE result key_file_beside(const char *path, const char *ending, char text[KEY_FILE_PATH_MAX],
                                struct err *err);

#endif
