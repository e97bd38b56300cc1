#include "casework/pairs.h"

#include "casework/changed.h"
#include "casework/likely.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    PAIRS_MAX = 2000000,            /* that are kept: nobody reads as many */
    SEEKERS_MAX = 4000000,          /* texts, about sixty for somebody with two names */
    KEPT_BYTES = 512 * 1024 * 1024, /* of both, and of what they are made from; lazily taken */
    PEOPLE_LOOKED_AT = 64,          /* one by one */
    EVENTS_LOOKED_AT = 20000,
    AT_HAND_EVENTS = 20000, /* of a register that is small */
    AT_HAND_SINCE = 2000,   /* events since what is kept */
    AT_HAND_CHANGED = 8,    /* people */
    AT_HAND_PAIRS = 20000,
};

struct pair_keeper {
    pthread_mutex_t mutex;
    struct arena memory;
    struct pair *pairs; /* NULL until the first; room for PAIRS_MAX */
    size_t count;
    struct seeker *seekers; /* room for SEEKERS_MAX */
    size_t seeker_count;
    int64_t through; /* the position of the last event that they are of */
};

result pair_keeper_open(struct arena *arena, struct pair_keeper **ret_keeper, struct err *err)
{
    struct pair_keeper *keeper = ARENA_NEW(arena, struct pair_keeper, 1);
    if (keeper == NULL) {
        return arena_full(err);
    }
    ASSERT(pthread_mutex_init(&keeper->mutex, NULL) == 0);
    *ret_keeper = keeper;
    return result_ok();
}

