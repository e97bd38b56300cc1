#include "casework/pairs.h"

#include "casework/changed.h"
#include "casework/likely.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    PEOPLE_LOOKED_AT = 64, /* one by one */
    EVENTS_LOOKED_AT = 20000,
    AT_HAND_EVENTS = 20000, /* of a register that is small */
    AT_HAND_SINCE = 2000,   /* events since what is kept */
    AT_HAND_CHANGED = 8,    /* people */
    AT_HAND_PAIRS = 20000,
};

struct pair_keeper {
    pthread_mutex_t mutex;
    struct pairing kept;
    struct pairing_behind *behind;
};

result pair_keeper_open(struct arena *arena, struct pair_keeper **ret_keeper, struct err *err)
{
    struct pair_keeper *keeper = ARENA_NEW(arena, struct pair_keeper, 1);
    if (keeper == NULL) {
        return arena_full(err);
    }
    TRY(pairing_behind_open(arena, &keeper->behind, err));
    ASSERT(pthread_mutex_init(&keeper->mutex, NULL) == 0);
    *ret_keeper = keeper;
    return result_ok();
}

void pair_keeper_close(struct pair_keeper *keeper)
{
    if (keeper != NULL) {
        pairing_behind_close(keeper->behind);
        pairing_close(&keeper->kept);
        pthread_mutex_destroy(&keeper->mutex);
    }
}

void pairs_lock(struct pair_keeper *keeper)
{
    if (keeper != NULL) {
        pthread_mutex_lock(&keeper->mutex);
    }
}

bool pairs_try_lock(struct pair_keeper *keeper)
{
    return keeper == NULL || pthread_mutex_trylock(&keeper->mutex) == 0;
}

void pairs_unlock(struct pair_keeper *keeper)
{
    if (keeper != NULL) {
        pthread_mutex_unlock(&keeper->mutex);
    }
}

static int this_year(const struct sitting *sitting)
{
    return date_to_civil(sitting->today).year;
}

/* --- those who changed ------------------------------------------------------------------------ */

static bool matters(enum event_kind kind)
{
    return kind == EVENT_PERSON_REGISTERED || kind == EVENT_IDENTITY_CORRECTED ||
           kind == EVENT_IDENTIFIER_RECORDED || kind == EVENT_IDENTIFIER_WITHDRAWN ||
           kind == EVENT_IDENTITIES_MERGED || kind == EVENT_IDENTITIES_SEPARATED;
}

static result find_changed(struct sitting *sitting, int64_t through, struct changed *ret_changed,
                           struct err *err)
{
    return changed_since(sitting, through, matters, PEOPLE_LOOKED_AT, EVENTS_LOOKED_AT, ret_changed,
                         err);
}

/* --- one of them ------------------------------------------------------------------------------ */

static bool is_of(const struct pair *pair, int64_t person)
{
    return pair->one == person || pair->other == person;
}

static int compare_pairs(const void *left, const void *right)
{
    return pair_compare(left, right);
}

/* Is the person told of by the other one's search? */
static result other_finds(struct sitting *sitting, int64_t other, int64_t person, bool *ret_finds,
                          struct err *err)
{
    struct arena scratch = *sitting->arena;
    struct sitting reading = *sitting;
    const struct likely_duplicate *likely = NULL;
    struct person_row row;
    struct who who;
    size_t count = 0;
    reading.arena = &scratch;
    TRY(transaction_person(sitting->transaction, other, &scratch, &row, err));
    if (row.id == other && !row.erased) {
        TRY(who_is(&reading, &row, &who, err));
        TRY(likely_everybody(&reading, &who, person, &likely, &count, err));
    }
    *ret_finds = count > 0;
    return result_ok();
}

/* Of the pairs there were, those remain that the other one's search finds still. */
static result keep_found(struct pairing *pairing, struct sitting *sitting, int64_t person,
                         bool there, struct err *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < pairing->count; i++) {
        const struct pair pair = pairing->pairs[i];
        bool stays = !is_of(&pair, person);
        if (!stays && there) {
            const int64_t other = pair.one == person ? pair.other : pair.one;
            TRY(other_finds(sitting, other, person, &stays, err));
        }
        pairing->pairs[kept] = pair;
        kept += stays ? 1 : 0;
    }
    pairing->count = kept;
    return result_ok();
}

/* What was added since stands behind `sorted`, in no order. */
static void add(struct pairing *pairing, size_t sorted, int64_t person, int64_t other)
{
    const struct pair pair = {.one = other < person ? other : person,
                              .other = other < person ? person : other};
    bool known =
        sorted > 0 && bsearch(&pair, pairing->pairs, sorted, sizeof pair, compare_pairs) != NULL;
    for (size_t i = sorted; !known && i < pairing->count; i++) {
        known = pair_compare(&pairing->pairs[i], &pair) == 0;
    }
    if (!known && pairing->count < PAIRS_MAX) {
        pairing->pairs[pairing->count++] = pair;
    }
}

