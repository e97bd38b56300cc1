/* rules_folder: reads a folder of .rules files for the tests, in the order of their names. */
#ifndef RETURNHUB_TESTS_RULES_FOLDER_H
#define RETURNHUB_TESTS_RULES_FOLDER_H

#include "rulebook/rulebook.h"

/* Appends the files of a folder to `files`, which has room for `most`. Returns the new count, or
 * `most` + 1 when the folder cannot be read or holds too many. */
size_t rules_folder_read(const char *folder, struct arena *arena, struct rulebook_file *files,
                         size_t count, size_t most);
/* A whole file; .at is NULL when it cannot be read. */
str rules_file_read(const char *path, struct arena *arena);

#endif
