#include "casework/joined.h"

#include <stdlib.h>

static int by_continuing(const void *left, const void *right)
{
    const struct joined_merge *a = left;
    const struct joined_merge *b = right;
    return a->continues != b->continues
               ? (a->continues > b->continues) - (a->continues < b->continues)
               : (a->since > b->since) - (a->since < b->since);
}

static int by_number(const void *left, const void *right)
{
    const int64_t a = *(const int64_t *)left;
    const int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static bool knows(const struct edition *edition, instant at, int64_t position)
{
    return position <= edition->position && at.milliseconds <= edition->known_at.milliseconds;
}

static bool is_joined(const struct edition *edition, const struct merge_row *merge)
{
    const bool done = (merge->state == MERGE_DONE || merge->state == MERGE_UNDONE) &&
                      knows(edition, merge->decided_at, merge->decided_event);
    return done &&
           !(merge->state == MERGE_UNDONE && knows(edition, merge->undone_at, merge->undone_event));
}

result joined_read(struct sitting *sitting, const struct edition *edition,
                   struct joined *ret_joined, struct err *err)
{
    const struct merge_row *rows = NULL;
    size_t row_count = 0;
    size_t count = 0;
    TRY(transaction_merges(sitting->transaction, 0, 0, sitting->arena, &rows, &row_count, err));
    struct joined_merge *merges = ARENA_NEW(sitting->arena, struct joined_merge, row_count + 1);
    int64_t *parts = ARENA_NEW(sitting->arena, int64_t, row_count + 1);
    if (merges == NULL || parts == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < row_count; i++) {
        if (is_joined(edition, &rows[i])) {
            merges[count] = (struct joined_merge){.continues = rows[i].continues,
                                                  .part = rows[i].absorbed,
                                                  .since = rows[i].decided_event};
            parts[count++] = rows[i].absorbed;
        }
    }
    qsort(merges, count, sizeof merges[0], by_continuing);
    qsort(parts, count, sizeof parts[0], by_number);
    *ret_joined = (struct joined){
        .transaction = sitting->transaction, .merges = merges, .parts = parts, .count = count};
    return result_ok();
}

bool joined_is_part(const struct joined *joined, int64_t record)
{
    return joined->count > 0 &&
           bsearch(&record, joined->parts, joined->count, sizeof record, by_number) != NULL;
}

/* Where the merges of which this record continues begin; none: where they would. */
static size_t first_of(const struct joined *joined, int64_t record)
{
    size_t from = 0;
    for (size_t to = joined->count; from < to;) {
        const size_t middle = from + (to - from) / 2;
        if (joined->merges[middle].continues < record) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from;
}

static bool continues_at(const struct joined *joined, size_t at, int64_t record)
{
    return at < joined->count && joined->merges[at].continues == record;
}

result joined_records(const struct joined *joined, int64_t person, struct arena *arena,
                      const int64_t **ret_records, size_t *ret_count, struct err *err)
{
    const bool whole = !continues_at(joined, first_of(joined, person), person);
    int64_t *records = ARENA_NEW(arena, int64_t, whole ? 1 : joined->count + 1);
    size_t count = 1;
    if (records == NULL) {
        return arena_full(err);
    }
    records[0] = person;
    for (size_t i = 0; i < count; i++) {
        for (size_t at = first_of(joined, records[i]); continues_at(joined, at, records[i]); at++) {
            records[count++] = joined->merges[at].part;
        }
    }
    *ret_records = records;
    *ret_count = count;
    return result_ok();
}

result joined_course(const struct joined *joined, int64_t person, struct arena *arena,
                     str *passages, struct err *err)
{
    for (size_t at = first_of(joined, person); continues_at(joined, at, person); at++) {
        const struct joined_merge *merge = &joined->merges[at];
        str part;
        TRY(transaction_course(joined->transaction, merge->part, arena, &part, err));
        TRY(joined_course(joined, merge->part, arena, &part, err));
        TRY(course_join(*passages, part, merge->since, arena, passages, err));
    }
    return result_ok();
}