static result add_found(struct pairing *pairing, size_t sorted, struct sitting *sitting,
                        const struct who *who, struct err *err)
{
    const struct likely_duplicate *likely = NULL;
    size_t count = 0;
    TRY(likely_everybody(sitting, who, 0, &likely, &count, err));
    for (size_t i = 0; i < count; i++) {
        add(pairing, sorted, who->person, likely[i].person.id);
    }
    return result_ok();
}

static size_t first_seeker(const struct pairing *pairing, uint64_t hash)
{
    size_t first = 0;
    size_t end = pairing->seeker_count;
    while (first < end) {
        const size_t middle = first + (end - first) / 2;
        if (pairing->seekers[middle].hash < hash) {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    return first;
}

/* Those with several names who look for what stands of the person here. */
static result add_seeking(struct pairing *pairing, size_t sorted, struct sitting *sitting,
                          int64_t person, str text, struct err *err)
{
    const uint64_t hash = roll_hash(text);
    for (size_t i = first_seeker(pairing, hash);
         i < pairing->seeker_count && pairing->seekers[i].hash == hash; i++) {
        const int64_t seeker = pairing->seekers[i].person;
        bool finds = false;
        if (seeker != person) {
            TRY(other_finds(sitting, seeker, person, &finds, err));
        }
        if (finds) {
            add(pairing, sorted, person, seeker);
        }
    }
    return result_ok();
}

static result add_all_seeking(struct pairing *pairing, size_t sorted, struct sitting *sitting,
                              int64_t person, struct err *err)
{
    const struct event *events = NULL;
    size_t count = 0;
    TRY(transaction_history(sitting->transaction, SUBJECT_OF_PERSON, person, 0, 0, sitting->arena,
                            &events, &count, err));
    for (size_t i = 0; i < count; i++) {
        struct text_list texts;
        TRY(lookup_texts(&events[i], sitting->arena, &texts, err));
        for (size_t k = 0; k < texts.count; k++) {
            TRY(add_seeking(pairing, sorted, sitting, person, texts.items[k], err));
        }
    }
    return result_ok();
}

static int compare_seekers(const void *left, const void *right)
{
    return seeker_compare(left, right);
}

static void forget_seeker(struct pairing *pairing, int64_t person)
{
    size_t kept = 0;
    for (size_t i = 0; i < pairing->seeker_count; i++) {
        if (pairing->seekers[i].person != person) {
            pairing->seekers[kept++] = pairing->seekers[i];
        }
    }
    pairing->seeker_count = kept;
}

static result keep_seeker(struct pairing *pairing, const struct sitting *sitting,
                          const struct who *who, struct err *err)
{
    const struct sought_text *texts = NULL;
    size_t count = 0;
    if (who->name_count < ROLL_NAMES_OF_SEEKER) {
        return result_ok();
    }
    TRY(likely_sought(who, this_year(sitting), sitting->arena, &texts, &count, err));
    for (size_t i = 0; i < count && pairing->seeker_count < SEEKERS_MAX; i++) {
        pairing->seekers[pairing->seeker_count++] =
            (struct seeker){.hash = roll_hash(texts[i].text), .person = who->person};
    }
    qsort(pairing->seekers, pairing->seeker_count, sizeof pairing->seekers[0], compare_seekers);
    return result_ok();
}

static result add_pairs(struct pairing *pairing, struct sitting *sitting,
                        const struct person_row *person, struct err *err)
{
    const size_t sorted = pairing->count;
    struct who who;
    TRY(who_is(sitting, person, &who, err));
    TRY(keep_seeker(pairing, sitting, &who, err));
    TRY(add_found(pairing, sorted, sitting, &who, err));
    TRY(add_all_seeking(pairing, sorted, sitting, person->id, err));
    if (pairing->count > sorted) {
        qsort(pairing->pairs, pairing->count, sizeof pairing->pairs[0], compare_pairs);
    }
    return result_ok();
}

static result renew(struct pairing *pairing, struct sitting *sitting, int64_t person,
                    struct err *err)
{
    struct arena scratch = *sitting->arena;
    struct person_row row;
    TRY(transaction_person(sitting->transaction, person, &scratch, &row, err));
    const bool there = row.id == person && !row.erased;
    TRY(keep_found(pairing, sitting, person, there, err));
    forget_seeker(pairing, person);
    struct sitting reading = *sitting;
    reading.arena = &scratch;
    return there ? add_pairs(pairing, &reading, &row, err) : result_ok();
}

/* --- all of it -------------------------------------------------------------------------------- */

static result compare_inside(struct pairing *pairing, const struct sitting *sitting,
                             struct transaction *const *transactions, size_t transaction_count,
                             struct err *err)
{
    struct roll_watch watch = {.gives_up = false};
    return pairing_make(pairing, transactions, transaction_count, this_year(sitting), &watch, err);
}

/* *ret_kept is false when there is nothing that could be. */
static result bring_up_to_date(struct pairing *pairing, struct sitting *sitting, int64_t position,
                               bool *ret_kept, struct err *err)
{
    struct changed changed = {.count = 0};
    bool kept = pairing->pairs != NULL;
    if (kept) {
        TRY(find_changed(sitting, pairing->through, &changed, err));
        kept = !changed.too_many;
    }
    for (size_t i = 0; kept && i < changed.count; i++) {
        TRY(renew(pairing, sitting, changed.people[i], err));
    }
    pairing->through = kept ? position : pairing->through;
    *ret_kept = kept;
    return result_ok();
}

static result know(struct pair_keeper *keeper, struct sitting *sitting,
                   struct transaction *const *transactions, size_t transaction_count, bool inside,
                   bool *ret_known, struct err *err)
{
    int64_t position = 0;
    TRY(transaction_event_count(sitting->transaction, &position, err));
    pairing_take(keeper->behind, &keeper->kept);
    TRY(bring_up_to_date(&keeper->kept, sitting, position, ret_known, err));
    if (!*ret_known && inside && position <= AT_HAND_EVENTS && !pairing_runs(keeper->behind)) {
        TRY(compare_inside(&keeper->kept, sitting, transactions, transaction_count, err));
        *ret_known = true;
    }
    return result_ok();
}

/* Nothing is kept: in the arena of the reading. */
static result compare_for_once(const struct sitting *sitting,
                               struct transaction *const *transactions, size_t transaction_count,
                               const struct pair **ret_pairs, size_t *ret_count, struct err *err)
{
    struct roll_watch watch = {.gives_up = false};
    struct roll_answer answer;
    TRY(roll_call(transactions, transaction_count, this_year(sitting), &watch, sitting->arena,
                  &answer, err));
    *ret_pairs = answer.pairs;
    *ret_count = answer.pair_count;
    return result_ok();
}

result pairs_of_now(struct sitting *sitting, struct transaction *const *transactions,
                    size_t transaction_count, bool inside, const struct pair **ret_pairs,
                    size_t *ret_count, bool *ret_known, struct err *err)
{
    struct pair_keeper *keeper = sitting->casework->pairs;
    if (keeper == NULL) {
        *ret_known = true;
        return compare_for_once(sitting, transactions, transaction_count, ret_pairs, ret_count,
                                err);
    }
    const result made =
        know(keeper, sitting, transactions, transaction_count, inside, ret_known, err);
    if (!made.ok) {
        keeper->kept.pairs = NULL; /* half done: everybody is compared again */
        return made;
    }
    *ret_pairs = keeper->kept.pairs;
    *ret_count = keeper->kept.count;
    return result_ok();
}

static bool is_nearly_of_now(const struct pairing *pairing, int64_t position)
{
    return pairing->pairs != NULL && pairing->count <= AT_HAND_PAIRS &&
           position - pairing->through <= AT_HAND_SINCE;
}

result pairs_at_hand(struct sitting *sitting, const struct pair **ret_pairs, size_t *ret_count,
                     bool *ret_known, struct err *err)
{
    struct pair_keeper *keeper = sitting->casework->pairs;
    int64_t position = 0;
    TRY(transaction_event_count(sitting->transaction, &position, err));
    bool known = position <= AT_HAND_EVENTS;
    if (keeper != NULL) {
        pairing_take(keeper->behind, &keeper->kept);
    }
    if (!known && keeper != NULL && is_nearly_of_now(&keeper->kept, position)) {
        struct changed changed;
        TRY(find_changed(sitting, keeper->kept.through, &changed, err));
        known = !changed.too_many && changed.count <= AT_HAND_CHANGED;
    }
    *ret_known = false;
    return known ? pairs_of_now(sitting, &sitting->transaction, 1, true, ret_pairs, ret_count,
                                ret_known, err)
                 : result_ok();
}

result pairs_compare(const struct sitting *sitting, int wait_ms, bool *ret_ended, struct err *err)
{
    const struct casework *casework = sitting->casework;
    TRY(pairing_begin(casework->pairs->behind, casework->store, this_year(sitting), err));
    return pairing_wait(casework->pairs->behind, wait_ms, ret_ended, err);
}

bool pairs_progress(struct pair_keeper *keeper, int *ret_percent)
{
    return keeper != NULL && pairing_progress(keeper->behind, ret_percent);
}
