/* check: a draft to a rulebook. Names are resolved, types compared, and everything refused that the
 * language refuses (docs/rulebook-language.md, "What the checker refuses"). */
#ifndef RETURNHUB_RULEBOOK_CHECK_H
#define RETURNHUB_RULEBOOK_CHECK_H

#include "rulebook/parse.h"

/* Fails only when memory is full. When `diagnostics` has no error afterwards, *ret_rulebook is
 * complete but for its canonical text and identity. */
MUST_USE result check_rulebook(struct rulebook_draft *draft, struct place_in_text beginning,
                               struct arena *perm, struct arena *scratch,
                               struct diagnostics *diagnostics, struct rulebook *ret_rulebook,
                               struct err *err);
/* What is lawful and yet worth a look, once a rulebook is complete. */
MUST_USE result check_warnings(const struct rulebook *rulebook, struct arena scratch,
                               struct diagnostics *diagnostics, struct err *err);

#endif
