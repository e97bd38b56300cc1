/* oracle: what must hold of every text whatever, be it a rulebook or not. One source of truth for
 * the mutation test and for fuzzing.
 *
 *   1. A text that does not load has an error, and every finding a place inside the text, words in
 *      UTF-8, and its order.
 *   2. What loads has a canonical form that loads to the same canonical form and identity, and its
 *      examples can be run.
 *   3. What can be laid out loads or not as it did before, to the same identity, and laid out again
 *      it stays as it is; what cannot be laid out has an error too, and does not load.
 *   4. Memory that runs out is a limit, never a finding. */
#ifndef RETURNHUB_TESTS_ORACLE_H
#define RETURNHUB_TESTS_ORACLE_H

#include "rulebook/rulebook.h"

struct oracle {
    struct arena perm;
    struct arena words;
    struct arena scratch;
    struct arena keep; /* what must outlive the next load */
    struct arena known;
    struct rulebook_file known_file; /* see oracle_knows */
    str known_laid_out;
    char broken[400]; /* which promise, and how */
    bool loaded;      /* the text asked about last is a rulebook */
};

enum { ORACLE_FILES_MAX = 4 };

bool oracle_open(struct oracle *oracle, size_t arena_size);
void oracle_close(struct oracle *oracle);
/* A file that stands in most of what will be asked about, with the same text at the same address:
 * it is laid out, with every check, once, here. False when a promise is broken. */
bool oracle_knows(struct oracle *oracle, const struct rulebook_file *file);
/* False when a promise is broken: `broken` says which. */
bool oracle_holds(struct oracle *oracle, const struct rulebook_file *files, size_t file_count);

#endif