void pair_keeper_close(struct pair_keeper *keeper)
{
    if (keeper != NULL) {
        arena_close(&keeper->memory);
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

/* --- everybody -------------------------------------------------------------------------------- */

static result take_memory(struct pair_keeper *keeper, struct err *err)
{
    keeper->pairs = NULL;
    if (keeper->memory.begin == NULL) {
        TRY(arena_open(&keeper->memory, KEPT_BYTES, err));
    }
    arena_reset(&keeper->memory);
    keeper->seekers = ARENA_NEW_UNSET(&keeper->memory, struct seeker, SEEKERS_MAX);
    return keeper->seekers == NULL ? arena_full(err) : result_ok();
}

static int this_year(const struct sitting *sitting)
{
    return date_to_civil(sitting->today).year;
}

static result make_anew(struct pair_keeper *keeper, const struct sitting *sitting,
                        struct transaction *const *transactions, size_t transaction_count,
                        int64_t position, struct err *err)
{
    struct roll_answer answer;
    TRY(take_memory(keeper, err));
    struct pair *kept = ARENA_NEW_UNSET(&keeper->memory, struct pair, PAIRS_MAX);
    struct arena scratch = keeper->memory;
    TRY(kept == NULL ? arena_full(err) : result_ok());
    TRY(roll_call(transactions, transaction_count, this_year(sitting), &scratch, &answer, err));
    keeper->count = answer.pair_count < PAIRS_MAX ? answer.pair_count : PAIRS_MAX;
    keeper->seeker_count = answer.seeker_count < SEEKERS_MAX ? answer.seeker_count : SEEKERS_MAX;
    memcpy(kept, answer.pairs, keeper->count * sizeof kept[0]);
    memcpy(keeper->seekers, answer.seekers, keeper->seeker_count * sizeof keeper->seekers[0]);
    keeper->pairs = kept;
    keeper->through = position;
    return result_ok();
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
static result keep_found(struct pair_keeper *keeper, struct sitting *sitting, int64_t person,
                         bool there, struct err *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < keeper->count; i++) {
        const struct pair pair = keeper->pairs[i];
        bool stays = !is_of(&pair, person);
        if (!stays && there) {
            const int64_t other = pair.one == person ? pair.other : pair.one;
            TRY(other_finds(sitting, other, person, &stays, err));
        }
        keeper->pairs[kept] = pair;
        kept += stays ? 1 : 0;
    }
    keeper->count = kept;
    return result_ok();
}

/* What was added since stands behind `sorted`, in no order. */
static void add(struct pair_keeper *keeper, size_t sorted, int64_t person, int64_t other)
{
    const struct pair pair = {.one = other < person ? other : person,
                              .other = other < person ? person : other};
    bool known =
        sorted > 0 && bsearch(&pair, keeper->pairs, sorted, sizeof pair, compare_pairs) != NULL;
    for (size_t i = sorted; !known && i < keeper->count; i++) {
        known = pair_compare(&keeper->pairs[i], &pair) == 0;
    }
    if (!known && keeper->count < PAIRS_MAX) {
        keeper->pairs[keeper->count++] = pair;
    }
}

static result add_found(struct pair_keeper *keeper, size_t sorted, struct sitting *sitting,
                        const struct who *who, struct err *err)
{
    const struct likely_duplicate *likely = NULL;
    size_t count = 0;
    TRY(likely_everybody(sitting, who, 0, &likely, &count, err));
    for (size_t i = 0; i < count; i++) {
        add(keeper, sorted, who->person, likely[i].person.id);
    }
    return result_ok();
}

static size_t first_seeker(const struct pair_keeper *keeper, uint64_t hash)
{
    size_t first = 0;
    size_t end = keeper->seeker_count;
    while (first < end) {
        const size_t middle = first + (end - first) / 2;
        if (keeper->seekers[middle].hash < hash) {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    return first;
}

/* Those with several names who look for what stands of the person here. */
static result add_seeking(struct pair_keeper *keeper, size_t sorted, struct sitting *sitting,
                          int64_t person, str text, struct err *err)
{
    const uint64_t hash = roll_hash(text);
    for (size_t i = first_seeker(keeper, hash);
         i < keeper->seeker_count && keeper->seekers[i].hash == hash; i++) {
        const int64_t seeker = keeper->seekers[i].person;
        bool finds = false;
        if (seeker != person) {
            TRY(other_finds(sitting, seeker, person, &finds, err));
        }
        if (finds) {
            add(keeper, sorted, person, seeker);
        }
    }
    return result_ok();
}

static result add_all_seeking(struct pair_keeper *keeper, size_t sorted, struct sitting *sitting,
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
            TRY(add_seeking(keeper, sorted, sitting, person, texts.items[k], err));
        }
    }
    return result_ok();
}

static int compare_seekers(const void *left, const void *right)
{
    return seeker_compare(left, right);
}

static void forget_seeker(struct pair_keeper *keeper, int64_t person)
{
    size_t kept = 0;
    for (size_t i = 0; i < keeper->seeker_count; i++) {
        if (keeper->seekers[i].person != person) {
            keeper->seekers[kept++] = keeper->seekers[i];
        }
    }
    keeper->seeker_count = kept;
}

static result keep_seeker(struct pair_keeper *keeper, const struct sitting *sitting,
                          const struct who *who, struct err *err)
{
    const struct sought_text *texts = NULL;
    size_t count = 0;
    if (who->name_count < ROLL_NAMES_OF_SEEKER) {
        return result_ok();
    }
    TRY(likely_sought(who, this_year(sitting), sitting->arena, &texts, &count, err));
    for (size_t i = 0; i < count && keeper->seeker_count < SEEKERS_MAX; i++) {
        keeper->seekers[keeper->seeker_count++] =
            (struct seeker){.hash = roll_hash(texts[i].text), .person = who->person};
    }
    qsort(keeper->seekers, keeper->seeker_count, sizeof keeper->seekers[0], compare_seekers);
    return result_ok();
}

static result add_pairs(struct pair_keeper *keeper, struct sitting *sitting,
                        const struct person_row *person, struct err *err)
{
    const size_t sorted = keeper->count;
    struct who who;
    TRY(who_is(sitting, person, &who, err));
    TRY(keep_seeker(keeper, sitting, &who, err));
    TRY(add_found(keeper, sorted, sitting, &who, err));
    TRY(add_all_seeking(keeper, sorted, sitting, person->id, err));
    if (keeper->count > sorted) {
        qsort(keeper->pairs, keeper->count, sizeof keeper->pairs[0], compare_pairs);
    }
    return result_ok();
}

static result renew(struct pair_keeper *keeper, struct sitting *sitting, int64_t person,
                    struct err *err)
{
    struct arena scratch = *sitting->arena;
    struct person_row row;
    TRY(transaction_person(sitting->transaction, person, &scratch, &row, err));
    const bool there = row.id == person && !row.erased;
    TRY(keep_found(keeper, sitting, person, there, err));
    forget_seeker(keeper, person);
    struct sitting reading = *sitting;
    reading.arena = &scratch;
    return there ? add_pairs(keeper, &reading, &row, err) : result_ok();
}

/* --- all of it -------------------------------------------------------------------------------- */

static result bring_up_to_date(struct pair_keeper *keeper, struct sitting *sitting,
                               struct transaction *const *transactions, size_t transaction_count,
                               int64_t position, struct err *err)
{
    struct changed changed;
    TRY(find_changed(sitting, keeper->through, &changed, err));
    if (changed.too_many) {
        return make_anew(keeper, sitting, transactions, transaction_count, position, err);
    }
    for (size_t i = 0; i < changed.count; i++) {
        TRY(renew(keeper, sitting, changed.people[i], err));
    }
    keeper->through = position;
    return result_ok();
}

result pairs_of_now(struct sitting *sitting, struct transaction *const *transactions,
                    size_t transaction_count, const struct pair **ret_pairs, size_t *ret_count,
                    struct err *err)
{
    struct pair_keeper *keeper = sitting->casework->pairs;
    int64_t position = 0;
    if (keeper == NULL) {
        struct roll_answer answer;
        TRY(roll_call(transactions, transaction_count, this_year(sitting), sitting->arena, &answer,
                      err));
        *ret_pairs = answer.pairs;
        *ret_count = answer.pair_count;
        return result_ok();
    }
    TRY(transaction_event_count(sitting->transaction, &position, err));
    const result made =
        keeper->pairs == NULL
            ? make_anew(keeper, sitting, transactions, transaction_count, position, err)
            : bring_up_to_date(keeper, sitting, transactions, transaction_count, position, err);
    if (!made.ok) {
        keeper->pairs = NULL; /* half done: the next reading begins anew */
        return made;
    }
    *ret_pairs = keeper->pairs;
    *ret_count = keeper->count;
    return result_ok();
}

result pairs_at_hand(struct sitting *sitting, const struct pair **ret_pairs, size_t *ret_count,
                     bool *ret_known, struct err *err)
{
    const struct pair_keeper *keeper = sitting->casework->pairs;
    int64_t position = 0;
    TRY(transaction_event_count(sitting->transaction, &position, err));
    bool known = position <= AT_HAND_EVENTS;
    if (!known && keeper != NULL && keeper->pairs != NULL && keeper->count <= AT_HAND_PAIRS &&
        position - keeper->through <= AT_HAND_SINCE) {
        struct changed changed;
        TRY(find_changed(sitting, keeper->through, &changed, err));
        known = !changed.too_many && changed.count <= AT_HAND_CHANGED;
    }
    *ret_known = known;
    return known ? pairs_of_now(sitting, &sitting->transaction, 1, ret_pairs, ret_count, err)
                 : result_ok();
}
