/* load: a rulebook from texts in a test, with the arenas it lives in. */
#ifndef RETURNHUB_TESTS_LOAD_H
#define RETURNHUB_TESTS_LOAD_H

#include "rulebook/judge.h"

struct loaded {
    struct arena perm;
    struct arena words;
    struct arena scratch;
    struct diagnostics diagnostics;
    const struct rulebook *rulebook; /* NULL when it did not load */
    struct err err;
};

/* Opens the arenas; to be closed with load_done. */
void load_init(struct loaded *loaded);
void load_done(struct loaded *loaded);
/* Loads from files, forgetting what was loaded before. True when it loads. */
bool load_files(struct loaded *loaded, const struct rulebook_file *files, size_t file_count);
bool load_text(struct loaded *loaded, str text);
/* Loads a text that must be sound; the test fails with its diagnostics otherwise. */
void load_sound(struct loaded *loaded, str text);
/* Every finding as a line: what diagnostic_format writes. In `words`. */
str load_findings(struct loaded *loaded);

/* A whole file; the test fails when it cannot be read. */
str load_read(struct loaded *loaded, const char *path);
/* A path below the project's own folder. */
const char *load_path(struct loaded *loaded, const char *path);

date load_date(const char *text);

#endif
