/* diagnose: how the parser and the checker report what they find. Everything is reported, not the
 * first thing only. */
#ifndef RETURNHUB_RULEBOOK_DIAGNOSE_H
#define RETURNHUB_RULEBOOK_DIAGNOSE_H

#include "rulebook/rulebook.h"

/* Adds a finding. What does not fit any more is still counted; an error takes the room of a
 * warning. */
void diagnose(struct diagnostics *diagnostics, enum severity severity, struct place_in_text at,
              const char *format, ...) PRINTF_LIKE(4, 5);
/* Is the finding reported last kept, and so worth advice that takes long to find? */
bool diagnose_kept(const struct diagnostics *diagnostics);
/* Adds advice to the finding reported last. */
void diagnose_hint(struct diagnostics *diagnostics, const char *format, ...) PRINTF_LIKE(2, 3);
/* Puts the findings in the order of the text; the files in the order given. */
void diagnostics_sort(struct diagnostics *diagnostics, const struct rulebook_file *files,
                      size_t file_count);
/* The failure to return when errors were found: names the first. */
MUST_USE result diagnostics_result(const struct diagnostics *diagnostics, struct err *err);

/* A word of the text, short enough to be shown in a message. */
str diagnose_shown(str text);
/* The beginning of a text, of at most so many bytes and whole characters. */
str diagnose_cut(str text, size_t most);

#endif
