/* backup: a copy of a store, whole, as of one commit, made while others read and write it.
 *
 * The copy is written beside its name (PATH.part), opened with the key of the store and looked
 * through: every row must follow from the events (store_rebuild). Only then, and when it is on the
 * disk, does it take its name: under that name there is never a half of one. A copy holds no key;
 * it opens with the key file of the store, which is kept apart from it.
 *
 * Of a commit that is not synced yet, so that nobody was told of it, it may have what the store
 * loses when the power fails. Whoever is erased after it was made is in it still: their key is
 * destroyed in the store alone. */
#ifndef RETURNHUB_STORE_BACKUP_H
#define RETURNHUB_STORE_BACKUP_H

#include "store/store.h"

struct backup_outcome {
    int64_t events; /* in the copy: the first ones of the store, up to a commit */
    int64_t rows;
};

/* ERROR_CONFLICT when there is a file of this name: none is written over. ERROR_STORAGE when it
 * cannot be written or what was copied is damaged; then nothing is left of it. Progress is that of
 * looking through it; `progress` may be NULL. Not twice at once under one name. */
MUST_USE result store_backup(struct store *store, const char *path, store_progress *progress,
                             void *context, struct backup_outcome *ret_outcome, struct err *err);

#endif
