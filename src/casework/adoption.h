/* adoption: which rulebook was in use when. The register keeps the canonical text of every rulebook
 * it was ever judged with, and an event from when each was in use, so that a verdict of the past
 * can be derived again to the letter. */
#ifndef RETURNHUB_CASEWORK_ADOPTION_H
#define RETURNHUB_CASEWORK_ADOPTION_H

#include "casework/casework.h"

/* Records that the casework's rulebook is in use from now on, unless it already is, and judges
 * every live request again by it. Call it before the first command. A register is kept under one
 * law for good: a rulebook of another name than the last is refused with ERROR_CONFLICT. */
MUST_USE result casework_adopt_rulebook(const struct casework *casework, struct err *err);

/* The name of the rulebook that the register is kept under; "" before the first adoption. */
MUST_USE result casework_law(struct store *store, struct arena *arena, str *ret_name,
                             struct err *err);

/* The rulebook in use at `known_at`, loaded from the register into `perm` (or the casework's own,
 * when it is that one). Before the first adoption: ERROR_NOT_FOUND. */
MUST_USE result casework_rulebook_then(const struct casework *casework, instant known_at,
                                       struct arena *perm, struct arena scratch,
                                       const struct rulebook **ret_rulebook, struct err *err);

#endif
