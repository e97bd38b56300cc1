#include "casework/screening.h"

#include "casework/counted.h"
#include "casework/past.h"

#include <stdlib.h>

static int compare_ids(const void *left, const void *right)
{
    const int64_t a = *(const int64_t *)left;
    const int64_t b = *(const int64_t *)right;
    return a < b ? -1 : a > b ? 1 : 0;
}

static bool has_own_place(const struct screening *screening, int64_t person)
{
    return screening->own_place_count > 0 &&
           bsearch(&person, screening->own_place, screening->own_place_count, sizeof person,
                   compare_ids) != NULL;
}

/* --- preparing -------------------------------------------------------------------------------- */

static result find_own_places(struct screening *screening, int64_t hub, struct err *err)
{
    struct sitting *sitting = screening->sitting;
    if (screening->when.past) {
        struct past_places past;
        TRY(past_places(sitting, hub, 0, screening->when.known_at, &past, err));
        screening->own_place = past.people;
        screening->own_place_count = past.people_count;
        return result_ok();
    }
    const struct place_row *places = NULL;
    size_t count = 0;
    TRY(transaction_places(sitting->transaction, hub, sitting->arena, &places, &count, err));
    int64_t *people = ARENA_NEW(sitting->arena, int64_t, count + 1);
    if (people == NULL) {
        return arena_full(err);
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (places[i].state == PLACE_HELD || places[i].state == PLACE_OCCUPIED) {
            people[kept++] = places[i].person;
        }
    }
    qsort(people, kept, sizeof people[0], compare_ids);
    screening->own_place = people;
    screening->own_place_count = kept;
    return result_ok();
}

static result copy_values(struct screening *screening, const struct value *values,
                          struct value **ret_copy, struct err *err)
{
    const size_t count = screening->sitting->casework->rulebook->fact_count;
    struct value *copy = ARENA_NEW(screening->sitting->arena, struct value, count + 1);
    if (copy == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        copy[i] = values[i];
    }
    *ret_copy = copy;
    return result_ok();
}

static result copy_for_them(struct screening *screening, struct err *err)
{
    const struct value *agreement = screening->hub.view.question.agreement;
    TRY(copy_values(screening, screening->hub.hub.values, &screening->hub_for_them, err));
    if (agreement != NULL) {
        TRY(copy_values(screening, agreement, &screening->agreement_for_them, err));
    }
    counted_add_own(screening->sitting->casework->rulebook, screening->hub_for_them,
                    screening->agreement_for_them);
    return result_ok();
}

result screening_prepare(struct screening *screening, struct sitting *sitting, uint32_t step,
                         int64_t hub, const struct case_time *when, struct err *err)
{
    const struct loaded_case nobody = {.when = *when};
    *screening = (struct screening){.sitting = sitting, .step = step, .when = *when};
    if (hub == 0) {
        return result_ok();
    }
    TRY(case_at_hub(sitting, &nobody, hub, sitting->casework->rulebook->steps[step].with_agreement,
                    &screening->hub, err));
    TRY(find_own_places(screening, hub, err));
    return copy_for_them(screening, err);
}

bool screening_is_open(const struct screening *screening, str stage)
{
    const struct rulebook *rulebook = screening->sitting->casework->rulebook;
    const uint32_t found = rulebook_stage(rulebook, stage);
    return found != NOT_FOUND_INDEX &&
           rulebook_step_leaves(rulebook, &rulebook->steps[screening->step], found);
}

void screening_ask_for(const struct screening *screening, int64_t person, struct question *question)
{
    const bool own = has_own_place(screening, person);
    question->hub = own ? screening->hub_for_them : screening->hub.view.question.hub;
    question->agreement =
        own ? screening->agreement_for_them : screening->hub.view.question.agreement;
}

struct screen_question screening_question(const struct screening *screening, bool own_place)
{
    const struct step *step = &screening->sitting->casework->rulebook->steps[screening->step];
    return (struct screen_question){
        .safeguards = step->safeguards,
        .safeguard_count = step->safeguard_count,
        .hub = own_place ? screening->hub_for_them : screening->hub.view.question.hub,
        .agreement =
            own_place ? screening->agreement_for_them : screening->hub.view.question.agreement,
        .today = screening->when.on,
    };
}

/* --- everybody -------------------------------------------------------------------------------- */

enum {
    MEMORY_OF_SCREENS = 64 * 1024 * 1024, /* taken lazily */
    PLANES_BESIDE_SAFEGUARDS = 128, /* of a screen: clear, barred, two for each family condition */
};

static result run_screen(const struct screening *screening, const struct columns *columns,
                         bool own_place, struct arena *arena, struct screen_answers *ret_answers,
                         struct err *err)
{
    const struct screen *screen = NULL;
    const struct screen_question question = screening_question(screening, own_place);
    TRY(screen_compile(columns, &question, screen_best_level(), arena, &screen, err));
    TRY(screen_answers_init(screen, true, arena, ret_answers, err));
    return screen_all(screen, *arena, ret_answers, err);
}

result screening_run(const struct screening *screening, const struct columns *columns,
                     struct screening_answers *answers, struct err *err)
{
    const struct step *step = &screening->sitting->casework->rulebook->steps[screening->step];
    const size_t planes = 4 * step->safeguard_count + PLANES_BESIDE_SAFEGUARDS;
    *answers = (struct screening_answers){.memory = {0}};
    TRY(arena_open(&answers->memory,
                   MEMORY_OF_SCREENS + planes * columns->word_count * sizeof(uint64_t), err));
    TRY(run_screen(screening, columns, false, &answers->memory, &answers->everybody, err));
    return screening->own_place_count == 0
               ? result_ok()
               : run_screen(screening, columns, true, &answers->memory, &answers->own, err);
}

const struct screen_answers *screening_answers_for(const struct screening *screening,
                                                   const struct screening_answers *answers,
                                                   int64_t person)
{
    return has_own_place(screening, person) ? &answers->own : &answers->everybody;
}

void screening_answers_close(struct screening_answers *answers)
{
    arena_close(&answers->memory);
}
