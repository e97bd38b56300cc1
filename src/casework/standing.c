#include "casework/standing.h"

#include "casework/joined.h"

#include <stdlib.h>

enum { WORD_BITS = 22, WEEK_BITS = 20, DAYS_OF_A_WEEK = 7 };

/* A person is a number: stage and nationality, as words, and weeks. The same number, the same line.
 */
struct counting {
    const struct casework *casework;
    const struct caller *caller;
    const struct edition_asked *asked;
    str nationality;
    struct arena *arena;
    struct sitting sitting;
    struct edition edition;
    struct stage_words words;
    struct joined joined;
    int64_t fact; /* number of the nationality's; 0: nobody has it */
    uint64_t *people;
    size_t people_count;
    size_t people_max;
    struct standing answer;
};

/* ---- one person ---- */

struct place {
    bool registered;
    int64_t stage; /* word */
    date since;
};

/* Whose stage on that day is not on record begins in the one they came into after it. */
static result place_of(const struct edition *edition, str passages, struct place *ret_place,
                       struct err *err)
{
    struct course_reader reader;
    struct passage passage;
    struct place place = {.registered = false};
    course_reader_init(&reader, passages);
    while (course_next(&reader, &passage)) {
        if (!edition_has(edition, &passage, edition->as_of)) {
            continue;
        }
        place.registered = place.registered || passage.kind == PASSAGE_REGISTERED;
        if (passage.stage != 0) {
            place.stage = passage.stage;
            place.since = passage_stage_on(&passage);
        }
    }
    *ret_place = place;
    return reader.damaged ? err_set(err, ERROR_STORAGE, "The course of a person is damaged")
                          : result_ok();
}

/* The word of the nationality, 0 when it is not known. */
static result nationality_of(const struct counting *counting, const struct person_course *course,
                             struct arena scratch, int64_t *ret_word, struct err *err)
{
    struct packed_entry *entries = NULL;
    size_t count = 0;
    *ret_word = 0;
    TRY(packed_unpack(course->facts, &scratch, &entries, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (entries[i].fact == counting->fact && entries[i].value.kind == PACKED_WORD) {
            *ret_word = entries[i].value.number;
        }
    }
    return result_ok();
}

static bool is_outcome(const struct counting *counting, int64_t word)
{
    const uint32_t stage = counting->words.stages[word];
    return stage != NOT_FOUND_INDEX && counting->casework->rulebook->stages[stage].outcome;
}

static result count_person(void *context, const struct person_course *course, struct err *err)
{
    struct counting *counting = context;
    struct arena scratch = *counting->arena;
    str passages = course->passages;
    struct place place;
    int64_t nationality;
    if (joined_is_part(&counting->joined, course->person)) {
        return result_ok();
    }
    TRY(joined_course(&counting->joined, course->person, &scratch, &passages, err));
    TRY(place_of(&counting->edition, passages, &place, err));
    if (!place.registered) {
        return result_ok();
    }
    if (place.stage <= 0 || (size_t)place.stage >= counting->words.word_count) {
        return err_set(err, ERROR_STORAGE, "Person %lld is in no stage", (long long)course->person);
    }
    if (is_outcome(counting, place.stage)) {
        return result_ok();
    }
    TRY(nationality_of(counting, course, scratch, &nationality, err));
    ASSERT(counting->people_count < counting->people_max);
    const int32_t days = date_days_between(place.since, counting->edition.as_of);
    counting->people[counting->people_count++] = (uint64_t)place.stage << (WORD_BITS + WEEK_BITS) |
                                                 (uint64_t)nationality << WEEK_BITS |
                                                 (uint64_t)(days > 0 ? days / DAYS_OF_A_WEEK : 0);
    return result_ok();
}

/* ---- lines ---- */

static int rising(const void *left, const void *right)
{
    const uint64_t *a = left;
    const uint64_t *b = right;
    return *a < *b ? -1 : *a > *b;
}

static struct standing_line line_of(const struct counting *counting, uint64_t number)
{
    const uint64_t nationality = number >> WEEK_BITS & ((1U << WORD_BITS) - 1);
    return (struct standing_line){
        .stage = counting->words.words[number >> (WORD_BITS + WEEK_BITS)],
        .nationality = nationality == 0 ? STR("") : counting->words.words[nationality],
        .weeks = (int32_t)(number & ((1U << WEEK_BITS) - 1)),
    };
}

static result add_lines(struct counting *counting, struct err *err)
{
    struct standing_line *lines =
        ARENA_NEW(counting->arena, struct standing_line, counting->people_count + 1);
    size_t count = 0;
    if (lines == NULL) {
        return arena_full(err);
    }
    qsort(counting->people, counting->people_count, sizeof counting->people[0], rising);
    for (size_t i = 0; i < counting->people_count; i++) {
        if (i == 0 || counting->people[i] != counting->people[i - 1]) {
            lines[count++] = line_of(counting, counting->people[i]);
        }
        lines[count - 1].people++;
    }
    counting->answer.lines = lines;
    counting->answer.line_count = count;
    counting->answer.people = (int64_t)counting->people_count;
    return result_ok();
}

/* ---- the whole ---- */

static result find_fact(struct counting *counting, struct transaction *transaction, struct err *err)
{
    const str *names = NULL;
    size_t count = 0;
    TRY(transaction_fact_names(transaction, counting->arena, &names, &count, err));
    for (size_t i = 1; i < count; i++) {
        if (str_equal(names[i], counting->nationality)) {
            counting->fact = (int64_t)i;
        }
    }
    return result_ok();
}

static result begin(struct counting *counting, struct transaction *transaction, struct err *err)
{
    int64_t everybody;
    TRY(sitting_read(&counting->sitting, counting->casework, transaction, counting->caller,
                     ACTION_SEE_STATISTICS, counting->arena, err));
    TRY(edition_resolve(&counting->sitting, counting->asked, &counting->edition, err));
    TRY(stage_words_read(&counting->sitting, &counting->words, err));
    TRY(find_fact(counting, transaction, err));
    TRY(transaction_count_registered(transaction, counting->edition.as_of,
                                     counting->edition.known_at, counting->edition.position,
                                     &everybody, err));
    if (counting->words.word_count > (size_t)1 << WORD_BITS) {
        return err_set(err, ERROR_LIMIT, "The register has more than %d words", 1 << WORD_BITS);
    }
    counting->people_max = (size_t)everybody;
    counting->people = ARENA_NEW(counting->arena, uint64_t, counting->people_max + 1);
    counting->answer =
        (struct standing){.position = counting->edition.position, .as_of = counting->edition.as_of};
    return counting->people == NULL ? arena_full(err) : result_ok();
}

static result count(struct transaction *transaction, void *context, struct err *err)
{
    struct counting *counting = context;
    TRY(begin(counting, transaction, err));
    TRY(joined_read(&counting->sitting, &counting->edition, &counting->joined, err));
    TRY(transaction_each_course(transaction, 1, INT64_MAX, true, count_person, counting, err));
    return add_lines(counting, err);
}

result casework_standing(const struct casework *casework, const struct caller *caller,
                         const struct edition_asked *asked, str nationality, struct arena *arena,
                         struct standing *ret_standing, struct err *err)
{
    struct counting counting = {.casework = casework,
                                .caller = caller,
                                .asked = asked,
                                .nationality = nationality,
                                .arena = arena};
    TRY(store_read(casework->store, count, &counting, err));
    TRY(sitting_look(&counting.sitting, SUBJECT_OF_REGISTER, REGISTER_ID, "standing", err));
    *ret_standing = counting.answer;
    return result_ok();
}
