#include "casework/counted.h"

#include "casework/past.h"

/* --- one fact --------------------------------------------------------------------------------- */

/* NOT_FOUND_INDEX when the rulebook has no such number that the register counts. */
static uint32_t counted_fact(const struct rulebook *rulebook, str name)
{
    const uint32_t fact = rulebook_fact(rulebook, name);
    return fact != NOT_FOUND_INDEX && rulebook->facts[fact].counted &&
                   rulebook->facts[fact].type == FACT_NUMBER
               ? fact
               : NOT_FOUND_INDEX;
}

static void fill(const struct rulebook *rulebook, str name, int64_t number, struct value *values)
{
    const uint32_t fact = counted_fact(rulebook, name);
    if (fact != NOT_FOUND_INDEX) {
        values[fact] = value_number(number);
    }
}

/* --- a hub ------------------------------------------------------------------------------------ */

static result count_past_places(struct sitting *sitting, struct loaded_case *loaded,
                                struct err *err)
{
    const struct place_row *rows = NULL;
    size_t count = 0;
    TRY(past_places(sitting, loaded->view.hub.id, loaded->when.known_at, &rows, &count, err));
    return hub_places_of_rows(sitting->casework->rulebook, rows, count, loaded->view.person.id,
                              loaded->when.on, sitting->arena, &loaded->places, err);
}

/* Findings that the monitor called serious, and has not closed. */
static result count_findings(struct sitting *sitting, const struct case_time *when, int64_t hub,
                             struct value *values, struct err *err)
{
    const uint32_t fact =
        counted_fact(sitting->casework->rulebook, STR("hub.open_serious_findings"));
    int64_t count = 0;
    if (fact == NOT_FOUND_INDEX) {
        return result_ok();
    }
    TRY(transaction_count_entries(sitting->transaction, hub,
                                  str_from_c(entry_kind_name(ENTRY_FINDING)), STR("serious"),
                                  when->on, when->known_at, &count, err));
    values[fact] = value_number(count);
    return result_ok();
}

result counted_of_hub(struct sitting *sitting, const struct case_time *when,
                      struct hub_standing *standing, struct err *err)
{
    if (!when->past) {
        TRY(hub_places_now(sitting, standing->hub.id, &standing->places, err));
    }
    return count_findings(sitting, when, standing->hub.id, standing->hub_facts.values, err);
}

result counted_for_person(struct sitting *sitting, struct loaded_case *loaded, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const struct place_need need = place_need_of(rulebook, loaded->person.values);
    const int64_t person = loaded->view.person.id;
    TRY(loaded->when.past
            ? count_past_places(sitting, loaded, err)
            : hub_places_own(sitting, loaded->view.hub.id, person, &loaded->places, err));
    places_fill_counted(rulebook, &loaded->places, person == 0 ? NULL : &need, loaded->hub.values);
    return result_ok();
}

/* --- an agreement ----------------------------------------------------------------------------- */

bool counted_is_intake(const struct place_row *place)
{
    return place->state == PLACE_HELD || place->state == PLACE_OCCUPIED;
}

bool counted_own_intake(const struct hub_places *places)
{
    return places->own != NULL && counted_is_intake(places->own);
}

/* A command judges before it holds a place or uses one: at a past instant what it did itself does
 * not count. Now, everything that is there does. */
result counted_intake(struct sitting *sitting, const struct case_time *when, int64_t agreement,
                      struct intake_counts *ret_counts, struct err *err)
{
    return when->past ? transaction_count_intake_past(sitting->transaction, agreement, when->on,
                                                      when->known_at, ret_counts, err)
                      : transaction_count_intake(sitting->transaction, agreement, when->on,
                                                 ret_counts, err);
}

/* What is left of a number that the agreement sets; unknown when that is. */
static void fill_left(const struct rulebook *rulebook, str set, str left, int64_t used,
                      struct value *values)
{
    const uint32_t fact = rulebook_fact(rulebook, set);
    if (fact != NOT_FOUND_INDEX && rulebook->facts[fact].type == FACT_NUMBER &&
        values[fact].known) {
        fill(rulebook, left, values[fact].number - used, values);
    }
}

result counted_of_agreement(struct sitting *sitting, const struct case_time *when,
                            int64_t agreement, struct value *values, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    struct intake_counts counts;
    if (counted_fact(rulebook, STR("agreement.cap_left")) == NOT_FOUND_INDEX &&
        counted_fact(rulebook, STR("agreement.intake_left_this_month")) == NOT_FOUND_INDEX) {
        return result_ok();
    }
    TRY(counted_intake(sitting, when, agreement, &counts, err));
    fill_left(rulebook, STR("agreement.cap"), STR("agreement.cap_left"), counts.used + counts.held,
              values);
    fill_left(rulebook, STR("agreement.intake_a_month"), STR("agreement.intake_left_this_month"),
              counts.used_in_month + counts.held, values);
    return result_ok();
}

/* --- for those who have a place of their own -------------------------------------------------- */

static void add_one(const struct rulebook *rulebook, str name, struct value *values)
{
    const uint32_t fact = counted_fact(rulebook, name);
    if (fact != NOT_FOUND_INDEX && values[fact].known) {
        values[fact].number++;
    }
}

void counted_add_own(const struct rulebook *rulebook, struct value *agreement)
{
    add_one(rulebook, STR("agreement.cap_left"), agreement);
    add_one(rulebook, STR("agreement.intake_left_this_month"), agreement);
}
