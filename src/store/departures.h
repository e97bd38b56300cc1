/* departures: what the store answers about manifests and about who was told of stops. Rows are of
 * register/manifest.h and register/stop_notice.h; texts are copied into the arena. */
#ifndef RETURNHUB_STORE_DEPARTURES_H
#define RETURNHUB_STORE_DEPARTURES_H

#include "register/manifest.h"
#include "register/stop_notice.h"
#include "store/store.h"

/* ERROR_NOT_FOUND when there is none. */
MUST_USE result transaction_manifest(struct transaction *transaction, int64_t id,
                                     struct arena *arena, struct manifest_row *ret_row,
                                     struct err *err);
/* Newest first; `unfinished_only`: neither closed nor cancelled. */
MUST_USE result transaction_manifests(struct transaction *transaction, bool unfinished_only,
                                      struct arena *arena, const struct manifest_row **ret_rows,
                                      size_t *ret_count, struct err *err);
/* Everybody who is or was on it, in the order of people's ids. */
MUST_USE result transaction_manifest_entries(struct transaction *transaction, int64_t manifest,
                                             struct arena *arena,
                                             const struct manifest_entry_row **ret_rows,
                                             size_t *ret_count, struct err *err);
/* Where the person is listed or aboard; an empty row (manifest 0) when nowhere. */
MUST_USE result transaction_manifest_entry_of(struct transaction *transaction, int64_t person,
                                              struct manifest_entry_row *ret_row, struct err *err);
/* The one that changed last by the event at this position; an empty row when there is none. */
MUST_USE result transaction_manifest_entry_ended_by(struct transaction *transaction,
                                                    int64_t position,
                                                    struct manifest_entry_row *ret_row,
                                                    struct err *err);
/* Who boarded a manifest that goes to this hub and is not accounted for: whom the hub expects. */
MUST_USE result transaction_expected_arrivals(struct transaction *transaction, int64_t hub,
                                              struct arena *arena,
                                              const struct manifest_entry_row **ret_rows,
                                              size_t *ret_count, struct err *err);

/* Of one account, newest first. */
MUST_USE result transaction_stop_notices(struct transaction *transaction, int64_t account,
                                         bool unacknowledged_only, struct arena *arena,
                                         const struct stop_notice_row **ret_rows, size_t *ret_count,
                                         struct err *err);
/* Everybody who was told of one stop, by account. */
MUST_USE result transaction_told_of_stop(struct transaction *transaction, int64_t stop,
                                         struct arena *arena,
                                         const struct stop_notice_row **ret_rows, size_t *ret_count,
                                         struct err *err);

#endif
