/* log: the transparency log on the disk.
 *
 * In its folder stand files that only grow: `entries` (as they are published, tile.h), `hashes.0`
 * to `hashes.7` (of each level of tiles), `batches` (which events are which entries), and
 * `checkpoint`, `witnessed` (the newest one that witnesses cosigned). What a tile holds is a piece
 * of one of them, so every width of every tile that was ever published is there, and the size of a
 * log in memory is the last tile of each level.
 *
 * Invariants:
 *   1. a checkpoint is signed only for a tree that is on the disk whole (log_publish syncs first),
 * and published only after the signer has written down that it signed it;
 *   2. what was appended and not signed is cut off when the log is opened;
 *   3. a log that is shorter than what was signed, or has another root, is not opened for writing.
 *
 * One process writes (it holds a lock); it may read from several threads while one appends. Others
 * read what is published, by themselves (log_open_published). */
#ifndef RETURNHUB_LOG_LOG_H
#define RETURNHUB_LOG_LOG_H

#include "log/signer.h"
#include "seal/audit.h"

struct log;

/* Opens or makes the log in this folder for appending. The signer stays the caller's. */
MUST_USE result log_open(const char *folder, struct signer *signer, struct log **ret_log,
                         struct err *err);
/* Opens what is published, for reading; it stays as it was when it was opened. */
MUST_USE result log_open_published(const char *folder, const struct note_key *key,
                                   struct log **ret_log, struct err *err);
void log_close(struct log *log); /* accepts NULL */

/* Which entries the events of one beat are: as many as there were events, in the order of their
 * positions; then, when somebody looked at something since, one that commits to all looks up to
 * number `looks`, which is more than the batch before says; then entries that stand for nothing. */
struct log_batch {
    uint64_t first_entry;
    uint64_t entries;
    uint64_t first_position;
    uint64_t events;
    uint64_t looks;
};

/* Begins with log_batch_begin at an event that follows the last; log_append for each event and then
 * for each entry that stands for nothing; log_publish makes it durable, has it signed, and
 * publishes it. When any of them fails, log_give_up takes back what was appended, and the log is as
 * it was published. */
MUST_USE result log_batch_begin(struct log *log, uint64_t first_position, struct err *err);
MUST_USE result log_append(struct log *log, const struct sha256 *commitment, bool of_event,
                           struct err *err);
/* After the events: what commits to all looks up to this number. */
MUST_USE result log_append_looks(struct log *log, const struct sha256 *commitment, uint64_t number,
                                 struct err *err);
MUST_USE result log_publish(struct log *log, struct err *err);
MUST_USE result log_give_up(struct log *log, struct err *err);

/* What is published. */
struct checkpoint log_checkpoint(const struct log *log);
/* Since when; 1970 when nothing is. */
instant log_published_at(const struct log *log);
/* The same as it was signed; "" when nothing was. */
MUST_USE result log_note(const struct log *log, struct arena *arena, str *ret_note,
                         struct err *err);
/* That the tree grew from its first `older` entries to those of a checkpoint that was published. */
MUST_USE result log_prove_growth(const struct log *log, uint64_t older, uint64_t size,
                                 struct tree_proof *ret_proof, struct err *err);
/* A checkpoint that was published before, with the cosignatures of witnesses under it: it stands
 * beside the newest one from now on, in its place while there is no newer one, and under receipts
 * of what it covers. */
MUST_USE result log_publish_witnessed(struct log *log, str note, struct err *err);
const struct note_key *log_key(const struct log *log);
const char *log_folder(const struct log *log);
/* Entries that were appended, published or not. */
uint64_t log_size(const struct log *log);
/* The position of the last event that is in it; 0 when none is. */
uint64_t log_last_position(const struct log *log);
/* The number of the last look that it commits to; 0 when none. */
uint64_t log_last_look(const struct log *log);
/* The batch that an event came with, and its entry; *ret_found is false when it is not published.
 */
MUST_USE result log_find_batch(const struct log *log, uint64_t position, uint64_t *ret_number,
                               struct log_batch *ret_batch, bool *ret_found, struct err *err);
MUST_USE result log_find(const struct log *log, uint64_t position, uint64_t *ret_entry,
                         bool *ret_found, struct err *err);
MUST_USE result log_entry(const struct log *log, uint64_t entry, struct sha256 *ret_commitment,
                          struct err *err);
/* How many batches are published; ERROR_INPUT when they do not follow each other without a gap to
 * the end of the log. */
MUST_USE result log_check_batches(const struct log *log, uint64_t *ret_count, struct err *err);
/* By number, from 0. */
MUST_USE result log_read_batch(const struct log *log, uint64_t number, struct log_batch *ret_batch,
                               struct err *err);

/* "checkpoint", "witnessed" and "tile/..." as they are published (audit.h); `context` is the log.
 */
result log_read(void *context, str path, struct arena *arena, str *ret_bytes, struct err *err);
/* For proofs over what is published. */
MUST_USE result log_prove_entry(const struct log *log, uint64_t entry, struct arena *arena,
                                str *ret_receipt, struct err *err);
/* The same files in a folder, for any web server: whole tiles and the widths of the checkpoint; the
 * checkpoint last. What is there already is not written again. */
MUST_USE result log_export(const struct log *log, const char *folder, uint64_t *ret_files,
                           struct err *err);

#endif
